"""A bid beside the document in force: what changed since it was handed in, and the form that confirms it for that version."""

from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import b64
from trading.bidding.queries import OwnBid, find_own
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.clarifications.confirming import confirmed_version
from trading.clarifications.diff import changed_numbers
from trading.clarifications.queries import versions_of
from trading.sections.tables import DocumentVersion
from web.bidder.words import refusals
from web.public.document_changes import Comparison, clauses_of, compared, words
from web.render import page
from web.state import Stack
from web.visit import Visit

BIDDER = {"audience": "bidder"}


class Recheck(NamedTuple):
    """A bid that holds for an earlier version than the one in force, and which clauses changed in between."""

    bid: str
    holds_for: int
    version: int
    clauses: list[int]
    comparison: Comparison


async def recheck(session: AsyncSession, visit: Visit, bid: Bid, title: str) -> Recheck | None:
    """What the bidder of a standing bid must look at again; None where it holds for the version in force."""
    versions = await versions_of(session, bid.section)
    if bid.state != BidState.SUBMITTED or len(versions) < 2:
        return None
    held = await confirmed_version(session, bid)
    if held == versions[-1].version:
        return None
    before, now = versions[held - 1], versions[-1]
    clauses = await clauses_of(session, title, before), await clauses_of(session, title, now)
    comparison = compared(visit, before, now, clauses)
    return Recheck(bid.id, held, now.version, changed_numbers(comparison.clauses), comparison)


@get("/bids/{bid:str}/confirmation", opt=BIDDER)
async def confirmation_page(
    bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Confirming that a bid, as handed in, holds for the version in force: what changed, the consequence, a signature."""
    async with stack.database.reading() as session:
        own = await find_own(session, visit.actor, bid)
        told = await recheck(session, visit, own.bid, own.section.title)
        versions = await versions_of(session, own.section.id)
    assert own.section.deadline is not None
    return page(
        visit,
        "bidder/confirmation.html",
        demo=stack.demo,
        own=own,
        told=told,
        comparison=told.comparison if told else None,
        may=told is not None and own.open and visit.now < own.section.deadline,
        facts=_facts(visit, own, versions[-1]) if versions else {},
        **words(),
    )


def _facts(visit: Visit, own: OwnBid, version: DocumentVersion) -> dict[str, str]:
    return {
        "data-bid": own.bid.id,
        "data-account": visit.actor.id,
        "data-digest": b64(own.bid.digest),
        "data-document": b64(version.digest),
        "data-receipt": visit.url(f"/bids/{own.bid.id}/receipt"),
        "data-words": "{}",
        "data-refusals": refusals(visit),
    }


HANDLERS = [confirmation_page]
