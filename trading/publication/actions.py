"""Candidates are published with every mark; publicity runs its lawful time; then the award is noticed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.certification import refuse_revoked
from infra.auth.keys import KeyService
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.bidding.tables import Bid
from trading.capacity.queries import require_able
from trading.choice.queries import choice_of
from trading.clarifications.subscribing import FORGET
from trading.evaluation.rounds import of_round
from trading.evaluation.rules import Tie
from trading.evaluation.tables import Evaluation
from trading.letters.actions import write_letters
from trading.notices.actions import publish_notice
from trading.notices.kinds import NoticeKind
from trading.notices.rules import Window, check_award, publicity_window
from trading.notices.tables import Notice
from trading.objections.actions import PUBLICITY_RESUMED
from trading.objections.queries import objections_of, open_ones, upheld_ones
from trading.objections.tables import ResultObjection
from trading.projects.tables import Project
from trading.publication.candidates import candidates_of, most_candidates
from trading.publication.determining import determine
from trading.publication.purchase import notice_facts, result_of
from trading.publication.queries import answers_of, decision_of
from trading.publication.rules import LONGEST_REASONS, decision_message, puts_in_order, tied_candidates
from trading.regimes.regime import Rule
from trading.review.queries import review_of
from trading.review.rules import check_published
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.queries import category_of, lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section
from trading.ways.queries import passed_in, ways_of
from trading.ways.rules import standing, unanswered


async def decide_tie(
    work: Work,
    authority: bytes,
    section_id: str,
    decided: Sequence[Sequence[str]],
    reasons: str,
    certificate: bytes,
    signature: bytes,
) -> None:
    """The procuring entity puts tied bids in order where the method leaves it to them (rules §5): signed, once, for good.

    `decided` holds each tied group in its new order. `tie.entity` refuses another body, `tie.not-now` another time,
    `tie.none`, `tie.not-left`, `tie.decided`, `tie.order`, `tie.reasons`, `signing.…`.
    """
    section = await own_section(work, section_id, "tie.decide")
    project = await work.session.get_one(Project, section.project)
    if project.procuring_entity != work.ctx.actor.organisation:
        raise Problem("tie.entity", section=section_id)
    evaluation = await _undecided(work, section)
    tied = tied_candidates(evaluation.evidence["out"]["order"], most_candidates(section, work.ctx.mode))
    if not tied:
        raise Problem("tie.none", section=section_id)
    if Tie.PROCURING_ENTITY not in evaluation.evidence["method"]["tie"]:
        raise Problem("tie.not-left", section=section_id)
    if not puts_in_order(decided, tied):
        raise Problem("tie.order")
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("tie.reasons", most=LONGEST_REASONS)
    message = decision_message(section_id, evaluation.digest, decided, reasons)
    signer = verify_signature(authority, certificate, signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).organisation != project.procuring_entity:
        raise Problem("signing.bad-signature", serial=signer.serial)
    work.record(
        Event.TIE_DECIDED,
        section_id,
        section=section_id,
        region=section.region,
        decided=[list(group) for group in decided],
        reasons=reasons,
        report=b64(evaluation.digest),
        certificate=b64(certificate),
        signature=b64(signature),
    )
    if regime_of(section, work.ctx.mode).reviewed:
        await determine(work, section, silent=False)


async def publish_candidates(work: Work, section_id: str) -> Notice:
    """Publish at most three ranked candidates 中标候选人 and start the publicity (TBR 54); marks are already readable.

    `candidates.tie` until the procuring entity has decided a tie that the method leaves to it; `review.running` where the
    rule set lets them wait for its review, `candidates.none-here` where it knows none.
    """
    section = await own_section(work, section_id, "candidates.publish")
    regime = regime_of(section, work.ctx.mode)
    if regime.reviewed:
        raise Problem("candidates.none-here", source=regime.parameter(Rule.AWARD_AFTER).source)
    state = LIFE.move("publicise", SectionState(section.state), work.ctx.actor.role)
    review = await review_of(work.session, section_id)
    if review.reported is not None:
        check_published(regime, review.reported, work.ctx.now, confirmed=review.confirmed is not None)
    evaluation = await work.session.get_one(Evaluation, section_id)
    window = publicity_window(regime, work.ctx.now)
    candidates = await candidates_of(work.session, evaluation, most_candidates(section, work.ctx.mode))
    told = await _told(work.session, evaluation)
    section.state, section.publicity_ends = state, window.end
    # A timer that is done cannot be set again: the candidates of each evaluation have their own.
    again = await of_round(work.session, section_id)
    await schedule(work, window.end, "publicity.end" if again == section_id else PUBLICITY_RESUMED, again)
    notice = await publish_notice(
        work,
        kind=NoticeKind.CANDIDATES,
        category=category_of(section),
        title=f"{section.title}中标候选人公示",
        project=section.title,
        section=section_id,
        region=section.region,
        closes_at=window.end,
        candidates=candidates,
        facts={"publicity_ends": stamp(window.end), "source": regime.parameter(Rule.PUBLICITY).source, **told},
    )
    work.record(
        Event.CANDIDATES_PUBLISHED,
        notice.id,
        section=section_id,
        region=section.region,
        candidates=candidates,
        publicity_ends=stamp(window.end),
    )
    return notice


async def end_publicity(work: Work, section_id: str) -> None:
    """The effect of the publicity's last instant: the first candidate may be determined (TBR 55).

    Not while an objection is open, whose answer lets it come later, nor after one was upheld that has no way on (TBR 54).
    """
    section = await lock_section(work.session, section_id)
    if section.state != SectionState.PUBLICITY or section.publicity_ends is None:
        return
    # The timer of an earlier publicity must not end the one that began when a candidate dropped out.
    if section.publicity_ends > await work.clock():
        return
    objections = await objections_of(work.session, section_id)
    if open_ones(objections) or await _upheld(work, section_id, objections):
        return
    section.state = LIFE.move("determine", SectionState(section.state), work.ctx.actor.role)
    work.record(Event.PUBLICITY_ENDED, section_id, section=section_id, region=section.region)


async def resume_publicity(work: Work, subject: str) -> None:
    """The effect of the last answer to objections `<section>#O<n>` that came after the publicity's time was over."""
    await end_publicity(work, subject.partition("#")[0])


async def publish_award(work: Work, section_id: str, keys: KeyService | None = None) -> Notice:
    """Notice of award 中标通知 to winner and losers (TBL 45); `award.publicity-running` before the publicity has ended.

    `award.objection-open` and `award.objection-upheld` while an objection to the result bars it (TBR 54). The winner is the
    first of the candidates that are left, or whom the procuring entity chose; `award.not-chosen` until it has. `capacity.open`
    and `capacity.lacking` where the committee was asked whether it can perform (TBR 56).

    Where the review alone comes before (M87 69), this is the result notice: it names the judges, whom `keys` unseals, and
    begins its own period and the time for a challenge.
    """
    section = await own_section(work, section_id, "award.publish")
    regime = regime_of(section, work.ctx.mode)
    if not regime.reviewed:
        await _check_publicity(work, section)
    section.state = LIFE.move("notify", SectionState(section.state), work.ctx.actor.role)
    result = await result_of(work, keys, section, regime) if regime.reviewed else None
    evaluation = await work.session.get_one(Evaluation, section_id)
    published = await candidates_of(work.session, evaluation, most_candidates(section, work.ctx.mode))
    ways = await ways_of(work.session, section_id)
    left, choice = standing(published, passed_in(ways)), await choice_of(work.session, section_id)
    if section.by_choice and choice is None:
        raise Problem("award.not-chosen", section=section_id)
    winner = next(one for one in left if choice is None or one["bid"] == choice.bid)
    await require_able(work.session, section_id, winner["bid"])
    facts = {"winner": winner["bidder"], "price": winner["price_text"]} | ({"chosen": choice.reasons} if choice else {})
    if result is not None:
        section.publicity_ends = result.window.end
        facts = await notice_facts(work.session, section, regime, result, winner)
    notice = await publish_notice(
        work,
        kind=NoticeKind.AWARD,
        category=category_of(section),
        title=f"{section.title}中标结果公告",
        project=section.title,
        section=section_id,
        region=section.region,
        candidates=[winner],
        closes_at=result.window.end if result else None,
        facts=facts,
    )
    dropped = {one.bid: one.reasons for one in ways if one.bid is not None}
    letters = await write_letters(work, section, evaluation, winner, dropped)
    work.record(
        Event.AWARD_PUBLISHED, notice.id, section=section_id, region=section.region, winner=winner, letters=letters,
        **({"result": result.logged} if result else {}),
    )  # fmt: skip
    await enqueue(work, FORGET, section=section_id)
    await enqueue(work, "archive", section=section_id)
    return notice


async def _check_publicity(work: Work, section: Section) -> None:
    """The publicity is over, and nothing that was objected in it bars the award."""
    if section.published_at is None or section.publicity_ends is None:
        raise Problem("award.not-published", section=section.id)
    objections = await objections_of(work.session, section.id)
    check_award(work.ctx.now, Window(section.published_at, section.publicity_ends), len(open_ones(objections)))
    if upheld := await _upheld(work, section.id, objections):
        raise Problem("award.objection-upheld", number=upheld[0])


async def _upheld(work: Work, section_id: str, objections: list[ResultObjection]) -> tuple[int, ...]:
    """The upheld objections that no decision about the result has answered for yet."""
    ways = await ways_of(work.session, section_id)
    return unanswered([one.number for one in upheld_ones(objections)], [one.objections for one in ways])


async def _undecided(work: Work, section: Section) -> Evaluation:
    """The evaluation of a reported section whose tie nobody has decided yet."""
    if section.state != SectionState.REPORTED:
        raise Problem("tie.not-now", section=section.id)
    if await decision_of(work.session, section.id) is not None:
        raise Problem("tie.decided", section=section.id)
    return await work.session.get_one(Evaluation, section.id)


async def _told(session: AsyncSession, evaluation: Evaluation) -> dict[str, str]:
    """What is published beside the candidates: rejected bids with reasons, judges' dissent, why a tie was decided so."""
    rejected = evaluation.evidence["rejected"]
    rows = select(Bid.id, Organisation.name).join(Organisation, Organisation.id == Bid.bidder)
    names = {bid: name for bid, name in await session.execute(rows.where(Bid.id.in_(rejected)))}
    dissents = (await answers_of(session, evaluation.section)).dissents
    decision = await decision_of(session, evaluation.section)
    found = {
        "rejected": "\n".join(f"{names[bid]}: {reason}" for bid, reason in sorted(rejected.items())),
        "dissents": "\n".join(f"{judge}: {reasons}" for judge, reasons in sorted(dissents.items())),
        "tie": decision.reasons if decision else "",
    }
    return {name: text for name, text in found.items() if text}
