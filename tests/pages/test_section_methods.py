"""A section's pages under every scoring method, with ties, and with more marks than one page can hold."""

import gzip
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from scenes import Hall
from section_story import Story, plain

from infra.edge import utc_now
from trading.evaluation.evidence import recompute
from trading.evaluation.tables import Evaluation
from trading.publication.opened import Entry, Opened
from trading.publication.queries import Dossier, dossier
from trading.sections.tables import Document
from web.i18n import Language
from web.public.results import AT_ONCE
from web.public.sections import marks_page, overview_page
from web.visit import Visit

OBJECTIVE = {"id": "o1", "group": "commercial", "kind": "objective", "max": "20"}
SUBJECTIVE = {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"}
LOWEST_FIRST = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [SUBJECTIVE, OBJECTIVE],
    "judges": {},
    "tie": ["price", "joint"],
    "places": 2,
}
EVALUATED = {"price": {"kind": "lowest_evaluated"}, "items": [], "judges": {}, "tie": ["joint"], "places": 2}


def visit(path: str, language: Language = Language.EN) -> Visit:
    return Visit(language, path, "", utc_now(), False, None, None)


async def evaluated(hall: Hall, section: str, given: dict[str, Any], names: dict[str, str]) -> Dossier:
    """The finished section's dossier as if this had been its evaluation."""
    async with hall.database.reading() as session:
        found = await dossier(session, section)
    record = tuple(
        Entry(
            bid,
            f"91429900MA{place:08d}",
            name,
            {"price": given["bids"][bid]["price"], "duration": "1", "quality": "", "leader": ""},
        )
        for place, (bid, name) in enumerate(names.items())
    )
    evidence = recompute(given)
    now = utc_now()
    return replace(
        found,
        opened=Opened(len(record), 3, record),
        document=Document(
            section=section, method=given["method"], labels={}, files=[], digest=bytes(32), frozen_at=now, version=1
        ),
        evaluation=Evaluation(section=section, evidence=evidence, report="", digest=bytes(32), published_at=now),
    )


def both(found: Dossier, wanted: str | None = None) -> tuple[str, str]:
    path = f"/sections/{found.section.id}"
    overview = overview_page(visit(path), True, found, [], None)
    marks = marks_page(visit(path + "/marks"), True, found, [], None, wanted)
    return str(overview.content), str(marks.content)


async def test_lowest_price_first_shows_objective_marks_and_a_shared_rank(story: Story) -> None:
    given = {
        "method": LOWEST_FIRST,
        "bids": {bid: {"price": "100.00", "objective": {"o1": "18"}} for bid in ("a", "b")}
        | {"c": {"price": "200.00", "objective": {"o1": "1"}}},
        "marks": {
            "J1": {bid: {"t1": "40"} for bid in "abc"},
            "J10": {bid: {"t1": "41"} for bid in "abc"},
            "J2": {bid: {"t1": "42"} for bid in "abc"},
        },
        "rejected": {},
    }
    found = await evaluated(story.hall, story.finished, given, {"a": "甲公司", "b": "乙公司", "c": "丙公司"})
    overview, marks = map(plain, both(found))
    assert "30 points of 100: the lowest price has them all" in overview
    assert "1 甲公司 100.00 30.00 41.00 18.00 89.00 1 乙公司 100.00" in overview
    assert "3 丙公司 200.00 15.00 41.00 1.00 57.00" in overview
    assert "Lowest price 100.00 CNY" in overview
    assert "Item Most points Judge 1 Judge 2 Judge 10 Score" in marks
    assert "t1 50 40 42 41 41.00 o1 20 follows from the bid 18" in marks
    assert "= 89.00" in marks
    assert "<s>" not in both(found)[1]


async def test_the_lowest_evaluated_price_needs_no_marks(story: Story) -> None:
    given = {
        "method": EVALUATED,
        "bids": {
            "a": {"price": "100.00", "adjustments": [{"kind": "amount", "value": "5.00"}]},
            "b": {"price": "102.00", "adjustments": []},
        },
        "rejected": {},
    }
    found = await evaluated(story.hall, story.finished, given, {"a": "甲公司", "b": "乙公司"})
    overview, marks = map(plain, both(found))
    assert "1 乙公司 102.00 102.00 2 甲公司 100.00 105.00" in overview
    assert "The lowest price after the adjustments" in overview
    assert "105.00" in marks


@pytest.mark.parametrize("wanted", [None, "bid-07", "bid-nobody"])
async def test_more_marks_than_a_page_holds_are_shown_one_bid_at_a_time(story: Story, wanted: str | None) -> None:
    bids = [f"bid-{number:02d}" for number in range(100)]
    items = [{**SUBJECTIVE, "id": f"t{number}", "max": "1"} for number in range(50)]
    sheet = {bid: {item["id"]: "0.5" for item in items} for bid in bids}
    given = {
        "method": {**LOWEST_FIRST, "price": {"kind": "lowest_price_first", "weight": "50"}, "items": items},
        "bids": {bid: {"price": f"{1000 + place}.00"} for place, bid in enumerate(bids)},
        "marks": {f"J{judge}": deepcopy(sheet) for judge in range(1, 10)},
        "rejected": {},
    }
    assert len(bids) * len(items) * 9 > AT_ONCE
    found = await evaluated(story.hall, story.finished, given, {bid: f"第 {bid} 公司" for bid in bids})
    overview, marks = both(found, wanted)
    assert marks.count('class="who"') == 1
    assert f'bid={wanted if wanted == "bid-07" else "bid-00"}" aria-current="true"' in marks
    assert max(len(gzip.compress(page.encode())) for page in (overview, marks)) <= 60_000
