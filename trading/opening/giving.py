"""What bidders gave to let their bids be opened: factors and parts shown in plain; and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.kernel.canonical import unb64
from trading.opening.reading import Block, Sealed, Shown
from trading.opening.rules import MISSING, OVERDUE
from trading.opening.tables import BidFactor, OpeningWindow, Remedy

RELEASE, FACTOR, SECOND_RELEASE = "release", "factor", "second-release"
"""The kinds of windows; the last is for the keys of the second envelopes."""
FACTOR_LABEL, REMEDY_LABEL = "bidder factor", "remedy key"
KEY = 32
"""Bytes of a salt; what stands before it in a wrapped remedy is the key, which some suites have shorter."""

Parts = Mapping[tuple[str, str], tuple[tuple[Block, ...], Shown]]
"""By bid and part."""


@dataclass(frozen=True)
class Given:
    """What stands given in a section: factors by bid (None where it asks for none), parts shown, `enough` keys.

    While it `waits` a factor that is not there yet may still come.
    """

    factors: Mapping[str, bytes] | None = field(repr=False)
    shown: Parts = field(repr=False)
    enough: bool
    waits: bool

    def ready(self, bid: str, parts: Sequence[Sealed]) -> list[Sealed]:
        """The parts with all that was given for them, or nothing while the bid's factor may still come."""
        factor = None if self.factors is None else self.factors.get(bid)
        lacks = self.factors is not None and factor is None
        if lacks and self.waits and self.enough and not any((bid, one.part) in self.shown for one in parts):
            return []
        barred = OVERDUE if not self.enough else MISSING if lacks else None
        return [self._part(one, factor, barred) for one in parts]

    def _part(self, one: Sealed, factor: bytes | None, barred: str | None) -> Sealed:
        known = self.shown.get((one.bid, one.part))
        if known is not None:
            return replace(one, blocks=known[0], shown=known[1])
        return replace(one, factor=factor, barred=barred)


def over(window: OpeningWindow | None) -> bool:
    """Whether a window ended with something missing."""
    return window is not None and window.closed_at is not None


async def windows_of(session: AsyncSession, section: str) -> dict[str, OpeningWindow]:
    """A section's windows by kind."""
    rows = await session.scalars(select(OpeningWindow).where(OpeningWindow.section == section))
    return {one.kind: one for one in rows}


async def factors_of(session: AsyncSession, keys: KeyService, section: str) -> dict[str, bytes]:
    """The factors that stand given in a section, by bid."""
    rows = await session.scalars(select(BidFactor).where(BidFactor.section == section, BidFactor.wrapped.is_not(None)))
    return {one.bid: keys.unwrap(FACTOR_LABEL, one.bid, one.wrapped) for one in rows if one.wrapped is not None}


async def shown_of(session: AsyncSession, keys: KeyService, section: str) -> Parts:
    """The parts of a section that were shown in plain: their blocks in the store, key and salt."""
    rows = await session.scalars(select(Remedy).where(Remedy.section == section))
    found = {}
    for one in rows:
        secret = keys.unwrap(REMEDY_LABEL, f"{one.bid}/{one.part}", one.wrapped)
        blocks = (Block(number, unb64(row["leaf"]), row["version"]) for number, row in enumerate(one.blocks))
        found[one.bid, one.part] = tuple(blocks), Shown(secret[:-KEY], secret[-KEY:])
    return found
