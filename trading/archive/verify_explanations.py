"""Explanations in the evidence: asked for just the marks that lie far off, signed in time or silent for the whole time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import SLACK, Dossier, Logged, after_cosigning, equal, in_order, placed, utc
from trading.archive.verify_tender import Tender
from trading.blind.rules import Blindfold
from trading.evaluation.outliers import asked_marks, check_texts, explanation_message, unanswered
from trading.regimes.regime import Rule


def check_explanations(dossier: Dossier, tender: Tender, committee: Committee, fold: Blindfold) -> dict[str, Any]:
    """What judges said of their marks, by bid as the report has it; empty where none was asked (V4; O1117).

    Older sheets, which were marks alone, may have been published without anybody being asked.
    """
    published, given = dossier.one("marks.published"), dossier.all("marks.explained")
    sheets, told = published.facts["sheets"], published.facts.get("explanations")
    signed = {judge: sheet["marks"] for judge, sheet in sheets.items()}
    with placed(published.where):
        asked = asked_marks(signed, fold.labels, tender.regime.rate(Rule.OUTLIER_SHARE))
    if not dossier.all("consolidation.begun"):
        older = any("reasons" not in sheet for sheet in sheets.values())
        _hold(published, asked=not asked or older, told=told is None, given=not given)
        return {}
    begun = dossier.one("consolidation.begun")
    _hold(begun, asked=bool(asked), subject=begun.subject == dossier.section)
    for lock in committee.locks.values():
        in_order(lock, begun, published)
    _check_window(begun, tender)
    _hold(published, told=told is not None and told.keys() == asked.keys())
    assert told is not None
    for judge, marks in asked.items():
        _check_judge(dossier, committee, begun, judge, (marks, told[judge]))
    _hold(published, given=len(given) == sum(told[judge] != unanswered(marks) for judge, marks in asked.items()))
    return {judge: fold.merged(texts) for judge, texts in told.items()}


def _check_window(begun: Logged, tender: Tender) -> None:
    seconds = timedelta(seconds=tender.regime.count(Rule.EXPLANATION_WINDOW))
    until = utc(begun.facts["until"], begun.where)
    _hold(begun, until=begun.at - SLACK + seconds <= until <= begun.at + seconds)


def _check_judge(
    dossier: Dossier, committee: Committee, begun: Logged, judge: str, one: tuple[Mapping[str, Any], Any]
) -> None:
    """Signed once, in the window, under just these texts; or nothing at all, until it had ended."""
    (asked, texts), published = one, dossier.one("marks.published")
    until = utc(begun.facts["until"], begun.where)
    events = [event for event in dossier.all("marks.explained") if event.facts["judge"] == judge]
    if equal(texts, unanswered(asked)):
        _hold(published, silence=not events and published.at >= until)
        return
    with placed(published.where):
        check_texts(asked, texts)
    _hold(published, given=len(events) == 1)
    [event] = events
    _hold(event, subject=event.subject == dossier.section, texts=equal(event.facts["texts"], texts))
    _hold(event, time=event.at <= until + SLACK)
    in_order(begun, event, published)
    after_cosigning([event], published)
    message = explanation_message(dossier.section, judge, texts)
    with placed(event.where):
        certificate = committee.judges[judge].certificate
        dossier.signed(certificate, unb64(event.facts["signature"]), message, event.at)


def _hold(event: Logged, **right: bool) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.explanation", field=field, where=event.where)
