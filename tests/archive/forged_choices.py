"""A winner whom the procuring entity chose among the candidates, one chosen anew after the first dropped out; and forgeries."""

from copy import deepcopy
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import a_scene
from forged_openings import insert
from forged_ways import ENTITY, pass_over

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.choice.rules import choice_message
from trading.evaluation.marks import report_message

CHOICES: Table = {}
AGAIN: Table = {}
WHY = "经定标委员会票决，三票同意：该候选人的项目班子与本项目最相符"
CHOSEN = "winner.chosen"


@cache
def _chosen() -> Scene:
    scene = _to_choose()
    choose(scene, row(scene, 1)["bid"])
    _award(scene, row(scene, 1))
    return scene


def chosen() -> Scene:
    """The second of the ranking was chosen and awarded."""
    return deepcopy(_chosen())


def chosen_again() -> Scene:
    """The second was chosen and gave up; after a new publicity the third was chosen, and not the first."""
    scene = _to_choose()
    choose(scene, row(scene, 1)["bid"])
    pass_over(scene, row(scene, 1)["bid"], cause="renounced", objections=())
    scene.tell("publicity.ended", SECTION).moved(15)
    scene.at = scene.events[-1].at
    choose(scene, row(scene, 2)["bid"])
    _award(scene, row(scene, 2))
    return scene


def choose(scene: Scene, bid: str, reasons: str = WHY, *, who: str = ENTITY) -> Event:
    """The signed choice."""
    return scene.tell(CHOSEN, SECTION, **told(scene, bid, reasons, who))


def told(scene: Scene, bid: str, reasons: str = WHY, who: str = ENTITY) -> dict[str, Any]:
    """What is told of a choice."""
    key, report = new_key(f"body {who}"), report_message(facts(scene, "marks.published")["report"])
    return {
        "bid": bid,
        "reasons": reasons,
        "report": b64(report),
        "certificate": b64(scene.keys.certificate(key, "云湖市城建局", who)),
        "signature": b64(sign_p256(key, choice_message(SECTION, report, bid, reasons))),
    }


def row(scene: Scene, place: int) -> dict[str, Any]:
    """A published candidate."""
    found: dict[str, Any] = facts(scene, "candidates.published")["candidates"][place]
    return found


def _to_choose() -> Scene:
    scene = a_scene()
    facts(scene, "notice.published")["facts"]["by_choice"] = "yes"
    scene.drop("award.published")
    scene.at = scene.events[-1].at
    return scene


def _award(scene: Scene, winner: dict[str, Any]) -> None:
    scene.tell("award.published", "notice-4", winner=winner)


@forgery("evidence.event-missing", CHOICES)
def nobody_chose(scene: Scene) -> None:
    scene.drop(CHOSEN)


@forgery("evidence.award", CHOICES)
def the_first_wins_all_the_same(scene: Scene) -> None:
    facts(scene, "award.published")["winner"] = row(scene, 0)


@forgery("evidence.choice", CHOICES)
def the_notice_left_nothing_to_choose(scene: Scene) -> None:
    del facts(scene, "notice.published")["facts"]["by_choice"]


@forgery("evidence.notice", CHOICES)
def the_notice_says_something_else_of_it(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["by_choice"] = "perhaps"


@forgery("evidence.choice", CHOICES)
def somebody_was_chosen_who_is_no_candidate(scene: Scene) -> None:
    candidates = [one["bid"] for one in facts(scene, "candidates.published")["candidates"]]
    others = [one["bid"] for one in facts(scene, "section.closed")["bids"] if one["bid"] not in candidates]
    scene.event(CHOSEN).facts.update(told(scene, others[0]))


@forgery("evidence.choice", CHOICES)
def no_reasons_are_given(scene: Scene) -> None:
    scene.event(CHOSEN).facts.update(told(scene, row(scene, 1)["bid"], " "))


@forgery("evidence.choice", CHOICES)
def it_is_about_another_report(scene: Scene) -> None:
    facts(scene, CHOSEN)["report"] = b64(bytes(32))


@forgery("evidence.choice", CHOICES)
def a_bidder_signed_it(scene: Scene) -> None:
    one = row(scene, 1)
    scene.event(CHOSEN).facts.update(told(scene, one["bid"], who=one["credit_code"]))


@forgery("signing.bad-signature", CHOICES)
def another_bid_was_signed(scene: Scene) -> None:
    facts(scene, CHOSEN)["bid"] = row(scene, 2)["bid"]
    facts(scene, "award.published")["winner"] = row(scene, 2)


@forgery("signing.bad-signature", CHOICES)
def the_reasons_were_written_over(scene: Scene) -> None:
    facts(scene, CHOSEN)["reasons"] = "报价最低"


@forgery("evidence.order", CHOICES)
def it_was_chosen_while_the_publicity_ran(scene: Scene) -> None:
    choice = scene.event(CHOSEN)
    scene.events.remove(choice)
    insert(scene, "publicity.ended", choice)


@forgery("evidence.choice", AGAIN)
def the_one_who_dropped_out_was_chosen_again(scene: Scene) -> None:
    scene.event(CHOSEN, 1).facts.update(told(scene, row(scene, 1)["bid"]))


@forgery("evidence.event-missing", AGAIN)
def nobody_chose_anew(scene: Scene) -> None:
    scene.drop(CHOSEN, 1)


@forgery("evidence.choice", AGAIN)
def two_were_chosen_at_one_time(scene: Scene) -> None:
    award = scene.event("award.published")
    scene.drop("award.published")
    scene.at = scene.events[-1].at
    choose(scene, row(scene, 0)["bid"])
    _award(scene, award.facts["winner"])
