"""The report's versions in the evidence: answered by every judge, returned by the procuring entity, marks corrected."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from infra.kernel.canonical import b64, unb64
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Judge
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, placed, utc
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.evaluation.committee import check_reasons, dissent_message
from trading.evaluation.marks import report_message
from trading.regimes.regime import Rule
from trading.review.rules import (
    LONGEST_REASONS,
    Correction,
    Verdict,
    corrected,
    correction_message,
    returned,
    review_message,
    wrong_in,
)

CONFIRMED, RETURNED, CORRECTED = "report.confirmed", "report.returned", "mark.corrected"
PUBLISHED, TIE = ("candidates.published", "winner.determined"), "tie.decided"


class Version(NamedTuple):
    """A report and its evaluation, and the event that made them so."""

    start: Logged
    report: Mapping[str, Any]
    document: Mapping[str, Any]


class Reported(NamedTuple):
    """How the last version was answered: the last answer, what it stood by, its digest, how many signed and dissented."""

    last: Logged
    stands: Logged
    report: bytes
    signed: int
    dissented: int


class _Answered(NamedTuple):
    """The answers to one version; `settled` ended its signing time, `then` is what made the next one."""

    version: Version
    answers: Mapping[str, Logged]
    settled: Logged | None
    then: Logged | None

    @property
    def stands(self) -> Logged:
        """By which the version was reported: its settling, or the last answer; where it has neither, its beginning."""
        return self.settled or max([self.version.start, *self.answers.values()], key=lambda one: one.number)


def versions(dossier: Dossier, tender: Tender) -> list[Version]:
    """Every version of report and evaluation in order, each recomputed from the one before; `evidence.correction`."""
    published = dossier.one("marks.published")
    found = [Version(published, published.facts["report"], published.facts["evaluation"])]
    for event in dossier.all(RETURNED, CORRECTED):
        in_order(published, event)
        now, facts = found[-1], event.facts
        if event.name == RETURNED:
            found.append(Version(event, returned(now.report, facts["reason"], facts["reasons"]), now.document))
            continue
        one = _correction(event)
        with placed(event.where):
            if field := wrong_in(now.document, one, tender.regime):
                raise Problem("evidence.correction", field=field)
            found.append(Version(event, *corrected(now.report, now.document, one)))
    return found


def check_answers(dossier: Dossier, tender: Tender, judges: Mapping[str, Judge]) -> Reported:
    """Every judge signed the last version, dissented in writing, or was silent for the whole time (TBR 53).

    So they had answered each version that was returned; what a correction overtook may be answered in part.
    """
    for one in (found := _answered(dossier, tender, judges)):
        _check_version(dossier, tender, judges, one)
    last = found[-1]
    signed = sum(event.name == "report.signed" for event in last.answers.values())
    final = max([last.stands, *last.answers.values()], key=lambda one: one.number)
    return Reported(final, last.stands, report_message(last.version.report), signed, len(last.answers) - signed)


def check_review(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], judges: Mapping[str, Judge]
) -> dict[str, int]:
    """What the procuring entity said to the report and what judges corrected, counted; `evidence.review`, `.correction`."""
    found, bidders = _answered(dossier, tender, judges), {one.bid.bidder.serial for one in opened.values()}
    for one in found:
        if one.then is not None and one.then.name == RETURNED:
            _check_verdict(dossier, tender, bidders, one, one.then)
        elif one.then is not None:
            _check_correction(dossier, tender, judges, one, one.then)
    confirmed = dossier.all(CONFIRMED)
    if confirmed:
        _check_verdict(dossier, tender, bidders, found[-1], dossier.one(CONFIRMED))
    told = {"returned": RETURNED, "corrected": CORRECTED, "confirmed": CONFIRMED}
    return {name: len(dossier.all(event)) for name, event in told.items()}


def _answered(dossier: Dossier, tender: Tender, judges: Mapping[str, Judge]) -> list[_Answered]:
    """Each version with the answers that were given while it was the last; `evidence.order`, `evidence.judge`."""
    found, all_of = [], versions(dossier, tender)
    thens: Sequence[Logged | None] = [*(one.start for one in all_of[1:]), None]
    events = dossier.all("report.signed", "report.dissented", "report.settled")
    for event in events:
        in_order(all_of[0].start, event)
    for version, then in zip(all_of, thens, strict=True):
        own = [
            one for one in events if version.start.number < one.number and (then is None or one.number < then.number)
        ]
        settled = [one for one in own if one.name == "report.settled"]
        if len(settled) > 1:
            raise Problem("evidence.event-twice", name="report.settled", where=settled[1].where)
        answers = _by_judge([one for one in own if one.name != "report.settled"], judges)
        found.append(_Answered(version, answers, next(iter(settled), None), then))
    return found


def _check_version(dossier: Dossier, tender: Tender, judges: Mapping[str, Judge], one: _Answered) -> None:
    message = report_message(one.version.report)
    for name, event in one.answers.items():
        with placed(event.where):
            if event.facts["report"] != b64(message):
                raise Problem("evidence.report", field="report")
            signed = message
            if event.name == "report.dissented":
                check_reasons(event.facts["reasons"])
                signed = dissent_message(message, event.facts["reasons"])
            dossier.signed(judges[name].certificate, unb64(event.facts["signature"]), signed, event.at)
    silent = set() if one.settled is None else _check_silence(tender, judges, one, one.settled)
    if one.then is not None and one.then.name == CORRECTED:
        return
    last = [one.version.start, *one.answers.values()][-1]
    _complete({*one.answers, *silent}, set(judges), last)


def _check_silence(tender: Tender, judges: Mapping[str, Judge], one: _Answered, settled: Logged) -> set[str]:
    """Silence was settled once, after the whole signing time, for just those who had not answered by then."""
    earliest = tender.regime.end(one.version.start.at - SLACK, Rule.REPORT_SIGNING)
    if settled.at < earliest:
        raise Problem("evidence.early", name=settled.name, earliest=earliest, where=settled.where)
    for event in one.answers.values():
        if event.name == "report.dissented":
            in_order(event, settled)
    silent = {name for name in judges if name not in one.answers or one.answers[name].number > settled.number}
    _complete(set(settled.facts["silent"]), silent, settled)
    return silent


def _check_verdict(dossier: Dossier, tender: Tender, bidders: set[str], one: _Answered, event: Logged) -> None:
    """A verdict on a report that stood, before a tie was decided and the candidates published, signed by no bidder."""
    in_order(one.stands, event, *dossier.all(TIE), *dossier.all(*PUBLISHED))
    facts, report, verdict = event.facts, report_message(one.version.report), Verdict.CONFIRM
    reason, words = "", ""
    _hold(event, "evidence.review", {"report": facts["report"] == b64(report)})
    if event.name == RETURNED:
        verdict, reason, words = Verdict.RETURN, facts["reason"], facts["reasons"]
        right = {
            "reason": reason in tender.regime.words(Rule.CORRECTION_REASONS),
            "reasons": is_written(words, LONGEST_REASONS),
            "until": _leaves_time(tender, event),
        }
        _hold(event, "evidence.review", right)
    with placed(event.where):
        message = review_message(dossier.section, report, verdict, reason, words)
        signer = dossier.signed(unb64(facts["certificate"]), unb64(facts["signature"]), message, event.at)
    _hold(event, "evidence.review", {"signer": signer.serial not in bidders})


def _check_correction(
    dossier: Dossier, tender: Tender, judges: Mapping[str, Judge], one: _Answered, event: Logged
) -> None:
    """Of an own mark, signed by its judge, while the report was not answered by all."""
    report, told = report_message(one.version.report), _correction(event)
    right = {
        "report": event.facts["report"] == b64(report),
        "subject": told.judge in judges and event.subject == judges[told.judge].seated.subject,
        "answered": one.settled is None and set(one.answers) != set(judges),
        "until": _leaves_time(tender, event),
    }
    _hold(event, "evidence.correction", right)
    with placed(event.where):
        message = correction_message(dossier.section, report, told)
        dossier.signed(judges[told.judge].certificate, unb64(event.facts["signature"]), message, event.at)


def _correction(event: Logged) -> Correction:
    return Correction(*(event.facts[name] for name in Correction._fields))


def _leaves_time(tender: Tender, event: Logged) -> bool:
    until = utc(event.facts["until"], event.where)
    return tender.regime.end(event.at - SLACK, Rule.REPORT_SIGNING) <= until


def _hold(event: Logged, code: str, right: Mapping[str, bool]) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem(code, field=field, where=event.where)


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
