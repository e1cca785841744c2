"""A government purchase in the evidence: who qualified, who determined the winner, and what the result notice tells."""

from datetime import timedelta

import pytest
from evidence_forging import Change, facts, rows
from evidence_log import SECTION, Scene
from evidence_scenes import the_policy
from forged_purchases import AWARD, BOUGHT, DETERMINED, bought, bought_in_silence, unevaluated

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def steps(scene: Scene) -> dict[str, dict[str, object]]:
    return {step.name: dict(step.facts) for step in verify_evidence(scene.evidence(), the_policy())}


def refusal(scene: Scene) -> Problem:
    with pytest.raises(Problem) as caught:
        steps(scene)
    assert caught.value.facts["where"]
    return caught.value


@pytest.mark.parametrize("scene", [bought, bought_in_silence], ids=["by its word", "by silence"])
def test_a_purchase_holds_to_its_result(scene: object) -> None:
    assert callable(scene)
    found = steps(scene())
    assert found["tender"]["regime"] == "gp-demo"
    assert found["result"]["winner"] == facts(scene(), AWARD)["winner"]["bidder"]


@pytest.mark.parametrize(("code", "change"), rows(BOUGHT))
def test_a_forged_purchase_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = bought()
    change(scene)
    assert refusal(scene).code == code


def test_silence_counts_only_when_the_whole_time_of_the_review_is_over() -> None:
    scene = bought_in_silence()
    for name in (DETERMINED, AWARD):
        scene.event(name).moved(-15)
    assert refusal(scene).code == "evidence.early"


def test_a_purchase_of_which_too_few_qualified_ends_there() -> None:
    assert steps(unevaluated())["unqualified"] == {"rejected": 1}


def test_the_failure_must_tell_how_many_qualified() -> None:
    scene = unevaluated()
    facts(scene, "section.failed")["remaining"] = 1
    problem = refusal(scene)
    assert (problem.code, problem.facts["field"]) == ("evidence.qualification", "remaining")


def test_a_challenge_after_the_award_does_not_break_the_file_and_one_out_of_time_does() -> None:
    scene = bought()
    told = {"number": 1, "due": "2026-11-30T00:00:00Z", "digest": facts(scene, DETERMINED) and "A" * 43 + "="}
    scene.tell("result-objection.raised", f"{SECTION}#O1", **told)
    assert "result" in steps(scene)
    late = bought()
    late.at += timedelta(minutes=5)
    late.tell("result-objection.raised", f"{SECTION}#O1", **told)
    problem = refusal(late)
    assert (problem.code, problem.facts["field"]) == ("evidence.result", "challenge")
