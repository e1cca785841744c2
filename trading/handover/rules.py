"""What a section's archive must hold at a point of its life: pure (rules/trading.md §2, §3)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from trading.archive.handover import Item, State
from trading.regimes.regime import Mark, Regime, Rule


class Reached(StrEnum):
    """A point of a section's life after which papers must be there."""

    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    MARKED = "marked"
    PUBLICISED = "publicised"
    AWARDED = "awarded"
    FAILED = "failed"
    ENDED = "ended"
    CONTRACT_DUE = "contract-due"


RULES: Mapping[Item, Rule] = {item: Rule(f"archive-{item}") for item in Item}
"""The parameter that asks for an item."""

_DUE: Mapping[Item, Reached | None] = {
    Item.NOTICE: Reached.PUBLISHED,
    Item.DOCUMENT: Reached.PUBLISHED,
    Item.BIDS: Reached.CLOSED,
    Item.OPENING: Reached.OPENED,
    Item.DRAW: Reached.MARKED,
    # Nobody need have been asked anything, and silence is an answer to the report: there where there is such.
    Item.INQUIRIES: None,
    Item.MARKS: Reached.MARKED,
    Item.REPORT: Reached.MARKED,
    Item.REVIEW: None,
    Item.CANDIDATES: Reached.PUBLICISED,
    Item.AWARD: Reached.AWARDED,
    Item.FAILURE: Reached.FAILED,
    Item.LETTERS: Reached.AWARDED,
    Item.CONTRACT: Reached.CONTRACT_DUE,
    Item.EVIDENCE: Reached.ENDED,
    Item.JOURNAL: Reached.PUBLISHED,
}


class Kept(NamedTuple):
    """One file of an archive: its name, digest in hex and size in bytes."""

    name: str
    sha256: str
    size: int


class Row(NamedTuple):
    """One line of the completeness list, with the article that asks for it and how that is known."""

    item: Item
    state: State
    files: tuple[Kept, ...]
    source: str
    mark: Mark


def completeness(
    regime: Regime, reached: Collection[Reached], held: Mapping[Item, tuple[Kept, ...]], lost: Collection[Item] = ()
) -> list[Row]:
    """The list for a rule set: `held` is what is there, `lost` what should be and whose bytes the store no longer has."""
    rows = []
    for item, rule in RULES.items():
        parameter = regime.parameter(rule)
        if not parameter.value:
            continue
        files = held.get(item, ())
        state = State.MISSING if item in lost else State.THERE if files else _state(item, reached)
        rows.append(Row(item, state, files, parameter.source, parameter.mark))
    return rows


def missing(rows: Collection[Row]) -> list[Item]:
    """What must be there and is not."""
    return [row.item for row in rows if row.state is State.MISSING]


def _state(item: Item, reached: Collection[Reached]) -> State:
    due = _DUE[item]
    if due is not None and due in reached:
        return State.MISSING
    return State.NONE if _over(item, reached) else State.WAITING


def _over(item: Item, reached: Collection[Reached]) -> bool:
    """Whether its time will not come any more: a section that failed is not awarded, one that was has not failed."""
    if item is Item.FAILURE:
        return Reached.FAILED not in reached
    if item is Item.CONTRACT:
        return Reached.FAILED in reached
    return Reached.ENDED in reached
