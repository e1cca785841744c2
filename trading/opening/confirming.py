"""The opening record answered: confirmed by bidders, objected to and answered on the spot, final by silence (TBR 44)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.bidding.tables import Bid
from trading.opening.pausing import last_pause
from trading.opening.record import LONGEST, MOST_OBJECTIONS, confirmation_message, record_digest, record_document
from trading.opening.tables import BidOpening, Confirmation, Objection, OpeningRecord
from trading.opening.watch import is_overdue
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

SETTLING = "opening-record.settle"
"""The legal timer's verb."""
"""Of one bidder at one opening."""
DURING = (SectionState.DECRYPTING, SectionState.OPENED, SectionState.EVALUATING)
ANSWERED = (SectionState.OPENED, SectionState.EVALUATING)


async def make_record(work: Work, section: Section, rows: Sequence[dict[str, Any]]) -> OpeningRecord:
    """The record that `section.opened` states, for its bidders to confirm until the limit that the rule set gives."""
    closing = select(Line.facts).where(Line.section == section.id, Line.event == Event.SECTION_CLOSED)
    facts = (await work.session.execute(closing)).scalar_one()
    minutes = regime_of(section, work.ctx.mode).count(Rule.OPENING_CONFIRMATION)
    record = OpeningRecord(
        section=section.id,
        region=section.region,
        digest=record_digest(record_document(section.id, facts, rows)),
        made_at=work.ctx.now,
        confirm_until=work.ctx.now + timedelta(minutes=minutes),
    )
    work.session.add(record)
    await await_limit(work, record)
    return record


async def await_limit(work: Work, record: OpeningRecord) -> None:
    """Let the record be settled at its limit; a timer of an earlier limit finds nothing to do."""
    limit = record.confirm_until
    await schedule(work, limit, SETTLING, f"{record.section}#{int(limit.timestamp())}")


async def confirm_record(
    work: Work, authority: bytes, section_id: str, signature: bytes | None = None, certificate: bytes | None = None
) -> None:
    """A bidder agrees to the record 签认, by its session or with a certified key; again changes nothing.

    The record is final at once when every bidder has agreed. `record.none`, `record.final`, `record.not-your-bid`,
    `signing.…` refuse.
    """
    require(work.ctx.actor, "opening-record.confirm")
    section, record = await _open_record(work, section_id)
    bid, body = await _own_listed_bid(work, section_id)
    if await work.session.get(Confirmation, bid.id) is not None:
        return
    if signature is not None and certificate is not None:
        signed = verify_signature(authority, certificate, signature, confirmation_message(record.digest), work.ctx.now)
        await refuse_revoked(work.session, signed)
        if signed.serial != body.credit_code:
            raise Problem("signing.not-yours", serial=signed.serial, expected=body.credit_code)
    else:
        signature = certificate = None
    work.session.add(
        Confirmation(
            bid=bid.id, section=section_id, region=section.region, account=work.ctx.actor.id, at=work.ctx.now,
            signature=signature, certificate=certificate,
        )
    )  # fmt: skip
    work.record(
        Event.RECORD_CONFIRMED,
        bid.id,
        section=section_id,
        region=section.region,
        bidder=body.credit_code,
        record=b64(record.digest),
        signature=None if signature is None else b64(signature),
        certificate=None if certificate is None else b64(certificate),
    )
    await _settle(work, section, record, silent_too=False)


async def raise_objection(work: Work, section_id: str, reasons: str) -> Objection:
    """A bidder objects to the opening, with written reasons, before the record is final (TBR 44).

    `record.final`, `record.not-begun`, `record.not-your-bid`, `record.reasons`, `record.objection-raised`, `record.objections`
    refuse.
    """
    require(work.ctx.actor, "opening-objection.raise")
    section = await lock_section(work.session, section_id)
    await _require_unsettled(work, section)
    bid, body = await _own_listed_bid(work, section_id)
    text = _written(reasons)
    raised = (await work.session.scalars(select(Objection.reasons).where(Objection.bid == bid.id))).all()
    if text in raised:
        raise Problem("record.objection-raised")
    if len(raised) >= MOST_OBJECTIONS:
        raise Problem("record.objections", most=MOST_OBJECTIONS)
    objection = Objection(
        id=work.ctx.new_id("objection"), section=section_id, region=section.region, bid=bid.id,
        account=work.ctx.actor.id, at=work.ctx.now, reasons=text,
    )  # fmt: skip
    work.session.add(objection)
    work.record(
        Event.OBJECTION_RAISED,
        objection.id,
        section=section_id,
        region=section.region,
        bid=bid.id,
        bidder=body.credit_code,
        reasons=text,
    )
    return objection


async def answer_objection(work: Work, section_id: str, objection_id: str, answer: str) -> None:
    """The host answers an objection in writing; what waited only for this answer becomes final.

    `record.objection-unknown`, `record.answered`, `record.reasons`. The caller has made sure that the actor is the host.
    """
    require(work.ctx.actor, "opening-objection.answer")
    section = await lock_section(work.session, section_id)
    objection = await work.session.get(Objection, objection_id, with_for_update=True)
    if objection is None or objection.section != section_id:
        raise Problem("record.objection-unknown", objection=objection_id)
    if objection.answer is not None:
        raise Problem("record.answered", objection=objection_id)
    await _require_unsettled(work, section)
    objection.answer = _written(answer)
    objection.answered_by, objection.answered_at = work.ctx.actor.id, work.ctx.now
    work.record(
        Event.OBJECTION_ANSWERED,
        objection_id,
        section=section_id,
        region=section.region,
        bid=objection.bid,
        answer=objection.answer,
    )
    record = await work.session.get(OpeningRecord, section_id, with_for_update=True)
    if record is not None:
        await work.session.flush()
        await _settle(work, section, record, silent_too=work.ctx.now >= record.confirm_until)


async def settle_record(work: Work, subject: str) -> None:
    """The effect of a limit: who has not confirmed assents by silence; open objections and a pause hold it back."""
    require(work.ctx.actor, "opening-record.settle")
    section_id = subject.partition("#")[0]
    section = await lock_section(work.session, section_id)
    record = await work.session.get(OpeningRecord, section_id, with_for_update=True)
    if record is not None and record.settled_at is None and work.ctx.now >= record.confirm_until:
        await _settle(work, section, record, silent_too=True)
        await _flag_overdue(work, section, record)


async def _flag_overdue(work: Work, section: Section, record: OpeningRecord) -> None:
    """One line for each objection that has no answer at the limit: host and supervising body are told, once."""
    told = select(Line.subject).where(Line.section == section.id, Line.event == Event.OBJECTION_OVERDUE)
    open_ones = select(Objection).where(
        Objection.section == section.id, Objection.answer.is_(None), Objection.id.not_in(told)
    )
    paused = await last_pause(work.session, section.id) is not None
    if section.state not in DURING or not is_overdue(record.confirm_until, work.ctx.now, answered=False, paused=paused):
        return
    for one in await work.session.scalars(open_ones.order_by(Objection.at, Objection.id)):
        work.record(Event.OBJECTION_OVERDUE, one.id, section=section.id, region=section.region, bid=one.bid)


async def _settle(work: Work, section: Section, record: OpeningRecord, *, silent_too: bool) -> None:
    """Final, if nothing stands against it; a section that has gone on to its result is left as the log has it."""
    await work.session.flush()
    unanswered = select(Objection.id).where(Objection.section == section.id, Objection.answer.is_(None)).limit(1)
    if (await work.session.execute(unanswered)).scalar() is not None or await last_pause(work.session, section.id):
        return
    asked = select(BidOpening.bid).where(BidOpening.section == section.id)
    bids = set((await work.session.execute(asked)).scalars())
    given = select(Confirmation.bid).where(Confirmation.section == section.id)
    confirmed = set((await work.session.execute(given)).scalars())
    if not silent_too and confirmed != bids:
        return
    record.settled_at = work.ctx.now
    if section.state in ANSWERED:
        work.record(
            Event.RECORD_SETTLED,
            section.id,
            section=section.id,
            region=section.region,
            record=b64(record.digest),
            confirmed=sorted(confirmed),
            silent=sorted(bids - confirmed),
        )


async def _open_record(work: Work, section_id: str) -> tuple[Section, OpeningRecord]:
    section = await lock_section(work.session, section_id)
    record = await work.session.get(OpeningRecord, section_id, with_for_update=True)
    if record is None:
        raise Problem("record.none", section=section_id)
    await _require_unsettled(work, section)
    return section, record


async def _require_unsettled(work: Work, section: Section) -> None:
    """`record.not-begun` before the closing, `record.final` once nothing can be said about the opening any more."""
    if section.closed_at is None:
        raise Problem("record.not-begun", section=section.id)
    record = await work.session.get(OpeningRecord, section.id)
    if section.state not in DURING or (record is not None and record.settled_at is not None):
        raise Problem("record.final", section=section.id)


async def _own_listed_bid(work: Work, section_id: str) -> tuple[Bid, Organisation]:
    """The actor's bid in the frozen list, and its body; `record.not-your-bid` where there is none."""
    own = (
        select(Bid, Organisation)
        .join(Organisation, Organisation.id == Bid.bidder)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .where(Bid.section == section_id, Bid.bidder == work.ctx.actor.organisation)
    )
    found = (await work.session.execute(own)).one_or_none()
    if found is None:
        raise Problem("record.not-your-bid", section=section_id)
    return found[0], found[1]


def _written(text: str) -> str:
    """Words that somebody can read later; `record.reasons`."""
    if not is_written(text, LONGEST):
        raise Problem("record.reasons", longest=LONGEST)
    return text.strip()
