"""Before its notice a section may be renamed and get another deadline; only what the notice names counts."""

from dataclasses import replace

import pytest
from evidence_log import SECTION, Scene
from evidence_scenes import a_scene, the_policy
from evidence_tender import TITLE
from forged_openings import before

from infra.crypto.keyset import parse_keyset, sign_keyset, with_signatures
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def another_keyset(scene: Scene, name: str, *, at: str = "2026-11-02T08:00:00Z") -> None:
    """A keyset for another deadline, published just before an event of this name."""
    [own] = [one for one in scene.events if one.name == "keyset.published" and one.subject == "keyset-section-closed"]
    changed = replace(parse_keyset(own.facts["document"].encode()), id=bytes(32), deadline=at, signatures=())
    signed = with_signatures(changed, [sign_keyset(changed, one.signer) for one in scene.keys.trustees])
    before(
        scene, name, "keyset.published", "keyset-other", keyset=b64(signed.digest), document=signed.encode().decode()
    )


def test_a_keyset_for_another_deadline_may_have_been_made_before() -> None:
    scene = a_scene()
    another_keyset(scene, "keyset.published")
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_a_keyset_that_the_notice_does_not_name_opens_nothing() -> None:
    scene = a_scene()
    another_keyset(scene, "notice.published")
    [notice] = [one for one in scene.events if one.name == "notice.published"]
    other = [one for one in scene.events if one.subject == "keyset-other"]
    notice.facts["facts"]["keyset"] = other[0].facts["keyset"]
    with pytest.raises(Problem, match=r"evidence\."):
        list(verify_evidence(scene.evidence(), the_policy()))


def test_the_last_title_before_the_freeze_is_the_sections_title() -> None:
    scene = a_scene()
    before(scene, "document.frozen", "section.changed", SECTION, title="另一个名称")
    with pytest.raises(Problem, match=r"evidence\."):
        list(verify_evidence(scene.evidence(), the_policy()))
    before(scene, "document.frozen", "section.changed", SECTION, title=TITLE)
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_a_section_is_not_renamed_after_its_document_is_frozen() -> None:
    scene = a_scene()
    before(scene, "notice.published", "section.changed", SECTION, title=TITLE)
    with pytest.raises(Problem, match=r"evidence\.order"):
        list(verify_evidence(scene.evidence(), the_policy()))
