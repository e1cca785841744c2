"""One's own messages, and in a demonstration the letters that would have gone out."""

from contextlib import suppress
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from infra.kernel.problems import Problem
from trading.messages.actions import mark_all_read, mark_read
from trading.messages.queries import outbox, own_messages
from web.desk.letters import letter_of, path_of, said
from web.forms import Fields
from web.render import page
from web.state import Stack
from web.visit import Visit

SIGNED_IN = {"audience": "signed-in"}
UNREAD = "unread"


@get("/messages", opt=SIGNED_IN)
async def message_list(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One's messages, newest first: `?show=unread&page=`."""
    asked = dict(visit.asked)
    async with stack.database.reading(visit.actor) as session:
        found = await own_messages(
            session, visit.actor.id, unread_only=asked.get("show") == UNREAD, page=_number(asked.get("page"))
        )
    return page(
        visit,
        "desk/messages.html",
        demo=stack.demo,
        found=found,
        shown=asked.get("show", ""),
        said=lambda message: said(message, visit.texts),
        path_of=path_of,
    )


@post("/messages/read", opt=SIGNED_IN, status_code=303)
async def read_all(visit: NamedDependency[Visit], stack: NamedDependency[Stack], data: Fields) -> Response[Any]:
    """Mark all of one's messages as read."""
    async with stack.database.work(visit.actor) as work:
        await mark_all_read(work)
    return Redirect(visit.url("/messages"), status_code=303)


@post("/messages/{number:int}/read", opt=SIGNED_IN, status_code=303)
async def read_one(
    number: FromPath[int], visit: NamedDependency[Visit], stack: NamedDependency[Stack], data: Fields
) -> Response[Any]:
    """Mark one as read and go where it leads; a stranger's is as none."""
    async with stack.database.work(visit.actor) as work:
        target = await mark_read(work, number)
    if target is None:
        raise Problem("page.unknown", path=visit.path)
    return Redirect(visit.url(path_of(target)), status_code=303)


@get("/messages/outbox", opt={"audience": "centre"})
async def outbox_list(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The letters of a demonstration, which leave nobody's machine: `?page=`; elsewhere there is no such page."""
    if not stack.demo:
        raise Problem("page.unknown", path=visit.path)
    async with stack.database.reading(visit.actor) as session:
        found = await outbox(session, _number(dict(visit.asked).get("page")))
    letters = [(mail, letter_of(mail, message, stack.settings.origin)) for mail, message in found.letters]
    facts: dict[str, Any] = {"letters": letters, "total": found.total, "number": found.page, "pages": found.pages}
    return page(visit, "desk/message_outbox.html", demo=stack.demo, **facts)


def _number(text: str | None) -> int:
    with suppress(ValueError):
        return min(max(int(text or 1), 1), 100_000)
    return 1


HANDLERS: list[ControllerRouterHandler] = [message_list, read_all, read_one, outbox_list]
