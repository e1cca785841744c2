"""Committees that resolved, replaced a judge or did not agree, and whose evidence holds all the same."""

from collections.abc import Callable

import pytest
from evidence_log import Scene
from evidence_scenes import a_scene, the_policy
from forged_committees import AGAINST, REJECTION, called, resolved

from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence
from trading.evaluation.committee import Kind, Outcome, outcome


@pytest.mark.parametrize("happened", [resolved, called])
def test_resolutions_dissent_silence_and_a_replaced_judge_hold(happened: Callable[[Scene], None]) -> None:
    scene = a_scene()
    happened(scene)
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_the_readable_page_tells_resolutions_and_dissent() -> None:
    scene = a_scene()
    resolved(scene)
    page = unpack(scene.evidence())["report.html"].decode()
    assert all(text in page for text in (AGAINST, REJECTION["article"], "对排序有保留意见"))


@pytest.mark.parametrize(
    ("kind", "votes", "seats", "expected"),
    [
        (Kind.REJECTION, [True, True, True], 5, Outcome.PASSED),
        (Kind.REJECTION, [True, True, False, False], 5, Outcome.PENDING),
        (Kind.REJECTION, [True, False, False, False], 5, Outcome.DEFEATED),
        (Kind.OBJECTIVE, [True, True, True, True], 5, Outcome.PENDING),
        (Kind.OBJECTIVE, [True, True, True, True, False], 5, Outcome.PASSED),
        (Kind.OBJECTIVE, [True, True, False, False, False], 5, Outcome.DEFEATED),
        (Kind.COMPETITION, [], 5, Outcome.PENDING),
    ],
)
def test_more_than_half_of_all_seats_decide_and_a_finding_waits_for_every_judge(
    kind: Kind, votes: list[bool], seats: int, expected: Outcome
) -> None:
    assert outcome(kind, votes, seats) is expected
