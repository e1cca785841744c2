"""Everything that the files of opened bids tell when they are laid side by side, as one JSON document; pure.

Built once, kept wrapped, and cut down to what its reader may see by `trading.checks.views`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from trading.checks.bill_files import Position, PricedBill
from trading.checks.bill_likeness import corrections, shared_errors
from trading.checks.bills import Corrected, Order
from trading.checks.file_facts import BILL
from trading.checks.texts import NEAR, Match, Text, own, pairs, sentences

MOST_FOUND, MOST_PAIRS = 200, 100


class Trace(StrEnum):
    """What files of several bids have in common, gravest first; technical proxies, never proof by themselves (rules §5)."""

    FILE = "file"
    MACHINE = "machine"
    LICENCE = "licence"
    ORIGIN = "origin"
    AUTHOR = "author"
    EDITOR = "editor"
    COMPANY = "company"


class Ground(NamedTuple):
    """What files are compared with: opened prices by bid, the order of correction, the least common share of two texts,
    what the tender document itself says, and which parts are blind.
    """

    prices: Mapping[str, Decimal]
    order: Order
    least: Decimal
    given: Iterable[str]
    blind: Collection[str]


Facts = Mapping[tuple[str, str], Mapping[str, Any]]
"""What was read of each file, by bid and part."""


def findings(facts: Facts, ground: Ground) -> dict[str, Any]:
    """The document: files that were not read, bills with corrections, shared errors, traces, texts alike, parameters."""
    bills = {bid: bill_from(one["bill"]) for (bid, part), one in facts.items() if part == BILL and "bill" in one}
    corrected = corrections(bills, ground.prices, ground.order)
    texts = _texts(facts, ground)
    return {
        "unread": [
            {"bid": bid, "part": part, "code": one["refused"], "facts": dict(one["facts"])}
            for (bid, part), one in sorted(facts.items())
            if "refused" in one
        ],
        "bills": [_bill(bid, bills[bid], one, ground.prices[bid]) for bid, one in sorted(corrected.items())],
        "errors": [
            {"bids": list(one.bids), "errors": [[str(told) for told in error] for error in one.errors[:MOST_FOUND]]}
            for one in shared_errors(corrected)
        ],
        "traces": traces(facts, ground.blind),
        "texts": texts[:MOST_PAIRS],
        "texts_left": max(0, len(texts) - MOST_PAIRS),
        "parameters": {"text-similarity": str(ground.least), "sentence": NEAR, "order": str(ground.order)},
    }


def traces(facts: Facts, blind: Collection[str]) -> list[dict[str, Any]]:
    """What files of different bids share. Blind parts are compared among themselves: else a label would get its name."""
    found: dict[tuple[Trace, str, bool], list[list[str]]] = defaultdict(list)
    for (bid, part), one in sorted(facts.items()):
        told = {**one.get("properties", {}), Trace.FILE: one["sha256"]}
        for trace in Trace:
            if trace in told:
                found[(trace, told[trace], part in blind)].append([bid, part])
    shared = [
        {"trace": str(trace), "value": value, "blind": hidden, "files": files}
        for (trace, value, hidden), files in found.items()
        if len({bid for bid, _ in files}) > 1
    ]
    ranks = [str(trace) for trace in Trace]
    return sorted(shared, key=lambda one: (ranks.index(str(one["trace"])), one["files"]))


def bill_from(told: Mapping[str, Any]) -> PricedBill:
    """A bill as the reader's process wrote it."""
    lines = tuple(Position(*row[:3], *map(Decimal, row[3:])) for row in told["lines"])
    sums = [Decimal(told[name]) if name in told else None for name in ("total", "in_words")]
    return PricedBill(lines, sums[0], sums[1], told["formulas"], {})


def _bill(bid: str, told: PricedBill, one: Corrected, opened: Decimal) -> dict[str, Any]:
    return {
        "bid": bid,
        "lines": len(told.lines),
        "formulas": told.formulas,
        "opened": _plain(opened),
        "price": _plain(one.price),
        "count": len(one.found),
        "found": [
            [str(error.error), error.line or "", _plain(error.written), _plain(error.holds)]
            for error in one.found[:MOST_FOUND]
        ],
    }


def _texts(facts: Facts, ground: Ground) -> list[dict[str, Any]]:
    given, found = list(ground.given), []
    for part in sorted({part for _, part in facts}):
        texts = {
            bid: Text(own(sentences(one["pages"]), given))
            for (bid, other), one in facts.items()
            if other == part and one.get("pages")
        }
        for one, other, alike in pairs(texts, Fraction(ground.least)):
            share = str(round(Decimal(alike.share.numerator) / alike.share.denominator, 4))
            matches = [_match(match) for match in alike.matches]
            found.append(
                {"part": part, "bids": [one, other], "share": share, "count": alike.matched, "matches": matches}
            )
    return sorted(found, key=lambda one: -Decimal(one["share"]))


def _match(match: Match) -> dict[str, Any]:
    return {"near": match.near, "one": list(match.one), "other": list(match.other)}


def _plain(value: Decimal) -> str:
    return f"{value:f}"
