"""What a machine finds in the opened bids 清标, for the committee: advice with its evidence side by side."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from trading.checks.queries import advice_of, run_of
from trading.checks.views import seen_blind, seen_by_all, view
from trading.sections.states import SectionState
from web.compared import file_facts, price_facts
from web.forms import address
from web.judge.room import JUDGE, Room, room_of, show
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/judge/checks", opt={**JUDGE, "reads": Read.MACHINE_CHECKS})
async def checks(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Prices that follow a rule or lie abnormally low, who shares somebody, what files share; that it was read is recorded."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.MACHINE_CHECKS, visit.actor.id) as look:
        room = await room_of(look.session, stack, visit)
        look.section = room.section.id
        found = await advice_of(look.session, room.section, room.regime)
        run, seen = await _compared(look.session, stack, room)
    files = None if seen is None else file_facts(seen, visit.language)
    facts = {**price_facts(found, room.regime), "run": run, "files": files, "beside": "/judge/checks"}
    return show(visit, stack, "judge/checks.html", room, names=room.names, **facts)


@get("/judge/checks/{part:str}/{one:str}/{other:str}", opt={**JUDGE, "reads": Read.MACHINE_CHECKS})
async def beside(
    request: AnyRequest,
    part: FromPath[str],
    one: FromPath[str],
    other: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The sentences that two bids' parts have in common, side by side; `check.unknown` for any other pair."""
    reader, subject = (visit.actor, address(request)), f"{visit.actor.id}/{part}/{one}/{other}"
    async with recorded(stack.database, *reader, Read.MACHINE_CHECKS, subject) as look:
        room = await room_of(look.session, stack, visit)
        look.section = room.section.id
        _, seen = await _compared(look.session, stack, room)
        files = {} if seen is None else file_facts(seen, visit.language)
        wanted = (told for told in files.get("texts", ()) if (told["part"], told["keys"]) == (part, [one, other]))
        pair = next(wanted, None)
        if pair is None:
            raise Problem("check.unknown")
    return show(visit, stack, "judge/checks_beside.html", room, names=room.names, pair=pair, files=files)


async def _compared(session: AsyncSession, stack: Stack, room: Room) -> tuple[Any, dict[str, Any] | None]:
    """(how far the reading is, what this judge may see of it now): nothing before files are checked and judges may read."""
    run = await run_of(session, stack.keys.service, room.section.id)
    if run is None or run.found is None or not room.checked or room.section.state == SectionState.OPENED:
        return run, None
    covered = room.fold is not None and bool(room.fold.labels) and room.evaluation is None
    if not covered or room.fold is None:
        return run, view(run.found, seen_by_all, covered=False)
    valid = {bid.id for bid in room.bids}
    return run, view(run.found, seen_blind(room.fold.labels, room.fold.parts, valid), covered=True)


HANDLERS = [checks, beside]
