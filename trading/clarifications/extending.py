"""A later deadline 延期: logged, its timer moved once, the hall moved along; sealed bids stay as they are."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from infra.auth.permissions import require
from infra.custody.extending import extend_keyset
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from infra.timers_table import Timer
from trading.clarifications.rules import check_extension, written
from trading.clarifications.subscribing import tell_subscribers
from trading.clarifications.tables import Extension
from trading.notices.actions import publish_notice
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.sections.actions import own_section, stamp
from trading.sections.queries import category_of
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.venues.actions import move_booking
from trading.venues.states import BookingState
from trading.venues.tables import Booking, RoomKind

CLOSING_TIMER = "section.close"
OUTSIDE = ("previous_deadline", "addendum", "document", "previous_document")
"""What a change of an invited tender tells those who are not invited."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where the closing waits while an objection is unanswered (TBR 22)."""


async def extend_deadline(work: Work, section_id: str, deadline: datetime, reasons: str) -> Extension:
    """Move the deadline of a section of one's own to a later second, with reasons that everybody reads.

    Every seal stays valid: a keyset's deadline means *not before*. `extension.earlier`, `extension.reasons`,
    `extension.closed`, `section.deadline-…` refuse. The amendment is noticed, the tender notice corrected.
    """
    section, now = await bidding_section(work, section_id, "section.extend")
    found = await extend(work, section, deadline, reasons, now)
    await amend(
        work,
        section,
        f"{section.title}延期公告",
        {"reason": found.reasons, "previous_deadline": stamp(found.deadline_before)},
    )
    await correct_tender(work, section, {"deadline": stamp(deadline)})
    await tell_subscribers(work, section.id, Event.SECTION_EXTENDED)
    return found


async def extend(work: Work, section: Section, deadline: datetime, reasons: str, now: datetime) -> Extension:
    """`extend_deadline` within a use-case that has locked the section and writes the notices itself."""
    assert section.deadline is not None
    check_extension(now, section.deadline, deadline)
    count = select(func.count()).select_from(Extension).where(Extension.section == section.id)
    found = Extension(
        section=section.id,
        region=section.region,
        number=(await work.session.execute(count)).scalar_one() + 1,
        deadline_before=section.deadline,
        deadline=deadline,
        reasons=written(reasons, "extension.reasons"),
        extended_at=now,
    )
    work.session.add(found)
    delta, section.deadline = deadline - section.deadline, deadline
    if section.suspended_at is None:
        await schedule(work, deadline, CLOSING_TIMER, section.id)
    line = work.record(
        Event.SECTION_EXTENDED, section.id, section=section.id, region=section.region,
        previous=stamp(found.deadline_before), deadline=stamp(deadline), reasons=found.reasons,
    )  # fmt: skip
    await work.session.flush()
    await extend_keyset(work, await work.session.get_one(Keyset, section.keyset), deadline, line.id)
    if section.second_keyset is not None:
        await extend_keyset(work, await work.session.get_one(Keyset, section.second_keyset), deadline, line.id)
    await _move_hall(work, section, delta)
    return found


async def bidding_section(work: Work, section_id: str, verb: str) -> tuple[Section, datetime]:
    """A section of one's own that takes bids, locked with its closing, and the database's clock; `extension.closed`.

    A suspended one counts as taking bids although its deadline may have passed: its time stands still.
    """
    require(work.ctx.actor, verb)
    await hold_closing(work, section_id)
    section = await own_section(work, section_id, verb)
    now = await work.clock()
    assert section.state != SectionState.BIDDING or section.deadline is not None
    passed = section.suspended_at is None and section.deadline is not None and now >= section.deadline
    if section.state != SectionState.BIDDING or passed:
        raise Problem("extension.closed", section=section_id)
    return section, now


async def hold_closing(work: Work, section_id: str) -> None:
    """Lock the closing's timer: before the section, as the closing itself does, so that neither waits for the other."""
    held = select(Timer.id).where(Timer.verb == CLOSING_TIMER, Timer.subject == section_id).with_for_update()
    await work.session.execute(held)


async def amend(work: Work, section: Section, title: str, facts: Mapping[str, Any]) -> Notice:
    """Publish the notice 变更公告 of a change, with the deadline that holds now.

    Of an invited tender it tells that there is a change and no more of the document than its fingerprint.
    """
    assert section.deadline is not None
    if section.invited_by is not None:
        facts = {name: value for name, value in facts.items() if name in OUTSIDE}
    return await publish_notice(
        work,
        kind=NoticeKind.AMENDMENT,
        category=category_of(section),
        title=title,
        project=section.title,
        section=section.id,
        region=section.region,
        facts={**facts, "deadline": stamp(section.deadline)},
    )


async def correct_tender(work: Work, section: Section, changed: Mapping[str, Any]) -> None:
    """Issue the tender notice anew with the facts that changed, so that lists and calendar tell what holds now."""
    current = select(Notice).where(
        Notice.section == section.id, Notice.kind == NoticeKind.TENDER, Notice.superseded_at.is_(None)
    )
    notice = (await work.session.execute(current)).scalar_one()
    await publish_notice(
        work,
        kind=NoticeKind.TENDER,
        category=notice.category,
        title=notice.title,
        project=notice.project,
        section=section.id,
        region=section.region,
        closes_at=section.deadline,
        facts={**notice.facts, **changed},
        corrects=notice.id,
    )


async def hall_of(work: Work, section_id: str) -> Booking | None:
    """The section's booking of an opening hall that stands, if any."""
    wanted = select(Booking).where(
        Booking.section == section_id, Booking.purpose == RoomKind.OPENING, Booking.state != BookingState.CANCELLED
    )
    return (await work.session.execute(wanted)).scalar_one_or_none()


async def _move_hall(work: Work, section: Section, delta: timedelta) -> None:
    """The hall moves along where it is free; otherwise the booking stays and its page says that it misses the deadline."""
    booking = await hall_of(work, section.id)
    if booking is None:
        return
    start, end = booking.during.lower, booking.during.upper
    assert start is not None and end is not None
    try:
        await move_booking(work, booking.id, booking.room, start + delta, end + delta)
    except Problem as problem:
        if not problem.code.startswith(("booking.", "room.")):
            raise
