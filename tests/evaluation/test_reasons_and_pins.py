"""Reasons and pins beside marks: what is taken, what is refused, when a reason is due, and what the judge commits to."""

from decimal import Decimal
from typing import Any

import pytest

from infra.kernel.problems import Problem
from trading.evaluation.marks import Reasoned, commitment, promise_of, reasoned_commitment
from trading.evaluation.rules import Item, ItemKind
from trading.evaluation.words import check_words, read_pins, read_reason, reasons_missing

SALT = bytes(32)
ITEM = Item(id="t1", group="technical", kind=ItemKind.SUBJECTIVE, max=Decimal(8), step=Decimal("0.5"))
MARKS = {"A": {"t1": "4.5"}, "B": {"t1": "5"}}
PIN = {"part": "technical", "page": 28, "text": "停水"}


def share(_: str) -> Decimal:
    return Decimal("0.6")


def refused(sheet: Reasoned) -> str:
    with pytest.raises(Problem) as told:
        check_words(sheet, {"t1": ITEM}, share)
    return told.value.code


def test_a_reason_is_due_below_the_share_of_the_maximum_and_not_at_it() -> None:
    sheet = Reasoned({"A": {"t1": "4.5"}, "B": {"t1": "4.8"}, "C": {"t1": "8"}})
    assert reasons_missing(sheet, {"t1": ITEM}, share) == [("A", "t1")]


def test_a_sheet_whose_low_marks_have_reasons_is_taken() -> None:
    check_words(Reasoned(MARKS, {"A": {"t1": "未写明"}}, {"B": {"t1": [PIN]}}), {"t1": ITEM}, share)


@pytest.mark.parametrize(
    ("code", "reasons", "pins"),
    [
        pytest.param("marks.reason-missing", {}, {}, id="none where one is due"),
        pytest.param("marks.reason", {"A": {"t1": " 未写明"}}, {}, id="blanks around it"),
        pytest.param("marks.reason", {"A": {"t1": ""}}, {}, id="an empty one"),
        pytest.param("marks.reason", {"A": {"t1": "a\0b"}}, {}, id="a sign that cannot be kept"),
        pytest.param("evidence.type", {"A": {"t1": 5}}, {}, id="no text"),
        pytest.param("evidence.type", {"A": {"t1": "未写明"}, "B": {}}, {}, id="a row of nothing"),
        pytest.param("evaluation.item-unknown", {"A": {"t2": "未写明"}}, {}, id="beside no mark"),
        pytest.param(
            "evaluation.item-unknown", {"A": {"t1": "未写明"}}, {"C": {"t1": [PIN]}}, id="a pin beside no bid"
        ),
        pytest.param("marks.pins", {"A": {"t1": "未写明"}}, {"A": {"t1": []}}, id="no pin at all"),
        pytest.param("marks.pins", {"A": {"t1": "未写明"}}, {"A": {"t1": [PIN, PIN]}}, id="the same pin twice"),
        pytest.param(
            "evidence.field-unknown", {"A": {"t1": "未写明"}}, {"A": {"t1": [{**PIN, "x": 1}]}}, id="more in a pin"
        ),
        pytest.param("evidence.range", {"A": {"t1": "未写明"}}, {"A": {"t1": [{**PIN, "page": 0}]}}, id="page nought"),
        pytest.param("evidence.type", {"A": {"t1": "未写明"}}, {"A": {"t1": [{**PIN, "page": True}]}}, id="page true"),
    ],
)
def test_a_sheet_with_other_words_is_refused(code: str, reasons: Any, pins: Any) -> None:
    assert refused(Reasoned(MARKS, reasons, pins)) == code


@pytest.mark.parametrize("size", [1000, 1001])
def test_a_reason_has_at_most_a_thousand_signs(size: int) -> None:
    if size <= 1000:
        assert read_reason("理" * size, "$") == "理" * size
    else:
        with pytest.raises(Problem, match=r"marks\.reason"):
            read_reason("理" * size, "$")


def test_a_pin_given_twice_is_kept_once() -> None:
    assert read_pins([PIN, dict(PIN)], "$") == [PIN]


def test_every_part_of_a_sheet_is_in_its_commitment() -> None:
    sheet = Reasoned(MARKS, {"A": {"t1": "未写明"}}, {"B": {"t1": [PIN]}})
    others = [
        sheet._replace(marks={**MARKS, "B": {"t1": "5.0"}}),
        sheet._replace(reasons={"A": {"t1": "未写明。"}}),
        sheet._replace(reasons={}),
        sheet._replace(pins={"B": {"t1": [{**PIN, "page": 29}]}}),
        sheet._replace(pins={"B": {"t1": [{**PIN, "text": ""}]}}),
    ]
    promised = {reasoned_commitment(SALT, "S/1", "J1", one) for one in (sheet, *others)}
    promised |= {reasoned_commitment(SALT, "S/1", "J2", sheet), reasoned_commitment(SALT, "S/2", "J1", sheet)}
    assert len(promised) == len(others) + 3


def test_marks_alone_are_committed_to_differently_in_the_two_formats() -> None:
    assert commitment(SALT, "S/1", "J1", MARKS) != reasoned_commitment(SALT, "S/1", "J1", Reasoned(MARKS))


def test_a_kept_sheet_is_judged_by_the_format_it_has() -> None:
    kept = {"marks": MARKS, "salt": ""}
    assert promise_of(SALT, "S/1", "J1", kept) == commitment(SALT, "S/1", "J1", MARKS)
    newer = {**kept, "reasons": {}, "pins": {}}
    assert promise_of(SALT, "S/1", "J1", newer) == reasoned_commitment(SALT, "S/1", "J1", Reasoned(MARKS))


def test_a_sheet_of_no_format_is_refused() -> None:
    with pytest.raises(Problem, match=r"marks\.members"):
        promise_of(SALT, "S/1", "J1", {"marks": MARKS, "salt": "", "reasons": {}})


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(Problem, match=r"marks\.salt"):
        reasoned_commitment(bytes(31), "S/1", "J1", Reasoned(MARKS))
