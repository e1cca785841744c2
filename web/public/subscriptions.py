"""Being told of changes by mail, without an account: asked for, confirmed by a link, ended by a link in each letter."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.context import PUBLIC
from infra.kernel.problems import Problem
from trading.clarifications.subscribing import (
    confirm_subscription,
    end_subscription,
    find_subscription,
    subscribe_address,
    token_of,
)
from trading.sections.queries import public_section
from trading.sections.tables import Section
from web.account.visitors import visitors_page
from web.forms import Fields, Form, address, begin, typed
from web.public.letters import confirmation_path
from web.state import Stack
from web.visit import AnyRequest, Visit

ANYBODY = {"audience": "public"}
DONE = ("asked", "confirmed", "left")


@get("/sections/{tender:str}/{number:str}/subscription", opt=ANYBODY)
async def subscription_form(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form that asks for an address, or (`?stage=`) what has just been done."""
    section, asked = await _section(stack, tender, number), dict(visit.asked)
    stage = asked.get("stage", "")
    facts = {"stage": stage if stage in DONE else "ask", "link": _link(stack, visit, asked.get("letter"))}
    return _show(visit, stack, section, await begin(stack, visit), facts)


@post("/sections/{tender:str}/{number:str}/subscription", opt=ANYBODY, status_code=303)
async def subscribe(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Queue the letter of confirmation; a known address and a new one get the same answer."""
    section, form = await _section(stack, tender, number), typed(visit, data)
    try:
        async with stack.database.work(PUBLIC, address(request)) as work:
            found = await subscribe_address(work, stack.keys.service, section.id, form.value("address"))
    except Problem as problem:
        form.refuse(problem, "address" if problem.code == "subscription.address" else None)
        return _show(visit, stack, section, form, {"stage": "ask"})
    # A demonstration sends nothing: whoever typed the address is shown there what the letter would say.
    return _done(visit, section, "asked", found.id if stack.demo else None)


@get("/subscriptions/{subscription:str}/{token:str}", opt=ANYBODY)
async def confirmation_form(
    subscription: FromPath[str],
    token: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """A button that confirms: what fetches links in letters by itself confirms nothing."""
    return _show(visit, stack, await _of(stack, subscription, token), Form(visit.language, {}), {"stage": "confirm"})


@post("/subscriptions/{subscription:str}/{token:str}", opt=ANYBODY, status_code=303)
async def confirm(
    subscription: FromPath[str],
    token: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Confirm the address."""
    section = await _of(stack, subscription, token)
    async with stack.database.work(PUBLIC, address(request)) as work:
        await confirm_subscription(work, stack.keys.service, subscription, token)
    return _done(visit, section, "confirmed")


@get("/subscriptions/{subscription:str}/{token:str}/end", opt=ANYBODY)
async def leaving_form(
    subscription: FromPath[str],
    token: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """A button that forgets the address."""
    return _show(visit, stack, await _of(stack, subscription, token), Form(visit.language, {}), {"stage": "leave"})


@post("/subscriptions/{subscription:str}/{token:str}/end", opt=ANYBODY, status_code=303)
async def leave(
    subscription: FromPath[str],
    token: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Forget the address, with everything that was kept of it."""
    section = await _of(stack, subscription, token)
    async with stack.database.work(PUBLIC, address(request)) as work:
        await end_subscription(work, stack.keys.service, subscription, token)
    return _done(visit, section, "left")


def _done(visit: Visit, section: Section, stage: str, letter: str | None = None) -> Redirect:
    path = visit.url(f"/sections/{section.id}/subscription", {"stage": stage, "letter": letter})
    return Redirect(path, status_code=303)


def _link(stack: Stack, visit: Visit, letter: str | None) -> str | None:
    if not letter or not stack.demo:
        return None
    return visit.url(confirmation_path(letter, token_of(stack.keys.service, letter)))


async def _section(stack: Stack, tender: str, number: str) -> Section:
    async with stack.database.reading() as session:
        return await public_section(session, f"{tender}/{number}")


async def _of(stack: Stack, subscription: str, token: str) -> Section:
    """The section of a subscription whose token this is; `subscription.unknown`."""
    async with stack.database.work(PUBLIC) as work:
        found = await find_subscription(work, stack.keys.service, subscription, token)
        return await public_section(work.session, found.section)


def _show(visit: Visit, stack: Stack, section: Section, form: Form, facts: dict[str, Any]) -> Response[str]:
    told = {"form": form, "section": section, "path": f"/sections/{section.id}", "link": None, **facts}
    return visitors_page(visit, stack, "public/subscription.html", status=form.status, facts=told)


HANDLERS = [subscription_form, subscribe, confirmation_form, confirm, leaving_form, leave]
