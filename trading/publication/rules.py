"""What may be read of a section at each point of its life, and how a tie is decided: pure decisions (rules/trading.md)."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest
from infra.kernel.events import Event, Opens
from trading.regimes.regime import Regime, Rule
from trading.sections.states import LIFE, SectionState

OF_DOCUMENT = (Event.DOCUMENT_FROZEN, Event.ADDENDUM_PUBLISHED, Event.CLARIFICATION_PUBLISHED)
"""What tells of a tender document: in an invited tender nobody but those invited reads it before the closing."""
TIE_LABEL = "openhall tie/v1"
BACK = ("pass-over", "reevaluate")
"""The steps that lead back: those who are left stand in publicity anew, or the committee evaluates again."""
LONGEST_REASONS = 4000

Order = Sequence[str | Sequence[str]]
"""Bids by rank; those of one rank stand in a list of their own (design/recompute.md)."""


def public_path(*, reviewed: bool = False) -> tuple[SectionState, ...]:
    """The states of a section that does not fail, from the published notice on, in their only order.

    Where the procuring entity's review alone comes before the determination (`reviewed`), nothing stands in publicity.
    """
    aside = "publicise" if reviewed else "confirm"
    onward = {
        SectionState(step.source): SectionState(step.target)
        for step in LIFE.steps
        if step.target is not SectionState.FAILED and step.verb not in (*BACK, aside)
    }
    path = [SectionState.BIDDING]
    while path[-1] in onward:
        path.append(onward.pop(path[-1]))
    return tuple(path)


def may_read(event: Event, *, of_draw: bool, closed: bool, marked: bool) -> bool:
    """Whether everybody may read such an event of a section now.

    Bids stay hidden until `section.closed`, for ever where none is opened; the committee, and with it the whole
    draw, until `marks.published`.
    """
    opens = event.kind.opens
    if opens is Opens.NEVER:
        return False
    if of_draw or opens is Opens.MARKS_PUBLISHED:
        return marked
    return closed or opens is Opens.AT_ONCE


def term_end(regime: Regime, ended: datetime) -> datetime | None:
    """Until when what is published of a procedure that ended then stays public; None where the rule set sets no end."""
    return regime.years_after(ended, Rule.PUBLICATION_YEARS) if regime.count(Rule.PUBLICATION_YEARS) else None


def tied_candidates(order: Order, most: int) -> list[list[str]]:
    """The groups of bids tied for one of the first `most` ranks, in order; a tie behind them decides nothing."""
    found, rank = [], 1
    for place in order:
        if rank > most:
            break
        if isinstance(place, str):
            rank += 1
        else:
            found.append(list(place))
            rank += len(place)
    return found


def puts_in_order(decided: Order, tied: Order) -> bool:
    """Whether a decision orders just the tied bids, group by group."""
    return [sorted(group) for group in decided] == [sorted(group) for group in tied]


def settled(order: Order, decided: Order) -> list[str | list[str]]:
    """The computed order with tied groups as decided; what nobody has decided stays a group."""
    turns = {frozenset(group): group for group in decided}
    found: list[str | list[str]] = []
    for place in order:
        if isinstance(place, str):
            found.append(place)
        elif frozenset(place) in turns:
            found.extend(turns[frozenset(place)])
        else:
            found.append(list(place))
    return found


def decision_message(section: str, report: bytes, decided: Order, reasons: str) -> bytes:
    """The 32 bytes the procuring entity signs under its decision of a tie; `report` is what the judges signed."""
    told: dict[str, Any] = {
        "section": section,
        "report": b64(report),
        "decided": [list(group) for group in decided],
        "reasons": reasons,
    }
    return sha256(labelled(TIE_LABEL, digest(told))).digest()
