"""A section whose technical part was read blind 暗标; and forgeries of the labels it was read under."""

from copy import deepcopy
from functools import cache
from hashlib import sha256
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene, new_key
from evidence_scenes import a_scene, judges, marks_of, salt_of
from evidence_tender import METHOD
from forged_openings import before

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, digest
from trading.blind.rules import by_label
from trading.blind.rules import commitment as label_commitment
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import commitment, report_message

BLIND: Table = {}
LABELS = {"7K2Q": "bid-c", "AX9M": "bid-a2", "TR4W": "bid-b"}
SALT = sha256(b"labels").digest()
ITEMS = [{**METHOD["items"][0]}, {**METHOD["items"][1], "group": "commercial"}]  # type: ignore[index]


@cache
def _blind() -> Scene:
    scene = a_scene()
    method = METHOD | {"items": ITEMS}
    frozen, notice = facts(scene, "document.frozen"), facts(scene, "notice.published")["facts"]
    frozen["method"] = method
    frozen["document"] = b64(digest({name: frozen[name] for name in ("method", "labels", "files", "ceiling")}))
    notice.update(document=frozen["document"], blind="technical", joint="3")
    promised = b64(label_commitment(SALT, SECTION, LABELS))
    before(scene, "draw.requested", "blind.labelled", SECTION, commitment=promised, parts=["technical"])
    published = facts(scene, "marks.published")
    published["blind"] = {"labels": dict(LABELS), "salt": b64(SALT)}
    for judge in judges():
        seal_sheet(scene, judge, by_label(marks_of(judge), LABELS, {"t1"}))
    document = published["evaluation"]
    marks = {judge: marks_of(judge) for judge in judges()}
    published["evaluation"] = recompute({"method": method, "bids": document["bids"], "marks": marks, "rejected": {}})
    published["report"] |= {"method": method, "out": published["evaluation"]["out"]}
    message = report_message(published["report"])
    for place, judge in enumerate(judges()):
        signature = b64(sign_p256(new_key(f"judge {judge}"), message))
        facts(scene, "report.signed", place).update(report=b64(message), signature=signature)
    return scene


def blind() -> Scene:
    """The honest section, its technical items marked under labels, the others under the bids."""
    return deepcopy(_blind())


def seal_sheet(scene: Scene, judge: str, marks: dict[str, Any]) -> None:
    """A judge locks and signs these marks instead, and they are published."""
    promised = commitment(salt_of(judge), SECTION, judge, marks)
    signature = b64(sign_p256(new_key(f"judge {judge}"), promised))
    facts(scene, "marks.locked", int(judge[1:]) - 1).update(commitment=b64(promised), signature=signature)
    facts(scene, "marks.published")["sheets"][judge]["marks"] = marks


@forgery("evidence.blind", BLIND)
def two_labels_change_places_when_the_marks_are_known(scene: Scene) -> None:
    labels = facts(scene, "marks.published")["blind"]["labels"]
    labels["7K2Q"], labels["TR4W"] = labels["TR4W"], labels["7K2Q"]


@forgery("evidence.blind", BLIND)
def the_labels_are_not_disclosed(scene: Scene) -> None:
    del facts(scene, "marks.published")["blind"]


@forgery("evidence.event-missing", BLIND)
def nobody_was_bound_to_the_labels(scene: Scene) -> None:
    scene.drop("blind.labelled")


@forgery("evidence.order", BLIND)
def the_labels_are_committed_to_after_the_first_judge_has_marked(scene: Scene) -> None:
    scene.move("blind.labelled", before="marks.published")


@forgery("evidence.not-cosigned", BLIND)
def the_commitment_is_co_signed_only_with_the_marks(scene: Scene) -> None:
    scene.move("blind.labelled", before="marks.locked")
    scene.event("blind.labelled").together = True


@forgery("evidence.blind", BLIND)
def a_bid_that_counts_has_no_label(scene: Scene) -> None:
    labels = facts(scene, "marks.published")["blind"]["labels"]
    del labels["AX9M"]
    facts(scene, "blind.labelled")["commitment"] = b64(label_commitment(SALT, SECTION, labels))


@forgery("evidence.blind", BLIND)
def two_labels_stand_for_one_bid(scene: Scene) -> None:
    labels = facts(scene, "marks.published")["blind"]["labels"]
    labels["ZZZZ"] = "bid-b"
    facts(scene, "blind.labelled")["commitment"] = b64(label_commitment(SALT, SECTION, labels))


@forgery("evidence.blind", BLIND)
def a_judge_marks_a_blind_item_under_the_bid(scene: Scene) -> None:
    seal_sheet(scene, "J2", marks_of("J2"))


@forgery("evidence.blind", BLIND)
def another_part_is_said_to_be_blind(scene: Scene) -> None:
    facts(scene, "blind.labelled")["parts"] = ["commercial"]


@forgery("evidence.blind", BLIND)
def the_notice_asked_for_no_blind_part(scene: Scene) -> None:
    del facts(scene, "notice.published")["facts"]["blind"]


@forgery("evidence.notice", BLIND)
def the_notice_says_that_the_prices_are_blind(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["blind"] = "opening-form"


@forgery("evidence.notice", BLIND)
def the_notice_admits_a_hundred_bodies(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["joint"] = "100"


@forgery("evidence.record", BLIND)
def a_consortium_that_is_not_admitted_passes_unmentioned(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["joint"] = "1"


@forgery("evidence.evaluation", BLIND)
def a_mark_is_counted_for_another_bid(scene: Scene) -> None:
    marks = facts(scene, "marks.published")["evaluation"]["marks"]["J1"]
    marks["bid-b"]["t1"], marks["bid-c"]["t1"] = marks["bid-c"]["t1"], marks["bid-b"]["t1"]
