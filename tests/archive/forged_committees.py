"""Forgeries of what the committee resolved, of its seats and of the answers to its report."""

from typing import Any

from evidence_forging import facts, forgery
from evidence_log import SECTION, Scene, new_key
from forged_openings import before

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.evaluation.committee import dissent_message, resolution_message
from trading.evaluation.marks import report_message

REJECTION = {"kind": "rejection", "bid": "bid-c", "article": "TBR 51(3)", "reasons": "资质证书已过期"}
AGAINST = "投标人的说明成立"


def moved(scene: Scene, content: dict[str, Any] | None = None, number: int = 1, judge: str = "J1") -> None:
    """A judge moves before the marks."""
    told = content or REJECTION
    signature = sign_p256(new_key(f"judge {judge}"), resolution_message(SECTION, number, told, agrees=True, reasons=""))
    before(
        scene, "marks.locked", "resolution.moved", f"{SECTION}#R{number}",
        number=number, judge=judge, content=dict(told), signature=b64(signature),
    )  # fmt: skip


def voted(scene: Scene, judge: str, *, agrees: bool = False, number: int = 1) -> None:
    """Another judge answers before the marks."""
    content, reasons = facts(scene, "resolution.moved", number - 1)["content"], "" if agrees else AGAINST
    message = resolution_message(SECTION, number, content, agrees=agrees, reasons=reasons)
    signature = b64(sign_p256(new_key(f"judge {judge}"), message))
    before(
        scene, "marks.locked", "resolution.voted", f"{SECTION}#R{number}#{judge}",
        number=number, judge=judge, agrees=agrees, reasons=reasons, signature=signature,
    )  # fmt: skip


def resolved(scene: Scene) -> None:
    """A rejection is moved and defeated; J2 dissents from the report, J3 is silent."""
    moved(scene)
    for judge in ("J2", "J3", "J4"):
        voted(scene, judge)
    dissented(scene, "J2")
    signed = scene.drop("report.signed", 1)
    before(scene, "candidates.published", "report.settled", SECTION, silent=["J3"])
    assert signed.subject == f"{SECTION}#J3"


def dissented(scene: Scene, judge: str, reasons: str = "对排序有保留意见") -> None:
    """A judge's dissent in place of the signature."""
    event = next(one for one in scene.events if one.name == "report.signed" and one.facts["judge"] == judge)
    report = report_message(facts(scene, "marks.published")["report"])
    signature = b64(sign_p256(new_key(f"judge {judge}"), dissent_message(report, reasons)))
    event.name, event.facts = "report.dissented", {
        "judge": judge, "report": b64(report), "reasons": reasons, "signature": signature,
    }  # fmt: skip


def alternates(scene: Scene) -> list[list[str]]:
    """The drawn alternates: leaf, specialty."""
    return [row[:2] for row in scene.draw["out"] if len(row) == 3]


def called(scene: Scene, **changed: Any) -> None:
    """J3's holder declares a conflict before sitting down, and the next alternate of that specialty is called."""
    specialty = [row[1] for row in scene.draw["out"] if len(row) == 2][2]
    leaf = next(leaf for leaf, name in alternates(scene) if name == specialty)
    told = {"judge": "J3", "reason": "conflict", "specialty": specialty, "alternate": leaf, "sheets_void": False}
    before(scene, "judge.signed-in", "recusal.declared", f"{SECTION}#J3", judge="J3")
    before(scene, "judge.signed-in", "judge.replaced", f"{SECTION}#J3", **(told | changed))


@forgery("signing.bad-signature")
def a_vote_is_turned_round(scene: Scene) -> None:
    resolved(scene)
    facts(scene, "resolution.voted")["agrees"] = True


@forgery("signing.bad-signature")
def a_rejections_article_is_changed_afterwards(scene: Scene) -> None:
    resolved(scene)
    facts(scene, "resolution.moved")["content"]["article"] = "TBR 51(7)"


@forgery("evidence.resolution")
def a_vote_against_is_left_out(scene: Scene) -> None:
    resolved(scene)
    scene.drop("resolution.voted", 1)


@forgery("evidence.resolution")
def a_judge_votes_twice(scene: Scene) -> None:
    moved(scene)
    voted(scene, "J2")
    voted(scene, "J2")


@forgery("evidence.judge")
def somebody_without_a_seat_votes(scene: Scene) -> None:
    moved(scene)
    voted(scene, "J9")


@forgery("rejection.ground")
def a_bid_is_rejected_for_no_lawful_reason(scene: Scene) -> None:
    moved(scene, REJECTION | {"article": "TBR 99"})


@forgery("evidence.resolution")
def a_rejection_is_moved_after_the_first_lock(scene: Scene) -> None:
    resolved(scene)
    scene.move("marks.locked", before="resolution.moved")


@forgery("evidence.resolution")
def two_bids_are_marked_although_nobody_said_that_they_compete(scene: Scene) -> None:
    moved(scene)
    voted(scene, "J2", agrees=True)
    voted(scene, "J3", agrees=True)


@forgery("evidence.evaluation")
def a_defeated_rejection_takes_effect(scene: Scene) -> None:
    resolved(scene)
    facts(scene, "marks.published")["evaluation"]["rejected"] = {"bid-c": "TBR 51(3): 资质证书已过期"}
    scene.override["report.html"] = b""


@forgery("evidence.report")
def the_report_states_a_finding_that_nobody_made(scene: Scene) -> None:
    facts(scene, "marks.published")["report"]["objective"] = {"bid-c": {"o1": {"mark": "1", "ground": "p. 1"}}}


@forgery("evidence.replacement")
def another_alternate_than_the_next_is_called(scene: Scene) -> None:
    called(scene, alternate=bytes(32).hex())


@forgery("evidence.replacement")
def a_seat_is_left_vacant_although_an_alternate_waits(scene: Scene) -> None:
    called(scene, alternate=None)


@forgery("evidence.replacement")
def a_judge_is_replaced_as_absent_without_an_appointed_time(scene: Scene) -> None:
    called(scene, reason="absent")


@forgery("evidence.replacement")
def a_judge_is_replaced_by_a_resolution_that_nobody_passed(scene: Scene) -> None:
    called(scene, reason="resolved")


@forgery("evidence.replacement")
def a_judge_is_replaced_for_a_recusal_that_nobody_found(scene: Scene) -> None:
    called(scene, reason="recusal")


@forgery("evidence.replacement")
def a_judge_is_replaced_as_declining_whose_neighbour_declined(scene: Scene) -> None:
    before(scene, "judge.signed-in", "invitation.declined", f"{SECTION}#J2", judge="J2", kind="ill")
    called(scene, reason="declined")


@forgery("evidence.replacement")
def a_judge_is_replaced_for_silence_of_whom_only_a_refusal_is_known(scene: Scene) -> None:
    before(scene, "judge.signed-in", "invitation.declined", f"{SECTION}#J3", judge="J3", kind="ill")
    called(scene, reason="unanswered")


@forgery("evidence.judge")
def a_ground_for_recusal_is_found_about_a_seat_that_nobody_has(scene: Scene) -> None:
    before(scene, "judge.signed-in", "recusal.found", f"{SECTION}#J9", judge="J9", kind="kin")


@forgery("evidence.replacement")
def an_alternate_of_another_specialty_is_called(scene: Scene) -> None:
    [other] = {name for _, name in alternates(scene)} - {[row[1] for row in scene.draw["out"] if len(row) == 2][2]}
    called(scene, specialty=other)


@forgery("signing.bad-signature")
def a_dissent_is_softened(scene: Scene) -> None:
    resolved(scene)
    facts(scene, "report.dissented")["reasons"] = "没有意见"


@forgery("evidence.judges")
def a_judge_who_signed_is_called_silent(scene: Scene) -> None:
    resolved(scene)
    facts(scene, "report.settled")["silent"] = ["J1", "J3"]


@forgery("evidence.judges")
def a_silent_judge_is_passed_over(scene: Scene) -> None:
    resolved(scene)
    scene.drop("report.settled")


@forgery("evidence.order")
def a_dissent_comes_after_silence_was_settled(scene: Scene) -> None:
    resolved(scene)
    scene.move("report.dissented", before="candidates.published")


@forgery("evidence.early")
def silence_is_settled_before_the_signing_time_is_over(scene: Scene) -> None:
    resolved(scene)
    scene.event("report.settled").moved(-150)


@forgery("evidence.failure")
def the_section_fails_without_the_committee(scene: Scene) -> None:
    before(scene, "marks.locked", "section.failed", SECTION, reason="competition-lacking", remaining=3, minimum=3)
    scene.failure = {}


@forgery("evidence.draw")
def a_further_draw_is_allowed_that_never_was_held(scene: Scene) -> None:
    told = {"reason": "重抽", "certificate": b64(b"0"), "signature": b64(bytes(64))}
    before(scene, "judge.signed-in", "redraw.allowed", f"{SECTION}/2", **told)
