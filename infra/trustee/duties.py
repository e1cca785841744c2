"""What a trustee does when asked: it verifies for itself, and only then signs, commits, seals or releases."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from infra.crypto import keyset as documents
from infra.crypto import lottery
from infra.crypto.seal import seal_bytes
from infra.crypto.sign import labelled, open_from, seal_to, sign_ed25519
from infra.kernel.canonical import b64, digest, parse, read, unb64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.tlog import entry
from infra.tlog.policy import Policy, parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from infra.trustee.state import State

BODIES = ("agent", "centre", "supervisor")
AUDITOR = "supervisor"
FEWEST = 2
RELEASE_LABEL = "sealed-bid/v1 release"
COMMIT_LABEL = "draw/v1 commit"
AUDIT_LABEL = "draw/v1 audit"
LISTS = {"section.closed": "bids", "draw.committed": "escrows"}
Answer = dict[str, Any]
Audit = Callable[[dict[str, Any], dict[str, Any]], None]


def give_key(state: State, payload: Mapping[str, Any]) -> Answer:
    """The one-time public key for a keyset."""
    private = _private(state, unb64(payload["id"], 32), payload["section"], payload["round"])
    return {"key": b64(documents.public_key(private))}


def sign_keyset(state: State, payload: Mapping[str, Any], ctx: Context) -> Answer:
    """Sign a keyset of the pinned custodians that lists this one's own key, and remember it.

    `trustee.not-my-key` for another's key or signer, `trustee.keyset` for strangers or a threshold below two.
    `trustee.keyset-twice`: id, section and round alone give the key, so a second document about the same one (an
    earlier deadline, another event) would open the bids of the first.
    """
    keyset = documents.parse_keyset(payload["document"].encode())
    _check_custodians(keyset, parse_policy(state.policy))
    mine = next((one for one in keyset.custodians if one.name == state.name), None)
    private = _private(state, keyset.id, keyset.section, keyset.round)
    enrolled = unb64(state.enrolment()["signer"])
    if mine is None or mine.key != documents.public_key(private) or mine.signer != enrolled:
        raise Problem("trustee.not-my-key", section=keyset.section)
    name_of = b64(keyset.digest)
    known = (documents.parse_keyset(one.encode()).id for name, one in state.keysets.items() if name != name_of)
    if keyset.id in known:
        raise Problem("trustee.keyset-twice", section=keyset.section)
    state.keysets[name_of] = keyset.encode().decode()
    return {"signature": b64(documents.sign_keyset(keyset, state.signer))}


def release(
    state: State, payload: Mapping[str, Any], evidence: Mapping[str, Any], policy: Policy, ctx: Context
) -> Answer:
    """The one private key of a keyset, sealed to the opening service, once deadline, event and list are verified.

    Refusals: `release.unknown-keyset`, `release.too-early`, `release.event`, `release.minimum`, and what proofs refuse.
    """
    known = state.keysets.get(payload["keyset"])
    if known is None or policy.opening is None:
        raise Problem("release.unknown-keyset", keyset=payload["keyset"])
    keyset = documents.parse_keyset(known.encode())
    earliest = seconds(keyset.deadline)
    if ctx.now.timestamp() < earliest:
        raise Problem("release.too-early", deadline=keyset.deadline)
    _check_release(keyset, verified_event(evidence, policy, earliest))
    private = _private(state, keyset.id, keyset.section, keyset.round)
    salt = ctx.random(32)
    salted = sha256(salt + private).digest()
    info = release_info(keyset.digest, state.name)
    sealed = seal_to(policy.opening, salt + private, info, ctx.random)
    return {
        "hash": b64(salted),
        "sealed": b64(sealed),
        "signature": b64(sign_ed25519(state.signer, labelled(RELEASE_LABEL, sha256(info + salted).digest()))),
    }


def commit(
    state: State, payload: Mapping[str, Any], evidence: Mapping[str, Any], policy: Policy, ctx: Context
) -> Answer:
    """Commit to fresh randomness for the next draw of a section, never for one that was skipped or repeated.

    The supervisor's own trustee commits only to the very pool it has audited: `trustee.not-audited`.
    """
    event = verified_event(evidence, policy)
    draw_id = str(event["facts"]["subject"])
    section, _, number = draw_id.rpartition("/")
    if event["event"] != "draw.frozen" or draw_id != payload["draw"]:
        raise Problem("release.event", expected="draw.frozen", found=event["event"])
    if state.body == AUDITOR and state.audits.get(draw_id) != digest(event["facts"]["frozen"]).hex():
        raise Problem("trustee.not-audited", draw=draw_id)
    if draw_id not in state.secrets:
        if int(number) != state.draws.get(section, 0) + 1:
            raise Problem("trustee.draw-number", draw=draw_id, last=state.draws.get(section, 0))
        state.secrets[draw_id] = b64(ctx.random(32))
        state.draws[section] = int(number)
    commitment = lottery.commitment(draw_id, state.body, unb64(state.secrets[draw_id], 32))
    signed = labelled(COMMIT_LABEL, sha256(draw_id.encode() + commitment).digest())
    return {"commitment": commitment.hex(), "signature": b64(sign_ed25519(state.signer, signed))}


def escrow(
    state: State, payload: Mapping[str, Any], evidences: list[Mapping[str, Any]], policy: Policy, ctx: Context
) -> Answer:
    """Seal r to the trustees once all three commitments, this one's own among them, stand in a co-signed checkpoint."""
    draw_id = str(payload["draw"])
    r = unb64(state.secrets[draw_id], 32)
    found: dict[str, str] = {}
    for evidence in evidences:
        event = verified_event(evidence, policy)
        if event["event"] != "draw.commitment-given" or event["facts"]["draw"] != draw_id:
            raise Problem("release.event", expected="draw.commitment-given", found=event["event"])
        found[event["facts"]["party"]] = event["facts"]["commitment"]
    mine = lottery.commitment(draw_id, state.body, r).hex()
    if sorted(found) != list(BODIES) or found[state.body] != mine:
        raise Problem("trustee.commitments", draw=draw_id)
    keyset = documents.parse_keyset(payload["keyset"].encode())
    own = f"{keyset.section}/{keyset.round}" == draw_id and keyset.release.event == "draw.committed"
    if b64(keyset.digest) not in state.keysets or not own:
        raise Problem("release.unknown-keyset", keyset=b64(keyset.digest))
    owner = escrow_owner(draw_id, state.body)
    container, _ = seal_bytes(r, keyset, f"draw-{state.body}", owner, None, ctx.random)
    return {"container": b64(container)}


def audit(state: State, payload: Mapping[str, Any], check: Audit) -> Answer:
    """The supervisor's check of the secret pool against the frozen event; signs the event's digest if it holds."""
    frozen = payload["frozen"]
    pool = read(open_from(state.sealing, unb64(payload["pool"]), audit_info(payload["draw"])))
    check(frozen, pool)
    state.audits[str(payload["draw"])] = digest(frozen).hex()
    return {"signature": b64(sign_ed25519(state.signer, labelled(AUDIT_LABEL, digest(frozen))))}


def verified_event(evidence: Mapping[str, Any], policy: Policy, earliest: int | None = None) -> dict[str, Any]:
    """The event that stands in a checkpoint signed by the log and co-signed by the quorum (no earlier than `earliest`)."""
    event: dict[str, Any] = parse(evidence["event"].encode())
    leaf = entry.entry(unb64(evidence["salt"], 32), event)
    verify_proof(parse_proof(evidence["proof"]), leaf, policy, earliest)
    return event


def release_info(keyset_digest: bytes, trustee: str) -> bytes:
    """The HPKE info that binds a released key to its keyset and custodian."""
    return b"sealed-bid/v1 release\n" + keyset_digest + trustee.encode()


def audit_info(draw_id: str) -> bytes:
    """The HPKE info under which a draw's pool travels to the supervisor."""
    return b"draw/v1 pool\n" + draw_id.encode()


def escrow_owner(draw_id: str, party: str) -> bytes:
    """What stands on an escrow container's `bidder` line: SHA-256 of draw and party."""
    return sha256(f"draw/v1 escrow\n{draw_id}\n{party}".encode()).digest()


def seconds(deadline: str) -> int:
    """A container's deadline as POSIX seconds."""
    return int(datetime.fromisoformat(deadline).timestamp())


def _check_custodians(keyset: documents.Keyset, policy: Policy) -> None:
    """The three bodies of the pinned policy and nobody else, of whom at least two must act together."""
    if {one.name: one.signer for one in keyset.custodians} != dict(policy.custodians) or keyset.threshold < FEWEST:
        raise Problem("trustee.keyset", section=keyset.section)


def _check_release(keyset: documents.Keyset, event: dict[str, Any]) -> None:
    """The releasing event must be the keyset's own, state `open`, and list no fewer than the minimum."""
    facts = event["facts"]
    right = event["event"] == keyset.release.event and event.get("section") == keyset.section
    if not right or facts.get("keyset") != b64(keyset.digest) or facts.get("outcome") != "open":
        raise Problem("release.event", expected=keyset.release.event, found=event["event"])
    listed = facts.get(LISTS[keyset.release.event], [])
    if len(listed) < keyset.release.minimum:
        raise Problem("release.minimum", listed=len(listed), minimum=keyset.release.minimum)


def _private(state: State, keyset_id: bytes, section: str, round_: str) -> bytes:
    return documents.custodian_private_key(state.seed, keyset_id, section, round_)
