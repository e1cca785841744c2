"""The readable report of a section, for people: a page without scripts, made from the events it describes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.kernel.canonical import read
from trading.sections.tables import Section

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def readable(section: Section, events: Sequence[Mapping[str, Any]], evaluation: Mapping[str, Any]) -> str:
    """The page: opening record, ranking, every judge's marks, and the section's events in order."""
    told = [read(one["event"].encode()) for one in events]
    opened = next(one for one in told if one["event"] == "section.opened")
    names = {row["bid"]: row["name"] for row in opened["facts"]["record"]}
    order = [one for rank in evaluation["out"]["order"] for one in ([rank] if isinstance(rank, str) else rank)]
    return _TEMPLATES.get_template("report.html").render(
        section=section,
        record=opened["facts"]["record"],
        names=names,
        order=order,
        out=evaluation["out"],
        marks=evaluation["marks"],
        items=[item["id"] for item in evaluation["method"]["items"]],
        events=[{"number": number, "at": one["at"], "event": one["event"]} for number, one in enumerate(told, 1)],
    )
