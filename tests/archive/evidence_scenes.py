"""A finished section made by pure functions: real keys, real seals, a real draw, real signatures."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from evidence_log import BODIES, SECTION, Event, Keys, Scene, Stream, new_key
from evidence_tender import DEADLINE, METHOD, TITLE, a_keyset, publish_keyset, publish_tender, release_keys

from expertpool.draw import rules as draws
from expertpool.draw.audit import redraw_message
from infra.crypto import lottery
from infra.crypto.keyset import Keyset
from infra.crypto.manifest import Client, Manifest, PartEntry, bidder_line, parse_manifest
from infra.crypto.seal import seal_bytes
from infra.crypto.sign import labelled, sign_ed25519, sign_p256
from infra.kernel.canonical import b64, canonical, digest, unb64
from infra.tlog.policy import Policy
from infra.trustee.duties import AUDIT_LABEL, AUDITOR, COMMIT_LABEL, escrow_owner
from trading.bidding.consortium import AGREEMENT
from trading.bidding.wire import withdrawal_message
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import commitment, judge_serial, report_message
from trading.opening.form import make_first_form, make_form, make_price_form, read_form
from trading.sections.envelopes import LOCKING

Marking = Callable[[str], dict[str, dict[str, str]]]
"""A judge's marks of the opened bids, by item."""
DRAW = f"{SECTION}/1"
PRICES = {"A": "9600000.00", "B": "9300000.00", "C": "9900000.00", "D": "9450000.00"}
CONSORTIUM = {
    "share": "66.5",
    "work": "土建",
    "members": [{"name": "云湖市机电安装有限公司", "code": "91420500MA4900099Q", "share": "33.5", "work": "机电安装"}],
}


@cache
def _honest(label: str, two: bool = False, representatives: int = 0, supplement: bool = False, first: int = 3) -> Scene:
    scene = Scene(Keys(label), representatives=representatives)
    keyset = publish_tender(scene, two=two)
    _bidding(scene, keyset)
    _opening(scene, keyset)
    beside: dict[str, Any] = {"representatives": representatives} if representatives else {}
    _draw(scene, quota={"A01": first, "A02": 2 - representatives}, **beside)
    for name in judges()[5 - representatives :]:
        scene.tell("representative.named", f"{SECTION}#{name}", judge=name, mandate=digest(f"mandate {name}").hex())
    if supplement:
        _supplement(scene)
    _evaluation(scene)
    _result(scene)
    return scene


def a_scene(label: str = "yunhu") -> Scene:
    """An honest section: A replaced its bid, E withdrew, D would not open, B is cheapest; five judges, two specialties."""
    return deepcopy(_honest(label))


def a_scene_in_two_envelopes() -> Scene:
    """The same section in two envelopes: the prices of A, B and C are opened after the marks are locked."""
    return deepcopy(_honest("yunhu", two=True))


def a_scene_with_a_representative() -> Scene:
    """The same section with four experts on the committee and a fifth whom the procuring entity has named."""
    return deepcopy(_honest("yunhu", representatives=1))


def a_scene_with_three_judges() -> Scene:
    """The same section, but no more than three were drawn: an odd number, and two too few (TBL 37)."""
    return deepcopy(_honest("yunhu", first=1))


def a_scene_with_a_supplement() -> Scene:
    """The same section: J3's seat fell vacant when no alternate was left, and a supplementary draw filled it."""
    return deepcopy(_honest("yunhu", supplement=True))


@cache
def an_evidence(label: str = "yunhu") -> bytes:
    """The honest file."""
    return a_scene(label).evidence()


@cache
def the_policy(label: str = "yunhu") -> Policy:
    """The honest platform's published policy."""
    return Keys(label).policy


def submit(
    scene: Scene,
    keyset: Keyset,
    bidder: str,
    bid: str,
    price: str,
    replaces: str | None = None,
    consortium: Mapping[str, Any] | None = None,
) -> Event:
    """A sealed, signed and logged bid; its form and salt stay in `scene.draw` … `scene.bids` for the opening."""
    code, key = credit_code(bidder), new_key(f"bidder {bidder}")
    salt = sha256(f"salt {bid}".encode()).digest()
    told = ("300", "合格", f"项目经理{bidder}", consortium)
    form = make_first_form(*told) if scene.second else make_form(price, *told)
    _, sealed = seal_bytes(form, keyset, "opening-form", bidder_line(salt, code), None, Stream(f"seal {bid}"))
    others = [
        PartEntry(name, 1000, salt, digest(name))
        for name in ("commercial", "technical", *([AGREEMENT] if consortium else []))
    ]
    parts = tuple(sorted([sealed.entry("opening-form"), *others], key=lambda one: one.part))
    manifest = Manifest(SECTION, "1", salt, parts, Client("test 1", bytes(32)))
    certificate = scene.keys.certificate(key, company(bidder), code)
    signature = b64(sign_p256(key, manifest.digest))
    scene.bids[bid] = {
        "manifest": manifest.encode().decode(),
        "signature": signature,
        "certificate": b64(certificate),
    }
    scene.signers[bid] = form
    scene.signers[f"{bid} salt"] = sealed.commit_salt
    facts: dict[str, Any] = {
        "manifest": b64(manifest.digest), "signature": signature, "certificate": b64(digest(b64(certificate)))
    }  # fmt: skip
    if scene.second:
        facts["second"] = _seal_price(scene, bid, key, bidder_line(salt, code), salt, price)
    if replaces is not None:
        return scene.tell("bid.replaced", bid, **facts, replaces=replaces)
    return scene.tell("bid.submitted", bid, **facts)


def _seal_price(scene: Scene, bid: str, key: bytes, line: bytes, salt: bytes, price: str) -> dict[str, str]:
    """A bid's second envelope; what is logged of it. Its form and commit salt stay for the opening."""
    form = make_price_form(price)
    _, sealed = seal_bytes(form, scene.second, "price", line, None, Stream(f"seal {bid} price"))
    manifest = Manifest(SECTION, "2", salt, (sealed.entry("price"),), Client("test 1", bytes(32)))
    signature = b64(sign_p256(key, manifest.digest))
    scene.bids[bid]["second"] = {"manifest": manifest.encode().decode(), "signature": signature}
    scene.signers[f"{bid} price"], scene.signers[f"{bid} price salt"] = form, sealed.commit_salt
    return {"manifest": b64(manifest.digest), "signature": signature}


def credit_code(bidder: str) -> str:
    """A bidder's code."""
    return f"91420500MA490000{bidder}X"


def company(bidder: str) -> str:
    """A bidder's registered name, sometimes too long for a certificate."""
    return f"云湖建设{bidder}有限公司" if bidder != "B" else "云湖市第二建筑工程" * 10 + "有限公司"


def _bidding(scene: Scene, keyset: Keyset) -> None:
    submit(scene, keyset, "A", "bid-a1", "9999999.00").together = True
    submit(scene, keyset, "B", "bid-b", PRICES["B"])
    submit(scene, keyset, "C", "bid-c", PRICES["C"], consortium=CONSORTIUM)
    submit(scene, keyset, "E", "bid-e", "9000000.00")
    submit(scene, keyset, "A", "bid-a2", PRICES["A"], replaces="bid-a1")
    manifest = scene.event("bid.submitted", 3).facts["manifest"]
    signature = sign_p256(new_key("bidder E"), withdrawal_message(unb64(manifest, 32)))
    scene.tell("bid.withdrawn", "bid-e", manifest=manifest, signature=b64(signature))
    submit(scene, keyset, "D", "bid-d", PRICES["D"])
    scene.at = datetime.fromisoformat(DEADLINE) - timedelta(seconds=9)
    listed = [
        {"bid": bid, "manifest": manifest_hash(scene, bid), **_second_hash(scene, bid, "second")}
        for bid in ("bid-a2", "bid-b", "bid-c", "bid-d")
    ]
    scene.tell(
        "section.closed", SECTION, outcome="open", deadline=DEADLINE, keyset=b64(keyset.digest), minimum=3, bids=listed
    )
    scene.tell("bid.refused", "bid-late", reason="bid.late", manifest=b64(bytes(32)))


def manifest_hash(scene: Scene, bid: str) -> str:
    """What was logged of a bid's manifest."""
    found = next(one for one in scene.events if one.subject == bid and "certificate" in one.facts)
    return str(found.facts["manifest"])


def _second_hash(scene: Scene, bid: str, name: str) -> dict[str, str]:
    """{name: what was logged of a bid's second manifest}; nothing where there is one envelope."""
    found = next(one for one in scene.events if one.subject == bid and "certificate" in one.facts)
    return {name: found.facts["second"]["manifest"]} if scene.second else {}


def _opening(scene: Scene, keyset: Keyset) -> None:
    release_keys(scene, keyset)
    record = []
    for bidder, bid in (("A", "bid-a2"), ("B", "bid-b"), ("C", "bid-c"), ("D", "bid-d")):
        about = {"bidder": credit_code(bidder), "name": company(bidder), "manifest": manifest_hash(scene, bid)}
        row = {"bid": bid, "bidder": about["bidder"], "name": about["name"], "state": "revoked"}
        row |= {"cause": "bidder", "form": None}
        form, salt = scene.signers[bid], scene.signers[f"{bid} salt"]
        if bidder == "D":
            scene.tell("bid.unopened", bid, **about, part="opening-form", reason="seal.share", cause="bidder")
        else:
            scene.tell("bid.opened", bid, **about, form=form.decode(), form_salt=b64(salt))
            row |= {"state": "opened", "cause": None, "form": read_form(form, first=bool(scene.second))}
        record.append(row)
    scene.tell("section.opened", SECTION, record=record)
    for bid in ("bid-a2", "bid-b", "bid-c"):
        check_files(scene, bid)


def check_files(scene: Scene, bid: str) -> None:
    """The event under which a bid's files are found sound."""
    listed = parse_manifest(str(scene.bids[bid]["manifest"]).encode()).parts
    files = [one.part for one in listed if one.part != "opening-form"]
    scene.tell("bid.files-checked", bid, parts=files, manifest=manifest_hash(scene, bid))


def _draw(scene: Scene, name: str = DRAW, quota: Mapping[str, int] | None = None, **beside: Any) -> None:
    """An attempt from its request to its reveal; `beside` is told with the request."""
    quota, number = quota or {"A01": 3, "A02": 2}, name.rpartition("/")[2]
    asked = {"quota": quota, "alternates": 1, "avoid": [credit_code("A")], "region": "420500"}
    pool = [
        draws.Record(
            f"id:{number:04d}", f"EMPLOYER{number % 11}", ("A01",) if number % 3 else ("A01", "A02"), number % 4
        )
        for number in range(24)
    ]
    request = draws.Request(name, quota, 1, (credit_code("A"),), digest(asked), "openhall 0.1.0")
    frozen = draws.freeze(request, pool, Stream("pool"))
    values = [sha256(f"r {body}".encode()).digest() for body in BODIES]
    document = draws.disclose(frozen, values)
    scene.tell("draw.requested", name, request=b64(digest(asked)), **beside)
    scene.tell("draw.ordered", name)
    scene.tell("draw.frozen", name, frozen=frozen.facts)
    auditor = next(one for one in scene.keys.trustees if one.body == AUDITOR)
    audited = sign_ed25519(auditor.signer, labelled(AUDIT_LABEL, digest(frozen.facts)))
    scene.tell("draw.audited", name, signature=b64(audited))
    keyset = a_keyset(scene, "draw.committed", number, scene.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    for one, value in zip(scene.keys.trustees, values, strict=True):
        promised = lottery.commitment(name, one.body, value)
        signed = labelled(COMMIT_LABEL, sha256(name.encode() + promised).digest())
        scene.tell(
            "draw.commitment-given", f"{name}/{one.body}", draw=name, party=one.body, commitment=promised.hex(),
            signature=b64(sign_ed25519(one.signer, signed)),
        )  # fmt: skip
    publish_keyset(scene, keyset)
    hashes = []
    for one, value in zip(scene.keys.trustees, values, strict=True):
        owner = escrow_owner(name, one.body)
        container, _ = seal_bytes(value, keyset, f"draw-{one.body}", owner, None, Stream(f"escrow {one.body}"))
        scene.tell(
            "draw.escrow-given", f"{name}/{one.body}", draw=name, party=one.body, container=b64(container)
        )  # fmt: skip
        hashes.append(sha256(container).hexdigest())
    scene.tell("draw.committed", name, outcome="open", keyset=b64(keyset.digest), escrows=sorted(hashes))
    release_keys(scene, keyset, 3)
    scene.tell(
        "draw.revealed", name, seed=document["seed"], r=[value.hex() for value in values],
        result=digest(document["out"]).hex(), seats=sum(quota.values()),
    )  # fmt: skip
    if name == DRAW:
        scene.draw = document
    else:
        scene.override[f"draw-{number}.json"] = canonical(document)


def _supplement(scene: Scene) -> None:
    """J3 and the alternate leave; the supervisor allows a draw for the vacant seat, which is held."""
    out = scene.draw["out"]
    specialty = [row[1] for row in out if len(row) == 2][2]
    waiting = [row[0] for row in out if len(row) == 3 and row[1] == specialty]
    for leaf in (*waiting, None):
        scene.tell("recusal.declared", f"{SECTION}#J3", judge="J3")
        told = {"judge": "J3", "reason": "conflict", "specialty": specialty, "alternate": leaf, "sheets_void": False}
        scene.tell("judge.replaced", f"{SECTION}#J3", **told)
    allow(scene)
    _draw(scene, f"{SECTION}/2", {specialty: 1}, seats=[3])


def allow(scene: Scene, *, supplement: bool = True) -> Event:
    """The supervisor's signed reason for the second draw, of vacant seats or of a whole committee."""
    key, name, reason = new_key("supervisor"), f"{SECTION}/2", "候补专家已用尽"
    signature = sign_p256(key, redraw_message(name, reason, supplement=supplement))
    told: dict[str, Any] = {"supplement": True} if supplement else {}
    certificate = scene.keys.certificate(key, "supervisor员", "SUPERVISOR")
    return scene.tell(
        "redraw.allowed", name, reason=reason, certificate=b64(certificate), signature=b64(signature), **told
    )


def judges() -> tuple[str, ...]:
    """The five judges; whoever sits for the purchaser comes last."""
    return ("J1", "J2", "J3", "J4", "J5")


def marks_of(judge: str) -> dict[str, dict[str, str]]:
    """A judge's marks of the three opened bids."""
    number = int(judge[1:])
    return {
        "bid-a2": {"t1": f"{30 + number}", "t2": "15"},
        "bid-b": {"t1": f"{33 + number}", "t2": f"{14 + number}"},
        "bid-c": {"t1": f"{28 + 2 * number}", "t2": "18.5"},
    }


def salt_of(judge: str) -> bytes:
    """The salt of a judge's commitment."""
    return sha256(f"marks {judge}".encode()).digest()


def _evaluation(scene: Scene) -> None:
    for judge in judges():
        certificate = scene.keys.certificate(
            new_key(f"judge {judge}"), f"评委{judge[1:]}", judge_serial(SECTION, judge)
        )
        scene.tell("judge.signed-in", f"{SECTION}#{judge}", judge=judge, certificate=b64(certificate), no_conflict=True)
    lock_marks(scene)
    if scene.second:
        _open_prices(scene)
    publish_marks(scene)
    scene.tell("draw.disclosed", DRAW, evidence=digest(scene.draw).hex())
    for judge in judges():
        sign_report(scene, judge)


def lock_marks(scene: Scene, given: Marking = marks_of) -> None:
    """Every judge promises the marks that it has given."""
    for judge in judges():
        promised = commitment(salt_of(judge), SECTION, judge, given(judge))
        signature = sign_p256(new_key(f"judge {judge}"), promised)
        scene.tell(
            "marks.locked", f"{SECTION}#{judge}", judge=judge, commitment=b64(promised), signature=b64(signature)
        )


def publish_marks(scene: Scene, given: Marking = marks_of) -> None:
    """All marks, what follows from them, and the report."""
    sitting = judges()
    bids = {f"bid-{name}": {"price": PRICES[name[0].upper()]} for name in ("a2", "b", "c")}
    marks = {judge: given(judge) for judge in sitting}
    document = recompute({"method": METHOD, "bids": bids, "marks": marks, "rejected": {}})
    sheets = {judge: {"marks": given(judge), "salt": b64(salt_of(judge))} for judge in sitting}
    opened = scene.event("section.opened").at - timedelta(milliseconds=4)
    report = {
        "format": "report/v1",
        "section": SECTION,
        "title": TITLE,
        "opened_at": opened.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "judges": list(sitting),
        "method": METHOD,
        "objective": {},
        "rejected": {},
        "out": document["out"],
    }
    scene.tell("marks.published", SECTION, sheets=sheets, evaluation=document, report=report)


def _open_prices(scene: Scene) -> None:
    bidders = {"bid-a2": "A", "bid-b": "B", "bid-c": "C"}
    listed = [{"bid": bid, **_second_hash(scene, bid, "manifest")} for bid in bidders]
    digest_of = b64(scene.second.digest)
    scene.tell(LOCKING, SECTION, outcome="open", keyset=digest_of, minimum=1, bids=listed)
    release_keys(scene, scene.second)
    for bid, bidder in bidders.items():
        scene.tell(
            "price.opened", bid, bidder=credit_code(bidder), name=company(bidder),
            form=scene.signers[f"{bid} price"].decode(), form_salt=b64(scene.signers[f"{bid} price salt"]),
            **_second_hash(scene, bid, "manifest"),
        )  # fmt: skip


def sign_report(scene: Scene, judge: str) -> None:
    """A judge's signature under the report as published."""
    message = report_message(scene.event("marks.published", -1).facts["report"])
    signature = b64(sign_p256(new_key(f"judge {judge}"), message))
    scene.tell("report.signed", f"{SECTION}#{judge}", judge=judge, report=b64(message), signature=signature)


def candidate(rank: int, bid: str, bidder: str, total: str) -> dict[str, Any]:
    """A row of the publication."""
    return {
        "rank": rank,
        "bid": bid,
        "bidder": company(bidder),
        "credit_code": credit_code(bidder),
        "price_text": PRICES[bidder],
        "total": total,
    }


def _result(scene: Scene) -> None:
    publish_candidates(scene)
    scene.tell("publicity.ended", SECTION).moved(2)
    award(scene)


def publish_candidates(scene: Scene) -> None:
    """The candidates in the computed order, in publicity for its lawful time."""
    out = scene.event("marks.published", -1).facts["evaluation"]["out"]
    bidders = {"bid-a2": "A", "bid-b": "B", "bid-c": "C"}
    rows = [candidate(rank, bid, bidders[bid], out["total"][bid]) for rank, bid in enumerate(out["order"], 1)]
    scene.at += timedelta(minutes=3)  # in which a judge may still sign
    ends = scene.at + timedelta(seconds=21)
    stamp = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    scene.tell("candidates.published", "notice-2", candidates=rows, publicity_ends=stamp)


def award(scene: Scene) -> None:
    """The award to the first, with a letter to everybody."""
    rows = scene.event("candidates.published", -1).facts["candidates"]
    letters = {one["bid"]: b64(bytes(32)) for one in scene.event("section.closed").facts["bids"]}
    scene.tell("award.published", "notice-3", winner=rows[0], letters=letters)
