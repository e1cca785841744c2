"""A result that could not stand, in the evidence: the signed way on holds, and no other does."""

import pytest
from evidence_forging import Change, rows
from evidence_log import SECTION, Scene
from evidence_scenes import the_policy
from forged_ways import ENDS, REASONS, WAYS, ended, handed_on, pass_over, renounced

from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence


def refusal(scene: Scene) -> Problem:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value


def test_the_next_candidate_wins_after_the_first_dropped_out_over_an_upheld_objection() -> None:
    scene = handed_on()
    steps = {step.name: step.facts for step in verify_evidence(scene.evidence(), the_policy())}
    assert steps["ways"] == {"passed": 1}
    assert steps["result"]["winner"] == scene.event("candidates.published").facts["candidates"][1]["bidder"]


def test_a_candidate_who_gives_up_after_the_publicity_makes_way_after_a_new_one() -> None:
    scene = renounced()
    steps = {step.name: step.facts for step in verify_evidence(scene.evidence(), the_policy())}
    assert steps["result"]["winner"] == scene.event("candidates.published").facts["candidates"][1]["bidder"]


def test_a_tender_that_the_procuring_entity_ended_holds_without_an_award() -> None:
    steps = {step.name: step.facts for step in verify_evidence(ended().evidence(), the_policy())}
    assert steps["no-award"] == {"cause": "objection-upheld", "passed": 0}
    assert list(steps)[-2:] == ["no-award", "page"]


@pytest.mark.parametrize("scene", [handed_on, ended], ids=["handed on", "ended"])
def test_the_readable_page_tells_the_decision_with_its_reasons(scene: object) -> None:
    assert callable(scene)
    assert REASONS in unpack(scene().evidence())["report.html"].decode()


@pytest.mark.parametrize(("code", "change"), rows(WAYS))
def test_a_forged_way_on_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = handed_on()
    change(scene)
    assert refusal(scene).code == code


@pytest.mark.parametrize(("code", "change"), rows(ENDS))
def test_a_forged_end_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = ended()
    change(scene)
    assert refusal(scene).code == code


def test_the_last_candidate_cannot_drop_out_by_a_decision_for_the_next() -> None:
    scene = handed_on()
    for name in ("publicity.ended", "award.published"):
        scene.drop(name)
    for place in (1, 2):
        bid = scene.event("candidates.published").facts["candidates"][place]["bid"]
        scene.at = scene.events[-1].at
        pass_over(scene, bid, cause="renounced", objections=())
    scene.tell("publicity.ended", SECTION).moved(15)
    scene.tell("award.published", "notice-5", winner=scene.event("candidates.published").facts["candidates"][0]).moved(
        20
    )
    problem = refusal(scene)
    assert (problem.code, problem.facts["field"]) == ("evidence.way", "bid")
