"""Setting and extending the time for marking (TBR 48); pausing under seal and going on: each one journal line."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import own_seat, require_sitting
from trading.evaluation.tables import Sheet
from trading.sections.actions import own_section, stamp
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.sitting.queries import all_locked, has_asked, sitting_of
from trading.sitting.rules import checked_until, checked_words
from trading.sitting.tables import TimeRequest


async def set_time(work: Work, section_id: str, until: datetime) -> None:
    """Set until when is marked, or later than was set; what judges asked for is answered by it.

    `marking-time.not-now` unless marks are being given, `evaluation.paused`, `marking-time.past`, `marking-time.shortened`.
    """
    section = await own_section(work, section_id, "marking-time.set")
    await _require_marking(work, section, "marking-time.not-now")
    require_sitting(section)
    asked = (await sitting_of(work.session, section)).asked
    section.marking_until = checked_until(until, work.ctx.now, section.marking_until)
    await work.session.execute(delete(TimeRequest).where(TimeRequest.section == section_id))
    work.record(
        Event.EVALUATION_TIMED, section_id, section=section_id, region=section.region, until=stamp(until), asked=asked
    )


async def ask_for_time(work: Work, seat_id: str) -> None:
    """The acting judge finds the time too short; asking twice changes nothing.

    `marking-time.none` where none is set, `marks.locked` after the own lock, `marks.not-open` when nothing is marked.
    """
    require(work.ctx.actor, "marking-time.ask")
    seat, section = await own_seat(work, seat_id)
    if section.state != SectionState.EVALUATING:
        raise Problem("marks.not-open", state=section.state)
    if section.marking_until is None:
        raise Problem("marking-time.none", section=section.id)
    if await work.session.get(Sheet, seat_id) is not None:
        raise Problem("marks.locked", judge=judge_id(seat.number))
    if await has_asked(work.session, seat_id):
        return
    work.session.add(TimeRequest(seat=seat_id, section=section.id, region=section.region, asked_at=work.ctx.now))
    judge = judge_id(seat.number)
    work.record(
        Event.MARKING_TIME_ASKED, f"{section.id}#{judge}", section=section.id, region=section.region, judge=judge
    )


async def pause(work: Work, section_id: str, reason: str, seal: str, resumes: datetime) -> None:
    """The committee leaves and the room is sealed 休会封存: until it goes on no judge reads, marks, votes or locks.

    `reason` why, `seal` how the room was sealed and by whom, `resumes` when it is to go on. `pause.running`,
    `marking-time.not-now`, `marking-time.past`, `pause.words`.
    """
    require(work.ctx.actor, "evaluation.pause")
    section = await lock_section(work.session, section_id)
    if section.paused_at is not None:
        raise Problem("pause.running", section=section_id)
    await _require_marking(work, section, "marking-time.not-now")
    told = {"reason": checked_words(reason), "seal": checked_words(seal)}
    told["resumes"] = stamp(checked_until(resumes, work.ctx.now, None))
    section.paused_at = work.ctx.now
    work.record(Event.EVALUATION_PAUSED, section_id, section=section_id, region=section.region, **told)


async def resume(work: Work, section_id: str, *, intact: bool, found: str) -> None:
    """The committee is back: how the seal was `found`, and the time for marking goes on where it stood.

    `pause.none` where nothing pauses, `pause.words`.
    """
    require(work.ctx.actor, "evaluation.pause")
    section = await lock_section(work.session, section_id)
    if section.paused_at is None:
        raise Problem("pause.none", section=section_id)
    words = checked_words(found)
    told: dict[str, Any] = {"intact": intact, "found": words}
    if section.marking_until is not None:
        section.marking_until += work.ctx.now - section.paused_at
        told["until"] = stamp(section.marking_until)
    section.paused_at = None
    work.record(Event.EVALUATION_RESUMED, section_id, section=section_id, region=section.region, **told)


async def _require_marking(work: Work, section: Section, code: str) -> None:
    if section.state != SectionState.EVALUATING or await all_locked(work.session, section.id):
        raise Problem(code, state=section.state)
