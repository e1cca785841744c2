"""The preliminary examination by itself: who answers what, and what a majority of all seats settles (M87 61; TBR 51)."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from infra.kernel.problems import Problem
from trading.examination.rules import Next, Party, check_answer, check_answers, commitment, examine, goes_on, items_for
from trading.examination.rules import items_of as read
from trading.regimes.construction import PARAMETERS
from trading.regimes.procurement import EXAMINATION
from trading.regimes.regime import Rule

ITEMS = read(
    [
        {"id": "q1", "stage": "form", "zh": "投标函签字盖章", "en": "Signed", "clause": "2.1.1", "ground": "TBR 51(1)"},
        {"id": "q2", "stage": "qualification", "zh": "资质等级", "clause": "2.1.2", "ground": "TBR 51(3)"},
        {"id": "q3", "stage": "responsiveness", "zh": "工期", "en": "Term", "clause": "2.1.3", "ground": "TBR 51(6)"},
    ]
)
FAIL = {"reason": "未盖章", "pages": [{"part": "commercial", "page": 3}]}
ALL = {"A": dict.fromkeys(ITEMS, "pass"), "B": dict.fromkeys(ITEMS, "pass")}


def answers(*failing: int, bid: str = "A", item: str = "q1", seats: int = 5) -> dict[str, Any]:
    """Everybody's answers: these judges fail one item of one bid."""
    sheets: dict[str, Any] = {
        f"J{number}": {one: dict(row) for one, row in ALL.items()} for number in range(1, seats + 1)
    }
    for number in failing:
        sheets[f"J{number}"][bid][item] = FAIL
    return sheets


@pytest.mark.parametrize(("failing", "rejected"), [((1, 2), False), ((1, 2, 3), True), ((1, 2, 3, 4, 5), True)])
def test_more_than_half_of_all_seats_reject_a_bid_and_fewer_do_not(failing: tuple[int, ...], rejected: bool) -> None:
    assert list(examine(ITEMS, answers(*failing), 5)["rejected"]) == (["A"] if rejected else [])


def test_half_of_an_even_committee_is_no_majority() -> None:
    assert examine(ITEMS, answers(1, 2, seats=4), 4)["rejected"] == {}


def test_failures_of_different_items_do_not_add_up_to_a_majority() -> None:
    told = answers(1, 2)
    told["J3"]["A"]["q2"] = FAIL
    assert examine(ITEMS, told, 5)["rejected"] == {}


def test_a_rejection_names_ground_clause_item_and_the_reasons_of_those_who_failed_it() -> None:
    told = answers(1, 2, 3)
    told["J2"]["A"]["q1"] = {"reason": "公章不清", "pages": []}
    assert examine(ITEMS, told, 5)["rejected"] == {"A": "TBR 51(1): 2.1.1 投标函签字盖章: 未盖章 / 公章不清 / 未盖章"}


def test_a_bid_that_fails_two_items_is_told_both_grounds_in_the_documents_order() -> None:
    told = answers(1, 2, 3, item="q3")
    for number in (1, 2, 3):
        told[f"J{number}"]["A"]["q2"] = FAIL
    why = examine(ITEMS, told, 5)["rejected"]["A"]
    assert why.index("TBR 51(3): 2.1.2 资质等级") < why.index("TBR 51(6): 2.1.3 工期")


def test_who_dissents_from_a_rejection_is_kept_and_what_nobody_failed_is_not_listed() -> None:
    found = examine(ITEMS, answers(1, 3, 5), 5)["findings"]
    assert found == {
        "A": {"q1": {"failed": dict.fromkeys(["J1", "J3", "J5"], FAIL), "passed": ["J2", "J4"], "rejects": True}}
    }


def test_the_result_does_not_depend_on_the_order_in_which_judges_and_bids_stand() -> None:
    told = answers(1, 2, 4)
    turned = {judge: dict(reversed(sheet.items())) for judge, sheet in reversed(told.items())}
    assert examine(ITEMS, turned, 5) == examine(ITEMS, told, 5)


@pytest.mark.parametrize("seats", [5, 7])
def test_one_failure_more_never_takes_a_rejection_back(seats: int) -> None:
    for pattern in product((False, True), repeat=seats):
        failing = [number for number, fails in enumerate(pattern, 1) if fails]
        out = bool(examine(ITEMS, answers(*failing, seats=seats), seats)["rejected"])
        assert out == (2 * len(failing) > seats)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda told: told.pop("B"), "examination.missing"),
        (lambda told: told["A"].pop("q2"), "examination.missing"),
        (lambda told: told.update(C={}), "examination.unknown"),
        (lambda told: told["A"].update(q9="pass"), "examination.unknown"),
        (lambda told: told["A"].update(q1="fail"), "evidence.type"),
        (lambda told: told["A"].update(q1={"reason": " ", "pages": []}), "examination.reason"),
        (lambda told: told["A"].update(q1={"reason": "x" * 501, "pages": []}), "examination.reason"),
        (lambda told: told["A"].update(q1={"reason": "未盖章"}), "evidence.field-missing"),
        (lambda told: told["A"].update(q1={"reason": "未盖章", "pages": [{"part": "", "page": 1}]}), "examination.pages"),
        (lambda told: told["A"].update(q1={"reason": "未盖章", "pages": FAIL["pages"] * 6}), "examination.pages"),
        (lambda told: told["A"].update(q1={"reason": "缺", "pages": [{"part": "p", "page": 0}]}), "evidence.range"),
    ],
    ids=[
        "a bid left out", "an item left out", "an unknown bid", "an unknown item", "another word", "no reason",
        "a reason too long", "no pages named", "a page of nothing", "too many pages", "page nought",
    ],
)  # fmt: skip
def test_answers_that_are_not_whole_or_not_lawful_are_refused(change: Any, code: str) -> None:
    told: dict[str, dict[str, Any]] = {bid: dict(row) for bid, row in ALL.items()}
    change(told)
    with pytest.raises(Problem) as caught:
        check_answers(told, ITEMS, ["A", "B"])
    assert caught.value.code == code


def test_a_failure_needs_a_reason_but_what_is_missing_from_a_bid_has_no_page() -> None:
    assert check_answer({"reason": "未提交授权委托书", "pages": []})


def test_a_commitment_binds_section_judge_and_every_answer() -> None:
    salt = bytes(32)
    one = commitment(salt, "T/1", "J1", ALL)
    changed: Mapping[str, Any] = {**ALL, "B": {**ALL["B"], "q3": FAIL}}
    others = [
        commitment(salt, "T/2", "J1", ALL),
        commitment(salt, "T/1", "J2", ALL),
        commitment(salt, "T/1", "J1", changed),
        commitment(b"\1" * 32, "T/1", "J1", ALL),
    ]
    assert len({one, *others}) == 5
    assert one.hex() == "2e10ab4b850eca004a647c56f3795383dce10061fe972c3ac1a94590a08138df"


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(Problem, match=r"marks\.salt"):
        commitment(bytes(31), "T/1", "J1", ALL)


def test_in_construction_the_committee_examines_everything_in_procurement_the_purchaser_does_qualification() -> None:
    eng, gp = PARAMETERS[Rule.QUALIFICATION_BY].value, EXAMINATION[Rule.QUALIFICATION_BY].value
    assert isinstance(eng, tuple) and isinstance(gp, tuple)
    assert list(items_for(Party.COMMITTEE, ITEMS, eng)) == ["q1", "q2", "q3"]
    assert list(items_for(Party.PURCHASER, ITEMS, eng)) == []
    assert list(items_for(Party.COMMITTEE, ITEMS, gp)) == ["q1", "q3"]
    assert list(items_for(Party.PURCHASER, ITEMS, gp)) == ["q2"]


@pytest.mark.parametrize(
    ("valid", "eng", "gp"),
    [
        (3, Next.MARKS, Next.MARKS),
        (2, Next.COMPETITION, Next.FAILED),
        (1, Next.COMPETITION, Next.FAILED),
        (0, Next.FAILED, Next.FAILED),
    ],
)
def test_with_fewer_than_three_left_the_rule_set_decides_how_it_goes_on(valid: int, eng: Next, gp: Next) -> None:
    for rules, expected in ((PARAMETERS, eng), (EXAMINATION, gp)):
        few, minimum = rules[Rule.TOO_FEW_VALID].value, rules[Rule.VALID_BIDS_MINIMUM].value
        assert isinstance(few, tuple) and isinstance(minimum, int)
        assert goes_on(valid, minimum, few) is expected
