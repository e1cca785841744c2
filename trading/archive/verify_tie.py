"""The procuring entity's decision of a tie in the evidence: left to it, of just the tied bids, signed, before publicity."""

from collections.abc import Mapping
from typing import Any

from infra.auth.signing import Certified
from infra.kernel.canonical import b64, unb64
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import Dossier, in_order, placed
from trading.archive.verify_opening import Opened
from trading.archive.verify_purchase import determination
from trading.archive.verify_review import Reported
from trading.archive.verify_tender import Tender
from trading.evaluation.rules import Tie
from trading.publication.rules import LONGEST_REASONS, decision_message, puts_in_order, settled, tied_candidates
from trading.regimes.regime import Rule

DECIDED = "tie.decided"


def check_tie(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], out: Mapping[str, Any], reported: Reported
) -> Certified | None:
    """Who signed the decision of a tie, None where there is none; `evidence.tie-decided`, `evidence.order`, `signing.…`."""
    if not dossier.all(DECIDED):
        return None
    decision, published = dossier.one(DECIDED), determination(dossier, tender)
    # A judge who had been silent may still sign after the report was settled, and so after the decision.
    in_order(reported.stands, decision, published)
    report, facts = reported.report, decision.facts
    tied = tied_candidates(out["order"], tender.regime.count(Rule.CANDIDATES_MAXIMUM))
    right = {
        "method": Tie.PROCURING_ENTITY in tender.method["tie"],
        "decided": bool(tied) and puts_in_order(facts["decided"], tied),
        "report": facts["report"] == b64(report),
        "reasons": is_written(facts["reasons"], LONGEST_REASONS),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.tie-decided", field=field, where=decision.where)
    with placed(decision.where):
        message = decision_message(dossier.section, report, facts["decided"], facts["reasons"])
        certificate, signature = unb64(facts["certificate"]), unb64(facts["signature"])
        signer = dossier.signed(certificate, signature, message, decision.at)
    if signer.serial in {one.bid.bidder.serial for one in opened.values()}:
        raise Problem("evidence.tie-decided", field="signer", where=decision.where)
    return signer


def decided_order(dossier: Dossier, out: Mapping[str, Any]) -> list[str | list[str]]:
    """The computed order with tied bids as the procuring entity put them."""
    decisions = dossier.all(DECIDED)
    return settled(out["order"], decisions[0].facts["decided"] if decisions else ())
