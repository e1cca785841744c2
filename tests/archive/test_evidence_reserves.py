"""A sealed reserve price in the evidence: told as it was sealed last, after the prices, and no other."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_reserves import NAME, RESERVES, reserved, unopened

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_the_reserve_price_that_was_sealed_last_holds() -> None:
    steps = {step.name: step.facts for step in verify_evidence(reserved().evidence(), the_policy())}
    assert steps["reserve"] == {"name": NAME, "price": "9400000.00"}


def test_one_that_did_not_open_is_told_as_such_and_decides_nothing() -> None:
    steps = {step.name: step.facts for step in verify_evidence(unopened().evidence(), the_policy())}
    assert steps["reserve-unopened"] == {"name": NAME, "reason": "seal.share"} and "result" in steps


@pytest.mark.parametrize(("code", "change"), rows(RESERVES))
def test_a_forged_reserve_price_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = reserved()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code
    assert caught.value.facts["where"]
