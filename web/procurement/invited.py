"""Open or invited tender 邀请招标: the article that lets it invite, why it applies, and who is invited, until the notice."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from trading.invited.actions import invite, invite_everybody
from trading.invited.queries import read_invited
from trading.invited.rules import LONGEST_REASONS, read_codes
from trading.invited.tables import InvitedBidder
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.labels import INVITED
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.state import Stack
from web.visit import AnyRequest, Visit

READS = {**PROCURERS, "reads": Read.INVITED_BIDDERS}
AT_FIELDS = {
    "invited.ground": "ground",
    "invited.reasons": "reasons",
    "invited.too-few": "codes",
    "invited.too-many": "codes",
    "invited.unknown-bidder": "codes",
    "invited.own-body": "codes",
}
OPEN = "open"


@get("/sections/{tender:str}/{number:str}/invited", opt=READS)
async def invited(
    tender: FromPath[str],
    number: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """Whether the tender is open, and whom it invites where it is not; each look at the list leaves an access line."""
    ground, named = await _looked_at(stack, visit, request, tender, number)
    section = ground.section
    initial = {
        "ground": section.invited_by or OPEN,
        "reasons": section.invited_why or "",
        "codes": "\n".join(one.credit_code for one in named),
    }
    return _show(visit, stack, ground, named, await begin(stack, visit, initial))


@post("/sections/{tender:str}/{number:str}/invited", opt=READS, status_code=303)
async def name_invited(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Name them all at once, or make the tender an open one again."""
    ground, named = await _looked_at(stack, visit, request, tender, number)
    form, section_id = typed(visit, data), ground.section.id
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            if form.value("ground") == OPEN:
                await invite_everybody(work, section_id)
            else:
                codes = read_codes(form.value("codes"))
                await invite(work, section_id, form.value("ground"), form.value("reasons"), codes)
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return _show(visit, stack, ground, named, form)
    return Redirect(visit.url(f"{ground.path}/invited"), status_code=303)


async def _looked_at(
    stack: Stack, visit: Visit, request: AnyRequest, tender: str, number: str
) -> tuple[Ground, list[InvitedBidder]]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
    section, reader = ground.section, (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.INVITED_BIDDERS, section.id, section=section.id) as look:
        look.region = section.region
        return ground, await read_invited(look.work, section.id)


def _show(visit: Visit, stack: Stack, ground: Ground, named: list[InvitedBidder], form: Form) -> Response[str]:
    regime = regime_of(ground.section, stack.settings.mode)
    known = regime.knows(Rule.INVITATION_GROUNDS)
    grounds = regime.words(Rule.INVITATION_GROUNDS) if known else ()
    return show_section(
        visit,
        stack,
        ground,
        "procurement/invited.html",
        status=form.status,
        form=form,
        named=named,
        known=known,
        open=ground.state in (SectionState.DRAFT, SectionState.READY),
        grounds=[(one, INVITED.get(one, one)) for one in grounds],
        least=regime.parameter(Rule.INVITED_MINIMUM) if known else None,
        longest=LONGEST_REASONS,
    )


HANDLERS = [invited, name_invited]
