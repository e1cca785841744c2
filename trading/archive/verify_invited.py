"""An invited tender in the evidence: the list was made with the notice, long enough, and nobody else handed in."""

from collections.abc import Mapping

from infra.kernel.problems import Problem
from trading.archive.verify_bids import Bid
from trading.archive.verify_dossier import Dossier, in_order
from trading.archive.verify_tender import Tender
from trading.regimes.regime import Rule

INVITED = "bidders.invited"


def check_invited(dossier: Dossier, tender: Tender, bids: Mapping[str, Bid]) -> int | None:
    """How many were invited, None for an open tender; `evidence.invited` names the field, `.not-invited` the bid."""
    ground = tender.notice.facts["facts"].get("invited_by")
    if ground is None:
        for event in dossier.all(INVITED):
            raise Problem("evidence.invited", field="notice", where=event.where)
        return None
    invited, regime = dossier.one(INVITED), tender.regime
    in_order(tender.notice, invited)
    codes = [one["credit_code"] for one in invited.facts["invited"]]
    right = {
        "ground": regime.knows(Rule.INVITATION_GROUNDS) and ground in regime.words(Rule.INVITATION_GROUNDS),
        "article": invited.facts["ground"] == ground,
        "reasons": bool((tender.notice.facts["facts"].get("invited_why") or "").strip()),
        "list": codes == sorted(set(codes)),
        "number": regime.knows(Rule.INVITED_MINIMUM) and len(codes) >= regime.count(Rule.INVITED_MINIMUM),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.invited", field=field, where=invited.where)
    for bid in bids.values():
        in_order(invited, bid.submitted)
        if bid.bidder.serial not in codes:
            raise Problem("evidence.not-invited", bid=bid.id, where=bid.submitted.where)
    return len(codes)
