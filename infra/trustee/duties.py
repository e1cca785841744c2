"""What a trustee does when asked: it verifies for itself, and only then signs, commits, seals or audits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from infra.crypto import keyset as documents
from infra.crypto import lottery
from infra.crypto.chunks import open_chunk
from infra.crypto.seal import seal_bytes
from infra.crypto.seal_suite import X25519
from infra.crypto.sign import labelled, open_from, sign_ed25519
from infra.kernel.canonical import b64, digest, parse, read, unb64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.tlog import entry
from infra.tlog.policy import Policy, parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from infra.trustee.fetching import Fetch, no_pools
from infra.trustee.keeping import known
from infra.trustee.state import State

BODIES = ("agent", "centre", "supervisor")
AUDITOR = "supervisor"
LOTTERY = "LOTTERY/"
"""How the series of every lottery begins, and no section: a lottery is committed to without an audit, its pool being public."""
FEWEST = 2
RELEASE_LABEL = "sealed-bid/v1 release"
COMMIT_LABEL = "draw/v1 commit"
AUDIT_LABEL = "draw/v1 audit"
Answer = dict[str, Any]
Audit = Callable[[dict[str, Any], dict[str, Any], Iterable[bytes]], None]
"""The check of a frozen event's facts against a pool: its head, and its pieces one after the other."""


def give_key(state: State, payload: Mapping[str, Any]) -> Answer:
    """The one-time public key for a keyset of a suite; `seal.suite` for one that is not known here."""
    suite = payload.get("suite", X25519)
    private = state.new_key(unb64(payload["id"], 32), payload["section"], payload["round"], suite)
    return {"key": b64(documents.public_key(private, suite))}


def sign_keyset(state: State, payload: Mapping[str, Any], confirming: bool = False) -> Answer:
    """Sign a keyset of the pinned custodians that lists this one's own key, and remember it.

    `trustee.not-my-key` for another's key or signer, or one that only paper gives; `trustee.keyset` for strangers or a
    threshold below two; `trustee.sole-quorum` where a person's confirmation could hold up everybody.
    `trustee.keyset-twice`: id, section and round alone give the key, so a second document about the same one (an
    earlier deadline, another event) would open the bids of the first.
    """
    keyset = documents.parse_keyset(payload["document"].encode())
    _check_custodians(keyset, parse_policy(state.policy), confirming)
    mine = next((one for one in keyset.custodians if one.name == state.name), None)
    found, name_of = state.key_of(keyset), b64(keyset.digest)
    if mine is None or found is None or mine.signer != unb64(state.enrolment()["signer"]):
        raise Problem("trustee.not-my-key", section=keyset.section)
    if name_of not in state.keysets:
        if found[0] in state.paper:
            raise Problem("trustee.not-my-key", section=keyset.section)
        if any(one["id"] == b64(keyset.id) for one in state.keysets.values()):
            raise Problem("trustee.keyset-twice", section=keyset.section)
        state.keysets[name_of] = known(keyset, found[0])
    return {"signature": b64(documents.sign_keyset(keyset, state.signer))}


def commit(
    state: State,
    payload: Mapping[str, Any],
    evidence: Mapping[str, Any],
    policy: Policy,
    ctx: Context,
    further: Iterable[Mapping[str, Any]] = (),
) -> Answer:
    """Commit to fresh randomness for the next draw of a section, never for one that was skipped or repeated.

    An attempt that failed before this one was asked is passed over where `further` proves `redraw.allowed` of this
    number: `trustee.draw-number` without. The supervisor's own trustee commits only to the very pool it has audited:
    `trustee.not-audited`; in a lottery, whose pool is public, to what is the same for everybody: `trustee.lottery`.
    """
    event = verified_event(evidence, policy)
    draw_id = str(event["facts"]["subject"])
    section, _, number = draw_id.rpartition("/")
    expected = f"{_kind_of(draw_id)}.frozen"
    if event["event"] != expected or draw_id != payload["draw"]:
        raise Problem("release.event", expected=expected, found=event["event"])
    if draw_id.startswith(LOTTERY):
        _check_even(event["facts"]["frozen"], draw_id)
    elif state.body == AUDITOR and state.audits.get(draw_id) != digest(event["facts"]["frozen"]).hex():
        raise Problem("trustee.not-audited", draw=draw_id)
    if draw_id not in state.secrets:
        _check_number(state, draw_id, section, int(number), _is_allowed(draw_id, further, policy))
        state.secrets[draw_id] = b64(ctx.random(32))
        state.draws[section] = int(number)
    commitment = lottery.commitment(draw_id, state.body, unb64(state.secrets[draw_id], 32))
    signed = labelled(COMMIT_LABEL, sha256(draw_id.encode() + commitment).digest())
    return {"commitment": commitment.hex(), "signature": b64(sign_ed25519(state.signer, signed))}


def escrow(
    state: State, payload: Mapping[str, Any], evidences: list[Mapping[str, Any]], policy: Policy, ctx: Context
) -> Answer:
    """Seal r to the trustees once all three commitments, this one's own among them, stand in a co-signed checkpoint.

    `trustee.draw-lost` where r did not survive a restore from paper; `trustee.commitments`, `release.unknown-keyset`.
    """
    draw_id = str(payload["draw"])
    if draw_id not in state.secrets:
        raise Problem("trustee.draw-lost", draw=draw_id)
    r = unb64(state.secrets[draw_id], 32)
    expected, found = f"{_kind_of(draw_id)}.commitment-given", dict[str, str]()
    for evidence in evidences:
        event = verified_event(evidence, policy)
        if event["event"] != expected or event["facts"]["draw"] != draw_id:
            raise Problem("release.event", expected=expected, found=event["event"])
        found[event["facts"]["party"]] = event["facts"]["commitment"]
    mine = lottery.commitment(draw_id, state.body, r).hex()
    if sorted(found) != list(BODIES) or found[state.body] != mine:
        raise Problem("trustee.commitments", draw=draw_id)
    keyset = documents.parse_keyset(payload["keyset"].encode())
    own = f"{keyset.section}/{keyset.round}" == draw_id and keyset.release.event == f"{_kind_of(draw_id)}.committed"
    if b64(keyset.digest) not in state.keysets or not own:
        raise Problem("release.unknown-keyset", keyset=b64(keyset.digest))
    owner = escrow_owner(draw_id, state.body)
    container, _ = seal_bytes(r, keyset, f"draw-{state.body}", owner, None, ctx.random)
    return {"container": b64(container)}


def audit(state: State, payload: Mapping[str, Any], check: Audit, fetch: Fetch = no_pools) -> Answer:
    """The supervisor's check of the secret pool against the frozen event; signs the event's digest if it holds.

    The pool is fetched piece by piece and never held as a whole. `draw.…` for what is wrong with it, `draw.chunk` for a
    piece that is not the one whose digest came with the duty, `draw.chunk-missing`; `trustee.pool-away` to ask again.
    """
    frozen, draw_id = payload["frozen"], str(payload["draw"])
    head = read(open_from(state.sealing, unb64(payload["pool"]), audit_info(draw_id)))
    if frozen["draw_id"] != draw_id:
        raise Problem("draw.frozen", field="draw_id")
    check(frozen, head, _pieces(head, draw_id, fetch))
    state.audits[draw_id] = digest(frozen).hex()
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


def _pieces(head: Mapping[str, Any], draw_id: str, fetch: Fetch) -> Iterator[bytes]:
    """Each piece opened; `draw.document` for a pool that came whole with its duty, as from before there were pieces."""
    if "chunks" not in head:
        raise Problem("draw.document", why="chunks")
    for number, expected in enumerate(head["chunks"]):
        sealed = fetch(draw_id, number)
        if sha256(sealed).hexdigest() != expected:
            raise Problem("draw.chunk", draw=draw_id, number=number)
        yield open_chunk(bytes.fromhex(head["key"]), draw_id, number, sealed)


def _check_custodians(keyset: documents.Keyset, policy: Policy, confirming: bool) -> None:
    """The three bodies of the pinned policy and nobody else, of whom at least two must act together."""
    if {one.name: one.signer for one in keyset.custodians} != dict(policy.custodians) or keyset.threshold < FEWEST:
        raise Problem("trustee.keyset", section=keyset.section)
    if confirming and keyset.threshold > len(keyset.custodians) - 1:
        raise Problem("trustee.sole-quorum", section=keyset.section)


def _kind_of(draw_id: str) -> str:
    """Whose events a draw's are: `lottery` for its own series, `draw` for sections."""
    return "lottery" if draw_id.startswith(LOTTERY) else "draw"


def _check_even(frozen: Mapping[str, Any], draw_id: str) -> None:
    """What is frozen as a lottery is one: this very attempt, one list for all, these parties, nobody avoided."""
    even = [*frozen["lists"]] == [*frozen["quota"]] == ["*"] and frozen["avoid"] == []
    if not even or frozen["draw_id"] != draw_id or frozen["parties"] != list(BODIES):
        raise Problem("trustee.lottery", draw=draw_id)


def _is_allowed(draw_id: str, further: Iterable[Mapping[str, Any]], policy: Policy) -> bool:
    """Whether the log holds the supervisor's reason for this very attempt."""
    events = (verified_event(one, policy) for one in further)
    return any(one["event"] == "redraw.allowed" and one["facts"]["subject"] == draw_id for one in events)


def _check_number(state: State, draw_id: str, section: str, number: int, allowed: bool = False) -> None:
    """The one after the last, or a later one that was allowed. A state rebuilt from paper does not know the last one of
    a section: the others do."""
    last = state.draws.get(section)
    if allowed and number > (last or 0):
        return
    if number < 1 or (number != (last or 0) + 1 and (last is not None or not state.restored_at)):
        raise Problem("trustee.draw-number", draw=draw_id, last=last or 0)
