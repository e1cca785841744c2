"""A returned report and corrected marks, in the evidence: each version holds by the one before, and no other does."""

import pytest
from evidence_forging import Change, facts, rows
from evidence_log import Scene
from evidence_scenes import the_policy
from forged_reviews import CORRECTED, REVIEWS, WORDS, overtaken, reviewed

from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence


def steps(scene: Scene) -> dict[str, object]:
    return {step.name: dict(step.facts) for step in verify_evidence(scene.evidence(), the_policy())}


def test_a_report_returned_once_holds_when_all_have_signed_what_a_judge_corrected() -> None:
    told = steps(reviewed())
    assert told["report"] == {"signed": 5, "dissented": 0, "silent": 0}
    assert told["review"] == {"returned": 1, "corrected": 1, "confirmed": 1}


def test_a_correction_before_all_have_signed_lets_the_signatures_lapse() -> None:
    told = steps(overtaken())
    assert (told["report"], told["review"]) == (
        {"signed": 5, "dissented": 0, "silent": 0},
        {"returned": 0, "corrected": 1, "confirmed": 0},
    )


def test_the_evaluation_in_the_file_is_the_one_with_the_corrected_mark() -> None:
    scene = reviewed()
    document = read(unpack(scene.evidence())["evaluation.json"])
    assert document["marks"]["J1"]["bid-a2"]["t1"] == facts(scene, CORRECTED)["new"]
    assert (
        facts(scene, "marks.published")["evaluation"]["marks"]["J1"]["bid-a2"]["t1"] == facts(scene, CORRECTED)["old"]
    )


def test_the_readable_page_tells_why_the_report_was_returned_and_what_was_corrected() -> None:
    page = unpack(reviewed().evidence())["report.html"].decode()
    assert WORDS in page
    assert "22 → 30" in page


@pytest.mark.parametrize(("code", "change"), rows(REVIEWS))
def test_a_forged_review_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = reviewed()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert (caught.value.code, bool(caught.value.facts["where"])) == (code, True)
