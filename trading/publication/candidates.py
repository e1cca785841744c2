"""The candidates 中标候选人 of a reported section: the first bids of the computed order, with what is published of each."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Organisation
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.evaluation.tables import Evaluation
from trading.publication.queries import decision_of
from trading.publication.rules import settled
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.tables import Section


def most_candidates(section: Section, mode: str) -> int:
    """How many candidates the section's rule set has at most (TBR 53)."""
    return regime_of(section, mode).count(Rule.CANDIDATES_MAXIMUM)


async def candidates_of(session: AsyncSession, evaluation: Evaluation, most: int) -> list[dict[str, Any]]:
    """The first `most` bids in the computed order, tied ones as decided; `candidates.tie` while a tie is open among them."""
    decision = await decision_of(session, evaluation.section)
    ranked = settled(evaluation.evidence["out"]["order"], decision.order if decision else ())[:most]
    order = [one for one in ranked if isinstance(one, str)]
    if len(order) < len(ranked):
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
