"""Openings that needed their bidders, or waited for keys, and whose evidence holds."""

from collections.abc import Callable
from itertools import takewhile

import pytest
from evidence_log import Scene
from evidence_scenes import a_scene, the_policy
from forged_rescues import factors, late, paused, remedied

from trading.archive.verify import verify_evidence


@pytest.mark.parametrize("happened", [factors, remedied, late, paused])
def test_an_opening_that_needed_its_bidders_holds(happened: Callable[[Scene], None]) -> None:
    """Later steps do not hold in these scenes: their judges signed a report that states another time of opening."""
    scene = a_scene()
    happened(scene)
    steps = takewhile(lambda step: step.name != "draw", verify_evidence(scene.evidence(), the_policy()))
    assert [step.name for step in steps][-2:] == ["opening", "record"]
