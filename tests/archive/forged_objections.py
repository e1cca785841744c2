"""A result objected to once in its publicity and answered; and forgeries of it."""

from copy import deepcopy
from functools import cache

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene
from evidence_scenes import a_scene
from forged_openings import before

from infra.kernel.canonical import b64

OBJECTIONS: Table = {}
DIGEST = b64(bytes(32))


@cache
def _answered() -> Scene:
    scene = a_scene()
    ends = facts(scene, "candidates.published")["publicity_ends"]
    subject = f"{SECTION}#O1"
    before(scene, "publicity.ended", "result-objection.raised", subject, number=1, due=ends, digest=DIGEST)
    before(scene, "publicity.ended", "result-objection.answered", subject, number=1, upheld=False, digest=DIGEST)
    return scene


def answered() -> Scene:
    """One objection, answered and not upheld before the publicity ended."""
    return deepcopy(_answered())


@forgery("evidence.objection", OBJECTIONS)
def an_objection_is_never_answered(scene: Scene) -> None:
    scene.drop("result-objection.answered")


@forgery("evidence.objection", OBJECTIONS)
def an_objection_was_upheld_and_the_award_came_all_the_same(scene: Scene) -> None:
    facts(scene, "result-objection.answered")["upheld"] = True


@forgery("evidence.objection", OBJECTIONS)
def an_answer_is_to_no_objection(scene: Scene) -> None:
    scene.drop("result-objection.raised")


@forgery("evidence.order", OBJECTIONS)
def an_answer_came_after_the_publicity_had_ended(scene: Scene) -> None:
    told = facts(scene, "result-objection.answered")
    scene.drop("result-objection.answered")
    before(scene, "award.published", "result-objection.answered", f"{SECTION}#O1", **told)
