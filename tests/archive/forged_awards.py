"""Forgeries of the draw, the judges' marks, the evaluation and the result."""

from hashlib import sha256

from evidence_forging import facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import DRAW, candidate, salt_of
from evidence_tender import METHOD

from infra.kernel.canonical import b64, canonical
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import commitment

# The draw


@forgery("evidence.draw-result")
def another_expert_was_taken(scene: Scene) -> None:
    out = scene.draw["out"]
    out[0], out[-1] = [out[-1][0], out[0][1]], [out[0][0], *out[-1][1:]]


@forgery("evidence.draw")
def the_frozen_event_is_not_the_draws(scene: Scene) -> None:
    facts(scene, "draw.frozen")["frozen"] = scene.draw["transcript"]["frozen"] | {"alternates": 2}


@forgery("evidence.draw")
def the_request_was_another(scene: Scene) -> None:
    facts(scene, "draw.requested")["request"] = b64(bytes(32))


@forgery("evidence.draw")
def the_result_logged_is_another(scene: Scene) -> None:
    facts(scene, "draw.revealed")["result"] = bytes(32).hex()


@forgery("evidence.draw")
def the_seed_logged_is_another(scene: Scene) -> None:
    facts(scene, "draw.revealed")["seed"] = bytes(32).hex()


@forgery("draw.transcript")
def the_seed_was_chosen(scene: Scene) -> None:
    scene.draw["seed"] = sha256(b"a lucky seed").hexdigest()


@forgery("evidence.draw")
def a_bare_seed_without_transcript_is_shown(scene: Scene) -> None:
    del scene.draw["transcript"]


@forgery("evidence.draw-signature")
def one_trustee_committed_for_two_bodies(scene: Scene) -> None:
    from infra.crypto.sign import labelled, sign_ed25519
    from infra.trustee.duties import COMMIT_LABEL

    told = facts(scene, "draw.commitment-given", 1)
    message = labelled(COMMIT_LABEL, sha256(DRAW.encode() + bytes.fromhex(told["commitment"])).digest())
    told["signature"] = b64(sign_ed25519(scene.keys.trustees[0].signer, message))


@forgery("evidence.draw")
def a_body_never_committed(scene: Scene) -> None:
    scene.drop("draw.commitment-given", 2)


@forgery("evidence.draw")
def a_body_committed_to_something_else(scene: Scene) -> None:
    facts(scene, "draw.commitment-given", 1)["commitment"] = bytes(32).hex()


@forgery("evidence.not-cosigned")
def a_body_committed_before_the_pool_was_co_signed(scene: Scene) -> None:
    for name in ("draw.frozen", "draw.audited"):
        scene.event(name).together = True


@forgery("evidence.not-cosigned")
def an_escrow_was_given_before_all_commitments_were_co_signed(scene: Scene) -> None:
    for event in (scene.event("draw.commitment-given", 2), scene.event("keyset.published", 1)):
        event.together = True


@forgery("evidence.draw")
def the_escrows_listed_are_others(scene: Scene) -> None:
    facts(scene, "draw.committed")["escrows"][0] = bytes(32).hex()


@forgery("evidence.draw")
def an_escrow_is_another_bodys(scene: Scene) -> None:
    given = [facts(scene, "draw.escrow-given", nth) for nth in range(3)]
    given[0]["container"] = given[1]["container"]


@forgery("evidence.too-few-keys")
def the_draw_was_revealed_with_one_key(scene: Scene) -> None:
    scene.drop("key.released", 4)
    scene.drop("key.released", 3)


@forgery("evidence.draw")
def a_second_draw_hides_the_first(scene: Scene) -> None:
    for name in ("draw.requested", "draw.frozen", "draw.committed", "draw.revealed"):
        scene.event(name).subject = f"{SECTION}/2"
    scene.override |= {"draw-1.json": None, "draw-2.json": canonical(scene.draw)}


# The judges


@forgery("evidence.judges")
def a_seat_stayed_empty(scene: Scene) -> None:
    scene.drop("judge.signed-in", 2)
    scene.drop("marks.locked", 2)


@forgery("evidence.judges")
def a_judge_without_seat_signed_in(scene: Scene) -> None:
    told = scene.event("judge.signed-in", 2)
    certificate = scene.keys.certificate(new_key("judge J6"), "评委6", f"{SECTION}/J6")
    extra = Event(told.name, f"{SECTION}#J6", told.at, told.facts | {"judge": "J6", "certificate": b64(certificate)})
    scene.events.insert(scene.events.index(told) + 1, extra)


@forgery("evidence.judge")
def a_judge_signed_in_twice(scene: Scene) -> None:
    told = scene.event("judge.signed-in", 2)
    scene.events.insert(scene.events.index(told), Event(told.name, told.subject, told.at, dict(told.facts)))


@forgery("evidence.judge")
def a_judge_has_another_seats_certificate(scene: Scene) -> None:
    facts(scene, "judge.signed-in", 1)["certificate"] = facts(scene, "judge.signed-in")["certificate"]


@forgery("evidence.judge")
def a_judge_declared_a_conflict(scene: Scene) -> None:
    facts(scene, "judge.signed-in", 1)["no_conflict"] = False


@forgery("evidence.order")
def a_judge_sat_down_before_the_draw(scene: Scene) -> None:
    scene.move("judge.signed-in", before="draw.revealed")


@forgery("evidence.order")
def marks_were_locked_before_all_judges_sat(scene: Scene) -> None:
    scene.move("marks.locked", before="judge.signed-in", nth=1)


@forgery("evidence.not-cosigned")
def marks_were_published_before_the_last_commitment_was_co_signed(scene: Scene) -> None:
    scene.event("marks.locked", 4).together = True


@forgery("evidence.order")
def a_judge_committed_after_the_marks_were_readable(scene: Scene) -> None:
    scene.move("marks.published", before="marks.locked")


@forgery("evidence.judges")
def a_judges_sheet_is_left_out(scene: Scene) -> None:
    del facts(scene, "marks.published")["sheets"]["J2"]


def told_again(scene: Scene) -> None:
    """Evaluation, report and signatures follow the (forged) sheets, as far as the forger can make them."""
    published = facts(scene, "marks.published")
    evaluation = published["evaluation"]
    marks = {judge: sheet["marks"] for judge, sheet in published["sheets"].items()}
    published["evaluation"] = recompute({**evaluation, "marks": marks})
    published["report"]["out"] = published["evaluation"]["out"]


@forgery("evidence.marks")
def a_mark_is_changed_everywhere(scene: Scene) -> None:
    facts(scene, "marks.published")["sheets"]["J2"]["marks"]["bid-c"]["t1"] = "40"
    told_again(scene)


@forgery("evidence.marks")
def two_judges_sheets_are_swapped(scene: Scene) -> None:
    sheets = facts(scene, "marks.published")["sheets"]
    sheets["J1"], sheets["J2"] = sheets["J2"], sheets["J1"]
    told_again(scene)


@forgery("signing.bad-signature")
def a_commitment_is_made_for_the_judge(scene: Scene) -> None:
    marks = facts(scene, "marks.published")["sheets"]["J2"]["marks"]
    marks["bid-c"]["t1"] = "40"
    facts(scene, "marks.locked", 1)["commitment"] = b64(commitment(salt_of("J2"), SECTION, "J2", marks))
    told_again(scene)


@forgery("evidence.evaluation")
def the_evaluation_file_is_another(scene: Scene) -> None:
    scene.override["evaluation.json"] = canonical(
        facts(scene, "marks.published")["evaluation"] | {"rejected": {"x": "y"}}
    )


@forgery("evidence.evaluation")
def a_mark_is_changed_in_the_evaluation_only(scene: Scene) -> None:
    evaluation = facts(scene, "marks.published")["evaluation"]
    evaluation["marks"]["J2"]["bid-c"]["t1"] = "40"
    facts(scene, "marks.published")["evaluation"] = recompute(evaluation)


@forgery("evidence.evaluation")
def the_order_is_turned_round(scene: Scene) -> None:
    facts(scene, "marks.published")["evaluation"]["out"]["order"].reverse()


@forgery("evidence.evaluation")
def a_total_is_rounded_up(scene: Scene) -> None:
    facts(scene, "marks.published")["evaluation"]["out"]["total"]["bid-c"] = "99.00"


@forgery("evidence.evaluation")
def a_price_is_corrected_in_the_evaluation(scene: Scene) -> None:
    evaluation = facts(scene, "marks.published")["evaluation"]
    evaluation["bids"]["bid-c"]["price"] = "9200000.00"
    facts(scene, "marks.published")["evaluation"] = recompute(evaluation)


@forgery("evidence.evaluation")
def an_opened_bid_is_rejected_silently(scene: Scene) -> None:
    evaluation = facts(scene, "marks.published")["evaluation"]
    del evaluation["bids"]["bid-b"]
    evaluation["rejected"] = {"bid-b": "资格"}
    for sheet in evaluation["marks"].values():
        del sheet["bid-b"]
    facts(scene, "marks.published")["evaluation"] = recompute(evaluation)
    scene.override["report.html"] = b""


@forgery("evidence.evaluation")
def the_method_applied_is_not_the_frozen_one(scene: Scene) -> None:
    evaluation = facts(scene, "marks.published")["evaluation"]
    method = METHOD | {"judges": {"trim_from": 3}}
    facts(scene, "marks.published")["evaluation"] = recompute(evaluation | {"method": method})


@forgery("evidence.report")
def the_report_ranks_otherwise(scene: Scene) -> None:
    out = facts(scene, "marks.published")["evaluation"]["out"]
    facts(scene, "marks.published")["report"]["out"] = out | {"order": out["order"][::-1]}


@forgery("evidence.report")
def the_report_was_written_before_the_opening(scene: Scene) -> None:
    facts(scene, "marks.published")["report"]["opened_at"] = "2026-11-02T01:09:00Z"


@forgery("evidence.report")
def a_judge_signed_another_report(scene: Scene) -> None:
    facts(scene, "report.signed", 1)["report"] = b64(bytes(32))


@forgery("evidence.judges")
def a_judge_did_not_sign_the_report(scene: Scene) -> None:
    scene.drop("report.signed", 2)


@forgery("signing.bad-signature")
def the_report_was_signed_for_a_judge(scene: Scene) -> None:
    facts(scene, "report.signed", 1)["signature"] = facts(scene, "report.signed")["signature"]


# The result


@forgery("evidence.candidates")
def two_candidates_are_swapped(scene: Scene) -> None:
    rows = facts(scene, "candidates.published")["candidates"]
    rows[0], rows[1] = rows[1] | {"rank": 1}, rows[0] | {"rank": 2}


@forgery("evidence.candidates")
def a_candidate_is_left_out(scene: Scene) -> None:
    facts(scene, "candidates.published")["candidates"].pop()


@forgery("evidence.candidates")
def a_candidate_is_published_with_another_price(scene: Scene) -> None:
    facts(scene, "candidates.published")["candidates"][1]["price_text"] = "9800000.00"


@forgery("evidence.candidates")
def an_unopened_bid_is_a_candidate(scene: Scene) -> None:
    facts(scene, "candidates.published")["candidates"].append(candidate(4, "bid-d", "D", "90.00"))


@forgery("evidence.order")
def candidates_are_published_before_the_report_is_signed(scene: Scene) -> None:
    scene.move("candidates.published", before="report.signed")


@forgery("evidence.early")
def the_publicity_ends_before_its_time(scene: Scene) -> None:
    scene.event("publicity.ended").moved(-5)
    scene.event("award.published").moved(-5)


@forgery("publicity.too-short")
def the_publicity_is_too_short(scene: Scene) -> None:
    facts(scene, "candidates.published")["publicity_ends"] = "2026-11-02T01:10:30Z"


@forgery("evidence.order")
def the_award_comes_before_the_end_of_the_publicity(scene: Scene) -> None:
    scene.move("award.published", before="publicity.ended")


@forgery("evidence.award")
def the_second_wins(scene: Scene) -> None:
    facts(scene, "award.published")["winner"] = facts(scene, "candidates.published")["candidates"][1]


@forgery("evidence.award")
def the_winners_price_is_raised_in_the_award(scene: Scene) -> None:
    facts(scene, "award.published")["winner"] = facts(scene, "award.published")["winner"] | {"price_text": "9999999.00"}


@forgery("evidence.letters")
def a_loser_got_no_letter(scene: Scene) -> None:
    facts(scene, "award.published")["letters"].pop("bid-c")


@forgery("evidence.letters")
def a_letter_went_to_a_bid_that_did_not_stand(scene: Scene) -> None:
    facts(scene, "award.published")["letters"]["bid-x"] = b64(bytes(32))


@forgery("evidence.order")
def something_is_added_after_the_award(scene: Scene) -> None:
    scene.tell("draw.failed", f"{SECTION}/1", reason="draw.contradiction", party="agent")
