"""Another custodian's released key, checked: by all as far as the log shows it, by the supervising body against its record."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from infra.crypto.keyset import Keyset
from infra.crypto.seal_suite import find_suite
from infra.crypto.sign import labelled, open_from, verify_ed25519
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from infra.trustee.duties import RELEASE_LABEL, Answer, release_info, verified_event
from infra.trustee.records import SUPERVISOR, record_info, record_message
from infra.trustee.releasing import own_keyset
from infra.trustee.state import State

FITS = "fits"
RELEASED = "key.released"
VERDICTS = frozenset({FITS, "release.unknown-keyset", "release.signature", "release.no-record", "release.wrong-key"})
"""What a check may end with. A proof that does not verify is no verdict: that duty is refused, and comes again."""


def check_release(
    state: State, payload: Mapping[str, Any], shown: Sequence[Mapping[str, Any]], policy: Policy, ctx: Context
) -> Answer:
    """The verdict on a logged `key.released` of another custodian; the supervising body keeps the key where it fits.

    What does not fit is remembered in `misfits`, which `status` and every exchange tell from then on. `release.event`
    for the event of another keyset or custodian, and what proofs refuse.
    """
    event = verified_event(shown[0], policy)
    facts, custodian = event["facts"], str(payload["custodian"])
    if event["event"] != RELEASED or (facts["keyset"], facts["custodian"]) != (payload["keyset"], custodian):
        raise Problem("release.event", expected=RELEASED, found=event["event"])
    verdict = _verdict(state, payload, facts, policy, ctx)
    told = {"keyset": facts["keyset"], "custodian": custodian, "code": verdict}
    if verdict != FITS and not any(told.items() <= one.items() for one in state.misfits):
        state.misfits.append(told | {"section": str(event.get("section")), "at": ctx.now.isoformat()})
    return {"verdict": verdict}


def opened_key(keyset: Keyset, custodian: str, content: bytes, salted: bytes) -> bytes:
    """The private key in salt32 ‖ key, once it is the listed one and hashes to what the log says; `release.wrong-key`."""
    listed = next((one.key for one in keyset.custodians if one.name == custodian), None)
    private, suite = content[32:], find_suite(keyset.suite)
    if sha256(content).digest() != salted or not suite.is_private(private) or suite.public_of(private) != listed:
        raise Problem("release.wrong-key", custodian=custodian)
    return private


def _verdict(state: State, payload: Mapping[str, Any], facts: Mapping[str, Any], policy: Policy, ctx: Context) -> str:
    try:
        keyset = own_keyset(state, payload, policy)
        _check_leaf(keyset, facts)
        if state.body == SUPERVISOR and "record" in facts:
            private = _recorded(state, keyset, facts, payload.get("record"))
            kept = state.records.setdefault(facts["keyset"], {})
            kept.setdefault(facts["custodian"], {"key": b64(private), "at": ctx.now.isoformat()})
    except Problem as problem:
        if problem.code not in VERDICTS:
            raise
        return problem.code
    return FITS


def _check_leaf(keyset: Keyset, facts: Mapping[str, Any]) -> None:
    """The leaf bears the signature of a custodian of the keyset."""
    custodian, salted = facts["custodian"], unb64(facts["hash"], 32)
    signed = labelled(RELEASE_LABEL, sha256(release_info(keyset.digest, custodian) + salted).digest())
    if not verify_ed25519(_signer(keyset, custodian), signed, unb64(facts["signature"], 64)):
        raise Problem("release.signature", custodian=custodian)


def _recorded(state: State, keyset: Keyset, facts: Mapping[str, Any], record: Mapping[str, Any] | None) -> bytes:
    """The key in a record that is the logged and signed one; `release.no-record` where the platform shows no such."""
    custodian, salted = facts["custodian"], unb64(facts["hash"], 32)
    sealed = b"" if record is None else unb64(record["sealed"])
    if record is None or b64(sha256(sealed).digest()) != facts["record"]:
        raise Problem("release.no-record", custodian=custodian)
    signer, info = _signer(keyset, custodian), record_info(keyset.digest, custodian)
    if not verify_ed25519(signer, record_message(info, salted, sealed), unb64(record["signature"], 64)):
        raise Problem("release.signature", custodian=custodian)
    try:
        content = open_from(state.sealing, sealed, info)
    except Problem as problem:
        raise Problem("release.wrong-key", custodian=custodian) from problem
    return opened_key(keyset, custodian, content, salted)


def _signer(keyset: Keyset, custodian: str) -> bytes:
    """The signing key of a keyset's custodian; `release.signature` for a name that is none."""
    for one in keyset.custodians:
        if one.name == custodian:
            return one.signer
    raise Problem("release.signature", custodian=custodian)
