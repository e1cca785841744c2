"""What the draw room shows of a draw: counts, proofs and who waits, from the journal; never a name, never a leaf."""

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Alternate, Draw
from infra.db.journal import Line
from infra.kernel.canonical import digest
from infra.kernel.events import Event

_EVENTS = (Event.DRAW_FROZEN, Event.DRAW_COMMITMENT_GIVEN, Event.DRAW_REVEALED, Event.DRAW_FAILED, Event.DRAW_REFUSED)


class Listed(NamedTuple):
    """One specialty of a frozen pool: its quota, how many records and employers, and the root over its leaves."""

    specialty: str
    quota: int
    records: int
    employers: int
    root: str
    waiting: int | None


class Proofs(NamedTuple):
    """What proves a draw while its names are sealed: every value stands in the public log too."""

    lists: tuple[Listed, ...] = ()
    commit: str | None = None
    commitments: tuple[tuple[str, str], ...] = ()
    seed: str | None = None
    result: str | None = None
    failed: tuple[str, str] | None = None
    refused: dict[str, Any] | None = None


async def proofs_of(session: AsyncSession, draw: Draw) -> Proofs:
    """The proofs of one attempt, as far as it has come."""
    about = (Line.subject == draw.id) | Line.subject.startswith(f"{draw.id}/", autoescape=True)
    found = select(Line.event, Line.facts).where(Line.section == draw.section, Line.event.in_(_EVENTS), about)
    told: dict[str, list[dict[str, Any]]] = {}
    for event, facts in await session.execute(found.order_by(Line.id)):
        told.setdefault(event, []).append(facts)
    frozen = next((one["frozen"] for one in told.get(Event.DRAW_FROZEN, [])), None)
    revealed = next(iter(told.get(Event.DRAW_REVEALED, [])), {})
    failed = next(iter(told.get(Event.DRAW_FAILED, [])), None)
    return Proofs(
        lists=() if frozen is None else _listed(frozen, await _waiting(session, draw) if revealed else None),
        commit=None if frozen is None else digest(frozen).hex(),
        commitments=tuple(
            sorted((one["party"], one["commitment"]) for one in told.get(Event.DRAW_COMMITMENT_GIVEN, []))
        ),
        seed=revealed.get("seed"),
        result=revealed.get("result"),
        failed=None if failed is None else (failed["reason"], failed.get("party", "")),
        refused=next(iter(told.get(Event.DRAW_REFUSED, [])[-1:]), None) if draw.frozen_at is None else None,
    )


def _listed(frozen: dict[str, Any], waiting: dict[str, int] | None) -> tuple[Listed, ...]:
    lists, quota = frozen["lists"], frozen["quota"]
    return tuple(
        Listed(
            name,
            quota[name],
            lists[name]["records"],
            lists[name]["employers"],
            lists[name]["root"],
            None if waiting is None else waiting.get(name, 0),
        )
        for name in frozen["order"]
    )


async def _waiting(session: AsyncSession, draw: Draw) -> dict[str, int]:
    """Alternates not yet called, by specialty."""
    found = select(Alternate.specialty, func.count()).where(Alternate.draw == draw.id, Alternate.taken_at.is_(None))
    return {name: count for name, count in await session.execute(found.group_by(Alternate.specialty))}
