"""A section whose judges gave reasons and pinned pages `marks/v2`; and forgeries of what they wrote."""

from copy import deepcopy
from functools import cache

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene, new_key
from evidence_scenes import a_scene, judges, marks_of, salt_of

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.evaluation.marks import FORMAT, Reasoned, commitment, reasoned_commitment

REASONS: Table = {}
WHY = "回退条件未写明"
PIN = {"part": "technical", "page": 28, "text": "切换前72小时报备"}


def written(judge: str) -> Reasoned:
    """A judge's sheet with one reason and one pin."""
    return Reasoned(marks_of(judge), {"bid-b": {"t2": WHY}}, {"bid-c": {"t1": [dict(PIN)]}})


@cache
def _reasoned() -> Scene:
    scene = a_scene()
    for judge in judges():
        seal(scene, judge, written(judge))
    return scene


def reasoned() -> Scene:
    """The honest section, every sheet with a reason and a pin."""
    return deepcopy(_reasoned())


def seal(scene: Scene, judge: str, sheet: Reasoned) -> None:
    """A judge locks and signs this sheet, and it is published."""
    promised = reasoned_commitment(salt_of(judge), SECTION, judge, sheet)
    signature = b64(sign_p256(new_key(f"judge {judge}"), promised))
    lock = facts(scene, "marks.locked", int(judge[1:]) - 1)
    lock.update(format=FORMAT, commitment=b64(promised), signature=signature)
    facts(scene, "marks.published")["sheets"][judge] = {**sheet.told, "salt": b64(salt_of(judge))}


@forgery("evidence.marks", REASONS)
def a_reason_is_put_in_other_words(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J2"]["reasons"]["bid-b"]["t2"] = "方案完整"


@forgery("evidence.marks", REASONS)
def a_reason_is_left_out(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J2"]["reasons"] = {}


@forgery("evidence.marks", REASONS)
def a_pin_is_put_on_another_page(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J2"]["pins"]["bid-c"]["t1"][0]["page"] = 29


@forgery("evidence.marks", REASONS)
def a_reason_is_added_for_the_judge(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J3"]["reasons"]["bid-c"] = {"t2": WHY}


@forgery("evidence.marks", REASONS)
def the_reasons_are_kept_from_the_public(scene: Scene) -> None:
    sheet = facts(scene, "marks.published")["sheets"]["J1"]
    del sheet["reasons"], sheet["pins"]


@forgery("evidence.marks", REASONS)
def a_sheet_with_reasons_is_told_under_the_older_label(scene: Scene) -> None:
    del facts(scene, "marks.locked", 1)["format"]


@forgery("evidence.marks", REASONS)
def the_marks_alone_are_signed_again_under_the_newer_label(scene: Scene) -> None:
    promised = commitment(salt_of("J2"), SECTION, "J2", marks_of("J2"))
    signature = b64(sign_p256(new_key("judge J2"), promised))
    facts(scene, "marks.locked", 1).update(commitment=b64(promised), signature=signature)
    facts(scene, "marks.published")["sheets"]["J2"] = {"marks": marks_of("J2"), "salt": b64(salt_of("J2"))}


@forgery("evidence.marks", REASONS)
def a_reason_stands_beside_no_mark(scene: Scene) -> None:
    seal(scene, "J3", written("J3")._replace(reasons={"bid-x": {"t2": WHY}}))


@forgery("evidence.type", REASONS)
def a_pinned_page_is_no_number(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J2"]["pins"]["bid-c"]["t1"][0]["page"] = "28"


@forgery("evidence.field-missing", REASONS)
def the_pins_are_left_out(scene: Scene) -> None:
    del facts(scene, "marks.published")["sheets"]["J2"]["pins"]
