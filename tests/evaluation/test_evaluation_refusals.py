from collections.abc import Callable
from typing import Any

import pytest
from evaluation_scenes import a_draw, tied, v1, v2, v3, v4

from infra.kernel.problems import Problem
from trading.evaluation.evidence import recompute

MISSING = object()


def put(document: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """Change one value: `marks/J1/A/t1`; MISSING removes it."""
    *way, last = place.split("/")
    found: Any = document
    for step in way:
        found = found[int(step)] if isinstance(found, list) else found[step]
    if value is MISSING:
        del found[last]
    else:
        found[int(last) if isinstance(found, list) else last] = value
    return document


MARK = "marks/J1/A/t1"
V1_CASES = [
    (MARK, "50.01", "evaluation.mark-range", "$.marks.J1.A.t1"),
    (MARK, "-1", "evaluation.mark-range", "$.marks.J1.A.t1"),
    (MARK, "NaN", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "Infinity", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "1e1", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "+1", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, ".5", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "5.", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "5\n", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "٥", "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, "0" * 300, "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, 38, "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, True, "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, None, "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, ["38"], "evidence.decimal", "$.marks.J1.A.t1"),
    (MARK, MISSING, "evaluation.mark-missing", "$.marks.J1.A.t1"),
    ("marks/J2/B", MISSING, "evaluation.mark-missing", "$.marks.J2.B"),
    ("marks", {}, "evaluation.mark-missing", "$.marks"),
    ("marks", MISSING, "evaluation.mark-missing", "$.marks"),
    ("marks", [], "evidence.type", "$.marks"),
    ("marks/J1/A/t2", "1", "evaluation.item-unknown", "$.marks.J1.A.t2"),
    ("marks/J1/A/o1", "1", "evaluation.item-unknown", "$.marks.J1.A.o1"),
    ("marks/J1/D", {"t1": "1"}, "evaluation.bid-unknown", "$.marks.J1.D"),
    ("marks/J6", {"A": {"t1": "1"}}, "evaluation.mark-missing", "$.marks.J6.B"),
    ("marks/", {}, "evaluation.name-empty", '$.marks[""]'),
    ("bids/A/objective/o1", "20.5", "evaluation.mark-range", "$.bids.A.objective.o1"),
    ("bids/A/objective/o1", MISSING, "evaluation.mark-missing", "$.bids.A.objective.o1"),
    ("bids/A/objective", MISSING, "evaluation.mark-missing", "$.bids.A.objective.o1"),
    ("bids/A/objective/t1", "1", "evaluation.item-unknown", "$.bids.A.objective.t1"),
    ("bids/A/price", "0.00", "evaluation.price-not-positive", "$.bids.A.price"),
    ("bids/A/price", "-0", "evaluation.price-not-positive", "$.bids.A.price"),
    ("bids/A/price", "-5", "evaluation.price-not-positive", "$.bids.A.price"),
    ("bids/A/price", 5, "evidence.decimal", "$.bids.A.price"),
    ("bids/A/price", MISSING, "evidence.field-missing", "$.bids.A.price"),
    ("bids/A/adjustments", [], "evidence.field-unknown", "$.bids.A.adjustments"),
    ("bids/甲", {}, "evidence.field-missing", '$.bids["甲"].price'),
    ("bids", {}, "evaluation.no-bids", "$.bids"),
    ("bids", MISSING, "evidence.field-missing", "$.bids"),
    ("rejected/A", "late", "evaluation.bid-twice", "$.rejected.A"),
    ("rejected/D", 1, "evidence.type", "$.rejected.D"),
    ("extra", 1, "evidence.field-unknown", "$.extra"),
    ("method", MISSING, "evidence.field-missing", "$.method"),
    ("method/extra", 1, "evidence.field-unknown", "$.method.extra"),
    ("method/price/extra", 1, "evidence.field-unknown", "$.method.price.extra"),
    ("method/price/kind", "average", "evidence.word", "$.method.price.kind"),
    ("method/price/kind", ["benchmark"], "evidence.word", "$.method.price.kind"),
    ("method/price/kind", MISSING, "evidence.word", "$.method.price.kind"),
    ("method/price/weight", "-1", "evidence.range", "$.method.price.weight"),
    ("method/price/deductions/D", "0.1", "evaluation.bid-unknown", "$.method.price.deductions.D"),
    ("method/price/deductions/B", "1", "evidence.range", "$.method.price.deductions.B"),
    ("method/items/0/extra", "", "evidence.field-unknown", "$.method.items[0].extra"),
    ("method/items/0/kind", "guess", "evidence.word", "$.method.items[0].kind"),
    ("method/items/0/step", "0", "evidence.range", "$.method.items[0].step"),
    ("method/items/0/max", "-1", "evidence.range", "$.method.items[0].max"),
    ("method/items/1/id", "t1", "evaluation.item-twice", "$.method.items[1]"),
    ("method/judges/trim_from", 2, "evidence.range", "$.method.judges.trim_from"),
    ("method/judges/trim_from", "5", "evidence.type", "$.method.judges.trim_from"),
    ("method/judges/ids", [], "evidence.field-unknown", "$.method.judges.ids"),
    ("method/tie/0", "coin", "evidence.word", "$.method.tie[0]"),
    ("method/tie", "price", "evidence.type", "$.method.tie"),
    ("method/places", True, "evidence.type", "$.method.places"),
    ("method/places", -1, "evidence.range", "$.method.places"),
    ("method/sum_rounded", 1, "evidence.type", "$.method.sum_rounded"),
    ("draw", {}, "draw.field", "$.draw"),
]
OTHER_CASES = [
    (v4, MARK.replace("A", "P"), "8.25", "evaluation.mark-step", "$.marks.J1.P.t1"),
    (v2, "method/price/k", "1", "evidence.range", "$.method.price.k"),
    (v2, "method/price/k", MISSING, "evidence.field-missing", "$.method.price.k"),
    (v2, "method/price/above", "-1", "evidence.range", "$.method.price.above"),
    (v2, "method/price/trim_from", 2, "evidence.range", "$.method.price.trim_from"),
    (v2, "method/price/drop_low", -1, "evidence.range", "$.method.price.drop_low"),
    (v2, "method/price/deductions", {}, "evidence.field-unknown", "$.method.price.deductions"),
    (v3, "method/price/weight", "50", "evidence.field-unknown", "$.method.price.weight"),
    (v3, "bids/Y/adjustments/0/kind", "share", "evidence.word", "$.bids.Y.adjustments[0].kind"),
    (v3, "bids/Y/adjustments/1/value", 1, "evidence.decimal", "$.bids.Y.adjustments[1].value"),
    (v3, "bids/Y/adjustments", {}, "evidence.type", "$.bids.Y.adjustments"),
]


@pytest.mark.parametrize(("place", "value", "code", "path"), V1_CASES)
def test_bad_evidence_is_refused_at_its_place(place: str, value: Any, code: str, path: str) -> None:
    assert refusal(put(v1(), place, value)) == (code, path)


@pytest.mark.parametrize(("scene", "place", "value", "code", "path"), OTHER_CASES)
def test_bad_evidence_of_other_methods_is_refused_at_its_place(
    scene: Callable[[], dict[str, Any]], place: str, value: Any, code: str, path: str
) -> None:
    assert refusal(put(scene(), place, value)) == (code, path)


def test_a_rejected_bid_has_no_marks() -> None:
    document = v1()
    document["rejected"] = {"A": document["bids"].pop("A") and "late"}
    assert refusal(document) == ("evaluation.bid-unknown", "$.marks.J1.A")


def test_prices_too_small_for_a_benchmark_in_fen_are_refused() -> None:
    document = v2()
    document["bids"] = {"B1": {"price": "0.001"}}
    assert refusal(document) == ("evaluation.benchmark-zero", "$.method.price.k")


def test_a_lot_without_a_draw_is_refused() -> None:
    assert refusal(tied(["lot"], {"A": "1", "B": "1"})) == ("evaluation.draw-missing", "$.draw")


@pytest.mark.parametrize("pool", [["A", "B", "D"], ["A"], ["A", "B", "C", "D"]])
def test_a_lot_among_others_than_the_tied_bids_is_refused(pool: list[str]) -> None:
    document = tied(["lot"], {"A": "1", "B": "1", "C": "1"}) | {"draw": a_draw(pool)}
    assert refusal(document) == ("evaluation.draw-pool", "$.draw.pool")


def test_a_lot_that_orders_only_the_first_is_refused() -> None:
    document = tied(["lot"], {"A": "1", "B": "1", "C": "1"}) | {"draw": a_draw(["A", "B", "C"], alternates=1)}
    assert refusal(document) == ("evaluation.draw-pool", "$.draw.pool")


def test_a_draw_without_a_tie_is_refused() -> None:
    document = tied(["price", "lot"], {"A": "1", "B": "2"}) | {"draw": a_draw(["A", "B"])}
    assert refusal(document) == ("evaluation.draw-unused", "$.draw")


def test_a_draw_that_does_not_hold_is_refused_at_its_place() -> None:
    document = tied(["lot"], {"A": "1", "B": "1"}) | {"draw": a_draw(["A", "B"])}
    document["draw"]["pool"][1]["w"] = 2
    code, path = refusal(document)
    assert (code, path) == ("draw.leaf", "$.draw.pool[1].leaf")


def refusal(document: dict[str, Any]) -> tuple[str, object]:
    with pytest.raises(Problem) as refused:
        recompute(document)
    return refused.value.code, refused.value.facts["path"]
