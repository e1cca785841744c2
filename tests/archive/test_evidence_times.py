"""Time tokens in the evidence: they belong to its events, and hold by the authorities that the policy names."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_times import NAME, TIMES, stamped_scene, stamper
from time_stamper import founded

from infra.auth.time_stamps import read_anchors
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from trading.archive import verify_times
from trading.archive.verify import verify_evidence


def naming(folder: Path) -> Policy:
    return replace(the_policy(), timestamps={NAME: read_anchors(folder)["ca"]})


@pytest.fixture
def anytime(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scene plays on fixed days; the authority stamps today."""
    monkeypatch.setattr(verify_times, "SKEW", timedelta(days=36_500))


def test_tokens_hold_by_the_authority_that_the_policy_names(anytime: None) -> None:
    steps = {step.name: step.facts for step in verify_evidence(stamped_scene().evidence(), naming(stamper().folder))}
    assert steps["times"] == {"tokens": 2, "judged": 2}


def test_without_an_authority_in_the_policy_tokens_are_counted_but_not_judged() -> None:
    steps = {step.name: step.facts for step in verify_evidence(stamped_scene().evidence(), the_policy())}
    assert steps["times"] == {"tokens": 2, "judged": 0}


def test_a_token_of_another_root_is_refused(anytime: None, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"log\.time-token"):
        list(verify_evidence(stamped_scene().evidence(), naming(founded(tmp_path / "other").folder)))


def test_a_token_from_before_its_event_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_times, "SKEW", timedelta(days=-36_500))
    with pytest.raises(Problem, match=r"evidence\.time-token"):
        list(verify_evidence(stamped_scene().evidence(), naming(stamper().folder)))


@pytest.mark.parametrize(("code", "change"), rows(TIMES))
def test_a_forged_token_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = stamped_scene()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code and caught.value.facts["where"]
