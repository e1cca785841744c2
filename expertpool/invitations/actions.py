"""Inviting those who were drawn: each seat once, to a time and a place, without a word about the project."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.reveal import EXPERT as SEAT_EXPERT
from expertpool.draw.reveal import INVITE
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.invitations.places import LONGEST_PLACE, Remote, check_places, place_of
from expertpool.invitations.queries import CALL, CANCEL, OPEN
from expertpool.invitations.rules import Call, code_hash, new_code
from expertpool.invitations.sealing import CODE, EXPERT, own_tag, seal_text
from expertpool.invitations.states import LIFE, InvitationState
from expertpool.invitations.tables import Dispatch, Invitation, Meeting
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule

DISPATCH, REPLACE = "dispatch", "replace-unwilling"
"""The jobs: sending an invitation's message, calling the next alternate."""
CALL_OFF = "call-off"
"""The job where a section ends before its committee has sat: nobody who is still awaited need come."""
OVER = "invitation.over"


async def fix_meeting(
    work: Work, draw_id: str, meet_at: datetime, place: str, window: int, remote: Sequence[Remote] = ()
) -> Meeting:
    """When and where the experts of a draw are to come; `window` is seconds to answer in. Whoever is uninvited is invited.

    `meeting.past`, `meeting.place` and what `check_places` refuses of the further places, `draw.unknown`;
    `meeting.told` once an invitation has gone out with another.
    """
    require(work.ctx.actor, "draw.order")
    draw = await work.session.get(Draw, draw_id, with_for_update=True)
    if draw is None:
        raise Problem("draw.unknown", draw=draw_id)
    if meet_at <= work.ctx.now:
        raise Problem("meeting.past", at=meet_at)
    if not is_written(place, LONGEST_PLACE):
        raise Problem("meeting.place", most=LONGEST_PLACE)
    if remote:
        check_places(place, remote, sum(draw.request["quota"].values()))
    if await work.session.scalar(select(Invitation.id).where(Invitation.draw == draw_id).limit(1)):
        raise Problem("meeting.told", draw=draw_id)
    found = await work.session.merge(
        Meeting(
            draw=draw_id,
            region=draw.region,
            meet_at=meet_at,
            place=place.strip(),
            window=window,
            remote=[[one.place.strip(), one.seats] for one in remote],
        )
    )
    if draw.state == DrawState.REVEALED:
        await enqueue(work, INVITE, draw=draw_id)
    return found


async def invite_seats(work: Work, keys: PlatformKeys, draw_id: str, call: Call) -> int:
    """Invite each seat of a revealed draw that has no invitation yet; how many were. Twice is once.

    Invitations whose seat is gone are withdrawn; what is sent, and by which way, follows as a job for each.
    """
    require(work.ctx.actor, "expert.invite")
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    await withdraw_left(work, draw.section)
    if draw.state != DrawState.REVEALED:
        return 0
    waiting = await uninvited(work.session, draw_id)
    for seat in waiting:
        await _invite(work, keys, draw, seat, call)
    return len(waiting)


async def uninvited(session: AsyncSession, draw_id: str) -> Sequence[Seat]:
    """The seats of a draw, by number, that an expert holds who is neither invited nor there."""
    asked = select(Invitation.id).where(Invitation.seat == Seat.id)
    found = select(Seat).where(
        Seat.draw == draw_id,
        Seat.kind == "expert",
        Seat.vacant_since.is_(None),
        Seat.signed_in_at.is_(None),
        ~asked.exists(),
    )
    return (await session.execute(found.order_by(Seat.number))).scalars().all()


async def expire(work: Work, invitation_id: str) -> None:
    """The window is over: one who has not answered makes room for the next alternate, by a job that holds the keys."""
    found = await work.session.get_one(Invitation, invitation_id, with_for_update=True)
    if found.state != InvitationState.SENT:
        return
    seat = await work.session.get(Seat, found.seat)
    if seat is None or seat.signed_in_at is not None:
        await _withdraw(work, [found])
        return
    found.state = LIFE.move("expire", InvitationState(found.state), work.ctx.actor.role)
    judge = f"J{found.number}"
    work.record(
        Event.INVITATION_UNANSWERED,
        f"{found.section}#{judge}",
        section=found.section,
        region=found.region,
        judge=judge,
    )
    await enqueue(work, REPLACE, seat=found.seat, reason=found.state)


async def withdraw_left(work: Work, section: str) -> None:
    """Whoever holds no seat any more is invited no more, and told so; their code opens nothing."""
    seated = select(Seat.id).where(Seat.id == Invitation.seat)
    left = select(Invitation).where(Invitation.section == section, Invitation.state.in_(OPEN), ~seated.exists())
    await _withdraw(work, (await work.session.execute(left.with_for_update())).scalars().all())


async def call_off(work: Work, section: str) -> int:
    """A section has ended: everybody invited who has not signed in need not come, and is told so; how many. Twice is once."""
    require(work.ctx.actor, "expert.invite")
    came = select(Seat.id).where(Seat.id == Invitation.seat, Seat.signed_in_at.is_not(None))
    awaited = select(Invitation).where(Invitation.section == section, Invitation.state.in_(OPEN), ~came.exists())
    found = (await work.session.execute(awaited.with_for_update())).scalars().all()
    await _withdraw(work, found)
    return len(found)


async def _withdraw(work: Work, invitations: Sequence[Invitation]) -> None:
    """Invited no more; whoever may have had the call gets a message that takes it back."""
    for one in invitations:
        one.state = LIFE.move("withdraw", InvitationState(one.state), work.ctx.actor.role)
    await work.session.flush()
    tried = select(Dispatch.invitation).where(
        Dispatch.invitation.in_([one.id for one in invitations]), Dispatch.purpose == CALL, Dispatch.tries > 0
    )
    for known in (await work.session.execute(tried.distinct().order_by(Dispatch.invitation))).scalars().all():
        await enqueue(work, DISPATCH, invitation=known, purpose=CANCEL)


async def _invite(work: Work, keys: PlatformKeys, draw: Draw, seat: Seat, call: Call) -> None:
    invitation, code = work.ctx.new_id("call"), new_code(work.ctx.random)
    place = await _place(work, draw, seat, call) if call.remote else call.place
    expert = keys.service.unwrap(SEAT_EXPERT, seat.id, seat.sealed_expert).decode()
    work.session.add(
        Invitation(
            id=invitation,
            region=draw.region,
            section=draw.section,
            draw=draw.id,
            seat=seat.id,
            number=seat.number,
            sealed_expert=seal_text(keys.service, EXPERT, invitation, expert, work.ctx),
            sealed_code=seal_text(keys.service, CODE, invitation, code, work.ctx),
            code_hash=code_hash(code),
            state=InvitationState.SENT,
            meet_at=call.meet_at,
            place=place,
            sent_at=work.ctx.now,
            ends_at=call.ends_at,
            own_tag=own_tag(keys.service, expert, work.ctx.now.astimezone(UTC).date()),
        )
    )
    judge = f"J{seat.number}"
    work.record(Event.INVITATION_SENT, f"{draw.section}#{judge}", section=draw.section, region=draw.region, judge=judge)
    await schedule(work, call.ends_at, OVER, invitation)
    await enqueue(work, DISPATCH, invitation=invitation)


async def _place(work: Work, draw: Draw, seat: Seat, call: Call) -> str:
    """Where the holder of this seat sits; an alternate where the one before was to sit."""
    before = select(Invitation.place).where(Invitation.draw == draw.id, Invitation.number == seat.number)
    told = await work.session.scalar(before.order_by(Invitation.sent_at.desc()).limit(1))
    if told is not None:
        return told
    lower = select(func.count()).where(Seat.draw == draw.id, Seat.kind == "expert", Seat.number < seat.number)
    return place_of(await work.session.scalar(lower) or 0, call.place, call.remote)
