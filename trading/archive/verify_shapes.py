"""The facts of every event that may stand in a section's evidence, as a table (docs/formats/evidence.md)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from infra.kernel.canonical import unb64
from infra.kernel.fields import array_at, at, count_at, flag_at, members_at, object_at, text_at
from infra.kernel.problems import Problem
from trading.opening.rules import TOO_FEW_OPENED
from trading.ways.rules import NO_AWARD

Reader = Callable[[Any, str], Any]

_HEX = re.compile(r"[0-9a-f]{64}")
_MOST = 2**53 - 1


def read_facts(name: str, facts: Any, where: str) -> dict[str, Any]:
    """An event's facts, every field of its kind; `evidence.event-unknown`, `evidence.…` with the JSON path."""
    if name not in FACTS:
        raise Problem("evidence.event-unknown", name=name, where=where)
    try:
        FACTS[name](facts, "$.facts")
    except Problem as problem:
        raise Problem(problem.code, **problem.facts, where=where) from problem
    found: dict[str, Any] = facts
    return found


def row(**fields: Reader) -> Reader:
    """An object with exactly these fields."""

    def read(value: Any, path: str) -> None:
        found = members_at(value, path, fields)
        for name, reader in fields.items():
            reader(found[name], at(path, name))

    return read


def each(reader: Reader) -> Reader:
    """A list of such values."""

    def read(value: Any, path: str) -> None:
        for place, item in enumerate(array_at(value, path)):
            reader(item, at(path, place))

    return read


def every(reader: Reader) -> Reader:
    """An object from names to such values."""

    def read(value: Any, path: str) -> None:
        for name, item in object_at(value, path).items():
            reader(item, at(path, name))

    return read


def or_null(reader: Reader) -> Reader:
    """Such a value or null."""
    return lambda value, path: None if value is None else reader(value, path)


def raw(size: int | None = None) -> Reader:
    """Standard base64 of so many bytes; `evidence.type` otherwise."""

    def read(value: Any, path: str) -> None:
        try:
            unb64(text_at(value, path), size)
        except Problem as problem:
            raise Problem("evidence.type", path=path, expected=f"base64 of {size or 'any'} bytes") from problem

    return read


def hex32(value: Any, path: str) -> None:
    """64 lower-case hexadecimal digits; `evidence.type` otherwise."""
    if not _HEX.fullmatch(text_at(value, path)):
        raise Problem("evidence.type", path=path, expected="64 lower-case hexadecimal digits")


def count(value: Any, path: str) -> None:
    """A whole number from 0."""
    count_at(value, path, 0, _MOST)


def failed(value: Any, path: str) -> None:
    """Why a section failed after its closing; who ends a halted opening gives reasons, who awards to nobody also signs."""
    if object_at(value, path).get("reason") == NO_AWARD:
        row(subject=_T, reason=_T, remaining=count, **DECIDED)(value, path)
        return
    reasons = {"reasons": _T} if object_at(value, path).get("reason") == TOO_FEW_OPENED else {}
    row(subject=_T, reason=_T, remaining=count, minimum=count, **reasons)(value, path)


def perhaps(name: str, reader: Reader, **fields: Reader) -> Reader:
    """Exactly these fields, and this one where there is such."""

    def read(value: Any, path: str) -> None:
        more = {name: reader} if name in object_at(value, path) else {}
        row(**fields, **more)(value, path)

    return read


def award(value: Any, path: str) -> None:
    """An award, perhaps with letters; a purchase's with the periods that begin and the judges' names (M87 69)."""
    told = object_at(value, path)
    letters = {"letters": every(HASH)} if "letters" in told else {}
    result = {"result": row(notice_ends=_T, challenge_until=_T, judges=every(_T))} if "result" in told else {}
    row(subject=_T, winner=CANDIDATE, **letters, **result)(value, path)


def asked(value: Any, path: str) -> None:
    """A request for a draw: of a whole committee perhaps with representatives, of a supplement with its vacant seats."""
    seats = {"seats": each(count)} if "seats" in object_at(value, path) else {}
    perhaps("representatives", count, subject=_T, request=HASH, **seats)(value, path)


def submitted(**more: Reader) -> Reader:
    """A bid handed in; of two envelopes also what was signed of the second."""

    def read(value: Any, path: str) -> None:
        both = {"second": row(manifest=HASH, signature=SIGNATURE)} if "second" in object_at(value, path) else {}
        row(subject=_T, manifest=HASH, signature=SIGNATURE, certificate=HASH, **more, **both)(value, path)

    return read


def listed(value: Any, path: str) -> None:
    """A bid of the frozen list by what its bidder signed: one manifest, or one for each envelope."""
    second = {"second": HASH} if "second" in object_at(value, path) else {}
    row(bid=_T, manifest=HASH, **second)(value, path)


def released(value: Any, path: str) -> None:
    """A released key; of one that went to the supervising body too, the hash of that record."""
    record = {"record": HASH} if "record" in object_at(value, path) else {}
    row(subject=_T, keyset=HASH, custodian=_T, hash=HASH, signature=SIGNATURE, **record)(value, path)


def withdrawn(value: Any, path: str) -> None:
    """A withdrawal; one that another key of the bidder signed brings that key's certificate."""
    row(subject=_T, manifest=HASH, signature=SIGNATURE, **_by_another(value, path))(value, path)


def confirmed(value: Any, path: str) -> None:
    """A bid confirmed for a later version of the document, perhaps with another key."""
    told = row(subject=_T, version=count, document=HASH, manifest=HASH, signature=SIGNATURE, **_by_another(value, path))
    told(value, path)


def _by_another(value: Any, path: str) -> dict[str, Reader]:
    return {"certificate": raw()} if "certificate" in object_at(value, path) else {}


def form(value: Any, path: str) -> None:
    """An opening form as the record states it: texts, and the consortium whose form stands in the sealed bytes."""
    for name, item in object_at(value, path).items():
        (object_at if name == "consortium" else text_at)(item, at(path, name))


def recorded(value: Any, path: str) -> None:
    """A row of the opening record; what it notes of consortia only where there is such."""
    found = object_at(value, path)
    notes = {
        name: reader
        for name, reader in (("apart", each(_T)), ("agreement", _T), ("version", count), ("joint", _T))
        if name in found
    }
    row(bid=_T, bidder=_T, name=_T, state=_T, cause=or_null(_T), form=or_null(form), **notes)(value, path)


def published(value: Any, path: str) -> None:
    """The marks; where some were explained, with the reasons, where a part was blind, with the labels they were under."""
    labels = {"blind": row(labels=every(_T), salt=HASH)} if "blind" in object_at(value, path) else {}
    said = {"explanations": every(every(every(_T)))} if "explanations" in object_at(value, path) else {}
    row(subject=_T, sheets=every(sheet), evaluation=_O, report=_O, **said, **labels)(value, path)


def answered(value: Any, path: str) -> None:
    """What a judge answers to an examination item: `pass`, or a failure with its reason and the pages that show it."""
    (_T if isinstance(value, str) else row(reason=_T, pages=each(row(part=_T, page=count))))(value, path)


def sheet(value: Any, path: str) -> None:
    """One judge's sheet: marks alone, or with the reasons and the pinned pages of `marks/v2`."""
    words = {"reasons": every(every(_T)), "pins": every(every(each(row(part=_T, page=count, text=_T))))}
    reasoned = words if object_at(value, path).keys() & words.keys() else {}
    row(marks=every(every(_T)), salt=HASH, **reasoned)(value, path)


def unopened(value: Any, path: str) -> None:
    """A bid that does not open; `remedy` until when its bidder may show it in plain, `shares` as they compare."""
    extra = {"remedy": _T, "shares": each(row(custodian=count, state=_T))}
    there = {name: reader for name, reader in extra.items() if name in object_at(value, path)}
    row(subject=_T, bidder=_T, name=_T, part=_T, reason=_T, cause=_T, manifest=HASH, **there)(value, path)


HASH, SIGNATURE = raw(32), raw(64)
_T, _O = text_at, object_at
CANDIDATE = row(rank=count, bid=_T, bidder=_T, credit_code=_T, price_text=_T, total=or_null(_T))
BEGUN = perhaps("of", _T, recording=_T, stream=_T, kind=_T, label=_T, mandatory=flag_at, begin=hex32)
HEAD = row(stream=_T, entries=count, head=hex32)
DECIDED: Mapping[str, Reader] = {
    "cause": _T,
    "objections": each(count),
    "reasons": _T,
    "report": HASH,
    "certificate": raw(),
    "signature": SIGNATURE,
}
"""What the procuring entity tells and signs when a result cannot stand."""

FACTS: Mapping[str, Reader] = {
    "section.created": perhaps("follows", _T, subject=_T, title=_T),
    "section.changed": row(subject=_T, title=_T),
    "document.frozen": perhaps(
        "examination", each(_O), subject=_T, method=_O, labels=_O, files=each(_O), ceiling=or_null(_T), document=HASH
    ),
    "keyset.published": row(subject=_T, keyset=HASH, document=_T),
    "notice.published": row(subject=_T, kind=_T, title=_T, facts=every(or_null(_T))),
    "bidders.invited": row(subject=_T, ground=_T, invited=each(row(credit_code=_T, name=_T))),
    "section.extended": row(subject=_T, previous=_T, deadline=_T, reasons=_T),
    "addendum.published": perhaps(
        "examination",
        each(_O),
        subject=_T,
        version=count,
        method=_O,
        labels=_O,
        files=each(_O),
        ceiling=or_null(_T),
        document=HASH,
        previous=HASH,
        summary=_T,
        affects=flag_at,
        reasons=_T,
        deadline=_T,
    ),
    "clarification.published": row(
        subject=_T, number=count, kind=_T, question=_T, answer=_T, affects=flag_at, reasons=_T
    ),
    "section.suspended": row(subject=_T, due=_T),
    "section.resumed": row(subject=_T),
    "bid.confirmed": confirmed,
    "bid.submitted": submitted(),
    "bid.replaced": submitted(replaces=_T),
    "bid.withdrawn": withdrawn,
    "bid.refused": row(subject=_T, reason=_T, manifest=HASH),
    "section.closed": row(subject=_T, outcome=_T, deadline=_T, keyset=HASH, minimum=count, bids=each(listed)),
    "key.refused": row(subject=_T, keyset=HASH, custodian=_T, reason=_T),
    "key.released": released,
    "bid.opened": row(subject=_T, bidder=_T, name=_T, form=_T, form_salt=HASH, manifest=HASH),
    "bid.unopened": unopened,
    "bid.factor-given": row(subject=_T, manifest=HASH),
    "bid.factor-refused": row(subject=_T, manifest=HASH, left=count),
    "bid.remedy-given": row(subject=_T, part=_T, manifest=HASH, promised=HASH, found=HASH),
    "bid.remedy-refused": row(subject=_T, part=_T, manifest=HASH, promised=HASH, found=HASH),
    "bid.remedy-ended": row(subject=_T),
    "factor-window.opened": row(subject=_T, until=_T),
    "factor-window.closed": row(subject=_T, missing=each(_T)),
    "key-release.overdue": row(subject=_T, released=count, needed=count),
    "bid.block-restored": row(subject=_T, part=_T, number=count, leaf=HASH),
    "bid.files-checked": row(subject=_T, parts=each(_T), manifest=HASH),
    "bid.cause-decided": row(subject=_T, cause=_T, reasons=_T),
    "opening.halted": row(subject=_T, remaining=count, minimum=count),
    "opening.continued": row(subject=_T, remaining=count, reasons=_T),
    "section.opened": row(subject=_T, record=each(recorded)),
    "opening-record.confirmed": row(
        subject=_T, bidder=_T, record=HASH, signature=or_null(SIGNATURE), certificate=or_null(raw())
    ),
    "opening-record.settled": row(subject=_T, record=HASH, confirmed=each(_T), silent=each(_T)),
    "opening-objection.raised": row(subject=_T, bid=_T, bidder=_T, reasons=_T),
    "opening-objection.answered": row(subject=_T, bid=_T, answer=_T),
    "hall.noted": row(subject=_T, text=_T),
    "hall.paused": row(subject=_T, text=_T),
    "hall.resumed": row(subject=_T, text=_T),
    "draw.requested": asked,
    "draw.ordered": row(subject=_T),
    "draw.refused": row(subject=_T, specialty=_T, eligible=count, needed=count),
    "draw.audited": row(subject=_T, signature=SIGNATURE),
    "draw.disclosed": row(subject=_T, evidence=hex32),
    "representative.named": perhaps("why", text_at, subject=_T, judge=_T, mandate=hex32),
    "invitation.sent": row(subject=_T, judge=_T),
    "invitation.accepted": row(subject=_T, judge=_T),
    "invitation.declined": row(subject=_T, judge=_T, kind=_T),
    "invitation.unanswered": row(subject=_T, judge=_T),
    "recusal.found": row(subject=_T, judge=_T, kind=_T),
    "recusal.requested": row(subject=_T, request=hex32),
    "judge.checked-in": row(subject=_T, judge=_T),
    "list.unlocked": row(
        subject=_T, judges=count, digest=hex32, signatures=each(row(certificate=raw(), signature=SIGNATURE))
    ),
    "draw.frozen": row(subject=_T, frozen=_O),
    "draw.commitment-given": row(subject=_T, draw=_T, party=_T, commitment=hex32, signature=SIGNATURE),
    "draw.commitment-changed": row(subject=_T, draw=_T, party=_T, commitment=hex32, signature=SIGNATURE),
    "draw.escrow-given": row(subject=_T, draw=_T, party=_T, container=raw()),
    "draw.committed": row(subject=_T, outcome=_T, keyset=HASH, escrows=each(hex32)),
    "draw.revealed": row(subject=_T, seed=hex32, r=each(hex32), result=hex32, seats=count),
    "draw.failed": row(subject=_T, reason=_T, party=_T),
    "redraw.allowed": perhaps("supplement", flag_at, subject=_T, reason=_T, certificate=raw(), signature=SIGNATURE),
    "sign-in.appointed": row(subject=_T, by=_T),
    "recusal.declared": row(subject=_T, judge=_T),
    "judge.replaced": row(subject=_T, judge=_T, reason=_T, specialty=_T, alternate=or_null(hex32), sheets_void=flag_at),
    "resolution.moved": row(subject=_T, number=count, judge=_T, content=_O, signature=SIGNATURE),
    "resolution.voted": row(subject=_T, number=count, judge=_T, agrees=flag_at, reasons=_T, signature=SIGNATURE),
    "judge.signed-in": row(subject=_T, judge=_T, certificate=raw(), no_conflict=flag_at),
    "slip.replaced": row(subject=_T, judge=_T, reason=_T),
    "examination.locked": row(subject=_T, judge=_T, commitment=HASH, signature=SIGNATURE),
    "examination.settled": row(
        subject=_T, sheets=every(row(answers=every(every(answered)), salt=HASH)), result=_O, sheets_void=flag_at
    ),
    "inquiry.drafted": row(subject=_T, inquiry=_T, judge=_T, ground=_T, question=_T),
    "inquiry.refused": row(subject=_T, inquiry=_T, reasons=_T),
    "inquiry.sent": row(subject=_T, inquiry=_T, ground=_T, question=_T, until=_T),
    "inquiry.answered": row(subject=_T, inquiry=_T, answer=_T, certificate=raw(), signature=SIGNATURE),
    "inquiry.unanswered": row(subject=_T, inquiry=_T),
    "marks.locked": perhaps("format", _T, subject=_T, judge=_T, commitment=HASH, signature=SIGNATURE),
    "technical.locked": row(subject=_T, outcome=_T, keyset=HASH, minimum=count, bids=each(row(bid=_T, manifest=HASH))),
    "price.opened": row(subject=_T, bidder=_T, name=_T, form=_T, form_salt=HASH, manifest=HASH),
    "reserve-price.sealed": row(subject=_T, manifest=_T, signature=SIGNATURE, certificate=raw()),
    "reserve-price.opened": row(subject=_T, manifest=HASH, body=_T, form=_T, form_salt=HASH),
    "reserve-price.unopened": row(subject=_T, manifest=HASH, reason=_T),
    "blind.labelled": row(subject=_T, commitment=HASH, parts=each(_T)),
    "consolidation.begun": row(subject=_T, until=_T),
    "marks.explained": row(subject=_T, judge=_T, texts=every(every(_T)), signature=SIGNATURE),
    "marks.published": published,
    "report.signed": row(subject=_T, judge=_T, report=HASH, signature=SIGNATURE),
    "report.dissented": row(subject=_T, judge=_T, report=HASH, reasons=_T, signature=SIGNATURE),
    "report.settled": row(subject=_T, silent=each(_T)),
    "report.confirmed": row(subject=_T, report=HASH, certificate=raw(), signature=SIGNATURE),
    "report.returned": row(
        subject=_T, reason=_T, reasons=_T, until=_T, report=HASH, certificate=raw(), signature=SIGNATURE
    ),
    "mark.corrected": row(
        subject=_T,
        judge=_T,
        bid=_T,
        item=_T,
        old=_T,
        new=_T,
        reason=_T,
        reasons=_T,
        until=_T,
        report=HASH,
        signature=SIGNATURE,
    ),
    "evaluation.timed": row(subject=_T, until=_T, asked=count),
    "marking-time.asked": row(subject=_T, judge=_T),
    "evaluation.paused": row(subject=_T, reason=_T, seal=_T, resumes=_T),
    "evaluation.resumed": perhaps("until", _T, subject=_T, intact=flag_at, found=_T),
    "recording.opened": row(subject=_T, kind=_T, room=_T, key=hex32, streams=each(BEGUN)),
    "recording.joined": row(subject=_T, stream=BEGUN),
    "recording.headed": row(subject=_T, streams=each(HEAD)),
    "recording.gapped": row(subject=_T, stream=_T, label=_T, why=_T),
    "recording.explained": row(subject=_T, stream=_T, seq=count, words=_T),
    "recording.stopped": row(subject=_T),
    "recording.closed": row(subject=_T, root=hex32, streams=each(HEAD), waived=flag_at),
    "recording.kept": row(subject=_T, until=_T, words=_T),
    "recording.held": row(subject=_T, words=_T),
    "recording.released": row(subject=_T, words=_T),
    "recording.exported": row(subject=_T, number=count, form=_T, file=hex32, size=count, words=_T),
    "section.failed": failed,
    "tie.decided": row(
        subject=_T, decided=each(each(_T)), reasons=_T, report=HASH, certificate=raw(), signature=SIGNATURE
    ),
    "candidates.published": row(subject=_T, candidates=each(CANDIDATE), publicity_ends=_T),
    "result-objection.raised": row(subject=_T, number=count, due=_T, digest=HASH),
    "result-objection.answered": row(subject=_T, number=count, upheld=flag_at, digest=HASH),
    "result-objection.withdrawn": row(subject=_T, number=count),
    "publicity.ended": row(subject=_T),
    "candidate.passed-over": row(subject=_T, bid=_T, publicity_ends=_T, **DECIDED),
    "evaluation.reopened": row(subject=_T, **DECIDED),
    "winner.chosen": row(subject=_T, bid=_T, reasons=_T, report=HASH, certificate=raw(), signature=SIGNATURE),
    "qualification.examined": row(
        subject=_T, answers=every(every(answered)), rejected=every(_T), certificate=raw(), signature=SIGNATURE
    ),
    "capacity.asked": row(
        subject=_T, number=count, bid=_T, reasons=_T, report=HASH, certificate=raw(), signature=SIGNATURE
    ),
    "winner.determined": row(subject=_T, candidates=each(CANDIDATE), silent=flag_at),
    "award.published": award,
    "section.archived": row(subject=_T, index=HASH),
}
