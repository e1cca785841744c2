"""A bid is started and accepted without the ORM, on a bare connection, under locks taken always in this order.

The section in shared mode, so that a closing sees all of the bid or nothing; the bidder, so that its submissions come
one after the other; the bid; the key that signed it. Lateness is decided by the database's clock, read after the locks
are held, in the statement that writes rows and journal line.

A bid is checked before anything is locked: what the checks read of it never changes while it is only started, nor what
they read of a published section. What may change meanwhile (the section's state and deadline, the bid's state, the
key) is looked at again under the locks, by the one statement that is then the whole transaction. Bids of one section
that arrive while such a statement is under way share the next one (`infra.db.together`); each is accepted or refused
for itself. What that statement cannot see, another bid of this bidder that came to stand while it waited, the database
refuses (`uq_bids_standing`); then, and where a bid is replaced or somebody else holds one of its locks, the locks are
taken first, for this bid alone, and the statement is the second of a transaction.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from asyncpg import UniqueViolationError

from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.crypto.manifest import Manifest, parse_manifest, read_manifest
from infra.crypto.merkle import root
from infra.db.work import Database, salts
from infra.jobs import enqueue_bare
from infra.kernel.canonical import b64, digest
from infra.kernel.context import Actor, Context, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.consortium import AGREEMENT, require_admitted
from trading.bidding.envelopes import Second, check_second, columns_of, facts_of, listed, read_second
from trading.bidding.rehearsing import require_rehearsed
from trading.bidding.statements import ACCEPT, ACCEPT_TOGETHER, BLOCKS, LOCK_BID, LOCK_SECTION, READ_BIDS, START
from trading.bidding.states import LIFE, BidState
from trading.bidding.uploads import check_headers, missing_numbers, read_keyset, require_on_time

STANDING = (BidState.SUBMITTED, BidState.OPENED, BidState.UNOPENED)
STANDS = LIFE.move("submit", BidState.STARTED, Role.BIDDER)
GOES = LIFE.move("replace", BidState.SUBMITTED, Role.BIDDER)
LARGEST_PART = 8 * 1024**3


class Handed(NamedTuple):
    """A bid that passed every check, and what its journal line says."""

    bid: str
    key: str
    body: str
    actor: str
    role: Role
    address: str | None
    facts: str
    salt: bytes | None
    link_salt: bytes | None


class Taken(NamedTuple):
    """A bid as its bidder is told of it; `missing` lists the blocks that a started one still lacks, part by part."""

    id: str
    section: str
    state: BidState
    digest: bytes
    missing: dict[str, list[int]]
    submitted_at: datetime | None = None


async def start_bid(
    database: Database,
    actor: Actor,
    authority: bytes,
    section_id: str,
    manifest: bytes,
    signature: bytes,
    certificate: bytes,
    address: str | None = None,
    second: Second | None = None,
) -> Taken:
    """Open an upload for a signed manifest. Starting again with the same manifest returns the same bid.

    `authority` is the public key that certifies bidders' signing keys. `section.unknown`, `bid.late`, `bid.not-invited`,
    `bid.parts`, `seal.manifest`, `signing.…` refuse, and what `read_second` refuses. The `second` envelope belongs to the
    same bid.
    """
    require(actor, "bid.start")
    read = parse_manifest(manifest)
    async with database.bare() as connection, connection.transaction():
        desk = await connection.fetchrow(LOCK_SECTION, section_id, _body(actor), certificate)
        if desk is None:
            raise Problem("section.unknown", section=section_id)
        require_on_time(desk["state"], desk["deadline"], desk["now"])
        if not desk["admitted"]:
            raise Problem("bid.not-invited", section=section_id)
        _check_manifest(section_id, json.loads(desk["parts"]), desk["joint"], read)
        prices = read_second(section_id, second, two_envelope=desk["two_envelope"])
        message = sha256(manifest).digest()
        _require_signed(desk, authority, certificate, signature, message)
        if second is not None:
            _require_signed(desk, authority, certificate, second.signature, second.digest)
        ctx = database.context(actor, desk["now"], address)
        row = await connection.fetchrow(
            START, ctx.new_id("bid"), section_id, actor.organisation, desk["region"], message, manifest.decode(),
            signature, certificate, ctx.now, *_columns(read, prices), actor.id, actor.role, address, desk["key"],
            *columns_of(second),
        )  # fmt: skip
        require_on_time(desk["state"], desk["deadline"], row["now"])
        _refuse_revoked(row["revoked_at"])
        there = [] if row["made"] else await connection.fetch(BLOCKS, row["id"])
    sizes = {one.part: one.size for one in listed(read, prices)} if row["state"] == BidState.STARTED else {}
    return Taken(row["id"], section_id, BidState(row["state"]), message, missing_numbers(sizes, there))


async def submit(database: Database, actor: Actor, bid_id: str, address: str | None = None) -> Taken:
    """Accept a bid whose every block is there, whose roots match, before the deadline by the database's clock.

    A second call returns the bid. `bid.unknown`, `bid.late`, `bid.not-open`, `bid.incomplete`, `bid.not-rehearsed`,
    `bid.root`, `signing.revoked`, `seal.…` refuse.
    """
    require(actor, "bid.submit")
    bid = await database.together.ask(READ_BIDS, partial(_read, database), (bid_id, actor.organisation or ""))
    if bid is None:
        raise Problem("bid.unknown", bid=bid_id)
    if bid["state"] in STANDING:
        return _taken(bid_id, bid, bid["state"], bid["submitted_at"])
    _check(bid)
    handed = _handed(database.context(actor, bid["now"], address), bid)
    row = await _accept(database, bid["section"], bid["region"], handed, replaces=bid["replaces"])
    if row["line"] is None:
        return _taken(bid_id, bid, row["state"], row["submitted_at"])
    return _taken(bid_id, bid, BidState.SUBMITTED, row["at"])


async def _read(database: Database, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """What is known of each (bid, body), where the bid is that body's."""
    async with database.bare() as connection:
        rows = await connection.fetch(READ_BIDS, *map(list, zip(*set(asked), strict=True)))
    return {(row["id"], row["bidder"]): row for row in rows}


async def _accept(database: Database, section: str, region: str, handed: Handed, *, replaces: bool) -> Any:
    """What is seen under the locks, unless it refuses: the moment compared with the deadline is the one that is logged."""
    if not replaces:
        group = ACCEPT_TOGETHER, section
        row = await database.together.ask(group, partial(_accept_together, database, section), handed)
        if row is not None:
            return _allowed(row)
    async with database.bare() as connection, connection.transaction():
        await connection.execute(LOCK_BID, handed.bid, handed.key, handed.body)
        row = _allowed(await connection.fetchrow(ACCEPT, *_values(section, region, handed)))
        if row["replaced"] is not None:
            await enqueue_bare(connection, "delete-bid", bid=row["replaced"])
    return row


async def _accept_together(database: Database, section: str, asked: Sequence[Handed]) -> dict[Handed, Any]:
    """What is seen of each under the locks; nothing of those that have to be accepted by themselves.

    These are a second one of a bidder, one of which somebody holds a lock, and all where one of them found another
    bid of its bidder standing, which came to stand since it was read.
    """
    first = {one.body: one for one in reversed(asked)}
    async with database.bare() as connection:
        try:
            rows = await connection.fetch(
                ACCEPT_TOGETHER, section, *map(list, zip(*first.values(), strict=True)), STANDS
            )
        except UniqueViolationError:
            return {}
    return {first[row["bidder"]]: row for row in rows}


def _handed(ctx: Context, bid: Any) -> Handed:
    facts = {
        "manifest": b64(bid["digest"]),
        "signature": b64(bid["signature"]),
        "certificate": b64(digest(b64(bid["certificate"]))),
        **facts_of(bid["second_digest"], bid["second_signature"]),
    }
    who, kept = ctx.actor, salts(ctx, Event.BID_SUBMITTED)
    return Handed(bid["id"], bid["key"], bid["bidder"], who.id, who.role, ctx.address, json.dumps(facts), *kept)


def _values(section: str, region: str, handed: Handed) -> tuple[Any, ...]:
    """What `ACCEPT` asks for, in its order."""
    bid, key, body, actor, role, address, *kept = handed
    return bid, key, body, section, actor, role, address, region, *kept, GOES, STANDS


def _allowed(row: Any) -> Any:
    """The same row where the bid was accepted or stood already; else what was seen under the locks refuses it."""
    if row["line"] is None and row["state"] not in STANDING:
        require_on_time(row["section_state"], row["deadline"], row["at"])
        _refuse_unless_started(row["state"])
        _refuse_revoked(row["revoked_at"])
    return row


def _check(bid: Any) -> None:
    """Everything that can be refused before the last look at the clock."""
    require_on_time(bid["section_state"], bid["deadline"], bid["now"])
    _refuse_unless_started(bid["state"])
    if bid["key"] is None:
        raise Problem("signing.revoked", at=None)
    _refuse_revoked(bid["revoked_at"])
    blocks = list(zip(bid["block_parts"] or (), bid["block_numbers"] or (), strict=True))
    sizes = dict(zip(bid["parts"], bid["sizes"], strict=True))
    for part, numbers in missing_numbers(sizes, blocks).items():
        if numbers:
            raise Problem("bid.incomplete", part=part, missing=", ".join(map(str, numbers[:20])))
    headers = dict(zip(bid["parts"], bid["headers"], strict=True))
    if bid["keyset"] is None:
        raise Problem("keyset.unpublished", section=bid["section"])
    manifest, keyset = read_manifest(bid["manifest"]), read_keyset(bid["keyset"])
    factor = bid["bidder_factor"]
    require_rehearsed(manifest, rehearsed=bid["rehearsed"], factor=factor)
    first = {one.part: headers.get(one.part) for one in manifest.parts}
    check_headers(bid["section"], manifest, first, bid["credit_code"], keyset, factor=factor)
    check_second(
        bid["section"], bid["second_manifest"], headers, bid["credit_code"], bid["second_keyset"], factor=factor
    )
    for part, expected in zip(bid["parts"], bid["roots"], strict=True):
        leaves = (leaf for (of, _), leaf in zip(blocks, bid["leaves"], strict=True) if of == part)
        if root(leaves) != expected:
            raise Problem("bid.root", part=part)


def _require_signed(desk: Any, authority: bytes, certificate: bytes, signature: bytes, message: bytes) -> None:
    """`signing.…` unless a certified, unrevoked key of the acting bidder signed the 32-byte message."""
    signed = verify_signature(authority, certificate, signature, message, desk["now"])
    if signed.serial != desk["credit_code"]:
        raise Problem("signing.not-yours", serial=signed.serial, expected=desk["credit_code"])
    if desk["key"] is None:
        raise Problem("signing.unknown", id=signed.serial)
    _refuse_revoked(desk["revoked_at"])


def _refuse_unless_started(state: str) -> None:
    if state != BidState.STARTED:
        raise Problem("bid.not-open", state=state)


def _refuse_revoked(at: datetime | None) -> None:
    """A key revoked since the manifest was signed may be in a thief's hands; asked before and after the wait for locks."""
    if at is not None:
        raise Problem("signing.revoked", at=at.isoformat())


def _check_manifest(section_id: str, expected: list[str], joint: int, manifest: Manifest) -> None:
    parts = [entry.part for entry in manifest.parts]
    if manifest.section != section_id or manifest.round != "1":
        raise Problem("seal.section", expected=section_id, found=manifest.section)
    if [part for part in parts if part != AGREEMENT] != expected:
        raise Problem("bid.parts", expected=", ".join(expected), found=", ".join(parts))
    require_admitted(parts, joint)
    for entry in manifest.parts:
        if entry.size > LARGEST_PART:
            raise Problem("bid.too-large", part=entry.part, size=entry.size, largest=LARGEST_PART)


def _body(actor: Actor) -> str:
    if actor.organisation is None:
        raise Problem("bid.bidder")
    return actor.organisation


def _columns(*manifests: Manifest | None) -> tuple[list[str], list[int], list[bytes], list[bytes]]:
    parts = listed(*manifests)
    return (
        [one.part for one in parts],
        [one.size for one in parts],
        [one.root for one in parts],
        [one.commit for one in parts],
    )


def _taken(bid_id: str, bid: Any, state: str, at: datetime) -> Taken:
    return Taken(bid_id, bid["section"], BidState(state), bid["digest"], {}, at)
