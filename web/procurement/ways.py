"""How a result goes on that cannot stand: the next candidate, or a tender called anew; signed by the procuring entity."""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.capacity.queries import capacity_of
from trading.objections.queries import objections_of, open_ones, upheld_ones
from trading.publication.queries import Dossier, dossier
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from trading.ways.actions import Signed, pass_over, reevaluate, retender
from trading.ways.rules import Way, causes_of, unanswered
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.public.results import Ranked, results
from web.public.ways import CAUSES, ways_told
from web.state import Stack
from web.visit import AnyRequest, Visit

TAIL = "/award/way"
DECIDABLE = (SectionState.PUBLICITY, SectionState.DETERMINED)


class Standing(NamedTuple):
    """What a decision must rest on now: objections nobody answered, upheld ones without a way on, candidates left."""

    waiting: tuple[int, ...]
    upheld: tuple[int, ...]
    left: tuple[Ranked, ...]


@get("/sections/{tender:str}/{number:str}/award/way", opt=PROCURERS)
async def way_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Whether anything is to be decided, by whom, and what follows from each way."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/award/way", opt={"audience": "procuring"}, status_code=303)
async def decide(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Decide as the procuring entity has signed it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    cause, reasons = form.value("cause"), form.value("reasons").replace("\r\n", "\n")
    try:
        if form.value("way") not in {one.value for one in Way}:
            raise Problem("way.choice")
        if not form.value("signature"):
            raise Problem("way.no-key")
        signed = Signed(unb64(form.value("certificate")), unb64(form.value("signature"), 64))
        authority = stack.keys.authority.public_key
        async with stack.database.work(visit.actor, address(request)) as work:
            if form.value("way") == Way.NEXT:
                await pass_over(work, authority, section_id, form.value("bid"), cause, reasons, signed)
            elif form.value("way") == Way.REEVALUATE:
                await reevaluate(work, authority, stack.keys.service, section_id, cause, reasons, signed)
            else:
                await retender(work, authority, section_id, cause, reasons, signed)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/award"), status_code=303)


FIELDS = {"way.reasons": "reasons", "way.candidate": "bid", "way.cause": "cause", "way.choice": "way"}


async def standing_of(session: AsyncSession, found: Dossier, most: int) -> Standing:
    """How the result stands; a decision rests on just this."""
    objections = await objections_of(session, found.section.id)
    upheld = unanswered([one.number for one in upheld_ones(objections)], [one.objections for one in found.ways])
    told = results(found)
    ranking = told.ranking[:most] if told else ()
    left = tuple(one for one in ranking if one.entry.bid not in found.passed)
    return Standing(tuple(one.number for one in open_ones(objections)), upheld, left)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    found, now, unable = None, None, False
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        regime = regime_of(ground.section, stack.settings.mode)
        if ground.state in DECIDABLE:
            found = await dossier(session, section_id, taken_down=True)
            now = await standing_of(session, found, regime.count(Rule.CANDIDATES_MAXIMUM))
            unable = bool((await capacity_of(session, section_id)).incapable)
    upheld = now.upheld if now else ()
    ways = [(way, able) for way in (Way.NEXT, Way.RETENDER) for able in {False, unable}]
    plain = [cause for way, able in ways for cause in causes_of(regime, upheld, way, incapable=able)]
    plain += causes_of(regime, upheld, Way.REEVALUATE)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/way.html",
        status=form.status,
        form=form,
        found=found,
        now=now,
        ways=ways_told(found) if found else [],
        decides=_decides(visit, ground),
        causes=[(one, CAUSES[one]) for one in dict.fromkeys(plain)],
        again=not ground.section.blind and not ground.section.two_envelope,
        source=regime.parameter(Rule.UPHELD_CAUSES if upheld else Rule.DROP_OUT_CAUSES),
        publicity=regime.parameter(Rule.PUBLICITY),
        report=b64(found.evaluation.digest) if found and found.evaluation else "",
    )


def _decides(visit: Visit, ground: Ground) -> bool:
    return ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING


HANDLERS = [way_page, decide]
