"""The letters on the result are made with the award, in its transaction: nobody can be forgotten (TBL 45)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.canonical import b64
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.evaluation.tables import Evaluation
from trading.letters.rules import digest_of, outcome_of, rank_of, written
from trading.letters.tables import ResultLetter
from trading.projects.tables import Project
from trading.publication.queries import decision_of
from trading.publication.rules import settled
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.tables import Section

LISTED = (BidState.OPENED, BidState.UNOPENED)
"""The states of bids that stood at the deadline."""


async def write_letters(
    work: Work, section: Section, evaluation: Evaluation, winner: Mapping[str, Any], passed: Mapping[str, str]
) -> dict[str, str]:
    """A letter to the bidder of every bid that stood at the deadline; their hashes by bid, for the award's journal line.

    `passed` are the candidates that dropped out, with the reasons. Each letter tells only its own bid's marks and reasons.
    """
    regime, decision = regime_of(section, work.ctx.mode), await decision_of(work.session, section.id)
    project = await work.session.get_one(Project, section.project)
    entity = await work.session.get_one(Organisation, project.procuring_entity)
    out, rejected = evaluation.evidence["out"], evaluation.evidence["rejected"]
    order = settled(out["order"], decision.order if decision else ())
    told = {
        "section": section.id,
        "title": section.title,
        "project": project.name,
        "procuring_entity": entity.name,
        "winner": {name: winner[name] for name in ("bidder", "price_text")},
        "regime": regime.id,
        "contract_by": stamp(regime.end(work.ctx.now, Rule.CONTRACT)),
        "made_at": stamp(work.ctx.now),
    }
    wanted = select(Bid, Organisation).join(Organisation, Organisation.id == Bid.bidder)
    rows = await work.session.execute(wanted.where(Bid.section == section.id, Bid.state.in_(LISTED)).order_by(Bid.id))
    found = {}
    for bid, body in rows:
        rank = rank_of(order, bid.id)
        outcome = outcome_of(bid.id, winner["bid"], passed, rejected, rank)
        own = {
            "bid": bid.id,
            "bidder": body.name,
            "credit_code": body.credit_code,
            "outcome": outcome.value,
            "price_text": (bid.form or {}).get("price"),
            "rank": rank,
            "total": out.get("total", {}).get(bid.id),
            "reasons": passed.get(bid.id) or rejected.get(bid.id) or "",
        }
        file = written(work.ctx.random(32), told | own)
        row = ResultLetter(
            bid=bid.id, section=section.id, region=section.region, bidder=bid.bidder, letter=file,
            digest=digest_of(file), made_at=work.ctx.now,
        )  # fmt: skip
        work.session.add(row)
        found[bid.id] = b64(row.digest)
    return found
