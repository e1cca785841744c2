"""What trimming leaves out, mark by mark, agrees with what the evaluation computes in one go."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trading.evaluation.reading import read_bids, read_method, read_sheets
from trading.evaluation.rules import evaluate, item_mean, left_out, rounded, shown

HALVES = st.integers(0, 40).map(lambda number: f"{Decimal(number) / 2:.1f}")


def method(trim_from: int | None, items: int = 2) -> dict[str, Any]:
    return {
        "price": {"kind": "lowest_price_first", "weight": "60"},
        "items": [{"id": f"t{n}", "group": "technical", "kind": "subjective", "max": "20"} for n in range(items)],
        "judges": {"trim_from": trim_from},
    }


@given(st.lists(st.tuples(HALVES, HALVES), min_size=1, max_size=9), st.sampled_from([None, 3, 5]))
def test_the_sum_of_the_items_means_is_the_subjective_score(rows: list[tuple[str, str]], trim_from: int | None) -> None:
    read = read_method(method(trim_from))
    bids = read_bids({"a": {"price": "1"}}, read, complete=True)
    sheets = {f"J{n}": {"a": {"t0": one, "t1": other}} for n, (one, other) in enumerate(rows, 1)}
    out = evaluate(read, bids, read_sheets(sheets, read, bids))
    means = [item_mean(read, [Decimal(row[place]) for row in rows]) for place in (0, 1)]
    assert shown(rounded(sum(means, Fraction(0)), 2), 2) == out["subjective"]["a"]


@given(st.lists(HALVES.map(Decimal), min_size=3, max_size=9))
def test_exactly_one_highest_and_one_lowest_mark_are_left_out_even_of_equal_ones(marks: list[Decimal]) -> None:
    places = left_out(read_method(method(3)), marks)
    assert places is not None
    high, low = places
    assert high != low
    assert (marks[high], marks[low]) == (max(marks), min(marks))


def test_nothing_is_left_out_below_the_number_of_judges() -> None:
    assert left_out(read_method(method(5)), [Decimal(1)] * 4) is None
    assert left_out(read_method(method(None)), [Decimal(1)] * 9) is None
