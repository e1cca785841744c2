"""The winner is determined without a publicity before it: by the procuring entity's word or its silence (M87 68)."""

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.timers import schedule
from trading.evaluation.rounds import of_round
from trading.evaluation.tables import Evaluation
from trading.publication.candidates import candidates_of, most_candidates
from trading.publication.queries import decision_of
from trading.publication.rules import tied_candidates
from trading.regimes.regime import Rule
from trading.review.queries import review_of
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section

SILENCE = "review.silence"
"""The timer of a review's last instant; its subject is the section with the round and the version of the report."""


async def await_review(work: Work, section: Section) -> None:
    """A report was answered: where its review alone comes before the determination, silence will end it (M87 68)."""
    regime = regime_of(section, work.ctx.mode)
    if not regime.reviewed:
        return
    version = (await review_of(work.session, section.id)).version
    until = regime.end(work.ctx.now, Rule.REPORT_REVIEW)
    await schedule(work, until, SILENCE, f"{await of_round(work.session, section.id)}#V{version}")


async def end_review(work: Work, subject: str) -> None:
    """The effect of the review's last instant: the first of the ranking is determined, if nobody has said anything.

    A tie that is left to the procuring entity stays until it decides: nobody else may put equals in order.
    """
    require(work.ctx.actor, "report.settle")
    section = await lock_section(work.session, subject.partition("#")[0])
    reported = (await review_of(work.session, section.id)).reported
    if section.state != SectionState.REPORTED or reported is None:
        return
    # The timer of an earlier version of the report must not end the review of the one that is in force.
    if regime_of(section, work.ctx.mode).end(reported, Rule.REPORT_REVIEW) > await work.clock():
        return
    evaluation = await work.session.get_one(Evaluation, section.id)
    tied = tied_candidates(evaluation.evidence["out"]["order"], most_candidates(section, work.ctx.mode))
    if tied and await decision_of(work.session, section.id) is None:
        return
    await determine(work, section, silent=True)


async def determine(work: Work, section: Section, *, silent: bool) -> None:
    """The first of the computed order is determined; `candidates.tie` while a tie for it is open."""
    section.state = LIFE.move("confirm", SectionState(section.state), work.ctx.actor.role)
    await work.session.flush()
    evaluation = await work.session.get_one(Evaluation, section.id)
    candidates = await candidates_of(work.session, evaluation, most_candidates(section, work.ctx.mode))
    work.record(
        Event.WINNER_DETERMINED,
        section.id,
        section=section.id,
        region=section.region,
        candidates=candidates,
        silent=silent,
    )
