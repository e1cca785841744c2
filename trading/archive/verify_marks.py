"""Marks in the evidence: bound by signed commitments before any was readable, true to them, recomputed, reported."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.canonical import canonical, unb64
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import SLACK, Dossier, Logged, after_cosigning, equal, in_order, placed, utc
from trading.archive.verify_opening import Opened
from trading.archive.verify_review import versions
from trading.archive.verify_tender import Tender
from trading.blind.rules import Blindfold
from trading.evaluation.evidence import bids_in_evidence, counted, recompute
from trading.evaluation.marks import FORMAT, promise_of

EVALUATION = "evaluation.json"
OLDER = "marks/v1"


def check_commitments(dossier: Dossier, committee: Committee) -> None:
    """Every judge's one signed commitment was co-signed before the marks were published, and opens to that sheet."""
    published, judges, locked = dossier.one("marks.published"), committee.judges, committee.locks
    _complete(set(locked), set(judges), published)
    seats = [one.seated for one in judges.values()]
    for name, event in locked.items():
        for seat in (*seats, dossier.one("section.opened")):
            in_order(seat, event, published)
        after_cosigning([event], published)
        with placed(event.where):
            promised = unb64(event.facts["commitment"])
            dossier.signed(judges[name].certificate, unb64(event.facts["signature"]), promised, event.at)
    sheets = published.facts["sheets"]
    _complete(set(sheets), set(judges), published)
    for name, sheet in sheets.items():
        if not _opens(sheet, name, dossier.section, locked[name]):
            raise Problem("evidence.marks", judge=name, where=f"{published.where}, {locked[name].where}")


def _opens(sheet: Mapping[str, Any], judge: str, section: str, locked: Logged) -> bool:
    """Whether a sheet is what its judge committed to, in the format told then; reasons and pins stand beside marks only."""
    if locked.facts.get("format", OLDER) != (FORMAT if "reasons" in sheet else OLDER):
        return False
    for rows in (sheet.get("reasons", {}), sheet.get("pins", {})):
        if not all(item in sheet["marks"].get(key, {}) for key, row in rows.items() for item in row):
            return False
    return promise_of(unb64(sheet["salt"]), section, judge, sheet) == unb64(locked.facts["commitment"])


def check_evaluation(
    dossier: Dossier,
    tender: Tender,
    opened: Mapping[str, Opened],
    committee: Committee,
    fold: Blindfold,
    *,
    filed: bool = True,
) -> dict[str, Any]:
    """The evaluation recomputed from frozen method, opened prices, resolutions and published marks; gives its last `out`.

    One that was set aside is not `filed`: the file's own evaluation is the one in force.
    """
    published = dossier.one("marks.published")
    document, sheets = published.facts["evaluation"], published.facts["sheets"]
    by_bid = {judge: {"marks": fold.merged(sheet["marks"])} for judge, sheet in sheets.items()}
    prices = {bid: one.told["price"] for bid, one in opened.items() if one.form and bid in committee.valid}
    expected = {
        "method": tender.method,
        "bids": bids_in_evidence(prices, committee.standing.objective(committee.valid)),
        "marks": counted(by_bid, committee.valid),
        "rejected": committee.standing.rejected,
    }
    for field, value in expected.items():
        if not equal(document.get(field), value):
            raise Problem("evidence.evaluation", field=field, where=f"{EVALUATION}, {published.where}")
    with placed(EVALUATION):
        out: dict[str, Any] = recompute(expected)["out"]
    if not equal(document.get("out"), out) or document.keys() != {*expected, "out"}:
        raise Problem("evidence.evaluation", field="out", where=f"{EVALUATION}, {published.where}")
    final = versions(dossier, tender)[-1].document
    if filed and dossier.members.get(EVALUATION) != canonical(final):
        raise Problem("evidence.evaluation", field="file", where=EVALUATION)
    last: dict[str, Any] = final["out"]
    return last


def check_report(dossier: Dossier, tender: Tender, committee: Committee, explanations: Mapping[str, Any]) -> None:
    """The first version of the report says what was computed from the marks as they were locked."""
    published = dossier.one("marks.published")
    out = published.facts["evaluation"]["out"]
    report, opened = published.facts["report"], dossier.one("section.opened")
    expected = {
        "format": "report/v1",
        "section": dossier.section,
        "title": tender.title,
        "opened_at": report.get("opened_at"),
        "judges": sorted(committee.judges),
        "method": tender.method,
        "objective": committee.standing.objective(committee.valid),
        "rejected": committee.standing.rejected,
        "out": out,
        **({} if committee.examined is None else {"examination": committee.examined}),
        **({"explanations": dict(explanations)} if explanations else {}),
    }
    for field in sorted(expected.keys() | report.keys()):
        if field not in expected or field not in report or not equal(report[field], expected[field]):
            raise Problem("evidence.report", field=field, where=published.where)
    if not opened.at - SLACK <= utc(report["opened_at"], published.where) <= opened.at:
        raise Problem("evidence.report", field="opened_at", where=published.where)


def _complete(found: set[str], expected: set[str], event: Logged) -> None:
    if found != expected:
        raise Problem("evidence.judges", differ=", ".join(sorted(found ^ expected)), where=event.where)
