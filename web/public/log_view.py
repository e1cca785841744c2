"""What the log explorer shows: the newest checkpoint, leaves told apart as far as anybody can, history, proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto.manifest import parse_manifest
from infra.db.journal import Line
from infra.kernel.events import Event
from infra.tlog import entry, store
from infra.tlog.evidence import QUORUM, latest
from infra.tlog.tables import Checkpoint, Cosignature, TimeToken
from infra.tlog.tiles import ENTRIES, WIDTH
from infra.tlog.told_periods import ToldPeriod, told_periods
from trading.bidding.tables import Bid
from trading.publication.logged import disclosed
from web.announcing import published_bundle
from web.i18n import N_
from web.labels import EVENTS

PAGE = 64
STALLED = timedelta(seconds=30)
"""So much older than now a log's newest checkpoint is a gap worth an alarm: three beats of the night."""
EVENT, DUMMY, OPAQUE, HIDDEN = "event", "dummy", "opaque", "hidden"
STATES = {
    EVENT: N_("event"),
    DUMMY: N_("dummy"),
    OPAQUE: N_("not told apart yet"),
    HIDDEN: N_("event that is not public"),
}


class Signed(NamedTuple):
    """Who signed a checkpoint, and when: a trustee, or a time-stamp authority."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Head:
    """One checkpoint with who signed it; `stalled` where the log should have gone on since."""

    size: int
    root: str
    at: datetime
    cosigned: tuple[Signed, ...]
    stamped: tuple[Signed, ...]
    stalled: bool = False


@dataclass(frozen=True)
class Leaf:
    """One leaf: entry in hex, what it is as far as anybody can tell, and its event if that is disclosed."""

    index: int
    entry: str
    state: str
    line: Line | None

    @property
    def text(self) -> str:
        """The msgid that says what it is."""
        return STATES[self.state] if self.line is None else EVENTS[Event(self.line.event)]


async def newest_head(session: AsyncSession, now: datetime) -> Head | None:
    """The newest checkpoint that the quorum has co-signed, None before the first."""
    found = await latest(session, QUORUM)
    if found is None:
        return None
    [head] = await _heads(session, [found])
    return Head(head.size, head.root, head.at, head.cosigned, head.stamped, now - found.at > STALLED)


async def heads(session: AsyncSession, below: int | None, count: int = PAGE) -> list[Head]:
    """Kept co-signed checkpoints from the newest (or before the size `below`) backwards."""
    wanted = select(Checkpoint).where(Checkpoint.signers >= QUORUM).order_by(Checkpoint.size.desc()).limit(count)
    if below is not None:
        wanted = wanted.where(Checkpoint.size < below)
    return await _heads(session, (await session.execute(wanted)).scalars().all())


async def leaves(session: AsyncSession, low: int, high: int) -> list[Leaf]:
    """The leaves from `low` to before `high`, which lie in one tile, each told apart as far as anybody can."""
    data = await store.read_tile(session, ENTRIES, low // WIDTH) or b""
    start = low // WIDTH * WIDTH
    shown = {line.leaf: line for line in await disclosed(session, low, high)}
    periods = await told_periods(session, low, high)
    rows = [(index, data[(index - start) * 32 : (index - start + 1) * 32]) for index in range(low, high)]
    return [
        Leaf(index, found.hex(), _state(index, found, shown.get(index), periods), shown.get(index))
        for index, found in rows
        if found
    ]


class Sealing(NamedTuple):
    """The program that sealed a bid: version and hash as its manifest says, and the leaf that published it, if any did."""

    version: str
    bundle: str
    leaf: int | None


async def sealing_of(session: AsyncSession, line: Line | None) -> Sealing | None:
    """By what program a disclosed bid was sealed; None for other events. Programs of one's own are no fault."""
    if line is None or line.event not in (Event.BID_SUBMITTED, Event.BID_REPLACED):
        return None
    bid = await session.get(Bid, line.subject)
    if bid is None:
        return None
    client = parse_manifest(bid.manifest.encode()).client
    published = await published_bundle(session, client.bundle)
    return Sealing(client.version, client.bundle.hex(), None if published is None else published.leaf)


def in_words(lines: Sequence[Line]) -> list[Leaf]:
    """Disclosed events as leaves."""
    return [Leaf(line.leaf or 0, (line.entry or b"").hex(), EVENT, line) for line in lines]


def _state(index: int, found: bytes, line: Line | None, periods: Sequence[ToldPeriod]) -> str:
    if line is not None:
        return EVENT
    keys = [one.key for one in periods if one.first <= index and (one.end is None or index < one.end)]
    if not keys or keys[0] is None:
        return OPAQUE
    return DUMMY if found == entry.dummy(keys[0], index) else HIDDEN


async def _heads(session: AsyncSession, found: Sequence[Checkpoint]) -> list[Head]:
    sizes = [one.size for one in found]
    signed = select(Cosignature).where(Cosignature.size.in_(sizes)).order_by(Cosignature.trustee)
    stamped = select(TimeToken.size, TimeToken.authority, TimeToken.at).where(TimeToken.size.in_(sizes))
    cosigned: dict[int, list[Signed]] = {size: [] for size in sizes}
    tokens: dict[int, list[Signed]] = {size: [] for size in sizes}
    for one in (await session.execute(signed)).scalars():
        cosigned[one.size].append(Signed(one.trustee, one.at))
    for size, name, at in await session.execute(stamped.order_by(TimeToken.authority)):
        tokens[size].append(Signed(name, at))
    return [Head(one.size, one.root.hex(), one.at, tuple(cosigned[one.size]), tuple(tokens[one.size])) for one in found]
