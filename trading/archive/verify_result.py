"""The result in the evidence: candidates as computed, the award to the first who is left or none at all, the page."""

from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError

from infra.kernel.problems import Problem
from trading.archive.report import readable
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import Dossier, Logged, canonical_json, equal, in_order
from trading.archive.verify_log import EVENTS
from trading.archive.verify_opening import Opened
from trading.archive.verify_purchase import check_determined, check_result_notice, determination
from trading.archive.verify_review import Reported, versions
from trading.archive.verify_rounds import REOPENED, rounds
from trading.archive.verify_tender import Tender
from trading.archive.verify_ways import AWARD, CHOSEN, ENDED, FAILED, RAISED, SETTLED, check_publicities
from trading.regimes.regime import Rule

PAGE = "report.html"
# What a stranger or a slow trustee may still cause when all is decided.
STILL = ("bid.refused", "key.refused", "key.released")


def check_result(
    dossier: Dossier,
    tender: Tender,
    opened: Mapping[str, Opened],
    out: Mapping[str, Any],
    reported: Reported,
    committee: Committee,
) -> Mapping[str, Any]:
    """Candidates, publicity and award follow from the computed order; gives the winner's row. `evidence.candidates`, …"""
    expected, award = _published(dossier, tender, opened, out, reported), dossier.one(AWARD)
    if not dossier.all(ENDED) and not tender.regime.reviewed:
        raise Problem("evidence.event-missing", name=ENDED, where=EVENTS)
    winner = check_publicities(dossier, tender, opened, expected, award, committee.capacity)
    if winner is None:
        raise Problem("evidence.event-missing", name=CHOSEN, where=EVENTS)
    if not equal(award.facts["winner"], winner):
        raise Problem("evidence.award", winner=award.facts["winner"]["bidder"], where=award.where)
    _check_letters(dossier, award)
    check_result_notice(award, tender, committee.judges)
    still = (*STILL, RAISED, *SETTLED) if tender.regime.reviewed else STILL
    for event in dossier.after(award):
        if event.name not in still:
            raise Problem("evidence.order", first=event.name, then=award.name, where=event.where)
    return winner


def _check_letters(dossier: Dossier, award: Logged) -> None:
    """Where letters were written, each bid that stood at the deadline got one, and nobody else (TBL 45); `evidence.letters`."""
    letters = award.facts.get("letters")
    if letters is None:
        return
    listed = [one["bid"] for one in dossier.one("section.closed").facts["bids"]]
    if wrong := sorted(set(listed) ^ set(letters)):
        raise Problem("evidence.letters", bid=wrong[0], where=award.where)


def check_no_award(
    dossier: Dossier,
    tender: Tender,
    opened: Mapping[str, Opened],
    out: Mapping[str, Any],
    reported: Reported,
    committee: Committee,
) -> Logged:
    """The candidates followed from the computed order, and the procuring entity ended the tender; gives the failure."""
    expected, failed = _published(dossier, tender, opened, out, reported), dossier.one(FAILED)
    check_publicities(dossier, tender, opened, expected, failed, committee.capacity)
    return failed


def _published(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], out: Mapping[str, Any], reported: Reported
) -> list[dict[str, Any]]:
    """The candidates as they follow from the order, which are those that were published; `evidence.candidates`."""
    published = determination(dossier, tender)
    in_order(reported.last, published)
    if tender.regime.reviewed:
        check_determined(dossier, tender, reported)
    expected = _candidates(opened, out, tender.regime.count(Rule.CANDIDATES_MAXIMUM))
    stated = published.facts["candidates"]
    for rank in range(max(len(expected), len(stated))):
        if not equal(stated[rank : rank + 1], expected[rank : rank + 1]):
            raise Problem("evidence.candidates", rank=rank + 1, where=published.where)
    return expected


def check_set_aside(
    dossier: Dossier,
    tender: Tender,
    opened: Mapping[str, Opened],
    out: Mapping[str, Any],
    reported: Reported,
    committee: Committee,
) -> Logged:
    """The candidates followed from the computed order, and the procuring entity had the committee evaluate again."""
    expected, reopened = _published(dossier, tender, opened, out, reported), dossier.one(REOPENED)
    check_publicities(dossier, tender, opened, expected, reopened, committee.capacity)
    return reopened


def check_page(dossier: Dossier, tender: Tender) -> None:
    """The readable page is the one made from these events, so it cannot tell another story; `evidence.page`."""
    if PAGE not in dossier.members:
        raise Problem("evidence.member-missing", where=PAGE)
    events = canonical_json(dossier.members[EVENTS], EVENTS)
    last = rounds(dossier)[-1].own
    evaluation = versions(last, tender)[-1].document if last.all("marks.published") else None
    try:
        page = readable(dossier.section, tender.title, events, evaluation)
    except TemplateError as error:
        raise Problem("evidence.page", where=PAGE) from error
    if page.encode() != dossier.members[PAGE]:
        raise Problem("evidence.page", where=PAGE)


def _candidates(opened: Mapping[str, Opened], out: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    order, totals = out["order"][:most], out.get("total", {})
    rows = []
    for rank, bid in enumerate(order, 1):
        one = opened.get(bid) if isinstance(bid, str) else None
        if one is None or one.form is None:
            raise Problem("evidence.tie", rank=rank, where="evaluation.json")
        rows.append(
            {
                "rank": rank,
                "bid": bid,
                "bidder": one.name,
                "credit_code": one.bid.bidder.serial,
                "price_text": one.told["price"],
                "total": totals.get(bid),
            }
        )
    return rows
