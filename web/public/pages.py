"""Public pages: home, the list of notices, one notice, how sealing works, display preferences, health."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from sqlalchemy import text

from infra.edge import utc_now
from trading.notices.kinds import NoticeKind
from trading.notices.queries import Page, ending_of, find_notices, get_notice, versions
from trading.notices.tables import Notice
from trading.sections.queries import is_public, require_notice_up
from web.i18n import Language, iso, language_of
from web.public.boards import TABS, Home, quick_links, tab_links
from web.public.desk import Desk
from web.public.forms import (
    NoticeSearch,
    category_links,
    chips,
    kind_links,
    loosened,
    read_search,
    sort_links,
    status_links,
    turn_links,
)
from web.public.kept import KEPT
from web.public.notice_facts import changes, in_words, told_facts
from web.public.table import notice_rows
from web.render import PageResponse, page
from web.security import LANGUAGE, TEXT, is_secure, preference_cookie
from web.state import Clock, Stack
from web.visit import AnyRequest, Visit, local_path

PUBLIC = {"audience": "public"}


@get("/", opt=KEPT)
async def home(desk: NamedDependency[Desk]) -> Response[Any]:
    """The home page; whoever chose English before is led to it from the bare address."""
    asked = desk.visit
    if asked.language is Language.ZH and not asked.query and desk.request.cookies.get(LANGUAGE) == Language.EN:
        return Redirect("/en", status_code=302, headers={"Vary": "Cookie"})
    tab = desk.request.query_params.get("tab", "latest")
    tab = tab if tab in TABS else "latest"
    desk = desk.asking(tab=tab if tab != "latest" else None)
    visit, stack = desk.visit, desk.stack

    async def make(version: Any) -> PageResponse:
        return _home(visit, stack, tab, await desk.board.read(stack, desk.kept, tab, visit.now, version))

    return await desk.kept.page(desk.request, visit, make)


@get("/notices", opt=KEPT)
async def notice_list(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The list of notices: search, facets, order and page all stand in the address."""
    search = read_search(dict(desk.request.query_params))
    desk = desk.asking(**search.asked)
    visit, stack = desk.visit, desk.stack

    async def make(version: Any) -> PageResponse:
        tallies = await desk.kept.tallies(version, visit.now)
        async with stack.database.reading() as session:
            found = await find_notices(session, search.wanted, visit.now, tallies)
        return _list(visit, stack, search, found)

    return await desk.kept.page(desk.request, visit, make)


@get("/notices.csv", opt=PUBLIC)
async def notice_table(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Stream:
    """The filtered list as CSV (UTF-8 with a mark for spreadsheets), at most 10,000 rows."""
    search = read_search(dict(request.query_params))
    headers = {"Content-Disposition": 'attachment; filename="notices.csv"', "Cache-Control": "no-cache"}
    return Stream(notice_rows(stack, visit, search), media_type="text/csv", headers=headers)


@get("/notices/{notice_id:str}", opt=KEPT)
async def notice_page(notice_id: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """One notice, current or superseded, with what was published verbatim."""
    desk = desk.asking()

    async def make(_: Any) -> PageResponse:
        async with desk.stack.database.reading() as session:
            notice = await get_notice(session, notice_id)
            await require_notice_up(session, notice.section)
            history = await versions(session, notice)
            own = notice.section is not None and await is_public(session, notice.section)
            ending = await ending_of(session, notice)
        return _notice(desk.visit, desk.stack, notice, history, own, ending)

    return await desk.kept.page(desk.request, desk.visit, make)


@get("/sealing", opt=KEPT)
async def sealing(desk: NamedDependency[Desk]) -> Response[bytes]:
    """How sealing works, in plain words."""
    desk = desk.asking()

    async def make(_: Any) -> PageResponse:
        return page(desk.visit, "public/sealing.html", demo=desk.stack.demo)

    return await desk.kept.page_of(desk.request, desk.visit, 0, make)


@get("/preferences", opt=PUBLIC, sync_to_thread=False)
def preferences(request: AnyRequest, stack: NamedDependency[Stack]) -> Redirect:
    """Keep the language or the size of text chosen, and go back to the same page and filters."""
    secure = is_secure(stack.settings)
    language, target = language_of(local_path(request.query_params.get("to")))
    cookies = []
    if (chosen := request.query_params.get("language")) in set(Language):
        language = Language(chosen)
        cookies.append(preference_cookie(LANGUAGE, chosen, secure))
    if (size := request.query_params.get("text")) in ("large", "normal"):
        cookies.append(preference_cookie(TEXT, size, secure))
    path = language.prefix + target if target != "/" or not language.prefix else language.prefix
    return Redirect(path, status_code=303, cookies=cookies, headers={"Cache-Control": "no-store"})


@get("/time", opt=PUBLIC)
async def platform_time(clock: NamedDependency[Clock]) -> Response[dict[str, str]]:
    """The platform's time in UTC to the millisecond, for clocks that run in the page."""
    now = await clock.now()
    told = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Response({"now": told}, headers={"Cache-Control": "no-store"})


@get("/healthz", opt=PUBLIC)
async def health(stack: NamedDependency[Stack]) -> Response[dict[str, str]]:
    """200 when the database answers; otherwise the error handler's 500."""
    async with stack.database.reading() as session:
        await session.execute(text("SELECT 1"))
    return Response({"status": "ok", "at": iso(utc_now())}, headers={"Cache-Control": "no-store"})


def _home(visit: Visit, stack: Stack, tab: str, found: Home) -> PageResponse:
    return page(
        visit,
        "public/home.html",
        demo=stack.demo,
        home=found,
        next_opening=found.next_opening(visit.now),
        tabs=tab_links(visit, tab),
        quick=quick_links(visit, found),
    )


def _list(visit: Visit, stack: Stack, search: NoticeSearch, found: Page) -> PageResponse:
    return page(
        visit,
        "public/notices.html",
        demo=stack.demo,
        search=search,
        found=found,
        chips=chips(visit, search),
        kinds=kind_links(visit, search, found.facets),
        categories_found=category_links(visit, search, found.facets),
        counted_all=not found.facets.more,
        statuses=status_links(visit, search),
        sorts=sort_links(visit, search),
        turns=turn_links(visit, found),
        loosened=[] if found.items else loosened(visit, search),
        csv_path=visit.url("/notices.csv", search.filters),
    )


def _notice(
    visit: Visit, stack: Stack, notice: Notice, history: Sequence[Notice], own: bool, ending: Notice | None
) -> PageResponse:
    return page(
        visit,
        "public/notice.html",
        demo=stack.demo,
        notice=notice,
        facts=told_facts(visit, notice),
        history=history,
        section_path=f"/sections/{notice.section}" if own else None,
        current=history[-1],
        changes=changes(visit, notice, history),
        ending=ending,
        ended_why=in_words(visit, "reason", ending.facts.get("reason")) if ending else None,
        in_publicity=notice.kind == NoticeKind.CANDIDATES,
    )


HANDLERS = [home, notice_list, notice_table, notice_page, sealing]
PLAIN_HANDLERS = [preferences, platform_time, health]
