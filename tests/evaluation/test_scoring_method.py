from typing import Any

import pytest
from evaluation_scenes import V2_PRICE_RULE

from infra.kernel.problems import Problem
from trading.evaluation.method import check_marks, check_method, missing_marks
from trading.regimes.rules import CONSTRUCTION

LABELS = {"t1": {"zh": "施工组织设计", "en": "Construction plan"}, "t2": {"zh": "质量"}}


def a_method(**changes: Any) -> dict[str, Any]:
    """A lawful benchmark method of 50 + 30 + 15 + 5 points."""
    return {
        "price": {**V2_PRICE_RULE},
        "items": [
            {"id": "t1", "group": "technical", "kind": "subjective", "max": "30", "step": "0.5"},
            {"id": "t2", "group": "technical", "kind": "subjective", "max": "15"},
            {"id": "c1", "group": "commercial", "kind": "objective", "max": "5"},
        ],
        "judges": {"trim_from": 5},
        "tie": ["price", "technical", "procuring_entity"],
        "places": 2,
    } | changes


def refusal(method: Any, labels: Any = None) -> tuple[str, object]:
    with pytest.raises(Problem) as refused:
        check_method(method, CONSTRUCTION, labels)
    return refused.value.code, refused.value.facts["path"]


def test_a_lawful_method_is_frozen_with_its_typed_view() -> None:
    scoring = check_method(a_method(), CONSTRUCTION, LABELS)
    assert scoring.document == a_method()
    assert [item.id for item in scoring.method.items] == ["t1", "t2", "c1"]


def test_an_item_is_named_in_the_readers_language_else_in_chinese_else_by_its_id() -> None:
    scoring = check_method(a_method(), CONSTRUCTION, LABELS)
    assert [scoring.label(item, "en") for item in ("t1", "t2", "c1")] == ["Construction plan", "质量", "c1"]


def test_an_evaluated_price_has_no_points() -> None:
    check_method(a_method(price={"kind": "lowest_evaluated"}, items=[], tie=["price"]), CONSTRUCTION)


@pytest.mark.parametrize("field", ["price", "items", "judges", "tie", "places"])
def test_everything_that_decides_must_be_written_out(field: str) -> None:
    method = a_method()
    del method[field]
    assert refusal(method) == ("evidence.field-missing", f"$.method.{field}")


ITEM = {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"items": [ITEM | {"max": "49.99"}]}, "method.points", "$.method"),
        ({"items": []}, "method.points", "$.method"),
        ({"items": [ITEM | {"step": "0.3"}]}, "method.step-misses-max", "$.method.items[0].max"),
        ({"items": [ITEM, ITEM | {"id": "t2", "max": "0"}]}, "evidence.range", "$.method.items[1].max"),
        ({"tie": ["price", "lot"]}, "method.lot-forbidden", "$.method.tie[1]"),
        ({"tie": ["price", "price"]}, "method.tie-twice", "$.method.tie[1]"),
        ({"tie": ["joint", "price"]}, "method.tie-after-end", "$.method.tie[1]"),
        ({"tie": ["procuring_entity", "price"]}, "method.tie-after-end", "$.method.tie[1]"),
        ({"places": 5}, "evidence.range", "$.method.places"),
        ({"price": {"kind": "lowest_evaluated"}}, "method.items-unused", "$.method.items"),
        (
            {"price": {"kind": "lowest_price_first", "weight": "50", "deductions": {"B": "0.1"}}},
            "method.deductions-early",
            "$.method.price.deductions",
        ),
        ({"price": V2_PRICE_RULE | {"trim_from": None}}, "method.trim-conflict", "$.method.price.trim_from"),
        (
            {"price": V2_PRICE_RULE | {"drop_high": 0, "drop_low": 0}},
            "method.trim-conflict",
            "$.method.price.trim_from",
        ),
        ({"price": V2_PRICE_RULE | {"trim_from": 2}}, "evidence.range", "$.method.price.trim_from"),
        ({"price": V2_PRICE_RULE | {"weight": "0"}}, "evidence.range", "$.method.price.weight"),
        ({"judges": {"trim_from": 2}}, "evidence.range", "$.method.judges.trim_from"),
    ],
)
def test_a_method_that_must_not_be_issued_is_refused(changes: dict[str, Any], code: str, path: str) -> None:
    assert refusal(a_method(**changes)) == (code, path)


def test_a_label_for_no_item_is_refused() -> None:
    assert refusal(a_method(), {"t9": {"zh": "…"}}) == ("evaluation.item-unknown", "$.labels.t9")


METHOD = check_method(a_method(), CONSTRUCTION).method
SHEET = {"B1": {"t1": "29.5", "t2": "15"}, "B2": {"t1": "0", "t2": "7.25"}}


def test_a_complete_sheet_is_read_as_decimals() -> None:
    sheet = check_marks(METHOD, ["B1", "B2"], SHEET)
    assert {bid: {item: str(mark) for item, mark in row.items()} for bid, row in sheet.items()} == SHEET


@pytest.mark.parametrize(
    ("sheet", "code", "path"),
    [
        (SHEET | {"B1": {"t1": "29.5"}}, "evaluation.mark-missing", "$.B1.t2"),
        ({"B1": SHEET["B1"]}, "evaluation.mark-missing", "$.B2"),
        (SHEET | {"B3": SHEET["B1"]}, "evaluation.bid-unknown", "$.B3"),
        (SHEET | {"B1": SHEET["B1"] | {"c1": "5"}}, "evaluation.item-unknown", "$.B1.c1"),
        (SHEET | {"B1": SHEET["B1"] | {"t1": "30.5"}}, "evaluation.mark-range", "$.B1.t1"),
        (SHEET | {"B1": SHEET["B1"] | {"t1": "0.3"}}, "evaluation.mark-step", "$.B1.t1"),
        (SHEET | {"B1": SHEET["B1"] | {"t1": ""}}, "evidence.decimal", "$.B1.t1"),
        ([], "evidence.type", "$"),
    ],
)
def test_a_wrong_sheet_is_refused_at_its_place(sheet: Any, code: str, path: str) -> None:
    with pytest.raises(Problem) as refused:
        check_marks(METHOD, ["B1", "B2"], sheet)
    assert (refused.value.code, refused.value.facts["path"]) == (code, path)


def test_a_draft_tells_what_it_still_lacks() -> None:
    assert missing_marks(METHOD, ["B1", "B2"], {"B1": {"t1": "3"}}) == [("B1", "t2"), ("B2", "t1"), ("B2", "t2")]
    assert missing_marks(METHOD, ["B1", "B2"], SHEET) == []
