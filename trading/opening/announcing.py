"""What is read out, the opening form or the price of a second envelope: which bids wait for it, and how it is logged."""

from collections.abc import Collection

from sqlalchemy import Select, select

from infra.auth.keys import PlatformKeys
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from trading.bidding.tables import Bid, BidPart
from trading.opening.plain import Plain
from trading.opening.states import Stage
from trading.opening.tables import BidOpening


def unread(
    part: str, bids: Collection[str], stages: Collection[Stage]
) -> Select[Bid, BidOpening, Organisation, BidPart]:
    """Those of the bids that stand at one of the stages, locked, in order of submission: bid, opening, bidder, part."""
    return (
        select(Bid, BidOpening, Organisation, BidPart)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .join(Organisation, Organisation.id == Bid.bidder)
        .join(BidPart, (BidPart.bid == Bid.id) & (BidPart.part == part))
        .where(Bid.id.in_(bids), BidOpening.stage.in_(stages))
        .order_by(Bid.submitted_at, Bid.id)
        .with_for_update(of=[Bid, BidOpening])
    )


def tell_opened(
    work: Work,
    keys: PlatformKeys,
    event: Event,
    bid: Bid,
    body: Organisation,
    part: BidPart,
    plain: Plain,
    manifest: bytes,
) -> None:
    """Log what was read out beside the hash of its manifest; the part's input key is kept wrapped."""
    part.wrapped_key = keys.service.wrap("bid input key", f"{bid.id}/{part.part}", plain.key, work.ctx.random)
    part.plain_size = plain.size
    work.record(
        event,
        bid.id,
        section=bid.section,
        region=bid.region,
        bidder=body.credit_code,
        name=body.name,
        form=plain.content.decode(),
        form_salt=b64(plain.salt),
        manifest=b64(manifest),
    )
