"""A section whose best two bids tie, decided by the procuring entity; and forgeries of that decision."""

from copy import deepcopy
from functools import cache

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import PRICES, a_scene, candidate, credit_code, judges, salt_of
from evidence_tender import METHOD
from forged_openings import before

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, digest
from trading.archive.bundle import unpack
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import commitment, report_message
from trading.publication.rules import decision_message

TIES: Table = {}
REASONS = "依招标文件第 5 条，工期短者优先"
ENTITY = "91420500MA49ENTITY"
MARKS = {
    "bid-a2": {"t1": "31.25", "t2": "15"},
    "bid-b": {"t1": "30", "t2": "15"},
    "bid-c": {"t1": "20", "t2": "15"},
}
BIDDERS = {"bid-a2": "A", "bid-b": "B", "bid-c": "C"}


@cache
def _decided() -> Scene:
    scene = undecided()
    decide(scene)
    publish(scene, ["bid-b", "bid-a2", "bid-c"])
    return scene


def decided() -> Scene:
    """A and B have 85.00 points each; the procuring entity puts B first, signs, and B wins."""
    return deepcopy(_decided())


def undecided(tie: tuple[str, ...] = ("procuring_entity",)) -> Scene:
    """Up to the report of a section with such a tie rule, in which A and B have the same total."""
    scene = a_scene()
    method = METHOD | {"tie": list(tie)}
    frozen = facts(scene, "document.frozen")
    frozen["method"] = method
    frozen["document"] = b64(digest({name: frozen[name] for name in ("method", "labels", "files", "ceiling")}))
    facts(scene, "notice.published")["facts"]["document"] = frozen["document"]
    published = facts(scene, "marks.published")
    for place, judge in enumerate(judges()):
        promised = commitment(salt_of(judge), SECTION, judge, MARKS)
        signature = b64(sign_p256(new_key(f"judge {judge}"), promised))
        facts(scene, "marks.locked", place).update(commitment=b64(promised), signature=signature)
        published["sheets"][judge]["marks"] = MARKS
    bids = {bid: {"price": PRICES[name]} for bid, name in BIDDERS.items()}
    marks = {judge: MARKS for judge in judges()}
    published["evaluation"] = recompute({"method": method, "bids": bids, "marks": marks, "rejected": {}})
    published["report"] |= {"method": method, "out": published["evaluation"]["out"]}
    message = report_message(published["report"])
    for place, judge in enumerate(judges()):
        signature = b64(sign_p256(new_key(f"judge {judge}"), message))
        facts(scene, "report.signed", place).update(report=b64(message), signature=signature)
    return scene


def decide(
    scene: Scene, order: tuple[str, ...] = ("bid-b", "bid-a2"), *, who: str = ENTITY, reasons: str = REASONS
) -> Event:
    """The event of a decision, signed by the key of a body with that credit code."""
    key = new_key(f"body {who}")
    report, groups = report_message(facts(scene, "marks.published")["report"]), [list(order)]
    told = {
        "decided": groups,
        "reasons": reasons,
        "report": b64(report),
        "certificate": b64(scene.keys.certificate(key, "云湖市城建局", who)),
        "signature": b64(sign_p256(key, decision_message(SECTION, report, groups, reasons))),
    }
    before(scene, "candidates.published", "tie.decided", SECTION, **told)
    return scene.event("tie.decided")


def publish(scene: Scene, order: list[str]) -> None:
    """Candidates and award in this order."""
    total = facts(scene, "marks.published")["evaluation"]["out"]["total"]
    rows = [candidate(rank, bid, BIDDERS[bid], total[bid]) for rank, bid in enumerate(order, 1)]
    facts(scene, "candidates.published")["candidates"] = rows
    facts(scene, "award.published")["winner"] = rows[0]


@forgery("evidence.tie", TIES)
def a_tie_is_settled_by_nobody(scene: Scene) -> None:
    scene.drop("tie.decided")


@forgery("evidence.candidates", TIES)
def the_other_of_the_tied_is_published_first(scene: Scene) -> None:
    publish(scene, ["bid-a2", "bid-b", "bid-c"])


@forgery("signing.bad-signature", TIES)
def the_decision_is_turned_round(scene: Scene) -> None:
    facts(scene, "tie.decided")["decided"][0].reverse()
    publish(scene, ["bid-a2", "bid-b", "bid-c"])


@forgery("signing.bad-signature", TIES)
def the_reasons_are_rewritten(scene: Scene) -> None:
    facts(scene, "tie.decided")["reasons"] = "价格更优"


@forgery("signing.not-certified", TIES)
def the_decision_is_signed_with_a_key_of_ones_own(scene: Scene) -> None:
    facts(scene, "tie.decided")["certificate"] = b64(b"0")


@forgery("evidence.tie-decided", TIES)
def the_winner_decides_itself(scene: Scene) -> None:
    scene.drop("tie.decided")
    decide(scene, who=credit_code("B"))


@forgery("evidence.tie-decided", TIES)
def the_third_is_lifted_among_the_tied(scene: Scene) -> None:
    scene.drop("tie.decided")
    decide(scene, ("bid-c", "bid-b", "bid-a2"))
    publish(scene, ["bid-c", "bid-b", "bid-a2"])


@forgery("evidence.tie-decided", TIES)
def a_tied_bid_is_left_out(scene: Scene) -> None:
    scene.drop("tie.decided")
    decide(scene, ("bid-b",))


@forgery("evidence.tie-decided", TIES)
def no_reasons_are_given(scene: Scene) -> None:
    scene.drop("tie.decided")
    decide(scene, reasons=" ")


@forgery("evidence.tie-decided", TIES)
def the_decision_is_about_another_report(scene: Scene) -> None:
    facts(scene, "tie.decided")["report"] = b64(bytes(32))


@forgery("evidence.event-twice", TIES)
def the_entity_decides_twice(scene: Scene) -> None:
    decide(scene)


@forgery("evidence.order", TIES)
def the_decision_comes_after_the_candidates(scene: Scene) -> None:
    scene.move("tie.decided", before="award.published")


@forgery("evidence.order", TIES)
def the_decision_comes_before_the_report(scene: Scene) -> None:
    scene.move("tie.decided", before="report.signed")


@forgery("evidence.section", TIES)
def the_decision_is_another_sections(scene: Scene) -> None:
    scene.event("tie.decided").subject = "YH-2026-001/S2"


@forgery("evidence.page", TIES)
def the_page_keeps_the_decision_to_itself(scene: Scene) -> None:
    honest = scene.event("tie.decided")
    scene.drop("tie.decided")
    page = scene.evidence()
    scene.events.insert(scene.events.index(scene.event("candidates.published")), honest)
    scene.override["report.html"] = unpack(page)["report.html"]


@forgery("evidence.tie-decided")
def a_decision_stands_where_nothing_is_tied(scene: Scene) -> None:
    decide(scene, ("bid-b", "bid-a2"))


def left_to_nobody() -> Scene:
    """A tie that the tender document does not leave to the procuring entity, decided all the same."""
    scene = undecided(tie=("joint",))
    decide(scene)
    publish(scene, ["bid-b", "bid-a2", "bid-c"])
    return scene
