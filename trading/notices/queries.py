"""Reads of notices for public pages: lists, search, counts, one notice and its versions."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, and_, cast, false, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.notices.search import search_query
from trading.notices.tables import Category, Notice, NoticeKind

COUNTED = 10_000
"""Totals are exact up to this number; a longer list is told as "more than"."""

CHINA = ZoneInfo("Asia/Shanghai")

_KINDS = frozenset(map(str, NoticeKind))
_CATEGORIES = frozenset(map(str, Category))

ORDERS = {
    "-published": (Notice.published_at.desc(), Notice.id.desc()),
    "published": (Notice.published_at, Notice.id),
    "closes": (Notice.closes_at.nulls_last(), Notice.id),
    "-closes": (Notice.closes_at.desc().nulls_last(), Notice.id.desc()),
}


@dataclass(frozen=True)
class NoticeFilter:
    """What a visitor asked for; an unknown kind or category finds nothing, an unknown order or status counts as none.

    `status` is `open` (deadline or publicity still running) or `closed`; `page` counts from 1.
    """

    q: str = ""
    kind: str | None = None
    category: str | None = None
    region: str | None = None
    status: str | None = None
    order: str = "-published"
    page: int = 1
    size: int = 20


@dataclass(frozen=True)
class Page:
    """One page of a list. `total` and `pages` stop at `COUNTED` notices; `more` says that there are more."""

    items: list[Notice]
    total: int
    page: int
    pages: int
    more: bool = False


@dataclass(frozen=True)
class Facets:
    """How many notices each kind and each category would give, every other choice kept; what gives none is left out.

    Counts stop at `COUNTED`; a search that finds more counts `COUNTED` of its notices and says so by `more`.
    """

    kinds: dict[NoticeKind, int] = field(default_factory=dict)
    categories: dict[Category, int] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True)
class HomeFigures:
    """Real counts for the home page, at one moment."""

    notices: int
    open_tenders: int
    closing_in_48_hours: int
    openings_today: int
    in_publicity: int
    changed_in_30_days: int


async def find_notices(session: AsyncSession, wanted: NoticeFilter, now: datetime) -> Page:
    """One page of current notices that fit; a page beyond the end gives the last one."""
    fits = _fits(wanted, now)
    found = (await session.execute(select(_counted(fits, COUNTED + 1)))).scalar_one()
    total = min(found, COUNTED)
    pages = max(1, ceil(total / wanted.size))
    page = min(max(1, wanted.page), pages)
    rows = await session.scalars(
        select(Notice)
        .where(fits)
        .order_by(*ORDERS.get(wanted.order, ORDERS["-published"]))
        .limit(wanted.size)
        .offset((page - 1) * wanted.size)
    )
    return Page(list(rows), total, page, pages, found > COUNTED)


async def facets(session: AsyncSession, wanted: NoticeFilter, now: datetime) -> Facets:
    """Counts per kind and per category for the filter row beside a list."""
    if search_query(wanted.q):
        return await _searched_facets(session, wanted, now)
    kinds = {kind: _counted(_fits(replace(wanted, kind=kind), now)) for kind in NoticeKind}
    categories = {category: _counted(_fits(replace(wanted, category=category), now)) for category in Category}
    found = (await session.execute(select(*kinds.values(), *categories.values()))).one()
    return Facets(
        {kind: count for kind, count in zip(kinds, found, strict=False) if count},
        {category: count for category, count in zip(categories, found[len(kinds) :], strict=True) if count},
    )


async def get_notice(session: AsyncSession, notice_id: str) -> Notice:
    """One version of a notice, current or superseded; `notice.unknown` (404) otherwise."""
    notice = None if "\0" in notice_id else await session.get(Notice, notice_id)
    if notice is None:
        raise Problem("notice.unknown", id=notice_id)
    return notice


async def versions(session: AsyncSession, notice: Notice) -> list[Notice]:
    """Every version of the same notice, oldest first; the current one has no `superseded_at`."""
    earlier = select(Notice.id, Notice.corrects).where(Notice.id == notice.id).cte("earlier", recursive=True)
    earlier = earlier.union(select(Notice.id, Notice.corrects).where(Notice.id == earlier.c.corrects))
    later = select(Notice.id).where(Notice.id == notice.id).cte("later", recursive=True)
    later = later.union(select(Notice.id).where(Notice.corrects == later.c.id))
    rows = await session.scalars(
        select(Notice).where(Notice.id.in_(select(earlier.c.id).union(select(later.c.id)))).order_by(Notice.version)
    )
    return list(rows)


async def section_notices(session: AsyncSession, section: str) -> list[Notice]:
    """Every current notice of a section `TENDER/SECTION`, oldest first."""
    rows = await session.scalars(
        select(Notice).where(Notice.section == section, _current()).order_by(Notice.published_at, Notice.id)
    )
    return list(rows)


async def latest(session: AsyncSession, kinds: tuple[NoticeKind, ...], limit: int) -> list[Notice]:
    """The newest current notices of some kinds, newest first; no kinds means all."""
    wanted = Notice.kind.in_(kinds) if kinds else literal(True)
    rows = await session.scalars(select(Notice).where(_current(), wanted).order_by(*ORDERS["-published"]).limit(limit))
    return list(rows)


async def openings(session: AsyncSession, starts: datetime, ends: datetime, limit: int = 50) -> list[Notice]:
    """Tender notices whose deadline, which is their opening (TBL 34), lies in [starts, ends), soonest first."""
    rows = await session.scalars(
        select(Notice).where(_due(NoticeKind.TENDER, starts, ends)).order_by(*ORDERS["closes"]).limit(limit)
    )
    return list(rows)


async def home_figures(session: AsyncSession, now: datetime) -> HomeFigures:
    """Real counts of the moment, each up to `COUNTED` except `notices`; "today" is the calendar day in China."""
    today = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    changes = and_(
        _current(),
        Notice.kind.in_((NoticeKind.AMENDMENT, NoticeKind.TERMINATED)),
        Notice.published_at > now - timedelta(days=30),
    )
    row = await session.execute(
        select(
            select(func.count()).select_from(Notice).where(_current()).scalar_subquery(),
            _counted(_due(NoticeKind.TENDER, now)),
            _counted(_due(NoticeKind.TENDER, now, now + timedelta(hours=48))),
            _counted(_due(NoticeKind.TENDER, today, today + timedelta(days=1))),
            _counted(_due(NoticeKind.CANDIDATES, now)),
            _counted(changes),
        )
    )
    return HomeFigures(*row.one())


async def _searched_facets(session: AsyncSession, wanted: NoticeFilter, now: datetime) -> Facets:
    """One pass over what the words find, since each further search would cost as much as the first."""
    fits = _fits(replace(wanted, kind=None, category=None), now)
    rows = select(Notice.kind, Notice.category).where(fits).limit(COUNTED + 1).subquery()
    found = await session.execute(
        select(rows.c.kind, rows.c.category, func.count()).group_by(rows.c.kind, rows.c.category)
    )
    kinds, categories, total = Counter[NoticeKind](), Counter[Category](), 0
    for kind, category, count in found:
        total += count
        if wanted.category in (None, "", category):
            kinds[NoticeKind(kind)] += count
        if wanted.kind in (None, "", kind):
            categories[Category(category)] += count
    return Facets(dict(kinds), dict(categories), total > COUNTED)


def _fits(wanted: NoticeFilter, now: datetime) -> ColumnElement[bool]:
    conditions = [_current()]
    if wanted.kind:
        conditions.append(Notice.kind == wanted.kind if wanted.kind in _KINDS else false())
    if wanted.category:
        conditions.append(Notice.category == wanted.category if wanted.category in _CATEGORIES else false())
    if wanted.region:
        conditions.append(Notice.region == wanted.region)
    if wanted.status == "open":
        conditions.append(Notice.closes_at > now)
    if wanted.status == "closed":
        conditions.append(Notice.closes_at <= now)
    if query := search_query(wanted.q):
        conditions.append(Notice.search.bool_op("@@")(cast(query, TSQUERY)))
    return and_(*conditions)


def _current() -> ColumnElement[bool]:
    return Notice.superseded_at.is_(None)


def _due(kind: NoticeKind, starts: datetime, ends: datetime | None = None) -> ColumnElement[bool]:
    before = Notice.closes_at < ends if ends else literal(True)
    return and_(_current(), Notice.kind == kind, Notice.closes_at >= starts, before)


def _counted(fits: ColumnElement[bool], limit: int = COUNTED) -> ScalarSelect[int]:
    rows = select(literal(1)).select_from(Notice).where(fits).limit(limit).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()
