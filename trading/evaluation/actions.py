"""Judges lock signed marks alone and see each other's only after all have locked; then everything is published at once."""

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.journal import Line
from infra.db.work import Work
from infra.jobs import NotYetError, enqueue
from infra.kernel.canonical import b64, canonical, read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from infra.tlog import evidence as proofs
from trading.blind.queries import labels_of, require_blindfold
from trading.blind.rules import Blindfold
from trading.evaluation.bands import reason_below
from trading.evaluation.consolidating import explained
from trading.evaluation.envelopes import lock_technical, require_priced
from trading.evaluation.evidence import bids_in_evidence, counted, recompute
from trading.evaluation.marks import (
    FORMAT,
    Reasoned,
    judge_id,
    promise_of,
    reasoned_commitment,
    report_message,
    sheet_of,
)
from trading.evaluation.method import check_marks
from trading.evaluation.queries import Committee, committee_of, own_seat, seats_of, sheets_of
from trading.evaluation.reading import read_method
from trading.evaluation.rounds import of_round
from trading.evaluation.rules import ItemKind, Method
from trading.evaluation.tables import Evaluation, MarkDraft, Sheet
from trading.evaluation.words import check_words
from trading.examination.queries import require_examined
from trading.inquiries.queries import require_settled_inquiries
from trading.opening.queries import require_files_checked
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import document_of, lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section
from trading.sitting.queries import require_time_left

SHEET = "judge's sheet"
CLASS = 4096
"""A locked sheet is padded to full classes of so many bytes, so that its length does not tell how many reasons it has."""
SETTLING = "report.settle"
QUORUM = 2


async def lock_marks(
    work: Work, authority: bytes, keys: KeyService, seat_id: str, sheet: Reasoned, salt: bytes, signature: bytes
) -> None:
    """Lock one judge's complete sheet. It is checked, sealed, and bound by a logged commitment that the judge signed.

    `marks.not-open`, `marks.locked`, `evaluation.paused`, `marks.time-over`, `panel.incomplete`, `opening.…`,
    `resolution.pending`, `competition.undecided`, `finding.missing`, `inquiry.open`, `inquiry.unasked`, `evaluation.…`
    (range, step, missing), `marks.reason…`, `marks.pins`, `signing.…` refuse; nothing is half kept.
    """
    require(work.ctx.actor, "marks.lock")
    seat, section = await own_seat(work, seat_id)
    if section.state != SectionState.EVALUATING:
        raise Problem("marks.not-open", state=section.state)
    if await work.session.get(Sheet, seat_id) is not None:
        raise Problem("marks.locked", judge=judge_id(seat.number))
    await require_time_left(work.session, section, work.ctx.now)
    await require_files_checked(work.session, section.id)
    committee = await committee_of(work.session, section.id)
    document, regime = await document_of(work.session, section.id), regime_of(section, work.ctx.mode)
    method = read_method(document.method)
    await require_examined(work.session, section)
    await require_settled_inquiries(work.session, section, regime, committee.valid)
    _require_settled(committee, method, regime.count(Rule.VALID_BIDS_MINIMUM))
    fold = await require_blindfold(work.session, keys, section, method)
    fold.require_keys(sheet.marks)
    valid = [bid.id for bid in committee.valid]
    check_marks(method, valid, fold.merged(sheet.marks) if fold.labels else sheet.marks)
    items = method.of_kind(ItemKind.SUBJECTIVE)
    check_words(sheet, items, lambda item: reason_below(document.labels.get(item, {}), regime))
    assert seat.certificate is not None
    promised = reasoned_commitment(salt, section.id, judge_id(seat.number), sheet)
    verify_signature(authority, seat.certificate, signature, promised, work.ctx.now)
    told = canonical({**sheet.told, "salt": b64(salt)})
    sealed = keys.wrap(SHEET, seat_id, told.ljust(-(-len(told) // CLASS) * CLASS), work.ctx.random)
    work.session.add(
        Sheet(
            seat=seat_id,
            section=section.id,
            region=section.region,
            sealed=sealed,
            commitment=promised,
            signature=signature,
            locked_at=work.ctx.now,
        )
    )
    await work.session.execute(delete(MarkDraft).where(MarkDraft.seat == seat_id))
    work.record(
        Event.MARKS_LOCKED,
        f"{section.id}#{judge_id(seat.number)}",
        section=section.id,
        region=section.region,
        judge=judge_id(seat.number),
        format=FORMAT,
        commitment=b64(promised),
        signature=b64(signature),
    )
    await work.session.flush()
    if len(await sheets_of(work.session, section.id)) == len(committee.seats):
        await enqueue(work, "publish-marks", section=section.id)


async def publish_marks(work: Work, keys: KeyService, section_id: str) -> None:
    """Make every judge's every mark readable at once, after all commitments stand in a co-signed checkpoint.

    Runs once; a second call changes nothing. `NotYetError` while a commitment is not co-signed, `marks.incomplete`
    while a judge has not locked: who has not marked yet must not see what the others marked (GPR 41). Judges whose marks
    lie far from the others' may explain them first. Of two envelopes the second are opened then; the marks follow them.
    """
    require(work.ctx.actor, "marks.publish")
    section = await lock_section(work.session, section_id)
    if section.state not in (SectionState.EVALUATING, SectionState.PRICING):
        return
    await _require_all_locked(work.session, section_id)
    await _require_commitments_cosigned(work.session, section_id)
    committee = await committee_of(work.session, section_id)
    opened = await _opened_sheets(work.session, keys, section_id)
    labels = await labels_of(work.session, keys, section_id)
    fold = Blindfold() if labels is None else Blindfold(*labels)
    signed = {judge: one["marks"] for judge, one in opened.items()}
    reasons = await explained(work, keys, section, committee, signed, fold.labels)
    if reasons is None:
        return
    if section.two_envelope and section.state == SectionState.EVALUATING:
        return await lock_technical(work, section, committee)
    if section.state == SectionState.PRICING:
        await require_priced(work.session, section_id)
    by_bid = {name: {**one, "marks": fold.merged(one["marks"])} for name, one in opened.items()}
    await work.session.execute(delete(MarkDraft).where(MarkDraft.seat.in_([seat.id for seat in committee.seats])))
    document = await _evaluation(work.session, section, committee, counted(by_bid, [bid.id for bid in committee.valid]))
    section.state = LIFE.move("publish-marks", SectionState(section.state), work.ctx.actor.role)
    report = _report(section, document, committee, {name: fold.merged(one) for name, one in reasons.items()})
    work.session.add(
        Evaluation(
            section=section_id,
            region=section.region,
            evidence=document,
            report=canonical(report).decode(),
            digest=report_message(report),
            published_at=work.ctx.now,
        )
    )
    until = regime_of(section, work.ctx.mode).end(work.ctx.now, Rule.REPORT_SIGNING)
    await schedule(work, until, SETTLING, await of_round(work.session, section_id))
    work.record(
        Event.MARKS_PUBLISHED,
        section_id,
        section=section_id,
        region=section.region,
        sheets=opened,
        evaluation=document,
        report=report,
        **({"explanations": reasons} if reasons else {}),
        **fold.disclosed,
    )


async def own_sheet(session: AsyncSession, keys: KeyService, seat_id: str) -> Reasoned | None:
    """The locked sheet of one seat, None before the lock; the caller has made sure that it is the asker's own."""
    sheet = await session.get(Sheet, seat_id)
    return None if sheet is None else sheet_of(read(keys.unwrap(SHEET, seat_id, sheet.sealed)))


def _require_settled(committee: Committee, method: Method, minimum: int) -> None:
    """Nothing is left open that decides which bids are marked and how: marks come last (rules/trading.md §5)."""
    committee.require_seated()
    decided, valid = committee.standing, [bid.id for bid in committee.valid]
    if decided.undecided:
        raise Problem("resolution.pending", number=decided.undecided[0].number)
    if len(valid) < minimum and decided.lacking(valid) is None:
        raise Problem("competition.undecided", valid=len(valid), minimum=minimum)
    if (items := method.of_kind(ItemKind.OBJECTIVE)) and not decided.finds(valid):
        raise Problem("finding.missing", items=", ".join(items))


async def _require_all_locked(session: AsyncSession, section_id: str) -> None:
    seats, sheets = await seats_of(session, section_id), await sheets_of(session, section_id)
    if not seats or {seat.id for seat in seats} != {sheet.seat for sheet in sheets}:
        raise Problem("marks.incomplete", locked=len(sheets), judges=len(seats))


async def _require_commitments_cosigned(session: AsyncSession, section_id: str) -> None:
    """Every lock and every vote that decided something stands in the newest checkpoint that the quorum co-signed."""
    bound = (Event.MARKS_LOCKED, Event.RESOLUTION_MOVED, Event.RESOLUTION_VOTED, Event.MARKS_EXPLAINED)
    lines = select(func.count(), func.count(Line.leaf), func.max(Line.leaf)).where(
        Line.section == section_id, Line.event.in_(bound)
    )
    logged, sequenced, last = (await session.execute(lines)).one()
    newest = await proofs.latest(session, QUORUM)
    if sequenced < logged or last is None or newest is None or newest.size <= last:
        raise NotYetError("a commitment to marks is not co-signed yet")


async def _opened_sheets(session: AsyncSession, keys: KeyService, section_id: str) -> dict[str, Any]:
    """Every sheet by judge; `marks.contradiction` for one that is not what its judge committed to."""
    numbers = {seat.id: judge_id(seat.number) for seat in await seats_of(session, section_id)}
    opened = {}
    for sheet in await sheets_of(session, section_id):
        judge, one = numbers[sheet.seat], read(keys.unwrap(SHEET, sheet.seat, sheet.sealed))
        if promise_of(unb64(one["salt"], 32), section_id, judge, one) != sheet.commitment:
            raise Problem("marks.contradiction", judge=judge)
        opened[judge] = one
    return dict(sorted(opened.items()))


async def _evaluation(
    session: AsyncSession, section: Section, committee: Committee, marks: dict[str, Any]
) -> dict[str, Any]:
    """The evaluation's evidence file with `out`, by the same pure function that anybody can run."""
    document = await document_of(session, section.id)
    found = committee.standing.objective([bid.id for bid in committee.valid])
    prices = {bid.id: (bid.form or {})["price"] for bid in committee.valid}
    return recompute(
        {
            "method": document.method,
            "bids": bids_in_evidence(prices, found),
            "marks": marks,
            "rejected": committee.standing.rejected,
        }
    )


def _report(
    section: Section, document: dict[str, Any], committee: Committee, reasons: dict[str, Any]
) -> dict[str, Any]:
    """The evaluation report 评标报告 that judges sign: the ranking, what it rests on, and why marks lie far apart."""
    assert section.opened_at is not None
    return {
        "format": "report/v1",
        "section": section.id,
        "title": section.title,
        "opened_at": stamp(section.opened_at),
        "judges": sorted(document["marks"]),
        "method": document["method"],
        "objective": committee.standing.objective([bid.id for bid in committee.valid]),
        "rejected": document["rejected"],
        "out": document["out"],
        **({} if committee.examined is None else {"examination": committee.examined}),
        **({"explanations": reasons} if reasons else {}),
    }
