"""The end of a government purchase in the evidence: determined by word or silence, then told whole (M87 68, 69)."""

from collections.abc import Iterable

from infra.kernel.problems import Problem
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, placed, utc
from trading.archive.verify_review import Reported
from trading.archive.verify_tender import Tender
from trading.notices.rules import publicity_window
from trading.publication.periods import challenge_until
from trading.regimes.regime import Rule

DETERMINED, PUBLISHED, ENDED = "winner.determined", "candidates.published", "publicity.ended"
SPOKEN = ("report.confirmed", "tie.decided")
"""What the procuring entity says when it determines; a decided tie is such a word, for there is nothing left to confirm."""


def determination(dossier: Dossier, tender: Tender) -> Logged:
    """What tells the ranked bids for the first time: candidates made public, or the determination where none are.

    `evidence.order` where the other of the two stands too.
    """
    told, other = (DETERMINED, (PUBLISHED, ENDED)) if tender.regime.reviewed else (PUBLISHED, (DETERMINED,))
    event = dossier.one(told)
    for strange in dossier.all(*other):
        raise Problem("evidence.order", first=strange.name, then=event.name, where=strange.where)
    return event


def check_determined(dossier: Dossier, tender: Tender, reported: Reported) -> None:
    """By the procuring entity's word on this report, or its silence for the whole time; `evidence.early`, `.event-missing`."""
    event = dossier.one(DETERMINED)
    spoken = dossier.all(*SPOKEN)
    if event.facts["silent"]:
        ends = tender.regime.end(reported.stands.at, Rule.REPORT_REVIEW)
        for one in spoken:
            raise Problem("evidence.order", first=one.name, then=event.name, where=one.where)
        if event.at < ends or not dossier.cosigned_since(event, ends):
            raise Problem("evidence.early", name=event.name, earliest=ends, where=event.where)
        return
    if not spoken:
        raise Problem("evidence.event-missing", name=SPOKEN[0], where=event.where)
    in_order(reported.stands, spoken[-1], event)


def check_result_notice(award: Logged, tender: Tender, judges: Iterable[str]) -> None:
    """The result notice stands its time, the challenge counts from its end, and every judge is named; `evidence.result`."""
    told = award.facts.get("result")
    if (told is not None) is not tender.regime.reviewed:
        raise Problem("evidence.result", field="result", where=award.where)
    if told is None:
        return
    ends, until = utc(told["notice_ends"], award.where), utc(told["challenge_until"], award.where)
    with placed(award.where):
        publicity_window(tender.regime, award.at - SLACK, ends)
    named = set(judges) if tender.regime.allows(Rule.JUDGES_NAMED) else set()
    right = {
        "challenge_until": until >= challenge_until(tender.regime, ends),
        "judges": set(told["judges"]) == named and all(told["judges"].values()),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.result", field=field, where=award.where)
