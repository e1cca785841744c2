"""Finding agencies: filters with counts, order, pages; one agency with its record; some side by side; prices of an item."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Organisation
from infra.kernel.problems import Problem
from marketplace.agencies.actions import find_agency
from marketplace.agencies.stats import Box, at_least, box
from marketplace.agencies.tables import Agency, AgencyEvent, AgencyRating, AgencyService, AgencyState
from marketplace.catalogue.items import items_of
from marketplace.catalogue.tables import ServiceItem
from marketplace.contracts.tables import MarketContract
from marketplace.rating.formula import Grade

PAGE = 20
MOST_COMPARED, LEAST_COMPARED = 5, 2
RECENT = timedelta(days=730)
SHOWN_CONTRACTS = 20
ORDERS = ("score", "name", "days", "price")
LONGEST = 60


@dataclass(frozen=True)
class Search:
    """What is looked for; `item` is a code, `grade` one letter, both empty for any."""

    words: str = ""
    item: str = ""
    grade: str = ""
    order: str = "score"
    page: int = 1


class Found(NamedTuple):
    """One line of the directory; `on_time` and `contracts` are of accepted contracts, `service` of the item looked for."""

    agency: Agency
    contracts: int
    owners: int
    on_time: int
    service: AgencyService | None

    @property
    def bound(self) -> float:
        """The share on time that one can rely on (Wilson, 95 %)."""
        return at_least(self.on_time, self.contracts)


class Directory(NamedTuple):
    """A page of agencies, how many there are, how many of each grade and item the other filters leave."""

    rows: list[Found]
    total: int
    grades: dict[str, int]
    items: dict[str, int]


class Profile(NamedTuple):
    """An agency with all that the public reads of it."""

    agency: Agency
    credit_code: str
    services: list[tuple[AgencyService, ServiceItem]]
    ratings: list[AgencyRating]
    contracts: list[MarketContract]
    events: list[AgencyEvent]
    found: Found


async def regions_of(session: AsyncSession) -> list[str]:
    """The regions that have a catalogue."""
    return list(await session.scalars(select(ServiceItem.region).distinct().order_by(ServiceItem.region)))


async def directory(session: AsyncSession, region: str, asked: Search) -> Directory:
    """The agencies of a region that are admitted, found by these filters."""
    wanted = select(Agency).where(*_conditions(region, asked))
    total = (await session.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    ordered = wanted.order_by(*_order(asked)).limit(PAGE).offset((asked.page - 1) * PAGE)
    rows = await _found(session, list(await session.scalars(ordered)), asked.item)
    graded = _conditions(region, replace(asked, grade=""))
    by_grade = select(Agency.grade, func.count()).where(*graded).group_by(Agency.grade)
    grades = {grade or "U": count for grade, count in await session.execute(by_grade)}
    offering = _conditions(region, replace(asked, item=""))
    by_item = (
        select(AgencyService.item, func.count())
        .join(Agency, Agency.id == AgencyService.agency)
        .where(*offering)
        .group_by(AgencyService.item)
    )
    items = {item: count for item, count in await session.execute(by_item)}
    return Directory(rows, total, grades, items)


async def profile(session: AsyncSession, agency_id: str) -> Profile:
    """One agency, whatever its state; `agency.unknown`."""
    agency = await find_agency(session, agency_id)
    body = await session.get_one(Organisation, agency.organisation)
    services = await session.scalars(
        select(AgencyService).where(AgencyService.agency == agency.id).order_by(AgencyService.item)
    )
    items = {one.code: one for one in await items_of(session, agency.region)}
    ratings = (
        select(AgencyRating).where(AgencyRating.agency == agency.id).order_by(AgencyRating.number.desc()).limit(12)
    )
    contracts = (
        select(MarketContract)
        .where(MarketContract.agency == agency.id)
        .order_by(MarketContract.accepted_at.desc(), MarketContract.id)
    )
    events = select(AgencyEvent).where(AgencyEvent.agency == agency.id).order_by(AgencyEvent.since.desc())
    return Profile(
        agency,
        body.credit_code,
        [(one, items[one.item]) for one in services if one.item in items],
        list(await session.scalars(ratings)),
        list(await session.scalars(contracts)),
        list(await session.scalars(events)),
        (await _found(session, [agency], ""))[0],
    )


async def compared(session: AsyncSession, region: str, ids: Sequence[str]) -> list[Profile]:
    """Two to five agencies side by side, in the order asked for; `compare.count`, `agency.unknown`."""
    once = list(dict.fromkeys(ids))
    if not LEAST_COMPARED <= len(once) <= MOST_COMPARED:
        raise Problem("compare.count", least=LEAST_COMPARED, most=MOST_COMPARED, given=len(once))
    found = [await profile(session, one) for one in once]
    for one in found:
        if one.agency.region != region:
            raise Problem("agency.unknown", id=one.agency.id)
    return found


async def prices_of(session: AsyncSession, region: str, item: str, now: datetime) -> Box | None:
    """How the prices of an item lie over 24 months, in fen; None of fewer than five contracts."""
    wanted = select(MarketContract.price).where(
        MarketContract.region == region, MarketContract.item == item, MarketContract.accepted_at > now - RECENT
    )
    return box([Fraction(one) for one in await session.scalars(wanted)])


def _conditions(region: str, asked: Search) -> list[ColumnElement[bool]]:
    """What an agency must be to be found."""
    found = [Agency.region == region, Agency.state == AgencyState.ADMITTED]
    if asked.words:
        found.append(Agency.name.contains(asked.words, autoescape=True))
    if asked.grade in set(Grade):
        found.append(func.coalesce(Agency.grade, "U") == asked.grade)
    if asked.item:
        offered = select(AgencyService.agency).where(
            AgencyService.item == asked.item, AgencyService.agency == Agency.id
        )
        found.append(offered.exists())
    return found


def _order(asked: Search) -> list[Any]:
    """The columns of an order; ids settle what is equal. Days and prices are of the item looked for."""
    if asked.order == "name":
        return [Agency.name, Agency.id]
    if asked.order in ("days", "price") and asked.item:
        column = AgencyService.promised_days if asked.order == "days" else AgencyService.price
        offered = select(column).where(AgencyService.agency == Agency.id, AgencyService.item == asked.item)
        return [offered.scalar_subquery().asc().nulls_last(), Agency.id]
    unrated = case((func.coalesce(Agency.grade, "U") == "U", 1), else_=0)
    return [unrated, Agency.score.desc().nulls_last(), Agency.id]


async def _found(session: AsyncSession, agencies: Sequence[Agency], item: str) -> list[Found]:
    ids = [one.id for one in agencies]
    on_time = func.count().filter(MarketContract.actual_days <= MarketContract.promised_days)
    counted = select(
        MarketContract.agency, func.count(), func.count(MarketContract.owner_group.distinct()), on_time
    ).where(MarketContract.agency.in_(ids))
    counts = {row[0]: row[1:] for row in await session.execute(counted.group_by(MarketContract.agency))}
    offered = select(AgencyService).where(AgencyService.agency.in_(ids), AgencyService.item == item)
    services = {one.agency: one for one in await session.scalars(offered)} if item else {}
    return [Found(one, *counts.get(one.id, (0, 0, 0)), services.get(one.id)) for one in agencies]
