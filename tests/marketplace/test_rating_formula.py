"""The rating formula: the rule-book's worked examples, its gates, a second implementation, every refusal."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from second_rating import rating as second

from infra.kernel.problems import Problem
from marketplace.rating.evidence import out, read_parameters, read_record, recompute, told_parameters
from marketplace.rating.formula import (
    FIRST,
    Contract,
    Grade,
    Parameters,
    Record,
    decay,
    displayed,
    lifts,
    rate,
    stars,
    timeliness,
)

HUNDRED = Decimal(100)


def contract(owner: str, months: str | Decimal, *marks: int | None, related: bool = False) -> Contract:
    o, d, t, f = (None if one is None else Decimal(one) for one in marks)
    return Contract(owner, Decimal(months), (o, d, t, f), related)


def record(contracts: list[Contract], inspection: int | None, *deductions: int, **more: bool) -> Record:
    return Record(
        contracts,
        None if inspection is None else Decimal(inspection),
        [Decimal(one) for one in deductions],
        **more,
    )


STEADY = record(
    [contract(f"o{i % 10}", Decimal("1.2") * i, 90, 92, 80 if i in (3, 11) else 100, 100) for i in range(20)],
    92,
)
PUMPED = [contract("one", str(month), 100, 70, 100, 100) for month in range(1, 11)]
ORDINARY = [contract(f"o{month}", str(month), 50, 55, 40, 80) for month in (2, 5, 8, 11)]
FOUR = [contract(f"o{month}", str(month), 60, 65, 70, 90) for month in (2, 5, 8, 11)]


def test_the_steady_firm_of_the_rule_book_is_an_a() -> None:
    found = out(rate(STEADY))
    assert (found["S"], found["grade"], found["N"], found["owners"]) == ("88.9", "A", "9.33", 10)
    assert [found[name] for name in "ODTF"] == ["85.5", "86.9", "90.9", "92.5"]


def test_the_newcomer_of_the_rule_book_is_a_b_and_without_contracts_unrated() -> None:
    two = [contract("a", "1", 100, 100, 100, 100), contract("b", "2", 100, 100, 100, 100)]
    found = out(rate(record(two, 85)))
    assert (found["S"], found["grade"], found["N"]) == ("83.3", "B", "1.83")
    assert {found[name] for name in "ODTF"} == {"82.9"}
    none = out(rate(record([], 85)))
    assert (none["S"], none["grade"], none["N"], none["owners"]) == ("77.0", "U", "0.00", 0)


def test_the_pumped_firm_of_the_rule_book_is_a_c_and_lower_once_the_tie_is_proven() -> None:
    pumped = rate(record(PUMPED + ORDINARY, 70, 5))
    assert (displayed(pumped.score), pumped.grade) == ("66.9", Grade.C)
    ten = sum((line.weight for line in pumped.lines if line.place < 10), Decimal(0))
    assert (displayed(ten, 2), displayed(pumped.evidence - ten, 2)) == ("2.43", "2.80")
    proven = [Contract(one.owner, one.months, one.marks, related=True) for one in PUMPED]
    assert displayed(rate(record(proven + ORDINARY, 70, 5)).score) == "61.7"


def test_twenty_fake_contracts_of_one_owner_lift_the_firm_by_at_most_four_point_three() -> None:
    plain = rate(record(FOUR, 75))
    fakes = [contract("fake", Decimal(1) + Decimal("0.5") * i, 100, 65, 100, 100) for i in range(20)]
    lifted = rate(record(FOUR + fakes, 75))
    assert displayed(plain.score) == "72.6"
    assert Decimal("4.1") < lifted.score - plain.score <= Decimal("4.3")


def test_the_normative_example() -> None:
    document = {
        "contracts": [{"owner": "o1", "months": "1.5", "O": "100", "D": "92", "T": "80", "F": "100", "related": False}],
        "inspection": "85", "deductions": ["5"], "open_general": True, "serious": False,
    }  # fmt: skip
    told = {"O": "79.7", "D": "78.2", "T": "75.9", "F": "79.7", "N": "0.92", "owners": 1, "S": "74.6", "grade": "U"}
    assert recompute(document)["out"] == told == second(document)


def mark() -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.integers(0, 1000).map(lambda one: f"{one // 10}.{one % 10}"))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    rows = [
        {
            "owner": draw(st.sampled_from("abcd")),
            "months": draw(
                st.one_of(
                    st.sampled_from(["0", "12", "24", "36", "36.1"]),
                    st.integers(0, 400).map(lambda m: f"{m // 10}.{m % 10}"),
                )
            ),
            **{name: draw(mark()) for name in "ODTF"},
            "related": draw(st.booleans()),
        }
        for _ in range(draw(st.integers(0, 9)))
    ]
    return {
        "contracts": rows,
        "inspection": draw(mark()),
        "deductions": draw(st.lists(st.sampled_from(["1", "2.5", "5", "20"]), max_size=3)),
        "open_general": draw(st.booleans()),
        "serious": draw(st.sampled_from([False, False, False, True])),
    }


@settings(max_examples=300, deadline=None)
@given(documents())
def test_a_second_implementation_agrees(document: dict[str, Any]) -> None:
    assert recompute(document)["out"] == second(document)


@settings(max_examples=100, deadline=None)
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_equally_old_contracts_of_other_owners_changes_nothing(
    document: dict[str, Any], random: Any
) -> None:
    rows = [{**row, "owner": f"o{place}"} for place, row in enumerate(document["contracts"])]
    mixed = random.sample(rows, len(rows))
    assert recompute({**document, "contracts": rows})["out"] == recompute({**document, "contracts": mixed})["out"]


@settings(max_examples=100, deadline=None)
@given(documents(), st.integers(0, 8))
def test_a_better_mark_never_lowers_a_score(document: dict[str, Any], place: int) -> None:
    if place < len(document["contracts"]):
        before = rate(read_record(document)).score
        row = document["contracts"][place]
        better = {**row, **{name: "100" for name in "ODTF" if row[name] is not None}}
        rows = [*document["contracts"][:place], better, *document["contracts"][place + 1 :]]
        assert rate(read_record({**document, "contracts": rows})).score >= before


def test_old_results_recompute_with_the_parameters_they_were_made_with() -> None:
    later = Parameters(version=2, half=Decimal(6), grade_b=Decimal(80))
    document = {
        "contracts": [{"owner": "o", "months": "6", "O": "90", "D": None, "T": "100", "F": "100", "related": False}],
        "inspection": None, "deductions": [], "open_general": False, "serious": False,
    }  # fmt: skip
    first = recompute(document)["out"]
    other = recompute({**document, "parameters": told_parameters(later)})["out"]
    assert (first["N"], other["N"]) == ("0.71", "0.50") and first["S"] != other["S"]
    assert read_parameters(told_parameters(later)) == later and read_parameters(told_parameters(FIRST)) == FIRST
    assert recompute({**document, "parameters": told_parameters(FIRST)})["out"] == first


def test_gates_stand_in_their_order() -> None:
    good = [contract(f"o{i}", "0", 100, 100, 100, 100) for i in range(6)]
    assert rate(record(good, 90)).grade is Grade.A
    assert rate(record(good, 90, open_general=True)).grade is Grade.B
    assert rate(record(good, 84)).grade is Grade.B
    assert rate(record([contract("o", "0", 100, 100, 100, 100)] * 30, 90)).grade is Grade.B, "one owner group"
    assert rate(record(good, 90, serious=True)).grade is Grade.D
    assert rate(record(good, 90, 20, 20)).grade is Grade.D
    assert rate(record(good[:1], 0, 60)).grade is Grade.D
    assert rate(record([], 0, 60)).grade is Grade.U, "no grade without evidence"


def test_weights_halve_in_a_year_and_fall_with_the_owners_next_contract() -> None:
    assert decay(Decimal(12), FIRST.half) == Decimal("0.5") and decay(Decimal(24), FIRST.half) == Decimal("0.25")
    lines = rate(record([contract("o", "0", 1, 1, 1, 1)] * 3, None)).lines
    assert [displayed(one.weight, 3) for one in lines] == ["1.000", "0.500", "0.333"]
    related = rate(record([contract("o", "0", 1, 1, 1, 1, related=True), contract("o", "12", 1, 1, 1, 1)], None))
    assert [displayed(one.weight, 3) for one in related.lines] == ["0.000", "0.250"], (
        "a related contract takes its rank"
    )


def test_components_come_from_days_and_stars() -> None:
    assert [timeliness(Decimal(a), Decimal(10)) for a in (8, 10, 11, 15, 20)] == [100, 100, 80, 0, 0]
    assert stars([5, 5, 5, 5, 5]) == 100 and stars([1, 1, 1, 1, 1]) == 0 and stars([4, 4, 5, 4, 4]) == Decimal(80)
    assert stars([5] * 5, returned=1) == 60 and stars([5] * 5, returned=2) == 30 and stars([1] * 5, returned=1) == 0


def test_what_lifts_a_score_is_told_the_largest_first() -> None:
    found = lifts(record(FOUR, 75, 5))
    assert [name for name, _ in found][:2] == ["deductions", "inspection"] and dict(found)["contract"] > 0
    assert found[0][1] == found[1][1] == 5 > found[2][1]
    assert lifts(record([], 100)) == [
        ("contract", rate(record([contract("x", "0", 100, 100, 100, 100)], 100)).score - rate(record([], 100)).score)
    ]


ROW = {"owner": "o", "months": "1", "O": "90", "D": "90", "T": "90", "F": "90", "related": False}
WHOLE = {"contracts": [ROW], "inspection": "80", "deductions": [], "open_general": False, "serious": False}


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"contracts": [{**ROW, "O": "101"}]}, "evidence.range", "$.contracts[0].O"),
        ({"contracts": [{**ROW, "O": "-1"}]}, "evidence.range", "$.contracts[0].O"),
        ({"contracts": [{**ROW, "O": "９０"}]}, "evidence.decimal", "$.contracts[0].O"),
        ({"contracts": [{**ROW, "O": 90}]}, "evidence.decimal", "$.contracts[0].O"),
        ({"contracts": [{**ROW, "O": "NaN"}]}, "evidence.decimal", "$.contracts[0].O"),
        ({"contracts": [{**ROW, "months": "-0.1"}]}, "evidence.range", "$.contracts[0].months"),
        ({"contracts": [{**ROW, "owner": ""}]}, "rating.owner", "$.contracts[0].owner"),
        ({"contracts": [{**ROW, "related": "no"}]}, "evidence.type", "$.contracts[0].related"),
        ({"contracts": [{**ROW, "stars": "5"}]}, "evidence.field-unknown", "$.contracts[0].stars"),
        ({"contracts": {}}, "evidence.type", "$.contracts"),
        ({"inspection": "100.1"}, "evidence.range", "$.inspection"),
        ({"deductions": ["-1"]}, "evidence.range", "$.deductions[0]"),
        ({"serious": 1}, "evidence.type", "$.serious"),
        ({"grade": "A"}, "evidence.field-unknown", "$.grade"),
        ({"parameters": {}}, "evidence.field-missing", "$.parameters.version"),
        ({"parameters": told_parameters(FIRST) | {"half": "0"}}, "rating.not-positive", "$.parameters.half"),
        ({"parameters": told_parameters(FIRST) | {"weights": ["1"]}}, "rating.weights", "$.parameters.weights"),
        ({"parameters": told_parameters(FIRST) | {"weights": ["0.3"] * 5}}, "rating.weights-sum", "$.parameters.weights"),
    ],
)  # fmt: skip
def test_a_bad_record_is_refused_with_its_path(changed: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(Problem) as refused:
        recompute({**WHOLE, **changed})
    assert (refused.value.code, refused.value.facts["path"]) == (code, path)


def test_a_missing_member_is_refused() -> None:
    with pytest.raises(Problem, match=r"evidence\.field-missing"):
        recompute({name: value for name, value in WHOLE.items() if name != "serious"})
    with pytest.raises(Problem, match=r"evidence\.range"):
        recompute({**WHOLE, "contracts": [ROW] * 100_001})
