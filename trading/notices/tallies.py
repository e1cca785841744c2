"""How many notices there are, without counting them one by one, and a number that changes with every change of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from trading.notices.kinds import Category, NoticeKind
from trading.notices.tables import Notice, NoticeTally

Cell = tuple[NoticeKind, Category]

_VERSION = "SELECT coalesce(sum(changes), 0)::bigint FROM notice_tallies"


@dataclass(frozen=True)
class Facets:
    """How many notices each kind and each category would give, every other choice kept; what gives none is left out.

    With `more`, counting stopped early and every number is a least one.
    """

    kinds: dict[NoticeKind, int] = field(default_factory=dict)
    categories: dict[Category, int] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True)
class Counts:
    """How many notices there are by kind and category; with `more`, counting stopped and these are the least."""

    cells: Mapping[Cell, int]
    more: bool = False

    def total(self, kind: str | None = None, category: str | None = None) -> int:
        """The notices of a kind and a category; None or empty stands for all of them."""
        return sum(
            n for (one, other), n in self.cells.items() if kind in (None, "", one) and category in (None, "", other)
        )

    def facets(self, kind: str | None = None, category: str | None = None) -> Facets:
        """What each kind would give within the category, and each category within the kind."""
        kinds, categories = Counter[NoticeKind](), Counter[Category]()
        for (one, other), number in self.cells.items():
            if category in (None, "", other):
                kinds[one] += number
            if kind in (None, "", one):
                categories[other] += number
        return Facets(
            {one: number for one, number in kinds.items() if number},
            {one: number for one, number in categories.items() if number},
            self.more,
        )


@dataclass(frozen=True)
class Tallies:
    """Exact counts of all current notices, and of those whose deadline or publicity is still running or is over."""

    all: Counts
    open: Counts
    closed: Counts

    def of(self, status: str | None) -> Counts:
        """The counts for a status of the list; what is no status counts as none."""
        return {"open": self.open, "closed": self.closed}.get(status or "", self.all)


def count_of(notices: Iterable[Notice]) -> Counts:
    """The counts of notices that have all been read."""
    return Counts(Counter(_cell(notice.kind, notice.category) for notice in notices))


async def read_tallies(session: AsyncSession, now: datetime) -> Tallies:
    """The tallies as they stand; costs the same with a thousand notices as with a million, save those still open."""
    kept = select(NoticeTally.kind, NoticeTally.category, func.sum(NoticeTally.notices), func.sum(NoticeTally.dated))
    found = (await session.execute(kept.group_by(NoticeTally.kind, NoticeTally.category))).all()
    running = select(Notice.kind, Notice.category, func.count()).where(
        Notice.superseded_at.is_(None), Notice.closes_at > now
    )
    ahead = {
        _cell(kind, category): number
        for kind, category, number in await session.execute(running.group_by(Notice.kind, Notice.category))
    }
    dated = {_cell(kind, category): int(number) for kind, category, _, number in found}
    return Tallies(
        all=Counts({_cell(kind, category): int(number) for kind, category, number, _ in found}),
        open=Counts(ahead),
        closed=Counts({cell: max(0, number - ahead.get(cell, 0)) for cell, number in dated.items()}),
    )


async def notices_version(engine: AsyncEngine) -> int:
    """A number that grows whenever a change of notices is committed; as cheap as a question to the database can be."""
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        try:
            return int(await driver.fetchval(_VERSION))
        except Exception:
            # Asked again the longer way, which notices a lost server and gives up every connection to it.
            return int((await connection.exec_driver_sql(_VERSION)).scalar_one())


def _cell(kind: str, category: str) -> Cell:
    return NoticeKind(kind), Category(category)
