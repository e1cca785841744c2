"""The draw of experts in the evidence: frozen, committed to, sealed, opened in one act, and recomputed from its file."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from expertpool.draw.audit import redraw_message
from expertpool.draw.evidence import recompute
from infra.crypto.lottery import PARTIES
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import check_keyset
from infra.crypto.sign import labelled, verify_ed25519
from infra.kernel.canonical import digest, unb64
from infra.kernel.problems import Problem
from infra.trustee.duties import AUDIT_LABEL, AUDITOR, COMMIT_LABEL, escrow_owner
from trading.archive.verify_dossier import Dossier, Logged, after_cosigning, equal, in_order, json_member, placed
from trading.archive.verify_keys import Published, releases_before
from trading.archive.verify_tender import CLOSING, ROUND
from trading.sections.envelopes import LOCKING, SECOND

COMMITTED = "draw.committed"


def draw_members(dossier: Dossier) -> list[str]:
    """The draw members that must be there: one for each draw that was revealed."""
    return [f"draw-{one.subject.rpartition('/')[2]}.json" for one in dossier.all("draw.revealed")]


def check_draws(
    dossier: Dossier, keysets: Mapping[tuple[str, str], Published], *, cut_short: bool = False
) -> Logged | None:
    """Every attempt in turn, each further one allowed by a signed reason, the last one revealed; gives its reveal.

    `cut_short`: the section failed meanwhile, so there may be no draw, and the last may have come to any point.
    """
    requested = dossier.all("draw.requested")
    if not requested and not cut_short:
        raise Problem("evidence.event-missing", name="draw.requested", where="events.json")
    names = list(dict.fromkeys(one.subject for one in requested))
    rest = [one for one in dossier.events if one.name.startswith("draw.")]
    allowed = {one.subject: one for one in dossier.all("redraw.allowed")}
    ended: Logged | None = None
    for number, name in enumerate(names, 1):
        about = [one for one in rest if _draw_of(one) == name]
        rest = [one for one in rest if one not in about]
        attempt = Dossier(dossier.section, dossier.members, dossier.policy, tuple(about))
        if name != f"{dossier.section}/{number}":
            raise Problem("evidence.draw", field="number", where=about[0].where)
        if number > 1:
            assert ended is not None
            _check_allowed(dossier, allowed.pop(name, None), ended, attempt.all("draw.requested"))
        elif any("seats" in one.facts for one in attempt.all("draw.requested")):
            raise Problem("evidence.draw", field="seats", where=about[0].where)
        unfinished = cut_short and number == len(names) and not attempt.all("draw.failed", "draw.revealed")
        ended = None if unfinished else _ended(dossier, attempt, keysets.get((COMMITTED, str(number))), number)
    strays = [*rest, *([] if cut_short else allowed.values())]
    if strays or (not cut_short and (ended is None or ended.name != "draw.revealed")):
        raise Problem("evidence.draw", field="draw_id", where=(strays or requested)[0].where)
    wanted = {(CLOSING, ROUND), (LOCKING, SECOND), *((COMMITTED, str(number)) for number in range(1, len(names) + 1))}
    for place, published in keysets.items():
        if place not in wanted:
            raise Problem("evidence.keyset", field="release", where=published.event.where)
    return ended


def _ended(dossier: Dossier, attempt: Dossier, keyset: Published | None, number: int) -> Logged:
    """How an attempt ended: failed, or revealed and then whole."""
    if attempt.all("draw.failed"):
        if attempt.all("draw.revealed"):
            where = attempt.one("draw.failed").where
            raise Problem("evidence.order", first="draw.revealed", then="draw.failed", where=where)
        return attempt.one("draw.failed")
    if keyset is None:
        raise Problem("evidence.event-missing", name="keyset.published", where="events.json")
    _check_attempt(dossier, attempt, keyset, number)
    return attempt.one("draw.revealed")


def _check_allowed(dossier: Dossier, allowed: Logged | None, ended: Logged, requests: list[Logged]) -> None:
    """A further attempt stands on a signed reason, given after the one before had ended (draw/v1); also for its kind."""
    if allowed is None:
        raise Problem("evidence.draw", field="redraw", where=requests[0].where)
    in_order(ended, allowed, requests[0])
    supplement = allowed.facts.get("supplement", False)
    for one in requests:
        if ("seats" in one.facts) != supplement:
            raise Problem("evidence.draw", field="seats", where=one.where)
    with placed(allowed.where):
        message = redraw_message(allowed.subject, allowed.facts["reason"], supplement=supplement)
        certificate, signature = unb64(allowed.facts["certificate"]), unb64(allowed.facts["signature"])
        dossier.signed(certificate, signature, message, allowed.at)


def _draw_of(event: Logged) -> str:
    return str(event.facts.get("draw", event.subject))


def _check_attempt(dossier: Dossier, attempt: Dossier, keyset: Published, number: int) -> None:
    frozen = attempt.one("draw.frozen")
    # Asked again before anything was frozen, the last request counts.
    requested = [one for one in attempt.all("draw.requested") if one.number < frozen.number][-1:]
    if requested != attempt.all("draw.requested")[-1:]:
        raise Problem("evidence.draw", field="request", where=frozen.where)
    committed, revealed = attempt.one(COMMITTED), attempt.one("draw.revealed")
    member = f"draw-{number}.json"
    document = json_member(dossier.members, member)
    with placed(member):
        if not isinstance(document, dict) or not {"transcript", "out", "reasons"} <= document.keys():
            raise Problem("evidence.draw", field="transcript")
        computed = recompute(document)
        for name in ("out", "reasons"):
            if not equal(document[name], computed[name]):
                raise Problem("evidence.draw-result", field=name)
    transcript = document["transcript"]
    _check_frozen(requested[0], frozen, transcript)
    in_order(frozen, committed, revealed)
    given = _check_commitments(attempt, frozen, transcript)
    _check_changed(attempt, given)
    _check_audited(attempt, frozen, given)
    _check_escrows(attempt, given, keyset)
    releases_before(dossier, keyset, committed, revealed)
    _check_revealed(revealed, document)
    _check_disclosed(dossier, attempt, document)


def _check_frozen(requested: Logged, frozen: Logged, transcript: Mapping[str, Any]) -> None:
    facts = frozen.facts["frozen"]
    if not equal(facts, transcript["frozen"]):
        raise Problem("evidence.draw", field="frozen", where=frozen.where)
    if facts["draw_id"] != frozen.subject or facts["parties"] != list(PARTIES):
        raise Problem("evidence.draw", field="draw_id", where=frozen.where)
    if unb64(requested.facts["request"]).hex() != facts["request"]:
        raise Problem("evidence.draw", field="request", where=requested.where)


def _check_commitments(attempt: Dossier, frozen: Logged, transcript: Mapping[str, Any]) -> list[Logged]:
    """Three bodies, three custodians: each commitment is signed by one, after the frozen pool was co-signed."""
    given = attempt.all("draw.commitment-given")
    promised = dict(zip(PARTIES, transcript["commitments"], strict=True))
    _check_parties(given, frozen)
    signers: set[str] = set()
    for event in given:
        party, commitment = event.facts["party"], event.facts["commitment"]
        if commitment != promised[party]:
            raise Problem("evidence.draw", field="commitments", where=event.where)
        signer = _signers(attempt, _promise(event), event)
        if not signer or signer[0] in signers:
            raise Problem("evidence.draw-signature", party=party, where=event.where)
        signers.add(signer[0])
        after_cosigning([frozen], event)
    return given


def _check_changed(attempt: Dossier, given: list[Logged]) -> None:
    """Where a body is said to have signed a second commitment, it did: another than counts, later, with the same key."""
    for event in attempt.all("draw.commitment-changed"):
        party = event.facts["party"]
        mine = next((one for one in given if one.facts["party"] == party), None)
        if mine is None or mine.facts["commitment"] == event.facts["commitment"]:
            raise Problem("evidence.draw", field="commitments", where=event.where)
        in_order(mine, event)
        if _signers(attempt, _promise(event), event)[:1] != _signers(attempt, _promise(mine), mine)[:1]:
            raise Problem("evidence.draw-signature", party=party, where=event.where)


def _check_audited(attempt: Dossier, frozen: Logged, commitments: list[Logged]) -> None:
    """Where the supervisor's audit is logged: one, between freeze and commitments, signed by who commits for that body."""
    if not attempt.all("draw.audited"):
        return
    audited = attempt.one("draw.audited")
    in_order(frozen, audited, *sorted(commitments, key=lambda one: one.number))
    mine = next(one for one in commitments if one.facts["party"] == AUDITOR)
    signed = _signers(attempt, labelled(AUDIT_LABEL, digest(frozen.facts["frozen"])), audited)
    if audited.subject != frozen.subject or signed[:1] != _signers(attempt, _promise(mine), mine)[:1]:
        raise Problem("evidence.draw-signature", party=AUDITOR, where=audited.where)


def _promise(commitment: Logged) -> bytes:
    named = commitment.facts["draw"].encode() + bytes.fromhex(commitment.facts["commitment"])
    return labelled(COMMIT_LABEL, sha256(named).digest())


def _signers(attempt: Dossier, message: bytes, event: Logged) -> list[str]:
    """The custodians of the policy whose signature the event holds."""
    signature = unb64(event.facts["signature"])
    return [name for name, key in attempt.policy.custodians.items() if verify_ed25519(key, message, signature)]


def _check_escrows(attempt: Dossier, commitments: list[Logged], keyset: Published) -> None:
    """Each r was sealed to the trustees after all commitments were co-signed; `draw.committed` lists the three."""
    committed, escrows = attempt.one(COMMITTED), attempt.all("draw.escrow-given")
    _check_parties(escrows, committed)
    hashes = []
    for event in escrows:
        after_cosigning(commitments, event)
        in_order(keyset.event, event, committed)
        with placed(event.where):
            container = unb64(event.facts["container"])
            header, party = parse_header(container), event.facts["party"]
            check_keyset(header, keyset.document)
            owner = escrow_owner(committed.subject, party)
            if (header.part, header.bidder) != (f"draw-{party}", owner):
                raise Problem("evidence.draw", field="container")
        hashes.append(sha256(container).hexdigest())
    facts = committed.facts
    if (facts["outcome"], facts["keyset"], facts["escrows"]) != ("open", keyset.hash, sorted(hashes)):
        raise Problem("evidence.draw", field="escrows", where=committed.where)


def _check_parties(events: list[Logged], then: Logged) -> None:
    """`evidence.draw` unless there is exactly one event of each party."""
    parties = [one.facts["party"] for one in events]
    named = all(one.subject == f"{one.facts['draw']}/{one.facts['party']}" for one in events)
    if sorted(parties) != sorted(PARTIES) or not named:
        raise Problem("evidence.draw", field="party", where=(events or [then])[-1].where)


def _check_revealed(revealed: Logged, document: Mapping[str, Any]) -> None:
    taken = [row for row in document["out"] if len(row) == 2]
    right = {
        "seed": document["seed"],
        "r": document["transcript"]["r"],
        "result": digest(document["out"]).hex(),
        "seats": sum(document["quota"].values()),
    }
    for name, expected in right.items():
        if not equal(revealed.facts[name], expected):
            raise Problem("evidence.draw", field=name, where=revealed.where)
    if len(taken) != right["seats"]:
        raise Problem("evidence.draw", field="seats", where=revealed.where)


def _check_disclosed(dossier: Dossier, attempt: Dossier, document: Mapping[str, Any]) -> None:
    """Where the disclosure is logged: once, after the marks, naming the very file."""
    if not attempt.all("draw.disclosed"):
        return
    disclosed = attempt.one("draw.disclosed")
    if not dossier.all("marks.published"):
        dossier.one("marks.published")
    in_order(dossier.all("marks.published")[0], disclosed)
    if disclosed.facts["evidence"] != digest(dict(document)).hex():
        raise Problem("evidence.draw", field="evidence", where=disclosed.where)
