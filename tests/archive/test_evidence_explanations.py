"""Explanations of far-off marks in the evidence: what was asked, said and not said can be recomputed by anybody."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_explanations import EXPLAINED, explained

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_a_section_in_which_one_judge_explained_and_one_was_silent_holds() -> None:
    steps = [step.name for step in verify_evidence(explained().evidence(), the_policy())]
    assert steps[-3:] == ["report", "result", "page"]


@pytest.mark.parametrize(("code", "change"), rows(EXPLAINED))
def test_a_forged_explanation_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = explained()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code
    assert caught.value.facts["where"]
