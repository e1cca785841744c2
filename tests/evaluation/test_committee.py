"""What may be moved in a committee, decided by pure rules."""

from typing import Any

import pytest

from infra.kernel.problems import Problem
from trading.evaluation.committee import Ground, Kind, Motion, check_content, first_difference, standing
from trading.evaluation.reading import read_method
from trading.regimes.rules import CONSTRUCTION

PRICE = {"kind": "lowest_price_first", "weight": "80"}
OBJECTIVE = [{"id": "o1", "group": "commercial", "kind": "objective", "max": "20", "step": "0.5"}]


def ground(items: list[dict[str, str]] | None = None, valid: tuple[str, ...] = ("A", "B")) -> Ground:
    method = read_method({"price": PRICE, "items": OBJECTIVE if items is None else items})
    return Ground(method, CONSTRUCTION, valid, ("J1", "J2", "J3"))


def finding(**marks: str) -> dict[str, Any]:
    return {
        "kind": "objective",
        "marks": {bid: {"o1": {"mark": mark, "ground": "p. 3"}} for bid, mark in marks.items()},
    }


LACKING = {"kind": "competition", "bids": ["A", "B"], "lacking": True, "reasons": "报价相近"}
REJECTION = {"kind": "rejection", "bid": "A", "article": "TBR 51(1)", "reasons": "未盖章"}


@pytest.mark.parametrize("content", [finding(A="18", B="0.5"), LACKING, REJECTION])
def test_what_is_lawful_may_be_moved(content: dict[str, Any]) -> None:
    assert check_content(content, ground()) is Kind(content["kind"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (finding(A="18"), "evaluation.mark-missing"),
        (finding(A="18", B="18", C="18"), "evaluation.bid-unknown"),
        (finding(A="18", B="18.3"), "evaluation.mark-step"),
        (finding(A="18", B="21"), "evaluation.mark-range"),
        ({"kind": "objective", "marks": {"A": {"o1": {"mark": "1"}}}}, "evidence.field-missing"),
        (REJECTION | {"bid": "C"}, "rejection.bid"),
        (REJECTION | {"article": "TBR 52"}, "rejection.ground"),
        (REJECTION | {"reasons": " "}, "resolution.reasons"),
        (REJECTION | {"reasons": "长" * 4001}, "resolution.reasons"),
        (REJECTION | {"reasons": "未\0盖章"}, "resolution.reasons"),
        (REJECTION | {"reasons": "\ud800"}, "resolution.reasons"),
        (REJECTION | {"note": ""}, "evidence.field-unknown"),
        (LACKING | {"bids": ["A"]}, "competition.bids"),
        (LACKING | {"lacking": "true"}, "evidence.type"),
        ({"kind": "replacement", "judge": "J4", "reasons": "缺席"}, "replacement.judge"),
        ({"kind": "award", "bid": "A"}, "evidence.word"),
        ([], "evidence.type"),
    ],
)
def test_what_is_not_lawful_is_refused_by_its_code(content: Any, code: str) -> None:
    with pytest.raises(Problem) as told:
        check_content(content, ground())
    assert told.value.code == code


def test_without_objective_items_there_is_nothing_to_find() -> None:
    with pytest.raises(Problem) as told:
        check_content(finding(A="18", B="18"), ground(items=[]))
    assert told.value.code == "finding.no-items"


def test_with_enough_valid_bids_competition_is_no_question() -> None:
    with pytest.raises(Problem) as told:
        check_content(LACKING | {"bids": ["A", "B", "C"]}, ground(valid=("A", "B", "C")))
    assert told.value.code == "competition.enough"


def test_with_no_valid_bid_left_competition_can_only_be_lacking() -> None:
    with pytest.raises(Problem) as told:
        check_content(LACKING | {"bids": [], "lacking": False}, ground(valid=()))
    assert told.value.code == "competition.bids"
    assert check_content(LACKING | {"bids": []}, ground(valid=())) is Kind.COMPETITION


def test_two_findings_differ_first_in_the_order_of_bids_and_items() -> None:
    assert first_difference(finding(A="18", B="17"), finding(A="18", B="16")) == ("B", "o1", "17", "16")
    assert first_difference(finding(A="18"), finding(A="18")) is None


def test_a_vote_that_goes_with_its_judge_opens_the_resolution_again() -> None:
    votes = {"J1": True, "J2": True, "J3": True}
    assert standing([Motion(1, Kind.REJECTION, REJECTION, votes)], 5).rejected == {"A": "TBR 51(1): 未盖章"}
    reopened = standing([Motion(1, Kind.REJECTION, REJECTION, {"J1": True, "J2": True})], 5)
    assert reopened.rejected == {} and [motion.number for motion in reopened.undecided] == [1]
