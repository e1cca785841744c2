"""The composition root: one litestar application from one stack; every request passes the gate first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send

from infra.access.actions import refused
from infra.auth.sessions import SignedIn, find_session, take_only, touch
from infra.custody.bell import Bell
from infra.kernel.problems import Problem
from infra.live import Hub
from trading.messages.queries import COUNT_UNREAD
from trading.recordings.ingest import Ingest
from web.account import forms as account_forms
from web.account import pages as account_pages
from web.api.handlers import API
from web.bidder.handlers import HANDLERS as BIDDER
from web.centre.handlers import HANDLERS as CENTRE
from web.custody.handlers import HANDLERS as CUSTODY
from web.demo import phones
from web.desk.handlers import HANDLERS as DESK
from web.errors import handlers
from web.expert.handlers import HANDLERS as EXPERT
from web.expertpool.handlers import HANDLERS as EXPERTPOOL
from web.forms import form_page_of, keep_of_another_session, keep_typed
from web.hall.handlers import HANDLERS as HALL
from web.i18n import language_of
from web.judge.handlers import HANDLERS as JUDGE
from web.live import HANDLERS as LIVE
from web.market import pages as market_pages
from web.procurement.handlers import HANDLERS as PROCUREMENT
from web.public import (
    calendar,
    contracts,
    expert_account,
    expert_application,
    feed,
    inquiries,
    objections,
    report_paper,
    subjects,
    subscriptions,
)
from web.public import clarifications as section_changes
from web.public import draws as section_draws
from web.public import log as log_pages
from web.public import lotteries as lottery_pages
from web.public import pages as public_pages
from web.public import recordings as section_recordings
from web.public import sections as section_pages
from web.public.boards import HomeBoard
from web.public.desk import Desk
from web.public.kept import Kept
from web.public.section_files import Shelf
from web.public.verify import HANDLERS as VERIFY
from web.recordings import desk as recordings_desk
from web.recordings import keeping as recordings_keeping
from web.recordings import recorder_page, wall, watching
from web.regulator.handlers import HANDLERS as REGULATOR
from web.reply import pages as reply_pages
from web.security import (
    TEXT,
    VISITOR,
    AnyConnection,
    bearer,
    check_audience,
    check_form,
    header_writer,
    is_secure,
    session_cookie_name,
)
from web.state import Clock, Stack
from web.static import static_file
from web.supervision.handlers import HANDLERS as SUPERVISION
from web.visit import AnyRequest, Visit

FOOTING = "footing"

PAGES: list[ControllerRouterHandler] = [
    *public_pages.HANDLERS,
    *section_pages.HANDLERS,
    *report_paper.HANDLERS,
    *section_draws.HANDLERS,
    *section_recordings.HANDLERS,
    *section_changes.HANDLERS,
    *subscriptions.HANDLERS,
    *inquiries.HANDLERS,
    *objections.HANDLERS,
    *VERIFY,
    *log_pages.HANDLERS,
    *calendar.HANDLERS,
    *contracts.HANDLERS,
    *feed.HANDLERS,
    *subjects.HANDLERS,
    *market_pages.HANDLERS,
    *lottery_pages.HANDLERS,
    *account_pages.HANDLERS,
    *account_forms.HANDLERS,
    *DESK,
    *BIDDER,
    *PROCUREMENT,
    *CENTRE,
    *expert_application.HANDLERS,
    *expert_account.HANDLERS,
    *HALL,
    *JUDGE,
    *reply_pages.HANDLERS,
    *phones.HANDLERS,
    *EXPERT,
    *EXPERTPOOL,
    *REGULATOR,
    *SUPERVISION,
    *wall.HANDLERS,
    *recordings_desk.HANDLERS,
    *watching.HANDLERS,
    *recordings_keeping.HANDLERS,
    *recorder_page.HANDLERS,
    *CUSTODY,
]
PLAIN: list[ControllerRouterHandler] = [static_file, *public_pages.PLAIN_HANDLERS, *LIVE, *API]


def create_app(
    stack: Stack,
    *,
    pages: Sequence[ControllerRouterHandler] = (),
    plain: Sequence[ControllerRouterHandler] = (),
) -> Litestar:
    """The web application; `pages` are further page handlers (served in both languages), `plain` further API handlers.

    Every handler carries `opt={"audience": …}`: "public", "signed-in", a role, or several roles.
    """
    both = [*PAGES, *pages]
    app = Litestar(
        route_handlers=[
            Router("/", route_handlers=both),
            Router("/en", route_handlers=both),
            *PLAIN,
            *plain,
        ],
        middleware=[gate],
        dependencies={
            "stack": Provide(provide_stack, sync_to_thread=False),
            "clock": Provide(provide_clock, sync_to_thread=False),
            "hub": Provide(provide_hub, sync_to_thread=False),
            "ingest": Provide(provide_ingest, sync_to_thread=False),
            "desk": Provide(provide_desk, sync_to_thread=False),
            "visit": Provide(provide_visit, sync_to_thread=False),
        },
        exception_handlers=handlers(stack.demo),
        before_send=[header_writer(is_secure(stack.settings))],
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, exclude_opt_key="packed"),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    return placed(app, stack)


def placed(app: Litestar, stack: Stack) -> Litestar:
    """The application on this stack; its routes stay, so only one of the same mode and scheme may be placed anew."""
    app.state = State({FOOTING: Footing.on(stack)})
    return app


@dataclass(frozen=True)
class Footing:
    """What the requests of one application share: the stack, its clock, and what is kept between them."""

    stack: Stack
    clock: Clock
    hub: Hub
    kept: Kept
    board: HomeBoard
    shelf: Shelf
    ingest: Ingest

    @classmethod
    def on(cls, stack: Stack) -> "Footing":
        """With nothing kept yet."""
        hub = stack.hub or Hub(stack.database, stack.bell or Bell(stack.database.dsn))
        clock = Clock(stack.database)
        ingest = stack.ingest or Ingest(stack.database, stack.objects, stack.settings.home, clock.now)
        return cls(stack, clock, hub, Kept(stack), HomeBoard(), Shelf(), ingest)


def footing_of(connection: AnyConnection) -> Footing:
    """What the application that was asked stands on."""
    found: Footing = connection.app.state[FOOTING]
    return found


def provide_stack(request: AnyRequest) -> Stack:
    """The stack under this application."""
    return footing_of(request).stack


def provide_clock(request: AnyRequest) -> Clock:
    """The clock of its database."""
    return footing_of(request).clock


def provide_hub(request: AnyRequest) -> Hub:
    """What feeds its live pages."""
    return footing_of(request).hub


def provide_ingest(request: AnyRequest) -> Ingest:
    """What takes in the recordings of browsers."""
    return footing_of(request).ingest


def provide_desk(request: AnyRequest) -> Desk:
    """The public desk of one request."""
    footing = footing_of(request)
    return Desk(request, provide_visit(request.scope), footing.stack, footing.kept, footing.board, footing.shelf)


def gate(app: ASGIApp) -> ASGIApp:
    """Before every handler: `pass_gate`. As a guard it would be handed a copy of the handler, made for every request."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        await pass_gate(Request(scope, receive, send), scope["route_handler"])
        await app(scope, receive, send)

    return guarded


async def pass_gate(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Who is it, may they come in, did our own form send this."""
    if "\0" in connection.scope["path"]:
        # No name of ours holds a NUL, and PostgreSQL cannot even be asked for one.
        raise Problem("page.unknown", path=connection.url.path)
    stack, clock = footing_of(connection).stack, footing_of(connection).clock
    language, path = language_of(connection.scope["path"])
    now = await clock.now()
    token = bearer(connection) or connection.cookies.get(session_cookie_name(is_secure(stack.settings)))
    signed_in = await signed_in_by(stack, token, now) if token else None
    visit = Visit(
        language=language,
        path=path,
        query=connection.scope["query_string"].decode(),
        now=now,
        large_text=connection.cookies.get(TEXT) == "large",
        form_key=signed_in.csrf if signed_in else connection.cookies.get(VISITOR),
        signed_in=signed_in,
        unread=await unread_of(stack, connection, signed_in),
    )
    connection.scope["state"]["visit"] = visit
    try:
        check_audience(visit, handler)
    except Problem as problem:
        await record_refusal(stack, connection, handler, problem)
        if problem.code == "session.needed" and token and isinstance(connection, Request):
            problem.facts["back"] = await keep_typed(stack.database, connection, token)
        raise
    if isinstance(connection, Request):
        await pass_form(stack, connection, visit)


async def record_refusal(stack: Stack, connection: AnyConnection, handler: BaseRouteHandler, problem: Problem) -> None:
    """Whoever is signed in and asks for something sealed or personal of others leaves a line in the access log."""
    if "reads" not in handler.opt or problem.code != "page.not-yours":
        return
    visit, asked = provide_visit(connection.scope), connection.path_params
    section = f"{asked['tender']}/{asked['number']}" if {"tender", "number"} <= set(asked) else None
    who = (visit.actor, connection.client.host if connection.client else None)
    await refused(stack.database, *who, handler.opt["reads"], visit.path, section=section, code=problem.code)


async def pass_form(stack: Stack, request: AnyRequest, visit: Visit) -> None:
    """Let a form of our own in; one that an earlier session's page showed is kept, to be sent once more."""
    try:
        await check_form(request, visit)
    except Problem as problem:
        back = await keep_of_another_session(stack.database, request, visit) if problem.code == "form.token" else None
        if back is not None:
            problem.facts["back"] = back
        raise
    page = await form_page_of(request)
    if page is not None:
        request.scope["state"]["visit"] = replace(visit, form_page=page)


async def unread_of(stack: Stack, connection: AnyConnection, signed_in: SignedIn | None) -> int:
    """How many unread messages the bell shows; asked only where a page is wanted that has a bell."""
    if signed_in is None or "text/html" not in connection.headers.get("accept", ""):
        return 0
    async with stack.database.bare() as database:
        found: int = await database.fetchval(COUNT_UNREAD, signed_in.actor.id)
    return found


async def signed_in_by(stack: Stack, token: str, now: Any) -> SignedIn | None:
    """The person behind a session token; takes up an only mandate, and notes the sign of life once a minute."""
    found = await find_session(stack.database, token, now)
    if found is not None and found.only is not None:
        async with stack.database.work(found.actor) as work:
            await take_only(work, found)
        found = await find_session(stack.database, token, now)
    if found is not None and found.due_to_touch(now):
        await touch(stack.database, found)
    return found


def provide_visit(scope: Scope) -> Visit:
    """The visit the gate found."""
    visit: Visit = scope["state"]["visit"]
    return visit
