"""The evidence of sections that failed: that it had to be so, that nothing was opened, that nobody is named."""

from collections.abc import Callable

import pytest
from evidence_forging import Change, rows
from evidence_log import SECTION, Scene
from evidence_scenes import a_scene, company, credit_code, the_policy
from failed_scenes import few_bids, few_files, few_forms, tell_failure
from forged_failures import CLOSED, HALTED

from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence

STORY = ["zip", "index", "policy", "log", "members", "tender"]


def refusal(scene: Scene) -> Problem:
    """What the verifier says no with; it always says where."""
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value


@pytest.mark.parametrize(
    ("scene", "steps"),
    [
        (few_bids, [*STORY, "unopened", "page"]),
        (few_forms, [*STORY, "bids", "closing", "opening", "halted", "page"]),
        (few_files, [*STORY, "bids", "closing", "opening", "record", "halted", "page"]),
    ],
)
def test_the_evidence_of_a_failed_section_holds(scene: Callable[[], Scene], steps: list[str]) -> None:
    assert [step.name for step in verify_evidence(scene().evidence(), the_policy())] == steps


def test_the_verifier_tells_how_many_events_are_hidden_and_how_many_bids_stood() -> None:
    told = {step.name: step.facts for step in verify_evidence(few_bids().evidence(), the_policy())}
    assert told["log"]["hidden"] == 3
    assert told["unopened"] == {"listed": 2, "minimum": 3}


def test_of_an_unopened_bid_the_file_tells_nothing_but_the_hash_of_its_manifest() -> None:
    data, shown = few_bids().evidence(), a_scene()
    facts = shown.event("bid.submitted", 1).facts
    told = [shown.bids["bid-b"][name] for name in ("manifest", "signature", "certificate")]
    told += [facts["certificate"], company("A"), company("B"), credit_code("A"), credit_code("B"), "bid-a1"]
    assert [secret for secret in told if secret.encode() in data] == []


def test_without_hidden_events_a_section_that_nobody_bid_in_holds_too() -> None:
    scene = few_bids()
    scene.events = [one for one in scene.events if not one.hidden]
    scene.event("section.closed").facts["bids"] = []
    tell_failure(scene, "too-few-bids", 0, source="TBR 44")
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_a_drawing_that_runs_on_after_the_failure_does_not_spoil_the_file() -> None:
    scene = few_files()
    scene.tell("draw.failed", f"{SECTION}/1", reason="draw.refused", party="centre")
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def answered_late(scene: Scene) -> None:
    """What those who were called or named may still cause when their section has failed already."""
    scene.tell("invitation.declined", f"{SECTION}#J1", judge="J1", kind="ill")
    scene.tell("invitation.unanswered", f"{SECTION}#J2", judge="J2")
    scene.tell("recusal.found", f"{SECTION}#J3", judge="J3", kind="kin")
    scene.tell("representative.named", f"{SECTION}#J5", judge="J5", mandate=bytes(32).hex())


def test_what_those_called_still_answer_after_the_failure_does_not_spoil_the_file() -> None:
    scene = few_files()
    answered_late(scene)
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_nobody_signs_in_once_the_section_has_failed() -> None:
    scene = few_files()
    answered_late(scene)
    scene.tell("recusal.declared", f"{SECTION}#J1", judge="J1")
    scene.tell("sign-in.appointed", f"{SECTION}/1", by="2026-11-22T10:00:00Z")
    assert refusal(scene).code == "evidence.order"


@pytest.mark.parametrize("name", sorted(set(unpack(few_bids().evidence())) - {"index.json", "seal.json"}))
def test_a_member_left_out_before_sealing_is_missed_by_name(name: str) -> None:
    scene = few_bids()
    scene.override[name] = None
    found = refusal(scene)
    assert (found.code, found.facts["where"]) == ("evidence.member-missing", name)


@pytest.mark.parametrize("scene", [few_bids, few_forms])
def test_the_readable_page_says_why_the_section_failed(scene: Callable[[], Scene]) -> None:
    page = unpack(scene().evidence())["report.html"].decode()
    assert "流标 Failed" in page and "排名" not in page


@pytest.mark.parametrize(("code", "change"), rows(CLOSED))
def test_a_forged_failure_at_the_closing_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = few_bids()
    change(scene)
    assert refusal(scene).code == code


@pytest.mark.parametrize(("code", "change"), rows(HALTED))
@pytest.mark.parametrize("halted", [few_forms, few_files])
def test_a_forged_failure_of_the_opening_is_refused_with_its_own_code(
    halted: Callable[[], Scene], code: str, change: Change
) -> None:
    scene = halted()
    change(scene)
    assert refusal(scene).code == code
