"""The purchaser's examination of qualification in the evidence: complete, signed, before anybody judges (M87 44)."""

from collections.abc import Mapping

from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import Dossier, Logged, equal, in_order, placed
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.examination.rules import Party, check_answers, items_for, items_of
from trading.qualification.rules import TOO_FEW_QUALIFIED, qualification_message, unqualified
from trading.regimes.regime import Rule

EXAMINED = "qualification.examined"


def check_qualification(dossier: Dossier, tender: Tender, opened: Mapping[str, Opened]) -> dict[str, str]:
    """Who is out and why; nobody where the purchaser examines nothing. `evidence.qualification`, `evidence.order`, …"""
    items = items_for(
        Party.PURCHASER, items_of(tender.states[-1].examination), tender.regime.words(Rule.QUALIFICATION_BY)
    )
    if not items:
        for event in dossier.all(EXAMINED):
            raise Problem("evidence.qualification", field="items", where=event.where)
        return {}
    event = dossier.one(EXAMINED)
    in_order(dossier.one("section.opened"), event, *dossier.all("judge.signed-in")[:1])
    sound = [bid for bid, one in opened.items() if one.sound]
    answers = event.facts["answers"]
    with placed(event.where):
        check_answers(answers, items, sound)
        message = qualification_message(dossier.section, answers)
        certificate, signature = unb64(event.facts["certificate"]), unb64(event.facts["signature"])
        signer = dossier.signed(certificate, signature, message, event.at)
    rejected = unqualified(items, answers)
    right = {
        "signer": signer.serial not in {one.bid.bidder.serial for one in opened.values()},
        "rejected": equal(event.facts["rejected"], rejected),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.qualification", field=field, where=event.where)
    _check_end(dossier, tender, event, len(sound) - len(rejected))
    return rejected


def failed_unqualified(dossier: Dossier) -> bool:
    """Whether the section ended because too few qualified."""
    return any(one.facts["reason"] == TOO_FEW_QUALIFIED for one in dossier.all("section.failed"))


def _check_end(dossier: Dossier, tender: Tender, event: Logged, left: int) -> None:
    """Fewer than the rule set's minimum are not evaluated: the section fails by it, and only by it."""
    few = left < tender.regime.count(Rule.VALID_BIDS_MINIMUM)
    if few is not failed_unqualified(dossier):
        raise Problem("evidence.qualification", field="failed", where=event.where)
    if few and dossier.one("section.failed").facts["remaining"] != left:
        raise Problem("evidence.qualification", field="remaining", where=event.where)
