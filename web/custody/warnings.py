"""Hours before a deadline the trustees are looked at: whoever is not ready is named to all three bodies in time."""

from datetime import datetime

from sqlalchemy import and_, or_, select

from infra.custody.extending import deadline_in_force
from infra.custody.queries import Holder, holders
from infra.custody.standing import UNABLE, standing
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.kernel.events import Event
from trading.sections.states import SectionState
from trading.sections.tables import Section


async def warn_of_missing(work: Work, subject: str) -> None:
    """The effect of a watch timer (`<keyset>/<deadline>/<seconds before>`): one journal line for each that is missing.

    Nothing where the deadline has been moved since, or neither bids nor second envelopes wait for this keyset.
    """
    keyset_id, moment, _ = subject.split("/")
    keyset = await work.session.get_one(Keyset, keyset_id)
    deadline = await deadline_in_force(work.session, keyset)
    awaited = select(Section.id).where(
        or_(
            and_(Section.keyset == keyset_id, Section.state == SectionState.BIDDING),
            and_(Section.second_keyset == keyset_id, Section.state == SectionState.EVALUATING),
        )
    )
    if f"{deadline:%Y%m%dT%H%M%SZ}" != moment or (await work.session.execute(awaited)).scalar() is None:
        return
    for holder in await holders(work.session):
        _warn(work, keyset, deadline, holder)


def _warn(work: Work, keyset: Keyset, deadline: datetime, holder: Holder) -> None:
    found = standing(holder.report, work.ctx.now)
    if found not in UNABLE:
        return
    seen = holder.report.seen_at.isoformat() if holder.report else ""
    work.record(
        Event.TRUSTEE_MISSING, holder.trustee.name, section=keyset.section, region=keyset.region,
        body=holder.trustee.body, standing=str(found), deadline=deadline.isoformat(), seen_at=seen,
    )  # fmt: skip
