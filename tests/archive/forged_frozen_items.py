"""A document with bands and an examination item; and forgeries of what was frozen, by whoever holds the log's key."""

from copy import deepcopy
from functools import cache

from evidence_forging import Table, facts, forgery
from evidence_log import Scene
from evidence_scenes import a_scene

from infra.kernel.canonical import b64, digest

FROZEN_ITEMS: Table = {}
ITEM = {"id": "q1", "stage": "qualification", "zh": "资质等级", "clause": "2.1.2", "ground": "TBR 51(3)"}
CONTENT = ("method", "labels", "examination", "files", "ceiling")


@cache
def _banded() -> Scene:
    scene = a_scene()
    frozen = facts(scene, "document.frozen")
    item = frozen["method"]["items"][0]
    bands = [{"word": "全部", "from": "0", "to": item["max"], "means": "按说明"}]
    frozen["examination"] = [dict(ITEM)]
    frozen["labels"] = {item["id"]: {"zh": "施工方案", "bands": bands, "reasons_below": "0.6"}}
    frozen_anew(scene)
    return scene


def banded() -> Scene:
    """The section whose document has bands and one examination item, as it was frozen."""
    return deepcopy(_banded())


def frozen_anew(scene: Scene) -> None:
    """The digest and the notice follow from what the document says now."""
    frozen = facts(scene, "document.frozen")
    frozen["document"] = b64(digest({name: frozen[name] for name in CONTENT}))
    facts(scene, "notice.published")["facts"]["document"] = frozen["document"]


@forgery("evidence.document", FROZEN_ITEMS)
def the_examination_items_are_taken_out_afterwards(scene: Scene) -> None:
    del facts(scene, "document.frozen")["examination"]


@forgery("evidence.document", FROZEN_ITEMS)
def a_band_is_moved_afterwards(scene: Scene) -> None:
    [label] = facts(scene, "document.frozen")["labels"].values()
    label["bands"][0]["from"] = "1"


@forgery("band.range", FROZEN_ITEMS)
def a_band_goes_beyond_the_points_of_its_item(scene: Scene) -> None:
    [label] = facts(scene, "document.frozen")["labels"].values()
    label["bands"][0]["to"] = "1000"
    frozen_anew(scene)


@forgery("examination.ground-unknown", FROZEN_ITEMS)
def an_item_rejects_on_a_ground_that_the_law_does_not_know(scene: Scene) -> None:
    facts(scene, "document.frozen")["examination"][0]["ground"] = "TBR 52"
    frozen_anew(scene)


@forgery("examination.clause-empty", FROZEN_ITEMS)
def an_item_names_no_clause(scene: Scene) -> None:
    facts(scene, "document.frozen")["examination"][0]["clause"] = ""
    frozen_anew(scene)
