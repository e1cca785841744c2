"""How long a committee sat, in the evidence: time set, asked for and extended, a pause under seal, and no other."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import a_scene, the_policy
from forged_sittings import SITTINGS, over, paused

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def refusal(scene: Scene) -> Problem:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value


def test_a_pause_under_seal_and_an_extended_time_hold() -> None:
    steps = {step.name: step.facts for step in verify_evidence(paused().evidence(), the_policy())}
    assert steps["pauses"] == {"pauses": 1}


@pytest.mark.parametrize(("code", "change"), rows(SITTINGS))
def test_a_forged_sitting_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = paused()
    change(scene)
    assert refusal(scene).code == code


def test_nobody_is_cut_off_where_more_than_a_third_asked_for_more_time() -> None:
    scene = paused()
    over(scene, "J1", "J4")
    assert [step.name for step in verify_evidence(scene.evidence(), the_policy())][-1] == "page"


def test_one_of_five_who_asks_does_not_stop_the_clock() -> None:
    scene = paused()
    over(scene, "J1")
    assert refusal(scene).facts["field"] == "time"


def test_a_section_without_any_time_set_has_no_step_of_its_own() -> None:
    assert "pauses" not in [step.name for step in verify_evidence(a_scene().evidence(), the_policy())]
