"""Reading inquiries: the committee's by whoever sits in it, one's own by the bidder asked, all with the marks."""

from collections.abc import Collection, Sequence
from fractions import Fraction

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.checks.prices import Low, abnormally_low
from trading.checks.queries import PRICE, limits_of
from trading.inquiries.rules import unasked
from trading.inquiries.states import OPEN, InquiryState
from trading.inquiries.tables import Inquiry
from trading.regimes.regime import Regime
from trading.sections.tables import Section

TOLD = (InquiryState.SENT, InquiryState.ANSWERED, InquiryState.SILENT)
"""What the bidder asked knows of; drafts and refused ones are the committee's."""


async def inquiries_of(session: AsyncSession, section_id: str) -> list[Inquiry]:
    """All inquiries of a section by number; the caller shows them to nobody outside the committee before the marks."""
    wanted = select(Inquiry).where(Inquiry.section == section_id).order_by(Inquiry.number)
    return list((await session.execute(wanted)).scalars())


async def own_inquiries(session: AsyncSession, actor: Actor, bid_id: str) -> list[Inquiry]:
    """What the acting body was asked about this bid of its own, the first first; empty for any other bid."""
    return list((await session.execute(_own(actor).where(Inquiry.bid == bid_id))).scalars())


async def own_inquiry(session: AsyncSession, actor: Actor, inquiry_id: str) -> Inquiry:
    """One of them; `inquiry.unknown` for every other id."""
    row = (await session.execute(_own(actor).where(Inquiry.id == inquiry_id))).scalar_one_or_none()
    if row is None:
        raise Problem("inquiry.unknown")
    return row


async def require_settled_inquiries(
    session: AsyncSession, section: Section, regime: Regime, valid: Sequence[Bid]
) -> None:
    """`inquiry.open` while one waits for leader or bidder, `inquiry.unasked` while an abnormally low price was not asked about.

    Of two envelopes the prices are opened later than this gate, so nothing is found there.
    """
    found = await inquiries_of(session, section.id)
    if waiting := [one for one in found if one.state in OPEN]:
        raise Problem("inquiry.open", number=waiting[0].number)
    if left := unasked(low_prices(section, regime, valid), asked_about(found)):
        raise Problem("inquiry.unasked", bids=len(left))


def low_prices(section: Section, regime: Regime, valid: Sequence[Bid]) -> dict[str, tuple[Low, ...]]:
    """Of the bids that take part, those with an abnormally low price by the rule set's figures."""
    limits = limits_of(regime)
    prices = {bid.id: Fraction(bid.form[PRICE]) for bid in valid if bid.form is not None and PRICE in bid.form}
    ceiling = None if section.ceiling is None else Fraction(section.ceiling, 100)
    return abnormally_low(prices, limits, ceiling) if any(limits) else {}


def asked_about(found: Sequence[Inquiry]) -> Collection[str]:
    """The bids about which a question went out."""
    return {one.bid for one in found if one.state in TOLD}


def _own(actor: Actor) -> Select[Inquiry]:
    return (
        select(Inquiry)
        .join(Bid, Bid.id == Inquiry.bid)
        .where(Bid.bidder == actor.organisation, Inquiry.state.in_(TOLD))
        .order_by(Inquiry.number)
    )
