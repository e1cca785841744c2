"""The opening in the evidence: t keys released in time, every form as it was sealed, every bid that is left out told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_key import commitment
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.archive.verify_bids import Bid, held_versions
from trading.archive.verify_dossier import Dossier, Logged, equal, in_order, placed
from trading.archive.verify_rescue import ENDED, REMEDIES, RESCUES, Rescue
from trading.archive.verify_tender import Tender
from trading.bidding.consortium import Read, record_notes
from trading.opening.form import FORM, read_form, read_price
from trading.opening.rules import DAMAGED, TOO_FEW_OPENED, may_decide, too_few, verb_decided, verb_found
from trading.opening.states import LEFT_OUT, LIFE, SOUND, UNANNOUNCED, UNPRICED, WAITING, Cause, Stage
from trading.sections.envelopes import LOCKING, PRICE

# X.509 holds at most 64 bytes of a name, which a UTF-8 letter of four bytes may leave at 61.
CUT = 61
PRICED = "price.opened"
TOLD = (PRICED, "bid.opened", "bid.unopened", "bid.block-restored", "bid.files-checked", "bid.cause-decided", *RESCUES)


@dataclass
class Opened:
    """A listed bid in the opening: where it stands, the bidder's registered name, the form if it was read out.

    `version` is the document's for which the bid holds, where there was more than one.
    """

    bid: Bid
    stage: Stage = Stage.SEALED
    name: str = ""
    form: Mapping[str, Any] | None = None
    part: str = ""
    reason: str = ""
    cause: Cause | None = None
    version: int | None = None
    price: str = ""
    """What the second envelope held, once it was read out."""
    keyed: Logged | None = None
    """The first event of the second envelope that could not be without released keys."""
    dropped: bool = False
    """Whether it was left out at the second envelopes, when it was marked already."""

    @property
    def sound(self) -> bool:
        """Whether the bid is marked: form read out and files checked."""
        return self.stage in SOUND or self.dropped

    @property
    def told(self) -> Mapping[str, Any]:
        """All that was read out, of the second envelope too."""
        return {**(self.form or {}), **({"price": self.price} if self.price else {})}

    def row(self) -> dict[str, Any]:
        """This bid's row of the opening record, in which only forms count: files are checked after it."""
        return {
            "bid": self.bid.id,
            "bidder": self.bid.bidder.serial,
            "name": self.name,
            "state": self.stage if self.form is None else "opened",
            "cause": self.cause if self.form is None else None,
            "form": self.form,
            **({} if self.version is None else {"version": self.version}),
        }


def check_opening(dossier: Dossier, tender: Tender, listed: Sequence[Bid]) -> dict[str, Opened]:
    """Every listed bid read out as its manifest committed to, or left out for a cause, before any judge marked.

    An opening that an officer ended may have no record; each bid's form is settled all the same.
    """
    closed, opened = dossier.one("section.closed"), _ends(dossier)
    marked = dossier.all("marks.locked", *(["section.failed"] if stopped(dossier) else []))[:1]
    locked = dossier.all(LOCKING)[:1]
    recorded = opened.name == "section.opened"
    versions = held_versions(dossier, tender, listed)
    found = {one.id: Opened(one, version=versions.get(one.id)) for one in listed}
    rescue, by_keys = Rescue(dossier, tender, found), list[Logged]()
    for event in dossier.all(*TOLD):
        if event.subject not in found:
            raise Problem("evidence.opened-twice", bid=event.subject, where=event.where)
        one = found[event.subject]
        order = (closed, event, opened) if one.stage in UNANNOUNCED else (opened, event, *marked)
        second = event.name == PRICED or (locked and event.number > locked[0].number)
        with placed(event.where):
            keyed = _tell(event, one, rescue)
        if second:
            in_order(*require_locked(dossier, event), event, *dossier.all("marks.published", "section.failed")[:1])
            one.dropped = one.stage in LEFT_OUT
            one.keyed = one.keyed or (event if keyed else None)
            continue
        by_keys += [event] if keyed else []
        in_order(*((closed, event, *marked) if event.name in REMEDIES else order))
    for one in found.values():
        if one.form is None and one.stage not in LEFT_OUT:
            raise Problem("evidence.not-opened", bid=one.bid.id, where=opened.where)
        if recorded and not one.sound and one.stage not in LEFT_OUT:
            raise Problem("evidence.files-unchecked", bid=one.bid.id, where=opened.where)
    rescue.keys_before(next(iter(by_keys), None))
    minimum = tender.keyset.document.release.minimum
    if recorded:
        _check_record(opened, found, tender.joint)
        _check_enough(dossier, opened, sum(one.form is not None for one in found.values()), minimum)
    for first in dossier.all("marks.locked")[:1]:
        _check_enough(dossier, first, sum(one.sound for one in found.values()), minimum)
    return found


def require_locked(dossier: Dossier, event: Logged) -> list[Logged]:
    """The event that let the second envelopes be opened; `evidence.order` where there is none before this one."""
    locked = dossier.all(LOCKING)
    if not locked:
        raise Problem("evidence.order", first=LOCKING, then=event.name, where=event.where)
    return locked[:1]


def stopped(dossier: Dossier) -> bool:
    """Whether an officer ended the halted opening."""
    return any(one.facts["reason"] == TOO_FEW_OPENED for one in dossier.all("section.failed"))


def _ends(dossier: Dossier) -> Logged:
    """The opening record, or the officer's decision that there will be none."""
    return dossier.one("section.failed" if stopped(dossier) and not dossier.all("section.opened") else "section.opened")


def _tell(event: Logged, one: Opened, rescue: Rescue) -> bool:
    """Follow a bid through one event; whether the event could not be without the released keys."""
    facts, keyed = event.facts, False
    match event.name:
        case "bid.opened":
            keyed = rescue.opens(one.bid, [FORM], event)
            _move(one, "announce")
            _name(event, one)
            one.form, one.cause = _form(event, one.bid), None
        case "price.opened":
            keyed = rescue.opens(one.bid, [PRICE], event)
            _move(one, "price")
            one.price, one.cause = _price(event, one), None
        case "bid.unopened":
            if not _due(one, facts["part"]):
                raise Problem("evidence.opened-twice", bid=one.bid.id)
            keyed = rescue.fails(one.bid, event)
            _name(event, one)
            _move(one, verb_found(_cause(facts["cause"]), remedy="remedy" in facts))
            one.part, one.reason, one.cause = facts["part"], facts["reason"], Cause(facts["cause"])
        case "bid.files-checked":
            files = [part.part for part in one.bid.manifest.parts if part.part != FORM]
            keyed = rescue.opens(one.bid, files, event)
            _move(one, "pass")
            one.cause = None
            _check_manifest(event, one)
            if facts["parts"] != files:
                raise Problem("evidence.bid", field="parts")
        case "bid.cause-decided":
            cause = _cause(facts["cause"])
            own = one.cause is Cause.BIDDER
            if one.stage not in WAITING or own or not may_decide(one.reason, cause) or not facts["reasons"].strip():
                raise Problem("evidence.left-out", bid=one.bid.id, verb=event.name)
            _move(one, verb_decided(cause), Role.CENTRE)
            one.cause = cause
        case "bid.block-restored":
            if one.stage not in WAITING or one.reason != DAMAGED:
                raise Problem("evidence.left-out", bid=one.bid.id, verb=event.name)
        case _:
            _rescue(event, one, rescue)
    return keyed


def _rescue(event: Logged, one: Opened, rescue: Rescue) -> None:
    waits, own = one.stage in WAITING, one.cause is Cause.BIDDER
    if one.stage in (*LEFT_OUT, Stage.CHECKED, Stage.PRICED):
        raise Problem("evidence.left-out", bid=one.bid.id, verb=event.name)
    rescue.tell(event, one.bid, sealed=one.stage in UNANNOUNCED, waits=waits, part=one.part, by_bidder=own)
    if event.name == ENDED:
        _move(one, verb_decided(Cause.BIDDER))


def _due(one: Opened, part: str) -> bool:
    """Whether it is this part's turn: first the form, then the files, at last the second envelope."""
    return (part == FORM) == (one.stage in UNANNOUNCED) and (part == PRICE) == (one.stage in UNPRICED)


def _move(one: Opened, verb: str, role: Role = Role.SYSTEM) -> None:
    try:
        one.stage = LIFE.move(verb, one.stage, role)
    except Problem as problem:
        code = "evidence.opened-twice" if verb in ("announce", "price") else "evidence.left-out"
        raise Problem(code, bid=one.bid.id, verb=verb) from problem


def _cause(text: str) -> Cause:
    try:
        return Cause(text)
    except ValueError as error:
        raise Problem("evidence.type", path="$.facts.cause", expected=" | ".join(Cause)) from error


def _name(event: Logged, one: Opened) -> None:
    facts, certified = event.facts, one.bid.bidder
    if facts["bidder"] != certified.serial or not _same_name(facts["name"], certified.subject):
        raise Problem("evidence.bidder", bidder=facts["bidder"], certified=certified.serial)
    _check_manifest(event, one)
    one.name = facts["name"]


def _check_manifest(event: Logged, one: Opened) -> None:
    if event.facts["manifest"] != b64(one.bid.manifest.digest):
        raise Problem("evidence.bid", field="manifest")


def _form(event: Logged, bid: Bid) -> Mapping[str, Any]:
    data = str(event.facts["form"]).encode()
    promised = bid.manifest.entry(FORM).commit
    if commitment(unb64(event.facts["form_salt"]), block_root([data], PLAINTEXT_BLOCK)) != promised:
        raise Problem("evidence.form", bid=bid.id)
    return read_form(data, first=bid.second is not None)


def _price(event: Logged, one: Opened) -> str:
    """The price that the second manifest committed to, of the bidder whose name was read out."""
    facts, second = event.facts, one.bid.second
    if second is None or facts["manifest"] != b64(second.digest):
        raise Problem("evidence.bid", field="second")
    if (facts["bidder"], facts["name"]) != (one.bid.bidder.serial, one.name):
        raise Problem("evidence.bidder", bidder=facts["bidder"], certified=one.bid.bidder.serial)
    data = str(facts["form"]).encode()
    if commitment(unb64(facts["form_salt"]), block_root([data], PLAINTEXT_BLOCK)) != second.entry(PRICE).commit:
        raise Problem("evidence.form", bid=one.bid.id)
    return str(read_price(data)["price"])


def _same_name(name: str, certified: str) -> bool:
    return name == certified or (name.startswith(certified) and len(certified.encode()) >= CUT)


def _check_record(opened: Logged, found: Mapping[str, Opened], joint: int) -> None:
    rows = {row["bid"]: row for row in opened.facts["record"]}
    if len(rows) != len(opened.facts["record"]) or rows.keys() != found.keys():
        raise Problem("evidence.record", bid=", ".join(sorted(rows.keys() ^ found.keys())), where=opened.where)
    listed = found.items()
    read = (
        Read(bid, one.bid.bidder.serial, one.form, [part.part for part in one.bid.manifest.parts])
        for bid, one in listed
    )
    notes = record_notes(read, joint)
    for bid, one in listed:
        if not equal(rows[bid], {**one.row(), **notes.get(bid, {})}):
            raise Problem("evidence.record", bid=bid, where=opened.where)


def _check_enough(dossier: Dossier, then: Logged, left: int, minimum: int) -> None:
    """Fewer bids than the minimum go on only by an officer's written decision for no more than these."""
    decided = [one for one in dossier.all("opening.continued") if one.number < then.number]
    if too_few(left, minimum, min((one.facts["remaining"] for one in decided), default=None)):
        raise Problem("evidence.halted", left=left, minimum=minimum, where=then.where)
