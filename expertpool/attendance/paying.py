"""Dated rates, and settling the fees of a section: one line for each holder of a seat who has attended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.actions import payee
from expertpool.attendance.fees import HALF_DAY, HOUR, Payment, Rate, fee, tax
from expertpool.attendance.queries import attended, people
from expertpool.attendance.rules import PLATFORM, day_of
from expertpool.attendance.tables import Attendance, FeeLine, FeeRate
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.money import Fen
from infra.kernel.problems import Problem

PAYEE = "fee payee"
LONGEST_SOURCE = 200
MOST = Fen(100_000_00)
AT_ONCE = 5_000
_LENGTH = 256


async def enter_rate(work: Work, region: str, valid_from: date, rate: Rate, source: str) -> FeeRate:
    """A rate from a day on, never changed: `rate.known` for a second one of that day, `rate.amount`, `rate.source`.

    `rate.past` for a day gone by since which something was settled: what is paid does not change.
    """
    require(work.ctx.actor, "fee.settle")
    if rate.minutes not in (HOUR, HALF_DAY) or not 0 < rate.amount <= MOST or not 0 <= rate.travel <= MOST:
        raise Problem("rate.amount")
    if not is_written(source, LONGEST_SOURCE):
        raise Problem("rate.source", most=LONGEST_SOURCE)
    begins = datetime.combine(valid_from, time(), PLATFORM)
    settled = select(FeeLine.id).where(FeeLine.region == region, FeeLine.settled_at >= begins).limit(1)
    if valid_from < day_of(work.ctx.now) and await work.session.scalar(settled):
        raise Problem("rate.past", day=valid_from.isoformat())
    known = select(FeeRate.id).where(FeeRate.region == region, FeeRate.valid_from == valid_from)
    if await work.session.scalar(known):
        raise Problem("rate.known", day=valid_from.isoformat())
    found = FeeRate(
        id=work.ctx.new_id("rate"), region=region, valid_from=valid_from, minutes=rate.minutes, amount=rate.amount,
        travel=rate.travel, source=source.strip(), entered_by=work.ctx.actor.id, entered_at=work.ctx.now,
    )  # fmt: skip
    work.session.add(found)
    return found


async def rates_of(session: AsyncSession, region: str) -> list[FeeRate]:
    """Every rate of a region, the latest first."""
    found = select(FeeRate).where(FeeRate.region == region).order_by(FeeRate.valid_from.desc())
    return list((await session.execute(found)).scalars())


async def settle_fees(work: Work, keys: KeyService, section: str, region: str) -> list[FeeLine]:
    """One line for each who has attended, by the rate in force on their first day; later attendance is settled again.

    `fees.open` while somebody has not signed out, `fees.none` without anything new to pay, `fees.rate` without a rate.
    """
    require(work.ctx.actor, "fee.settle")
    due = await _due(work.session, section, region)
    lines = [_line(work, keys, came, rate) for came, rate in due]
    work.session.add_all(lines)
    work.record(Event.FEES_SETTLED, section, region=region, seats=len(lines), amount=sum(one.amount for one in lines))
    return lines


async def foreseen(session: AsyncSession, section: str, region: str) -> Fen | None:
    """What settling would come to now; None where `settle_fees` would refuse."""
    try:
        due = await _due(session, section, region)
    except Problem:
        return None
    return Fen(sum(_fee(came, rate) for came, rate in due))


async def lines_of(session: AsyncSession, section: str) -> list[FeeLine]:
    """The settled lines of a section, by seat number."""
    found = select(FeeLine).where(FeeLine.section == section).order_by(FeeLine.number, FeeLine.settled_at)
    return list((await session.execute(found)).scalars())


async def payments(
    session: AsyncSession, keys: KeyService, region: str, since: datetime, until: datetime
) -> list[Payment]:
    """What was settled in a region in [since, until), as the tax office is told; no section is named.

    `fees.too-many` beyond `AT_ONCE` lines: ask for a shorter time.
    """
    wanted = select(FeeLine).where(FeeLine.region == region, FeeLine.settled_at >= since, FeeLine.settled_at < until)
    lines = (await session.execute(wanted.order_by(FeeLine.id).limit(AT_ONCE + 1))).scalars().all()
    if len(lines) > AT_ONCE:
        raise Problem("fees.too-many", most=AT_ONCE)
    who = {one.id: payee_of(keys, one) for one in lines}
    known = await people(session, keys, set(who.values()))
    return [
        Payment(*known[who[one.id]], day_of(one.settled_at), Fen(one.amount), Fen(one.tax))
        for one in lines
    ]  # fmt: skip


def hours(minutes: int) -> Decimal:
    """Minutes as hours with one decimal, for people to read."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"))


async def _due(session: AsyncSession, section: str, region: str) -> list[tuple[list[Attendance], FeeRate]]:
    """The days of each holder who is not paid yet, with the rate of the first of them."""
    paid = {line.seat for line in await lines_of(session, section)}
    days = [one for one in await attended(session, section) if one.seat not in paid and one.kind == "expert"]
    if not days:
        raise Problem("fees.none")
    if away := [f"J{one.number}" for one in days if one.signed_out_at is None]:
        raise Problem("fees.open", judges=", ".join(away))
    by_seat: dict[str, list[Attendance]] = defaultdict(list)
    for one in days:
        by_seat[one.seat].append(one)
    rates = await rates_of(session, region)
    return [(came, _rate_on(rates, came[0].day)) for came in by_seat.values()]


def _rate_on(rates: Sequence[FeeRate], day: date) -> FeeRate:
    found = next((rate for rate in rates if rate.valid_from <= day), None)
    if found is None:
        raise Problem("fees.rate", day=day.isoformat())
    return found


def _line(work: Work, keys: KeyService, came: Sequence[Attendance], rate: FeeRate) -> FeeLine:
    row, amount = work.ctx.new_id("fee"), _fee(came, rate)
    expert, today = payee(keys, came[0]), day_of(work.ctx.now)
    sealed = expert.encode().ljust(_LENGTH, b"\0")
    return FeeLine(
        id=row, region=came[0].region, section=came[0].section, seat=came[0].seat, number=came[0].number, rate=rate.id,
        sealed_payee=keys.wrap(PAYEE, row, sealed, work.ctx.random), days=len(came),
        minutes=sum(one.minutes or 0 for one in came),
        amount=amount, tax=tax(amount, today), payee_tag=payee_tag(keys, expert, today), settled_at=work.ctx.now,
    )  # fmt: skip


def _fee(came: Sequence[Attendance], rate: FeeRate) -> Fen:
    return fee(Rate(rate.minutes, Fen(rate.amount), Fen(rate.travel)), [one.minutes or 0 for one in came])


def payee_tag(keys: KeyService, expert: str, day: date) -> bytes:
    """By what an expert finds the own lines of a day; without the keys nothing links lines of two days."""
    return keys.tag(PAYEE, day.isoformat(), expert.encode())


def payee_of(keys: KeyService, line: FeeLine) -> str:
    """The id of the expert who is paid."""
    return keys.unwrap(PAYEE, line.id, line.sealed_payee).rstrip(b"\0").decode()
