"""The door of an evaluation: code and identity together let one in; whoever leaves closes the day."""

import hmac
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from expertpool.attendance import rules
from expertpool.attendance.queries import day_at, identity_within
from expertpool.attendance.tables import Attendance, DoorTry
from expertpool.draw.tables import Draw, Seat
from expertpool.invitations.queries import code_for, meeting_of
from expertpool.invitations.rules import code_hash
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem

EXPERT = "attendance expert"
TRIES = "check-in code"
ATTENDED = "attended"
_LENGTH = 256


async def check_in(
    work: Work,
    keys: PlatformKeys,
    section: str,
    code: str,
    identity: str,
    *,
    locker: str = "",
    lead: timedelta = rules.LEAD,
) -> int:
    """Let in whoever holds this section's code and is the person invited by it; the number of the seat.

    `check-in.refused` is one answer for a wrong code, another section's, another person's and a closed door; the caller
    records it by `note_refusal`. `check-in.locked` after five of them with one code, whether there is such a code or
    not. `check-in.done` on a second time that day, `check-in.locker`. The commitment 承诺 is given by coming in.
    """
    require(work.ctx.actor, "seat.check-in")
    await _require_unlocked(work, keys.service, section, code)
    seat, expert = await _holder(work, keys.service, section, code, identity)
    begins = await _begins(work, seat)
    if not rules.may_come(work.ctx.now, begins, lead):
        raise Problem("check-in.refused")
    if locker and not rules.LOCKER.fullmatch(locker):
        raise Problem("check-in.locker")
    if await day_at(work.session, seat.id, rules.day_of(work.ctx.now)) is not None:
        raise Problem("check-in.done", judge=f"J{seat.number}")
    late = rules.is_late(work.ctx.now, begins)
    work.session.add(_arrived(work, keys.service, seat, expert, locker, late=late))
    judge = f"J{seat.number}"
    work.record(Event.JUDGE_CHECKED_IN, f"{section}#{judge}", section=section, region=seat.region, judge=judge)
    return seat.number


async def note_refusal(work: Work, keys: PlatformKeys, section: str, code: str, region: str) -> None:
    """Count a refused try, in a transaction of its own; the fifth locks this code at this door for ten minutes."""
    require(work.ctx.actor, "seat.check-in")
    first = {"section": section, "tag": _tag(keys.service, section, code), "region": region, "failures": 0}
    await work.session.execute(insert(DoorTry).values(first).on_conflict_do_nothing())
    found = await work.session.get_one(DoorTry, (section, first["tag"]), with_for_update=True)
    found.failures += 1
    tries = found.failures
    if tries >= rules.MOST_TRIES:
        found.failures, found.locked_until = 0, work.ctx.now + rules.LOCKED_FOR
    work.record(Event.CHECK_IN_REFUSED, section, section=section, region=region, tries=tries)


async def sign_out(work: Work, section: str, number: int) -> int:
    """The holder of a seat goes: the day is closed, and its whole minutes are told. Another day needs another check-in.

    `sign-out.nobody` where nobody of this seat is there.
    """
    require(work.ctx.actor, "seat.check-in")
    present = select(Attendance).where(
        Attendance.section == section, Attendance.number == number, Attendance.signed_out_at.is_(None)
    )
    last = present.order_by(Attendance.checked_at.desc()).limit(1).with_for_update()
    found = (await work.session.execute(last)).scalar_one_or_none()
    if found is None:
        raise Problem("sign-out.nobody", judge=f"J{number}")
    found.signed_out_at = work.ctx.now
    found.minutes = rules.minutes_between(found.checked_at, work.ctx.now)
    work.record(Event.JUDGE_SIGNED_OUT, f"{section}#J{number}", section=section, region=found.region)
    return found.minutes


def payee(keys: KeyService, attendance: Attendance) -> str:
    """The id of whoever attended, unsealed; never before the seat has signed in."""
    return keys.unwrap(EXPERT, attendance.id, attendance.sealed_expert).rstrip(b"\0").decode()


def attended_tag(keys: KeyService, expert: str, day: date) -> bytes:
    """By what an expert finds the own attendance of a day; another than that of a settled line of the same day."""
    return keys.tag(ATTENDED, day.isoformat(), expert.encode())


def _tag(keys: KeyService, section: str, code: str) -> bytes:
    return keys.tag(TRIES, section, code_hash(code))


async def _require_unlocked(work: Work, keys: KeyService, section: str, code: str) -> None:
    found = await work.session.get(DoorTry, (section, _tag(keys, section, code)))
    if found is not None and found.locked_until is not None and work.ctx.now < found.locked_until:
        raise Problem("check-in.locked", until=found.locked_until)


async def _holder(work: Work, keys: KeyService, section: str, code: str, identity: str) -> tuple[Seat, str]:
    """The seat of a code and the expert's id, if the code is of this section and the identity is the expert's."""
    try:
        seat_id, expert = await code_for(work.session, keys, code)
    except Problem as problem:
        raise Problem("check-in.refused") from problem
    seat = await work.session.get(Seat, seat_id, with_for_update=True)
    known = await identity_within(work.session, keys, expert)
    same = hmac.compare_digest(known.encode(), rules.identity_typed(identity).encode())
    if seat is None or seat.section != section or not same:
        raise Problem("check-in.refused")
    return seat, expert


async def _begins(work: Work, seat: Seat) -> datetime | None:
    draw = await work.session.get_one(Draw, seat.draw)
    meeting = await meeting_of(work.session, seat.draw)
    return draw.evaluation_at or (meeting.meet_at if meeting else None)


def _arrived(work: Work, keys: KeyService, seat: Seat, expert: str, locker: str, *, late: bool) -> Attendance:
    row, now = work.ctx.new_id("attendance"), work.ctx.now
    sealed = keys.wrap(EXPERT, row, expert.encode().ljust(_LENGTH, b"\0"), work.ctx.random)
    return Attendance(
        id=row,
        region=seat.region,
        section=seat.section,
        draw=seat.draw,
        seat=seat.id,
        number=seat.number,
        kind=seat.kind,
        day=rules.day_of(now),
        sealed_expert=sealed,
        payee_tag=attended_tag(keys, expert, rules.day_of(now)) if seat.kind == "expert" else None,
        checked_at=now,
        committed_at=now,
        locker=locker or None,
        late=late,
    )
