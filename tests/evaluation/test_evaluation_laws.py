from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trading.evaluation.evidence import recompute
from trading.evaluation.rules import rounded, shown

Document = dict[str, Any]
amounts = st.integers(1, 10**9).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
halves = st.integers(0, 20).map(lambda half: f"{half / 2:.1f}")


@st.composite
def documents(draw: st.DrawFn, trim: bool = True) -> Document:
    bids = [f"B{place}" for place in range(draw(st.integers(1, 6)))]
    judges = [f"J{place}" for place in range(draw(st.integers(1, 6)))]
    benchmark = {
        "kind": "benchmark",
        "trim_from": 3,
        "drop_high": 1,
        "drop_low": 1,
        "k": "0.03",
        "above": "2",
        "below": "1",
    }
    price = draw(st.sampled_from([{"kind": "lowest_price_first"}, benchmark]))
    return {
        "method": {
            "price": price | {"weight": "60"},
            "items": [
                {"id": "t1", "group": "technical", "kind": "subjective", "max": "10", "step": "0.5"},
                {"id": "c1", "group": "commercial", "kind": "subjective", "max": "20"},
                {"id": "o1", "group": "commercial", "kind": "objective", "max": "10"},
            ],
            "judges": {"trim_from": draw(st.sampled_from([None, 3, 5])) if trim else None},
            "tie": draw(st.sampled_from([[], ["price"], ["technical", "price"], ["price", "technical", "joint"]])),
            "places": draw(st.integers(0, 4)),
            "sum_rounded": draw(st.booleans()),
        },
        "bids": {bid: {"price": draw(amounts), "objective": {"o1": draw(halves)}} for bid in bids},
        "marks": {judge: {bid: {"t1": draw(halves), "c1": draw(halves)} for bid in bids} for judge in judges},
        "rejected": {},
    }


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_bids_judges_and_items_decides_nothing(document: Document, random: Any) -> None:
    mixed = document | {"bids": shuffled(document["bids"], random), "marks": shuffled(document["marks"], random)}
    mixed["method"] = document["method"] | {"items": random.sample(document["method"]["items"], 3)}
    assert recompute(mixed)["out"] == recompute(document)["out"]


@given(documents())
def test_recomputing_a_recomputed_document_changes_nothing(document: Document) -> None:
    assert recompute(recompute(document)) == recompute(document)


@given(documents())
def test_every_bid_stands_in_the_order_once_and_totals_never_rise_along_it(document: Document) -> None:
    out = recompute(document)["out"]
    groups = [entry if isinstance(entry, list) else [entry] for entry in out["order"]]
    totals = [Decimal(out["total"][bid]) for group in groups for bid in group]
    assert sorted(bid for group in groups for bid in group) == sorted(document["bids"])
    assert totals == sorted(totals, reverse=True)
    assert all(len({out["total"][bid] for bid in group}) == 1 for group in groups)


@given(documents(), st.sampled_from(["1", "2.5", "9"]))
def test_an_equal_mark_for_all_moves_every_subjective_score_alike(document: Document, more: str) -> None:
    document["method"]["places"] = 4
    document["method"]["items"][1]["max"] = "100"
    raised = document | {
        "marks": {
            judge: {bid: row | {"c1": str(Decimal(row["c1"]) + Decimal(more))} for bid, row in sheet.items()}
            for judge, sheet in document["marks"].items()
        }
    }
    before, after = recompute(document)["out"]["subjective"], recompute(raised)["out"]["subjective"]
    assert {bid: Decimal(after[bid]) - Decimal(before[bid]) for bid in before} == dict.fromkeys(before, Decimal(more))


@given(documents(trim=False))
def test_without_trimming_the_subjective_score_is_the_mean_of_the_judges_sums(document: Document) -> None:
    document["method"]["places"] = 4
    sheets = document["marks"].values()
    for bid, score in recompute(document)["out"]["subjective"].items():
        total = sum((Fraction(mark) for sheet in sheets for mark in sheet[bid].values()), Fraction(0))
        assert abs(Fraction(score) - total / len(sheets)) <= Fraction(1, 20000)


@given(documents(), st.sampled_from(["0.01", "3", "1000"]))
def test_lowest_price_first_does_not_depend_on_the_unit_of_money(document: Document, factor: str) -> None:
    document["method"]["price"] = {"kind": "lowest_price_first", "weight": "60"}
    scaled = document | {
        "bids": {
            bid: row | {"price": str(Decimal(row["price"]) * Decimal(factor))} for bid, row in document["bids"].items()
        }
    }
    assert recompute(scaled)["out"]["price"] == recompute(document)["out"]["price"]


@given(documents())
def test_a_cheaper_bid_never_scores_less_by_lowest_price_first(document: Document) -> None:
    document["method"]["price"] = {"kind": "lowest_price_first", "weight": "60"}
    out = recompute(document)["out"]["price"]
    by_price = sorted(document["bids"], key=lambda bid: Decimal(document["bids"][bid]["price"]))
    scores = [Decimal(out[bid]) for bid in by_price]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 60


@given(st.fractions(), st.integers(0, 9))
def test_rounding_is_symmetric_and_off_by_at_most_half_a_unit(value: Fraction, places: int) -> None:
    units = rounded(value, places)
    assert rounded(-value, places) == -units
    assert abs(value * 10**places - units) <= Fraction(1, 2)
    assert Fraction(shown(units, places)) == Fraction(units, 10**places)


def shuffled(mapping: dict[str, Any], random: Any) -> dict[str, Any]:
    return dict(random.sample(list(mapping.items()), len(mapping)))
