"""A forger who holds the log's key and every trustee still contradicts what bidders and judges have signed."""

import forged_answers
import forged_awards
import forged_committees
import forged_draws
import forged_lists
import forged_openings
import forged_rescues
import forged_tenders
import forged_ties
import forged_trees
import pytest
from evidence_forging import FORGERIES, Change, rows
from evidence_scenes import (
    a_scene,
    the_policy,
)

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence

TABLES = (
    forged_answers,
    forged_tenders,
    forged_lists,
    forged_openings,
    forged_rescues,
    forged_committees,
    forged_awards,
    forged_draws,
    forged_ties,
    forged_trees,
)


@pytest.mark.parametrize(("code", "change"), rows(FORGERIES))
def test_a_forgery_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = a_scene()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code
    assert caught.value.facts["where"]


def test_a_second_commitment_that_its_body_signed_is_part_of_the_story_and_changes_nothing() -> None:
    scene = a_scene()
    forged_draws.second(scene)
    assert list(verify_evidence(scene.evidence(), the_policy()))
