"""Cosignatures (C2SP tlog-cosignature, Ed25519): a witness states that it saw this consistent tree at this time."""

from infra.kernel.problems import Problem
from infra.tlog.note import COSIGNATURE, Signature, SignerKey, VerifierKey

LATEST = 2**63 - 1


def message(text: str, time: int) -> bytes:
    """The bytes a witness signs: header line, time line (POSIX seconds), the whole checkpoint text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosign(text: str, key: SignerKey, time: int) -> Signature:
    """The witness's signature line over a checkpoint's note text: 8-byte time and 64-byte signature."""
    if key.algorithm != COSIGNATURE:
        raise Problem("note.key", why="only a cosigner's key cosigns")
    if not 0 <= time <= LATEST:
        raise Problem("log.signature", name=key.name)
    return Signature(key.name, key.verifier.key_id, time.to_bytes(8, "big") + key.sign(message(text, time)))


def verify_cosignature(text: str, signature: Signature, key: VerifierKey) -> int:
    """The time (POSIX seconds) the witness states; `log.signature` where the line is not this key's or is false."""
    time = int.from_bytes(signature.signed[:8], "big")
    sound = (
        key.algorithm == COSIGNATURE
        and (signature.name, signature.key_id) == (key.name, key.key_id)
        and len(signature.signed) == 72
        and time <= LATEST
    )
    if not sound or not key.verifies(message(text, time), signature.signed[8:]):
        raise Problem("log.signature", name=key.name)
    return time
