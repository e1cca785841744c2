"""Bands and examination items in the evidence: frozen with the document, lawful, and covered by its digest."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_frozen_items import FROZEN_ITEMS, banded

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


@pytest.mark.parametrize(("code", "change"), rows(FROZEN_ITEMS))
def test_forged_bands_and_items_are_refused_with_their_own_code(code: str, change: Change) -> None:
    scene = banded()
    change(scene)
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == code
    assert told.value.facts["where"]
