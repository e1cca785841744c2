"""The procuring entity chooses among the candidates only where a rule set lists it: pure."""

from dataclasses import replace

import pytest

from infra.kernel.problems import Problem
from trading.choice.rules import check_by_choice, choice_message
from trading.regimes.construction import PARAMETERS
from trading.regimes.regime import Rule
from trading.regimes.rules import CONSTRUCTION

BY_RANK = replace(
    CONSTRUCTION,
    parameters={**PARAMETERS, Rule.AWARD_BY: PARAMETERS[Rule.AWARD_BY]._replace(value=("rank",), source="M87 68")},
)


def test_construction_lists_the_choice_as_something_not_verified() -> None:
    check_by_choice(CONSTRUCTION)
    assert CONSTRUCTION.parameter(Rule.AWARD_BY).mark == "○"


def test_where_the_first_has_to_win_nothing_is_left_to_choose_and_the_article_is_named() -> None:
    with pytest.raises(Problem) as caught:
        check_by_choice(BY_RANK)
    assert (caught.value.code, caught.value.facts["source"]) == ("section.by-choice", "M87 68")


@pytest.mark.parametrize(
    "changed", [{"section": "YH-2/01"}, {"report": bytes(31) + b"1"}, {"bid": "b"}, {"reasons": "因"}]
)
def test_a_signature_binds_section_report_bid_and_reasons(changed: dict[str, object]) -> None:
    said: dict[str, object] = {"section": "YH-1/01", "report": bytes(32), "bid": "a", "reasons": "理由"}
    assert choice_message(**said) != choice_message(**said | changed)  # type: ignore[arg-type]
