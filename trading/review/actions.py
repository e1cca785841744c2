"""The procuring entity confirms or returns a report, and a judge corrects an own mark: signed, each a new version (M87 64)."""

from datetime import datetime
from typing import Any, NamedTuple

from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical, read
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.evaluation.actions import SETTLING
from trading.evaluation.marks import judge_id, report_message
from trading.evaluation.queries import own_seat, sheets_of
from trading.evaluation.rounds import of_round
from trading.evaluation.tables import Evaluation
from trading.projects.tables import Project
from trading.publication.determining import determine
from trading.publication.queries import decision_of
from trading.regimes.regime import Rule
from trading.review.queries import review_of
from trading.review.rules import (
    Correction,
    Verdict,
    check_review,
    corrected,
    correction_message,
    returned,
    review_message,
    wrong_in,
)
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section


class Signed(NamedTuple):
    """A signature under the verdict and the certificate of the key that made it."""

    certificate: bytes
    signature: bytes


async def confirm_report(work: Work, authority: bytes, section_id: str, signed: Signed) -> None:
    """The procuring entity finds nothing to object to in the report; candidates may be published, or the first of the
    ranking is determined where nothing stands between (M87 68).

    `review.entity`, `review.not-now`, `review.confirmed`, `review.tie`, `review.time-over`, `candidates.tie`, `signing.…`.
    """
    section, _, told = await _judged(work, authority, section_id, Verdict.CONFIRM, "", "", signed)
    work.record(Event.REPORT_CONFIRMED, section.id, section=section.id, region=section.region, **told)
    if regime_of(section, work.ctx.mode).reviewed:
        await determine(work, section, silent=False)


async def return_report(work: Work, authority: bytes, section_id: str, reason: str, words: str, signed: Signed) -> None:
    """The procuring entity returns the report to its committee for a listed reason: every judge answers anew (M87 64).

    As `confirm_report`, and `review.reason`, `review.reasons`.
    """
    section, evaluation, told = await _judged(work, authority, section_id, Verdict.RETURN, reason, words, signed)
    section.state = LIFE.move("return-report", SectionState(section.state), work.ctx.actor.role)
    until = await _renew(work, section, evaluation, returned(read(evaluation.report.encode()), reason, words))
    work.record(
        Event.REPORT_RETURNED,
        section.id,
        section=section.id,
        region=section.region,
        reason=reason,
        reasons=words,
        until=stamp(until),
        **told,
    )


async def correct_mark(work: Work, authority: bytes, seat_id: str, one: Correction, signature: bytes) -> None:
    """A judge corrects an own mark after locking, before the report is signed by all: for a listed reason alone (M87 64).

    What was signed under the report before has lapsed. `correction.not-now`, `correction.foreign`, `correction.wrong`.
    """
    require(work.ctx.actor, "mark.correct")
    seat, section = await own_seat(work, seat_id)
    evaluation = await work.session.get(Evaluation, section.id)
    if evaluation is None or section.state != SectionState.MARKED:
        raise Problem("correction.not-now")
    judge = judge_id(seat.number)
    if one.judge != judge:
        raise Problem("correction.foreign", judge=judge)
    if field := wrong_in(evaluation.evidence, one, regime_of(section, work.ctx.mode)):
        raise Problem("correction.wrong", field=field)
    assert seat.certificate is not None
    message = correction_message(section.id, evaluation.digest, one)
    verify_signature(authority, seat.certificate, signature, message, work.ctx.now)
    before = b64(evaluation.digest)
    report, document = corrected(read(evaluation.report.encode()), evaluation.evidence, one)
    evaluation.evidence = document
    until = await _renew(work, section, evaluation, report)
    work.record(
        Event.MARK_CORRECTED,
        f"{section.id}#{judge}",
        section=section.id,
        region=section.region,
        **one._asdict(),
        report=before,
        until=stamp(until),
        signature=b64(signature),
    )


async def _judged(
    work: Work, authority: bytes, section_id: str, verdict: Verdict, reason: str, words: str, signed: Signed
) -> tuple[Section, Evaluation, dict[str, Any]]:
    """The reported section of the actor's own procuring entity, once its key has signed the verdict on the report."""
    section = await own_section(work, section_id, "report.review")
    project = await work.session.get_one(Project, section.project)
    if project.procuring_entity != work.ctx.actor.organisation:
        raise Problem("review.entity", section=section_id)
    review = await review_of(work.session, section_id)
    if section.state != SectionState.REPORTED or review.reported is None:
        raise Problem("review.not-now", section=section_id)
    if review.confirmed is not None:
        raise Problem("review.confirmed")
    if await decision_of(work.session, section_id) is not None:
        raise Problem("review.tie")
    check_review(regime_of(section, work.ctx.mode), review.reported, work.ctx.now, verdict, reason, words)
    evaluation = await work.session.get_one(Evaluation, section_id)
    message = review_message(section_id, evaluation.digest, verdict, reason, words)
    signer = verify_signature(authority, signed.certificate, signed.signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).organisation != project.procuring_entity:
        raise Problem("signing.bad-signature", serial=signer.serial)
    told = {
        "report": b64(evaluation.digest),
        "certificate": b64(signed.certificate),
        "signature": b64(signed.signature),
    }
    return section, evaluation, told


async def _renew(work: Work, section: Section, evaluation: Evaluation, report: dict[str, Any]) -> datetime:
    """The next version of the report, which nobody has answered yet; gives the end of its signing time.

    The earlier versions and what was signed under them stay in journal and log.
    """
    evaluation.report, evaluation.digest = canonical(report).decode(), report_message(report)
    for sheet in await sheets_of(work.session, section.id):
        sheet.dissent, sheet.report_signature = None, None
    until = regime_of(section, work.ctx.mode).end(work.ctx.now, Rule.REPORT_SIGNING)
    version = (await review_of(work.session, section.id)).version + 1
    # A timer that is done cannot be set again: each version of the report has its own.
    await schedule(work, until, SETTLING, f"{await of_round(work.session, section.id)}#V{version}")
    return until
