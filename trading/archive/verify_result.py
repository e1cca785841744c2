"""The result in the evidence: candidates as computed, a publicity that ran its time, the award to the first, the page."""

from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError

from infra.kernel.problems import Problem
from trading.archive.report import readable
from trading.archive.verify_dossier import SLACK, Dossier, Logged, canonical_json, equal, in_order, placed, utc
from trading.archive.verify_log import EVENTS
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.notices.rules import publicity_window
from trading.regimes.regime import Rule

PAGE = "report.html"
# What a stranger or a slow trustee may still cause when all is decided.
STILL = ("bid.refused", "key.refused", "key.released")


def check_result(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], out: Mapping[str, Any], reported: Logged
) -> Mapping[str, Any]:
    """Candidates, publicity and award follow from the computed order; gives the winner's row. `evidence.candidates`, …"""
    published, ended = dossier.one("candidates.published"), dossier.one("publicity.ended")
    award = dossier.one("award.published")
    in_order(reported, published, ended, award)
    expected = _candidates(opened, out, tender.regime.count(Rule.CANDIDATES_MAXIMUM))
    stated = published.facts["candidates"]
    for rank in range(max(len(expected), len(stated))):
        if not equal(stated[rank : rank + 1], expected[rank : rank + 1]):
            raise Problem("evidence.candidates", rank=rank + 1, where=published.where)
    ends = utc(published.facts["publicity_ends"], published.where)
    with placed(published.where):
        publicity_window(tender.regime, published.at - SLACK, ends)
    _check_objections(dossier, published, ended)
    for event in (ended, award):
        if event.at < ends or not dossier.cosigned_since(event, ends):
            raise Problem("evidence.early", name=event.name, earliest=ends, where=event.where)
    if not equal(award.facts["winner"], expected[0]):
        raise Problem("evidence.award", winner=award.facts["winner"]["bidder"], where=award.where)
    for event in dossier.after(award):
        if event.name not in STILL:
            raise Problem("evidence.order", first=event.name, then=award.name, where=event.where)
    return expected[0]


def check_page(dossier: Dossier, tender: Tender) -> None:
    """The readable page is the one made from these events, so it cannot tell another story; `evidence.page`."""
    if PAGE not in dossier.members:
        raise Problem("evidence.member-missing", where=PAGE)
    events = canonical_json(dossier.members[EVENTS], EVENTS)
    published = dossier.all("marks.published")
    evaluation = published[0].facts["evaluation"] if published else None
    try:
        page = readable(dossier.section, tender.title, events, evaluation)
    except TemplateError as error:
        raise Problem("evidence.page", where=PAGE) from error
    if page.encode() != dossier.members[PAGE]:
        raise Problem("evidence.page", where=PAGE)


def _check_objections(dossier: Dossier, published: Logged, ended: Logged) -> None:
    """Every objection to the result came in the publicity and was settled before its end, none upheld (TBR 54);
    `evidence.objection`, `evidence.order`.
    """
    raised = dossier.all("result-objection.raised")
    settled = [*dossier.all("result-objection.answered"), *dossier.all("result-objection.withdrawn")]
    numbers = sorted(one.facts["number"] for one in settled)
    for place, one in enumerate(raised, 1):
        if one.facts["number"] != place or place not in numbers:
            raise Problem("evidence.objection", number=one.facts["number"], where=one.where)
    for one in settled:
        number = one.facts["number"]
        if number not in range(1, len(raised) + 1) or numbers.count(number) > 1 or one.facts.get("upheld"):
            raise Problem("evidence.objection", number=number, where=one.where)
        in_order(published, raised[number - 1], one, ended)


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
