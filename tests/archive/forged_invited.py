"""A tender that invited five bidders, all of whom handed in; and forgeries of it."""

from copy import deepcopy
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene
from evidence_scenes import a_scene, company, credit_code
from forged_openings import insert

INVITATIONS: Table = {}
INVITED = "bidders.invited"
GROUND = "TBR 8(1)"


@cache
def _invited() -> Scene:
    scene = a_scene()
    facts(scene, "notice.published")["facts"] |= {
        "invited_by": GROUND,
        "invited_why": "隧道穿越岩溶区，具备条件的单位很少",
    }
    told = [{"credit_code": credit_code(one), "name": company(one)} for one in "ABCDE"]
    insert(scene, "bid.submitted", Event(INVITED, SECTION, scene.at, {"ground": GROUND, "invited": told}))
    return scene


def invited() -> Scene:
    """The honest file."""
    return deepcopy(_invited())


def listed(scene: Scene) -> list[dict[str, Any]]:
    """The list of those invited, to be changed."""
    found: list[dict[str, Any]] = facts(scene, INVITED)["invited"]
    return found


@forgery("evidence.not-invited", INVITATIONS)
def one_handed_in_who_was_not_invited(scene: Scene) -> None:
    del listed(scene)[3]


@forgery("evidence.not-invited", INVITATIONS)
def one_whose_bid_was_withdrawn_was_not_invited(scene: Scene) -> None:
    del listed(scene)[4]


@forgery("evidence.event-missing", INVITATIONS)
def nobody_was_invited(scene: Scene) -> None:
    scene.drop(INVITED)


@forgery("evidence.event-twice", INVITATIONS)
def some_were_invited_later(scene: Scene) -> None:
    insert(scene, "section.closed", deepcopy(scene.event(INVITED)))


@forgery("evidence.order", INVITATIONS)
def they_were_invited_before_the_notice(scene: Scene) -> None:
    insert(scene, "notice.published", scene.drop(INVITED))


@forgery("evidence.order", INVITATIONS)
def they_were_invited_after_the_first_bid(scene: Scene) -> None:
    insert(scene, "section.closed", scene.drop(INVITED))


@forgery("evidence.invited", INVITATIONS)
def an_open_tender_has_a_list(scene: Scene) -> None:
    del facts(scene, "notice.published")["facts"]["invited_by"]


@forgery("evidence.invited", INVITATIONS)
def the_notice_names_an_article_that_lets_nobody_invite(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["invited_by"] = facts(scene, INVITED)["ground"] = "TBR 9"


@forgery("evidence.invited", INVITATIONS)
def the_notice_names_another_article_than_the_invitation(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["invited_by"] = "TBR 8(2)"


@forgery("evidence.invited", INVITATIONS)
def the_notice_gives_no_reasons(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["invited_why"] = " "


@forgery("evidence.invited", INVITATIONS)
def one_stands_twice_in_the_list(scene: Scene) -> None:
    listed(scene).append(listed(scene)[0])


@forgery("evidence.invited", INVITATIONS)
def two_were_invited(scene: Scene) -> None:
    del listed(scene)[2:]


@forgery("evidence.section", INVITATIONS)
def they_were_invited_to_another_section(scene: Scene) -> None:
    scene.event(INVITED).subject = "YH-2026-001/02"
