"""Rating agencies from what the database holds: the record, its evidence file, one agency at once, all of them nightly."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.permissions import require
from infra.crypto.merkle import leaf_hash, root
from infra.db.work import Database, Work
from infra.kernel.canonical import canonical
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from marketplace.agencies.actions import find_agency
from marketplace.agencies.tables import Agency, AgencyEvent, AgencyRating, AgencyState, Severity
from marketplace.contracts.tables import Fee, MarketContract
from marketplace.rating.evidence import out, read_record
from marketplace.rating.formula import COMPONENTS, FIRST, displayed, rate, stars, timeliness

MONTH = Decimal("30.4375")
"""Days of a month: a year of 365.25 days in twelve."""
FAITHFUL = {Fee.KEPT: Decimal(100), Fee.SUPPLEMENT: Decimal(50), Fee.ABOVE: Decimal(0)}
PLACES = Decimal("0.01")
BATCH = 500


class Told(NamedTuple):
    """An evidence file with the contracts that stand in it, in its order."""

    document: dict[str, Any]
    contracts: list[str]


def months_since(then: datetime, now: datetime) -> Decimal:
    """Months of 30.4375 days between two instants, by whole days, to two places half-up."""
    return (Decimal((now - then).days) / MONTH).quantize(PLACES, ROUND_HALF_UP)


def marks_of(contract: MarketContract) -> dict[str, Decimal | None]:
    """O, D, T, F of a contract (rules/marketplace.md §3.1); None for stars that were not given."""
    owner = stars(contract.owner_stars) if contract.owner_stars else None
    department = stars(contract.department_stars, contract.returned) if contract.department_stars else None
    late = timeliness(Decimal(contract.actual_days), Decimal(contract.promised_days))
    return dict(zip(COMPONENTS, (owner, department, late, FAITHFUL[contract.fee]), strict=True))


def evidence_of(
    agency: Agency, contracts: Sequence[MarketContract], events: Iterable[AgencyEvent], at: datetime
) -> Told:
    """The evidence file of an agency's rating at an instant, its `out` filled; owners stand under their groups' names."""
    ordered = sorted(contracts, key=lambda one: (-one.accepted_at.timestamp(), one.id))
    counted = [one for one in ordered if months_since(one.accepted_at, at) <= FIRST.months]
    open_ = [one for one in events if one.since <= at < one.until]
    document: dict[str, Any] = {
        "contracts": [_row(one, at) for one in counted],
        "inspection": None if agency.inspection is None else displayed(agency.inspection, 2),
        "deductions": [displayed(one.points, 2) for one in sorted(open_, key=lambda one: (one.since, one.id))],
        "open_general": any(one.severity != Severity.MINOR for one in open_),
        "serious": any(one.severity == Severity.SERIOUS for one in open_),
    }
    return Told({**document, "out": out(rate(read_record(document)))}, [one.id for one in counted])


async def rate_agency(work: Work, agency_id: str) -> AgencyRating:
    """Rate one agency anew, as after an event; a rating that says the same as the last is not entered twice."""
    require(work.ctx.actor, "agency.rate")
    agency = await find_agency(work.session, agency_id, lock=True)
    contracts = list(await work.session.scalars(select(MarketContract).where(MarketContract.agency == agency_id)))
    events = list(await work.session.scalars(select(AgencyEvent).where(AgencyEvent.agency == agency_id)))
    made = await _enter(work, agency, evidence_of(agency, contracts, events, work.ctx.now))
    work.record(Event.RATINGS_MADE, agency.id, region=agency.region, **_facts([made]))
    return made


async def rate_all(database: Database, region: str) -> int:
    """Rate every agency of a region that is not gone, in batches; the log gets one root over all evidence. How many."""
    async with database.reading() as session:
        wanted = select(Agency.id).where(Agency.region == region, Agency.state != AgencyState.EXITED)
        ids = list(await session.scalars(wanted.order_by(Agency.id)))
    made: list[AgencyRating] = []
    for at in range(0, len(ids), BATCH):
        async with database.work(SYSTEM) as work:
            made += await _rate_some(work, ids[at : at + BATCH])
    if made:
        async with database.work(SYSTEM) as work:
            work.record(Event.RATINGS_MADE, region, region=region, **_facts(made))
    return len(made)


async def last_rating(session: AsyncSession, agency_id: str) -> AgencyRating | None:
    """The newest rating of an agency."""
    wanted = select(AgencyRating).where(AgencyRating.agency == agency_id).order_by(AgencyRating.number.desc()).limit(1)
    found: AgencyRating | None = await session.scalar(wanted)
    return found


async def _rate_some(work: Work, ids: Sequence[str]) -> list[AgencyRating]:
    agencies = await work.session.scalars(
        select(Agency).where(Agency.id.in_(ids)).order_by(Agency.id).with_for_update()
    )
    contracts = _by_agency(await work.session.scalars(select(MarketContract).where(MarketContract.agency.in_(ids))))
    events = _by_agency(await work.session.scalars(select(AgencyEvent).where(AgencyEvent.agency.in_(ids))))
    return [
        await _enter(work, one, evidence_of(one, contracts.get(one.id, []), events.get(one.id, []), work.ctx.now))
        for one in agencies
    ]


async def _enter(work: Work, agency: Agency, told: Told) -> AgencyRating:
    rating = rate(read_record(told.document))
    agency.score, agency.grade, agency.evidence = rating.score, str(rating.grade), rating.evidence
    agency.rated_at = work.ctx.now
    last = await last_rating(work.session, agency.id)
    if last is not None and last.document == told.document:
        return last
    made = AgencyRating(
        agency=agency.id,
        number=1 if last is None else last.number + 1,
        rated_at=work.ctx.now,
        score=rating.score,
        grade=str(rating.grade),
        document=told.document,
        contracts=told.contracts,
        digest=sha256(canonical(told.document)).digest(),
        region=agency.region,
    )
    work.session.add(made)
    return made


def _facts(made: Sequence[AgencyRating]) -> dict[str, Any]:
    """What the log keeps of ratings: how many, the formula's version, and the root over their evidence by agency."""
    leaves = [canonical([one.agency, one.number, one.digest.hex()]) for one in sorted(made, key=lambda one: one.agency)]
    return {"agencies": len(made), "version": FIRST.version, "root": root(leaf_hash(one) for one in leaves).hex()}


def _row(contract: MarketContract, at: datetime) -> dict[str, Any]:
    marks = {name: None if one is None else f"{one.normalize():f}" for name, one in marks_of(contract).items()}
    months = f"{months_since(contract.accepted_at, at):f}"
    return {"owner": contract.owner_group, "months": months, **marks, "related": contract.related}


def _by_agency(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in rows:
        found.setdefault(one.agency, []).append(one)
    return found
