"""The preliminary examination of a published evaluation: what some judge failed, by whom, why, and what it came to."""

from typing import Any, NamedTuple

from infra.kernel.canonical import read
from trading.publication.queries import Dossier


class Failed(NamedTuple):
    """One judge's failure of an item, with the reason and the pages that show it."""

    judge: str
    reason: str
    pages: tuple[tuple[str, int], ...]


class Finding(NamedTuple):
    """One item of one bid that somebody failed; it rejects where more than half of all seats did."""

    name: str
    clause: str
    ground: str
    failed: tuple[Failed, ...]
    passed: int
    rejects: bool


class Examined(NamedTuple):
    """One bid with what was found."""

    name: str
    findings: tuple[Finding, ...]


def examined(found: Dossier, language: str) -> tuple[Examined, ...] | None:
    """By bid in the order of the record, without bids that nobody failed; None where nothing was examined item by item."""
    if found.evaluation is None or found.opened is None or not found.evaluation.report:
        return None
    result = read(found.evaluation.report.encode()).get("examination")
    if result is None:
        return None
    items = {one["id"]: one for one in result["items"]}
    return tuple(
        Examined(
            entry.name,
            tuple(_finding(items[item], one, language) for item, one in result["findings"][entry.bid].items()),
        )
        for entry in found.opened.record
        if entry.bid in result["findings"]
    )


def _finding(item: dict[str, Any], one: dict[str, Any], language: str) -> Finding:
    failed = (
        Failed(judge, answer["reason"], tuple((page["part"], page["page"]) for page in answer["pages"]))
        for judge, answer in one["failed"].items()
    )
    name = item.get(language) or item["zh"]
    return Finding(name, item["clause"], item["ground"], tuple(failed), len(one["passed"]), one["rejects"])
