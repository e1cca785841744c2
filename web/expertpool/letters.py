"""The letter by which an expert takes an account: issued at the pool office, printed while it holds."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.experts.letters import issue_letter, open_letter, printed_code
from expertpool.experts.register import expert_of
from expertpool.experts.sealing import name_of
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from web.expertpool.expert import shown_expert
from web.forms import Fields, address, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool", "reads": Read.EXPERT}


@get("/pool/{expert:str}/letter", opt=POOL)
async def letter_page(
    request: AnyRequest, expert: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The letter as it is printed; nobody keeps the page."""
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERT, expert) as look:
        found = await expert_of(look.session, visit.actor, expert)
        letter = await open_letter(look.session, expert, visit.now)
    if letter is None:
        raise Problem("letter.none")
    keys = stack.keys.service
    facts: dict[str, Any] = {"expert": found, "name": name_of(keys, found), "letter": letter}
    facts |= {"code": printed_code(keys, letter), "where": stack.settings.origin + "/experts/account"}
    shown = page(visit, "expertpool/letter.html", demo=stack.demo, **facts)
    shown.headers["Cache-Control"] = "no-store"
    return shown


@post("/pool/{expert:str}/letter", opt=POOL, status_code=303)
async def issuing(
    request: AnyRequest,
    expert: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Issue one; the one before is void."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await issue_letter(work, stack.keys.service, expert)
        return Redirect(visit.url(f"/pool/{expert}/letter"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
    return await shown_expert(request, visit, stack, expert, form)


HANDLERS = [letter_page, issuing]
