"""Reading about trustees: who holds the keys, how each stands, what keysets wait for their deadline."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.custody.actions import THRESHOLD
from infra.custody.tables import Trustee, TrusteeReport
from infra.db.journal import Line
from infra.kernel.events import Event

SHOWN = 20
BODIES_ZH = {"agent": "招标代理", "centre": "交易中心", "supervisor": "监督部门"}
HAPPENINGS = (Event.TRUSTEE_ENROLLED, Event.TRUSTEE_REHEARSED, Event.TRUSTEE_RESTORED, Event.EPOCH_BEGUN)


class Holder(NamedTuple):
    """A trustee and what it last said of itself, None where it was never heard."""

    trustee: Trustee
    report: TrusteeReport | None


async def holders(session: AsyncSession) -> list[Holder]:
    """Every enrolled trustee in custodian order, with its report."""
    both = select(Trustee, TrusteeReport).outerjoin(TrusteeReport, TrusteeReport.trustee == Trustee.name)
    return [Holder(one, report) for one, report in await session.execute(both.order_by(Trustee.name))]


async def happenings(session: AsyncSession) -> list[Line]:
    """The last enrolments, rehearsals, restores and new epochs, newest first."""
    wanted = select(Line).where(Line.event.in_(HAPPENINGS)).order_by(Line.id.desc()).limit(SHOWN)
    return list((await session.execute(wanted)).scalars())


async def holders_in_notice(session: AsyncSession) -> str:
    """Who holds the keys, as a tender notice 招标公告 names them, which is in Chinese."""
    named = [f"{BODIES_ZH[one.trustee.body]} {one.trustee.name}" for one in await holders(session)]
    return f"{'；'.join(named)}（{len(named)} 方中任意 {THRESHOLD} 方共同开启）"
