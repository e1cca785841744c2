"""A bid is started, handed in, replaced, withdrawn or refused; the database's clock alone decides lateness (EBM 27)."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete

from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.accepting import Taken, start_bid, submit
from trading.bidding.envelopes import Second
from trading.bidding.states import LIFE, BidState
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import own_bid, put_block, require_on_time
from trading.bidding.wire import withdrawal_message
from trading.sections.queries import lock_section, public_section
from trading.sections.tables import Section

UNLOGGED = ("bid.unknown", "bid.not-open", "bid.bidder", "section.unknown", "permission.denied")


async def open_upload(
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
    """`start_bid`; what is refused is logged as refused, with the reason, in a transaction of its own (EBM 26)."""
    try:
        return await start_bid(
            database, actor, authority, section_id, manifest, signature, certificate, address, second
        )
    except Problem as problem:
        if problem.code not in UNLOGGED:
            async with database.work(actor, address) as work:
                await public_section(work.session, section_id)
                section = await lock_section(work.session, section_id, shared=True)
                _record_refusal(work, section_id, section, problem.code, sha256(manifest).digest())
        raise


async def receive_block(
    database: Database,
    objects: Objects,
    actor: Actor,
    bid_id: str,
    part: str,
    number: int,
    data: bytes,
    address: str | None = None,
) -> bool:
    """`put_block`; an unsealed file and a late one are logged as refused, with the reason (EBM 26-27)."""
    try:
        return await put_block(database, objects, actor, bid_id, part, number, data)
    except Problem as problem:
        if problem.code == "bid.late" or problem.code.startswith("seal."):
            await log_refusal(database, actor, bid_id, problem.code, address)
        raise


async def hand_in(database: Database, actor: Actor, bid_id: str, address: str | None = None) -> Taken:
    """`submit`; what is refused is logged as refused, with the reason, in a transaction of its own (EBM 26-27)."""
    try:
        return await submit(database, actor, bid_id, address)
    except Problem as problem:
        await log_refusal(database, actor, bid_id, problem.code, address)
        raise


async def log_refusal(database: Database, actor: Actor, bid_id: str, code: str, address: str | None = None) -> None:
    """Log that something about one's own bid was refused; not what says nothing of the bid (unknown, not permitted)."""
    if code not in UNLOGGED:
        async with database.work(actor, address) as work:
            bid = await own_bid(work.session, actor, bid_id)
            section = await lock_section(work.session, bid.section, shared=True)
            _record_refusal(work, bid.id, section, code, bid.digest)


async def withdraw(
    work: Work, authority: bytes, bid_id: str, signature: bytes, certificate: bytes | None = None
) -> Bid:
    """Withdraw 撤回 a submitted bid before the deadline (TBL 29), signed by its bidder; its ciphertext is deleted.

    `certificate` is that of another key of the same bidder, for one who has lost the key that signed the bid.
    """
    require(work.ctx.actor, "bid.withdraw")
    bid = await own_bid(work.session, work.ctx.actor, bid_id)
    section = await lock_section(work.session, bid.section, shared=True)
    await _bidder(work, lock=True)
    await work.session.refresh(bid, with_for_update=True)
    if bid.state == BidState.WITHDRAWN:
        return bid
    signer = bid.certificate if certificate is None else certificate
    await _require_signed(work, authority, signer, signature, withdrawal_message(bid.digest))
    by_another = {} if signer == bid.certificate else {"certificate": b64(signer)}
    bid.state = LIFE.move("withdraw", BidState(bid.state), work.ctx.actor.role)
    at = await _require_on_time(work, section)
    line = work.record(
        Event.BID_WITHDRAWN, bid.id, section=section.id, region=section.region, manifest=b64(bid.digest),
        signature=b64(signature), **by_another,
    )  # fmt: skip
    line.at = at
    await work.session.flush()
    bid.last_line = line.id
    await enqueue(work, "delete-bid", bid=bid.id)
    return bid


async def forget_blocks(work: Work, bid_id: str) -> None:
    """Drop the rows of a replaced or withdrawn bid's blocks once their objects are deleted."""
    await work.session.execute(delete(BidBlock).where(BidBlock.bid == bid_id))


async def _require_signed(work: Work, authority: bytes, certificate: bytes, signature: bytes, message: bytes) -> None:
    """`signing.…` unless a certified, unrevoked key of the acting bidder signed the 32-byte message."""
    bidder = await _bidder(work)
    signed = verify_signature(authority, certificate, signature, message, work.ctx.now)
    await refuse_revoked(work.session, signed)
    if signed.serial != bidder.credit_code:
        raise Problem("signing.not-yours", serial=signed.serial, expected=bidder.credit_code)


async def _require_on_time(work: Work, section: Section) -> datetime:
    """The database's clock, read now; `bid.late` unless bidding is open and it stands before the deadline."""
    now = await work.clock()
    require_on_time(section.state, section.deadline, now)
    return now


def _record_refusal(work: Work, subject: str, section: Section, code: str, manifest: bytes) -> None:
    """The bid itself stays as it was, so that its owner may mend it in time."""
    work.record(
        Event.BID_REFUSED, subject, section=section.id, region=section.region, reason=code, manifest=b64(manifest)
    )


async def _bidder(work: Work, *, lock: bool = False) -> Organisation:
    """The acting body; locked, its submissions come one after the other: two at once may not both stand."""
    if work.ctx.actor.organisation is None:
        raise Problem("bid.bidder")
    how = {"key_share": True} if lock else None
    return await work.session.get_one(Organisation, work.ctx.actor.organisation, with_for_update=how)
