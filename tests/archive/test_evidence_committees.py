"""Committees that resolved, replaced a judge or did not agree, and whose evidence holds all the same."""

from collections.abc import Callable

import pytest
from evidence_forging import Change, facts, rows
from evidence_log import Scene
from evidence_scenes import (
    a_scene,
    a_scene_with_a_representative,
    a_scene_with_a_supplement,
    a_scene_with_three_judges,
    the_policy,
)
from forged_committees import AGAINST, REJECTION, called, resolved
from forged_lists import listed
from forged_representatives import REPRESENTATIVES, named_again, vacated
from forged_supplements import SUPPLEMENTS

from infra.kernel.canonical import b64, digest
from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence
from trading.archive.verify_changes import content_of
from trading.evaluation.committee import Kind, Outcome, outcome


@pytest.mark.parametrize("happened", [resolved, called])
def test_resolutions_dissent_silence_and_a_replaced_judge_hold(happened: Callable[[Scene], None]) -> None:
    scene = a_scene()
    happened(scene)
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


@pytest.mark.parametrize("happened", [lambda _: None, named_again, vacated])
def test_a_representative_named_in_time_sits_on_the_committee(happened: Callable[[Scene], None]) -> None:
    scene = a_scene_with_a_representative()
    happened(scene)
    told = {step.name: step.facts for step in verify_evidence(scene.evidence(), the_policy())}
    assert told["committee"]["judges"] == 5 and told["draw"]["seats"] == 4


@pytest.mark.parametrize(("code", "change"), rows(REPRESENTATIVES))
def test_a_forgery_about_a_representative_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = a_scene_with_a_representative()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code and caught.value.facts["where"]


def test_a_committee_of_fewer_than_the_rule_set_asks_for_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(a_scene_with_three_judges().evidence(), the_policy()))
    assert caught.value.code == "evidence.committee-size"
    assert (caught.value.facts["experts"], caught.value.facts["representatives"]) == (3, 0)


@pytest.mark.parametrize(("ceiling", "told"), [(None, None), ("7", None), ("7.0.0", "money"), ("9" * 5000, "money")])
def test_a_ceiling_that_is_no_amount_is_refused_and_none_is_no_large_budget(
    ceiling: str | None, told: str | None
) -> None:
    scene, found = a_scene(), None
    content = {**facts(scene, "document.frozen"), "ceiling": ceiling}
    document = b64(digest(content_of(content)))
    facts(scene, "document.frozen").update(ceiling=ceiling, document=document)
    notice = facts(scene, "notice.published")["facts"]
    notice.update(document=document)
    notice.pop("ceiling") if ceiling is None else notice.update(ceiling=ceiling)
    try:
        list(verify_evidence(scene.evidence(), the_policy()))
    except Problem as problem:
        found = problem.code.partition(".")[0]
    assert found == told


def test_a_draw_for_vacant_seats_leaves_the_others_where_they_sit() -> None:
    told = {step.name: step.facts for step in verify_evidence(a_scene_with_a_supplement().evidence(), the_policy())}
    assert told["committee"]["judges"] == 5


@pytest.mark.parametrize(("code", "change"), list(rows(SUPPLEMENTS)))
def test_a_forgery_about_a_supplement_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = a_scene_with_a_supplement()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code and caught.value.facts["where"]


def test_a_list_of_judges_signed_by_two_holds_and_tells_who_signed() -> None:
    scene = a_scene()
    listed(scene)
    told = {step.name: step.facts for step in verify_evidence(scene.evidence(), the_policy())}
    assert told["list"] == {"judges": 5, "first": "centre员", "second": "supervisor员"}


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
