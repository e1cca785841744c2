"""A committee that evaluated again after an upheld objection, with marks that change the winner; and forgeries of it."""

from copy import deepcopy
from functools import cache

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene
from evidence_scenes import (
    Marking,
    a_scene_in_two_envelopes,
    award,
    judges,
    lock_marks,
    marks_of,
    publish_candidates,
    publish_marks,
    sign_report,
)
from forged_ways import ENTITY, REASONS, UPHELD, objected, signed

from infra.kernel.canonical import b64, canonical
from trading.evaluation.marks import report_message
from trading.ways.rules import Grounds, Way

ROUNDS: Table = {}
REOPENED = "evaluation.reopened"


@cache
def _again() -> Scene:
    scene = objected()
    reopen(scene)
    evaluate(scene, other_marks)
    return scene


def evaluated_again() -> Scene:
    """One objection was upheld in the publicity; the same committee marked anew, and another bidder won."""
    return deepcopy(_again())


def evaluated_thrice(cause: str, objections: tuple[int, ...]) -> Scene:
    """The same, and before the award a third evaluation on another cause, with the marks of the first."""
    scene = evaluated_again()
    scene.drop("award.published")
    scene.at = scene.events[-1].at
    reopen(scene, cause=cause, objections=objections)
    evaluate(scene, marks_of)
    return scene


def evaluate(scene: Scene, given: Marking) -> None:
    """From the new locks to the award."""
    lock_marks(scene, given)
    publish_marks(scene, given)
    for judge in judges():
        sign_report(scene, judge)
    publish_candidates(scene)
    scene.tell("publicity.ended", SECTION).moved(2)
    scene.at = scene.events[-1].at
    award(scene)


def other_marks(judge: str) -> dict[str, dict[str, str]]:
    """What a judge finds the second time: the best plan of the first evaluation is worth little."""
    return marks_of(judge) | {"bid-b": {"t1": "5", "t2": "5"}}


def reopen(scene: Scene, *, cause: str = UPHELD[0], objections: tuple[int, ...] = UPHELD[1]) -> Event:
    """The signed decision that the committee evaluates again."""
    told = signed(scene, Way.REEVALUATE, None, Grounds(cause, objections, REASONS), ENTITY)
    return scene.tell(REOPENED, SECTION, **told)


@forgery("signing.bad-signature", ROUNDS)
def the_reasons_to_evaluate_again_are_rewritten(scene: Scene) -> None:
    facts(scene, REOPENED)["reasons"] = "评委会主动要求"


@forgery("signing.not-certified", ROUNDS)
def the_decision_to_evaluate_again_has_a_key_of_ones_own(scene: Scene) -> None:
    facts(scene, REOPENED)["certificate"] = b64(b"0")


@forgery("evidence.way", ROUNDS)
def the_decision_rests_on_no_objection(scene: Scene) -> None:
    _decided(scene, UPHELD[0], ())


@forgery("evidence.way", ROUNDS)
def a_directive_is_named_where_an_objection_waits(scene: Scene) -> None:
    _decided(scene, "directive", ())


@forgery("evidence.way", ROUNDS)
def a_candidate_dropping_out_is_named_as_the_cause(scene: Scene) -> None:
    _decided(scene, "renounced", UPHELD[1])


@forgery("evidence.award", ROUNDS)
def the_first_evaluations_winner_wins_all_the_same(scene: Scene) -> None:
    facts(scene, "award.published")["winner"] = facts(scene, "candidates.published")["candidates"][0]


@forgery("evidence.candidates", ROUNDS)
def the_first_evaluations_candidates_are_published_again(scene: Scene) -> None:
    facts(scene, "candidates.published", 1)["candidates"] = facts(scene, "candidates.published")["candidates"]


@forgery("evidence.evaluation", ROUNDS)
def the_file_holds_the_first_evaluation(scene: Scene) -> None:
    scene.override["evaluation.json"] = canonical(facts(scene, "marks.published")["evaluation"])


@forgery("evidence.judges", ROUNDS)
def a_judge_never_locked_anew(scene: Scene) -> None:
    scene.drop("marks.locked", 7)


@forgery("evidence.marks", ROUNDS)
def the_first_marks_of_a_judge_are_published_again(scene: Scene) -> None:
    sheets = facts(scene, "marks.published", 1)["sheets"]
    sheets["J3"] = deepcopy(facts(scene, "marks.published")["sheets"]["J3"])


@forgery("evidence.judge", ROUNDS)
def a_judge_locked_anew_before_the_decision(scene: Scene) -> None:
    scene.move("marks.locked", REOPENED, 7)


@forgery("evidence.event-missing", ROUNDS)
def the_new_candidates_stood_in_no_publicity(scene: Scene) -> None:
    scene.drop("publicity.ended")


@forgery("evidence.report", ROUNDS)
def a_signature_under_the_first_report_is_moved_to_the_second(scene: Scene) -> None:
    old = facts(scene, "report.signed", 2)
    facts(scene, "report.signed", 7).update(report=old["report"], signature=old["signature"])


@forgery("evidence.marks", ROUNDS)
def the_first_evaluations_marks_are_rewritten_afterwards(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J1"]["marks"]["bid-b"]["t1"] = "5"


def _decided(scene: Scene, cause: str, objections: tuple[int, ...]) -> None:
    report = report_message(facts(scene, "marks.published")["report"])
    told = signed(scene, Way.REEVALUATE, None, Grounds(cause, objections, REASONS), ENTITY, report)
    scene.event(REOPENED).facts = told


def prices_known() -> Scene:
    """A tender in two envelopes whose committee marked anew when the prices were public."""
    scene = a_scene_in_two_envelopes()
    scene.drop("award.published")
    scene.at = scene.events[-1].at
    reopen(scene, cause="directive", objections=())
    scene.override["evaluation.json"] = None
    return scene
