import json
import re
from pathlib import Path
from typing import Any

import pytest
from evaluation_scenes import a_draw, tied, v1, v2, v3, v4

from expertpool.draw.evidence import recompute as recompute_draw
from trading.evaluation.evidence import recompute

ROOT = Path(__file__).resolve().parents[2]


def test_v1_scores_prices_against_the_lowest_adjusted_price() -> None:
    assert recompute(v1())["out"] == {
        "price": {"A": "28.93", "B": "30.00", "C": "23.63"},
        "subjective": {"A": "38.80", "B": "41.60", "C": "45.40"},
        "objective": {"A": "18.00", "B": "16.00", "C": "20.00"},
        "total": {"A": "85.73", "B": "87.60", "C": "89.03"},
        "order": ["C", "B", "A"],
    }


def test_v2_measures_prices_against_the_benchmark() -> None:
    out = recompute(v2())["out"]
    assert out["benchmark"] == "9349200.00"
    assert list(out["price"].values()) == ["44.64", "47.10", "48.60", "45.93", "49.79", "47.75", "47.60"]
    assert out["order"] == ["B5", "B3", "B6", "B7", "B2", "B4", "B1"]


def test_v2_drops_nothing_below_five_bids() -> None:
    assert recompute(v2(bids=4))["out"]["benchmark"] == "9476600.00"


def test_v3_ranks_by_evaluated_price() -> None:
    assert recompute(v3())["out"] == {
        "evaluated": {"X": "5000000.00", "Y": "5045000.00", "Z": "5013500.00"},
        "order": ["X", "Z", "Y"],
    }


@pytest.mark.parametrize(
    ("trim_from", "means"), [(5, ["8.40", "8.30"]), (8, ["8.36", "7.93"]), (None, ["8.36", "7.93"])]
)
def test_v4_drops_one_highest_and_one_lowest_mark_from_so_many_judges_on(
    trim_from: int | None, means: list[str]
) -> None:
    assert list(recompute(v4(trim_from))["out"]["subjective"].values()) == means


def test_the_documented_example_recomputes_to_itself() -> None:
    example = example_of(ROOT / "docs/formats/recompute.md")
    assert recompute(example) == example


@pytest.mark.shared
def test_the_normative_pages_example_recomputes_to_itself() -> None:
    page = ROOT / "../shared/design/recompute.md"
    if not page.exists():
        pytest.skip("shared material is absent")
    assert recompute(example_of(page)) == example_of(page)


def test_what_no_rule_settles_stands_as_a_nested_list_in_byte_order() -> None:
    assert recompute(tied([], {"b": "3", "甲": "1", "a": "2", "B": "2"}))["out"]["order"] == [["B", "a", "b", "甲"]]


def test_what_the_price_leaves_tied_stays_together_inside_the_order() -> None:
    assert recompute(tied(["price"], {"A": "3", "B": "2", "C": "2", "D": "1"}))["out"]["order"] == [
        "D",
        ["B", "C"],
        "A",
    ]


def test_the_tie_rules_apply_in_turn() -> None:
    prices, technical = {"A": "2", "B": "2", "C": "1"}, {"A": "4", "B": "6", "C": "1"}
    assert recompute(tied(["price", "technical"], prices, technical))["out"]["order"] == ["C", "B", "A"]
    assert recompute(tied(["technical"], prices, technical))["out"]["order"] == ["B", "A", "C"]


@pytest.mark.parametrize("end", ["joint", "procuring_entity"])
def test_joint_and_procuring_entity_end_the_list(end: str) -> None:
    assert recompute(tied([end, "price"], {"A": "2", "B": "1"}))["out"]["order"] == [["A", "B"]]


def test_a_lot_orders_the_tied_bids_by_its_draw() -> None:
    document = tied(["price", "lot"], {"A": "2", "B": "2", "C": "2", "D": "1"})
    draw = a_draw(["A", "B", "C"])
    order = recompute(document | {"draw": draw})["out"]["order"]
    bid_of = {entry["leaf"]: entry["emp"] for entry in draw["pool"]}
    assert order == ["D", *(bid_of[taken[0]] for taken in recompute_draw(draw)["out"])]


def test_a_draw_keeps_its_own_fields_in_the_recomputed_document() -> None:
    document = tied(["lot"], {"A": "2", "B": "2"}) | {"draw": a_draw(["A", "B"])}
    assert recompute(document)["draw"] == document["draw"]


def test_a_draws_false_result_is_replaced() -> None:
    document = tied(["lot"], {"A": "2", "B": "2"}) | {"draw": a_draw(["A", "B"], out=[])}
    assert len(recompute(document)["draw"]["out"]) == 2


@pytest.mark.parametrize(("sum_rounded", "total"), [(False, "15.01"), (True, "15.02")])
def test_totals_add_unrounded_components_unless_the_method_adds_rounded_ones(sum_rounded: bool, total: str) -> None:
    document = tied([], {"A": "1"})
    document["method"]["price"]["weight"] = "10.005"
    document["method"]["sum_rounded"] = sum_rounded
    document["marks"] = {"J1": {"A": {"t1": "5.005", "c1": "0"}}}
    out = recompute(document)["out"]
    assert (out["price"]["A"], out["subjective"]["A"], out["total"]["A"]) == ("10.01", "5.01", total)


def test_halves_are_rounded_away_from_zero() -> None:
    document = v3()
    document["bids"] = {
        "A": {"price": "1.00", "adjustments": [{"kind": "amount", "value": "-1.005"}]},
        "B": {"price": "1.00", "adjustments": [{"kind": "amount", "value": "-1.004"}]},
        "C": {"price": "1.00", "adjustments": [{"kind": "amount", "value": "0.005"}]},
        "D": {"price": "0.005"},
    }
    assert recompute(document)["out"]["evaluated"] == {"A": "-0.01", "B": "0.00", "C": "1.01", "D": "0.01"}


def test_a_score_far_from_the_benchmark_is_never_below_zero() -> None:
    document = v2()
    document["bids"]["B1"]["price"] = "99000000"
    assert recompute(document)["out"]["price"]["B1"] == "0.00"


def test_a_rejected_bid_takes_no_part() -> None:
    document = v1()
    del document["bids"]["B"]
    for sheet in document["marks"].values():
        del sheet["B"]
    document["rejected"] = {"B": "未按要求签署"}
    out = recompute(document)["out"]
    assert out["price"] == {"A": "30.00", "C": "24.50"}
    assert out["order"] == ["C", "A"]


def test_an_evaluated_price_needs_no_marks_unless_the_technical_items_settle_ties() -> None:
    document = tied(["technical"], {"A": "5", "B": "5"}, {"A": "4", "B": "6"})
    document["method"]["price"] = {"kind": "lowest_evaluated"}
    assert recompute(document)["out"]["order"] == ["B", "A"]
    assert recompute(document | {"marks": {}})["out"]["order"] == [["A", "B"]]


def test_no_decimals_means_no_point() -> None:
    document = v1()
    document["method"]["places"] = 0
    assert recompute(document)["out"]["total"] == {"A": "86", "B": "88", "C": "89"}


def example_of(page: Path) -> Any:
    return json.loads(re.search(r"```json\n(\{\"method.*?)```", page.read_text("utf-8"), re.DOTALL)[1])
