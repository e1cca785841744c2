"""Reads of notices for public pages: lists, search, counts, one notice and its versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, and_, cast, false, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from infra.kernel.problems import Problem
from trading.notices.kinds import Category, NoticeKind
from trading.notices.search import search_query
from trading.notices.tables import Notice
from trading.notices.tallies import Cell, Counts, Facets, Tallies, count_of, read_tallies

COUNTED = 2_000
"""Totals of a search by words or region are exact up to this number; a longer list is told as "more than"."""

REACH = 10_000
"""So many notices of a list stand on pages that have a number; those beyond are reached from one page to the next."""

CHINA = ZoneInfo("Asia/Shanghai")

_KINDS = frozenset(map(str, NoticeKind))
_CATEGORIES = frozenset(map(str, Category))

ORDERS = {
    "-published": (Notice.published_at.desc(), Notice.id.desc()),
    "published": (Notice.published_at, Notice.id),
    "closes": (Notice.closes_at.nulls_last(), Notice.id),
}
_BACKWARDS = {
    "-published": ORDERS["published"],
    "published": ORDERS["-published"],
    "closes": (Notice.closes_at.desc().nulls_first(), Notice.id.desc()),
}
_OPPOSITE = {"-published": "published", "published": "-published", "closes": "-closes"}


@dataclass(frozen=True)
class NoticeFilter:
    """What a visitor asked for; an unknown kind or category finds nothing, an unknown order or status counts as none.

    `status` is `open` (deadline or publicity still running) or `closed`; `page` counts from 1. `after` and `before` are
    ids of notices: the page that follows the one, or that leads up to the other, whatever has been published since.
    """

    q: str = ""
    kind: str | None = None
    category: str | None = None
    region: str | None = None
    status: str | None = None
    order: str = "-published"
    page: int = 1
    size: int = 20
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list: `total` notices in all, or with `more` at least so many.

    `page` is None where the page was reached by `after` or `before`; `pages` is how many pages have a number; `facets`
    count what each kind and each category would give.
    """

    items: list[Notice]
    total: int
    page: int | None
    pages: int
    facets: Facets
    more: bool = False
    has_earlier: bool = False
    has_later: bool = False


@dataclass(frozen=True)
class HomeFigures:
    """Real counts for the home page, at one moment."""

    notices: int
    open_tenders: int
    closing_in_48_hours: int
    openings_today: int
    in_publicity: int
    changed_in_30_days: int


async def count_notices(
    session: AsyncSession, wanted: NoticeFilter, now: datetime, tallies: Tallies | None = None
) -> Counts:
    """How many notices fit, by kind and category, whatever kind and category were asked for.

    Exact from the tallies (which may be a few seconds old: `tallies`) unless words or a region must be looked for.
    """
    if not search_query(wanted.q) and not wanted.region:
        return (tallies or await read_tallies(session, now)).of(wanted.status)
    fits = _fits(replace(wanted, kind=None, category=None), now)
    rows = select(Notice.kind, Notice.category).where(fits).limit(COUNTED + 1).subquery()
    grouped = select(rows.c.kind, rows.c.category, func.count()).group_by(rows.c.kind, rows.c.category)
    cells: dict[Cell, int] = {
        (NoticeKind(kind), Category(category)): number for kind, category, number in await session.execute(grouped)
    }
    return Counts(cells, sum(cells.values()) > COUNTED)


async def find_notices(
    session: AsyncSession, wanted: NoticeFilter, now: datetime, tallies: Tallies | None = None
) -> Page:
    """One page of current notices that fit; a page beyond the end gives the last one. `tallies` saves reading them."""
    turned = await _beside(session, wanted, now) if wanted.after or wanted.before else None
    first = None if turned or wanted.page > 1 else await _numbered(session, wanted, now, 1)
    # A short list is its own count: most searches need no second look.
    whole = first is not None and len(first) <= wanted.size and not (wanted.kind or wanted.category)
    counts = count_of(first) if first is not None and whole else await count_notices(session, wanted, now, tallies)
    total, more = await _total(session, wanted, now, counts)
    found = counts.facets(wanted.kind, wanted.category)
    pages = max(1, ceil(min(total, REACH) / wanted.size))
    if turned:
        rows, further = turned
        earlier, later = (True, further) if wanted.after else (further, True)
        return Page(rows, total, None, pages, found, more, earlier, later)
    page = min(max(1, wanted.page), pages)
    rows = await _numbered(session, wanted, now, page) if first is None else first
    return Page(rows[: wanted.size], total, page, pages, found, more, page > 1, len(rows) > wanted.size)


async def following(session: AsyncSession, wanted: NoticeFilter, now: datetime) -> list[Notice]:
    """The `size` notices that fit and follow `after` (None: the first ones), counted by nobody."""
    if wanted.after:
        found = await _beside(session, wanted, now)
        return found[0] if found else []
    return await _rows(session, _fits(wanted, now), _order(wanted), wanted.size)


async def get_notice(session: AsyncSession, notice_id: str) -> Notice:
    """One version of a notice, current or superseded; `notice.unknown` (404) otherwise."""
    notice = None if "\0" in notice_id else await session.get(Notice, notice_id)
    if notice is None:
        raise Problem("notice.unknown", id=notice_id)
    return notice


async def versions(session: AsyncSession, notice: Notice) -> list[Notice]:
    """Every version of the same notice, oldest first; the current one has no `superseded_at`."""
    if notice.version == 1 and notice.superseded_at is None:
        return [notice]
    earlier = select(Notice.id, Notice.corrects).where(Notice.id == notice.id).cte("earlier", recursive=True)
    earlier = earlier.union(select(Notice.id, Notice.corrects).where(Notice.id == earlier.c.corrects))
    later = select(Notice.id).where(Notice.id == notice.id).cte("later", recursive=True)
    later = later.union(select(Notice.id).where(Notice.corrects == later.c.id))
    rows = await session.scalars(
        select(Notice).where(Notice.id.in_(select(earlier.c.id).union(select(later.c.id)))).order_by(Notice.version)
    )
    return list(rows)


async def ending_of(session: AsyncSession, notice: Notice) -> Notice | None:
    """The current notice that ended the tender of this one (流标, 终止), None while it goes on or where this is it."""
    ends = (NoticeKind.FAILED, NoticeKind.TERMINATED)
    if notice.kind in ends:
        return None
    same = Notice.section == notice.section if notice.section else Notice.project == notice.project
    wanted = select(Notice).where(same, Notice.kind.in_(ends), Notice.region == notice.region, _current())
    later = wanted.where(Notice.published_at >= notice.published_at)
    found: Notice | None = await session.scalar(later.order_by(Notice.published_at.desc()).limit(1))
    return found


async def section_notices(session: AsyncSession, section: str, taken_down_at: datetime | None = None) -> list[Notice]:
    """Every current notice of a section `TENDER/SECTION`, oldest first; of one taken down then, those that were current."""
    was = _current() if taken_down_at is None else or_(_current(), Notice.superseded_at == taken_down_at)
    rows = await session.scalars(
        select(Notice).where(Notice.section == section, was).order_by(Notice.published_at, Notice.id)
    )
    return list(rows)


async def latest(session: AsyncSession, kinds: tuple[NoticeKind, ...], limit: int) -> list[Notice]:
    """The newest current notices of some kinds, newest first; no kinds means all."""
    wanted = Notice.kind.in_(kinds) if kinds else literal(True)
    return await _rows(session, and_(_current(), wanted), ORDERS["-published"], limit)


async def openings(session: AsyncSession, starts: datetime, ends: datetime, limit: int = 50) -> list[Notice]:
    """Tender notices whose deadline, which is their opening (TBL 34), lies in [starts, ends), soonest first."""
    rows = await session.scalars(
        select(Notice).where(_due(NoticeKind.TENDER, starts, ends)).order_by(*ORDERS["closes"]).limit(limit)
    )
    return list(rows)


async def home_figures(session: AsyncSession, now: datetime, tallies: Tallies | None = None) -> HomeFigures:
    """Real counts of the moment; "today" is the calendar day in China. `tallies` may be a few seconds old."""
    tallies = tallies or await read_tallies(session, now)
    today = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    changes = and_(
        _current(),
        Notice.kind.in_((NoticeKind.AMENDMENT, NoticeKind.TERMINATED)),
        Notice.published_at > now - timedelta(days=30),
    )
    row = await session.execute(
        select(
            _number(_due(NoticeKind.TENDER, now, now + timedelta(hours=48))),
            _number(_due(NoticeKind.TENDER, today, today + timedelta(days=1))),
            _number(changes),
        )
    )
    closing, openings_today, changed = row.one()
    return HomeFigures(
        notices=tallies.all.total(),
        open_tenders=tallies.open.total(NoticeKind.TENDER),
        closing_in_48_hours=closing,
        openings_today=openings_today,
        in_publicity=tallies.open.total(NoticeKind.CANDIDATES),
        changed_in_30_days=changed,
    )


async def _numbered(session: AsyncSession, wanted: NoticeFilter, now: datetime, page: int) -> list[Notice]:
    """A page by its number, and one notice of the next."""
    return await _rows(session, _fits(wanted, now), _order(wanted), wanted.size + 1, (page - 1) * wanted.size)


async def _total(session: AsyncSession, wanted: NoticeFilter, now: datetime, counts: Counts) -> tuple[int, bool]:
    """How many notices fit, and whether there are more; what stopped counting early is counted again where narrower."""
    if not counts.more:
        return counts.total(wanted.kind, wanted.category), False
    if not wanted.kind and not wanted.category:
        return COUNTED, True
    found = (await session.execute(select(_number(_fits(wanted, now), COUNTED + 1)))).scalar_one()
    return min(found, COUNTED), found > COUNTED


async def _beside(session: AsyncSession, wanted: NoticeFilter, now: datetime) -> tuple[list[Notice], bool] | None:
    """The page after or before a notice and whether there is more that way; None where there is no such notice."""
    asked = wanted.after or wanted.before or ""
    place = select(Notice.id, Notice.published_at, Notice.closes_at).where(Notice.id == asked)
    anchor = None if "\0" in asked else (await session.execute(place)).one_or_none()
    if anchor is None:
        return None
    forwards = bool(wanted.after)
    name = wanted.order if wanted.order in ORDERS else "-published"
    fits = and_(_fits(wanted, now), _past(name if forwards else _OPPOSITE[name], anchor))
    order = ORDERS[name] if forwards else _BACKWARDS[name]
    rows = await _rows(session, fits, order, wanted.size + 1)
    shown = rows[: wanted.size]
    return (shown if forwards else shown[::-1]), len(rows) > wanted.size


def _past(order: str, anchor: Any) -> ColumnElement[bool]:
    """What comes after a notice in an order; notices that never end stand behind all that do."""
    published, ends = tuple_(Notice.published_at, Notice.id), tuple_(Notice.closes_at, Notice.id)
    if order == "-published":
        return published < tuple_(anchor.published_at, anchor.id)
    if order == "published":
        return published > tuple_(anchor.published_at, anchor.id)
    if anchor.closes_at is None:
        endless = Notice.closes_at.is_(None)
        return and_(endless, Notice.id > anchor.id) if order == "closes" else or_(~endless, Notice.id < anchor.id)
    if order == "closes":
        return or_(ends > tuple_(anchor.closes_at, anchor.id), Notice.closes_at.is_(None))
    return ends < tuple_(anchor.closes_at, anchor.id)


def _order(wanted: NoticeFilter) -> Sequence[Any]:
    return ORDERS.get(wanted.order, ORDERS["-published"])


async def _rows(
    session: AsyncSession, fits: ColumnElement[bool], order: Sequence[Any], limit: int, offset: int = 0
) -> list[Notice]:
    """Notices without their facts. What is passed over is passed over in an index; only what is shown is read."""
    chosen = select(Notice.id).where(fits).order_by(*order).limit(limit).offset(offset)
    shown = select(Notice).where(Notice.id.in_(chosen)).order_by(*order)
    return list(await session.scalars(shown.options(defer(Notice.facts, raiseload=True))))


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


def _number(fits: ColumnElement[bool], limit: int | None = None) -> ScalarSelect[int]:
    rows = select(literal(1)).select_from(Notice).where(fits).limit(limit).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()
