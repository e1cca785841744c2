"""The committee resolves: a judge moves, the others answer with signed votes, and what is decided takes effect at once."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.committee import (
    LATER,
    Ground,
    Kind,
    Motion,
    check_content,
    check_reasons,
    first_difference,
    resolution_message,
)
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import Committee, committee_of, own_seat, sheets_of
from trading.evaluation.questions import ASKABLE, open_question
from trading.evaluation.reading import read_method
from trading.evaluation.seating import RESOLVED, replace_judge
from trading.evaluation.tables import Resolution, Sheet, Vote
from trading.examination.queries import require_examined
from trading.opening.queries import require_files_checked
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.failing import announce_failure
from trading.sections.queries import document_of
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section

LACKING, NOBODY_LEFT, TOO_FEW_VALID = FOUND_BY_COMMITTEE = ("competition-lacking", "all-rejected", "too-few-valid")


async def next_number(session: AsyncSession, section_id: str) -> int:
    """The number the section's next resolution will have: who moves signs it."""
    last = select(func.max(Resolution.number)).where(Resolution.section == section_id)
    return ((await session.execute(last)).scalar() or 0) + 1


async def move_resolution(
    work: Work, keys: PlatformKeys, seat_id: str, content: dict[str, Any], signature: bytes
) -> int:
    """Move what the committee shall resolve (docs/formats/resolutions.md), signed as a vote for it; gives its number.

    `resolution.not-open`, `examination.open`, `resolution.too-late` after the first locked sheet, `resolution.pending`
    while another is open, and for objective marks that differ from those another judge has moved: `marks.objective-differ`.
    """
    require(work.ctx.actor, "resolution.move")
    seat, section = await own_seat(work, seat_id)
    committee = await committee_of(work.session, section.id)
    kind = check_content(content, await ground_of(work.session, work.ctx.mode, section, committee))
    await _require_open(work, section, committee, kind, str(content.get("judge")))
    _require_alone(committee.standing.pending, kind, content)
    number = await next_number(work.session, section.id)
    _check_signature(work, keys, section, seat, number, content, signature, agrees=True, reasons="")
    resolution = Resolution(
        id=work.ctx.new_id("resolution"),
        section=section.id,
        draw=seat.draw,
        region=section.region,
        number=number,
        kind=kind,
        content=content,
        moved_at=work.ctx.now,
    )
    work.session.add(resolution)
    await work.session.flush()
    work.session.add(_vote(work, resolution, seat, signature, agrees=True, reasons=""))
    work.record(
        Event.RESOLUTION_MOVED,
        f"{section.id}#R{number}",
        section=section.id,
        region=section.region,
        number=number,
        judge=judge_id(seat.number),
        content=content,
        signature=b64(signature),
    )
    await _take_effect(work, keys, section, number)
    return number


async def vote(
    work: Work, keys: PlatformKeys, seat_id: str, number: int, signature: bytes, *, agrees: bool, reasons: str = ""
) -> None:
    """Answer a pending resolution once; who is against gives reasons, which are published.

    `resolution.unknown` unless it is pending, `resolution.voted` for a second answer, `resolution.reasons`.
    """
    require(work.ctx.actor, "resolution.vote")
    seat, section = await own_seat(work, seat_id)
    committee = await committee_of(work.session, section.id)
    motion = next((one for one in committee.standing.pending if one.number == number), None)
    if motion is None or section.state not in (ASKABLE if motion.kind is Kind.CAPACITY else (SectionState.EVALUATING,)):
        raise Problem("resolution.unknown", number=number)
    if judge_id(seat.number) in motion.votes:
        raise Problem("resolution.voted", number=number, judge=judge_id(seat.number))
    if agrees:
        reasons = ""
    else:
        check_reasons(reasons)
    content = dict(motion.content)
    _check_signature(work, keys, section, seat, number, content, signature, agrees=agrees, reasons=reasons)
    wanted = select(Resolution).where(Resolution.section == section.id, Resolution.number == number)
    resolution = (await work.session.execute(wanted)).scalar_one()
    work.session.add(_vote(work, resolution, seat, signature, agrees=agrees, reasons=reasons))
    work.record(
        Event.RESOLUTION_VOTED,
        f"{section.id}#R{number}#{judge_id(seat.number)}",
        section=section.id,
        region=section.region,
        number=number,
        judge=judge_id(seat.number),
        agrees=agrees,
        reasons=reasons,
        signature=b64(signature),
    )
    await _take_effect(work, keys, section, number)


async def ground_of(session: AsyncSession, mode: str, section: Section, committee: Committee) -> Ground:
    """What a motion is held against now."""
    document = await document_of(session, section.id)
    return Ground(
        method=read_method(document.method),
        regime=regime_of(section, mode),
        valid=[bid.id for bid in committee.valid],
        judges=[judge_id(seat.number) for seat in committee.seats if seat.signed_in_at is not None],
        asked=await open_question(session, section.id, committee.standing.capacity),
    )


async def _require_open(work: Work, section: Section, committee: Committee, kind: Kind, judge: str) -> None:
    if kind is Kind.CAPACITY:
        if section.state not in ASKABLE:
            raise Problem("resolution.not-open", state=section.state)
        return None
    if section.state != SectionState.EVALUATING:
        raise Problem("resolution.not-open", state=section.state)
    if kind is Kind.REPLACEMENT:
        return await _require_unmarked(work, committee, judge)
    committee.require_seated()
    await require_files_checked(work.session, section.id)
    await require_examined(work.session, section)
    if await sheets_of(work.session, section.id):
        raise Problem("resolution.too-late")


async def _require_unmarked(work: Work, committee: Committee, judge: str) -> None:
    """A judge whose marks are locked has done the work and is not sent away for its outcome."""
    seats = [seat.id for seat in committee.seats if judge_id(seat.number) == judge]
    if await work.session.get(Sheet, seats[0]) is not None:
        raise Problem("seat.marked", judge=judge)


def _require_alone(pending: list[Motion], kind: Kind, content: dict[str, Any]) -> None:
    """One question at a time; only the replacement of a judge may be asked beside another, which that judge may hold up."""
    for motion in pending:
        if motion.kind is not kind and (motion.kind in LATER or kind in LATER):
            continue
        differs = first_difference(content, motion.content) if kind is motion.kind is Kind.OBJECTIVE else None
        if differs is not None:
            bid, item, given, found = differs
            mover = next(iter(motion.votes), "–")
            raise Problem(
                "marks.objective-differ",
                bid=bid,
                item=item,
                given=given,
                found=found,
                judge=mover,
                number=motion.number,
            )
        raise Problem("resolution.pending", number=motion.number)


def _check_signature(
    work: Work, keys: PlatformKeys, section: Section, seat: Seat, number: int, content: dict[str, Any],
    signature: bytes, *, agrees: bool, reasons: str,
) -> None:  # fmt: skip
    assert seat.certificate is not None
    message = resolution_message(section.id, number, content, agrees=agrees, reasons=reasons)
    verify_signature(keys.authority.public_key, seat.certificate, signature, message, work.ctx.now)


def _vote(work: Work, resolution: Resolution, seat: Seat, signature: bytes, *, agrees: bool, reasons: str) -> Vote:
    return Vote(
        resolution=resolution.id,
        seat=seat.id,
        region=resolution.region,
        agrees=agrees,
        reasons=reasons,
        signature=signature,
        voted_at=work.ctx.now,
    )


async def _take_effect(work: Work, keys: PlatformKeys, section: Section, number: int) -> None:
    """What follows once the resolution is decided: a judge leaves, or nothing is left to judge."""
    await work.session.flush()
    committee = await committee_of(work.session, section.id)
    if any(motion.number == number for motion in committee.standing.pending):
        return
    valid = [bid.id for bid in committee.valid]
    if replaced := committee.standing.leaving.get(number):
        await _replace(work, keys, section, committee, replaced)
    elif committee.standing.rejected and not valid:
        await fail_section(work, section, NOBODY_LEFT, valid, "TBL 42")
    elif committee.standing.lacking(valid):
        await fail_section(work, section, LACKING, valid, "O1117 (十三)")


async def _replace(work: Work, keys: PlatformKeys, section: Section, committee: Committee, judge: str) -> None:
    seat = next(one for one in committee.seats if judge_id(one.number) == judge)
    if await work.session.get(Sheet, seat.id) is None:
        await replace_judge(work, keys, section, seat, RESOLVED)


async def fail_section(work: Work, section: Section, reason: str, valid: list[str], source: str) -> None:
    """The section fails by the committee's finding or examination; the failure is published, and the evidence is sealed."""
    minimum = regime_of(section, work.ctx.mode).count(Rule.VALID_BIDS_MINIMUM)
    section.state = LIFE.move("fail", SectionState(section.state), work.ctx.actor.role)
    section.failed_why = reason
    work.record(
        Event.SECTION_FAILED,
        section.id,
        section=section.id,
        region=section.region,
        reason=reason,
        remaining=len(valid),
        minimum=minimum,
    )
    await announce_failure(work, section, bids=len(valid), source=source)
