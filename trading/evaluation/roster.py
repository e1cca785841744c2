"""The door of an evaluation from the section's side: who is let in, who goes, and the signed list of names."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance import lists
from expertpool.attendance.actions import check_in
from expertpool.attendance.paying import settle_fees
from expertpool.attendance.tables import FeeLine
from infra.auth.keys import PlatformKeys
from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.evaluation.queries import seats_of
from trading.evaluation.seating import SEATED
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

DETERMINED = (SectionState.DETERMINED, SectionState.NOTIFIED)
MARKED = (SectionState.MARKED, SectionState.REPORTED, SectionState.PUBLICITY, *DETERMINED)


async def admit(
    work: Work,
    keys: PlatformKeys,
    section_id: str,
    code: str,
    identity: str,
    *,
    locker: str = "",
    lead: timedelta | None = None,
) -> int:
    """Let an expert in while the committee gathers or judges; `seat.not-open` at any other time, and see `check_in`.

    The door opens by `lead` before the evaluation; without one, by the minutes of the section's rule set.
    """
    section = await lock_section(work.session, section_id)
    _require_seated(section)
    if lead is None:
        lead = timedelta(minutes=regime_of(section, work.ctx.mode).count(Rule.CHECK_IN_LEAD))
    return await check_in(work, keys, section_id, code, identity, locker=locker, lead=lead)


async def sign_list(
    work: Work, authority: bytes, section_id: str, shown: bytes, certificate: bytes, signature: bytes
) -> bool:
    """Sign the list of those present; whether both have. `seat.not-open` once the marks are published; see `lists`."""
    section = await lock_section(work.session, section_id)
    _require_seated(section)
    seats = await seats_of(work.session, section_id)
    return await lists.sign_list(work, authority, section_id, seats, shown, certificate, signature)


async def the_list(session: AsyncSession, section_id: str, now: datetime) -> lists.Standing:
    """The list over the section's present seats."""
    return await lists.standing(session, section_id, await seats_of(session, section_id), now)


async def settle(work: Work, keys: PlatformKeys, section_id: str) -> list[FeeLine]:
    """Settle the fees of those who attended, once the marks are published or the section has failed: `fees.early`."""
    section = await lock_section(work.session, section_id)
    if section.state not in (*MARKED, SectionState.FAILED):
        raise Problem("fees.early", state=section.state)
    return await settle_fees(work, keys.service, section_id, section.region)


def _require_seated(section: Section) -> None:
    if section.state not in SEATED:
        raise Problem("seat.not-open", state=section.state)
