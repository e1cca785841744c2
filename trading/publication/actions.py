"""Candidates are published with every mark; publicity runs its lawful time; then the award is noticed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.bidding.tables import Bid
from trading.evaluation.tables import Evaluation
from trading.notices.actions import publish_notice
from trading.notices.rules import Window, check_award, publicity_window
from trading.notices.tables import Category, Notice, NoticeKind
from trading.publication.queries import answers_of
from trading.regimes.regime import Rule
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.queries import lock_section
from trading.sections.states import LIFE, SectionState


async def publish_candidates(work: Work, section_id: str) -> Notice:
    """Publish at most three ranked candidates 中标候选人 and start the publicity (TBR 54); marks are already readable.

    `candidates.tie` where the method leaves the procuring entity to decide.
    """
    section = await own_section(work, section_id, "candidates.publish")
    state = LIFE.move("publicise", SectionState(section.state), work.ctx.actor.role)
    regime = regime_of(section, work.ctx.mode)
    evaluation = await work.session.get_one(Evaluation, section_id)
    window = publicity_window(regime, work.ctx.now)
    candidates = await _candidates(work.session, evaluation, regime.count(Rule.CANDIDATES_MAXIMUM))
    told = await _told(work.session, evaluation)
    section.state, section.publicity_ends = state, window.end
    await schedule(work, window.end, "publicity.end", section_id)
    notice = await publish_notice(
        work,
        kind=NoticeKind.CANDIDATES,
        category=Category.CONSTRUCTION,
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
    """The effect of the publicity's last instant: the first candidate may be determined (TBR 55)."""
    section = await lock_section(work.session, section_id)
    if section.state != SectionState.PUBLICITY:
        return
    section.state = LIFE.move("determine", SectionState(section.state), work.ctx.actor.role)
    work.record(Event.PUBLICITY_ENDED, section_id, section=section_id, region=section.region)


async def publish_award(work: Work, section_id: str) -> Notice:
    """Notice of award 中标通知 to winner and losers (TBL 45); `award.publicity-running` before the publicity has ended."""
    section = await own_section(work, section_id, "award.publish")
    if section.published_at is None or section.publicity_ends is None:
        raise Problem("award.not-published", section=section_id)
    check_award(work.ctx.now, Window(section.published_at, section.publicity_ends), 0)
    section.state = LIFE.move("notify", SectionState(section.state), work.ctx.actor.role)
    evaluation = await work.session.get_one(Evaluation, section_id)
    winner = (await _candidates(work.session, evaluation, 1))[0]
    notice = await publish_notice(
        work,
        kind=NoticeKind.AWARD,
        category=Category.CONSTRUCTION,
        title=f"{section.title}中标结果公告",
        project=section.title,
        section=section_id,
        region=section.region,
        candidates=[winner],
        facts={"winner": winner["bidder"], "price": winner["price_text"]},
    )
    work.record(
        Event.AWARD_PUBLISHED, notice.id, section=section_id, region=section.region, winner=winner,
    )  # fmt: skip
    await enqueue(work, "archive", section=section_id)
    return notice


async def _told(session: AsyncSession, evaluation: Evaluation) -> dict[str, str]:
    """What is published beside the candidates where there is any: rejected bids with reasons, judges' dissent."""
    rejected = evaluation.evidence["rejected"]
    rows = select(Bid.id, Organisation.name).join(Organisation, Organisation.id == Bid.bidder)
    names = {bid: name for bid, name in await session.execute(rows.where(Bid.id.in_(rejected)))}
    dissents = (await answers_of(session, evaluation.section)).dissents
    found = {
        "rejected": "\n".join(f"{names[bid]}: {reason}" for bid, reason in sorted(rejected.items())),
        "dissents": "\n".join(f"{judge}: {reasons}" for judge, reasons in sorted(dissents.items())),
    }
    return {name: text for name, text in found.items() if text}


async def _candidates(session: AsyncSession, evaluation: Evaluation, most: int) -> list[dict[str, Any]]:
    order = evaluation.evidence["out"]["order"][:most]
    if any(not isinstance(one, str) for one in order):
        raise Problem("candidates.tie", section=evaluation.section)
    rows = await session.execute(
        select(Bid, Organisation).join(Organisation, Organisation.id == Bid.bidder).where(Bid.id.in_(order))
    )
    found = {bid.id: (bid, body) for bid, body in rows}
    total = evaluation.evidence["out"].get("total", {})
    return [
        {
            "rank": rank,
            "bid": bid_id,
            "bidder": found[bid_id][1].name,
            "credit_code": found[bid_id][1].credit_code,
            "price_text": (found[bid_id][0].form or {})["price"],
            "total": total.get(bid_id),
        }
        for rank, bid_id in enumerate(order, 1)
    ]
