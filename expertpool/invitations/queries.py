"""Reading invitations: by code for whoever holds it, by seat number and never by name for the draw room."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from expertpool.draw.tables import Seat
from expertpool.invitations.rules import LONGEST_CODE, code_hash
from expertpool.invitations.sealing import expert_of
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Dispatch, Invitation, Meeting
from infra.auth.keys import KeyService
from infra.kernel.problems import Problem

OPEN = (InvitationState.SENT, InvitationState.ACCEPTED)


class Called(NamedTuple):
    """How the invitation of a seat stands: its state, until when and when it was answered, how its message went."""

    state: InvitationState
    ends_at: datetime
    answered_at: datetime | None
    channel: str | None
    message: str | None


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
        select(func.max(later.turn)).where(later.invitation == Invitation.id).correlate(Invitation).scalar_subquery()
    )
    found = (
        select(Invitation, Dispatch.channel, Dispatch.state)
        .outerjoin(Dispatch, (Dispatch.invitation == Invitation.id) & (Dispatch.turn == newest))
        .where(Invitation.seat.in_([seat.id for seat in seats]))
    )
    return {
        one.number: Called(InvitationState(one.state), one.ends_at, one.answered_at, channel, message)
        for one, channel, message in await session.execute(found)
    }


async def meeting_of(session: AsyncSession, draw: str) -> Meeting | None:
    """Where and when the experts of a draw meet, once the centre has fixed it."""
    return await session.get(Meeting, draw)
