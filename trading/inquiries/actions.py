"""Asking a bidder in writing: a judge drafts, the leader refuses or sends, the bidder answers once, in time and signed."""

from datetime import timedelta

from sqlalchemy import select

from expertpool.draw.tables import Seat
from infra.auth.certification import refuse_revoked
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.bidding.tables import Bid
from trading.blind.queries import require_blindfold
from trading.evaluation.leader import election_of
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import Committee, committee_of, own_seat, sheets_of
from trading.evaluation.reading import read_method
from trading.inquiries.queries import asked_about, inquiries_of, low_prices, own_inquiry
from trading.inquiries.rules import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    LONGEST_REASON,
    Ground,
    checked_ground,
    checked_text,
    reply_message,
    unasked,
)
from trading.inquiries.states import LIFE, InquiryState
from trading.inquiries.tables import Inquiry
from trading.opening.queries import require_files_checked
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import document_of, lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

ENDING = "inquiry.end"
"""The timer at the end of the time to answer; its subject is the inquiry."""


async def draft_inquiry(
    work: Work, keys: KeyService, seat_id: str, key: str, ground: str, question: str
) -> Inquiry:  # fmt: skip
    """Draft a question about a bid that takes part, under the bid or, where a part is blind, its label.

    `inquiry.not-open`, `inquiry.too-late` after the first locked sheet, `panel.incomplete`, `opening.…`, `inquiry.bid`,
    `inquiry.ground`, `inquiry.question`.
    """
    require(work.ctx.actor, "inquiry.draft")
    seat, section = await own_seat(work, seat_id)
    committee = await _open_committee(work, section)
    await require_files_checked(work.session, section.id)
    document = await document_of(work.session, section.id)
    fold = await require_blindfold(work.session, keys, section, read_method(document.method))
    bid = fold.labels.get(key, key)
    if bid not in {one.id for one in committee.valid}:
        raise Problem("inquiry.bid")
    row = await _new(work, section, bid, key, judge_id(seat.number), checked_ground(ground), question)
    _record(work, Event.INQUIRY_DRAFTED, row, judge=row.judge, ground=row.ground, question=row.question)
    return row


async def send_inquiry(work: Work, seat_id: str, inquiry_id: str) -> None:
    """The leader sends a drafted question; the bidder's time begins. Its asker is not told.

    `inquiry.unknown`, `inquiry.leader`, `inquiry.not-open`, `inquiry.too-late`, `workflow.not-now` for one that is decided.
    """
    section, row = await _for_leader(work, seat_id, inquiry_id)
    row.state = LIFE.move("send", InquiryState(row.state), work.ctx.actor.role)
    await _send(work, section, row)


async def send_proposed(work: Work, seat_id: str, bid: str, question: str) -> None:
    """The leader sends what a machine proposes: to ask about a price that is abnormally low by the rule set's figures.

    `inquiry.leader`, `inquiry.not-open`, `inquiry.too-late`, `inquiry.not-low`, `inquiry.question`.
    """
    require(work.ctx.actor, "inquiry.send")
    seat, section = await own_seat(work, seat_id)
    committee = await _open_committee(work, section)
    await _require_leader(work, seat, committee)
    low = low_prices(section, regime_of(section, work.ctx.mode), committee.valid)
    if bid not in unasked(low, asked_about(await inquiries_of(work.session, section.id))):
        raise Problem("inquiry.not-low")
    row = await _new(work, section, bid, bid, None, Ground.LOW_PRICE, question)
    row.state = LIFE.move("send", InquiryState(row.state), work.ctx.actor.role)
    await _send(work, section, row)


async def refuse_inquiry(work: Work, seat_id: str, inquiry_id: str, reasons: str) -> None:
    """The leader does not send a drafted question, with the reason; `inquiry.reasons` without one, and as `send_inquiry`."""
    _, row = await _for_leader(work, seat_id, inquiry_id)
    row.state = LIFE.move("refuse", InquiryState(row.state), work.ctx.actor.role)
    row.refusal, row.closed_at = checked_text(reasons, LONGEST_REASON, "inquiry.reasons"), work.ctx.now
    _record(work, Event.INQUIRY_REFUSED, row, reasons=row.refusal)


async def answer_inquiry(
    work: Work, authority: bytes, inquiry_id: str, answer: str, signature: bytes, certificate: bytes
) -> None:
    """The bidder's one answer, by the database's clock before the time is over.

    `inquiry.unknown` for another's, `inquiry.answered` for a second, `inquiry.late`, `inquiry.not-open`,
    `inquiry.answer`, `signing.…`.
    """
    require(work.ctx.actor, "inquiry.answer")
    own = await own_inquiry(work.session, work.ctx.actor, inquiry_id)
    section = await lock_section(work.session, own.section)
    row = await _locked(work, own.id)
    assert row.due_at is not None
    if row.state == InquiryState.ANSWERED:
        raise Problem("inquiry.answered")
    if row.state == InquiryState.SILENT or await work.clock() >= row.due_at:
        raise Problem("inquiry.late", ended=row.due_at)
    if section.state != SectionState.EVALUATING:
        raise Problem("inquiry.not-open", state=section.state)
    if not is_written(answer, LONGEST_ANSWER):
        raise Problem("inquiry.answer", most=LONGEST_ANSWER)
    await _require_signed(work, authority, row, answer, signature, certificate)
    row.state = LIFE.move("answer", InquiryState(row.state), work.ctx.actor.role)
    row.answer, row.signature, row.certificate, row.closed_at = answer, signature, certificate, work.ctx.now
    signed = {"certificate": b64(certificate), "signature": b64(signature)}
    _record(work, Event.INQUIRY_ANSWERED, row, answer=answer, **signed)


async def end_inquiry(work: Work, inquiry_id: str) -> None:
    """The effect of the time's end: silence is recorded. A second time, or after an answer, it changes nothing."""
    row = await work.session.get_one(Inquiry, inquiry_id)
    section = await lock_section(work.session, row.section)
    row = await _locked(work, inquiry_id)
    if row.state != InquiryState.SENT or section.state != SectionState.EVALUATING:
        return
    row.state, row.closed_at = LIFE.move("end", InquiryState(row.state), work.ctx.actor.role), work.ctx.now
    _record(work, Event.INQUIRY_UNANSWERED, row)


async def _open_committee(work: Work, section: Section) -> Committee:
    if section.state != SectionState.EVALUATING:
        raise Problem("inquiry.not-open", state=section.state)
    if await sheets_of(work.session, section.id):
        raise Problem("inquiry.too-late")
    committee = await committee_of(work.session, section.id)
    committee.require_seated()
    return committee


async def _for_leader(work: Work, seat_id: str, inquiry_id: str) -> tuple[Section, Inquiry]:
    require(work.ctx.actor, "inquiry.send")
    seat, section = await own_seat(work, seat_id)
    wanted = select(Inquiry.id).where(Inquiry.id == inquiry_id, Inquiry.section == section.id)
    if (await work.session.execute(wanted)).scalar_one_or_none() is None:
        raise Problem("inquiry.unknown")
    await _require_leader(work, seat, await _open_committee(work, section))
    return section, await _locked(work, inquiry_id)


async def _require_leader(work: Work, seat: Seat, committee: Committee) -> None:
    if (await election_of(work.session, committee.seats)).elected != seat.number:
        raise Problem("inquiry.leader")


async def _locked(work: Work, inquiry_id: str) -> Inquiry:
    wanted = select(Inquiry).where(Inquiry.id == inquiry_id).with_for_update()
    return (await work.session.execute(wanted.execution_options(populate_existing=True))).scalar_one()


async def _new(
    work: Work, section: Section, bid: str, key: str, judge: str | None, ground: Ground, question: str
) -> Inquiry:
    row = Inquiry(
        id=work.ctx.new_id("inquiry"),
        section=section.id,
        region=section.region,
        number=len(await inquiries_of(work.session, section.id)) + 1,
        bid=bid,
        key=key,
        judge=judge,
        ground=ground,
        question=checked_text(question, LONGEST_QUESTION, "inquiry.question"),
        state=InquiryState.DRAFTED,
        drafted_at=work.ctx.now,
    )
    work.session.add(row)
    return row


async def _send(work: Work, section: Section, row: Inquiry) -> None:
    seconds = regime_of(section, work.ctx.mode).count(Rule.INQUIRY_WINDOW)
    row.sent_at, row.due_at = work.ctx.now, work.ctx.now + timedelta(seconds=seconds)
    await schedule(work, row.due_at, ENDING, row.id)
    told = {"ground": row.ground, "question": row.question, "until": stamp(row.due_at)}
    _record(work, Event.INQUIRY_SENT, row, **told)


async def _require_signed(
    work: Work, authority: bytes, row: Inquiry, answer: str, signature: bytes, certificate: bytes
) -> None:
    """`signing.…` unless a certified, unrevoked key of the bid's own body signed just this answer to this question."""
    bid = await work.session.get_one(Bid, row.bid)
    bidder = await work.session.get_one(Organisation, bid.bidder)
    message = reply_message(row.id, row.bid, row.question, answer)
    signed = verify_signature(authority, certificate, signature, message, work.ctx.now)
    await refuse_revoked(work.session, signed)
    if signed.serial != bidder.credit_code:
        raise Problem("signing.not-yours", serial=signed.serial, expected=bidder.credit_code)


def _record(work: Work, event: Event, row: Inquiry, **facts: object) -> None:
    work.record(event, row.bid, section=row.section, region=row.region, inquiry=row.id, **facts)
