"""A bid is started and accepted without the ORM, on a bare connection, under locks taken always in this order.

The section in shared mode, so that a closing sees all of the bid or nothing; the bidder, so that its submissions come
one after the other; the bid; the key that signed it. Lateness is decided by the database's clock, read after the locks
are held, in the statement that writes rows and journal line.

A bid is checked before anything is locked: what the checks read of it never changes while it is only started, nor what
they read of a published section. What may change meanwhile (the section's state and deadline, the bid's state, the
key) is looked at again under the locks, by the one statement that is then the whole transaction. What that statement
cannot see, another bid of this bidder that came to stand while it waited, the database refuses (`uq_bids_standing`);
then, and where a bid is replaced, the locks are taken first and the statement is the second of a transaction.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from asyncpg import UniqueViolationError

from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.crypto.manifest import Manifest, parse_manifest
from infra.crypto.merkle import root
from infra.db.work import Database, salts
from infra.jobs import enqueue_bare
from infra.kernel.canonical import b64, digest
from infra.kernel.context import Actor, Context
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.consortium import AGREEMENT, require_admitted
from trading.bidding.envelopes import Second, check_second, columns_of, facts_of, listed, read_second
from trading.bidding.rehearsing import require_rehearsed
from trading.bidding.states import LIFE, BidState
from trading.bidding.uploads import check_headers, missing_numbers, read_keyset, require_on_time
from trading.sections.states import SectionState

STANDING = (BidState.SUBMITTED, BidState.OPENED, BidState.UNOPENED)
LARGEST_PART = 8 * 1024**3

LOCK_SECTION = """
SELECT section.region, section.state, section.deadline, section.parts, section.joint, section.two_envelope,
       body.credit_code,
       key.id AS key, key.revoked_at, clock_timestamp() AS now
FROM sections AS section
JOIN organisations AS body ON body.id = $2
LEFT JOIN signing_keys AS key ON key.organisation = body.id AND key.certificate = $3
WHERE section.id = $1
FOR SHARE OF section FOR NO KEY UPDATE OF body
"""

START = f"""
WITH known AS (
    SELECT id, state FROM bids
    WHERE bidder = $3::text AND section = $2::text AND digest = $5::bytea
        AND second_digest IS NOT DISTINCT FROM $19::bytea
        AND state IN ('{BidState.STARTED}', '{BidState.SUBMITTED}')
), made AS (
    INSERT INTO bids (id, section, region, bidder, state, manifest, digest, signature, certificate, started_at,
                      second_manifest, second_digest, second_signature)
    SELECT $1, $2::text, $4::text, $3::text, '{BidState.STARTED}', $6, $5::bytea, $7, $8, $9,
           $18::text, $19::bytea, $20::bytea
    WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id, state
), parts AS (
    INSERT INTO bid_parts (bid, part, size, root, "commit")
    SELECT made.id, listed.*
    FROM made, unnest($10::text[], $11::bigint[], $12::bytea[], $13::bytea[]) AS listed
), line AS (
    INSERT INTO journal (event, actor, role, address, subject, region, facts)
    SELECT '{Event.BID_STARTED}', $14, $15, $16, made.id, $4::text, '{{}}' FROM made
)
SELECT said.*, clock_timestamp() AS now, (SELECT revoked_at FROM signing_keys WHERE id = $17) AS revoked_at
FROM (SELECT id, state, false AS made FROM known UNION ALL SELECT id, state, true FROM made) AS said
"""

BLOCKS = "SELECT part, number FROM bid_blocks WHERE bid = $1"

READ_BID = f"""
SELECT bid.section, bid.state, bid.manifest, bid.digest, bid.signature, bid.certificate, bid.submitted_at,
       section.region, section.state AS section_state, section.deadline, section.bidder_factor, body.credit_code,
       bid.second_manifest, bid.second_digest, bid.second_signature,
       CASE WHEN keyset.published_at IS NOT NULL THEN keyset.document END AS keyset,
       CASE WHEN bid.second_digest IS NOT NULL
           THEN (SELECT document FROM keysets WHERE id = section.second_keyset AND published_at IS NOT NULL)
       END AS second_keyset,
       key.id AS key, key.revoked_at, clock_timestamp() AS now,
       EXISTS (SELECT FROM bid_rehearsals WHERE bidder = $2 AND digest = bid.digest) AS rehearsed,
       EXISTS (
           SELECT FROM bids AS standing
           WHERE standing.section = bid.section AND standing.bidder = $2 AND standing.state = '{BidState.SUBMITTED}'
       ) AS replaces,
       ARRAY(SELECT part FROM bid_parts WHERE bid = $1 ORDER BY part) AS parts,
       ARRAY(SELECT size FROM bid_parts WHERE bid = $1 ORDER BY part) AS sizes,
       ARRAY(SELECT root FROM bid_parts WHERE bid = $1 ORDER BY part) AS roots,
       ARRAY(SELECT header FROM bid_parts WHERE bid = $1 ORDER BY part) AS headers,
       ARRAY(SELECT part FROM bid_blocks WHERE bid = $1 ORDER BY part, number) AS block_parts,
       ARRAY(SELECT number FROM bid_blocks WHERE bid = $1 ORDER BY part, number) AS block_numbers,
       ARRAY(SELECT leaf FROM bid_blocks WHERE bid = $1 ORDER BY part, number) AS leaves
FROM bids AS bid
JOIN sections AS section ON section.id = bid.section
LEFT JOIN keysets AS keyset ON keyset.id = section.keyset
JOIN organisations AS body ON body.id = bid.bidder
LEFT JOIN signing_keys AS key ON key.organisation = bid.bidder AND key.certificate = bid.certificate
WHERE bid.id = $1 AND bid.bidder = $2
"""

# Each row by a value of its own: a lock needs the right to change, and past that policy PostgreSQL joins by no index.
LOCK_BID = """
SELECT bid.state, bid.submitted_at, section.state AS section_state, section.deadline, key.revoked_at
FROM bids AS bid
JOIN sections AS section ON section.id = bid.section
JOIN organisations AS body ON body.id = $3
JOIN signing_keys AS key ON key.id = $2
WHERE bid.id = $1 AND bid.bidder = $3
FOR SHARE OF section FOR NO KEY UPDATE OF body FOR UPDATE OF bid FOR SHARE OF key
"""

# Each step reads the one before it, so the bid that stood has gone before this one stands: at no moment are there two.
ACCEPT = f"""
WITH locked AS MATERIALIZED ({LOCK_BID}), moment AS MATERIALIZED (
    SELECT locked.*, clock_timestamp() AS at FROM locked
), timely AS MATERIALIZED (
    SELECT at FROM moment
    WHERE at < deadline AND section_state = '{SectionState.BIDDING}' AND state = '{BidState.STARTED}'
        AND revoked_at IS NULL
), replaced AS (
    UPDATE bids SET state = $13 FROM timely
    WHERE section = $4::text AND bidder = $3 AND state = '{BidState.SUBMITTED}' AND $5::boolean
    RETURNING bids.id
), old AS MATERIALIZED (
    SELECT min(id) AS id FROM replaced
), line AS (
    INSERT INTO journal (at, event, actor, role, address, subject, section, region, facts, salt, link_salt)
    SELECT timely.at, CASE WHEN old.id IS NULL THEN '{Event.BID_SUBMITTED}' ELSE '{Event.BID_REPLACED}' END,
           $6, $7, $8, $1::text, $4::text, $9,
           $10::jsonb || CASE WHEN old.id IS NULL THEN '{{}}' ELSE jsonb_build_object('replaces', old.id) END,
           $11, $12
    FROM timely, old
    RETURNING id, at
), accepted AS (
    UPDATE bids SET state = $14, submitted_at = line.at, line = line.id, last_line = line.id
    FROM line WHERE bids.id = $1::text
)
SELECT moment.*, line.id AS line, old.id AS replaced FROM moment, old LEFT JOIN line ON true
"""


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

    `authority` is the public key that certifies bidders' signing keys. `section.unknown`, `bid.late`, `bid.parts`,
    `seal.manifest`, `signing.…` refuse, and what `read_second` refuses. The `second` envelope belongs to the same bid.
    """
    require(actor, "bid.start")
    read = parse_manifest(manifest)
    async with database.bare() as connection, connection.transaction():
        desk = await connection.fetchrow(LOCK_SECTION, section_id, _body(actor), certificate)
        if desk is None:
            raise Problem("section.unknown", section=section_id)
        require_on_time(desk["state"], desk["deadline"], desk["now"])
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
    async with database.bare() as connection:
        bid = await connection.fetchrow(READ_BID, bid_id, actor.organisation)
        if bid is None:
            raise Problem("bid.unknown", bid=bid_id)
        if bid["state"] in STANDING:
            return _taken(bid_id, bid, bid["state"], bid["submitted_at"])
        _check(bid)
        row = await _accept(connection, database.context(actor, bid["now"], address), bid_id, bid)
    if row["line"] is None:
        return _taken(bid_id, bid, row["state"], row["submitted_at"])
    return _taken(bid_id, bid, BidState.SUBMITTED, row["at"])


async def _accept(connection: Any, ctx: Context, bid_id: str, bid: Any) -> Any:
    """What `ACCEPT` answers, unless it refuses: the moment compared with the deadline is the one that is logged."""
    if not bid["replaces"]:
        try:
            return _allowed(await connection.fetchrow(ACCEPT, *_values(ctx, bid_id, bid, replacing=False)))
        except UniqueViolationError:
            pass  # another one came to stand while this one waited for the locks
    async with connection.transaction():
        await connection.execute(LOCK_BID, bid_id, bid["key"], ctx.actor.organisation)
        row = _allowed(await connection.fetchrow(ACCEPT, *_values(ctx, bid_id, bid, replacing=True)))
        if row["replaced"] is not None:
            await enqueue_bare(connection, "delete-bid", bid=row["replaced"])
    return row


def _values(ctx: Context, bid_id: str, bid: Any, *, replacing: bool) -> tuple[Any, ...]:
    """What `ACCEPT` asks for, in its order."""
    facts = {
        "manifest": b64(bid["digest"]),
        "signature": b64(bid["signature"]),
        "certificate": b64(digest(b64(bid["certificate"]))),
        **facts_of(bid["second_digest"], bid["second_signature"]),
    }
    who = ctx.actor
    gone, stands = LIFE.move("replace", BidState.SUBMITTED, who.role), LIFE.move("submit", BidState.STARTED, who.role)
    return (
        bid_id, bid["key"], who.organisation, bid["section"], replacing, who.id, who.role, ctx.address, bid["region"],
        json.dumps(facts), *salts(ctx, Event.BID_SUBMITTED), gone, stands,
    )  # fmt: skip


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
    blocks = list(zip(bid["block_parts"], bid["block_numbers"], strict=True))
    sizes = dict(zip(bid["parts"], bid["sizes"], strict=True))
    for part, numbers in missing_numbers(sizes, blocks).items():
        if numbers:
            raise Problem("bid.incomplete", part=part, missing=", ".join(map(str, numbers[:20])))
    headers = dict(zip(bid["parts"], bid["headers"], strict=True))
    if bid["keyset"] is None:
        raise Problem("keyset.unpublished", section=bid["section"])
    manifest, keyset = parse_manifest(bid["manifest"].encode()), read_keyset(bid["keyset"])
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
