"""Forgeries about the answers to the opening record: who confirmed, who was silent, who objected, when it became final."""

from datetime import datetime, timedelta

from evidence_forging import facts, forgery
from evidence_log import SECTION, START, Event, Keys, Scene, Stream, new_key
from evidence_scenes import company, credit_code

from infra.crypto.sign import p256_public, sign_p256
from infra.kernel.canonical import b64
from trading.opening.record import confirmation_message, record_digest, record_document

BIDS = {"A": "bid-a2", "B": "bid-b", "C": "bid-c", "D": "bid-d"}
CONFIRMED, SETTLED = "opening-record.confirmed", "opening-record.settled"
RAISED, ANSWERED = "opening-objection.raised", "opening-objection.answered"
NOTED, PAUSED, RESUMED = "hall.noted", "hall.paused", "hall.resumed"
OTHER = b64(bytes(32))


def later(scene: Scene, seconds: float, name: str, subject: str, /, **told: object) -> Event:
    """An event so long after the opening record was made, in its place by time."""
    at = scene.event("section.opened").at + timedelta(seconds=seconds)
    event = Event(name, subject, at, told)
    scene.events.insert(next(place for place, one in enumerate(scene.events) if one.at > at), event)
    return event


def again(scene: Scene, seconds: float, name: str, nth: int = 0) -> Event:
    """An event happens at another time than it did."""
    event = scene.drop(name, nth)
    return later(scene, seconds, event.name, event.subject, **event.facts)


def digest(scene: Scene) -> bytes:
    """The digest of the opening record."""
    return record_digest(
        record_document(SECTION, facts(scene, "section.closed"), facts(scene, "section.opened")["record"])
    )


def confirm(scene: Scene, seconds: float, bidder: str, *, key: bool = False) -> Event:
    """A bidder confirms the record, by its session or with its key."""
    about = {"bidder": credit_code(bidder), "record": b64(digest(scene)), "signature": None, "certificate": None}
    event = later(scene, seconds, CONFIRMED, BIDS[bidder], **about)
    if key:
        sign(
            scene,
            event,
            bidder,
            scene.keys.certificate(new_key(f"bidder {bidder}"), company(bidder), credit_code(bidder)),
        )
    return event


def sign(scene: Scene, event: Event, bidder: str, certificate: bytes) -> None:
    """The confirmation bears this bidder's signature under a certificate."""
    signature = sign_p256(new_key(f"bidder {bidder}"), confirmation_message(digest(scene)))
    event.facts.update(signature=b64(signature), certificate=b64(certificate))


def settle(scene: Scene, seconds: float, confirmed: str, silent: str) -> Event:
    """The record is declared final; bidders by their letters."""
    told = {"confirmed": [BIDS[one] for one in confirmed], "silent": [BIDS[one] for one in silent]}
    return later(scene, seconds, SETTLED, SECTION, record=b64(digest(scene)), **told)


def object_(scene: Scene, seconds: float, bidder: str = "C", name: str = "objection-1") -> Event:
    """A bidder objects."""
    told = {"bid": BIDS[bidder], "bidder": credit_code(bidder), "reasons": "唱标工期与投标函不一致"}
    return later(scene, seconds, RAISED, name, **told)


def answered(scene: Scene) -> None:
    """A confirms with its key and B by its session; C objects and is answered, then silent; D is silent; a pause of 90 s."""
    later(scene, -15, NOTED, SECTION, text="开标开始")
    confirm(scene, 12, "A", key=True)
    confirm(scene, 22, "B")
    object_(scene, 31)
    later(scene, 45, ANSWERED, "objection-1", bid="bid-c", answer="以加密投标文件为准")
    later(scene, 50, PAUSED, SECTION, text="核对工期")
    later(scene, 140, RESUMED, SECTION, text="继续签认")
    settle(scene, 215, "AB", "CD")


def all_agree(scene: Scene) -> None:
    """Every bidder confirms, so that the record is final at once."""
    for place, bidder in enumerate(BIDS):
        confirm(scene, 11 + place, bidder, key=True)
    settle(scene, 16, "ABCD", "")


def cut_short(scene: Scene) -> None:
    """One bidder confirms and one objects in vain; the marks are published before the limit."""
    confirm(scene, 12, "A")
    object_(scene, 31)


@forgery("evidence.confirmation")
def another_record_is_confirmed(scene: Scene) -> None:
    answered(scene)
    facts(scene, CONFIRMED)["record"] = OTHER


@forgery("evidence.confirmation")
def a_row_is_changed_after_the_record_was_confirmed(scene: Scene) -> None:
    """Truly recorded all the same: only the order of rows differs, and so the digest."""
    answered(scene)
    facts(scene, "section.opened")["record"].reverse()


@forgery("evidence.confirmation")
def a_withdrawn_bid_confirms(scene: Scene) -> None:
    answered(scene)
    scene.event(CONFIRMED, 1).subject = "bid-e"


@forgery("evidence.confirmation")
def a_bidder_confirms_twice(scene: Scene) -> None:
    answered(scene)
    confirm(scene, 25, "A")


@forgery("evidence.confirmation")
def a_bidder_confirms_for_another(scene: Scene) -> None:
    answered(scene)
    facts(scene, CONFIRMED, 1)["bidder"] = credit_code("C")


@forgery("evidence.confirmation")
def a_signature_comes_without_its_certificate(scene: Scene) -> None:
    answered(scene)
    facts(scene, CONFIRMED)["certificate"] = None


@forgery("evidence.confirmation")
def another_bodys_key_confirms(scene: Scene) -> None:
    answered(scene)
    certificate = scene.keys.certificate(new_key("bidder C"), company("C"), credit_code("C"))
    sign(scene, scene.event(CONFIRMED), "C", certificate)


@forgery("signing.bad-signature")
def a_confirmation_is_signed_by_another_key_than_the_certified(scene: Scene) -> None:
    answered(scene)
    certificate = scene.keys.certificate(new_key("bidder A"), company("A"), credit_code("A"))
    sign(scene, scene.event(CONFIRMED), "C", certificate)


@forgery("signing.out-of-date")
def a_confirmation_is_signed_under_a_certificate_that_had_ended(scene: Scene) -> None:
    answered(scene)
    sign(scene, scene.event(CONFIRMED), "A", certificate_until(scene, scene.event(CONFIRMED).at - timedelta(minutes=1)))


@forgery("signing.not-certified")
def a_confirmation_is_signed_under_a_strangers_certificate(scene: Scene) -> None:
    answered(scene)
    sign(scene, scene.event(CONFIRMED), "A", Keys("elsewhere").certificate(new_key("bidder A"), "A", credit_code("A")))


def certificate_until(scene: Scene, ends: datetime) -> bytes:
    """A's certificate, good until a time."""
    return scene.keys.authority.certify(
        p256_public(new_key("bidder A")), subject="A", serial=credit_code("A"), not_before=START - timedelta(days=1),
        not_after=ends, random=Stream("short"),
    )  # fmt: skip


@forgery("evidence.order")
def a_record_is_confirmed_before_it_is_made(scene: Scene) -> None:
    answered(scene)
    scene.move(CONFIRMED, before="section.opened")


@forgery("evidence.order")
def a_final_record_is_confirmed(scene: Scene) -> None:
    answered(scene)
    confirm(scene, 217, "C")


@forgery("evidence.order")
def a_record_is_confirmed_when_marks_are_published(scene: Scene) -> None:
    cut_short(scene)
    scene.move(CONFIRMED, before="report.signed")


@forgery("evidence.order")
def a_record_becomes_final_when_marks_are_published(scene: Scene) -> None:
    answered(scene)
    scene.move(SETTLED, before="report.signed")


@forgery("evidence.event-twice")
def a_record_becomes_final_twice(scene: Scene) -> None:
    answered(scene)
    settle(scene, 216, "AB", "CD")


@forgery("evidence.settled")
def a_silent_bidder_is_said_to_have_confirmed(scene: Scene) -> None:
    answered(scene)
    facts(scene, SETTLED).update(confirmed=["bid-a2", "bid-b", "bid-c"], silent=["bid-d"])


@forgery("evidence.settled")
def a_bidder_is_neither_silent_nor_confirmed(scene: Scene) -> None:
    answered(scene)
    facts(scene, SETTLED)["silent"] = ["bid-c"]


@forgery("evidence.settled")
def another_record_becomes_final(scene: Scene) -> None:
    answered(scene)
    facts(scene, SETTLED)["record"] = OTHER


@forgery("evidence.settled")
def a_record_becomes_final_over_an_objection_without_answer(scene: Scene) -> None:
    answered(scene)
    scene.drop(ANSWERED)


@forgery("evidence.settled")
def a_record_becomes_final_in_a_pause(scene: Scene) -> None:
    answered(scene)
    scene.drop(RESUMED)


@forgery("evidence.early")
def silence_counts_before_the_limit(scene: Scene) -> None:
    answered(scene)
    scene.drop(PAUSED)
    scene.drop(RESUMED)
    again(scene, 55, SETTLED)


@forgery("evidence.early")
def a_pause_does_not_make_the_limit_later(scene: Scene) -> None:
    answered(scene)
    again(scene, 145, SETTLED)


@forgery("evidence.objection")
def somebody_objects_who_has_no_bid_here(scene: Scene) -> None:
    answered(scene)
    facts(scene, RAISED)["bid"] = "bid-e"


@forgery("evidence.objection")
def a_bidder_objects_in_anothers_name(scene: Scene) -> None:
    answered(scene)
    facts(scene, RAISED)["bidder"] = credit_code("A")


@forgery("evidence.objection")
def an_objection_says_nothing(scene: Scene) -> None:
    answered(scene)
    facts(scene, RAISED)["reasons"] = " \u3000"


@forgery("evidence.objection")
def an_objection_is_raised_twice(scene: Scene) -> None:
    answered(scene)
    object_(scene, 33)


@forgery("evidence.objection")
def a_bidder_objects_a_sixth_time(scene: Scene) -> None:
    answered(scene)
    for number in range(2, 7):
        object_(scene, 31 + number, name=f"objection-{number}")


@forgery("evidence.objection")
def an_answer_belongs_to_no_objection(scene: Scene) -> None:
    answered(scene)
    scene.event(ANSWERED).subject = "objection-9"


@forgery("evidence.objection")
def an_objection_is_answered_twice(scene: Scene) -> None:
    answered(scene)
    later(scene, 47, ANSWERED, "objection-1", bid="bid-c", answer="更正")


@forgery("evidence.objection")
def an_answer_says_nothing(scene: Scene) -> None:
    answered(scene)
    facts(scene, ANSWERED)["answer"] = ""


@forgery("evidence.order")
def an_objection_is_raised_before_the_closing(scene: Scene) -> None:
    answered(scene)
    scene.move(RAISED, before="section.closed")


@forgery("evidence.order")
def an_objection_is_answered_when_marks_are_published(scene: Scene) -> None:
    cut_short(scene)
    event = later(scene, 45, ANSWERED, "objection-1", bid="bid-c", answer="以加密投标文件为准")
    scene.move(event.name, before="report.signed")


@forgery("evidence.hall")
def a_pause_begins_in_a_pause(scene: Scene) -> None:
    answered(scene)
    later(scene, 60, PAUSED, SECTION, text="再停")


@forgery("evidence.hall")
def what_was_not_paused_goes_on(scene: Scene) -> None:
    answered(scene)
    scene.drop(PAUSED)


@forgery("evidence.hall")
def the_host_says_nothing(scene: Scene) -> None:
    answered(scene)
    facts(scene, NOTED)["text"] = "\t"


@forgery("evidence.hall")
def the_host_speaks_in_another_section(scene: Scene) -> None:
    answered(scene)
    scene.event(NOTED).subject = "YH-2026-001/S2"


@forgery("evidence.order")
def the_host_speaks_before_the_closing(scene: Scene) -> None:
    answered(scene)
    scene.move(NOTED, before="section.closed")
