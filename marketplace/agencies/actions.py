"""Agencies are admitted, offer services, are inspected and deducted from; contracts of before are taken over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from marketplace.agencies.tables import Agency, AgencyEvent, AgencyService, AgencyState, Severity
from marketplace.catalogue.items import items_of
from marketplace.contracts.tables import Fee, MarketContract

LONGEST = 300
POINTS = {
    Severity.MINOR: (Decimal(1), Decimal(2)),
    Severity.GENERAL: (Decimal(3), Decimal(5)),
    Severity.SERIOUS: (Decimal(20), Decimal(20)),
}
"""Points of a deduction by its gravity, both bounds included (rules/marketplace.md §3.1)."""
LONGEST_TERM = {
    Severity.MINOR: timedelta(days=92),
    Severity.GENERAL: timedelta(days=366),
    Severity.SERIOUS: timedelta(days=3 * 366),
}
"""For how long an event is published and counts at most, after the national measures for credit repair of 1 April 2026."""


class Offer(NamedTuple):
    """A service that an agency offers: working days, price in fen (None: by quotation), qualification and its end."""

    item: str
    promised_days: int
    price: int | None = None
    qualification: str = ""
    valid_until: date | None = None


class Taken(NamedTuple):
    """A contract that was accepted before the platform, as its owner and department have it; amounts in fen."""

    agency: str
    item: str
    title: str
    owner: str
    owner_group: str
    price: int
    ceiling: int
    promised_days: int
    actual_days: int
    signed_at: datetime
    accepted_at: datetime
    of: str
    mode: str = "direct"
    fiscal: bool = False
    returned: int = 0
    fee: Fee = Fee.KEPT
    related: bool = False
    owner_stars: Sequence[int] = ()
    department_stars: Sequence[int] = ()
    owner_words: str = ""


async def admit_agency(
    work: Work, organisation: str, *, founded: int, practitioners: int, phone: str, capacity: int = 5
) -> Agency:
    """Admit a registered body with its commitment 告知承诺; `agency.known`, `agency.facts`, `organisation.unknown`."""
    require(work.ctx.actor, "agency.admit")
    body = await work.session.get(Organisation, organisation)
    if body is None:
        raise Problem("organisation.unknown", id=organisation)
    if not (1900 <= founded <= work.ctx.now.year and 0 <= practitioners <= 10_000 and 0 < capacity <= 1000):
        raise Problem("agency.facts")
    known = select(Agency.id).where(Agency.organisation == organisation)
    if (await work.session.execute(known)).scalar() is not None:
        raise Problem("agency.known", name=body.name)
    agency = Agency(
        id=work.ctx.new_id("agency"),
        organisation=body.id,
        name=body.name,
        state=AgencyState.ADMITTED,
        founded=founded,
        practitioners=practitioners,
        phone=phone,
        capacity=capacity,
        admitted_at=work.ctx.now,
        region=body.region,
    )
    work.session.add(agency)
    await work.session.flush()
    work.record(Event.AGENCY_ADMITTED, agency.id, region=agency.region, name=agency.name, credit_code=body.credit_code)
    return agency


async def offer_services(work: Work, agency_id: str, offers: Sequence[Offer]) -> None:
    """What an agency offers from now on; `catalogue.unknown`, `agency.offer` for days beyond the item's, `agency.qualification`
    where an item asks for one and none is given, or it has run out.
    """
    require(work.ctx.actor, "agency.admit")
    agency = await find_agency(work.session, agency_id, lock=True)
    items = {one.code: one for one in await items_of(work.session, agency.region)}
    for offer in offers:
        item = items.get(offer.item)
        if item is None:
            raise Problem("catalogue.unknown", code=offer.item)
        if not 0 < offer.promised_days <= item.statutory_days or (offer.price is not None and offer.price <= 0):
            raise Problem("agency.offer", code=offer.item, days=item.statutory_days)
        over = offer.valid_until is not None and offer.valid_until < work.ctx.now.date()
        if item.qualification and (not offer.qualification or over):
            raise Problem("agency.qualification", code=offer.item, qualification=item.qualification)
        await work.session.merge(
            AgencyService(agency=agency.id, since=work.ctx.now, region=agency.region, **offer._asdict())
        )


async def inspect_agency(work: Work, agency_id: str, mark: Decimal) -> None:
    """Enter the mark of a joint inspection 联合检查, 0 to 100; `agency.inspection`."""
    require(work.ctx.actor, "agency.inspect")
    agency = await find_agency(work.session, agency_id, lock=True)
    if not 0 <= mark <= 100:
        raise Problem("agency.inspection")
    agency.inspection, agency.inspected_at = mark, work.ctx.now
    work.record(Event.AGENCY_INSPECTED, agency.id, region=agency.region, mark=f"{mark:f}")


async def deduct(
    work: Work, agency_id: str, severity: Severity, points: Decimal, words: str, until: datetime
) -> AgencyEvent:
    """Take points off for something that happened; `agency.points`, `agency.term`, `agency.words`."""
    require(work.ctx.actor, "agency.deduct")
    agency = await find_agency(work.session, agency_id, lock=True)
    least, most = POINTS[severity]
    if not least <= points <= most:
        raise Problem("agency.points", least=f"{least:f}", most=f"{most:f}")
    if not work.ctx.now < until <= work.ctx.now + LONGEST_TERM[severity]:
        raise Problem("agency.term", days=LONGEST_TERM[severity].days)
    if not is_written(words, LONGEST):
        raise Problem("agency.words", longest=LONGEST)
    made = AgencyEvent(
        id=work.ctx.new_id("deduction"), agency=agency.id, severity=severity, points=points, words=words.strip(),
        since=work.ctx.now, until=until, region=agency.region,
    )  # fmt: skip
    work.session.add(made)
    facts = {"severity": str(severity), "points": f"{points:f}", "words": made.words, "until": until.isoformat()}
    work.record(Event.AGENCY_DEDUCTED, agency.id, region=agency.region, **facts)
    return made


async def take_over(work: Work, contracts: Sequence[Taken]) -> list[str]:
    """Take over accepted contracts of before, with the marks they were given; `market-contract.facts` names the first wrong.

    They stand as what they are: `of` says where each comes from, and everybody reads it beside the rating.
    """
    require(work.ctx.actor, "market-contract.take-over")
    agencies = {one.id: one for one in await work.session.scalars(select(Agency))}
    found: list[str] = []
    items: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(contracts):
        agency = agencies.get(one.agency)
        if agency is None:
            raise Problem("agency.unknown", id=one.agency)
        if agency.region not in items:
            items[agency.region] = {item.code: item for item in await items_of(work.session, agency.region)}
        item = items[agency.region].get(one.item)
        if item is None:
            raise Problem("catalogue.unknown", code=one.item)
        if wrong := _wrong(one, work.ctx.now):
            raise Problem("market-contract.facts", place=place + 1, field=wrong)
        told = {**one._asdict(), "owner_stars": list(one.owner_stars), "department_stars": list(one.department_stars)}
        made = MarketContract(
            id=work.ctx.new_id("market-contract"), statutory_days=item.statutory_days, region=agency.region, **told
        )
        work.session.add(made)
        found.append(made.id)
    if found:
        region = agencies[contracts[0].agency].region
        work.record(Event.MARKET_CONTRACTS_TAKEN_OVER, found[0], region=region, contracts=len(found))
    return found


async def find_agency(session: AsyncSession, agency_id: str, *, lock: bool = False) -> Agency:
    """An agency, locked where it is to be changed; `agency.unknown`."""
    wanted = select(Agency).where(Agency.id == agency_id)
    wanted = wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted
    found = None if "\0" in agency_id else (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        raise Problem("agency.unknown", id=agency_id[:64])
    return found


def _wrong(one: Taken, now: datetime) -> str:
    """The first field that cannot be, empty for none."""
    stars = [*one.owner_stars, *one.department_stars]
    checks = {
        "title": is_written(one.title, LONGEST),
        "owner": is_written(one.owner, LONGEST) and bool(one.owner_group),
        "price": 0 < one.price <= one.ceiling,
        "days": min(one.promised_days, one.actual_days) > 0,
        "accepted_at": one.signed_at < one.accepted_at <= now,
        "stars": all(1 <= star <= 5 for star in stars) and len(one.owner_stars) in (0, 5),
        "returned": one.returned >= 0,
        "of": is_written(one.of, LONGEST),
    }
    return next((name for name, good in checks.items() if not good), "")
