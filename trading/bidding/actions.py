"""A bid is started, handed in, replaced, withdrawn or refused; the database's clock alone decides lateness (EBM 27)."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select

from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation, SigningKey
from infra.crypto.manifest import Manifest, parse_manifest
from infra.crypto.merkle import root
from infra.crypto.sign import labelled
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64, digest
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.states import LIFE, BidState
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.uploads import check_headers, leaves, missing_blocks, own_bid, put_block
from trading.sections.queries import lock_section, public_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

WITHDRAWAL_LABEL = "openhall withdrawal/v1"
STANDING = (BidState.SUBMITTED, BidState.OPENED, BidState.UNOPENED)
LARGEST_PART = 8 * 1024**3
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
) -> Bid:
    """`start_bid` in a transaction of its own; what is refused is logged as refused, with the reason (EBM 26)."""
    try:
        async with database.work(actor, address) as work:
            return await start_bid(work, authority, section_id, manifest, signature, certificate)
    except Problem as problem:
        if problem.code not in UNLOGGED:
            async with database.work(actor, address) as work:
                await public_section(work.session, section_id)
                section = await lock_section(work.session, section_id, shared=True)
                _record_refusal(work, section_id, section, problem.code, sha256(manifest).digest())
        raise


async def start_bid(
    work: Work, authority: bytes, section_id: str, manifest: bytes, signature: bytes, certificate: bytes
) -> Bid:
    """Open an upload for a signed manifest. Starting again with the same manifest returns the same bid.

    `authority` is the public key that certifies bidders' signing keys.

    `section.unknown`, `bid.late`, `bid.parts`, `seal.manifest`, `signing.…` refuse.
    """
    require(work.ctx.actor, "bid.start")
    read = parse_manifest(manifest)
    section = await lock_section(work.session, section_id, shared=True)
    await _require_on_time(work, section)
    bidder = await _bidder(work, lock=True)
    _check_manifest(section, read)
    await _require_signed(work, authority, certificate, signature, read.digest)
    known = await work.session.execute(
        select(Bid).where(
            Bid.bidder == bidder.id,
            Bid.section == section_id,
            Bid.digest == read.digest,
            Bid.state.in_((BidState.STARTED, BidState.SUBMITTED)),
        )
    )
    if (bid := known.scalar_one_or_none()) is not None:
        return bid
    bid = Bid(
        id=work.ctx.new_id("bid"),
        section=section_id,
        region=section.region,
        bidder=bidder.id,
        state=BidState.STARTED,
        manifest=manifest.decode(),
        digest=read.digest,
        signature=signature,
        certificate=certificate,
        started_at=work.ctx.now,
    )
    work.session.add(bid)
    await work.session.flush()
    for entry in read.parts:
        work.session.add(BidPart(bid=bid.id, part=entry.part, size=entry.size, root=entry.root, commit=entry.commit))
    work.record(Event.BID_STARTED, bid.id, region=section.region)
    return bid


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


async def hand_in(database: Database, actor: Actor, bid_id: str, address: str | None = None) -> Bid:
    """Submit a complete bid; what is refused is logged as refused, with the reason, in a transaction of its own."""
    try:
        async with database.work(actor, address) as work:
            return await submit(work, bid_id)
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


async def submit(work: Work, bid_id: str) -> Bid:
    """Accept a bid whose every block is there, whose roots match, before the deadline by the database's clock.

    The section is locked in shared mode, so the closing sees either this bid or none. A second call returns the bid.
    Refusals: `bid.late`, `bid.incomplete`, `bid.root`, `seal.…`.
    """
    require(work.ctx.actor, "bid.submit")
    bid = await own_bid(work.session, work.ctx.actor, bid_id)
    if bid.state in STANDING:
        return bid
    section = await lock_section(work.session, bid.section, shared=True)
    bidder = await _bidder(work, lock=True)
    await work.session.refresh(bid, with_for_update=True)
    if bid.state in STANDING:
        return bid
    await _require_on_time(work, section)
    if bid.state != BidState.STARTED:
        raise Problem("bid.not-open", state=bid.state)
    await _refuse_revoked_since(work, bid)
    await _check_complete(work, bid, section, bidder)
    replaced = await _replace_standing(work, bid)
    now = await _require_on_time(work, section)
    bid.state, bid.submitted_at = LIFE.move("submit", BidState(bid.state), work.ctx.actor.role), now
    event = Event.BID_REPLACED if replaced else Event.BID_SUBMITTED
    line = work.record(
        event, bid.id, section=section.id, region=section.region, **await submission_facts(work, bid, replaced)
    )
    # The logged time is the one that was compared with the deadline, not the insert's a moment later.
    line.at = now
    await work.session.flush()
    bid.line = bid.last_line = line.id
    if replaced:
        await enqueue(work, "delete-bid", bid=replaced)
    return bid


async def withdraw(work: Work, authority: bytes, bid_id: str, signature: bytes) -> Bid:
    """Withdraw 撤回 a submitted bid before the deadline (TBL 29), signed by its bidder; its ciphertext is deleted."""
    require(work.ctx.actor, "bid.withdraw")
    bid = await own_bid(work.session, work.ctx.actor, bid_id)
    section = await lock_section(work.session, bid.section, shared=True)
    await _bidder(work, lock=True)
    await work.session.refresh(bid, with_for_update=True)
    if bid.state == BidState.WITHDRAWN:
        return bid
    await _require_signed(work, authority, bid.certificate, signature, withdrawal_message(bid.digest))
    bid.state = LIFE.move("withdraw", BidState(bid.state), work.ctx.actor.role)
    line = work.record(
        Event.BID_WITHDRAWN, bid.id, section=section.id, region=section.region, manifest=b64(bid.digest),
        signature=b64(signature),
    )  # fmt: skip
    line.at = await _require_on_time(work, section)
    await work.session.flush()
    bid.last_line = line.id
    await enqueue(work, "delete-bid", bid=bid.id)
    return bid


async def submission_facts(work: Work, bid: Bid, replaced: str | None) -> dict[str, Any]:
    """What the log keeps of a submission: manifest, its hash and signature, never a name."""
    facts: dict[str, Any] = {
        "manifest": b64(bid.digest),
        "signature": b64(bid.signature),
        "certificate": b64(digest(b64(bid.certificate))),
    }
    return facts | ({"replaces": replaced} if replaced else {})


def withdrawal_message(manifest_digest: bytes) -> bytes:
    """The 32 bytes a bidder signs to withdraw the bid of this manifest."""
    return sha256(labelled(WITHDRAWAL_LABEL, manifest_digest)).digest()


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


def _check_manifest(section: Section, manifest: Manifest) -> None:
    parts = [entry.part for entry in manifest.parts]
    if manifest.section != section.id or manifest.round != "1":
        raise Problem("seal.section", expected=section.id, found=manifest.section)
    if parts != section.parts:
        raise Problem("bid.parts", expected=", ".join(section.parts), found=", ".join(parts))
    for entry in manifest.parts:
        if entry.size > LARGEST_PART:
            raise Problem("bid.too-large", part=entry.part, size=entry.size, largest=LARGEST_PART)


async def _refuse_revoked_since(work: Work, bid: Bid) -> None:
    """A key revoked since the manifest was signed may be in a thief's hands."""
    key = await work.session.scalar(select(SigningKey).where(SigningKey.certificate == bid.certificate))
    if key is None or key.revoked_at is not None:
        raise Problem("signing.revoked", at=None if key is None else key.revoked_at)


async def _check_complete(work: Work, bid: Bid, section: Section, bidder: Organisation) -> None:
    keyset = signed_keyset(await work.session.get_one(Keyset, section.keyset))
    parts = list((await work.session.execute(select(BidPart).where(BidPart.bid == bid.id))).scalars())
    for part, numbers in (await missing_blocks(work.session, bid.id)).items():
        if numbers:
            raise Problem("bid.incomplete", part=part, missing=", ".join(map(str, numbers[:20])))
    check_headers(bid, parts, bidder.credit_code, keyset)
    for one in parts:
        if root(await leaves(work.session, bid.id, one.part)) != one.root:
            raise Problem("bid.root", part=one.part)


async def _replace_standing(work: Work, bid: Bid) -> str | None:
    """The id of the bid that this one replaces, moved to its end; None where none stands."""
    standing = select(Bid).where(Bid.section == bid.section, Bid.bidder == bid.bidder, Bid.state == BidState.SUBMITTED)
    old = (await work.session.execute(standing.with_for_update())).scalar_one_or_none()
    if old is None:
        return None
    old.state = LIFE.move("replace", BidState(old.state), work.ctx.actor.role)
    await work.session.flush()
    return old.id


async def _require_on_time(work: Work, section: Section) -> datetime:
    """The database's clock, read now; `bid.late` unless bidding is open and it stands before the deadline."""
    now = await work.clock()
    if section.state != SectionState.BIDDING or section.deadline is None or now >= section.deadline:
        raise Problem("bid.late", deadline=section.deadline, now=now)
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
