"""What changed between notice and closing: addenda chained to the document, later deadlines, answers, suspensions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from infra.kernel.canonical import b64, digest
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, placed, utc
from trading.clarifications.rules import check_clarified
from trading.clarifications.states import QuestionKind
from trading.evaluation.method import check_method
from trading.regimes.regime import Regime

ADDENDUM, EXTENSION, ANSWER = "addendum.published", "section.extended", "clarification.published"
SUSPENDED, RESUMED = "section.suspended", "section.resumed"
CHANGES = (ADDENDUM, EXTENSION, ANSWER, SUSPENDED, RESUMED)
CONTENT = ("method", "labels", "files", "ceiling")
EXAMINATION = "examination"
"""Stands in the content, and in its digest, only where the document has such items."""


class Standing(NamedTuple):
    """What holds at a point of the record: the document's facts and hash, its version, the deadline as stated (UTC).

    `examination` are the document's items of the preliminary examination, none in older documents.
    """

    method: Mapping[str, Any]
    document: str
    version: int
    deadline: str
    since: Logged
    examination: Sequence[Mapping[str, Any]] = ()
    ceiling: str | None = None


def check_changes(dossier: Dossier, frozen: Logged, notice: Logged, regime: Regime, deadline: str) -> list[Standing]:
    """Every state that document and deadline went through, the notice's first; `evidence.addendum`, `.extension`, `.order`.

    Each addendum follows from the one before, leaves the law's period or came with a later deadline (TBR 21), and no
    section closes while an objection waits (TBR 22).
    """
    closed = dossier.one("section.closed")
    first = frozen.facts
    items = first.get(EXAMINATION, ())
    found = [Standing(first["method"], first["document"], 1, deadline, notice, items, first["ceiling"])]
    suspended, answers = False, 0
    for event in dossier.all(*CHANGES):
        in_order(notice, event, closed)
        now = found[-1]
        if event.name == EXTENSION:
            found.append(now._replace(deadline=_extended(event, now, suspended), since=event))
        elif event.name == ADDENDUM:
            found.append(_renewed(event, now, regime))
        elif event.name == ANSWER:
            answers += 1
            _check_answer(event, now, regime, answers)
        else:
            _hold(event, {"suspended": suspended is (event.name == RESUMED)})
            suspended = event.name == SUSPENDED
    _hold(closed, {"suspended": not suspended})
    return found


def content_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a version of the document consists of, as its digest covers it."""
    return {name: facts[name] for name in (*CONTENT, EXAMINATION) if name != EXAMINATION or name in facts}


def _extended(event: Logged, now: Standing, suspended: bool) -> str:
    """The later deadline; it was set before the old one had passed, unless the tender stood still."""
    facts, before = event.facts, utc(now.deadline, event.where)
    deadline = utc(facts["deadline"], event.where)
    right = {
        "previous": facts["previous"] == now.deadline,
        "deadline": deadline > before and deadline > event.at,
        "at": suspended or event.at < before + SLACK,
        "reasons": bool(facts["reasons"].strip()),
    }
    _hold(event, right, "evidence.extension")
    return str(facts["deadline"])


def _renewed(event: Logged, now: Standing, regime: Regime) -> Standing:
    facts = event.facts
    right = {
        "version": facts["version"] == now.version + 1,
        "previous": facts["previous"] == now.document,
        "document": b64(digest(content_of(facts))) == facts["document"],
        "changed": facts["document"] != now.document,
        "deadline": facts["deadline"] == now.deadline,
        "reasons": bool(facts["reasons"].strip()) and bool(facts["summary"].strip()),
    }
    _hold(event, right, "evidence.addendum")
    _check_period(event, now.deadline, regime)
    with placed(event.where):
        check_method(facts["method"], regime, facts["labels"], facts.get(EXAMINATION, ()))
    examination = facts.get(EXAMINATION, ())
    ceiling = facts["ceiling"]
    return Standing(facts["method"], facts["document"], facts["version"], now.deadline, event, examination, ceiling)


def _check_answer(event: Logged, now: Standing, regime: Regime, number: int) -> None:
    facts = event.facts
    right = {"number": facts["number"] == number, "kind": facts["kind"] in set(QuestionKind)}
    _hold(event, right, "evidence.addendum")
    _check_period(event, now.deadline, regime)


def _check_period(event: Logged, deadline: str, regime: Regime) -> None:
    with placed(event.where):
        ends: datetime = utc(deadline, event.where)
        check_clarified(regime, event.at - SLACK, ends, affects=event.facts["affects"])


def _hold(event: Logged, right: Mapping[str, bool], code: str = "evidence.suspension") -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem(code, field=field, where=event.where)
