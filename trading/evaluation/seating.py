"""Judges take their seats; an absent or conflicted one makes room for the next alternate as drawn (TBR 46, 48)."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from expertpool.draw.drawings import uncount_drawing
from expertpool.draw.replacement import seat_alternate
from expertpool.draw.reveal import slip_hash
from expertpool.draw.tables import Draw, Seat
from expertpool.invitations.states import Replaced
from infra.auth.authority import Authority
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.auth.sessions import end_seat_sessions
from infra.auth.signing import verify_signature
from infra.crypto.sign import labelled
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.committee import Kind
from trading.evaluation.envelopes import look_at_trustees
from trading.evaluation.marks import judge_id, judge_serial
from trading.evaluation.queries import committee_of, seats_of
from trading.evaluation.tables import LeaderVote, Resolution, Sheet
from trading.examination.reopening import reopen_examination
from trading.qualification.queries import require_qualified
from trading.recordings.queries import require_recording
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section

SEAT_LABEL = "openhall seat/v1"
CERTIFICATE_LIFE = timedelta(days=30)
SEATED = (SectionState.OPENED, SectionState.EVALUATING)
RESCREEN = "rescreen"
"""The job after the opening and after a replacement: whoever holds a seat is looked at for ties to those who bid."""
ABSENT, CONFLICT, RESOLVED = "absent", "conflict", "resolved"


def seat_message(slip: str, public_key: bytes) -> bytes:
    """The 32 bytes a judge signs at sign-in to prove the key made for this section."""
    return sha256(labelled(SEAT_LABEL, sha256(slip_hash(slip) + public_key).digest())).digest()


async def take_seat(
    work: Work, authority: Authority, slip: str, public_key: bytes, signature: bytes, *, no_conflict: bool
) -> Seat:
    """Sign in with the one-time slip, declare to have no conflict 回避, and get a certificate for this section's key.

    `seat.unknown` for any wrong slip, `seat.taken` for a second use, `seat.conflict` without the declaration,
    `seat.not-open` before the bids are opened, `qualification.waiting` while the purchaser examines qualification. The last of
    them opens the marking: `recording.missing`, `recording.source-down` where the room's mandatory cameras are not recorded.
    """
    require(work.ctx.actor, "judge.sign-in")
    seat, section = await _slip_holder(work, slip)
    if seat.signed_in_at is not None:
        raise Problem("seat.taken")
    await require_qualified(work.session, section)
    if not no_conflict:
        raise Problem("seat.conflict")
    certificate = authority.certify(
        public_key,
        subject=f"评委{seat.number}",
        serial=judge_serial(seat.section, judge_id(seat.number)),
        not_before=work.ctx.now - timedelta(minutes=1),
        not_after=work.ctx.now + CERTIFICATE_LIFE,
        random=work.ctx.random,
    )
    verify_signature(authority.public_key, certificate, signature, seat_message(slip, public_key), work.ctx.now)
    seat.signed_in_at, seat.certificate = work.ctx.now, certificate
    work.record(
        Event.JUDGE_SIGNED_IN,
        f"{seat.section}#{judge_id(seat.number)}",
        section=seat.section,
        region=seat.region,
        judge=judge_id(seat.number),
        certificate=b64(certificate),
        no_conflict=True,
    )
    await work.session.flush()
    everybody = all(one.signed_in_at is not None for one in await seats_of(work.session, seat.section))
    if everybody and section.state == SectionState.OPENED:
        await require_recording(work.session, section.id)
        section.state = LIFE.move("seat", SectionState.OPENED, work.ctx.actor.role)
        await look_at_trustees(work, section)
    return seat


async def declare_conflict(work: Work, keys: PlatformKeys, slip: str) -> None:
    """A judge with the slip declares a conflict 回避, before or after sign-in, and leaves; the next alternate is called.

    `seat.unknown`, `seat.not-open`; `seat.marked` once the judge's marks are locked.
    """
    require(work.ctx.actor, "recusal.declare")
    seat, section = await _slip_holder(work, slip)
    if await work.session.get(Sheet, seat.id) is not None:
        raise Problem("seat.marked", judge=judge_id(seat.number))
    work.record(
        Event.RECUSAL_DECLARED,
        f"{seat.section}#{judge_id(seat.number)}",
        section=seat.section,
        region=seat.region,
        judge=judge_id(seat.number),
    )
    await replace_judge(work, keys, section, seat, CONFLICT)


async def call_absentees(work: Work, appointment: str) -> None:
    """The effect of the appointed time `<section>@<instant>`: absent judges are replaced by a job that holds the keys."""
    await enqueue(work, "replace-absent", section=appointment.rpartition("@")[0])


async def replace_absent(work: Work, keys: PlatformKeys, section_id: str) -> None:
    """Every judge who has not signed in by the appointed time makes room for the next alternate; twice is once.

    `seat.not-due` refuses the centre before that time or without one: nobody is absent because somebody says so.
    """
    require(work.ctx.actor, "judge.replace")
    section = await lock_section(work.session, section_id)
    found = select(Draw).where(Draw.section == section_id, Draw.sign_in_by <= work.ctx.now).with_for_update()
    due = {draw.id: draw for draw in (await work.session.execute(found)).scalars()}
    seats = [seat for seat in await seats_of(work.session, section_id) if seat.draw in due]
    if not seats:
        if work.ctx.actor.role is Role.SYSTEM:
            return
        raise Problem("seat.not-due", section=section_id)
    for draw in due.values():
        draw.sign_in_by = None
    if section.state not in SEATED:
        return
    for seat in seats:
        if seat.signed_in_at is None and seat.vacant_since is None:
            await replace_judge(work, keys, section, seat, ABSENT)


async def replace_unwilling(
    work: Work, keys: PlatformKeys, seat_id: str, reason: Replaced, *, taken_up: bool = True
) -> None:
    """A drawn expert who declined, did not answer or must not judge makes room for the next alternate as drawn.

    Twice is once: nothing happens where the seat is gone, empty or has locked its marks, where the committee sits no more,
    or where one who only did not answer has signed in after all. What shows the reason is logged by the caller before.
    Whoever never took the call up, by silence or by declining at once (not `taken_up`), does not count as drawn.
    """
    require(work.ctx.actor, "judge.replace")
    section_id = (await work.session.execute(select(Seat.section).where(Seat.id == seat_id))).scalar_one_or_none()
    if section_id is None:
        return
    section = await lock_section(work.session, section_id)
    locked = select(Seat).where(Seat.id == seat_id).with_for_update().execution_options(populate_existing=True)
    seat = (await work.session.execute(locked)).scalar_one_or_none()
    seated = (*regime_of(section, work.ctx.mode).words(Rule.DRAW_STATES), SectionState.EVALUATING)
    if seat is None or seat.vacant_since is not None or section.state not in seated:
        return
    come = seat.signed_in_at is not None and reason is not Replaced.RECUSAL
    if not come and await work.session.get(Sheet, seat.id) is None:
        if reason is Replaced.UNANSWERED or not taken_up:
            await uncount_drawing(work, seat.draw, seat.number)
        await replace_judge(work, keys, section, seat, reason)


async def replace_judge(work: Work, keys: PlatformKeys, section: Section, seat: Seat, reason: str) -> None:
    """Seat the next alternate of the same specialty; what the judge before did is void (TBR 48).

    Where a rejection loses its majority by that, the bids before the committee change and every sheet is void too.
    The judge's session ends, and the leader is elected anew.
    """
    before = (await committee_of(work.session, section.id)).standing.rejected
    asked = (Resolution.kind == Kind.REPLACEMENT, Resolution.content["judge"].astext == judge_id(seat.number))
    await work.session.execute(
        update(Resolution).where(Resolution.section == section.id, *asked).values(closed_at=work.ctx.now)
    )
    await end_seat_sessions(work, seat.id)
    await work.session.execute(delete(LeaderVote).where(LeaderVote.section == section.id))
    found = await seat_alternate(work, keys, seat)
    await reopen_examination(work, section.id)
    after = (await committee_of(work.session, section.id)).standing.rejected
    if before != after:
        await work.session.execute(delete(Sheet).where(Sheet.section == section.id))
    work.record(
        Event.JUDGE_REPLACED,
        f"{section.id}#{judge_id(seat.number)}",
        section=section.id,
        region=section.region,
        judge=judge_id(seat.number),
        reason=reason,
        specialty=seat.specialty,
        alternate=None if found is None else found.leaf.hex(),
        sheets_void=before != after,
    )
    await enqueue(work, RESCREEN, section=section.id)


async def _slip_holder(work: Work, slip: str) -> tuple[Seat, Section]:
    """The seat of a slip under the section's lock; the section is always locked before its seats."""
    named = select(Seat.section).where(Seat.slip_hash == slip_hash(slip))
    section_id = (await work.session.execute(named)).scalar_one_or_none()
    if section_id is None:
        raise Problem("seat.unknown")
    section = await lock_section(work.session, section_id)
    locked = select(Seat).where(Seat.slip_hash == slip_hash(slip)).with_for_update()
    seat = (await work.session.execute(locked)).scalar_one_or_none()
    if seat is None:
        raise Problem("seat.unknown")
    if section.state not in SEATED:
        raise Problem("seat.not-open", state=section.state)
    return seat, section
