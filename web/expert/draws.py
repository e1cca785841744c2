"""An expert's own part in draws: "was I in the pool?", with the leaf and its proof, once a draw is disclosed."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.disclosing import Absent, own_leaves
from expertpool.draw.queries import disclosed_draw, disclosed_draws
from expertpool.draw.tables import Draw
from expertpool.experts.tables import Expert
from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import Visit

OWN = {"audience": "expert"}
WHY = {
    "profession": N_("none of your professions was needed"),
    "region": N_("your region was not needed"),
    "status": N_("your entry was not active"),
    "unavailable": N_("you were not available or on leave"),
    "recusal": N_("recusal"),
    "called": N_("you had been called to this committee before"),
    "unknown": N_("you were not in the expert pool then"),
}


@get("/expert/draws", opt=OWN)
async def draws(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Disclosed draws, the newest first; whether one stood in a pool is told by its own page."""
    async with stack.database.reading() as session:
        await own_entry(session, visit)
        shown = await disclosed_draws(session, _instant(dict(visit.asked).get("before", "")))
    return page(visit, "expert/draws.html", demo=stack.demo, shown=shown)


@get("/expert/draws/{tender:str}/{number:str}/{attempt:str}", opt=OWN)
async def own(
    tender: FromPath[str],
    number: FromPath[str],
    attempt: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The expert's own leaves in a disclosed draw, or why there are none; `draw.unknown` for a draw not disclosed."""
    draw, found = await _own_leaves(visit, stack, f"{tender}/{number}/{attempt}")
    facts: dict[str, Any] = {"why": WHY[found.why]} if isinstance(found, Absent) else {"leaves": found}
    answer = page(visit, "expert/draw.html", demo=stack.demo, draw=draw, **facts)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@get("/expert/draws/{tender:str}/{number:str}/{attempt:str}/leaves.json", opt=OWN)
async def leaves(
    tender: FromPath[str],
    number: FromPath[str],
    attempt: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """The own leaves with weight, salts and inclusion proofs; [] for whoever stood in no list."""
    _, found = await _own_leaves(visit, stack, f"{tender}/{number}/{attempt}")
    told = [] if isinstance(found, Absent) else found
    headers = {"Content-Disposition": 'attachment; filename="leaves.json"', "Cache-Control": "no-store"}
    return Response(canonical(told), media_type="application/json", headers=headers)


async def own_entry(session: AsyncSession, visit: Visit) -> str:
    """The id of whoever looks, as the pool knows them; `expert.not-linked` for an account without an entry."""
    mine = select(Expert.id).where(Expert.account == visit.actor.id)
    found = (await session.execute(mine)).scalar_one_or_none()
    if found is None:
        raise Problem("expert.not-linked")
    return found


async def _own_leaves(visit: Visit, stack: Stack, draw_id: str) -> tuple[Draw, list[dict[str, Any]] | Absent]:
    async with stack.database.reading() as session:
        expert = await own_entry(session, visit)
        draw = await disclosed_draw(session, draw_id)
        return draw, await own_leaves(session, stack.objects, stack.keys, draw, expert)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


HANDLERS = [draws, own, leaves]
