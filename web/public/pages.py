"""Public pages: home, the list of notices, one notice, how sealing works, display preferences, health."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from sqlalchemy import text

from infra.edge import utc_now
from trading.notices.queries import facets, find_notices, get_notice, versions
from trading.notices.tables import NoticeKind
from trading.sections.queries import is_public
from web.i18n import Language, iso, language_of
from web.labels import facts_in_order
from web.public.boards import TABS, HomeBoard, quick_links, tab_links
from web.public.forms import (
    category_links,
    chips,
    kind_links,
    loosened,
    page_links,
    read_search,
    sort_links,
    status_links,
    turned,
)
from web.public.table import notice_rows
from web.render import page
from web.security import LANGUAGE, TEXT, is_secure, preference_cookie
from web.state import Clock, Stack
from web.visit import AnyRequest, Visit, local_path

PUBLIC = {"audience": "public"}


@get("/", opt=PUBLIC)
async def home(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
    board: NamedDependency[HomeBoard],
) -> Response[Any]:
    """The home page; whoever chose English before is led to it from the bare address."""
    if visit.language is Language.ZH and not visit.query and request.cookies.get(LANGUAGE) == Language.EN:
        return Redirect("/en", status_code=302, headers={"Vary": "Cookie"})
    tab = request.query_params.get("tab", "latest")
    tab = tab if tab in TABS else "latest"
    found = await board.read(stack, tab, visit.now)
    return page(
        visit,
        "public/home.html",
        demo=stack.demo,
        home=found,
        next_opening=found.next_opening(visit.now),
        tabs=tab_links(visit, tab),
        quick=quick_links(visit, found),
    )


@get("/notices", opt=PUBLIC)
async def notice_list(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The list of notices: search, facets, order and page all stand in the address."""
    search = read_search(dict(request.query_params))
    async with stack.database.reading() as session:
        found = await find_notices(session, search.wanted, visit.now)
        counted = await facets(session, search.wanted, visit.now)
    return page(
        visit,
        "public/notices.html",
        demo=stack.demo,
        search=search,
        found=found,
        chips=chips(visit, search),
        kinds=kind_links(visit, search, counted),
        categories_found=category_links(visit, search, counted),
        statuses=status_links(visit, search),
        sorts=sort_links(visit, search),
        turns=page_links(visit, found),
        before=turned(visit, found.page - 1) if found.page > 1 else None,
        after=turned(visit, found.page + 1) if found.page < found.pages else None,
        loosened=[] if found.items else loosened(visit, search),
        csv_path=visit.url("/notices.csv") + (f"?{visit.query}" if visit.query else ""),
    )


@get("/notices.csv", opt=PUBLIC)
async def notice_table(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Stream:
    """The filtered list as CSV (UTF-8 with a mark for spreadsheets), at most 10,000 rows."""
    search = read_search(dict(request.query_params))
    headers = {"Content-Disposition": 'attachment; filename="notices.csv"', "Cache-Control": "no-cache"}
    return Stream(notice_rows(stack, visit, search), media_type="text/csv", headers=headers)


@get("/notices/{notice_id:str}", opt=PUBLIC)
async def notice_page(
    notice_id: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One notice, current or superseded, with what was published verbatim."""
    async with stack.database.reading() as session:
        notice = await get_notice(session, notice_id)
        history = await versions(session, notice)
        own = notice.section is not None and await is_public(session, notice.section)
    return page(
        visit,
        "public/notice.html",
        demo=stack.demo,
        notice=notice,
        facts=facts_in_order(notice.facts),
        history=history,
        section_path=f"/sections/{notice.section}" if own else None,
        current=history[-1],
        in_publicity=notice.kind == NoticeKind.CANDIDATES,
    )


@get("/sealing", opt=PUBLIC, sync_to_thread=False)
def sealing(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """How sealing works, in plain words."""
    return page(visit, "public/sealing.html", demo=stack.demo)


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


HANDLERS = [home, notice_list, notice_table, notice_page, sealing]
PLAIN_HANDLERS = [preferences, platform_time, health]
