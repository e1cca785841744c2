"""An expert's own settled fees, and days that wait to be settled, found by keyed tags: no line names its payee."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.actions import attended_tag, payee
from expertpool.attendance.paying import payee_of, payee_tag
from expertpool.attendance.rules import PLATFORM, day_of
from expertpool.attendance.tables import Attendance, FeeLine
from infra.auth.keys import KeyService
from infra.kernel.money import Fen

LOOKED_BACK = 731
"""Days; whatever was not settled for longer is a matter for people."""


class OwnFees(NamedTuple):
    """One calendar year: the lines, the latest first, and their sums."""

    year: int
    lines: list[FeeLine]

    @property
    def minutes(self) -> int:
        """Time spent."""
        return sum(one.minutes for one in self.lines)

    @property
    def amount(self) -> Fen:
        """Fees before tax."""
        return Fen(sum(one.amount for one in self.lines))

    @property
    def tax(self) -> Fen:
        """Tax withheld."""
        return Fen(sum(one.tax for one in self.lines))


async def own_fees(session: AsyncSession, keys: KeyService, expert: str, year: int) -> OwnFees:
    """What was settled for this expert in a calendar year of platform time, in every region.

    Lines from before there were tags are unsealed one by one; nobody is told of another's.
    """
    begins = date(year, 1, 1)
    days = [begins + timedelta(days=number) for number in range((date(year + 1, 1, 1) - begins).days)]
    tags = [payee_tag(keys, expert, day) for day in days]
    since, until = (datetime.combine(day, time(), PLATFORM) for day in (begins, date(year + 1, 1, 1)))
    untagged = FeeLine.payee_tag.is_(None) & (FeeLine.settled_at >= since) & (FeeLine.settled_at < until)
    wanted = select(FeeLine).where(or_(FeeLine.payee_tag.in_(tags), untagged))
    rows = (await session.execute(wanted.order_by(FeeLine.settled_at.desc(), FeeLine.id))).scalars()
    return OwnFees(year, [one for one in rows if one.payee_tag is not None or payee_of(keys, one) == expert])


async def unsettled(session: AsyncSession, keys: KeyService, expert: str, now: datetime) -> list[Attendance]:
    """The days of two years on which this expert attended and which are not settled yet, the latest first, in every region.

    Rows from before there were tags are unsealed one by one.
    """
    today = day_of(now)
    tags = [attended_tag(keys, expert, today - timedelta(days=back)) for back in range(LOOKED_BACK)]
    settled = select(FeeLine.id).where(FeeLine.seat == Attendance.seat)
    untagged = Attendance.payee_tag.is_(None) & (Attendance.kind == "expert")
    wanted = select(Attendance).where(or_(Attendance.payee_tag.in_(tags), untagged), ~settled.exists())
    rows = (await session.execute(wanted.order_by(Attendance.checked_at.desc(), Attendance.id))).scalars()
    return [one for one in rows if one.payee_tag is not None or payee(keys, one) == expert]
