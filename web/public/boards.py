"""What the home page shows, read in one go: figures, today's openings, newest notices, results, the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.tlog.evidence import latest as newest_checkpoint
from infra.tlog.tables import Cosignature
from trading.notices.kinds import Category, NoticeKind
from trading.notices.queries import HomeFigures, home_figures, latest
from trading.notices.tables import Notice
from trading.notices.tallies import Facets, Tallies
from web.i18n import N_, next_midnight
from web.public.forms import Link
from web.public.fresh import Fresh
from web.public.kept import Kept
from web.public.openings import openings_today
from web.state import LogStatus, Opening, Openings, Stack
from web.visit import Visit

LISTED = 14
TABS: dict[str, tuple[str, tuple[NoticeKind, ...]]] = {
    "latest": (N_("Newest notices"), ()),
    "tenders": (N_("Tender notices"), (NoticeKind.TENDER,)),
    "results": (N_("Results"), (NoticeKind.CANDIDATES, NoticeKind.AWARD)),
    "contracts": (N_("Contracts"), (NoticeKind.CONTRACT,)),
    "changes": (N_("Changed or ended"), (NoticeKind.AMENDMENT, NoticeKind.TERMINATED, NoticeKind.FAILED)),
}


@dataclass(frozen=True)
class Home:
    """Everything on the home page that comes from data, as it stood at an instant."""

    read_at: datetime
    figures: HomeFigures
    facets: Facets
    openings: Openings
    notices: list[Notice]
    results: list[Notice]
    announcements: list[Notice]
    log: LogStatus | None

    def next_opening(self, now: datetime) -> Opening | None:
        """The opening whose deadline comes next, today or later."""
        ahead = [opening for opening in self.openings.today if opening.at > now]
        return ahead[0] if ahead else self.openings.following

    @property
    def ends(self) -> datetime:
        """When the openings stand differently by themselves: at the next deadline, or when the day is over."""
        ahead = self.next_opening(self.read_at)
        return min(next_midnight(self.read_at), ahead.at) if ahead else next_midnight(self.read_at)


class HomeBoard:
    """The home page's data by tab, for both languages and those signed in alike."""

    def __init__(self) -> None:
        self._homes = Fresh[Home](len(TABS), ends=lambda home: home.ends)

    async def read(self, stack: Stack, kept: Kept, tab: str, now: datetime, version: Any) -> Home:
        """The data of one tab, not older than a version of the notices, and at most `stack.pages_keep` seconds old."""

        async def make() -> Home:
            return await read_home(stack, tab, now, await kept.tallies(version, now))

        return await self._homes.get(tab, version, now, stack.pages_keep, make)


async def read_home(stack: Stack, tab: str, now: datetime, tallies: Tallies) -> Home:
    """Read the home page's data for one tab."""
    async with stack.database.reading() as session:
        return Home(
            read_at=now,
            figures=await home_figures(session, now, tallies),
            facets=tallies.all.facets(),
            openings=await (stack.openings or openings_today)(session, now),
            notices=await latest(session, TABS[tab][1], LISTED),
            results=await latest(session, (NoticeKind.CANDIDATES, NoticeKind.AWARD), 5),
            announcements=await latest(session, (NoticeKind.PLATFORM,), 3),
            log=await (stack.log_status or log_status)(session),
        )


async def log_status(session: AsyncSession) -> LogStatus | None:
    """The newest checkpoint that a quorum has co-signed, else the newest at all; None before the first."""
    found = await newest_checkpoint(session, QUORUM) or await newest_checkpoint(session)
    if found is None:
        return None
    signers = select(Cosignature.trustee).where(Cosignature.size == found.size).order_by(Cosignature.trustee)
    names = tuple((await session.execute(signers)).scalars())
    return LogStatus(found.root.hex(), found.size, found.at, names)


def tab_links(visit: Visit, tab: str) -> list[Link]:
    """The tabs over the newest notices."""
    return [
        Link(text, visit.url("/", {"tab": None if name == "latest" else name}) + "#notices", name == tab)
        for name, (text, _) in TABS.items()
    ]


def quick_links(visit: Visit, home: Home) -> list[Link]:
    """The searches people come for, with how many there are; `chosen` marks those with a deadline, none gives nothing."""
    figures, soonest = home.figures, {"status": "open", "order": "closes"}
    found = [
        Link(N_("Openings today"), "#openings", True, len(home.openings.today)),
        Link(
            N_("Closing within 48 hours"),
            visit.url("/notices", {"kind": NoticeKind.TENDER, **soonest}),
            True,
            figures.closing_in_48_hours,
        ),
        Link(
            N_("In publicity"),
            visit.url("/notices", {"kind": NoticeKind.CANDIDATES, **soonest}),
            False,
            figures.in_publicity,
        ),
    ]
    trades = [
        Link(text, visit.url("/notices", {"category": category}), False, home.facets.categories.get(category))
        for category, text in _BY_TRADE.items()
    ]
    return [link for link in found + trades if link.number]


QUORUM = 2
_BY_TRADE = {
    Category.CONSTRUCTION: N_("Construction"),
    Category.PROCUREMENT: N_("Procurement"),
    Category.LAND: N_("Land use rights"),
}
