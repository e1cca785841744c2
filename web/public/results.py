"""A published evaluation as people read it: ranking, every judge's every mark, what trimming leaves out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from trading.evaluation.method import Label
from trading.evaluation.reading import read_method
from trading.evaluation.rules import Item, ItemKind, Method, item_mean, left_out, rounded, shown
from trading.publication.given import Given, Pin
from trading.publication.opened import Entry
from trading.publication.queries import Dossier
from trading.publication.rules import Order, settled
from web.i18n import N_
from web.public.table import csv_line
from web.visit import Visit

AT_ONCE = 4000
"""A page shows at most so many single marks; of a larger evaluation it shows one bid at a time, the CSV has all."""
MOST_SIGNS = 16_000
"""The same for what is written beside them: a page stays small enough for slow lines (ux.md, requirement 23)."""

GROUPS = {"technical": N_("Technical"), "commercial": N_("Commercial")}
_COLUMNS = (
    N_("Rule set"),
    N_("Section"),
    N_("Rank"),
    N_("Bidder"),
    N_("Credit code"),
    N_("Bid"),
    N_("Item"),
    N_("Name of the item"),
    N_("Most"),
    N_("Judge"),
    N_("Mark"),
    N_("Left out"),
    N_("Reason"),
    N_("Pages"),
    N_("Explanation"),
)


class Mark(NamedTuple):
    """One judge's mark of one item; `left_out` is high or low where trimming drops it."""

    text: str
    left_out: str = ""
    reason: str = ""
    pins: tuple[Pin, ...] = ()
    explanation: str | None = None
    """Why it lies far from the others' marks: empty where its judge said nothing in time, None where nobody was asked."""

    @property
    def told(self) -> bool:
        """Whether there is anything to read beside it."""
        return bool(self.reason or self.pins or self.explanation is not None)


@dataclass(frozen=True)
class ItemRow:
    """One item of one bid: every judge's mark and their mean, or the one mark that follows from the bid."""

    item: Item
    name: str
    group: str
    marks: tuple[Mark, ...]
    score: str

    @property
    def told(self) -> bool:
        """Whether there is anything to read beside its marks."""
        return any(mark.told for mark in self.marks)

    @property
    def apart(self) -> bool:
        """Whether a judge was asked why the own mark lies far from the others'."""
        return any(mark.explanation is not None for mark in self.marks)


@dataclass(frozen=True)
class Ranked:
    """One evaluated bid; scores are None where the method has no such part."""

    rank: int
    entry: Entry
    price: str | None
    subjective: str | None
    objective: str | None
    total: str | None
    evaluated: str | None


@dataclass(frozen=True)
class Results:
    """A published evaluation: ranking, judges in order, and what the benchmark was."""

    method: Method
    judges: tuple[str, ...]
    ranking: tuple[Ranked, ...]
    benchmark: str | None
    has_objective: bool
    labels: dict[str, Label]
    evidence: dict[str, Any]

    @property
    def trims(self) -> bool:
        """Whether so many judges marked that a highest and a lowest mark are left out."""
        return self.method.trim_from is not None and len(self.judges) >= self.method.trim_from


def results(found: Dossier) -> Results | None:
    """The evaluation of a section, None before the marks are public."""
    if found.evaluation is None:
        return None
    return results_in(found, found.evaluation.evidence, found.decision.order if found.decision else ())


def results_in(found: Dossier, evidence: dict[str, Any], decided: Order = ()) -> Results | None:
    """One evaluation of a section, perhaps a set-aside one; ties stand in the `decided` order. None before the opening."""
    if found.opened is None:
        return None
    method = read_method(evidence["method"])
    entries = {entry.bid: entry for entry in found.opened.record}
    out = evidence["out"]
    order = settled(out["order"], decided)
    return Results(
        method=method,
        judges=tuple(sorted(evidence.get("marks", {}), key=_natural)),
        ranking=tuple(_ranking({**out, "order": order}, entries)),
        benchmark=out.get("benchmark"),
        has_objective=bool(method.of_kind(ItemKind.OBJECTIVE)),
        labels={item: Label(names) for item, names in found.document.labels.items()},
        evidence=evidence,
    )


NOTHING_GIVEN = Given()


def marks_of(told: Results, bid: str, language: str, given: Given = NOTHING_GIVEN) -> list[ItemRow]:
    """Every item of one bid with every judge's mark and what was written beside it, in the method's order."""
    return [_row(told, bid, item, language, given) for item in told.method.items]


def to_show(told: Results, wanted: str | None, signs: int = 0) -> list[Ranked]:
    """The bids whose marks a page shows: all, or, where they (or the `signs` written beside them) are too many, one."""
    marks = len(told.ranking) * len(told.method.items) * max(1, len(told.judges))
    if marks <= AT_ONCE and signs <= MOST_SIGNS:
        return list(told.ranking)
    chosen = [one for one in told.ranking if one.entry.bid == wanted]
    return chosen or list(told.ranking[:1])


def mark_lines(found: Dossier, told: Results, visit: Visit, given: Given = NOTHING_GIVEN) -> Iterator[str]:
    """Every single mark with its reason as CSV, one a line, with a byte-order mark; the rule set stands in every line."""
    text = visit.texts.gettext
    yield "\ufeff" + csv_line([text(name) for name in _COLUMNS])
    words = {"high": text(N_("highest")), "low": text(N_("lowest")), "": ""}
    for one in told.ranking:
        known = [found.section.regime, found.section.id, str(one.rank), one.entry.name, one.entry.bidder, one.entry.bid]
        for row in marks_of(told, one.entry.bid, visit.language, given):
            item = [row.item.id, row.name, str(row.item.max)]
            if not row.marks:
                yield csv_line([*known, *item, "", row.score, "", "", "", ""])
            for judge, mark in zip(told.judges, row.marks, strict=False):
                pages = "; ".join(f"{pin.part} {pin.page}" for pin in mark.pins)
                written = [mark.reason, pages, mark.explanation or ""]
                yield csv_line([*known, *item, judge, mark.text, words[mark.left_out], *written])


def _ranking(out: dict[str, Any], entries: dict[str, Entry]) -> Iterator[Ranked]:
    rank = 1
    for place in out["order"]:
        tied = [place] if isinstance(place, str) else place
        for bid in tied:
            parts = {name: out.get(name, {}).get(bid) for name in ("price", "subjective", "objective", "total")}
            yield Ranked(rank=rank, entry=entries[bid], evaluated=out.get("evaluated", {}).get(bid), **parts)
        rank += len(tied)


def _row(told: Results, bid: str, item: Item, language: str, given: Given) -> ItemRow:
    name = told.labels.get(item.id, Label())
    named = name.get(language) or name.get("zh") or item.id
    if item.kind is ItemKind.OBJECTIVE:
        score = told.evidence["bids"][bid].get("objective", {}).get(item.id, "")
        return ItemRow(item, named, item.group, (), score)
    texts = [told.evidence["marks"][judge][bid][item.id] for judge in told.judges]
    values = [Decimal(text) for text in texts]
    high, low = left_out(told.method, values) or (-1, -1)
    dropped = {high: "high", low: "low"}
    places = told.method.places
    score = shown(rounded(item_mean(told.method, values), places), places)
    marks = []
    for place, (judge, text) in enumerate(zip(told.judges, texts, strict=True)):
        cell = (judge, bid, item.id)
        written = (given.reasons.get(cell, ""), given.pins.get(cell, ()), given.explanations.get(cell))
        marks.append(Mark(text, dropped.get(place, ""), *written))
    return ItemRow(item, named, item.group, tuple(marks), score)


def _natural(judge: str) -> tuple[int, str]:
    """`J2` before `J10`."""
    number = re.search(r"\d+", judge)
    return (int(number[0]) if number else 0, judge)
