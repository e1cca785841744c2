"""Marks in the evidence: bound by signed commitments before any was readable, true to them, recomputed, reported."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.canonical import b64, canonical, unb64
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Committee, Judge
from trading.archive.verify_dossier import SLACK, Dossier, Logged, after_cosigning, equal, in_order, placed, utc
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.blind.rules import Blindfold
from trading.evaluation.committee import check_reasons, dissent_message
from trading.evaluation.evidence import bids_in_evidence, counted, recompute
from trading.evaluation.marks import FORMAT, promise_of, report_message
from trading.regimes.regime import Rule

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
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], committee: Committee, fold: Blindfold
) -> dict[str, Any]:
    """The evaluation recomputed from frozen method, opened prices, resolutions and published marks; gives its `out`."""
    published = dossier.one("marks.published")
    document, sheets = published.facts["evaluation"], published.facts["sheets"]
    if dossier.members.get(EVALUATION) != canonical(document):
        raise Problem("evidence.evaluation", field="file", where=EVALUATION)
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
    return out


def check_report(
    dossier: Dossier, tender: Tender, committee: Committee, out: Mapping[str, Any], explanations: Mapping[str, Any]
) -> Logged:
    """The report says what was computed; every judge signed it, dissented in writing, or was silent for the whole time.

    Gives the last answer (TBR 53).
    """
    published = dossier.one("marks.published")
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
    return _check_answers(dossier, tender, committee.judges, report_message(report))


def _check_answers(dossier: Dossier, tender: Tender, judges: Mapping[str, Judge], message: bytes) -> Logged:
    published, settled = dossier.one("marks.published"), dossier.all("report.settled")
    answers = _by_judge(dossier.all("report.signed", "report.dissented"), judges)
    for name, event in answers.items():
        in_order(published, event)
        with placed(event.where):
            if event.facts["report"] != b64(message):
                raise Problem("evidence.report", field="report")
            signed = message
            if event.name == "report.dissented":
                check_reasons(event.facts["reasons"])
                signed = dissent_message(message, event.facts["reasons"])
            dossier.signed(judges[name].certificate, unb64(event.facts["signature"]), signed, event.at)
    silent = set() if not settled else _check_silence(dossier, tender, judges, answers)
    _complete({*answers, *silent}, set(judges), [published, *answers.values()][-1])
    return max([*answers.values(), *settled], key=lambda one: one.number)


def _check_silence(
    dossier: Dossier, tender: Tender, judges: Mapping[str, Judge], answers: Mapping[str, Logged]
) -> set[str]:
    """Silence was settled once, after the whole signing time, for just those who had not answered by then."""
    published, settled = dossier.one("marks.published"), dossier.one("report.settled")
    in_order(published, settled)
    earliest = tender.regime.end(published.at - SLACK, Rule.REPORT_SIGNING)
    if settled.at < earliest:
        raise Problem("evidence.early", name=settled.name, earliest=earliest, where=settled.where)
    for event in answers.values():
        if event.name == "report.dissented":
            in_order(event, settled)
    silent = {name for name in judges if name not in answers or answers[name].number > settled.number}
    _complete(set(settled.facts["silent"]), silent, settled)
    return silent


def _by_judge(events: list[Logged], judges: Mapping[str, Judge]) -> dict[str, Logged]:
    """At most one event of each judge; `evidence.judge`."""
    found: dict[str, Logged] = {}
    for event in events:
        name = event.facts["judge"]
        if name not in judges or name in found or event.subject != judges[name].seated.subject:
            raise Problem("evidence.judge", judge=name, serial=event.subject, where=event.where)
        found[name] = event
    return found


def _complete(found: set[str], expected: set[str], event: Logged) -> None:
    if found != expected:
        raise Problem("evidence.judges", differ=", ".join(sorted(found ^ expected)), where=event.where)
