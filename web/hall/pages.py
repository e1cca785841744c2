"""The opening hall for everybody who looks: spectators, bidders with a part of their own, the big screen, the record."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.channels import section_channel
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from infra.live import cursor_of
from trading.opening.confirming import DURING
from trading.opening.hall import OwnBid, Scene, own_bid_in, scene, silent
from trading.opening.rescue import Rescue, rescue_of
from trading.publication.queries import Dossier, dossier
from web.hall.view import NAMES, RECORD, may_host, view
from web.public.boards import log_status
from web.public.desk import Desk
from web.public.kept import KEPT
from web.public.section_view import BODIES, CAUSES, STAGES, regime_of
from web.render import PageResponse, page
from web.state import LogStatus
from web.visit import Visit

SECONDS = 1.0
"""How old a kept hall may be in what no event tells of: a deadline that passes."""
Make = Callable[[AsyncSession, Dossier, Scene, int], Awaitable[PageResponse]]


@get("/sections/{tender:str}/{number:str}/hall", opt=KEPT)
async def hall(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """The opening, live: the same page for all who are not signed in; before the closing it tells nothing of bids."""

    async def make(session: AsyncSession, found: Dossier, shown: Scene, cursor: int) -> PageResponse:
        own = await _own(session, desk.visit, found)
        rescue = await rescue_of(session, desk.visit.actor, own.id, desk.visit.now) if own and found.closed else None
        return hall_page(desk.visit, desk.stack.demo, found, shown, cursor, own, rescue)

    return await _kept(desk.asking(), f"{tender}/{number}", make)


@get("/sections/{tender:str}/{number:str}/hall/screen", opt=KEPT)
async def screen(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """The opening for a wall of 1920 × 1080: large type, no input, the root of the public log."""

    async def make(session: AsyncSession, found: Dossier, shown: Scene, cursor: int) -> PageResponse:
        return screen_page(desk.visit, desk.stack.demo, found, shown, cursor, await log_status(session))

    return await _kept(desk.asking(), f"{tender}/{number}", make)


@get("/sections/{tender:str}/{number:str}/opening-record", opt=KEPT)
async def opening_record(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """The opening record 开标记录表 to read and print, public after the opening (EBM 32); `record.none` before."""

    async def make(session: AsyncSession, found: Dossier, shown: Scene, cursor: int) -> PageResponse:
        if found.section.opened_at is None:
            raise Problem("record.none", section=found.section.id)
        told = view(desk.visit, found, shown, None)
        return page(
            desk.visit,
            "hall/record.html",
            demo=desk.stack.demo,
            told=told,
            silent=silent(shown),
            **_facts(found, shown),
        )

    return await _kept(desk.asking(), f"{tender}/{number}", make)


def hall_page(
    visit: Visit,
    demo: bool,
    found: Dossier,
    shown: Scene,
    cursor: int,
    own: OwnBid | None,
    rescue: Rescue | None = None,
) -> PageResponse:
    """The hall of a scene, for a spectator or (with a bid of its own) a bidder."""
    told = view(visit, found, shown, own)
    answerable = own is not None and not (shown.record and shown.record.settled_at) and found.section.state in DURING
    return page(
        visit,
        "hall/hall.html",
        demo=demo,
        cursor=cursor,
        told=told,
        rescue=rescue,
        may_confirm=told.phase == RECORD and own is not None and own.id not in shown.confirmed,
        may_object=answerable and told.own_row is not None,
        hosts=may_host(visit.actor, found),
        **_facts(found, shown),
    )


def screen_page(
    visit: Visit, demo: bool, found: Dossier, shown: Scene, cursor: int, log: LogStatus | None
) -> PageResponse:
    """The screen of a scene; more than a screenful of bids stand on pages that turn by themselves."""
    told = view(visit, found, shown, None)
    return page(
        visit, "hall/screen.html", demo=demo, cursor=cursor, log=log, told=told, names=NAMES, **_facts(found, shown)
    )


async def _own(session: AsyncSession, visit: Visit, found: Dossier) -> OwnBid | None:
    return await own_bid_in(session, visit.actor, found.section.id) if visit.actor.role is Role.BIDDER else None


def _facts(found: Dossier, shown: Scene) -> dict[str, Any]:
    return {
        "found": found,
        "section": found.section,
        "shown": shown,
        "regime": regime_of(found),
        "channel": section_channel(found.section.id),
        "bodies": BODIES,
        "stages": STAGES,
        "causes": CAUSES,
    }


async def _kept(desk: Desk, section: str, show: Make) -> Response[bytes]:
    """A page of the hall, never older than the last event that the section's channel has told."""
    database = desk.stack.database
    async with database.reading() as session:
        newest = await cursor_of(session, section_channel(section)) if "\0" not in section else 0

    async def make(_: Any) -> PageResponse:
        async with database.reading() as session:
            # The cursor first: what happens while the rest is read is told again, and nothing is missed.
            cursor = await cursor_of(session, section_channel(section))
            found = await dossier(session, section)
            shown = await scene(session, found.section)
            return await show(session, found, shown, cursor)

    version = (newest, await desk.kept.version())
    return await desk.kept.page_of(desk.request, desk.visit, version, make, SECONDS)


HANDLERS = [hall, screen, opening_record]
