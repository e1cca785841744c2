"""The phones of a demonstration: what would have been sent, newest first, with neither number nor name; nowhere else."""

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import select

from expertpool.invitations.sealing import message_of
from expertpool.invitations.tables import Dispatch, Invitation
from infra.kernel.problems import Problem
from web.render import page
from web.state import Stack
from web.visit import Visit

SHOWN = 30


@get("/demo/phones", opt={"audience": "public"})
async def phones(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The last messages that stayed here; an installation that is no demonstration has no such page."""
    if not stack.demo:
        raise Problem("page.unknown", path=visit.path)
    kept = (
        select(Dispatch, Invitation.sent_at)
        .join(Invitation, Invitation.id == Dispatch.invitation)
        .where(Dispatch.state == "kept")
        .order_by(Invitation.sent_at.desc(), Dispatch.id)
        .limit(SHOWN)
    )
    async with stack.database.reading() as session:
        rows = (await session.execute(kept)).all()
    told = [(sent_at, message_of(stack.keys.service, one).text) for one, sent_at in rows]
    answer = page(visit, "reply/phones.html", demo=stack.demo, messages=told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


HANDLERS = [phones]
