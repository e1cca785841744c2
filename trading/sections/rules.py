"""The gates of a section's way: what is done, what comes next, who has to do it, and until when; pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from infra.kernel.context import Role
from trading.sections.states import SectionState


class Phase(StrEnum):
    """The phases that a procuring side leads a section through."""

    DOCUMENT = "document"
    KEYS = "keys"
    NOTICE = "notice"
    VENUE = "venue"
    BIDDING = "bidding"
    OPENING = "opening"
    QUALIFICATION = "qualification"
    COMMITTEE = "committee"
    EVALUATION = "evaluation"
    CANDIDATES = "candidates"
    DETERMINATION = "determination"
    AWARD = "award"


class Status(StrEnum):
    """How a gate stands."""

    DONE = "done"
    NOW = "now"
    WAITING = "waiting"
    TODO = "todo"
    FAILED = "failed"


class Gate(NamedTuple):
    """One gate; `by` is who has to act where it is not done, `until` its deadline where there is one, UTC."""

    phase: Phase
    status: Status
    by: Role | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What the gates follow from. `keyset`: None not asked for, False being signed, True published; `hall` likewise:
    None not booked, False asked for or beside the deadline, True confirmed; `drawn`: None not asked for, False running;
    `qualified`: None where the purchaser examines nothing, False before it has signed. `reviewed`: the procuring entity's
    review takes the place of candidates in publicity.
    """

    state: SectionState
    deadline: datetime | None = None
    keyset: bool | None = None
    hall: bool | None = None
    drawn: bool | None = None
    publicity_ends: datetime | None = None
    qualified: bool | None = None
    reviewed: bool = False


_S = SectionState
_ON = tuple(state for state in SectionState if state is not _S.FAILED)


def gates(facts: Facts) -> list[Gate]:
    """Every gate in order. A section that has failed shows what was passed, and the failure where it stopped."""
    if facts.state is _S.FAILED:
        return _failed(facts)
    return [
        _step(facts, Phase.DOCUMENT, _S.DRAFT, _S.READY, Role.AGENT),
        _keys(facts),
        _step(facts, Phase.NOTICE, _S.READY, _S.BIDDING, Role.AGENT, ready=bool(facts.keyset)),
        _venue(facts),
        _step(facts, Phase.BIDDING, _S.BIDDING, _S.DECRYPTING, Role.BIDDER, waiting=True, until=facts.deadline),
        _step(facts, Phase.OPENING, _S.DECRYPTING, _S.OPENED, Role.SYSTEM, waiting=True),
        *_qualification(facts),
        _committee(facts),
        _step(facts, Phase.EVALUATION, _S.OPENED, _S.REPORTED, Role.JUDGE, ready=_seated(facts), waiting=True),
        _decision(facts),
        _award(facts),
    ]


def next_gate(found: list[Gate]) -> Gate | None:
    """The gate that stands open: one that the procuring side must pass, else one that others are at; None at the end."""
    open_ = [gate for gate in found if gate.status in (Status.NOW, Status.WAITING) and gate.phase is not Phase.VENUE]
    return next((gate for gate in open_ if gate.status is Status.NOW), next(iter(open_), None))


def _reached(state: SectionState, other: SectionState) -> bool:
    return _ON.index(state) >= _ON.index(other)


def _step(
    facts: Facts,
    phase: Phase,
    begins: SectionState,
    ends: SectionState,
    by: Role,
    *,
    ready: bool = True,
    waiting: bool = False,
    until: datetime | None = None,
) -> Gate:
    if _reached(facts.state, ends):
        return Gate(phase, Status.DONE)
    if _reached(facts.state, begins) and ready:
        return Gate(phase, Status.WAITING if waiting else Status.NOW, by, until)
    return Gate(phase, Status.TODO, by, until)


def _keys(facts: Facts) -> Gate:
    if facts.keyset or _reached(facts.state, _S.BIDDING):
        return Gate(Phase.KEYS, Status.DONE)
    if facts.state is _S.DRAFT:
        return Gate(Phase.KEYS, Status.TODO, Role.AGENT)
    return (
        Gate(Phase.KEYS, Status.NOW, Role.AGENT)
        if facts.keyset is None
        else Gate(Phase.KEYS, Status.WAITING, Role.TRUSTEE)
    )


def _venue(facts: Facts) -> Gate:
    if facts.hall or _reached(facts.state, _S.OPENED):
        return Gate(Phase.VENUE, Status.DONE)
    if facts.hall is None:
        return Gate(Phase.VENUE, Status.NOW, Role.AGENT, facts.deadline)
    return Gate(Phase.VENUE, Status.WAITING, Role.CENTRE, facts.deadline)


def _qualification(facts: Facts) -> list[Gate]:
    if facts.qualified is None:
        return []
    done = facts.qualified or _reached(facts.state, _S.EVALUATING)
    now = Status.NOW if _reached(facts.state, _S.OPENED) else Status.TODO
    return [Gate(Phase.QUALIFICATION, Status.DONE if done else now, Role.PROCURING)]


def _decision(facts: Facts) -> Gate:
    """What follows the report: candidates in publicity, or the purchaser's word or silence (M87 68)."""
    if not facts.reviewed:
        return _step(facts, Phase.CANDIDATES, _S.REPORTED, _S.PUBLICITY, Role.AGENT)
    return _step(facts, Phase.DETERMINATION, _S.REPORTED, _S.DETERMINED, Role.PROCURING)


def _committee(facts: Facts) -> Gate:
    if _reached(facts.state, _S.EVALUATING) or facts.drawn:
        return Gate(Phase.COMMITTEE, Status.DONE)
    if facts.drawn is False:
        return Gate(Phase.COMMITTEE, Status.WAITING, Role.CENTRE)
    open_ = _reached(facts.state, _S.DECRYPTING)
    return Gate(Phase.COMMITTEE, Status.NOW if open_ else Status.TODO, Role.AGENT)


def _seated(facts: Facts) -> bool:
    """Whether it is the judges' turn: the committee is drawn, or sits already."""
    return bool(facts.drawn) or _reached(facts.state, _S.EVALUATING)


def _award(facts: Facts) -> Gate:
    if facts.state is _S.NOTIFIED:
        return Gate(Phase.AWARD, Status.DONE)
    if facts.state is _S.DETERMINED:
        return Gate(Phase.AWARD, Status.NOW, Role.AGENT)
    running = facts.state is _S.PUBLICITY
    return Gate(Phase.AWARD, Status.WAITING if running else Status.TODO, Role.AGENT, facts.publicity_ends)


def _failed(facts: Facts) -> list[Gate]:
    passed = [Phase.DOCUMENT, Phase.KEYS, Phase.NOTICE, Phase.BIDDING]
    return [*(Gate(phase, Status.DONE) for phase in passed), Gate(Phase.OPENING, Status.FAILED)]
