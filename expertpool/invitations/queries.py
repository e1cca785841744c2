"""Reading invitations: by code for whoever holds it, by seat number and never by name for the draw room."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from expertpool.draw.tables import Seat
from expertpool.invitations.rules import LONGEST_CODE, code_hash
from expertpool.invitations.sealing import expert_of, own_tag
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Dispatch, Invitation, Meeting
from infra.auth.keys import KeyService
from infra.kernel.problems import Problem

OPEN = (InvitationState.SENT, InvitationState.ACCEPTED)
CALL, CANCEL = "call", "cancel"
"""What a message is for: the call, or that it is withdrawn."""
DAYS = 366
SHOWN = 20


class Called(NamedTuple):
    """How the invitation of a seat stands: its state, until when and when answered, how its message went and why, where to."""

    state: InvitationState
    ends_at: datetime
    answered_at: datetime | None
    channel: str | None
    message: str | None
    why: str | None
    place: str


async def invitation_of(session: AsyncSession, code: str) -> Invitation:
    """The invitation a code belongs to; `invitation.unknown`, the same for every code that belongs to none."""
    known = select(Invitation).where(Invitation.code_hash == code_hash(code))
    found = None if len(code) > LONGEST_CODE else (await session.execute(known)).scalar_one_or_none()
    if found is None:
        raise Problem("invitation.unknown")
    return found


async def code_for(session: AsyncSession, keys: KeyService, code: str) -> tuple[str, str]:
    """(seat id, expert id) of an accepted invitation whose seat is still its holder's; else `invitation.unknown`."""
    found = await invitation_of(session, code)
    if found.state != InvitationState.ACCEPTED or await session.get(Seat, found.seat) is None:
        raise Problem("invitation.unknown")
    return found.seat, expert_of(keys, found)


async def calls_of(session: AsyncSession, seats: Sequence[Seat]) -> dict[int, Called]:
    """How the invitations of these seats stand, by seat number; a seat that was never invited is missing."""
    later = aliased(Dispatch)
    newest = (
        select(func.max(later.turn))
        .where(later.invitation == Invitation.id, later.purpose == CALL)
        .correlate(Invitation)
        .scalar_subquery()
    )
    found = (
        select(Invitation, Dispatch.channel, Dispatch.state, Dispatch.why)
        .outerjoin(
            Dispatch, (Dispatch.invitation == Invitation.id) & (Dispatch.purpose == CALL) & (Dispatch.turn == newest)
        )
        .where(Invitation.seat.in_([seat.id for seat in seats]))
    )
    return {
        one.number: Called(InvitationState(one.state), one.ends_at, one.answered_at, channel, message, why, one.place)
        for one, channel, message, why in await session.execute(found)
    }


async def own_invitations(
    session: AsyncSession,
    keys: KeyService,
    expert: str,
    now: datetime,
    show: str = "",
    before: datetime | None = None,
) -> tuple[Sequence[Invitation], datetime | None]:
    """An expert's own invitations of a year, the newest first, one page; from where the next page goes on, if there is one.

    They are found by tags that this expert alone has; invitations older than revision 0033 have none and are not found.
    `show` is empty for all, or `waiting` to be answered, `coming` and accepted, `past` what is over.
    """
    today = now.astimezone(UTC).date()
    tags = [own_tag(keys, expert, today - timedelta(days=back)) for back in range(DAYS)]
    found = select(Invitation).where(Invitation.own_tag.in_(tags)).order_by(Invitation.sent_at.desc(), Invitation.id)
    if show:
        found = found.where(_showing(now)[show])
    if before is not None:
        found = found.where(Invitation.sent_at < before)
    rows = (await session.execute(found.limit(SHOWN + 1))).scalars().all()
    return rows[:SHOWN], rows[SHOWN - 1].sent_at if len(rows) > SHOWN else None


def _showing(now: datetime) -> dict[str, ColumnElement[bool]]:
    waiting = and_(Invitation.state == InvitationState.SENT, Invitation.ends_at > now)
    coming = and_(Invitation.state == InvitationState.ACCEPTED, Invitation.meet_at > now)
    return {"waiting": waiting, "coming": coming, "past": not_(or_(waiting, coming))}


async def declined(session: AsyncSession, section: str) -> Sequence[Invitation]:
    """The invitations of a section that were declined, by seat and time; the notes are sealed still."""
    found = select(Invitation).where(Invitation.section == section, Invitation.decline_kind.is_not(None))
    return (await session.execute(found.order_by(Invitation.number, Invitation.answered_at))).scalars().all()


async def meeting_of(session: AsyncSession, draw: str) -> Meeting | None:
    """Where and when the experts of a draw meet, once the centre has fixed it."""
    return await session.get(Meeting, draw)


async def places_of(session: AsyncSession, seats: Sequence[Seat]) -> dict[int, str]:
    """Where the holders of these seats sit, by seat number; empty where all sit at one place."""
    found = select(Invitation.number, Invitation.place).where(Invitation.seat.in_([seat.id for seat in seats]))
    places = {number: place for number, place in await session.execute(found.order_by(Invitation.number))}
    return places if len(set(places.values())) > 1 else {}
