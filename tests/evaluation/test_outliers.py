"""V4: a mark further than 30 % from the mean of the other judges' is to be explained; nothing else is."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.problems import Problem
from trading.evaluation.outliers import asked_marks, check_texts, outliers, unanswered

SHARE = Decimal("0.30")
P = ("8.5", "9", "7", "8", "9.5", "8.5", "8")
Q = ("8", "8", "8.5", "9", "9", "8", "5")


def sheets(*rows: tuple[str, ...]) -> dict[str, dict[str, dict[str, str]]]:
    """Judges J1… who mark one item of bids A, B, …; a row holds one bid's marks by judge."""
    return {
        f"J{place + 1}": {chr(65 + bid): {"t1": row[place]} for bid, row in enumerate(rows)}
        for place in range(len(rows[0]))
    }


def test_of_worked_example_v4_only_judge_7_is_asked_about_q() -> None:
    assert outliers(sheets(P, Q), SHARE) == {"J7": {"B": ["t1"]}}


@pytest.mark.parametrize(
    ("marks", "judges"),
    [
        (("10", "10", "13"), []),
        (("10", "10", "13.1"), ["J3"]),
        (("10", "10", "7"), []),
        (("10", "10", "6.9"), ["J3"]),
        (("0", "0", "0"), []),
        (("0", "0", "0.5"), ["J1", "J2", "J3"]),
        (("10",), []),
    ],
)
def test_exactly_at_the_share_is_not_further(marks: tuple[str, ...], judges: list[str]) -> None:
    assert list(outliers(sheets(marks), SHARE)) == judges


def test_where_the_rule_set_has_no_share_nobody_is_asked() -> None:
    assert outliers(sheets(Q), Decimal(0)) == {}


@given(st.lists(st.integers(0, 200), min_size=2, max_size=9), st.integers(1, 50))
def test_who_is_asked_depends_neither_on_the_scale_nor_on_the_judges_order(marks: list[int], scale: int) -> None:
    found = outliers(sheets(tuple(str(mark) for mark in marks)), SHARE)
    scaled = outliers(sheets(tuple(str(mark * scale) for mark in marks)), SHARE)
    turned = outliers(sheets(tuple(str(mark) for mark in reversed(marks))), SHARE)
    assert found == scaled
    assert {f"J{len(marks) + 1 - int(judge[1:])}" for judge in found} == set(turned)


def test_a_judge_is_asked_under_the_blind_label_under_which_the_mark_was_given() -> None:
    rows = {f"J{place + 1}": {"7KQM": {"t1": mark}, "A": {"c1": "5"}} for place, mark in enumerate(Q)}
    assert asked_marks(rows, {"7KQM": "A"}, SHARE) == {"J7": {"7KQM": ["t1"]}}


ASKED = {"B": ["t1"]}


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"B": {}},
        {"B": {"t1": " "}},
        {"B": {"t1": "字" * 1001}},
        {"B": {"t1": "因", "t2": "因"}},
        {"A": {"t1": "因"}},
        {"B": {"t1": 5}},
        {"B": "因"},
        None,
    ],
    ids=range(9),
)
def test_one_written_reason_for_each_mark_asked_about_and_for_no_other(texts: Any) -> None:
    with pytest.raises(Problem) as told:
        check_texts(ASKED, texts)
    assert told.value.code == "explanation.texts"


def test_silence_stands_as_an_empty_text_for_each_mark() -> None:
    assert unanswered(ASKED) == {"B": {"t1": ""}}
