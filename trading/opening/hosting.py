"""What the host of an opening says to the hall: notes, and a pause of the confirming with its reason."""

from sqlalchemy import select

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.opening.confirming import DURING, await_limit
from trading.opening.pausing import PAUSE, RESUME, last_pause
from trading.opening.record import LONGEST
from trading.opening.tables import HallNote, OpeningRecord
from trading.opening.windows import extend_windows
from trading.sections.queries import lock_section

NOTE = "note"
EVENTS = {NOTE: Event.HALL_NOTED, PAUSE: Event.HALL_PAUSED, RESUME: Event.HALL_RESUMED}


async def speak(work: Work, section_id: str, kind: str, text: str) -> None:
    """Say something to all in the hall, after the closing only. A pause stops every clock but not the opening of bids.

    `hall.not-now`, `hall.kind`, `hall.paused`, `hall.not-paused`, `hall.text`, `hall.said` refuse. The caller has made
    sure that the actor is the host.
    """
    require(work.ctx.actor, "hall.speak")
    if kind not in EVENTS:
        raise Problem("hall.kind", kind=kind[:40])
    section = await lock_section(work.session, section_id)
    record = await work.session.get(OpeningRecord, section_id, with_for_update=True)
    if section.state not in DURING or (record is not None and record.settled_at is not None):
        raise Problem("hall.not-now", section=section_id)
    since = await last_pause(work.session, section_id)
    if kind == PAUSE and since is not None:
        raise Problem("hall.paused")
    if kind == RESUME and since is None:
        raise Problem("hall.not-paused")
    if not is_written(text, LONGEST):
        raise Problem("hall.text", longest=LONGEST)
    actor = work.ctx.actor
    newest = select(HallNote).where(HallNote.section == section_id).order_by(HallNote.id.desc()).limit(1)
    last = await work.session.scalar(newest)
    if last is not None and (last.kind, last.text, last.account) == (kind, text.strip(), actor.id):
        raise Problem("hall.said")
    work.session.add(
        HallNote(
            section=section_id, region=section.region, kind=kind, text=text.strip(), account=actor.id, role=actor.role,
            at=work.ctx.now,
        )
    )  # fmt: skip
    work.record(EVENTS[kind], section_id, section=section_id, region=section.region, text=text.strip())
    if kind != RESUME or since is None:
        return
    await extend_windows(work, section_id, since)
    if record is not None:
        record.confirm_until += work.ctx.now - max(since, record.made_at)
        await await_limit(work, record)
