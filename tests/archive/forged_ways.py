"""A result that could not stand: an objection was upheld, the first dropped out or the tender ended; and forgeries of it."""

from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import a_scene, credit_code
from failed_scenes import tell_failure
from forged_openings import before

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.evaluation.marks import report_message
from trading.ways.rules import Grounds, Way, way_message

WAYS: Table = {}
ENDS: Table = {}
ENTITY = "91420500MA49ENTITY"
REASONS = "经查，第一候选人的业绩材料不实"
DIGEST = b64(bytes(32))
FIRST = "bid-b"
UPHELD = ("objection-upheld", (1,))


@cache
def _handed_on() -> Scene:
    scene = objected()
    pass_over(scene)
    _award(scene)
    return scene


def handed_on() -> Scene:
    """One objection was upheld in the publicity; the first candidate dropped out, and the second won after a new one."""
    return deepcopy(_handed_on())


@cache
def _ended() -> Scene:
    scene = objected()
    end(scene)
    return scene


def ended() -> Scene:
    """One objection was upheld in the publicity, and the procuring entity ended the tender."""
    return deepcopy(_ended())


def renounced() -> Scene:
    """The first candidate gives up after the publicity had ended; the second wins after a new one."""
    scene = a_scene()
    scene.drop("award.published")
    scene.at = scene.events[-1].at
    pass_over(scene, cause="renounced", objections=())
    _award(scene)
    return scene


def pass_over(
    scene: Scene,
    bid: str = "",
    *,
    cause: str = UPHELD[0],
    objections: tuple[int, ...] = UPHELD[1],
    reasons: str = REASONS,
    who: str = ENTITY,
) -> Event:
    """The signed decision that a candidate (the first) drops out, with a new publicity of lawful length."""
    bid = bid or facts(scene, "candidates.published")["candidates"][0]["bid"]
    told = signed(scene, Way.NEXT, bid, Grounds(cause, objections, reasons), who)
    ends = (scene.at + timedelta(seconds=21)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return scene.tell("candidate.passed-over", SECTION, bid=bid, publicity_ends=ends, **told)


def end(scene: Scene, *, cause: str = UPHELD[0], objections: tuple[int, ...] = UPHELD[1], remaining: int = 3) -> Event:
    """The signed decision that nobody is awarded, and the notice of it."""
    told = signed(scene, Way.RETENDER, None, Grounds(cause, objections, REASONS), ENTITY)
    tell_failure(scene, "no-award", remaining, text=REASONS, source="TBR 55")
    return scene.tell("section.failed", SECTION, reason="no-award", remaining=remaining, **told)


def objected() -> Scene:
    """One objection to the result was upheld in the publicity, and nothing has been decided yet."""
    scene = a_scene()
    for name in ("publicity.ended", "award.published"):
        scene.drop(name)
    scene.at = scene.events[-1].at
    subject = f"{SECTION}#O1"
    ends = facts(scene, "candidates.published")["publicity_ends"]
    scene.tell("result-objection.raised", subject, number=1, due=ends, digest=DIGEST)
    scene.tell("result-objection.answered", subject, number=1, upheld=True, digest=DIGEST)
    return scene


def signed(
    scene: Scene, way: Way, bid: str | None, grounds: Grounds, who: str, report: bytes | None = None
) -> dict[str, Any]:
    """What is told of a decision, under the signature of `who`."""
    key = new_key(f"body {who}")
    report = report or report_message(facts(scene, "marks.published", -1)["report"])
    return {
        "cause": grounds.cause,
        "objections": list(grounds.objections),
        "reasons": grounds.reasons,
        "report": b64(report),
        "certificate": b64(scene.keys.certificate(key, "云湖市城建局", who)),
        "signature": b64(sign_p256(key, way_message(SECTION, report, way, bid, grounds))),
    }


def _award(scene: Scene) -> None:
    """The new publicity runs its time, and the first who is left wins."""
    rows = facts(scene, "candidates.published")["candidates"]
    passed = [one.facts["bid"] for one in scene.events if one.name == "candidate.passed-over"]
    scene.tell("publicity.ended", SECTION).moved(15)
    scene.at = scene.events[-1].at
    scene.tell("award.published", "notice-4", winner=next(one for one in rows if one["bid"] not in passed))


@forgery("evidence.objection", WAYS)
def the_upheld_objection_was_left_where_it_is(scene: Scene) -> None:
    scene.drop("candidate.passed-over")
    facts(scene, "award.published")["winner"] = facts(scene, "candidates.published")["candidates"][0]


@forgery("evidence.award", WAYS)
def who_dropped_out_wins_all_the_same(scene: Scene) -> None:
    facts(scene, "award.published")["winner"] = facts(scene, "candidates.published")["candidates"][0]


@forgery("evidence.award", WAYS)
def the_third_wins_before_the_second(scene: Scene) -> None:
    facts(scene, "award.published")["winner"] = facts(scene, "candidates.published")["candidates"][2]


@forgery("signing.bad-signature", WAYS)
def another_candidate_is_made_to_drop_out(scene: Scene) -> None:
    rows = facts(scene, "candidates.published")["candidates"]
    facts(scene, "candidate.passed-over")["bid"] = rows[1]["bid"]
    facts(scene, "award.published")["winner"] = rows[0]


@forgery("signing.bad-signature", WAYS)
def the_reasons_of_the_decision_are_rewritten(scene: Scene) -> None:
    facts(scene, "candidate.passed-over")["reasons"] = "候选人自愿放弃"


@forgery("signing.not-certified", WAYS)
def the_decision_has_a_key_of_ones_own(scene: Scene) -> None:
    facts(scene, "candidate.passed-over")["certificate"] = b64(b"0")


@forgery("evidence.way", WAYS)
def the_second_candidate_decides_itself(scene: Scene) -> None:
    _again(scene, who=credit_code(_bidder(scene, 1)))


@forgery("evidence.way", WAYS)
def a_cause_is_given_that_the_rules_do_not_know(scene: Scene) -> None:
    _again(scene, cause="too-dear")


@forgery("evidence.way", WAYS)
def the_decision_rests_on_no_objection_although_one_was_upheld(scene: Scene) -> None:
    _again(scene, cause="renounced", objections=())


@forgery("evidence.way", WAYS)
def the_decision_rests_on_an_objection_that_nobody_raised(scene: Scene) -> None:
    _again(scene, objections=(1, 2))


@forgery("evidence.way", WAYS)
def the_decision_has_no_reasons(scene: Scene) -> None:
    _again(scene, reasons=" ")


@forgery("evidence.way", WAYS)
def a_bid_drops_out_that_was_no_candidate(scene: Scene) -> None:
    _again(scene, bid="bid-d")


@forgery("evidence.way", WAYS)
def the_decision_is_about_another_report(scene: Scene) -> None:
    facts(scene, "candidate.passed-over")["report"] = DIGEST


@forgery("publicity.too-short", WAYS)
def the_new_publicity_is_too_short(scene: Scene) -> None:
    decided = scene.event("candidate.passed-over")
    decided.facts["publicity_ends"] = (decided.at - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")


@forgery("evidence.early", WAYS)
def the_new_publicity_ends_before_its_time(scene: Scene) -> None:
    scene.event("publicity.ended").moved(-15)


@forgery("evidence.event-missing", WAYS)
def the_new_publicity_never_ended(scene: Scene) -> None:
    scene.drop("publicity.ended")


@forgery("evidence.order", WAYS)
def the_candidate_drops_out_before_the_answer(scene: Scene) -> None:
    scene.move("candidate.passed-over", before="result-objection.answered")


@forgery("evidence.order", WAYS)
def the_candidate_drops_out_before_the_candidates_are_published(scene: Scene) -> None:
    scene.move("candidate.passed-over", before="candidates.published")


@forgery("evidence.event-twice", WAYS)
def the_new_publicity_ends_twice(scene: Scene) -> None:
    again = deepcopy(scene.event("publicity.ended"))
    scene.events.insert(scene.events.index(scene.event("award.published")), again)


@forgery("evidence.section", WAYS)
def the_decision_is_another_sections(scene: Scene) -> None:
    scene.event("candidate.passed-over").subject = "YH-2026-001/S2"


@forgery("evidence.way", ENDS)
def the_tender_ends_although_nothing_is_wrong(scene: Scene) -> None:
    for name in ("result-objection.raised", "result-objection.answered"):
        scene.drop(name)


@forgery("evidence.way", ENDS)
def more_candidates_are_said_to_be_left(scene: Scene) -> None:
    facts(scene, "section.failed")["remaining"] = 4


@forgery("signing.bad-signature", ENDS)
def the_reasons_of_the_end_are_rewritten(scene: Scene) -> None:
    facts(scene, "section.failed")["reasons"] = "项目取消"
    tell_failure(scene, "no-award", 3, text="项目取消", source="TBR 55")


@forgery("evidence.failure-notice", ENDS)
def the_notice_gives_other_reasons(scene: Scene) -> None:
    tell_failure(scene, "no-award", 3, text="项目取消", source="TBR 55")


@forgery("evidence.member-missing", ENDS)
def the_end_is_not_noticed(scene: Scene) -> None:
    scene.failure = None


@forgery("evidence.order", ENDS)
def a_winner_is_named_after_the_end(scene: Scene) -> None:
    rows = facts(scene, "candidates.published")["candidates"]
    scene.tell("publicity.ended", SECTION).moved(60)
    scene.tell("award.published", "notice-4", winner=rows[0]).moved(60)


@forgery("evidence.objection", ENDS)
def an_objection_stays_open_when_the_tender_ends(scene: Scene) -> None:
    ends = facts(scene, "candidates.published")["publicity_ends"]
    before(scene, "section.failed", "result-objection.raised", f"{SECTION}#O2", number=2, due=ends, digest=DIGEST)


@forgery("evidence.page", ENDS)
def the_page_keeps_the_end_to_itself(scene: Scene) -> None:
    from trading.archive.bundle import unpack

    scene.override["report.html"] = unpack(a_scene().evidence())["report.html"]


def _again(
    scene: Scene,
    bid: str = "",
    *,
    cause: str = UPHELD[0],
    objections: tuple[int, ...] = UPHELD[1],
    reasons: str = REASONS,
    who: str = ENTITY,
) -> None:
    """The same decision signed with something else in it."""
    told = facts(scene, "candidate.passed-over")
    bid = bid or told["bid"]
    told.update(signed(scene, Way.NEXT, bid, Grounds(cause, objections, reasons), who), bid=bid)


def _bidder(scene: Scene, place: int) -> str:
    rows = facts(scene, "candidates.published")["candidates"]
    return {"bid-a2": "A", "bid-b": "B", "bid-c": "C"}[rows[place]["bid"]]
