"""When a key leaves this trustee: its own clock, the event proven under the quorum's word, and a list it counts itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from infra.crypto import keyset as documents
from infra.crypto.sign import labelled, seal_to, sign_ed25519
from infra.kernel.canonical import b64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from infra.trustee.duties import RELEASE_LABEL, Answer, release_info, verified_event
from infra.trustee.keeping import known
from infra.trustee.records import DRAWS, record_of
from infra.trustee.stamps import Stamps
from infra.trustee.state import State

EXTEND_LABEL = "sealed-bid/v1 extension"
EXTENDED = "section.extended"
CLOSING = "section.closed"
Evidence = Mapping[str, Any]
Confirmed = Callable[[str], bool]


@dataclass(frozen=True)
class Rule:
    """What a releasing event must hold: a `list` whose distinct `key`s are counted (None: its plain values), perhaps the
    `deadline` in force, and perhaps the section's closing beside it (`after_closing`), whose list it may only shorten."""

    list: str
    key: str | None = None
    deadline: bool = False
    after_closing: bool = False


RULES: Mapping[str, Rule] = {
    CLOSING: Rule("bids", "bid", deadline=True),
    "technical.locked": Rule("bids", "bid", after_closing=True),
    "quotes.closed": Rule("quotes", "quote", deadline=True),
    **dict.fromkeys(DRAWS, Rule("escrows")),
}


def release(
    state: State,
    payload: Mapping[str, Any],
    shown: Sequence[Evidence],
    policy: Policy,
    ctx: Context,
    confirmed: Confirmed | None = None,
    stamps: Stamps | None = None,
) -> Answer:
    """The one private key of a keyset, sealed to the opening service and, as `record`, to the supervising body.

    It leaves once deadline, event and list are verified.

    `shown` begins with the releasing event. With `confirmed` bids wait for a person: `release.unconfirmed`; with `stamps`
    for a time authority's token over the event's checkpoint, at or after the deadline in force: `release.unstamped`.
    Refusals besides: `release.unknown-keyset`, `release.too-early`, `release.event`, `release.deadline`, `release.list`,
    `release.minimum`, `trustee.epoch-gone`, and what proofs refuse.
    """
    keyset = own_keyset(state, payload, policy)
    name_of, rule = b64(keyset.digest), RULES[keyset.release.event]
    earliest = max(_seconds(keyset.deadline), _seconds(state.extended.get(name_of, keyset.deadline)))
    _check_clock(ctx, earliest, keyset)
    event = verified_event(shown[0], policy, earliest)
    _check_event(keyset, event)
    in_force = _deadline_in_force(event, rule, earliest, keyset)
    if in_force > earliest:
        _check_clock(ctx, in_force, keyset)
        verified_event(shown[0], policy, in_force)
    _check_list(keyset, rule, event, shown, policy)
    if stamps is not None and keyset.release.event not in DRAWS:
        stamps.require_fresh(shown[0], policy, in_force, keyset.section)
    if confirmed is not None and keyset.release.event not in DRAWS and not confirmed(name_of):
        raise Problem("release.unconfirmed", section=keyset.section)
    return _given(state, keyset, policy, ctx)


def extend(state: State, payload: Mapping[str, Any], shown: Sequence[Evidence], policy: Policy) -> Answer:
    """Promise to keep a keyset's key until the later deadline of a logged extension, and sign that promise.

    `release.deadline` for a time before one that was promised already, or before the keyset's own.
    """
    keyset = own_keyset(state, payload, policy)
    name_of, event = b64(keyset.digest), verified_event(shown[0], policy)
    deadline = str(event["facts"].get("deadline"))
    if event["event"] != EXTENDED or event.get("section") != keyset.section or deadline != payload["deadline"]:
        raise Problem("release.event", expected=EXTENDED, found=event["event"])
    if _seconds(deadline) < _seconds(state.extended.get(name_of, keyset.deadline)):
        raise Problem("release.deadline", stated=deadline, deadline=state.extended.get(name_of, keyset.deadline))
    state.extended[name_of] = deadline
    return {"deadline": deadline, "signature": b64(sign_ed25519(state.signer, extension(keyset.digest, deadline)))}


def extension(keyset_digest: bytes, deadline: str) -> bytes:
    """The message by which a custodian promises a later deadline (`YYYY-MM-DDThh:mm:ssZ`) for a keyset."""
    return labelled(EXTEND_LABEL, sha256(keyset_digest + deadline.encode()).digest())


def own_keyset(state: State, payload: Mapping[str, Any], policy: Policy) -> documents.Keyset:
    """The published document of a keyset that this trustee signed: known here, or bearing its signature."""
    name_of = str(payload["keyset"])
    if policy.opening is None or not payload.get("document"):
        raise Problem("release.unknown-keyset", keyset=name_of)
    keyset = documents.parse_keyset(payload["document"].encode())
    if b64(keyset.digest) != name_of:
        raise Problem("release.unknown-keyset", keyset=name_of)
    if name_of not in state.keysets:
        _recognise(state, keyset, policy)
    return keyset


def _recognise(state: State, keyset: documents.Keyset, policy: Policy) -> None:
    """A state rebuilt from paper knows its keysets by the signatures under them."""
    found = state.key_of(keyset)
    try:
        documents.verify_keyset(keyset, policy.custodians)
    except Problem as problem:
        raise Problem("release.unknown-keyset", keyset=b64(keyset.digest)) from problem
    if found is None:
        raise Problem("release.unknown-keyset", keyset=b64(keyset.digest))
    state.keysets[b64(keyset.digest)] = known(keyset, found[0])


def _check_clock(ctx: Context, earliest: int, keyset: documents.Keyset) -> None:
    if ctx.now.timestamp() < earliest:
        at = datetime.fromtimestamp(earliest, ctx.now.tzinfo)
        raise Problem("release.too-early", section=keyset.section, deadline=at)


def _check_event(keyset: documents.Keyset, event: dict[str, Any]) -> None:
    """The releasing event must be the keyset's own and say `open`."""
    facts = event["facts"]
    right = event["event"] == keyset.release.event and event.get("section") == keyset.section
    if not right or facts.get("keyset") != b64(keyset.digest) or facts.get("outcome") != "open":
        raise Problem("release.event", expected=keyset.release.event, found=event["event"])


def _deadline_in_force(event: dict[str, Any], rule: Rule, earliest: int, keyset: documents.Keyset) -> int:
    """What the event says the deadline was, never before the keyset's own or a promised one."""
    stated = event["facts"].get("deadline")
    if stated is None and not rule.deadline:
        return earliest
    if not isinstance(stated, str) or _seconds(stated) < earliest:
        raise Problem("release.deadline", stated=stated, deadline=keyset.deadline)
    return _seconds(stated)


def _check_list(
    keyset: documents.Keyset, rule: Rule, event: dict[str, Any], shown: Sequence[Evidence], policy: Policy
) -> None:
    listed = _listed(event, rule)
    if len(listed) < keyset.release.minimum:
        raise Problem("release.minimum", listed=len(listed), minimum=keyset.release.minimum)
    if not rule.after_closing:
        return
    if len(shown) < 2:
        raise Problem("release.event", expected=CLOSING, found="")
    closing = verified_event(shown[1], policy, _seconds(keyset.deadline))
    right = closing["event"] == CLOSING and closing.get("section") == keyset.section
    if not right or closing["facts"].get("outcome") != "open":
        raise Problem("release.event", expected=CLOSING, found=closing["event"])
    if strange := listed - _listed(closing, RULES[CLOSING]):
        raise Problem("release.list", section=keyset.section, bid=min(strange))


def _listed(event: dict[str, Any], rule: Rule) -> set[str]:
    """What the event lists, each once."""
    return {str(one if rule.key is None else one[rule.key]) for one in event["facts"].get(rule.list, [])}


def _given(state: State, keyset: documents.Keyset, policy: Policy, ctx: Context) -> Answer:
    name_of, found = b64(keyset.digest), state.key_of(keyset)
    if found is None or policy.opening is None:
        raise Problem("trustee.epoch-gone", epoch=state.keysets[name_of]["epoch"], section=keyset.section)
    content = ctx.random(32) + found[1]
    salted = sha256(content).digest()
    info = release_info(keyset.digest, state.name)
    state.keysets[name_of]["released_at"] = ctx.now.isoformat()
    return {
        "hash": b64(salted),
        "sealed": b64(seal_to(policy.opening, content, info, ctx.random)),
        "signature": b64(sign_ed25519(state.signer, labelled(RELEASE_LABEL, sha256(info + salted).digest()))),
    } | record_of(state, keyset, content, ctx)


def _seconds(deadline: str) -> int:
    """A deadline as a container or an event writes it, as POSIX seconds."""
    return int(datetime.fromisoformat(deadline).timestamp())
