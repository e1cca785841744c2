"""Judges in the evidence: seated by the draw, bound by signed commitments before any mark was readable, true to them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from infra.kernel.canonical import b64, canonical, unb64
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import SLACK, Dossier, Logged, after_cosigning, equal, in_order, placed, utc
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import commitment, judge_id, judge_serial, report_message

EVALUATION = "evaluation.json"


class Judge(NamedTuple):
    """A seat's holder: the section's pseudonym `J<n>`, the certificate of the key made for this section, the sign-in."""

    name: str
    certificate: bytes
    seated: Logged


def check_judges(dossier: Dossier, revealed: Logged) -> dict[str, Judge]:
    """One sign-in for every seat of the draw, each with a certificate for this seat and no conflict declared."""
    judges: dict[str, Judge] = {}
    for event in dossier.all("judge.signed-in"):
        name, certificate = event.facts["judge"], unb64(event.facts["certificate"])
        in_order(revealed, event)
        with placed(event.where):
            certified = dossier.certified(certificate, event.at)
            right = certified.serial == judge_serial(dossier.section, name) and event.facts["no_conflict"] is True
            if not right or event.subject != f"{dossier.section}#{name}":
                raise Problem("evidence.judge", judge=name, serial=certified.serial)
        if name in judges:
            raise Problem("evidence.judge", judge=name, serial=certified.serial, where=event.where)
        judges[name] = Judge(name, certificate, event)
    _complete(set(judges), {judge_id(number) for number in range(1, revealed.facts["seats"] + 1)}, revealed)
    return judges


def check_commitments(dossier: Dossier, judges: Mapping[str, Judge]) -> None:
    """Every judge's one signed commitment was co-signed before the marks were published, and opens to that sheet."""
    published = dossier.one("marks.published")
    locked = _by_judge(dossier.all("marks.locked"), judges, published)
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
        if commitment(unb64(sheet["salt"]), dossier.section, name, sheet["marks"]) != unb64(
            locked[name].facts["commitment"]
        ):
            raise Problem("evidence.marks", judge=name, where=f"{published.where}, {locked[name].where}")


def check_evaluation(dossier: Dossier, tender: Tender, opened: Mapping[str, Opened]) -> dict[str, Any]:
    """The evaluation recomputed from frozen method, opened prices and published marks; gives its `out`."""
    published = dossier.one("marks.published")
    document, sheets = published.facts["evaluation"], published.facts["sheets"]
    if dossier.members.get(EVALUATION) != canonical(document):
        raise Problem("evidence.evaluation", field="file", where=EVALUATION)
    expected = {
        "method": tender.method,
        "bids": {bid: {"price": one.form["price"]} for bid, one in opened.items() if one.form is not None},
        "marks": {judge: sheet["marks"] for judge, sheet in sheets.items()},
        "rejected": {},
    }
    for field, value in expected.items():
        if not equal(document.get(field), value):
            raise Problem("evidence.evaluation", field=field, where=f"{EVALUATION}, {published.where}")
    with placed(EVALUATION):
        out: dict[str, Any] = recompute(expected)["out"]
    if not equal(document.get("out"), out) or document.keys() != {*expected, "out"}:
        raise Problem("evidence.evaluation", field="out", where=f"{EVALUATION}, {published.where}")
    return out


def check_report(dossier: Dossier, tender: Tender, judges: Mapping[str, Judge], out: Mapping[str, Any]) -> Logged:
    """The report says what was computed, and every judge signed it after publication; gives the last signature."""
    published = dossier.one("marks.published")
    report, opened = published.facts["report"], dossier.one("section.opened")
    expected = {
        "format": "report/v1",
        "section": dossier.section,
        "title": tender.title,
        "opened_at": report.get("opened_at"),
        "judges": sorted(judges),
        "method": tender.method,
        "out": out,
    }
    for field in sorted(expected.keys() | report.keys()):
        if field not in expected or field not in report or not equal(report[field], expected[field]):
            raise Problem("evidence.report", field=field, where=published.where)
    if not opened.at - SLACK <= utc(report["opened_at"], published.where) <= opened.at:
        raise Problem("evidence.report", field="opened_at", where=published.where)
    signed = _by_judge(dossier.all("report.signed"), judges, published)
    message = report_message(report)
    for name, event in signed.items():
        in_order(published, event)
        with placed(event.where):
            if event.facts["report"] != b64(message):
                raise Problem("evidence.report", field="report")
            dossier.signed(judges[name].certificate, unb64(event.facts["signature"]), message, event.at)
    return max(signed.values(), key=lambda one: one.number)


def _by_judge(events: list[Logged], judges: Mapping[str, Judge], then: Logged) -> dict[str, Logged]:
    """Exactly one event of each judge; `evidence.judge`, `evidence.judges`."""
    found: dict[str, Logged] = {}
    for event in events:
        name = event.facts["judge"]
        if name not in judges or name in found or event.subject != judges[name].seated.subject:
            raise Problem("evidence.judge", judge=name, serial=event.subject, where=event.where)
        found[name] = event
    _complete(set(found), set(judges), events[-1] if events else then)
    return found


def _complete(found: set[str], expected: set[str], event: Logged) -> None:
    if found != expected:
        raise Problem("evidence.judges", differ=", ".join(sorted(found ^ expected)), where=event.where)
