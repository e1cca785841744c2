"""The readable report of a section, for people: a page without scripts, made from the events it describes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.kernel.canonical import canonical, read

REOPENED = "evaluation.reopened"
REVIEWED = ("report.returned", "mark.corrected", "report.confirmed")
ANSWERS = ("opening-record.", "opening-objection.", "hall.")

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_TEMPLATES.filters["canonical"] = lambda value: canonical(value).decode()


def readable(
    section: str, title: str, events: Sequence[Mapping[str, Any]], evaluation: Mapping[str, Any] | None
) -> str:
    """The page: opening record, answers to it, ranking, every judge's marks, what was resolved and decided, all events.

    Of a committee that evaluated again it tells the last evaluation, and why those before it were set aside.

    Without an evaluation (the section failed before marks were published) there is no ranking; without an opening
    record it says why.
    """
    told = [read(one["event"].encode()) for one in events]
    last = told[max((place for place, one in enumerate(told, 1) if one["event"] == REOPENED), default=0) :]
    record: list[Any] = next((one["facts"]["record"] for one in told if one["event"] == "section.opened"), [])
    names = {row["bid"]: row["name"] for row in record}
    found = evaluation or {"bids": {}, "marks": {}, "method": {"items": []}, "rejected": {}, "out": {"order": []}}
    order = [one for rank in found["out"]["order"] for one in ([rank] if isinstance(rank, str) else rank)]
    votes = [one["facts"] for one in told if one["event"] in ("resolution.moved", "resolution.voted")]
    return _TEMPLATES.get_template("report.html").render(
        section={"id": section, "title": title},
        record=record,
        prices={
            one["facts"]["subject"]: read(one["facts"]["form"].encode())["price"]
            for one in told
            if one["event"] == "price.opened"
        },
        answers=[one for one in told if one["event"].startswith(ANSWERS)],
        closed=next((one["facts"] for one in told if one["event"] == "section.closed"), None),
        failed=next((one["facts"] for one in told if one["event"] == "section.failed"), None),
        names=names,
        order=order,
        out=found["out"],
        bids=found["bids"],
        marks=found["marks"],
        items=found["method"]["items"],
        rejected=found["rejected"],
        votes=votes,
        again=[one["facts"] for one in told if one["event"] == REOPENED],
        decided=next((one["facts"] for one in last if one["event"] == "tie.decided"), None),
        reviewed=[one for one in last if one["event"] in REVIEWED],
        chosen=[one["facts"] for one in last if one["event"] == "winner.chosen"],
        passed=[one["facts"] for one in last if one["event"] == "candidate.passed-over"],
        dissents=[one["facts"] for one in last if one["event"] == "report.dissented"],
        events=[
            {"number": shown["link"]["number"], "at": one["at"], "event": one["event"]}
            for shown, one in zip(events, told, strict=True)
        ],
    )
