"""A section in which two judges marked far from the others: one explained, one was silent; and forgeries of that."""

from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import PRICES, a_scene, candidate, judges, marks_of
from forged_openings import before

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, unb64
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import Reasoned, reasoned_commitment, report_message
from trading.evaluation.outliers import explanation_message

EXPLAINED: Table = {}
WHY = "第 28 页缺少计算书"
BIDDERS = {"bid-a2": "A", "bid-b": "B", "bid-c": "C"}
WINDOW = 120
SHEETS = {
    "J1": {**marks_of("J1"), "bid-a2": {"t1": "22", "t2": "15"}},
    "J2": {**marks_of("J2"), "bid-c": {"t1": "32", "t2": "12"}},
    **{judge: marks_of(judge) for judge in ("J3", "J4", "J5")},
}
ASKED = {"J1": {"bid-a2": {"t1": WHY}}, "J2": {"bid-c": {"t2": ""}}}


@cache
def _explained() -> Scene:
    scene = a_scene()
    published = facts(scene, "marks.published")
    for place, judge in enumerate(judges()):
        salt = unb64(published["sheets"][judge]["salt"])
        promised = reasoned_commitment(salt, SECTION, judge, Reasoned(SHEETS[judge]))
        signature = b64(sign_p256(new_key(f"judge {judge}"), promised))
        locked = facts(scene, "marks.locked", place)
        locked.update(format="marks/v2", commitment=b64(promised), signature=signature)
        published["sheets"][judge] |= {"marks": SHEETS[judge], "reasons": {}, "pins": {}}
    evaluation = published["evaluation"]
    published["evaluation"] = recompute(evaluation | {"marks": SHEETS})
    published["report"] |= {"out": published["evaluation"]["out"]}
    ask(scene)
    say(scene, "J1")
    publish(scene, ASKED)
    return scene


def explained() -> Scene:
    """J1 explains the mark of bid A, J2 says nothing about that of bid C."""
    return deepcopy(_explained())


def ask(scene: Scene) -> None:
    """The window begins, and the marks are published only after it."""
    published = scene.event("marks.published")
    until = published.at.replace(microsecond=0)
    for event in scene.events[scene.events.index(published) :]:
        event.moved(WINDOW)
    candidates = facts(scene, "candidates.published")
    ends = datetime.fromisoformat(candidates["publicity_ends"]) + timedelta(seconds=WINDOW)
    candidates["publicity_ends"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    before(scene, "marks.published", "consolidation.begun", SECTION)
    begun = scene.event("consolidation.begun")
    begun.at = until
    begun.facts["until"] = _stamp(begun)


def _stamp(begun: Event, seconds: int = WINDOW) -> str:
    return (begun.at + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def say(scene: Scene, judge: str, why: str = WHY) -> None:
    """A judge's signed reason, half a minute after the window began."""
    texts = {key: dict.fromkeys(row, why) for key, row in ASKED[judge].items()}
    signature = sign_p256(new_key(f"judge {judge}"), explanation_message(SECTION, judge, texts))
    before(scene, "marks.published", "marks.explained", SECTION, judge=judge, texts=texts, signature=b64(signature))
    event = next(one for one in scene.events if one.name == "marks.explained" and one.facts["judge"] == judge)
    event.at = scene.event("consolidation.begun").at
    event.moved(30)


def publish(scene: Scene, told: dict[str, dict[str, dict[str, str]]] | None) -> None:
    """What is published of explanations, and the report signed anew."""
    published = facts(scene, "marks.published")
    for holder in (published, published["report"]):
        holder.pop("explanations", None)
        if told is not None:
            holder["explanations"] = told
    message = report_message(published["report"])
    for place, judge in enumerate(judges()):
        signature = b64(sign_p256(new_key(f"judge {judge}"), message))
        facts(scene, "report.signed", place).update(report=b64(message), signature=signature)
    out = published["evaluation"]["out"]
    rows = [candidate(rank, bid, BIDDERS[bid], out["total"][bid]) for rank, bid in enumerate(out["order"], 1)]
    assert set(PRICES) >= set(BIDDERS.values())
    facts(scene, "candidates.published")["candidates"] = rows
    facts(scene, "award.published")["winner"] = rows[0]


@forgery("evidence.explanation", EXPLAINED)
def nobody_was_asked(scene: Scene) -> None:
    for name in ("consolidation.begun", "marks.explained"):
        scene.drop(name)
    publish(scene, None)


@forgery("evidence.explanation", EXPLAINED)
def the_window_was_shorter(scene: Scene) -> None:
    begun = scene.event("consolidation.begun")
    begun.facts["until"] = _stamp(begun, 30)


@forgery("evidence.explanation", EXPLAINED)
def the_marks_came_before_its_end_though_a_judge_was_silent(scene: Scene) -> None:
    for event in scene.events[scene.events.index(scene.event("marks.published")) :]:
        event.moved(-60)


@forgery("evidence.explanation", EXPLAINED)
def the_silent_judge_is_left_out(scene: Scene) -> None:
    publish(scene, {"J1": ASKED["J1"]})


@forgery("evidence.explanation", EXPLAINED)
def a_judge_who_was_not_asked_explains_too(scene: Scene) -> None:
    publish(scene, {**ASKED, "J3": {"bid-b": {"t1": WHY}}})


@forgery("evidence.explanation", EXPLAINED)
def a_reason_is_told_as_silence(scene: Scene) -> None:
    publish(scene, {**ASKED, "J1": {"bid-a2": {"t1": ""}}})


@forgery("evidence.explanation", EXPLAINED)
def words_are_put_into_the_silent_judges_mouth(scene: Scene) -> None:
    publish(scene, {**ASKED, "J2": {"bid-c": {"t2": WHY}}})


@forgery("signing.bad-signature", EXPLAINED)
def a_reason_is_rewritten_everywhere(scene: Scene) -> None:
    other = {"bid-a2": {"t1": "另一理由"}}
    facts(scene, "marks.explained")["texts"] = other
    publish(scene, {**ASKED, "J1": other})


@forgery("evidence.report", EXPLAINED)
def the_report_keeps_the_reasons_back(scene: Scene) -> None:
    published = facts(scene, "marks.published")
    publish(scene, None)
    published["explanations"] = ASKED
