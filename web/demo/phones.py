"""The phones of a demonstration: what would have been sent, newest first, with neither number nor name; nowhere else.

Whoever plays a whole draw day needs the card that an expert would bring to the door as well: it is told for a reply code.
"""

from litestar import Response, get, post
from litestar.di import NamedDependency
from sqlalchemy import select

from expertpool.experts.actions import identity_of
from expertpool.experts.tables import Expert
from expertpool.invitations.queries import invitation_of
from expertpool.invitations.sealing import code_of, expert_of, message_of
from expertpool.invitations.tables import Dispatch, Invitation
from infra.kernel.problems import Problem
from web.account.visitors import visitors_page
from web.forms import Fields, typed
from web.state import Stack
from web.visit import Visit

SHOWN = 30


@get("/demo/phones", opt={"audience": "public"})
async def phones(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The last messages that stayed here; an installation that is no demonstration has no such page."""
    if not stack.demo:
        raise Problem("page.unknown", path=visit.path)
    kept = (
        select(Dispatch, Invitation)
        .join(Invitation, Invitation.id == Dispatch.invitation)
        .where(Dispatch.state == "kept")
        .order_by(Invitation.sent_at.desc(), Dispatch.id)
        .limit(SHOWN)
    )
    async with stack.database.reading() as session:
        rows = (await session.execute(kept)).all()
    keys = stack.keys.service
    told = [(call.sent_at, message_of(keys, one).text, code_of(keys, call)) for one, call in rows]
    return visitors_page(visit, stack, "reply/phones.html", facts={"messages": told})


@post("/demo/phones/card", opt={"audience": "public"}, status_code=200)
async def card(data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The number on the identity card of whoever holds this reply code, in a demonstration only; `invitation.unknown`."""
    if not stack.demo:
        raise Problem("page.unknown", path=visit.path)
    async with stack.database.reading() as session:
        found = await invitation_of(session, typed(visit, data).value("private_code"))
        expert = await session.get_one(Expert, expert_of(stack.keys.service, found))
    number = identity_of(stack.keys.service, expert).partition(":")[2]
    return visitors_page(visit, stack, "reply/card.html", facts={"number": number})


HANDLERS = [phones, card]
