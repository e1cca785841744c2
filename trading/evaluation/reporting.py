"""The evaluation report 评标报告: every judge signs, dissents with reasons, or is silent and counts as consenting (TBR 53)."""

from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.committee import check_reasons, dissent_message
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import own_seat, seats_of, sheets_of
from trading.evaluation.tables import Evaluation, Sheet
from trading.publication.determining import await_review
from trading.regimes.regime import Rule
from trading.review.queries import review_of
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section


async def sign_report(work: Work, authority: bytes, seat_id: str, signature: bytes) -> None:
    """One judge's signature under the report; with the last answer the section is reported (TBR 53). Twice is once.

    After silence was settled a signature still counts until the candidates are published; it changes nothing then.
    `report.not-open` before the marks are published, `report.closed` once the candidates are.
    """
    require(work.ctx.actor, "report.sign")
    seat, section = await own_seat(work, seat_id)
    sheet = await work.session.get(Sheet, seat_id)
    if sheet is not None and sheet.report_signature is not None:
        return
    evaluation = await work.session.get(Evaluation, section.id)
    if sheet is None or evaluation is None:
        raise Problem("report.not-open", state=section.state)
    if section.state not in (SectionState.MARKED, SectionState.REPORTED):
        raise Problem("report.closed")
    assert seat.certificate is not None
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
    await _report_if_answered(work, section)


async def dissent(work: Work, authority: bytes, seat_id: str, reasons: str, signature: bytes) -> None:
    """One judge's signed reasons against the report instead of a signature; published with the marks (TBR 53).

    `report.not-open` before the marks are published, `report.time-over` once silence was settled, `report.signed`
    after a signature, `resolution.reasons`.
    """
    require(work.ctx.actor, "report.sign")
    seat, section = await own_seat(work, seat_id)
    sheet = await work.session.get(Sheet, seat_id)
    evaluation = await work.session.get(Evaluation, section.id)
    if sheet is None or evaluation is None:
        raise Problem("report.not-open", state=section.state)
    if section.state != SectionState.MARKED:
        raise Problem("report.time-over")
    if sheet.report_signature is not None:
        raise Problem("report.signed", judge=judge_id(seat.number))
    check_reasons(reasons)
    assert seat.certificate is not None
    message = dissent_message(evaluation.digest, reasons)
    verify_signature(authority, seat.certificate, signature, message, work.ctx.now)
    sheet.report_signature, sheet.dissent = signature, reasons
    work.record(
        Event.REPORT_DISSENTED,
        f"{section.id}#{judge_id(seat.number)}",
        section=section.id,
        region=section.region,
        judge=judge_id(seat.number),
        report=b64(evaluation.digest),
        reasons=reasons,
        signature=b64(signature),
    )
    await _report_if_answered(work, section)


async def settle_report(work: Work, section_id: str) -> None:
    """The effect of the signing time's end: whoever neither signed nor dissented in writing has consented (TBR 53)."""
    require(work.ctx.actor, "report.settle")
    section_id = section_id.partition("#")[0]
    section = await lock_section(work.session, section_id)
    if section.state != SectionState.MARKED:
        return
    # The timer of an earlier version or evaluation must not end the signing time of the one that is in force.
    evaluation = await work.session.get_one(Evaluation, section_id)
    first = regime_of(section, work.ctx.mode).end(evaluation.published_at, Rule.REPORT_SIGNING)
    if ((await review_of(work.session, section_id)).until or first) > await work.clock():
        return
    names = {seat.id: judge_id(seat.number) for seat in await seats_of(work.session, section_id)}
    silent = [names[one.seat] for one in await sheets_of(work.session, section_id) if one.report_signature is None]
    section.state = LIFE.move("report", SectionState.MARKED, work.ctx.actor.role)
    work.record(Event.REPORT_SETTLED, section_id, section=section_id, region=section.region, silent=sorted(silent))
    await await_review(work, section)


async def _report_if_answered(work: Work, section: Section) -> None:
    await work.session.flush()
    answered = all(one.report_signature is not None for one in await sheets_of(work.session, section.id))
    if answered and section.state == SectionState.MARKED:
        section.state = LIFE.move("report", SectionState.MARKED, work.ctx.actor.role)
        await await_review(work, section)
