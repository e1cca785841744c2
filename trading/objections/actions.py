"""Raising, answering and taking back an objection to the result; nothing is decided while one is open (TBR 54)."""

from datetime import datetime
from hashlib import sha256

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.objections.queries import objections_of, open_ones, require_bid
from trading.objections.states import LIFE, ObjectionState
from trading.objections.tables import ResultObjection
from trading.publication.periods import challenge_until
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

LONGEST = 4000
PUBLICITY_RESUMED = "publicity.resume"
"""The timer that ends a publicity whose time was over while an objection was open; its subject names the last of them."""


async def object_to_result(work: Work, section_id: str, text: str) -> ResultObjection:
    """Raise an objection in the publicity, or a challenge 质疑 after the result notice of a purchase, by the database's clock.

    Each bidder one at a time.

    `section.unknown` without an opened bid there, `result-objection.closed`, `result-objection.text`,
    `result-objection.waiting`.
    """
    require(work.ctx.actor, "result-objection.raise")
    await require_bid(work.session, work.ctx.actor, section_id)
    section = await lock_section(work.session, section_id)
    until = objection_until(section, regime_of(section, work.ctx.mode))
    if until is None or await work.clock() >= until:
        raise Problem("result-objection.closed", section=section_id)
    text = text.strip()
    if not is_written(text, LONGEST):
        raise Problem("result-objection.text", most=LONGEST)
    found = await objections_of(work.session, section_id)
    body = work.ctx.actor.organisation
    assert body is not None
    if waiting := [one for one in open_ones(found) if one.bidder == body]:
        raise Problem("result-objection.waiting", number=waiting[0].number)
    salt, number = work.ctx.random(32), len(found) + 1
    raised = ResultObjection(
        id=work.ctx.new_id("objection"),
        section=section_id,
        region=section.region,
        number=number,
        bidder=body,
        state=ObjectionState.RAISED,
        text=text,
        salt=salt,
        digest=_digest(salt, section_id, text),
        raised_at=work.ctx.now,
        due_at=regime_of(section, work.ctx.mode).end(work.ctx.now, Rule.OBJECTION_REPLY),
    )
    work.session.add(raised)
    _record(work, Event.RESULT_OBJECTED, raised, due=stamp(raised.due_at), digest=b64(raised.digest))
    return raised


async def answer_objection(work: Work, section_id: str, number: int, text: str, *, upheld: bool) -> None:
    """Answer in writing; with the last answer a publicity whose time is over ends. What is upheld bars the award.

    `result-objection.unknown`, `workflow.not-now` for one that is settled, `result-objection.answer`.
    """
    section = await own_section(work, section_id, "result-objection.answer")
    row = await _one(work, section_id, number)
    state = LIFE.move("answer", ObjectionState(row.state), work.ctx.actor.role)
    text = text.strip()
    if not is_written(text, LONGEST):
        raise Problem("result-objection.answer", most=LONGEST)
    row.state, row.answer, row.upheld, row.decided_at = state, text, upheld, work.ctx.now
    digest = _digest(row.salt, section_id, text)
    _record(work, Event.RESULT_OBJECTION_ANSWERED, row, upheld=upheld, digest=b64(digest))
    await _go_on(work, section, row)


async def withdraw_objection(work: Work, section_id: str, number: int) -> None:
    """Take back one's own objection; `result-objection.unknown` for another's, `workflow.not-now` for one that is settled."""
    require(work.ctx.actor, "result-objection.raise")
    await require_bid(work.session, work.ctx.actor, section_id)
    section = await lock_section(work.session, section_id)
    row = await _one(work, section_id, number)
    if row.bidder != work.ctx.actor.organisation:
        raise Problem("result-objection.unknown", number=number)
    row.state = LIFE.move("withdraw", ObjectionState(row.state), work.ctx.actor.role)
    row.decided_at = work.ctx.now
    _record(work, Event.RESULT_OBJECTION_WITHDRAWN, row)
    await _go_on(work, section, row)


def objection_until(section: Section, regime: Regime) -> datetime | None:
    """Until when the result may be objected to now: the publicity (TBR 54), or the time for a challenge (GPR 53)."""
    if section.publicity_ends is None:
        return None
    if regime.reviewed:
        return challenge_until(regime, section.publicity_ends) if section.state == SectionState.NOTIFIED else None
    return section.publicity_ends if section.state == SectionState.PUBLICITY else None


def subject_of(row: ResultObjection) -> str:
    """How log and public know an objection: `<section>#O1`; who raised it is not told."""
    return f"{row.section}#O{row.number}"


async def _one(work: Work, section_id: str, number: int) -> ResultObjection:
    for row in await objections_of(work.session, section_id):
        if row.number == number:
            return row
    raise Problem("result-objection.unknown", number=number)


async def _go_on(work: Work, section: Section, row: ResultObjection) -> None:
    """The publicity's end was held up by what was open; it comes now, if its time is over."""
    await work.session.flush()
    waits = open_ones(await objections_of(work.session, section.id))
    # By the clock, not by the transaction's beginning: the timer may have come and gone while this one waited for the lock.
    if waits or section.publicity_ends is None or section.publicity_ends > await work.clock():
        return
    await schedule(work, work.ctx.now, PUBLICITY_RESUMED, subject_of(row))


def _digest(salt: bytes, section: str, text: str) -> bytes:
    return sha256(canonical({"salt": b64(salt), "section": section, "text": text})).digest()


def _record(work: Work, event: Event, row: ResultObjection, **facts: object) -> None:
    work.record(event, subject_of(row), section=row.section, region=row.region, number=row.number, **facts)
