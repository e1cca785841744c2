"""Why the judges marked as they did: reasons, pages and explanations of a published evaluation, put to bids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event
from trading.publication.queries import Dossier

Cell = tuple[str, str, str]
"""Judge, bid, item."""


class Pin(NamedTuple):
    """A page of the bid on which a mark rests, and the words quoted from it."""

    part: str
    page: int
    text: str


@dataclass(frozen=True)
class Given:
    """What was written beside the marks, by (judge, bid, item); an explanation that stayed out in time is an empty text."""

    reasons: Mapping[Cell, str] = field(default_factory=dict)
    pins: Mapping[Cell, tuple[Pin, ...]] = field(default_factory=dict)
    explanations: Mapping[Cell, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many signs there are to show."""
        written = [*self.reasons.values(), *self.explanations.values()]
        return sum(map(len, written)) + sum(len(pin.text) for pins in self.pins.values() for pin in pins)


async def given_of(session: AsyncSession, found: Dossier) -> Given:
    """What stands beside the published marks; nothing before they are public, and nothing for sheets of marks alone."""
    if not found.marked:
        return Given()
    return await given_in_round(session, found.section.id, len(found.earlier) + 1)


async def given_in_round(session: AsyncSession, section_id: str, number: int) -> Given:
    """What stands beside the marks of the section's evaluation of this number, from 1; it must have been published."""
    wanted = select(Line.facts).where(Line.section == section_id, Line.event == Event.MARKS_PUBLISHED)
    return given_in((await session.execute(wanted.order_by(Line.id).offset(number - 1).limit(1))).scalar_one())


def given_in(facts: Mapping[str, Any]) -> Given:
    """The same out of what `marks.published` tells; what judges gave under a blind bid's label is put to its bid."""
    labels = facts.get("blind", {}).get("labels", {})
    sheets = facts["sheets"]
    pins = {
        cell: tuple(Pin(one["part"], one["page"], one.get("text", "")) for one in value)
        for cell, value in _cells({judge: one.get("pins", {}) for judge, one in sheets.items()}, labels)
    }
    return Given(
        reasons=dict(_cells({judge: one.get("reasons", {}) for judge, one in sheets.items()}, labels)),
        pins={cell: one for cell, one in pins.items() if one},
        explanations=dict(_cells(facts.get("explanations", {}), labels)),
    )


def _cells(told: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[tuple[Cell, Any]]:
    for judge, rows in told.items():
        for key, row in rows.items():
            for item, value in row.items():
                yield (judge, labels.get(key, key), item), value
