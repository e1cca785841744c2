"""A government purchase: qualified by the purchaser, determined by its word or silence, told by name; and forgeries of it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene, new_key
from evidence_scenes import a_scene, candidate, credit_code, judges
from failed_scenes import tell_failure
from forged_openings import before
from forged_reviews import BIDDERS, CONFIRMED, confirm
from forged_ways import ENTITY

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, digest
from trading.examination.rules import PASS, items_of
from trading.qualification.rules import qualification_message, unqualified

BOUGHT: Table = {}
QUALIFIED, DETERMINED, AWARD = "qualification.examined", "winner.determined", "award.published"
AFTER = ("candidates.published", "publicity.ended", AWARD)
BIDS = ("bid-a2", "bid-b", "bid-c")
CEILING = "9999999.99"
ITEMS = [
    {"id": "q1", "stage": "qualification", "zh": "具备资格条件", "clause": "资格审查", "ground": "M87 63(3)"},
    {"id": "q2", "stage": "qualification", "zh": "营业执照", "clause": "资格审查", "ground": "M87 63(3)"},
]
FAIL = {"reason": "未提供有效的资格证明", "pages": [{"part": "commercial", "page": 2}]}
Answers = Mapping[str, Mapping[str, Any]]


def answers(*failing: str) -> dict[str, dict[str, Any]]:
    """Everything passes but the first item of these bids."""
    return {bid: {"q1": FAIL if bid in failing else PASS, "q2": PASS} for bid in BIDS}


def examined(scene: Scene, told: Answers, who: str = ENTITY) -> dict[str, Any]:
    """What is told of the purchaser's answers."""
    key = new_key(f"body {who}")
    return {
        "answers": told,
        "rejected": unqualified(items_of(ITEMS), told),
        "certificate": b64(scene.keys.certificate(key, "云湖市教育局", who)),
        "signature": b64(sign_p256(key, qualification_message(SECTION, told))),
    }


def _asked(scene: Scene) -> None:
    """The document is a purchase's and has the purchaser examine two items."""
    frozen, told = facts(scene, "document.frozen"), facts(scene, "notice.published")["facts"]
    frozen["examination"], frozen["ceiling"] = ITEMS, CEILING
    names = ("method", "labels", "files", "ceiling", "examination")
    frozen["document"] = b64(digest({name: frozen[name] for name in names}))
    told |= {"document": frozen["document"], "ceiling": CEILING, "regime": "gp-demo"}


@cache
def _bought(*, silent: bool) -> Scene:
    scene = a_scene()
    _asked(scene)
    before(scene, "judge.signed-in", QUALIFIED, SECTION, **examined(scene, answers()))
    for name in AFTER:
        scene.drop(name)
    scene.at = scene.events[-1].at
    if silent:
        scene.at += timedelta(seconds=3)
    else:
        confirm(scene)
    out = facts(scene, "marks.published")["evaluation"]["out"]
    rows = [candidate(rank, bid, BIDDERS[bid], out["total"][bid]) for rank, bid in enumerate(out["order"], 1)]
    scene.tell(DETERMINED, SECTION, candidates=rows, silent=silent).moved(3 if silent else 0)
    scene.at = scene.events[-1].at
    ends, until = scene.at + timedelta(seconds=5), scene.at + timedelta(seconds=8)
    result = {
        "notice_ends": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "challenge_until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "judges": {judge: f"专家{judge}" for judge in judges()},
    }
    scene.tell(AWARD, "notice-3", winner=rows[0], result=result)
    return scene


def bought() -> Scene:
    """Everybody qualified, the purchaser confirmed the report, and the result was told at once."""
    return deepcopy(_bought(silent=False))


def bought_in_silence() -> Scene:
    """The same, but the purchaser said nothing for the whole time of its review."""
    return deepcopy(_bought(silent=True))


def unevaluated() -> Scene:
    """One of three did not qualify: nothing is evaluated."""
    scene = bought()
    facts(scene, QUALIFIED).update(examined(scene, answers("bid-c")))
    del scene.events[scene.events.index(scene.event("judge.signed-in")) :]
    scene.at = scene.events[-1].at
    scene.tell("section.failed", SECTION, reason="too-few-qualified", remaining=2, minimum=3)
    tell_failure(scene, "too-few-qualified", 2, source="M87 44")
    return scene


@forgery("evidence.event-missing", BOUGHT)
def nobody_examined_who_qualifies(scene: Scene) -> None:
    scene.drop(QUALIFIED)


@forgery("evidence.order", BOUGHT)
def qualification_was_examined_when_judges_sat(scene: Scene) -> None:
    scene.move(QUALIFIED, "marks.locked")


@forgery("evidence.qualification", BOUGHT)
def a_bidder_examined_its_rivals(scene: Scene) -> None:
    facts(scene, QUALIFIED).update(examined(scene, answers(), credit_code("A")))


@forgery("evidence.qualification", BOUGHT)
def who_failed_counts_as_qualified(scene: Scene) -> None:
    facts(scene, QUALIFIED).update(examined(scene, answers("bid-c")))
    facts(scene, QUALIFIED)["rejected"] = {}


@forgery("evidence.qualification", BOUGHT)
def two_were_evaluated(scene: Scene) -> None:
    facts(scene, QUALIFIED).update(examined(scene, answers("bid-c")))


@forgery("examination.missing", BOUGHT)
def one_bid_was_not_examined(scene: Scene) -> None:
    told = answers()
    del told["bid-b"]
    facts(scene, QUALIFIED).update(examined(scene, told))


@forgery("signing.bad-signature", BOUGHT)
def an_answer_is_rewritten(scene: Scene) -> None:
    facts(scene, QUALIFIED)["answers"]["bid-a2"]["q1"] = FAIL


@forgery("evidence.event-missing", BOUGHT)
def nobody_confirmed_the_report(scene: Scene) -> None:
    scene.drop(CONFIRMED)


@forgery("evidence.order", BOUGHT)
def the_report_was_confirmed_after_the_determination(scene: Scene) -> None:
    scene.move(CONFIRMED, AWARD)


@forgery("evidence.order", BOUGHT)
def silence_is_claimed_where_something_was_said(scene: Scene) -> None:
    facts(scene, DETERMINED)["silent"] = True


@forgery("evidence.candidates", BOUGHT)
def the_second_is_determined(scene: Scene) -> None:
    rows = facts(scene, DETERMINED)["candidates"]
    rows[0], rows[1] = rows[1] | {"rank": 1}, rows[0] | {"rank": 2}


@forgery("evidence.award", BOUGHT)
def another_than_was_determined_is_told(scene: Scene) -> None:
    facts(scene, AWARD)["winner"] = facts(scene, DETERMINED)["candidates"][1]


@forgery("evidence.result", BOUGHT)
def a_judge_is_not_named(scene: Scene) -> None:
    del facts(scene, AWARD)["result"]["judges"]["J3"]


@forgery("evidence.result", BOUGHT)
def a_judges_name_is_blank(scene: Scene) -> None:
    facts(scene, AWARD)["result"]["judges"]["J3"] = ""


@forgery("evidence.result", BOUGHT)
def the_time_for_a_challenge_is_cut_short(scene: Scene) -> None:
    told = facts(scene, AWARD)["result"]
    told["challenge_until"] = told["notice_ends"]


@forgery("publicity.too-short", BOUGHT)
def the_result_is_taken_down_at_once(scene: Scene) -> None:
    told = facts(scene, AWARD)["result"]
    told["notice_ends"] = (scene.event(AWARD).at - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")


@forgery("evidence.result", BOUGHT)
def the_result_tells_no_periods_and_no_names(scene: Scene) -> None:
    del facts(scene, AWARD)["result"]


@forgery("evidence.order", BOUGHT)
def candidates_stand_in_publicity_as_well(scene: Scene) -> None:
    ends = facts(scene, AWARD)["result"]["notice_ends"]
    rows = facts(scene, DETERMINED)["candidates"]
    before(scene, AWARD, "candidates.published", "notice-2", candidates=rows, publicity_ends=ends)


@forgery("evidence.way", BOUGHT)
def a_candidate_steps_aside_before_the_result(scene: Scene) -> None:
    from forged_ways import REASONS, signed

    from trading.ways.rules import Grounds, Way

    bid = facts(scene, DETERMINED)["candidates"][0]["bid"]
    told = signed(scene, Way.NEXT, bid, Grounds("renounced", (), REASONS), ENTITY)
    ends = facts(scene, AWARD)["result"]["notice_ends"]
    before(scene, AWARD, "candidate.passed-over", SECTION, bid=bid, publicity_ends=ends, **told)
