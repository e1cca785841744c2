"""A report reviewed before publicity, marks corrected for listed reasons: clocks by rule set, and what follows. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.evaluation.evidence import recompute
from trading.regimes.procurement import REVIEW
from trading.regimes.regime import Mark, Regime, Rule
from trading.regimes.rules import CONSTRUCTION
from trading.review.rules import (
    Correction,
    Verdict,
    check_published,
    check_review,
    corrected,
    correction_message,
    extremes,
    returned,
    review_message,
    wrong_in,
)
from trading.sections.states import LIFE, SectionState

REPORTED = datetime(2026, 9, 29, 2, tzinfo=UTC)
PROCUREMENT = replace(CONSTRUCTION, parameters={**CONSTRUCTION.parameters, **REVIEW})
METHOD = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "o1", "group": "commercial", "kind": "objective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}
DOCUMENT = recompute(
    {
        "method": METHOD,
        "bids": {
            "A": {"price": "980000.00", "objective": {"o1": "18"}},
            "B": {"price": "945000.00", "objective": {"o1": "16"}},
        },
        "marks": {
            "J1": {"A": {"t1": "38"}, "B": {"t1": "42"}},
            "J2": {"A": {"t1": "40"}, "B": {"t1": "41"}},
            "J3": {"A": {"t1": "19"}, "B": {"t1": "43"}},
        },
        "rejected": {},
    }
)
REPORT = {"format": "report/v1", "out": DOCUMENT["out"]}
RIGHT = Correction("J3", "A", "t1", "19", "39", "extreme-mark", "漏看第 30 页")


def refusal(call: Any) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.code


def test_construction_publishes_without_waiting_for_a_confirmation() -> None:
    check_published(CONSTRUCTION, REPORTED, REPORTED, confirmed=False)


def test_procurement_waits_for_the_purchaser_five_working_days() -> None:
    """The worked calendar V7: five working days from 09-29, with the holidays between, end on 10-12."""
    ends = PROCUREMENT.end(REPORTED, Rule.REPORT_REVIEW)
    assert ends == datetime(2026, 10, 12, 16, tzinfo=UTC)
    early = ends - timedelta(seconds=1)
    assert refusal(lambda: check_published(PROCUREMENT, REPORTED, early, confirmed=False)) == "review.running"
    check_published(PROCUREMENT, REPORTED, early, confirmed=True)
    check_published(PROCUREMENT, REPORTED, ends, confirmed=False)


@pytest.mark.parametrize("verdict", Verdict)
def test_silence_for_the_whole_time_has_confirmed_a_procurement_report(verdict: Verdict) -> None:
    ends = PROCUREMENT.end(REPORTED, Rule.REPORT_REVIEW)
    said = ("extreme-mark", "评分畸低")
    assert refusal(lambda: check_review(PROCUREMENT, REPORTED, ends, verdict, *said)) == "review.time-over"
    check_review(CONSTRUCTION, REPORTED, ends, verdict, *said)


@pytest.mark.parametrize("reason", ["sum-error", "out-of-range", "objective-differs", "extreme-mark"])
def test_article_64_lists_the_reasons_for_which_a_report_goes_back(reason: str) -> None:
    check_review(PROCUREMENT, REPORTED, REPORTED, Verdict.RETURN, reason, "请复核")
    assert PROCUREMENT.parameter(Rule.CORRECTION_REASONS)[2:4] == ("M87 64", Mark.READ)


@pytest.mark.parametrize(
    ("reason", "words", "code"),
    [
        ("", "请复核", "review.reason"),
        ("unhappy", "请复核", "review.reason"),
        ("sum-error", "", "review.reasons"),
        ("sum-error", "字" * 4001, "review.reasons"),
    ],
)
def test_a_return_for_another_reason_or_without_words_is_refused(reason: str, words: str, code: str) -> None:
    called = lambda: check_review(CONSTRUCTION, REPORTED, REPORTED, Verdict.RETURN, reason, words)  # noqa: E731
    assert refusal(called) == code


@pytest.mark.parametrize("regime", [CONSTRUCTION, PROCUREMENT], ids=["construction", "procurement"])
def test_a_mark_far_from_the_others_may_be_corrected_by_its_judge(regime: Regime) -> None:
    assert wrong_in(DOCUMENT, RIGHT, regime) is None
    assert extremes(DOCUMENT, "J3", regime) == {"A": ["t1"]}
    assert extremes(DOCUMENT, "J1", regime) == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"judge": "J9"}, "mark"),
        ({"bid": "C"}, "mark"),
        ({"item": "o1"}, "mark"),
        ({"old": "20"}, "old"),
        ({"reason": "second-thoughts"}, "reason"),
        ({"reason": "sum-error"}, "extreme"),
        ({"reason": "out-of-range"}, "extreme"),
        ({"reason": "objective-differs"}, "extreme"),
        ({"judge": "J1", "old": "38"}, "extreme"),
        ({"bid": "B", "old": "43"}, "extreme"),
        ({"new": "19"}, "new"),
        ({"reasons": " "}, "reasons"),
    ],
)
def test_any_other_change_of_a_mark_is_refused(changed: Mapping[str, str], field: str) -> None:
    assert wrong_in(DOCUMENT, RIGHT._replace(**changed), CONSTRUCTION) == field


def test_a_correction_changes_that_mark_alone_and_everything_is_computed_anew() -> None:
    report, document = corrected(REPORT, DOCUMENT, RIGHT)
    marks = {judge: {bid: dict(row) for bid, row in rows.items()} for judge, rows in DOCUMENT["marks"].items()}
    marks["J3"]["A"]["t1"] = "39"
    assert document == recompute({name: DOCUMENT[name] for name in ("method", "bids", "rejected")} | {"marks": marks})
    assert report == {**REPORT, "out": document["out"], "corrections": [RIGHT._asdict()]}
    assert DOCUMENT["marks"]["J3"]["A"]["t1"] == "19"


@pytest.mark.parametrize("new", ["51", "-1", "NaN", "1e9", "８．５", "8,5", ""])
def test_a_mark_cannot_be_corrected_to_an_impossible_one(new: str) -> None:
    with pytest.raises(Problem):
        corrected(REPORT, DOCUMENT, RIGHT._replace(new=new))


def test_each_return_and_each_correction_is_a_version_of_its_own() -> None:
    once = returned(REPORT, "extreme-mark", "请复核")
    twice = returned(once, "sum-error", "再复核")
    report, _ = corrected(twice, DOCUMENT, RIGHT)
    assert [one["reason"] for one in report["returned"]] == ["extreme-mark", "sum-error"]
    assert "returned" not in REPORT
    assert len({review_message("S", bytes(32), Verdict.RETURN, one, "x") for one in ("a", "b")}) == 2


@pytest.mark.parametrize("changed", [{name: "x"} for name in Correction._fields])
def test_what_a_judge_signs_binds_every_part_of_a_correction(changed: Mapping[str, str]) -> None:
    assert correction_message("S", bytes(32), RIGHT) != correction_message("S", bytes(32), RIGHT._replace(**changed))
    assert correction_message("S", bytes(32), RIGHT) != correction_message("T", bytes(32), RIGHT)
    assert correction_message("S", bytes(32), RIGHT) != correction_message("S", b"\1" * 32, RIGHT)


@pytest.mark.parametrize("state", [one for one in SectionState if one is not SectionState.REPORTED])
def test_only_a_report_that_stands_can_be_returned(state: SectionState) -> None:
    assert LIFE.move("return-report", SectionState.REPORTED, Role.PROCURING) is SectionState.MARKED
    with pytest.raises(Problem):
        LIFE.move("return-report", state, Role.PROCURING)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.PROCURING])
def test_only_the_procuring_entity_can_return_a_report(role: Role) -> None:
    with pytest.raises(Problem):
        LIFE.move("return-report", SectionState.REPORTED, role)
