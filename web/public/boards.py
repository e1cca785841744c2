"""What the home page shows, read in one go: figures, today's openings, newest notices, results, the log."""

from asyncio import Lock
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.tlog.evidence import latest as newest_checkpoint
from infra.tlog.tables import Cosignature
from trading.notices.queries import Facets, HomeFigures, NoticeFilter, facets, home_figures, latest
from trading.notices.tables import Category, Notice, NoticeKind
from web.i18n import N_
from web.public.forms import Link
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
    """Everything on the home page that comes from data."""

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


class HomeBoard:
    """The home page's data by tab, read once by whoever comes first and kept for a few seconds."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Home]] = {}
        self._lock = Lock()

    async def read(self, stack: Stack, tab: str, now: datetime) -> Home:
        """The data of one tab, at most `stack.home_keeps` seconds old."""
        async with self._lock:
            at, home = self._kept.get(tab, (0.0, None))
            if home is None or monotonic() - at >= stack.home_keeps:
                home = await read_home(stack, tab, now)
                self._kept[tab] = (monotonic(), home)
            return home


async def read_home(stack: Stack, tab: str, now: datetime) -> Home:
    """Read the home page's data for one tab."""
    async with stack.database.reading() as session:
        return Home(
            figures=await home_figures(session, now),
            facets=await facets(session, NoticeFilter(), now),
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
    """The searches people come for, with how many there are; `chosen` marks those with a deadline."""
    figures = home.figures
    found = [
        Link(N_("Openings today"), "#openings", True, len(home.openings.today)),
        Link(
            N_("Closing within 48 hours"),
            visit.url("/notices", {"kind": NoticeKind.TENDER, "status": "open", "order": "closes"}),
            True,
            figures.closing_in_48_hours,
        ),
        Link(
            N_("In publicity"),
            visit.url("/notices", {"kind": NoticeKind.CANDIDATES, "status": "open", "order": "closes"}),
            False,
            figures.in_publicity,
        ),
    ]
    return found + [
        Link(text, visit.url("/notices", {"category": category}), False, home.facets.categories[category])
        for category, text in _BY_TRADE.items()
        if home.facets.categories.get(category)
    ]


QUORUM = 2
_BY_TRADE = {
    Category.CONSTRUCTION: N_("Construction"),
    Category.PROCUREMENT: N_("Procurement"),
    Category.LAND: N_("Land use rights"),
}
