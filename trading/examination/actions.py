"""Judges examine alone and lock signed answers; what all have locked is disclosed and settled at once (TBR 51; M87 61)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.journal import Line
from infra.db.work import Work
from infra.jobs import NotYetError, enqueue
from infra.kernel.canonical import b64, canonical, read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import evidence as proofs
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import Committee, committee_of, own_seat, seats_of
from trading.evaluation.resolving import NOBODY_LEFT, TOO_FEW_VALID, fail_section
from trading.evaluation.tables import Sheet
from trading.examination.queries import (
    DRAFT,
    SHEET,
    draft_context,
    examination_sheets,
    items_in,
    opened_draft,
    own_answers,
    settled,
)
from trading.examination.rules import (
    LONGEST_REASON,
    Items,
    Next,
    Party,
    check_answer,
    check_answers,
    commitment,
    examine,
    goes_on,
    items_for,
)
from trading.examination.tables import Examination, ExaminationDraft, ExaminationSheet
from trading.opening.queries import require_files_checked
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

EXAMINED = "settle-examination"
QUORUM = 2
ROOM = 2048
"""Bytes kept for each item of a saved bid, whatever is answered."""


async def save_answers(work: Work, keys: KeyService, seat_id: str, bid: str, answers: Mapping[str, Any]) -> None:
    """Save what one judge answers about one bid, item → answer; the last valid answer of each item counts.

    `examination.none`, `.not-open`, `.locked`, `.unknown`, `.reason`, `.pages`, `opening.…`; nothing is half kept.
    """
    require(work.ctx.actor, "examination.answer")
    seat, section = await _own(work, seat_id)
    await require_files_checked(work.session, section.id)
    items = await _items(work, section)
    if bid not in {one.id for one in (await committee_of(work.session, section.id)).qualified}:
        raise Problem("examination.unknown", path="$", bid=bid, item="")
    for item, answer in answers.items():
        if item not in items:
            raise Problem("examination.unknown", path="$", bid=bid, item=item)
        check_answer(answer)
        if len(canonical(answer)) > ROOM - 128:
            raise Problem("examination.reason", path="$.reason", most=LONGEST_REASON)
    row = await work.session.get(ExaminationDraft, (seat_id, bid))
    told = canonical({**({} if row is None else opened_draft(keys, row)), **answers}).ljust(ROOM * len(items))
    sealed = keys.wrap(DRAFT, draft_context(seat_id, bid), told, work.ctx.random)
    if row is None:
        work.session.add(
            ExaminationDraft(seat=seat_id, bid=bid, region=section.region, sealed=sealed, saved_at=work.ctx.now)
        )
    else:
        row.sealed, row.saved_at = sealed, work.ctx.now
    judge = judge_id(seat.number)
    work.record(Event.EXAMINATION_DRAFTED, f"{section.id}#{judge}", section=section.id, region=section.region, bid=bid)


async def lock_examination(
    work: Work, authority: bytes, keys: KeyService, seat_id: str, answers: Any, salt: bytes, signature: bytes
) -> None:
    """Lock one judge's complete answers: checked, sealed, and bound by a logged commitment that the judge signed.

    `examination.none`, `.not-open`, `.locked`, `.missing`, `.unknown`, `.reason`, `.pages`, `.moved-on` where what was
    signed is not what stands saved, `panel.incomplete`, `opening.…`, `signing.…`.
    """
    require(work.ctx.actor, "examination.lock")
    seat, section = await own_seat(work, seat_id)
    await _require_open(work.session, section, seat)
    await require_files_checked(work.session, section.id)
    committee = await committee_of(work.session, section.id)
    committee.require_seated()
    check_answers(answers, await _items(work, section), [bid.id for bid in committee.qualified])
    if canonical(await own_answers(work.session, keys, seat_id)) != canonical(answers):
        raise Problem("examination.moved-on")
    assert seat.certificate is not None
    judge = judge_id(seat.number)
    promised = commitment(salt, section.id, judge, answers)
    verify_signature(authority, seat.certificate, signature, promised, work.ctx.now)
    sealed = keys.wrap(SHEET, seat_id, canonical({"answers": answers, "salt": b64(salt)}), work.ctx.random)
    work.session.add(
        ExaminationSheet(
            seat=seat_id,
            section=section.id,
            region=section.region,
            sealed=sealed,
            commitment=promised,
            signature=signature,
            locked_at=work.ctx.now,
        )
    )
    await work.session.execute(delete(ExaminationDraft).where(ExaminationDraft.seat == seat_id))
    work.record(
        Event.EXAMINATION_LOCKED,
        f"{section.id}#{judge}",
        section=section.id,
        region=section.region,
        judge=judge,
        commitment=b64(promised),
        signature=b64(signature),
    )
    await work.session.flush()
    if len(await examination_sheets(work.session, section.id)) == len(committee.seats):
        await enqueue(work, EXAMINED, section=section.id)


async def settle_examination(work: Work, keys: KeyService, section_id: str) -> None:
    """Disclose all answers at once and settle them, after every commitment stands in a co-signed checkpoint.

    Runs once; a second call changes nothing, nor one before all have locked. Where a judge was replaced after an earlier
    result and other bids are rejected now, the locked marks are void and given again (TBR 48). All bids rejected: the
    section fails (TBL 42).
    """
    require(work.ctx.actor, "examination.settle")
    section = await lock_section(work.session, section_id)
    committee = await committee_of(work.session, section_id)
    before = await settled(work.session, section_id, {seat.draw for seat in committee.seats})
    if section.state != SectionState.EVALUATING or (before is not None and before.reopened_at is None):
        return
    sheets = await examination_sheets(work.session, section_id)
    if not committee.seats or {seat.id for seat in committee.seats} != {one.seat for one in sheets}:
        return
    await _require_cosigned(work.session, section_id)
    opened = await _opened(work.session, keys, section_id, sheets)
    items = await _items(work, section)
    answers = {judge: one["answers"] for judge, one in opened.items()}
    result = examine(items, answers, len(committee.seats))
    void = before is not None and before.result["rejected"] != result["rejected"]
    if void:
        await work.session.execute(delete(Sheet).where(Sheet.section == section_id))
    await _keep(work, section, committee, result)
    work.record(
        Event.EXAMINATION_SETTLED,
        section_id,
        section=section_id,
        region=section.region,
        sheets=opened,
        result=result,
        sheets_void=void,
    )
    await work.session.flush()
    valid = [bid.id for bid in (await committee_of(work.session, section_id)).valid]
    rules = regime_of(section, work.ctx.mode)
    few, minimum = rules.words(Rule.TOO_FEW_VALID), rules.count(Rule.VALID_BIDS_MINIMUM)
    if not valid:
        await fail_section(work, section, NOBODY_LEFT, [], "TBL 42")
    elif goes_on(len(valid), minimum, few) is Next.FAILED:
        await fail_section(work, section, TOO_FEW_VALID, valid, rules.parameter(Rule.VALID_BIDS_MINIMUM).source)


async def _own(work: Work, seat_id: str) -> tuple[Seat, Section]:
    """The acting judge's seat, locked; the section is not: judges who examine at the same time do not wait."""
    held = select(Seat).where(Seat.id == seat_id, Seat.certificate.is_not(None)).with_for_update()
    seat = (await work.session.execute(held)).scalar_one_or_none()
    if seat is None or seat.id != work.ctx.actor.id:
        raise Problem("seat.unknown")
    section = await work.session.get_one(Section, seat.section)
    await _require_open(work.session, section, seat)
    return seat, section


async def _require_open(session: AsyncSession, section: Section, seat: Seat) -> None:
    if section.state != SectionState.EVALUATING:
        raise Problem("examination.not-open", state=section.state)
    if await session.get(ExaminationSheet, seat.id) is not None:
        raise Problem("examination.locked", judge=judge_id(seat.number))


async def _items(work: Work, section: Section) -> Items:
    """What the committee examines here; `examination.none` where the document has no such items."""
    by = regime_of(section, work.ctx.mode).words(Rule.QUALIFICATION_BY)
    found = items_for(Party.COMMITTEE, await items_in(work.session, section.id), by)
    if not found:
        raise Problem("examination.none", section=section.id)
    return found


async def _require_cosigned(session: AsyncSession, section_id: str) -> None:
    """Every lock stands in the newest checkpoint that the quorum co-signed."""
    lines = select(func.count(), func.count(Line.leaf), func.max(Line.leaf)).where(
        Line.section == section_id, Line.event == Event.EXAMINATION_LOCKED
    )
    logged, sequenced, last = (await session.execute(lines)).one()
    newest = await proofs.latest(session, QUORUM)
    if sequenced < logged or last is None or newest is None or newest.size <= last:
        raise NotYetError("a commitment to answers is not co-signed yet")


async def _opened(
    session: AsyncSession, keys: KeyService, section_id: str, sheets: list[ExaminationSheet]
) -> dict[str, Any]:
    """Every sheet by judge; `examination.contradiction` for one that is not what its judge committed to."""
    numbers = {seat.id: judge_id(seat.number) for seat in await seats_of(session, section_id)}
    found = {}
    for sheet in sheets:
        judge, one = numbers[sheet.seat], read(keys.unwrap(SHEET, sheet.seat, sheet.sealed))
        if commitment(unb64(one["salt"], 32), section_id, judge, one["answers"]) != sheet.commitment:
            raise Problem("examination.contradiction", judge=judge)
        found[judge] = one
    return dict(sorted(found.items()))


async def _keep(work: Work, section: Section, committee: Committee, result: dict[str, Any]) -> None:
    row = await work.session.get(Examination, section.id)
    if row is None:
        row = Examination(section=section.id, region=section.region)
        work.session.add(row)
    row.draw, row.result, row.settled_at, row.reopened_at = committee.seats[0].draw, result, work.ctx.now, None
