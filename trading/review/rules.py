"""A report is confirmed or returned, and marks are corrected for listed reasons alone: pure (TBR 54; M87 64, 68; O1117)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.evaluation.evidence import recompute
from trading.evaluation.outliers import outliers
from trading.regimes.regime import Regime, Rule

REVIEW_LABEL = "openhall review/v1"
CORRECTION_LABEL = "openhall correction/v1"
LONGEST_REASONS = 4000
EXTREME = "extreme-mark"
CONFIRMED = "confirmed"
"""The consequence of silence in a rule set under which nothing is published before the review is over."""

Report = Mapping[str, Any]


class Verdict(StrEnum):
    """What the procuring entity says to a report."""

    CONFIRM = "confirm"
    RETURN = "return"


class Correction(NamedTuple):
    """One mark changed after locking by its own judge: from what to what, for which listed reason, and why in words."""

    judge: str
    bid: str
    item: str
    old: str
    new: str
    reason: str
    reasons: str


def check_published(regime: Regime, reported: datetime, now: datetime, *, confirmed: bool) -> None:
    """`review.running` where candidates wait for the review: until it is confirmed, or silence for its whole time counts.

    Where the law knows no such wait, silence holds nothing up.
    """
    ends = regime.end(reported, Rule.REPORT_REVIEW)
    if CONFIRMED in regime.words(Rule.REVIEW_SILENCE) and not confirmed and now < ends:
        raise Problem("review.running", ends=ends)


def check_review(regime: Regime, reported: datetime, now: datetime, verdict: Verdict, reason: str, words: str) -> None:
    """`review.time-over` where silence has confirmed already, `review.reason`, `review.reasons`."""
    if CONFIRMED in regime.words(Rule.REVIEW_SILENCE) and now >= regime.end(reported, Rule.REPORT_REVIEW):
        raise Problem("review.time-over")
    if verdict is Verdict.CONFIRM:
        return
    if reason not in regime.words(Rule.CORRECTION_REASONS):
        raise Problem("review.reason")
    if not is_written(words, LONGEST_REASONS):
        raise Problem("review.reasons", most=LONGEST_REASONS)


def review_message(section: str, report: bytes, verdict: Verdict, reason: str, words: str) -> bytes:
    """The 32 bytes the procuring entity signs; a confirmation has neither reason nor words."""
    told = {"section": section, "report": b64(report), "verdict": verdict.value, "reason": reason, "reasons": words}
    return sha256(labelled(REVIEW_LABEL, digest(told))).digest()


def correction_message(section: str, report: bytes, one: Correction) -> bytes:
    """The 32 bytes a judge signs under the correction of an own mark, bound to the report that it changes."""
    return sha256(
        labelled(CORRECTION_LABEL, digest({"section": section, "report": b64(report), **one._asdict()}))
    ).digest()


def wrong_in(document: Mapping[str, Any], one: Correction, regime: Regime) -> str | None:
    """The first field of a correction that does not hold, None where all do; that the new mark is possible is told later.

    Sums are computed and impossible marks refused, and each objective mark stands once: of the listed reasons only marks
    far from the others' can bear a correction here.
    """
    row = document.get("marks", {}).get(one.judge, {}).get(one.bid, {})
    right = {
        "mark": one.item in row,
        "old": row.get(one.item) == one.old,
        "reason": one.reason in regime.words(Rule.CORRECTION_REASONS),
        "extreme": one.reason == EXTREME and _is_extreme(document, one, regime.rate(Rule.OUTLIER_SHARE)),
        "new": one.new != one.old,
        "reasons": is_written(one.reasons, LONGEST_REASONS),
    }
    return next((field for field, holds in right.items() if not holds), None)


def returned(report: Report, reason: str, words: str) -> dict[str, Any]:
    """The next version of a report: the same, and that it was returned and why."""
    return {**report, "returned": [*report.get("returned", ()), {"reason": reason, "reasons": words}]}


def corrected(report: Report, document: Mapping[str, Any], one: Correction) -> tuple[dict[str, Any], dict[str, Any]]:
    """The next version of report and evaluation, recomputed with the new mark; refuses a mark the method does not know."""
    marks = {judge: {bid: dict(row) for bid, row in rows.items()} for judge, rows in document["marks"].items()}
    marks[one.judge][one.bid][one.item] = one.new
    renewed = recompute({**{name: value for name, value in document.items() if name != "out"}, "marks": marks})
    told = [*report.get("corrections", ()), one._asdict()]
    return {**report, "out": renewed["out"], "corrections": told}, renewed


def extremes(document: Mapping[str, Any], judge: str, regime: Regime) -> dict[str, list[str]]:
    """The marks of a judge that lie far from the others': bid → items."""
    return outliers(document.get("marks", {}), regime.rate(Rule.OUTLIER_SHARE)).get(judge, {})


def _is_extreme(document: Mapping[str, Any], one: Correction, share: Decimal) -> bool:
    return one.item in outliers(document["marks"], share).get(one.judge, {}).get(one.bid, ())
