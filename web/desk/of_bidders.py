"""The workbench of a bidder: what is unfinished, what stands, what is opened, and what could be bid for."""

from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import SigningKey
from infra.db.journal import Line
from infra.kernel.context import Actor
from infra.tlog.evidence import QUORUM
from infra.tlog.tables import Checkpoint
from trading.bidding.queries import STANDING
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.clarifications.confirming import unconfirmed
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.desk.todo import Bench, Due, Step, Todo
from web.i18n import N_

MOST = 200
CHANCES = 5
_S = SectionState
RESULTS = (_S.MARKED, _S.REPORTED, _S.PUBLICITY, _S.DETERMINED)


async def bench_of_bidder(session: AsyncSession, actor: Actor, now: datetime) -> Bench:
    """A bidder's workbench; never anything of another bidder."""
    bench = Bench()
    rows = await _own(session, actor)
    standing = {section.id for bid, section in rows if bid.state in STANDING}
    outdated = await unconfirmed(session, actor)
    for bid, section in rows:
        if bid.id in outdated and section.state == _S.BIDDING:
            text = N_("The document has changed: confirm your bid or seal anew")
            bench.todos.append(Todo(text, section.title, f"/bids/{bid.id}/confirmation", section.deadline))
        if bid.state != BidState.STARTED:
            bench.add(_of_standing(bid, section))
        elif section.id not in standing and section.state == _S.BIDDING and section.deadline and section.deadline > now:
            bench.todos.append(
                Todo(N_("Finish your bid"), section.title, f"/sections/{section.id}/bid", section.deadline)
            )
    bench.waiting += await _receipts(session, actor)
    bench.dues += await _chances(session, actor, now)
    bench.steps = await _first_steps(session, actor, bool(rows))
    return bench


def _of_standing(bid: Bid, section: Section) -> list[Todo | Due]:
    state, path = SectionState(section.state), f"/sections/{section.id}"
    if state is _S.BIDDING and section.deadline:
        return [Due(section.deadline, N_("Your bid is in; opening"), section.title, f"/bids/{bid.id}/receipt")]
    if state is _S.DECRYPTING:
        return [Todo(N_("Bids are being opened: follow the opening"), section.title, f"{path}/hall")]
    if state in (_S.OPENED, _S.EVALUATING):
        return [Todo(N_("Opened: look at your line of the record"), section.title, f"{path}/mine")]
    if state in RESULTS:
        found: list[Todo | Due] = [Todo(N_("Results and your marks are there"), section.title, f"{path}/mine")]
        if state is _S.PUBLICITY and section.publicity_ends:
            found.append(Due(section.publicity_ends, N_("Publicity of candidates ends"), section.title, path))
        return found
    return []


async def _own(session: AsyncSession, actor: Actor) -> list[tuple[Bid, Section]]:
    rows = await session.execute(
        select(Bid, Section)
        .join(Section, Section.id == Bid.section)
        .where(
            Bid.bidder == actor.organisation,
            Bid.state.in_((BidState.STARTED, *STANDING)),
            Section.state.not_in((_S.NOTIFIED, _S.FAILED)),
        )
        .order_by(Section.deadline, Bid.started_at.desc())
        .limit(MOST)
    )
    found: dict[tuple[str, bool], tuple[Bid, Section]] = {}
    for bid, section in rows:
        found.setdefault((section.id, bid.state == BidState.STARTED), (bid, section))
    return list(found.values())


async def _receipts(session: AsyncSession, actor: Actor) -> list[Todo]:
    """Bids whose last act the log is not co-signed over yet."""
    covered = select(func.coalesce(func.max(Checkpoint.size), 0)).where(Checkpoint.signers >= QUORUM)
    rows = await session.execute(
        select(Bid.id, Section.title)
        .join(Section, Section.id == Bid.section)
        .join(Line, Line.id == Bid.last_line)
        .where(
            Bid.bidder == actor.organisation,
            Section.state == _S.BIDDING,
            or_(Line.leaf.is_(None), Line.leaf >= covered.scalar_subquery()),
        )
    )
    return [Todo(N_("A receipt is being co-signed"), title, f"/bids/{bid}/receipt") for bid, title in rows]


async def _chances(session: AsyncSession, actor: Actor, now: datetime) -> list[Due]:
    """The next sections that are open for bids and that the bidder has not begun."""
    begun = exists().where(Bid.section == Section.id, Bid.bidder == actor.organisation)
    rows = await session.scalars(
        select(Section)
        .where(Section.state == _S.BIDDING, Section.deadline > now, ~begun)
        .order_by(Section.deadline)
        .limit(CHANCES)
    )
    return [
        Due(one.deadline, N_("Open for bids; deadline"), one.title, f"/sections/{one.id}")
        for one in rows
        if one.deadline
    ]


async def _first_steps(session: AsyncSession, actor: Actor, has_bids: bool) -> list[Step]:
    """What somebody new does first; nothing once there are bids."""
    if has_bids:
        return []
    keyed = await session.scalar(
        select(exists().where(SigningKey.organisation == actor.organisation, SigningKey.revoked_at.is_(None)))
    )
    return [
        Step(N_("Look whether your company profile is complete"), "/company", False),
        Step(N_("Check this device: browser, storage, clock, line"), "/device", False),
        Step(N_("Make a signing key (the bid room asks for it too)"), "/account", bool(keyed)),
        Step(N_("Find a tender and open its bid room"), "/notices?kind=tender-notice&status=open&order=closes", False),
    ]
