"""Bands of marks and examination items: what may be frozen with a method, and what is refused where."""

from decimal import Decimal
from typing import Any

import pytest
from test_scoring_method import a_method

from infra.kernel.problems import Problem
from trading.evaluation.bands import band_of, read_bands, reason_below
from trading.evaluation.criteria import Stage, criteria_of
from trading.evaluation.method import check_method
from trading.regimes.rules import CONSTRUCTION

GOOD = {"word": "优", "from": "24", "to": "30", "means": "完整、有针对性"}
FAIR = {"word": "良", "from": "15", "to": "24", "means": ""}
POOR = {"word": "差", "from": "0", "to": "14.5", "means": "有缺漏"}
BANDS = [GOOD, FAIR, POOR]
SIGNED = {"id": "f1", "stage": "form", "zh": "签字盖章齐全", "en": "Signed", "clause": "2.1.1", "ground": "TBR 51(1)"}
ABLE = {"id": "q1", "stage": "qualification", "zh": "资质等级", "clause": "2.1.2", "ground": "TBR 51(3)"}


def labelled(**label: Any) -> dict[str, Any]:
    return {"t1": {"zh": "施工组织设计", **label}}


def refusal(labels: Any = None, examination: Any = ()) -> tuple[str, object]:
    with pytest.raises(Problem) as refused:
        check_method(a_method(), CONSTRUCTION, labels, examination)
    return refused.value.code, refused.value.facts["path"]


def test_bands_are_frozen_with_their_item_and_may_share_an_end_or_leave_a_gap() -> None:
    scoring = check_method(a_method(), CONSTRUCTION, labelled(bands=BANDS, reasons_below="0.7"))
    assert scoring.labels["t1"]["bands"] == BANDS


@pytest.mark.parametrize(("mark", "word"), [("30", "优"), ("24", "优"), ("23.5", "良"), ("14.75", None), ("0", "差")])
def test_a_mark_lies_in_the_higher_of_two_bands_that_meet_and_in_none_between_them(mark: str, word: str | None) -> None:
    item = check_method(a_method(), CONSTRUCTION).method.items[0]
    band = band_of(read_bands(BANDS, item, "$"), Decimal(mark))
    assert (band and band.word) == word


@pytest.mark.parametrize(
    ("bands", "code", "path"),
    [
        ([GOOD | {"to": "30.5"}], "band.range", "[0].to"),
        ([GOOD | {"from": "-1"}], "band.range", "[0].from"),
        ([GOOD | {"from": "24.2"}], "band.step", "[0].from"),
        ([GOOD | {"from": "30", "to": "24"}], "band.order", "[0].from"),
        ([GOOD, FAIR | {"to": "24.5"}], "band.overlap", "[1].to"),
        ([POOR, GOOD], "band.overlap", "[1].to"),
        ([GOOD, POOR | {"word": "优"}], "band.word-twice", "[1].word"),
        ([GOOD | {"word": " "}], "band.word", "[0].word"),
        ([GOOD | {"means": "x" * 501}], "band.word", "[0].word"),
        ([GOOD | {"to": "thirty"}], "evidence.decimal", "[0].to"),
        ([{"word": "优"}], "evidence.field-missing", "[0].from"),
        ([GOOD] * 11, "band.many", ""),
        ("优", "evidence.type", ""),
    ],
    ids=[
        "above-the-most", "below-zero", "off-the-step", "turned-round", "overlapping", "from-low-to-high", "twice",
        "unnamed", "endless", "no-number", "without-ends", "too-many", "no-list",
    ],
)  # fmt: skip
def test_bands_that_no_judge_could_mark_by_are_refused_at_their_place(bands: Any, code: str, path: str) -> None:
    assert refusal(labelled(bands=bands)) == (code, f"$.labels.t1.bands{path}")


def test_a_reason_is_due_below_the_documents_share_else_below_the_rule_sets() -> None:
    assert reason_below({"reasons_below": "0.75"}, CONSTRUCTION) == Decimal("0.75")
    assert reason_below({"zh": "…"}, CONSTRUCTION) == Decimal("0.6")
    assert refusal(labelled(reasons_below="1.1")) == ("evidence.range", "$.labels.t1.reasons_below")


def test_examination_items_are_frozen_in_their_order_with_stage_clause_and_ground() -> None:
    scoring = check_method(a_method(), CONSTRUCTION, None, [SIGNED, ABLE])
    assert [(one.id, one.stage, one.clause) for one in scoring.examination] == [
        ("f1", Stage.FORM, "2.1.1"),
        ("q1", Stage.QUALIFICATION, "2.1.2"),
    ]
    assert criteria_of([SIGNED, ABLE]) == scoring.examination
    assert [one.name("en") for one in scoring.examination] == ["Signed", "资质等级"]


@pytest.mark.parametrize(
    ("examination", "code", "path"),
    [
        ([SIGNED, ABLE | {"id": "f1"}], "examination.item-twice", "[1].id"),
        ([SIGNED | {"clause": " "}], "examination.clause-empty", "[0].clause"),
        ([SIGNED | {"ground": "TBR 52"}], "examination.ground-unknown", "[0].ground"),
        ([SIGNED | {"id": ""}], "examination.id", "[0].id"),
        ([SIGNED | {"zh": ""}], "examination.name", "[0].zh"),
        ([SIGNED | {"stage": "price"}], "evidence.word", "[0].stage"),
        ([SIGNED | {"weight": "3"}], "evidence.field-unknown", "[0].weight"),
        ([SIGNED | {"id": f"f{place}"} for place in range(61)], "examination.many", ""),
    ],
    ids=["twice", "no-clause", "no-ground", "no-id", "no-name", "no-stage", "with-points", "too-many"],
)
def test_an_examination_item_that_could_reject_nobody_lawfully_is_refused(
    examination: Any, code: str, path: str
) -> None:
    assert refusal(None, examination) == (code, f"$.examination{path}")
