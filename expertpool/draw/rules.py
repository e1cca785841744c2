"""The draw's decisions: freezing a pool, revealing a seed, drawing, and what is disclosed (docs/formats/draw.md)."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto import lottery, merkle
from infra.crypto.lottery import Selection
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem

FORMAT = "draw/v1"

_DRAW_ID = re.compile(r"[!-~]{1,140}/[1-9][0-9]{0,3}")
IDENTITY = re.compile(r"[A-Za-z0-9-]{1,32}:[!-~]{1,64}")


@dataclass(frozen=True)
class Record:
    """One eligible person: identity `<type>:<number>`, employer's credit code, times drawn in the last 12 months."""

    identity: str
    employer: str | None
    specialties: tuple[str, ...]
    times_drawn: int = 0


@dataclass(frozen=True)
class Request:
    """What is asked for: `avoid` holds credit codes, `digest` the logged request's SHA-256, `code` our version."""

    draw_id: str
    quota: Mapping[str, int]
    alternates: int
    avoid: tuple[str, ...]
    digest: bytes
    code: str
    parties: tuple[str, ...] = lottery.PARTIES


class Listed(NamedTuple):
    """A record in one specialty's list with its salts: a hides the identity, b the employer's pseudonym."""

    leaf: bytes
    weight: int
    identity: str
    emp: str
    a: bytes
    b: bytes


@dataclass(frozen=True)
class Frozen:
    """A pool nobody can change any more: `facts` go into `draw.frozen`, secret and lists stay sealed."""

    facts: dict[str, Any]
    secret: bytes = field(repr=False)
    lists: dict[str, list[Listed]] = field(repr=False)

    @cached_property
    def commit(self) -> bytes:
        """SHA-256 of the canonical facts: what the seed is bound to."""
        return digest(self.facts)

    def document(self) -> dict[str, Any]:
        """Everything as one JSON value, to be sealed for the draw service and sent to the supervisor."""
        rows = {
            specialty: [[row.weight, row.identity, row.emp, row.a.hex(), row.b.hex()] for row in rows]
            for specialty, rows in self.lists.items()
        }
        return {"facts": self.facts, "secret": self.secret.hex(), "lists": rows}


def frozen_of(document: Any) -> Frozen:
    """The inverse of `Frozen.document`; leaves are computed, never trusted; `draw.document` for another shape."""
    try:
        lists = {
            specialty: sorted(
                _listed(specialty, weight, identity, emp, bytes.fromhex(a), bytes.fromhex(b))
                for weight, identity, emp, a, b in rows
            )
            for specialty, rows in document["lists"].items()
        }
        return Frozen(dict(document["facts"]), bytes.fromhex(document["secret"]), lists)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Problem("draw.document", why=str(error)) from error


def freeze(request: Request, pool: Iterable[Record], random: Callable[[int], bytes]) -> Frozen:
    """Step 1: `draw.too-few` where a draw could run dry, `draw.twin-identity` where one person has two records."""
    _check_request(request)
    secret = random(32)
    emp = _emp_under(secret)
    lists: dict[str, list[Listed]] = {specialty: [] for specialty in request.quota}
    for record in _by_identity(pool).values():
        weight, name = lottery.weight(record.times_drawn), emp(record)
        for specialty, rows in lists.items():
            if specialty in record.specialties:
                rows.append(_listed(specialty, weight, record.identity, name, random(32), random(32)))
    for rows in lists.values():
        rows.sort()
    return Frozen(_facts(request, secret, lists), secret, lists)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike Python's own equality it tells true from 1 and 1.0 from 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def list_root(leaves: Sequence[bytes]) -> bytes:
    """The RFC 6962 root over a list's leaves in ascending order."""
    return merkle.root(merkle.leaf_hash(leaf) for leaf in sorted(leaves))


def audit_pool(frozen: Frozen, request: Request, pool: Iterable[Record]) -> None:
    """The supervisor's recheck before `draw.frozen` is co-signed, against its own request and records.

    Recomputes every emp, weight, leaf, list root, avoided employer and count; nobody may be missing or stand twice.
    """
    _check_request(request)
    own = _by_identity(pool)
    if set(frozen.lists) != set(request.quota):
        raise Problem("draw.frozen", field="lists")
    for specialty, rows in frozen.lists.items():
        _audit_list(frozen.secret, specialty, rows, own)
    expected = _facts(request, frozen.secret, frozen.lists)
    for name in sorted(expected.keys() | frozen.facts.keys()):
        if not same(expected.get(name), frozen.facts.get(name)):
            raise Problem("draw.frozen", field=name)


def reveal(frozen: Mapping[str, Any], commitments: Sequence[bytes], r: Sequence[bytes | None]) -> bytes:
    """Step 3: the seed, or `draw.contradiction` naming the first party whose escrow did not open or contradicts it."""
    draw_id, given = frozen["draw_id"], []
    for party, promised, value in zip(frozen["parties"], commitments, r, strict=True):
        if value is None or len(value) != 32 or lottery.commitment(draw_id, party, value) != promised:
            raise Problem("draw.contradiction", party=party, draw_id=draw_id)
        given.append(value)
    return lottery.seed_of(draw_id, digest(dict(frozen)), given)


def draw(frozen: Frozen, seed: bytes) -> Selection:
    """Steps 4 and 5 on the frozen pool."""
    facts = frozen.facts
    avoid = frozenset(facts["avoid"])
    return lottery.select(seed, facts["order"], facts["quota"], facts["alternates"], avoid, frozen.lists)


def disclose(frozen: Frozen, r: Sequence[bytes], *, public: bool = False) -> dict[str, Any]:
    """The evidence file of a determined draw. Employers' pseudonyms are told only of leaves walked, unless `public`."""
    facts, draw_id = frozen.facts, frozen.facts["draw_id"]
    commitments = [lottery.commitment(draw_id, party, value) for party, value in zip(facts["parties"], r, strict=True)]
    seed = reveal(facts, commitments, r)
    selection = draw(frozen, seed)
    walked = selection.walked
    return {
        "seed": seed.hex(),
        **{name: facts[name] for name in ("order", "quota", "avoid", "alternates")},
        "pool": [
            _shown(specialty, row, public or row.leaf in walked)
            for specialty in facts["order"]
            for row in frozen.lists[specialty]
        ],
        **told(selection),
        "transcript": {
            "draw_id": draw_id,
            "frozen": facts,
            "commitments": [value.hex() for value in commitments],
            "r": [value.hex() for value in r],
        },
    }


def told(selection: Selection) -> dict[str, Any]:
    """`out` and `reasons` of the evidence file."""
    return {
        "out": [
            [pick.leaf.hex(), pick.specialty, "alternate"] if pick.alternate else [pick.leaf.hex(), pick.specialty]
            for pick in selection.out
        ],
        "reasons": [[leaf.hex(), reason] for leaf, reason in selection.reasons],
    }


def identities(frozen: Frozen, selection: Selection) -> dict[bytes, Listed]:
    """Who was taken, by leaf: for the notifier and the supervising body, and with `a` where names are published."""
    taken = {pick.leaf for pick in selection.out}
    return {row.leaf: row for rows in frozen.lists.values() for row in rows if row.leaf in taken}


def membership(frozen: Frozen, identity: str) -> list[dict[str, Any]]:
    """A pool member's own leaves with weight, salts and inclusion proofs; empty where no list holds the person."""
    return [
        _own(specialty, place, rows)
        for specialty, rows in frozen.lists.items()
        for place, row in enumerate(rows)
        if row.identity == identity
    ]


def _check_request(request: Request) -> None:
    sound = (
        _DRAW_ID.fullmatch(request.draw_id) is not None
        and bool(request.quota)
        and all(count >= 1 for count in request.quota.values())
        and request.alternates >= 0
        and request.parties in (lottery.PARTIES, lottery.MARKET_PARTIES)
        and len(request.digest) == 32
    )
    if not sound:
        raise Problem("draw.request", draw_id=request.draw_id)


def _by_identity(pool: Iterable[Record]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in pool:
        if not IDENTITY.fullmatch(record.identity):
            raise Problem("draw.identity", specialty=", ".join(record.specialties))
        if found.setdefault(record.identity, record) is not record:
            raise Problem("draw.twin-identity")
    return found


def _emp_under(secret: bytes) -> Callable[[Record], str]:
    # draw/v1 step 1: without an employer, emp is computed over the identity.
    name = cache(lambda code: lottery.pseudonym(secret, code))
    return lambda record: name(record.employer or record.identity)


def _facts(request: Request, secret: bytes, lists: Mapping[str, Sequence[Listed]]) -> dict[str, Any]:
    avoid = sorted({lottery.pseudonym(secret, code) for code in request.avoid})
    employers = {name: len({row.emp for row in rows}.difference(avoid)) for name, rows in lists.items()}
    order = lottery.order_of(employers)
    lottery.require_enough(order, request.quota, employers)
    return {
        "format": FORMAT,
        "draw_id": request.draw_id,
        "parties": list(request.parties),
        "lists": {
            name: {
                "root": list_root([row.leaf for row in rows]).hex(),
                "records": len(rows),
                "employers": employers[name],
            }
            for name, rows in lists.items()
        },
        "order": order,
        "quota": dict(request.quota),
        "avoid": avoid,
        "alternates": request.alternates,
        "secret": sha256(secret).hexdigest(),
        "request": request.digest.hex(),
        "code": request.code,
    }


def _audit_list(secret: bytes, specialty: str, rows: Sequence[Listed], own: Mapping[str, Record]) -> None:
    if len({row.identity for row in rows}) != len(rows):
        raise Problem("draw.twin-identity", specialty=specialty)
    emp = _emp_under(secret)
    for row in rows:
        record = own.get(row.identity)
        if record is None or specialty not in record.specialties:
            raise Problem("draw.stranger", specialty=specialty, leaf=row.leaf.hex())
        if row.emp != emp(record):
            raise Problem("draw.wrong-employer", specialty=specialty, leaf=row.leaf.hex())
        if row.weight != lottery.weight(record.times_drawn):
            raise Problem("draw.wrong-weight", specialty=specialty, leaf=row.leaf.hex())
        fresh = _listed(specialty, row.weight, row.identity, row.emp, row.a, row.b)
        if row != fresh or len(row.a) != 32 or len(row.b) != 32:
            raise Problem("draw.wrong-leaf", specialty=specialty, leaf=row.leaf.hex())
    missing = sum(specialty in record.specialties for record in own.values()) - len(rows)
    if missing:
        raise Problem("draw.omitted", specialty=specialty, missing=missing)


def _listed(specialty: str, weight: int, identity: str, emp: str, a: bytes, b: bytes) -> Listed:
    if not IDENTITY.fullmatch(identity):
        raise Problem("draw.identity", specialty=specialty)
    leaf = lottery.leaf_of(specialty, weight, lottery.salted(a, identity), lottery.salted(b, emp))
    return Listed(leaf, weight, identity, emp, a, b)


def _shown(specialty: str, row: Listed, employer: bool) -> dict[str, Any]:
    shown = {
        "leaf": row.leaf.hex(),
        "spec": specialty,
        "w": row.weight,
        "ia": lottery.salted(row.a, row.identity).hex(),
        "ib": lottery.salted(row.b, row.emp).hex(),
    }
    return shown | {"emp": row.emp, "b": row.b.hex()} if employer else shown


def _own(specialty: str, place: int, rows: Sequence[Listed]) -> dict[str, Any]:
    row = rows[place]
    proof = merkle.inclusion_proof(place, [merkle.leaf_hash(other.leaf) for other in rows])
    return {
        "leaf": row.leaf.hex(),
        "spec": specialty,
        "w": row.weight,
        "a": row.a.hex(),
        "b": row.b.hex(),
        "emp": row.emp,
        "index": place,
        "size": len(rows),
        "proof": [part.hex() for part in proof],
    }
