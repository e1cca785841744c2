"""Openings that needed their bidders, or waited for keys, and whose evidence holds."""

from collections.abc import Callable
from itertools import takewhile

import pytest
from evidence_log import Scene
from evidence_scenes import a_scene, the_policy
from forged_rescues import factors, late, paused, remedied

from trading.archive.verify import verify_evidence

FACTORS = ["factors", "remedies"]


@pytest.mark.parametrize(
    ("happened", "told"),
    [(factors, FACTORS), (remedied, FACTORS), (late, ["late-keys", "remedies"]), (paused, FACTORS)],
)
def test_an_opening_that_needed_its_bidders_holds(happened: Callable[[Scene], None], told: list[str]) -> None:
    """Later steps do not hold in these scenes: their judges signed a report that states another time of opening."""
    scene = a_scene()
    happened(scene)
    steps = takewhile(lambda step: step.name != "draw", verify_evidence(scene.evidence(), the_policy()))
    assert [step.name for step in steps][8:] == ["opening", *told, "record"]


def test_the_steps_of_a_rescued_opening_tell_what_bidders_gave() -> None:
    scene = a_scene()
    remedied(scene)
    steps = takewhile(lambda step: step.name != "draw", verify_evidence(scene.evidence(), the_policy()))
    found = {step.name: step.facts for step in steps}
    assert found["factors"] == {"given": 2, "refused": 1, "missing": 2}
    assert found["remedies"] == {"asked": 2, "shown": 3, "differed": 0, "ended": 1}


def test_an_opening_that_needed_nobody_tells_no_such_step() -> None:
    names = {step.name for step in verify_evidence(a_scene().evidence(), the_policy())}
    assert not names & {"factors", "late-keys", "remedies"}
