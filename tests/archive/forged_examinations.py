"""A section whose bids were examined before the marks, one that failed by it, and forgeries of examinations."""

from copy import deepcopy
from functools import cache
from hashlib import sha256
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import a_scene, judges
from failed_scenes import tell_failure
from forged_openings import before

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, digest
from trading.evaluation.marks import report_message
from trading.examination.rules import PASS, commitment, examine, items_of

EXAMINED: Table = {}
LOCKED, SETTLED = "examination.locked", "examination.settled"
ITEMS = [
    {"id": "q1", "stage": "form", "zh": "投标函签字盖章", "en": "Signed", "clause": "2.1.1", "ground": "TBR 51(1)"},
    {"id": "q2", "stage": "qualification", "zh": "资质等级", "clause": "2.1.2", "ground": "TBR 51(3)"},
]
BIDS = ("bid-a2", "bid-b", "bid-c")
FAIL = {"reason": "公章不清", "pages": [{"part": "commercial", "page": 3}]}
Answers = dict[str, dict[str, Any]]


def salt_of(judge: str) -> bytes:
    """The salt of a judge's commitment."""
    return sha256(f"examination {judge}".encode()).digest()


def answers(*failing: str) -> Answers:
    """Everything passes but the first item of these bids."""
    return {bid: {"q1": FAIL if bid in failing else PASS, "q2": PASS} for bid in BIDS}


def _asked(scene: Scene) -> None:
    """The document asks for the examination."""
    frozen = facts(scene, "document.frozen")
    frozen["examination"] = ITEMS
    names = ("method", "labels", "files", "ceiling", "examination")
    frozen["document"] = b64(digest({name: frozen[name] for name in names}))
    facts(scene, "notice.published")["facts"]["document"] = frozen["document"]


def _promise(judge: str, told: Answers) -> dict[str, str]:
    promised = commitment(salt_of(judge), SECTION, judge, told)
    return {"commitment": b64(promised), "signature": b64(sign_p256(new_key(f"judge {judge}"), promised))}


def _examine(scene: Scene, told: dict[str, Answers]) -> dict[str, Any]:
    for judge, sheet in told.items():
        before(scene, "marks.locked", LOCKED, f"{SECTION}#{judge}", judge=judge, **_promise(judge, sheet))
    result = examine(items_of(ITEMS), told, len(told))
    sheets = {judge: {"answers": sheet, "salt": b64(salt_of(judge))} for judge, sheet in told.items()}
    before(scene, "marks.locked", SETTLED, SECTION, sheets=sheets, result=result, sheets_void=False)
    return result


@cache
def _examined() -> Scene:
    scene = a_scene()
    _asked(scene)
    result = _examine(scene, {judge: answers(*(["bid-c"] if judge == "J1" else [])) for judge in judges()})
    report = facts(scene, "marks.published")["report"]
    report["examination"] = deepcopy(result)
    sign_again(scene)
    return scene


def sign_again(scene: Scene) -> None:
    """The judges sign the report as it stands."""
    message = report_message(facts(scene, "marks.published")["report"])
    for place, judge in enumerate(judges()):
        signature = b64(sign_p256(new_key(f"judge {judge}"), message))
        facts(scene, "report.signed", place).update(report=b64(message), signature=signature)


def examined() -> Scene:
    """The honest section with two items examined: J1 fails C's form, the others pass it, nobody is rejected."""
    return deepcopy(_examined())


def all_rejected() -> Scene:
    """Everybody but J3 fails every bid; the section has failed."""
    scene = a_scene()
    _asked(scene)
    _examine(scene, {judge: answers(*(BIDS if judge != "J3" else ())) for judge in judges()})
    del scene.events[scene.events.index(scene.event("marks.locked")) :]
    scene.at = scene.events[-1].at
    scene.tell("section.failed", SECTION, reason="all-rejected", remaining=0, minimum=3)
    tell_failure(scene, "all-rejected", 0, source="TBL 42")
    return scene


def _settled(scene: Scene) -> Event:
    return scene.event(SETTLED)


@forgery("evidence.examination", EXAMINED)
def an_answer_is_changed_after_the_lock(scene: Scene) -> None:
    _settled(scene).facts["sheets"]["J1"]["answers"]["bid-c"]["q1"] = PASS


@forgery("evidence.examination", EXAMINED)
def a_reason_is_changed_after_the_lock(scene: Scene) -> None:
    _settled(scene).facts["sheets"]["J1"]["answers"]["bid-c"]["q1"] = {**FAIL, "reason": "未盖章"}


@forgery("evidence.examination", EXAMINED)
def a_rejection_is_left_out(scene: Scene) -> None:
    sheet = answers("bid-c")
    facts(scene, LOCKED, 1).update(_promise("J2", sheet))
    _settled(scene).facts["sheets"]["J2"]["answers"] = sheet


@forgery("evidence.examination", EXAMINED)
def a_rejection_is_invented(scene: Scene) -> None:
    _settled(scene).facts["result"]["rejected"]["bid-c"] = "TBR 51(1): 2.1.1 投标函签字盖章: 公章不清"


@forgery("evidence.examination", EXAMINED)
def a_dissenting_judge_is_hidden(scene: Scene) -> None:
    _settled(scene).facts["result"]["findings"]["bid-c"]["q1"]["passed"] = ["J2"]


@forgery("evidence.examination", EXAMINED)
def a_judges_answers_are_left_out(scene: Scene) -> None:
    scene.drop(LOCKED, 2)
    del _settled(scene).facts["sheets"]["J3"]


@forgery("evidence.examination", EXAMINED)
def locked_marks_are_said_to_be_void(scene: Scene) -> None:
    _settled(scene).facts["sheets_void"] = True


@forgery("evidence.examination", EXAMINED)
def a_judge_locks_twice(scene: Scene) -> None:
    scene.events.insert(scene.events.index(_settled(scene)), deepcopy(scene.event(LOCKED)))


@forgery("evidence.judge", EXAMINED)
def somebody_examines_who_does_not_sit(scene: Scene) -> None:
    event = scene.event(LOCKED)
    event.subject, event.facts["judge"] = f"{SECTION}#J9", "J9"


@forgery("signing.bad-signature", EXAMINED)
def another_key_signs_the_answers(scene: Scene) -> None:
    promised = commitment(salt_of("J1"), SECTION, "J1", answers("bid-c"))
    facts(scene, LOCKED)["signature"] = b64(sign_p256(new_key("judge J2"), promised))


@forgery("examination.missing", EXAMINED)
def an_item_is_answered_by_nobody(scene: Scene) -> None:
    sheets = _settled(scene).facts["sheets"]
    for place, judge in enumerate(judges()):
        del sheets[judge]["answers"]["bid-b"]["q2"]
        facts(scene, LOCKED, place).update(_promise(judge, sheets[judge]["answers"]))


@forgery("examination.reason", EXAMINED)
def a_failure_has_no_reason(scene: Scene) -> None:
    sheet = answers("bid-c")
    sheet["bid-c"]["q1"] = {**FAIL, "reason": " "}
    facts(scene, LOCKED).update(_promise("J1", sheet))
    _settled(scene).facts["sheets"]["J1"]["answers"] = sheet


@forgery("evidence.resolution", EXAMINED)
def marks_are_locked_before_the_examination_is_settled(scene: Scene) -> None:
    scene.move(SETTLED, before="marks.published")


@forgery("evidence.resolution", EXAMINED)
def nobody_examined_anything(scene: Scene) -> None:
    for _ in judges():
        scene.drop(LOCKED)
    scene.drop(SETTLED)


@forgery("evidence.examination", EXAMINED)
def the_document_asked_for_no_examination(scene: Scene) -> None:
    frozen = facts(scene, "document.frozen")
    del frozen["examination"]
    frozen["document"] = b64(digest({name: frozen[name] for name in ("method", "labels", "files", "ceiling")}))
    facts(scene, "notice.published")["facts"]["document"] = frozen["document"]


@forgery("evidence.report", EXAMINED)
def the_report_is_silent_about_the_examination(scene: Scene) -> None:
    del facts(scene, "marks.published")["report"]["examination"]
    sign_again(scene)
