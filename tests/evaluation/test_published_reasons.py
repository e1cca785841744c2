"""What is published beside the marks, put to bids; how a committee is told of; how totals and spreads are drawn."""

from decimal import Decimal
from typing import Any

import pytest

from trading.evaluation.reading import read_method
from trading.publication.given import Given, Pin, given_in
from trading.publication.opened import Entry
from trading.publication.redaction import Fact, Shown, redaction
from web.public.result_charts import spread_chart, totals_chart
from web.public.results import Ranked, Results, marks_of, to_show

METHOD = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "o1", "group": "commercial", "kind": "objective", "max": "20"},
    ],
    "judges": {},
    "tie": ["joint"],
    "places": 2,
}


NO_PARTS: dict[str, Any] = dict.fromkeys(("price", "subjective", "objective", "evaluated")) | {"total": "89.00"}


def sheet(**more: Any) -> dict[str, Any]:
    return {"marks": {"a": {"t1": "40"}}, "salt": "", **more}


def told(**parts: str) -> Results:
    one = Ranked(1, Entry("a", "91429900MA00000001", "甲公司", {}), **{**NO_PARTS, **parts})
    marks = {judge: {"a": {"t1": mark}} for judge, mark in (("J1", "40"), ("J2", "44.5"), ("J3", "39"))}
    evidence = {"marks": marks, "bids": {"a": {"price": "1.00", "objective": {"o1": "18"}}}}
    return Results(read_method(METHOD), ("J1", "J2", "J3"), (one,), None, True, {}, evidence)


def test_reasons_and_pages_stand_by_judge_bid_and_item() -> None:
    pins = {"a": {"t1": [{"part": "technical", "page": 28, "text": "支护"}]}}
    found = given_in({"sheets": {"J1": sheet(reasons={"a": {"t1": "详尽"}}, pins=pins), "J2": sheet()}})
    assert found.reasons == {("J1", "a", "t1"): "详尽"}
    assert found.pins == {("J1", "a", "t1"): (Pin("technical", 28, "支护"),)}
    assert found.size == 4


def test_what_was_given_under_a_blind_label_is_put_to_its_bid() -> None:
    facts = {
        "sheets": {"J1": sheet(reasons={"K7QD": {"t1": "详尽"}}, pins={"K7QD": {"t1": []}})},
        "explanations": {"J1": {"K7QD": {"t1": "见第 28 页"}}},
        "blind": {"labels": {"K7QD": "a"}, "salt": ""},
    }
    found = given_in(facts)
    assert found == Given({("J1", "a", "t1"): "详尽"}, {}, {("J1", "a", "t1"): "见第 28 页"})


def test_of_older_sheets_of_marks_alone_nothing_is_said() -> None:
    found = given_in({"sheets": {"J1": sheet()}})
    assert (found, found.size) == (Given(), 0)
    assert not any(row.told or row.apart for row in marks_of(told(), "a", "zh", found))


def test_silence_stands_beside_the_mark_that_was_asked_about_and_no_other() -> None:
    [row, objective] = marks_of(told(), "a", "zh", Given(explanations={("J2", "a", "t1"): ""}))
    assert [mark.explanation for mark in row.marks] == [None, "", None]
    assert row.apart and not objective.told


@pytest.mark.parametrize(("signs", "shown"), [(16_000, 2), (16_001, 1)])
def test_where_more_is_written_than_a_page_holds_one_bid_is_shown(signs: int, shown: int) -> None:
    one = told()
    two = Results(one.method, one.judges, one.ranking * 2, None, True, {}, one.evidence)
    assert len(to_show(two, None, signs)) == shown


@pytest.mark.parametrize("kind", ["ENG", "GP", "LAND", "unheard-of"])
def test_marks_and_reasons_stand_under_numbers_everywhere(kind: str) -> None:
    assert {redaction(kind, what).shown for what in (Fact.MARKS, Fact.REASONS, Fact.EXPLANATIONS)} == {Shown.NUMBERED}


@pytest.mark.parametrize(("kind", "shown"), [("ENG", Shown.HIDDEN), ("GP", Shown.WHOLE), ("LAND", Shown.HIDDEN)])
def test_judges_are_named_only_where_the_law_names_them(kind: str, shown: Shown) -> None:
    found = redaction(kind, Fact.IDENTITY)
    assert (found.shown, bool(found.source)) == (shown, True)


def test_no_rule_set_tells_where_a_judge_works() -> None:
    assert {redaction(kind, Fact.EMPLOYER).shown for kind in ("ENG", "GP")} == {Shown.HIDDEN}


@pytest.mark.parametrize("what", list(Fact))
def test_every_cell_of_the_table_has_its_source(what: Fact) -> None:
    assert all(redaction(kind, what).source for kind in ("ENG", "GP"))


def test_the_parts_of_a_total_lie_side_by_side() -> None:
    found = totals_chart(told(price="30.00", subjective="41.00", objective="18.00"))
    assert found is not None
    [bar] = found.bars
    assert [(part.x, part.width) for part in bar.parts] == [("0.00", "30.00"), ("30.00", "41.00"), ("71.00", "18.00")]


def test_where_prices_are_compared_nothing_is_stacked() -> None:
    one = Ranked(1, Entry("a", "", "甲公司", {}), None, None, None, None, "100.00")
    assert totals_chart(Results(read_method(METHOD), (), (one,), None, False, {}, {})) is None


def test_a_lane_reaches_from_the_lowest_to_the_highest_mark_of_the_items_most_points() -> None:
    one = told()
    [item] = spread_chart([(one.ranking[0], marks_of(one, "a", "zh"))])
    [lane] = item.lanes
    assert (lane.low, lane.high) == ("39", "44.5")
    assert (Decimal(lane.x), Decimal(lane.width)) == (Decimal("78"), Decimal("11"))
