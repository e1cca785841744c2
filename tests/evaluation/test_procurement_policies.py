"""Government procurement's rules on prices: same brands count once, small suppliers' deductions, the price's least weight."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from evaluation_scenes import v1
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.problems import Problem
from trading.evaluation.evidence import recompute
from trading.evaluation.policy import Object, as_deductions, check_deduction, check_weight, deduction_bounds, lowered
from trading.evaluation.rules import Adjustment, Bid, LowestEvaluated, Method, Tie, evaluate
from trading.evaluation.same_brand import Offer, brand_key, by_lowest_price, by_score, counted, groups, not_counting

NEW = date(2026, 11, 22)
OFFERS = {
    "A": Offer("华星", Fraction(100)),
    "B": Offer("ＨＵＡ Xing", Fraction(90)),
    "C": Offer("hua xing", Fraction(95)),
    "D": Offer("", Fraction(80)),
    "E": Offer(" ", Fraction(70)),
    "F": Offer("华 星", Fraction(100)),
}


def test_bids_of_one_brand_count_as_one_whatever_its_width_case_and_blanks() -> None:
    assert groups(OFFERS) == {"华星": ["A", "F"], "huaxing": ["B", "C"], "bid D": ["D"], "bid E": ["E"]}
    assert counted(OFFERS) == 4


def test_by_lowest_price_one_of_a_brand_is_kept_and_equal_prices_are_left_to_the_document() -> None:
    kept = by_lowest_price(OFFERS)
    assert (kept["huaxing"], kept["华星"]) == (["B"], ["A", "F"])
    assert not_counting(OFFERS, kept) == {"C": "huaxing"}


def test_by_score_the_highest_ranked_of_a_brand_is_kept() -> None:
    kept = by_score(OFFERS, ["C", ["A", "F"], "E", "B", "D"])
    assert (kept["huaxing"], kept["华星"]) == (["C"], ["A", "F"])
    assert not_counting(OFFERS, kept) == {"B": "huaxing"}


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=2), st.tuples(st.text("xy ", max_size=2), st.integers(1, 5)))
)
def test_every_brand_keeps_somebody_and_who_is_kept_or_not_are_all(rows: dict[str, tuple[str, int]]) -> None:
    offers = {bid: Offer(brand, Fraction(price)) for bid, (brand, price) in rows.items()}
    kept = by_lowest_price(offers)
    out = not_counting(offers, kept)
    assert len(kept) == counted(offers) and all(kept.values())
    assert sorted([*out, *(bid for bids in kept.values() for bid in bids)]) == sorted(offers)
    assert all(brand_key(offers[bid].brand) == brand for bid, brand in out.items())


@pytest.mark.parametrize(
    ("what", "day", "bounds"),
    [
        (Object.GOODS, NEW, ("0.10", "0.20")),
        (Object.SERVICES, date(2022, 7, 1), ("0.10", "0.20")),
        (Object.GOODS, date(2022, 6, 30), ("0.06", "0.10")),
        (Object.WORKS, NEW, ("0.03", "0.05")),
    ],
)
def test_deductions_are_those_in_force_on_the_day(what: Object, day: date, bounds: tuple[str, str]) -> None:
    found = deduction_bounds(what, day)
    assert (str(found.least), str(found.most)) == bounds and found.source


@pytest.mark.parametrize(("what", "rate"), [(Object.GOODS, "0.09"), (Object.SERVICES, "0.21"), (Object.WORKS, "0.10")])
def test_a_deduction_outside_its_bounds_is_refused(what: Object, rate: str) -> None:
    with pytest.raises(Problem) as refused:
        check_deduction(what, NEW, Decimal(rate))
    assert refused.value.code == "policy.deduction"
    check_deduction(what, NEW, deduction_bounds(what, NEW).most)


def test_before_the_first_rule_there_is_no_deduction() -> None:
    with pytest.raises(Problem) as refused:
        deduction_bounds(Object.GOODS, date(2020, 12, 31))
    assert refused.value.code == "policy.none"


@pytest.mark.parametrize(("what", "weight"), [(Object.GOODS, "29.99"), (Object.SERVICES, "9.5")])
def test_a_price_with_too_few_points_is_refused_in_procurement(what: Object, weight: str) -> None:
    with pytest.raises(Problem) as refused:
        check_weight(what, Fraction(weight), 100)
    assert refused.value.code == "policy.weight"


def test_a_price_with_enough_points_passes_and_works_have_no_bound() -> None:
    check_weight(Object.GOODS, Fraction(30), 100)
    check_weight(Object.SERVICES, Fraction(10), 100)
    check_weight(Object.WORKS, Fraction(1), 100)


def test_the_deduction_of_v1_is_what_its_evidence_says() -> None:
    document = v1()
    document["method"]["price"]["deductions"] = as_deductions({"A": False, "B": True, "C": False}, Decimal("0.10"))
    assert recompute(document)["out"]["price"] == {"A": "28.93", "B": "30.00", "C": "23.63"}


def test_the_lowest_evaluated_price_compares_lowered_prices_and_leaves_the_bids_own() -> None:
    bids = {"A": Bid(Fraction(980000)), "B": Bid(Fraction(1050000), {}, [(Adjustment.AMOUNT, Fraction(10000))])}
    method = Method(LowestEvaluated(), (), None, (Tie.PRICE,), 2)
    compared = lowered(bids, {"B": True}, Decimal("0.10"))
    assert evaluate(method, compared, []) == {
        "evaluated": {"A": "980000.00", "B": "955000.00"},
        "order": ["B", "A"],
    }
    assert compared["B"].price == bids["B"].price
