"""Two bidders were asked in writing, one answered, one was silent; a third question was not sent. Forgeries of that."""

from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import Event, Scene, new_key
from evidence_scenes import a_scene, company, credit_code
from forged_openings import insert

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.inquiries.rules import reply_message
from trading.regimes.regime import Rule
from trading.regimes.rules import DEMONSTRATION

INQUIRIES: Table = {}
WINDOW = DEMONSTRATION.count(Rule.INQUIRY_WINDOW)
QUESTION, ANSWER = "施工组织设计第 12 页工期与投标函不一致，请说明。", "以投标函载明的工期为准，第 12 页为笔误。"
ASKED = {"inquiry": "inquiry-1", "ground": "unclear", "question": QUESTION}
LOW = {"inquiry": "inquiry-2", "ground": "low-price", "question": "报价明显低于其他报价，请书面说明并提供证明材料。"}
UNSENT = {"inquiry": "inquiry-3", "ground": "error", "question": "为何不用我方推荐的品牌？"}


@cache
def _asked() -> Scene:
    scene = a_scene()
    place = scene.events.index(scene.event("marks.locked"))
    for event in scene.events[place:]:
        event.moved(WINDOW + 200)
    candidates = facts(scene, "candidates.published")
    ends = scene.event("publicity.ended").at
    candidates["publicity_ends"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    begun = scene.events[place - 1].at
    tell(scene, begun, 1, "inquiry.drafted", "bid-a2", judge="J1", **ASKED)
    tell(scene, begun, 2, "inquiry.sent", "bid-a2", **ASKED, until=stamp(scene, 2 + WINDOW))
    tell(scene, begun, 3, "inquiry.sent", "bid-b", **LOW, until=stamp(scene, 3 + WINDOW))
    tell(scene, begun, 4, "inquiry.drafted", "bid-c", judge="J2", **UNSENT)
    tell(scene, begun, 5, "inquiry.refused", "bid-c", inquiry="inquiry-3", reasons="与评审无关，且有诱导")
    answer = {"inquiry": "inquiry-1", "answer": ANSWER, **signed(scene, "A", ANSWER)}
    tell(scene, begun, 60, "inquiry.answered", "bid-a2", **answer)
    tell(scene, begun, 3 + WINDOW, "inquiry.unanswered", "bid-b", inquiry="inquiry-2")
    return scene


def asked() -> Scene:
    """The whole section."""
    return deepcopy(_asked())


def tell(scene: Scene, begun: Any, seconds: float, name: str, bid: str, **told: Any) -> None:
    """One more event before the first lock."""
    insert(scene, "marks.locked", Event(name, bid, begun, told))
    event = next(one for one in scene.events if one.name == name and one.facts["inquiry"] == told["inquiry"])
    event.at = begun + timedelta(seconds=seconds)


def stamp(scene: Scene, seconds: float) -> str:
    """A time so long after the work before the first inquiry."""
    first = next(n for n, one in enumerate(scene.events) if one.name in ("inquiry.drafted", "marks.locked"))
    return (scene.events[first - 1].at + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(scene: Scene, bidder: str, answer: str) -> dict[str, str]:
    """A body's signature under an answer to the first question."""
    key = new_key(f"bidder {bidder}")
    message = reply_message("inquiry-1", "bid-a2", QUESTION, answer)
    certificate = scene.keys.certificate(key, company(bidder), credit_code(bidder))
    return {"certificate": b64(certificate), "signature": b64(sign_p256(key, message))}


@forgery("evidence.inquiry", INQUIRIES)
def a_question_differs_from_what_its_judge_drafted(scene: Scene) -> None:
    facts(scene, "inquiry.drafted")["question"] = "另一个问题"


@forgery("signing.bad-signature", INQUIRIES)
def a_question_is_rewritten_after_it_was_answered(scene: Scene) -> None:
    for name in ("inquiry.drafted", "inquiry.sent"):
        facts(scene, name)["question"] = "另一个问题"


@forgery("signing.bad-signature", INQUIRIES)
def an_answer_is_rewritten(scene: Scene) -> None:
    facts(scene, "inquiry.answered")["answer"] = "我方愿意降低报价"


@forgery("evidence.inquiry", INQUIRIES)
def another_body_answered(scene: Scene) -> None:
    facts(scene, "inquiry.answered").update(signed(scene, "B", ANSWER))


@forgery("evidence.inquiry", INQUIRIES)
def the_time_to_answer_was_shorter(scene: Scene) -> None:
    facts(scene, "inquiry.sent", 1)["until"] = stamp(scene, 100)


@forgery("evidence.inquiry", INQUIRIES)
def silence_was_counted_before_the_time_was_over(scene: Scene) -> None:
    scene.event("inquiry.unanswered").moved(-5)


@forgery("evidence.inquiry", INQUIRIES)
def the_answer_came_too_late(scene: Scene) -> None:
    event = scene.event("inquiry.answered")
    event.moved(WINDOW + 60)
    scene.events.remove(event)
    scene.events.insert(scene.events.index(scene.event("inquiry.unanswered")) + 1, event)


@forgery("evidence.inquiry", INQUIRIES)
def an_inquiry_never_ended(scene: Scene) -> None:
    scene.drop("inquiry.unanswered")


@forgery("evidence.inquiry", INQUIRIES)
def nobody_had_drafted_what_was_sent(scene: Scene) -> None:
    scene.drop("inquiry.drafted")


@forgery("evidence.inquiry", INQUIRIES)
def a_refused_question_was_sent_all_the_same(scene: Scene) -> None:
    last = scene.event("inquiry.unanswered").at
    tell(scene, last, 1, "inquiry.sent", "bid-c", **UNSENT, until=stamp(scene, 4 + 2 * WINDOW))


@forgery("evidence.inquiry", INQUIRIES)
def a_stranger_drafted(scene: Scene) -> None:
    facts(scene, "inquiry.drafted")["judge"] = "J9"


@forgery("evidence.inquiry", INQUIRIES)
def the_leader_gave_no_reason(scene: Scene) -> None:
    facts(scene, "inquiry.refused")["reasons"] = " "


@forgery("evidence.inquiry", INQUIRIES)
def a_bid_that_nobody_opened_is_asked_about(scene: Scene) -> None:
    for name in ("inquiry.drafted", "inquiry.sent", "inquiry.answered"):
        scene.event(name).subject = "bid-zz"


@forgery("evidence.order", INQUIRIES)
def the_answer_came_after_the_first_lock(scene: Scene) -> None:
    event = scene.drop("inquiry.answered")
    event.at = scene.event("marks.locked").at
    scene.events.insert(scene.events.index(scene.event("marks.locked")) + 1, event)
