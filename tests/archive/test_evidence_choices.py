"""A winner chosen among the candidates, in the evidence: the signed choice holds where the notice leaves it, and no other."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import the_policy
from forged_choices import AGAIN, CHOICES, WHY, chosen, chosen_again, row

from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence


def steps(scene: Scene) -> dict[str, object]:
    return {step.name: dict(step.facts) for step in verify_evidence(scene.evidence(), the_policy())}


def refusal(scene: Scene) -> str:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value.code


def test_the_chosen_candidate_wins_and_not_the_first() -> None:
    scene = chosen()
    told = steps(scene)
    assert told["choice"] == {"winner": row(scene, 1)["bidder"], "rank": 2}
    assert told["result"] == {"winner": row(scene, 1)["bidder"], "price": row(scene, 1)["price_text"]}


def test_whoever_drops_out_makes_a_new_choice_due() -> None:
    scene = chosen_again()
    told = steps(scene)
    assert told["choice"] == {"winner": row(scene, 2)["bidder"], "rank": 3}
    assert told["ways"] == {"passed": 1}


def test_the_readable_page_tells_the_choice_with_its_reasons() -> None:
    assert WHY in unpack(chosen().evidence())["report.html"].decode()


@pytest.mark.parametrize(("code", "change"), rows(CHOICES))
def test_a_forged_choice_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = chosen()
    change(scene)
    assert refusal(scene) == code


@pytest.mark.parametrize(("code", "change"), rows(AGAIN))
def test_a_forged_second_choice_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = chosen_again()
    change(scene)
    assert refusal(scene) == code
