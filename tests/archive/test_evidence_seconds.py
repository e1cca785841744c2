"""Second envelopes in the evidence: an honest tender in two holds, and every forgery of it is refused with its own code."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import PRICES, a_scene_in_two_envelopes, the_policy
from forged_late_seconds import LATE_SECONDS, late_second, never_second
from forged_seconds import NONE_LEFT, SECONDS, none_priced

from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence


def test_a_tender_in_two_envelopes_holds_and_says_how_many_prices_were_opened() -> None:
    steps = {step.name: step.facts for step in verify_evidence(a_scene_in_two_envelopes().evidence(), the_policy())}
    assert steps["second"] == {"opened": 3, "counted": 3}
    assert steps["result"]["price"] == PRICES["B"]


def test_the_readable_page_tells_the_prices_of_the_second_envelopes() -> None:
    page = unpack(a_scene_in_two_envelopes().evidence())["report.html"].decode()
    assert all(PRICES[name] in page for name in "ABC")


@pytest.mark.parametrize(("code", "change"), rows(SECONDS))
def test_a_forged_second_envelope_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = a_scene_in_two_envelopes()
    change(scene)
    assert refusal(scene) == (code, True)


def test_a_section_of_which_no_price_opened_ends_by_an_officers_decision() -> None:
    steps = [step.name for step in verify_evidence(none_priced().evidence(), the_policy())]
    assert steps[-2:] == ["halted", "page"]


@pytest.mark.parametrize(("code", "change"), rows(NONE_LEFT))
def test_a_forged_end_without_prices_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = none_priced()
    change(scene)
    assert refusal(scene) == (code, True)


def test_second_keys_that_came_too_late_hold_with_what_was_shown_meanwhile() -> None:
    steps = {step.name: step.facts for step in verify_evidence(late_second().evidence(), the_policy())}
    assert steps["late-keys"] == {"released": 0, "needed": 2} and steps["remedies"]["shown"] == 1
    assert steps["second"] == {"opened": 3, "counted": 3}


def test_prices_that_all_were_shown_need_no_key_once_the_limit_has_passed() -> None:
    steps = {step.name: step.facts for step in verify_evidence(never_second().evidence(), the_policy())}
    assert steps["remedies"]["shown"] == 3 and steps["result"]["price"] == PRICES["B"]


@pytest.mark.parametrize(("code", "change"), rows(LATE_SECONDS))
def test_forged_late_second_keys_are_refused_with_their_own_code(code: str, change: Change) -> None:
    scene = late_second()
    change(scene)
    assert refusal(scene) == (code, True)


def refusal(scene: Scene) -> tuple[str, bool]:
    """The code, and whether it is told where."""
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    return caught.value.code, bool(caught.value.facts["where"])
