"""A bidder lets its bid, as handed in, hold for the version of the document in force: signed, logged, told to nobody else."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.bidding.uploads import own_bid, require_on_time
from trading.clarifications.rules import confirmation_message
from trading.clarifications.tables import Confirmation
from trading.sections.queries import lock_section
from trading.sections.tables import Document, DocumentVersion


async def confirm_bid(
    work: Work, authority: bytes, bid_id: str, document: bytes, signature: bytes, certificate: bytes
) -> int:
    """Confirm a submitted bid of one's own for the document with this SHA-256; gives its version. Twice changes nothing.

    `bid.unknown`, `bid.late`, `bid.not-open`, `confirmation.outdated` (another version is in force), `signing.…`.
    """
    require(work.ctx.actor, "bid.confirm")
    bid = await own_bid(work.session, work.ctx.actor, bid_id)
    section = await lock_section(work.session, bid.section, shared=True)
    await work.session.refresh(bid, with_for_update=True)
    if bid.state != BidState.SUBMITTED:
        raise Problem("bid.not-open", state=bid.state)
    current = await work.session.get_one(Document, section.id)
    if current.digest != document:
        raise Problem("confirmation.outdated", version=current.version)
    if await confirmed_version(work.session, bid) == current.version:
        return current.version
    message = confirmation_message(bid.digest, document)
    await _require_signed(work, authority, bid, certificate, signature, message)
    now = await work.clock()
    require_on_time(section.state, section.deadline, now)
    work.session.add(
        Confirmation(
            bid=bid.id, region=bid.region, version=current.version, signature=signature, certificate=certificate,
            confirmed_at=now,
        )
    )  # fmt: skip
    by_another = {} if certificate == bid.certificate else {"certificate": b64(certificate)}
    work.record(
        Event.BID_CONFIRMED, bid.id, section=section.id, region=section.region, version=current.version,
        document=b64(document), manifest=b64(bid.digest), signature=b64(signature), **by_another,
    ).at = now  # fmt: skip
    return current.version


async def confirmed_version(session: AsyncSession, bid: Bid) -> int:
    """The version of the document that a bid holds for: the one in force when it was accepted, or confirmed later."""
    return (await confirmed_versions(session, bid.section, bid.id)).get(bid.id, 1)


async def confirmed_versions(session: AsyncSession, section: str, bid: str | None = None) -> Mapping[str, int]:
    """`confirmed_version` of every bid ever accepted in a section (or of one of them), by bid."""
    rested = (
        select(func.max(DocumentVersion.version))
        .where(DocumentVersion.section == Bid.section, DocumentVersion.issued_at <= Bid.submitted_at)
        .correlate(Bid)
        .scalar_subquery()
    )
    confirmed = (
        select(func.max(Confirmation.version)).where(Confirmation.bid == Bid.id).correlate(Bid).scalar_subquery()
    )
    wanted = select(Bid.id, func.greatest(rested, confirmed, 1)).where(
        Bid.section == section, Bid.submitted_at.is_not(None)
    )
    rows = await session.execute(wanted if bid is None else wanted.where(Bid.id == bid))
    return {found: version for found, version in rows}


async def stated_versions(session: AsyncSession, section: str) -> Mapping[str, int]:
    """`confirmed_versions` as the opening record states them: none while the document had but one version."""
    current = await session.scalar(select(Document.version).where(Document.section == section))
    return {} if current == 1 else await confirmed_versions(session, section)


async def unconfirmed(session: AsyncSession, actor: Actor) -> set[str]:
    """The acting body's standing bids that rest on a version of the document which is no longer in force."""
    done = select(Confirmation.bid).where(Confirmation.bid == Bid.id, Confirmation.version == Document.version)
    wanted = (
        select(Bid.id)
        .join(Document, Document.section == Bid.section)
        .where(Bid.bidder == actor.organisation, Bid.state == BidState.SUBMITTED)
        .where(Document.version > 1, Document.frozen_at > Bid.submitted_at, ~done.exists())
    )
    return set(await session.scalars(wanted))


async def _require_signed(
    work: Work, authority: bytes, bid: Bid, certificate: bytes, signature: bytes, message: bytes
) -> None:
    """`signing.…` unless a certified, unrevoked key of the bid's own body signed the 32-byte message."""
    bidder = await work.session.get_one(Organisation, bid.bidder)
    signed = verify_signature(authority, certificate, signature, message, work.ctx.now)
    await refuse_revoked(work.session, signed)
    if signed.serial != bidder.credit_code:
        raise Problem("signing.not-yours", serial=signed.serial, expected=bidder.credit_code)
