"""Judges take their seats, lock signed marks alone, see each other's only after all have locked, and sign the report."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.reveal import slip_hash
from expertpool.draw.tables import Seat
from infra.auth.authority import Authority
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.crypto.sign import labelled
from infra.db.journal import Line
from infra.db.work import Work
from infra.jobs import NotYetError, enqueue
from infra.kernel.canonical import b64, canonical, read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import evidence as proofs
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import commitment, judge_id, judge_serial, report_message
from trading.evaluation.method import check_marks
from trading.evaluation.reading import read_method
from trading.evaluation.tables import Evaluation, Sheet
from trading.sections.actions import stamp
from trading.sections.queries import document_of, lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section

SHEET = "judge's sheet"
SEAT_LABEL = "openhall seat/v1"
CERTIFICATE_LIFE = timedelta(days=30)


def seat_message(slip: str, public_key: bytes) -> bytes:
    """The 32 bytes a judge signs at sign-in to prove the key made for this section."""
    return sha256(labelled(SEAT_LABEL, sha256(slip_hash(slip) + public_key).digest())).digest()


async def take_seat(
    work: Work, authority: Authority, slip: str, public_key: bytes, signature: bytes, *, no_conflict: bool
) -> Seat:
    """Sign in with the one-time slip, declare to have no conflict 回避, and get a certificate for this section's key.

    `seat.unknown` for any wrong slip, `seat.taken` for a second use, `seat.conflict` without the declaration.
    """
    require(work.ctx.actor, "judge.sign-in")
    found = select(Seat).where(Seat.slip_hash == slip_hash(slip)).with_for_update()
    seat = (await work.session.execute(found)).scalar_one_or_none()
    if seat is None:
        raise Problem("seat.unknown")
    if seat.signed_in_at is not None:
        raise Problem("seat.taken")
    if not no_conflict:
        raise Problem("seat.conflict")
    section = await lock_section(work.session, seat.section)
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
    if all(one.signed_in_at is not None for one in await seats_of(work.session, seat.section)):
        section.state = LIFE.move("seat", SectionState(section.state), work.ctx.actor.role)
    return seat


async def lock_marks(
    work: Work, authority: bytes, keys: KeyService, seat_id: str, marks: dict[str, Any], salt: bytes, signature: bytes
) -> None:
    """Lock one judge's complete sheet. It is checked, sealed, and bound by a logged commitment that the judge signed.

    `marks.not-open`, `marks.locked`, `evaluation.…` (range, step, missing), `signing.…` refuse; nothing is half kept.
    """
    require(work.ctx.actor, "marks.lock")
    seat = await work.session.get(Seat, seat_id, with_for_update=True)
    if seat is None or seat.id != work.ctx.actor.id or seat.certificate is None:
        raise Problem("seat.unknown")
    section = await lock_section(work.session, seat.section)
    if section.state != SectionState.EVALUATING:
        raise Problem("marks.not-open", state=section.state)
    if await work.session.get(Sheet, seat_id) is not None:
        raise Problem("marks.locked", judge=judge_id(seat.number))
    method = read_method((await document_of(work.session, section.id)).method)
    check_marks(method, [bid.id for bid in await opened_bids(work.session, section.id)], marks)
    promised = commitment(salt, section.id, judge_id(seat.number), marks)
    verify_signature(authority, seat.certificate, signature, promised, work.ctx.now)
    sealed = keys.wrap(SHEET, seat_id, canonical({"marks": marks, "salt": b64(salt)}), work.ctx.random)
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
    work.record(
        Event.MARKS_LOCKED,
        f"{section.id}#{judge_id(seat.number)}",
        section=section.id,
        region=section.region,
        judge=judge_id(seat.number),
        commitment=b64(promised),
        signature=b64(signature),
    )
    await work.session.flush()
    if len(await sheets_of(work.session, section.id)) == len(await seats_of(work.session, section.id)):
        await enqueue(work, "publish-marks", section=section.id)


async def publish_marks(work: Work, keys: KeyService, section_id: str) -> None:
    """Make every judge's every mark readable at once, after all commitments stand in a co-signed checkpoint.

    Runs once; a second call changes nothing. `NotYetError` while a commitment is not co-signed, `marks.incomplete`
    while a judge has not locked: who has not marked yet must not see what the others marked (GPR 41).
    """
    require(work.ctx.actor, "marks.publish")
    section = await lock_section(work.session, section_id)
    if section.state != SectionState.EVALUATING:
        return
    await _require_all_locked(work.session, section_id)
    await _require_commitments_cosigned(work.session, section_id)
    opened = await _opened_sheets(work.session, keys, section_id)
    document = await _evaluation(work.session, section, {judge: one["marks"] for judge, one in opened.items()})
    section.state = LIFE.move("publish-marks", SectionState(section.state), work.ctx.actor.role)
    report = _report(section, document)
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
    work.record(
        Event.MARKS_PUBLISHED,
        section_id,
        section=section_id,
        region=section.region,
        sheets=opened,
        evaluation=document,
        report=report,
    )


async def sign_report(work: Work, authority: bytes, seat_id: str, signature: bytes) -> None:
    """One judge's signature under the report; with the last one the section is reported (TBR 53). Twice is once."""
    require(work.ctx.actor, "report.sign")
    seat = await work.session.get(Seat, seat_id)
    if seat is None or seat.id != work.ctx.actor.id or seat.certificate is None:
        raise Problem("seat.unknown")
    section = await lock_section(work.session, seat.section)
    sheet = await work.session.get(Sheet, seat_id)
    if sheet is not None and sheet.report_signature is not None:
        return
    if section.state != SectionState.MARKED or sheet is None:
        raise Problem("report.not-open", state=section.state)
    evaluation = await work.session.get_one(Evaluation, section.id)
    verify_signature(authority, seat.certificate, signature, evaluation.digest, work.ctx.now)
    sheet.report_signature = signature
    work.record(
        Event.REPORT_SIGNED,
        f"{section.id}#{judge_id(seat.number)}",
        section=section.id,
        region=section.region,
        judge=judge_id(seat.number),
        report=b64(evaluation.digest),
        signature=b64(signature),
    )
    await work.session.flush()
    if all(one.report_signature is not None for one in await sheets_of(work.session, section.id)):
        section.state = LIFE.move("report", SectionState(section.state), work.ctx.actor.role)


async def seats_of(session: AsyncSession, section_id: str) -> list[Seat]:
    """The committee's seats by number."""
    found = select(Seat).where(Seat.section == section_id).order_by(Seat.number)
    return list((await session.execute(found)).scalars())


async def sheets_of(session: AsyncSession, section_id: str) -> list[Sheet]:
    """The sheets locked so far; never to be shown before all are."""
    return list((await session.execute(select(Sheet).where(Sheet.section == section_id))).scalars())


async def opened_bids(session: AsyncSession, section_id: str) -> list[Bid]:
    """The bids that take part in the evaluation, by id."""
    found = select(Bid).where(Bid.section == section_id, Bid.state == BidState.OPENED).order_by(Bid.id)
    return list((await session.execute(found)).scalars())


async def _require_all_locked(session: AsyncSession, section_id: str) -> None:
    seats, sheets = await seats_of(session, section_id), await sheets_of(session, section_id)
    if {seat.id for seat in seats} != {sheet.seat for sheet in sheets}:
        raise Problem("marks.incomplete", locked=len(sheets), judges=len(seats))


async def _require_commitments_cosigned(session: AsyncSession, section_id: str) -> None:
    locked = select(Line).where(Line.section == section_id, Line.event == Event.MARKS_LOCKED)
    for line in (await session.execute(locked)).scalars():
        if await proofs.evidence(session, line) is None:
            raise NotYetError("a commitment to marks is not co-signed yet")


async def _opened_sheets(session: AsyncSession, keys: KeyService, section_id: str) -> dict[str, Any]:
    """Every sheet by judge; `marks.contradiction` for one that is not what its judge committed to."""
    numbers = {seat.id: judge_id(seat.number) for seat in await seats_of(session, section_id)}
    opened = {}
    for sheet in await sheets_of(session, section_id):
        judge, one = numbers[sheet.seat], read(keys.unwrap(SHEET, sheet.seat, sheet.sealed))
        if commitment(unb64(one["salt"], 32), section_id, judge, one["marks"]) != sheet.commitment:
            raise Problem("marks.contradiction", judge=judge)
        opened[judge] = one
    return dict(sorted(opened.items()))


async def _evaluation(session: AsyncSession, section: Section, marks: dict[str, Any]) -> dict[str, Any]:
    """The evaluation's evidence file with `out`, by the same pure function that anybody can run."""
    document = await document_of(session, section.id)
    bids = {bid.id: {"price": (bid.form or {})["price"]} for bid in await opened_bids(session, section.id)}
    return recompute({"method": document.method, "bids": bids, "marks": marks, "rejected": {}})


def _report(section: Section, document: dict[str, Any]) -> dict[str, Any]:
    """The evaluation report 评标报告 that judges sign: the ranking and what it rests on."""
    assert section.opened_at is not None
    return {
        "format": "report/v1",
        "section": section.id,
        "title": section.title,
        "opened_at": stamp(section.opened_at),
        "judges": sorted(document["marks"]),
        "method": document["method"],
        "out": document["out"],
    }
