"""The draw's decisions: freezing a pool, revealing a seed, drawing, and what is disclosed (docs/formats/draw.md)."""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

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

    @property
    def ia(self) -> bytes:
        """The identity behind its salt."""
        return lottery.salted(self.a, self.identity)


class Told(Protocol):
    """What the evidence file needs of one line."""

    @property
    def leaf(self) -> bytes:
        """The 32-byte leaf."""

    @property
    def weight(self) -> int:
        """From 1 to 8."""

    @property
    def emp(self) -> str:
        """The employer's pseudonym."""

    @property
    def ia(self) -> bytes:
        """The identity behind its salt."""

    @property
    def b(self) -> bytes:
        """The salt of the pseudonym."""


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
                listed(specialty, weight, identity, emp, bytes.fromhex(a), bytes.fromhex(b))
                for weight, identity, emp, a, b in rows
            )
            for specialty, rows in document["lists"].items()
        }
        return Frozen(dict(document["facts"]), bytes.fromhex(document["secret"]), lists)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Problem("draw.document", why=str(error)) from error


class Gist:
    """What the frozen facts are made of, list by list: the leaves, packed, and the different employers."""

    def __init__(self, specialties: Iterable[str]) -> None:
        self.leaves = {specialty: bytearray() for specialty in specialties}
        self._emps: dict[str, set[str]] = {specialty: set() for specialty in self.leaves}

    def add(self, specialty: str, leaf: bytes, emp: str) -> None:
        """One more line of a list."""
        self.leaves[specialty] += leaf
        self._emps[specialty].add(emp)

    def facts(self, request: Request, secret: bytes) -> dict[str, Any]:
        """The facts of `draw.frozen`; `draw.too-few` where the draw could run dry."""
        avoid = sorted({lottery.pseudonym(secret, code) for code in request.avoid})
        employers = {name: len(emps.difference(avoid)) for name, emps in self._emps.items()}
        order = lottery.order_of(employers)
        lottery.require_enough(order, request.quota, employers)
        return {
            "format": FORMAT,
            "draw_id": request.draw_id,
            "parties": list(request.parties),
            "lists": {
                name: {
                    "root": list_root(lottery.leaves_of(packed)).hex(),
                    "records": len(packed) // lottery.LEAF,
                    "employers": employers[name],
                }
                for name, packed in self.leaves.items()
            },
            "order": order,
            "quota": dict(request.quota),
            "avoid": avoid,
            "alternates": request.alternates,
            "secret": sha256(secret).hexdigest(),
            "request": request.digest.hex(),
            "code": request.code,
        }


class Freezing:
    """A pool that is being frozen, one person after the other: it keeps leaves, employers and who was there already."""

    def __init__(self, request: Request, secret: bytes) -> None:
        check_request(request)
        self._request, self._secret = request, secret
        self.gist, self._emp, self._seen = Gist(request.quota), emp_under(secret), Persons()

    def take(self, record: Record, random: Callable[[int], bytes]) -> list[tuple[str, Listed]]:
        """The person's line in each list that is asked for, with fresh salts; `draw.identity`, `draw.twin-identity`."""
        self._seen.take(record.identity, record.specialties)
        weight, emp = lottery.weight(record.times_drawn), self._emp(record.employer or record.identity)
        lines = [
            (specialty, listed(specialty, weight, record.identity, emp, random(32), random(32)))
            for specialty in self._request.quota
            if specialty in record.specialties
        ]
        for specialty, row in lines:
            self.gist.add(specialty, row.leaf, row.emp)
        return lines

    def facts(self) -> dict[str, Any]:
        """The facts of `draw.frozen` over everybody taken; `draw.too-few`."""
        return self.gist.facts(self._request, self._secret)


class Persons:
    """Who stands in a pool already; only a mark of each identity is kept."""

    def __init__(self) -> None:
        self._marks: set[bytes] = set()

    def take(self, identity: str, specialties: Iterable[str]) -> None:
        """Note one person: `draw.identity` for what is no identity, `draw.twin-identity` for one who is there already."""
        if not IDENTITY.fullmatch(identity):
            raise Problem("draw.identity", specialty=", ".join(specialties))
        mark = sha256(identity.encode()).digest()[:16]
        if mark in self._marks:
            raise Problem("draw.twin-identity")
        self._marks.add(mark)


def freeze(request: Request, pool: Iterable[Record], random: Callable[[int], bytes]) -> Frozen:
    """Step 1: `draw.too-few` where a draw could run dry, `draw.twin-identity` where one person has two records."""
    secret = random(32)
    freezing = Freezing(request, secret)
    lists: dict[str, list[Listed]] = {specialty: [] for specialty in request.quota}
    for record in pool:
        for specialty, row in freezing.take(record, random):
            lists[specialty].append(row)
    for rows in lists.values():
        rows.sort()
    return Frozen(freezing.facts(), secret, lists)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike Python's own equality it tells true from 1 and 1.0 from 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def list_root(leaves: Iterable[bytes]) -> bytes:
    """The RFC 6962 root over a list's leaves in ascending order."""
    return merkle.root(merkle.leaf_hash(leaf) for leaf in sorted(leaves))


def reveal(frozen: Mapping[str, Any], commitments: Sequence[bytes], r: Sequence[bytes | None]) -> bytes:
    """Step 3: the seed, or `draw.contradiction` naming the first party whose escrow did not open or contradicts it."""
    draw_id, given = frozen["draw_id"], []
    for party, promised, value in zip(frozen["parties"], commitments, r, strict=True):
        if value is None or len(value) != 32 or lottery.commitment(draw_id, party, value) != promised:
            raise Problem("draw.contradiction", party=party, draw_id=draw_id)
        given.append(value)
    return seed_from(frozen, given)


def draw(frozen: Frozen, seed: bytes) -> Selection:
    """Steps 4 and 5 on the frozen pool."""
    return selected(frozen.facts, seed, frozen.lists)


def selected(
    facts: Mapping[str, Any],
    seed: bytes,
    lists: Mapping[str, Sequence[lottery.Listed]],
    tickets: lottery.Tickets | None = None,
) -> Selection:
    """Steps 4 and 5 on the lists of a pool with these frozen facts."""
    avoid = frozenset(facts["avoid"])
    return lottery.select(seed, facts["order"], facts["quota"], facts["alternates"], avoid, lists, tickets)


def disclose(frozen: Frozen, r: Sequence[bytes], *, public: bool = False) -> dict[str, Any]:
    """The evidence file of a determined draw. Employers' pseudonyms are told only of leaves walked, unless `public`."""
    facts = frozen.facts
    seed = seed_from(facts, r)
    selection = draw(frozen, seed)
    walked = selection.walked
    pool = [
        shown(specialty, row, public or row.leaf in walked)
        for specialty in facts["order"]
        for row in frozen.lists[specialty]
    ]
    return {**disclosed(facts, r, seed, selection), "pool": pool}


def seed_from(facts: Mapping[str, Any], r: Sequence[bytes]) -> bytes:
    """The seed of these three values themselves, whatever was promised."""
    return lottery.seed_of(facts["draw_id"], digest(dict(facts)), r)


def disclosed(facts: Mapping[str, Any], r: Sequence[bytes], seed: bytes, selection: Selection) -> dict[str, Any]:
    """The evidence file without its `pool`."""
    draw_id = facts["draw_id"]
    commitments = [lottery.commitment(draw_id, party, value) for party, value in zip(facts["parties"], r, strict=True)]
    return {
        "seed": seed.hex(),
        **{name: facts[name] for name in ("order", "quota", "avoid", "alternates")},
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
        own_leaf(specialty, row, [other.leaf for other in rows])
        for specialty, rows in frozen.lists.items()
        for row in rows
        if row.identity == identity
    ]


def own_leaf(specialty: str, row: Listed, leaves: Iterable[bytes]) -> dict[str, Any]:
    """A line with its salts and the proof that it stood among these leaves, its list's, in any order."""
    ordered = sorted(leaves)
    place = bisect_left(ordered, row.leaf)
    proof = merkle.inclusion_proof(place, [merkle.leaf_hash(leaf) for leaf in ordered])
    return {
        "leaf": row.leaf.hex(),
        "spec": specialty,
        "w": row.weight,
        "a": row.a.hex(),
        "b": row.b.hex(),
        "emp": row.emp,
        "index": place,
        "size": len(ordered),
        "proof": [part.hex() for part in proof],
    }


def check_request(request: Request) -> None:
    """`draw.request` for a request that no draw can be made of."""
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


def emp_under(secret: bytes) -> Callable[[str], str]:
    """An employer's pseudonym by credit code, or by identity of whoever has no employer (draw/v1 step 1)."""
    return cache(lambda code: lottery.pseudonym(secret, code))


def listed(specialty: str, weight: int, identity: str, emp: str, a: bytes, b: bytes) -> Listed:
    """A line with its leaf computed; `draw.identity`."""
    if not IDENTITY.fullmatch(identity):
        raise Problem("draw.identity", specialty=specialty)
    leaf = lottery.leaf_of(specialty, weight, lottery.salted(a, identity), lottery.salted(b, emp))
    return Listed(leaf, weight, identity, emp, a, b)


def shown(specialty: str, row: Told, employer: bool) -> dict[str, Any]:
    """A line as the evidence file tells it, with its employer's pseudonym or without."""
    line = {
        "leaf": row.leaf.hex(),
        "spec": specialty,
        "w": row.weight,
        "ia": row.ia.hex(),
        "ib": lottery.salted(row.b, row.emp).hex(),
    }
    return line | {"emp": row.emp, "b": row.b.hex()} if employer else line
