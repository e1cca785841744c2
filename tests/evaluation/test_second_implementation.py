"""A second implementation of the normative page, written from its text with plain fractions, agrees on random cases."""

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_evaluation_laws import documents

from trading.evaluation.evidence import recompute

Document = dict[str, Any]


def half_up(value: Fraction, places: int) -> Fraction:
    scaled = abs(value) * 10**places
    return Fraction(floor(scaled + Fraction(1, 2)), 10**places) * (-1 if value < 0 else 1)


def price_scores(rule: dict[str, Any], prices: dict[str, Fraction]) -> dict[str, Fraction]:
    weight = Fraction(rule["weight"])
    if rule["kind"] == "lowest_price_first":
        return {bid: min(prices.values()) / price * weight for bid, price in prices.items()}
    kept = sorted(prices.values())
    if rule.get("trim_from") and len(kept) >= rule["trim_from"]:
        kept = kept[rule["drop_low"] : len(kept) - rule["drop_high"]]
    benchmark = half_up(sum(kept, Fraction(0)) / len(kept) * (1 - Fraction(rule["k"])), 2)
    found = {}
    for bid, price in prices.items():
        percent = abs(price - benchmark) / benchmark * 100
        found[bid] = max(Fraction(0), weight - percent * Fraction(rule["above" if price > benchmark else "below"]))
    return found


def subjective(document: Document, bid: str) -> Fraction:
    total, trim = Fraction(0), document["method"]["judges"]["trim_from"]
    for item in document["method"]["items"]:
        if item["kind"] == "subjective":
            marks = sorted(Fraction(sheet[bid][item["id"]]) for sheet in document["marks"].values())
            kept = marks[1:-1] if trim and len(marks) >= trim else marks
            total += sum(kept, Fraction(0)) / len(kept)
    return total


def second_totals(document: Document) -> dict[str, Fraction]:
    method, bids = document["method"], document["bids"]
    prices = price_scores(method["price"], {bid: Fraction(row["price"]) for bid, row in bids.items()})
    found = {}
    for bid, row in bids.items():
        objective = sum((Fraction(mark) for mark in row["objective"].values()), Fraction(0))
        parts = [prices[bid], subjective(document, bid), objective]
        places = method["places"]
        found[bid] = (
            sum((half_up(part, places) for part in parts), Fraction(0))
            if method["sum_rounded"]
            else half_up(sum(parts, Fraction(0)), places)
        )
    return found


@settings(max_examples=300)
@given(documents())
def test_totals_of_random_evaluations_are_those_of_a_second_implementation(document: Document) -> None:
    rule = document["method"]["price"]
    if rule["kind"] == "benchmark":
        # A mean below a fen rounds to a benchmark of nothing, which both refuse to divide by.
        for row in document["bids"].values():
            row["price"] = f"{Decimal(row['price']) + 1:f}"
    out = recompute(document)["out"]
    assert {bid: Fraction(text) for bid, text in out["total"].items()} == second_totals(document)


def many(bids: int, price: str) -> Document:
    return {
        "method": {
            "price": {"kind": "lowest_price_first", "weight": "90"},
            "items": [{"id": "t1", "group": "technical", "kind": "subjective", "max": "10"}],
            "judges": {"trim_from": None},
            "tie": ["joint"],
            "places": 2,
        },
        "bids": {f"B{place:03d}": {"price": price} for place in range(bids)},
        "marks": {"J1": {f"B{place:03d}": {"t1": "7.5"} for place in range(bids)}},
        "rejected": {},
    }


@pytest.mark.parametrize("bids", [1, 200])
def test_one_bid_and_two_hundred_equal_ones_have_the_price_in_full_and_share_the_rank(bids: int) -> None:
    out = recompute(many(bids, "0.01"))["out"]
    assert set(out["total"].values()) == {"97.50"}
    assert out["order"] == (["B000"] if bids == 1 else [sorted(out["total"])])


@given(st.integers(1, 10**8), st.integers(1, 10**8))
@example(1, 1)
def test_a_better_mark_never_lowers_a_total_and_a_lower_price_never_does_by_lowest_price_first(a: int, b: int) -> None:
    document = many(2, "100.00")
    document["bids"]["B000"]["price"], document["bids"]["B001"]["price"] = f"{a}.00", f"{b}.00"
    before = recompute(document)["out"]["total"]
    document["marks"]["J1"]["B000"]["t1"] = "8"
    assert Decimal(recompute(document)["out"]["total"]["B000"]) == Decimal(before["B000"]) + Decimal("0.5")
    cheaper = f"{max(1, a // 2)}.00"
    document["bids"]["B000"]["price"] = cheaper
    assert Decimal(recompute(document)["out"]["total"]["B000"]) >= Decimal(before["B000"])
