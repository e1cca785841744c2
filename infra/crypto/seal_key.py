"""The input key of a sealed bid: made and wrapped share by share when sealing, recovered from released keys."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest

from infra.crypto.keyset import Keyset
from infra.crypto.seal_header import Header
from infra.crypto.seal_suite import Random, Suite, find_suite
from infra.crypto.shares import extend, join, split
from infra.kernel.problems import Problem

FACTOR = 32


def new_header(keyset: Keyset, part: str, bidder: bytes, factor: bytes | None, random: Random) -> tuple[Header, bytes]:
    """A fresh header and its input key. `bidder` is the 32-byte bidder line, `factor` the 32 bytes B or None.

    Randomness is drawn in this order: S, the coefficients degree by degree, one ephemeral key for each share.
    """
    suite = find_suite(keyset.suite)
    bare = Header(
        suite=keyset.suite,
        section=keyset.section,
        part=part,
        round=keyset.round,
        bidder=bidder,
        deadline=keyset.deadline,
        keyset=keyset.digest,
        threshold=keyset.threshold,
        count=len(keyset.custodians),
        bidder_factor=factor is not None,
    )
    _check_factor(bare, factor)
    secret = random(32)
    shares = split(secret, bare.threshold, bare.count, random)
    wrapped = (
        suite.wrap(one.key, share, _info(bare, index), random)
        for index, (one, share) in enumerate(zip(keyset.custodians, shares, strict=True), 1)
    )
    return replace(bare, shares=tuple(wrapped)), input_key(suite, secret, factor)


def input_key(suite: Suite, secret: bytes, factor: bytes | None) -> bytes:
    """Step 4: 32 bytes (16 for SM4) from S and B."""
    return suite.expand(suite.extract(b"sealed-bid/v1", secret + (factor or b"")), b"input key", suite.aead_key)


def commit_salt(suite: Suite, key: bytes) -> bytes:
    """The 32-byte salt of the plaintext commitment, from the input key."""
    return suite.expand(key, b"commit salt", 32)


def commitment(salt: bytes, root: bytes) -> bytes:
    """The manifest's `commit`: `root` is the RFC 6962 root over the 1 MiB blocks of the plaintext."""
    return sha256(b"sealed-bid/v1 commit" + salt + root).digest()


def recover(
    header: Header, private_keys: Mapping[int, bytes], factor: bytes | None = None, keyset: Keyset | None = None
) -> bytes:
    """The input key from released keys by custodian number (from 1), all of which are used and must agree.

    Refused with `seal.key`, `seal.too-few`, `seal.bidder`, `seal.wrap`, `seal.share`; with `keyset`, each key must be
    the listed one.
    """
    suite = find_suite(header.suite)
    if keyset is not None:
        check_keyset(header, keyset)
    for index, private in private_keys.items():
        check_released(header, index, private, keyset)
    if len(private_keys) < header.threshold:
        raise Problem("seal.too-few", have=len(private_keys), need=header.threshold)
    _check_factor(header, factor)
    shares = [unwrap_share(header, index, private_keys[index]) for index in sorted(private_keys)]
    first = shares[: header.threshold]
    every = extend(first, header.count)
    if any(not compare_digest(every[share[-1] - 1], share) for share in shares):
        raise Problem("seal.share")
    return input_key(suite, join(first), factor)


def unwrap_share(header: Header, index: int, private: bytes) -> bytes:
    """Share `index` (33 bytes) by its custodian's key; `seal.wrap`, or `seal.share` where it is not that share."""
    try:
        share = find_suite(header.suite).unwrap(private, header.shares[index - 1], _info(header, index))
    except Problem as problem:
        raise Problem("seal.wrap", custodian=index) from problem
    if len(share) != 33 or share[-1] != index:
        raise Problem("seal.share")
    return share


def check_released(header: Header, index: int, private: bytes, keyset: Keyset | None = None) -> None:
    """`seal.key` unless custodian `index` exists and, with the keyset, its listed public key belongs to this key."""
    suite = find_suite(header.suite)
    if not 1 <= index <= header.count or not suite.is_private(private):
        raise Problem("seal.key", custodian=index)
    if keyset is not None and suite.public_of(private) != keyset.custodians[index - 1].key:
        raise Problem("seal.key", custodian=index)


def check_keyset(header: Header, keyset: Keyset) -> None:
    """Refuse a header that was not made for this keyset.

    `seal.keyset`, `seal.section`, `seal.deadline`, `seal.suite`, `seal.policy`.
    """
    if header.keyset != keyset.digest:
        raise Problem("seal.keyset", field="hash")
    expected, found = f"{keyset.section} round {keyset.round}", f"{header.section} round {header.round}"
    if expected != found:
        raise Problem("seal.section", expected=expected, found=found)
    if header.deadline != keyset.deadline:
        raise Problem("seal.deadline", expected=keyset.deadline, found=header.deadline)
    if header.suite != keyset.suite:
        raise Problem("seal.suite", suite=header.suite)
    if (header.threshold, header.count) != (keyset.threshold, len(keyset.custodians)):
        raise Problem("seal.policy", policy=header.policy)


def _check_factor(header: Header, factor: bytes | None) -> None:
    if header.bidder_factor and factor is None:
        raise Problem("seal.bidder", field="factor missing")
    if not header.bidder_factor and factor is not None:
        raise Problem("seal.bidder", field="factor unexpected")
    if factor is not None and len(factor) != FACTOR:
        raise Problem("seal.bidder", field="factor length")


def _info(header: Header, index: int) -> bytes:
    return header.pre() + b"share %d" % index
