"""A candidate whom the committee found unable to perform, asked by the procuring entity before the award; and forgeries."""

from copy import deepcopy
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import a_scene, credit_code
from forged_ways import ENTITY, pass_over

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.capacity.rules import INCAPABLE, capacity_message
from trading.evaluation.committee import resolution_message
from trading.evaluation.marks import report_message

CAPACITY: Table = {}
ASKED, MOVED, VOTED, AWARD = "capacity.asked", "resolution.moved", "resolution.voted", "award.published"
WHY = "据公开信息，该候选人的资质证书已被吊销"
FOUND = "资质已被吊销，不能履行合同"


def rows(scene: Scene) -> list[dict[str, Any]]:
    """The candidates."""
    found: list[dict[str, Any]] = facts(scene, "candidates.published")["candidates"]
    return found


def question(scene: Scene, bid: str, number: int = 1, *, reasons: str = WHY, who: str = ENTITY) -> dict[str, Any]:
    """What is told of a question to the committee."""
    key, report = new_key(f"body {who}"), report_message(facts(scene, "marks.published")["report"])
    return {
        "number": number,
        "bid": bid,
        "reasons": reasons,
        "report": b64(report),
        "certificate": b64(scene.keys.certificate(key, "云湖市城建局", who)),
        "signature": b64(sign_p256(key, capacity_message(SECTION, report, number, bid, reasons))),
    }


def answer(scene: Scene, bid: str, *, capable: bool, request: int = 1, number: int = 1) -> None:
    """J1 moves, J2 agrees, J4 is against it, J3 agrees: three of five."""
    content = {"kind": "capacity", "request": request, "bid": bid, "capable": capable, "reasons": FOUND}
    for judge, agrees in (("J1", True), ("J2", True), ("J4", False), ("J3", True)):
        reasons = "" if agrees else "整改期内仍可履约"
        message = resolution_message(SECTION, number, content, agrees=agrees, reasons=reasons)
        signature = b64(sign_p256(new_key(f"judge {judge}"), message))
        told: dict[str, Any] = {"number": number, "judge": judge, "signature": signature}
        if judge == "J1":
            scene.tell(MOVED, f"{SECTION}#R{number}", content=content, **told)
        else:
            scene.tell(VOTED, f"{SECTION}#R{number}#{judge}", agrees=agrees, reasons=reasons, **told)


@cache
def _unable() -> Scene:
    scene = a_scene()
    scene.drop(AWARD)
    scene.at = scene.events[-1].at
    first = rows(scene)[0]["bid"]
    scene.tell(ASKED, SECTION, **question(scene, first))
    answer(scene, first, capable=False)
    _drop_out(scene, first)
    return scene


def _drop_out(scene: Scene, bid: str) -> None:
    """A candidate drops out for it, a new publicity runs, and the first of those who are left is awarded."""
    pass_over(scene, bid, cause=INCAPABLE, objections=())
    scene.tell("publicity.ended", SECTION).moved(15)
    scene.at = scene.events[-1].at
    scene.tell(AWARD, "notice-4", winner=next(one for one in rows(scene) if one["bid"] != bid))


def unable() -> Scene:
    """The first candidate was found unable to perform and dropped out; the second won after a new publicity."""
    return deepcopy(_unable())


def able() -> Scene:
    """The first candidate was asked about and found able: it is awarded all the same."""
    scene = a_scene()
    scene.drop(AWARD)
    scene.at = scene.events[-1].at
    first = rows(scene)[0]
    scene.tell(ASKED, SECTION, **question(scene, first["bid"]))
    answer(scene, first["bid"], capable=True)
    scene.tell(AWARD, "notice-3", winner=first)
    return scene


def _cut(scene: Scene, name: str, nth: int = 0) -> Event:
    """Nothing from this event on has happened."""
    event = scene.event(name, nth)
    del scene.events[scene.events.index(event) :]
    scene.at = scene.events[-1].at
    return event


@forgery("evidence.capacity", CAPACITY)
def the_award_comes_before_the_committees_answer(scene: Scene) -> None:
    _cut(scene, VOTED, 2)
    scene.tell(AWARD, "notice-4", winner=rows(scene)[0])


@forgery("evidence.capacity", CAPACITY)
def who_cannot_perform_is_awarded(scene: Scene) -> None:
    _cut(scene, "candidate.passed-over")
    scene.tell(AWARD, "notice-4", winner=rows(scene)[0])


@forgery("evidence.capacity", CAPACITY)
def a_bidder_asks_about_its_rival(scene: Scene) -> None:
    told = question(scene, rows(scene)[0]["bid"], who=credit_code("A"))
    facts(scene, ASKED).update(told)


@forgery("evidence.capacity", CAPACITY)
def a_question_is_about_nobody_who_stands(scene: Scene) -> None:
    _cut(scene, ASKED)
    scene.tell(ASKED, SECTION, **question(scene, "bid-d"))
    answer(scene, "bid-d", capable=True)
    scene.tell(AWARD, "notice-4", winner=rows(scene)[0])


@forgery("evidence.capacity", CAPACITY)
def a_question_is_left_out(scene: Scene) -> None:
    facts(scene, ASKED).update(question(scene, rows(scene)[0]["bid"], 2))


@forgery("signing.bad-signature", CAPACITY)
def the_ground_of_the_question_is_rewritten(scene: Scene) -> None:
    facts(scene, ASKED)["reasons"] = "招标人另有考虑"


@forgery("capacity.not-asked", CAPACITY)
def the_committee_answers_what_nobody_asked(scene: Scene) -> None:
    scene.drop(ASKED)


@forgery("evidence.way", CAPACITY)
def another_candidate_drops_out_for_it(scene: Scene) -> None:
    _cut(scene, "candidate.passed-over")
    _drop_out(scene, rows(scene)[1]["bid"])


@forgery("evidence.way", CAPACITY)
def inability_is_claimed_where_the_committee_found_none(scene: Scene) -> None:
    scene.events[:] = able().events
    _cut(scene, AWARD)
    _drop_out(scene, rows(scene)[0]["bid"])


@forgery("signing.bad-signature", CAPACITY)
def a_vote_is_turned_round(scene: Scene) -> None:
    facts(scene, VOTED, 1).update(agrees=True, reasons="")


@forgery("evidence.resolution", CAPACITY)
def two_motions_answer_one_question_at_once(scene: Scene) -> None:
    moved = scene.event(MOVED)
    again = deepcopy(moved)
    again.subject, again.facts["number"] = f"{SECTION}#R2", 2
    message = resolution_message(SECTION, 2, again.facts["content"], agrees=True, reasons="")
    again.facts["signature"] = b64(sign_p256(new_key("judge J1"), message))
    scene.events.insert(scene.events.index(moved) + 1, again)
