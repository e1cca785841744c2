"""Opening: with t released keys every price form is opened first and announced; then the files' commitments are checked."""

import asyncio
import logging
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from sqlalchemy import select

from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.crypto import keyset as documents
from infra.crypto.manifest import check_part
from infra.crypto.merkle import leaf_hash
from infra.crypto.seal_header import read_header
from infra.crypto.seal_key import commit_salt, recover
from infra.crypto.seal_suite import X25519, find_suite
from infra.custody.actions import THRESHOLD, signed_keyset
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.db.work import Database, Work
from infra.jobs import NotYetError
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.states import LIFE as BID_LIFE
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.uploads import BUCKET, block_key, manifest_of
from trading.opening.form import read_form
from trading.opening.plain import Plain, open_container
from trading.sections.queries import lock_section
from trading.sections.states import LIFE, SectionState

log = logging.getLogger("openhall.opening")

FORM = "opening-form"
TOGETHER = 8
"""Bids of a section that are read and opened at a time: while one waits for the store, another is decrypted."""
PASSING = ("objects.unreachable", "objects.refused", "objects.no-bucket")


async def open_section(database: Database, objects: Objects, keys: PlatformKeys, section_id: str) -> None:
    """Open every bid of a closed section once t keys stand released; safe to run again at any point.

    One bid's failure never holds up the others: it is recorded with its cause and the rest go on (EBM 31).
    """
    async with database.work(SYSTEM) as work:
        section = await lock_section(work.session, section_id)
        if section.state != SectionState.DECRYPTING:
            return
        keyset = await work.session.get_one(Keyset, section.keyset)
        released = await released_keys(work, keyset, keys.opening)
        document = signed_keyset(keyset)
        waiting = select(Bid.id).where(Bid.section == section_id, Bid.state == BidState.SUBMITTED).order_by(Bid.id)
        bids = list((await work.session.execute(waiting)).scalars())
    if len(released) < THRESHOLD:
        raise Problem("opening.too-few-keys", have=len(released), need=THRESHOLD)
    gate = asyncio.Semaphore(TOGETHER)

    async def opened(bid_id: str) -> bool:
        async with gate:
            return await _open_bid(database, objects, keys, document, released, bid_id)

    held_up = [bid for bid, done in zip(bids, await asyncio.gather(*map(opened, bids)), strict=True) if not done]
    if held_up:
        raise NotYetError(f"{len(held_up)} bids of {section_id} could not be read yet")
    async with database.work(SYSTEM) as work:
        await _record_opening(work, section_id)


async def _open_bid(
    database: Database,
    objects: Objects,
    keys: PlatformKeys,
    document: documents.Keyset,
    released: Mapping[int, bytes],
    bid_id: str,
) -> bool:
    """Whether the bid is done with: opened, or left unopened for a reason that lies in the bid or its stored bytes.

    A store that is away is no such reason, nor is a fault of ours: the bid is tried again, the others go on.
    """
    try:
        opened = await _decrypt(database, objects, document, released, bid_id)
        form = read_form(opened[FORM].content)
        async with database.work(SYSTEM) as work:
            await _keep(work, keys, bid_id, opened, form)
    except Problem as problem:
        if problem.code in PASSING:
            log.warning("bid %s: %s", bid_id, problem.code)
            return False
        async with database.work(SYSTEM) as work:
            await _leave_unopened(work, bid_id, problem)
    except Exception:
        log.exception("bid %s could not be opened for a reason that is not the bid's", bid_id)
        return False
    return True


async def _decrypt(
    database: Database, objects: Objects, document: documents.Keyset, released: Mapping[int, bytes], bid_id: str
) -> dict[str, Plain]:
    """Every part opened and measured against the manifest; only the opening form's plaintext is kept in memory."""
    async with database.reading() as session:
        bid = await session.get_one(Bid, bid_id)
        parts = list((await session.execute(select(BidPart).where(BidPart.bid == bid_id))).scalars())
        blocks = select(BidBlock).where(BidBlock.bid == bid_id).order_by(BidBlock.part, BidBlock.number)
        stored = list((await session.execute(blocks)).scalars())
    manifest = manifest_of(bid)
    opened: dict[str, Plain] = {}
    for part in sorted(parts, key=lambda one: one.part != FORM):
        assert part.header is not None
        header = read_header(BytesIO(part.header))
        key = recover(header, released, keyset=document)
        chunks = [await _stored(objects, one) for one in stored if one.part == part.part]
        plain = await asyncio.to_thread(open_container, chunks, key, part.part == FORM)
        check_part(manifest.entry(part.part), plain.measured.entry(part.part))
        opened[part.part] = plain
    return opened


async def _stored(objects: Objects, block: BidBlock) -> bytes:
    """The block's bytes as they were received; `bid.damaged` where the store lost or changed them."""
    try:
        data = await objects.get(BUCKET, block_key(block.bid, block.part, block.number), block.version)
    except Problem as problem:
        if problem.code in PASSING:
            raise
        raise Problem("bid.damaged", part=block.part, number=block.number) from problem
    if leaf_hash(data) != block.leaf:
        raise Problem("bid.damaged", part=block.part, number=block.number)
    return data


async def _keep(work: Work, keys: PlatformKeys, bid_id: str, opened: Mapping[str, Plain], form: dict[str, Any]) -> None:
    """Record one opened bid; no plaintext is stored but the announced form, input keys only wrapped."""
    require(work.ctx.actor, "bid.open")
    bid = await work.session.get_one(Bid, bid_id, with_for_update=True)
    if bid.state != BidState.SUBMITTED:
        return
    bidder = await work.session.get_one(Organisation, bid.bidder)
    for name, plain in opened.items():
        part = await work.session.get_one(BidPart, (bid_id, name))
        part.wrapped_key = keys.service.wrap("bid input key", f"{bid_id}/{name}", plain.key, work.ctx.random)
        part.plain_size = plain.size
    bid.state = BID_LIFE.move("open", BidState(bid.state), work.ctx.actor.role)
    bid.form = form
    suite = find_suite(X25519)
    work.record(
        Event.BID_OPENED,
        bid_id,
        section=bid.section,
        region=bid.region,
        bidder=bidder.credit_code,
        name=bidder.name,
        form=opened[FORM].content.decode(),
        form_salt=b64(commit_salt(suite, opened[FORM].key)),
        manifest=b64(bid.digest),
    )


async def _leave_unopened(work: Work, bid_id: str, problem: Problem) -> None:
    """Record that a bid did not open and why; the cause stays undecided until an officer decides (sealed-bid.md)."""
    bid = await work.session.get_one(Bid, bid_id, with_for_update=True)
    if bid.state != BidState.SUBMITTED:
        return
    bid.state = BID_LIFE.move("leave-unopened", BidState(bid.state), work.ctx.actor.role)
    bid.trouble = {"code": problem.code, **{name: str(value) for name, value in problem.facts.items()}}
    bidder = await work.session.get_one(Organisation, bid.bidder)
    work.record(
        Event.BID_UNOPENED,
        bid_id,
        section=bid.section,
        region=bid.region,
        bidder=bidder.credit_code,
        name=bidder.name,
        reason=problem.code,
        manifest=b64(bid.digest),
    )


async def _record_opening(work: Work, section_id: str) -> None:
    """The opening record 开标记录 (EBM 30, 32): every bid with its announced items, or the reason it stayed closed."""
    section = await lock_section(work.session, section_id)
    if section.state != SectionState.DECRYPTING:
        return
    section.state = LIFE.move("open", SectionState(section.state), work.ctx.actor.role)
    section.opened_at = work.ctx.now
    rows = await work.session.execute(
        select(Bid, Organisation)
        .join(Organisation, Organisation.id == Bid.bidder)
        .where(Bid.section == section_id, Bid.state.in_((BidState.OPENED, BidState.UNOPENED)))
        .order_by(Bid.submitted_at, Bid.id)
    )
    record = [
        {"bid": bid.id, "bidder": body.credit_code, "name": body.name, "state": bid.state, "form": bid.form}
        for bid, body in rows
    ]
    work.record(Event.SECTION_OPENED, section_id, section=section_id, region=section.region, record=record)
