"""Marks far from the other judges' (rules/trading.md V4) are explained by their judge in writing; none changes by it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from infra.crypto.sign import labelled
from infra.kernel.canonical import digest
from infra.kernel.fields import at, decimal_at, is_written
from infra.kernel.problems import Problem
from trading.blind.rules import by_bid

EXPLANATION_LABEL = "openhall explanation/v1"
LONGEST_EXPLANATION = 1000
SILENT = ""
"""What stands for a mark whose judge said nothing in time."""

Sheets = Mapping[str, Mapping[str, Mapping[str, Any]]]
Marked = dict[str, list[str]]
"""Bid or label → items, in order."""


def outliers(sheets: Sheets, share: Decimal) -> dict[str, Marked]:
    """Judge → bid → items marked further than `share` from the mean of the others' marks, judges without any left out.

    `sheets` are judge → bid → item → mark; exactly at the share is not further. Nothing where the share is zero.
    """
    found: dict[str, Marked] = {}
    if len(sheets) < 2 or share <= 0:
        return found
    for judge, rows in sorted(sheets.items()):
        marked = {bid: _far(sheets, judge, bid, share) for bid in sorted(rows)}
        if marked := {bid: items for bid, items in marked.items() if items}:
            found[judge] = marked
    return found


def check_texts(asked: Mapping[str, Any], texts: Any) -> None:
    """`explanation.texts` unless there is one written text for each mark that is asked about, and for no other."""
    if not isinstance(texts, dict) or texts.keys() != asked.keys():
        raise Problem("explanation.texts", most=LONGEST_EXPLANATION)
    for key, row in texts.items():
        if not isinstance(row, dict) or row.keys() != set(asked[key]):
            raise Problem("explanation.texts", most=LONGEST_EXPLANATION)
        if not all(isinstance(text, str) and is_written(text, LONGEST_EXPLANATION) for text in row.values()):
            raise Problem("explanation.texts", most=LONGEST_EXPLANATION)


def explanation_message(section: str, judge: str, texts: Mapping[str, Any]) -> bytes:
    """The 32 bytes a judge signs under the written reasons: canonical {judge, section, texts} under `explanation/v1`."""
    told = digest({"judge": judge, "section": section, "texts": dict(texts)})
    return sha256(labelled(EXPLANATION_LABEL, told)).digest()


def asked_marks(sheets: Sheets, labels: Mapping[str, str], share: Decimal) -> dict[str, Marked]:
    """The outliers of sheets as they were signed, each under the key, bid or label, under which its judge gave it."""
    far = outliers({judge: by_bid(rows, labels) for judge, rows in sheets.items()}, share)
    return {judge: _as_signed(sheets[judge], labels, marked) for judge, marked in far.items()}


def unanswered(asked: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What stands in the record for a judge who said nothing in time."""
    return {key: dict.fromkeys(items, SILENT) for key, items in asked.items()}


def _as_signed(rows: Mapping[str, Any], labels: Mapping[str, str], marked: Marked) -> Marked:
    found = {key: [one for one in marked.get(labels.get(key, key), ()) if one in row] for key, row in rows.items()}
    return {key: items for key, items in sorted(found.items()) if items}


def _far(sheets: Sheets, judge: str, bid: str, share: Decimal) -> list[str]:
    return [item for item in sorted(sheets[judge][bid]) if _is_far(_marks(sheets, bid, item), judge, Fraction(share))]


def _marks(sheets: Sheets, bid: str, item: str) -> dict[str, Fraction]:
    given = {one: rows[bid][item] for one, rows in sheets.items() if item in rows.get(bid, {})}
    return {one: Fraction(decimal_at(mark, at(at(f"$.{one}", bid), item))) for one, mark in given.items()}


def _is_far(marks: Mapping[str, Fraction], judge: str, share: Fraction) -> bool:
    """Without division: |own × others − their sum| > share × their sum; others who all gave nothing differ from anything."""
    others = [mark for one, mark in marks.items() if one != judge]
    if not others:
        return False
    total = sum(others, Fraction(0))
    return abs(marks[judge] * len(others) - total) > share * total
