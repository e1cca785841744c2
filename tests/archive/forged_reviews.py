"""A report that was returned once, in which a judge corrected a mark far from the others', then confirmed; and forgeries."""

from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import candidate, credit_code, judges
from forged_explanations import BIDDERS, explained
from forged_openings import insert
from forged_ways import ENTITY

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.evaluation.marks import report_message
from trading.review.rules import Correction, Verdict, corrected, correction_message, returned, review_message

REVIEWS: Table = {}
REASON, WORDS = "extreme-mark", "第一评委对该投标的评分明显偏低，请复核"
RIGHT = Correction("J1", "bid-a2", "t1", "22", "30", REASON, "漏看第 30 页的计算书，按评分细则更正")
RETURNED, CORRECTED, CONFIRMED = "report.returned", "mark.corrected", "report.confirmed"
AFTER = ("candidates.published", "publicity.ended", "award.published")
SIGNING = timedelta(minutes=5)


@cache
def _reviewed() -> Scene:
    scene = explained()
    for name in AFTER:
        scene.drop(name)
    scene.at = scene.events[-1].at
    give_back(scene)
    correct(scene)
    _sign(scene)
    confirm(scene)
    _award(scene)
    return scene


def reviewed() -> Scene:
    """Returned for a mark far from the others', which its judge corrected; all signed anew, and it was confirmed."""
    return deepcopy(_reviewed())


def overtaken() -> Scene:
    """Nobody returned the report: a judge corrected a mark when two had signed it already, and all signed anew."""
    scene = explained()
    for name in AFTER:
        scene.drop(name)
    for _ in range(3):
        scene.drop("report.signed", 2)
    scene.at = scene.events[-1].at
    correct(scene)
    _sign(scene)
    _award(scene)
    return scene


def versions(scene: Scene) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Report and evaluation of every version."""
    published = facts(scene, "marks.published")
    found = [(published["report"], published["evaluation"])]
    for one in scene.events:
        report, document = found[-1]
        if one.name == RETURNED:
            found.append((returned(report, one.facts["reason"], one.facts["reasons"]), document))
        if one.name == CORRECTED:
            told = Correction(*(one.facts[name] for name in Correction._fields))
            found.append(corrected(report, document, told))
    return found


def give_back(scene: Scene, reason: str = REASON, words: str = WORDS, *, who: str = ENTITY) -> Event:
    """The procuring entity returns the report as it stands."""
    told = verdict(scene, Verdict.RETURN, reason, words, who)
    return scene.tell(RETURNED, SECTION, reason=reason, reasons=words, until=_until(scene.at), **told)


def confirm(scene: Scene, *, who: str = ENTITY) -> Event:
    """The procuring entity confirms the report as it stands."""
    return scene.tell(CONFIRMED, SECTION, **verdict(scene, Verdict.CONFIRM, "", "", who))


def correct(scene: Scene, one: Correction = RIGHT) -> Event:
    """A judge corrects a mark in the report as it stands."""
    return scene.tell(CORRECTED, f"{SECTION}#{one.judge}", until=_until(scene.at), **correction(scene, one))


def verdict(scene: Scene, said: Verdict, reason: str, words: str, who: str = ENTITY, nth: int = -1) -> dict[str, str]:
    """What is told of a verdict on the nth version."""
    key, report = new_key(f"body {who}"), report_message(versions(scene)[nth][0])
    return {
        "report": b64(report),
        "certificate": b64(scene.keys.certificate(key, "云湖市城建局", who)),
        "signature": b64(sign_p256(key, review_message(SECTION, report, said, reason, words))),
    }


def correction(scene: Scene, one: Correction, nth: int = -1) -> dict[str, str]:
    """What is told of a correction in the nth version."""
    report = report_message(versions(scene)[nth][0])
    signature = sign_p256(new_key(f"judge {one.judge}"), correction_message(SECTION, report, one))
    return {**one._asdict(), "report": b64(report), "signature": b64(signature)}


def _sign(scene: Scene) -> None:
    message = report_message(versions(scene)[-1][0])
    for judge in judges():
        signature = b64(sign_p256(new_key(f"judge {judge}"), message))
        scene.tell("report.signed", f"{SECTION}#{judge}", judge=judge, report=b64(message), signature=signature)


def _award(scene: Scene) -> None:
    """Candidates, publicity and award by the last version."""
    scene.final = versions(scene)[-1][1]
    out = scene.final["out"]
    rows = [candidate(rank, bid, BIDDERS[bid], out["total"][bid]) for rank, bid in enumerate(out["order"], 1)]
    ends = (scene.at + timedelta(seconds=21)).strftime("%Y-%m-%dT%H:%M:%SZ")
    scene.tell("candidates.published", "notice-3", candidates=rows, publicity_ends=ends)
    scene.tell("publicity.ended", SECTION).moved(15)
    scene.at = scene.events[-1].at
    scene.tell("award.published", "notice-4", winner=rows[0])


def _until(at: datetime) -> str:
    return (at + SIGNING).strftime("%Y-%m-%dT%H:%M:%SZ")


def _again(scene: Scene) -> None:
    """Everything after the correction follows from what it says now."""
    while scene.events[-1].name != CORRECTED:
        scene.events.pop()
    scene.at = scene.events[-1].at
    _sign(scene)
    confirm(scene)
    _award(scene)


def _corrected_as(scene: Scene, **other: str) -> None:
    """The same correction, signed by its judge with something else in it."""
    told = facts(scene, CORRECTED)
    one = RIGHT._replace(**other)
    signature = sign_p256(new_key(f"judge {one.judge}"), correction_message(SECTION, _before(scene), one))
    told.update(one._asdict(), signature=b64(signature))
    scene.event(CORRECTED).subject = f"{SECTION}#{one.judge}"


def _before(scene: Scene) -> bytes:
    return report_message(versions(scene)[1][0])


def _returned_as(scene: Scene, reason: str = REASON, words: str = WORDS, who: str = ENTITY) -> None:
    """The same return signed with something else in it."""
    told = facts(scene, RETURNED)
    told.update(verdict(scene, Verdict.RETURN, reason, words, who, 0), reason=reason, reasons=words)
    facts(scene, CORRECTED).update(correction(scene, RIGHT, 1))
    _again(scene)


@forgery("signing.bad-signature", REVIEWS)
def the_reasons_of_the_return_are_rewritten(scene: Scene) -> None:
    facts(scene, RETURNED)["reasons"] = "评分汇总有误"
    facts(scene, CORRECTED).update(correction(scene, RIGHT, 1))
    _again(scene)


@forgery("evidence.review", REVIEWS)
def the_report_is_returned_for_a_reason_that_the_rules_do_not_list(scene: Scene) -> None:
    _returned_as(scene, reason="unhappy")


@forgery("evidence.review", REVIEWS)
def the_report_is_returned_without_words(scene: Scene) -> None:
    _returned_as(scene, words=" ")


@forgery("evidence.review", REVIEWS)
def a_bidder_returns_the_report(scene: Scene) -> None:
    _returned_as(scene, who=credit_code("B"))


@forgery("evidence.review", REVIEWS)
def the_return_is_about_another_report(scene: Scene) -> None:
    facts(scene, RETURNED)["report"] = b64(bytes(32))


@forgery("evidence.review", REVIEWS)
def the_judges_are_left_no_time_after_the_return(scene: Scene) -> None:
    facts(scene, RETURNED)["until"] = facts(scene, "consolidation.begun")["until"]


@forgery("evidence.review", REVIEWS)
def a_bidder_confirms_the_report(scene: Scene) -> None:
    facts(scene, CONFIRMED).update(verdict(scene, Verdict.CONFIRM, "", "", credit_code("B")))


@forgery("evidence.review", REVIEWS)
def the_confirmation_is_that_of_the_first_version(scene: Scene) -> None:
    facts(scene, CONFIRMED).update(verdict(scene, Verdict.CONFIRM, "", "", nth=0))


@forgery("evidence.event-twice", REVIEWS)
def the_report_is_confirmed_twice(scene: Scene) -> None:
    insert(scene, "candidates.published", deepcopy(scene.event(CONFIRMED)))


@forgery("evidence.order", REVIEWS)
def the_report_is_confirmed_before_all_have_signed(scene: Scene) -> None:
    event = scene.drop(CONFIRMED)
    last = scene.event("report.signed", 9)
    event.at = last.at
    scene.events.insert(scene.events.index(last), event)


@forgery("evidence.order", REVIEWS)
def the_report_is_confirmed_after_the_candidates(scene: Scene) -> None:
    scene.move(CONFIRMED, before="publicity.ended")


@forgery("evidence.judges", REVIEWS)
def the_report_is_returned_before_all_have_signed(scene: Scene) -> None:
    scene.move(RETURNED, before="report.signed")


@forgery("evidence.report", REVIEWS)
def a_signature_under_the_first_version_stands_for_the_last(scene: Scene) -> None:
    facts(scene, "report.signed", 7).update(facts(scene, "report.signed", 2))


@forgery("evidence.judges", REVIEWS)
def one_judge_does_not_answer_the_last_version(scene: Scene) -> None:
    scene.drop("report.signed", 8)


@forgery("evidence.report", REVIEWS)
def the_correction_is_kept_back(scene: Scene) -> None:
    scene.drop(CORRECTED)
    scene.final = None


@forgery("evidence.evaluation", REVIEWS)
def the_file_keeps_the_evaluation_from_before_the_correction(scene: Scene) -> None:
    scene.final = facts(scene, "marks.published")["evaluation"]


@forgery("signing.bad-signature", REVIEWS)
def the_new_mark_is_raised_by_another_hand(scene: Scene) -> None:
    facts(scene, CORRECTED)["new"] = "33"
    _again(scene)


@forgery("signing.bad-signature", REVIEWS)
def the_reasons_of_the_correction_are_rewritten(scene: Scene) -> None:
    facts(scene, CORRECTED)["reasons"] = "笔误"
    _again(scene)


@forgery("evidence.correction", REVIEWS)
def a_mark_among_the_others_is_corrected(scene: Scene) -> None:
    _corrected_as(scene, bid="bid-b", old="34", new="36")
    _again(scene)


@forgery("evidence.correction", REVIEWS)
def a_mark_is_corrected_for_no_listed_reason(scene: Scene) -> None:
    _corrected_as(scene, reason="second-thoughts")
    _again(scene)


@forgery("evidence.correction", REVIEWS)
def a_mark_is_corrected_for_a_sum_that_was_computed(scene: Scene) -> None:
    _corrected_as(scene, reason="sum-error")
    _again(scene)


@forgery("evidence.correction", REVIEWS)
def a_mark_is_corrected_without_words(scene: Scene) -> None:
    _corrected_as(scene, reasons="")
    _again(scene)


@forgery("evidence.correction", REVIEWS)
def the_old_mark_is_told_otherwise(scene: Scene) -> None:
    _corrected_as(scene, old="29")


@forgery("evidence.correction", REVIEWS)
def a_mark_is_corrected_that_nobody_gave(scene: Scene) -> None:
    facts(scene, CORRECTED)["bid"] = "bid-d"


@forgery("evidence.correction", REVIEWS)
def the_correction_changes_nothing(scene: Scene) -> None:
    _corrected_as(scene, new="22")


@forgery("evaluation.mark-range", REVIEWS)
def the_new_mark_is_above_the_most(scene: Scene) -> None:
    facts(scene, CORRECTED)["new"] = "999"


@forgery("evidence.correction", REVIEWS)
def the_correction_is_another_judges(scene: Scene) -> None:
    scene.event(CORRECTED).subject = f"{SECTION}#J2"


@forgery("evidence.correction", REVIEWS)
def the_correction_is_about_another_report(scene: Scene) -> None:
    facts(scene, CORRECTED)["report"] = b64(bytes(32))


@forgery("evidence.correction", REVIEWS)
def a_mark_is_corrected_when_all_have_signed(scene: Scene) -> None:
    """Without anybody's return."""
    scene.drop(RETURNED)
    facts(scene, CORRECTED).update(correction(_cut(scene), RIGHT))
    _again(scene)


@forgery("evidence.order", REVIEWS)
def a_mark_is_corrected_before_the_marks_are_published(scene: Scene) -> None:
    scene.move(CORRECTED, before="marks.published")


@forgery("evidence.field-missing", REVIEWS)
def a_correction_tells_no_signing_time(scene: Scene) -> None:
    del facts(scene, CORRECTED)["until"]


@forgery("evidence.page", REVIEWS)
def the_page_keeps_the_review_to_itself(scene: Scene) -> None:
    from trading.archive.bundle import unpack

    scene.override["report.html"] = unpack(explained().evidence())["report.html"]


def _cut(scene: Scene) -> Scene:
    """The scene up to its correction."""
    found = deepcopy(scene)
    while found.events[-1].name != CORRECTED:
        found.events.pop()
    found.events.pop()
    return found
