"""The machine checks of a section for the centre and the supervising body: figures and kinds, no line out of a bid."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.tables import Organisation
from trading.bidding.tables import Bid
from trading.checks.queries import advice_of, run_of
from trading.checks.views import seen_by_all, view
from trading.evaluation.foresight import section_for
from trading.evaluation.tables import Evaluation
from trading.sections.actions import regime_of
from web.compared import file_facts, price_facts
from web.forms import address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

WATCHERS = {"audience": ("centre", "supervisor"), "reads": Read.MACHINE_CHECKS}


@get("/sections/{tender:str}/{number:str}/checks", opt=WATCHERS)
async def checks(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """What was found, once bids are opened; of blind parts nothing before the marks, for these readers know no labels."""
    section_id, reader = f"{tender}/{number}", (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.MACHINE_CHECKS, section_id, section=section_id) as look:
        section = await section_for(look.session, visit.actor, section_id)
        look.region = section.region
        regime = regime_of(section, stack.settings.mode)
        found = await advice_of(look.session, section, regime)
        run = await run_of(look.session, stack.keys.service, section_id)
        marked = await look.session.get(Evaluation, section_id) is not None
        names = await _names(look.session, section_id)
    seen = None
    if run is not None and run.found is not None:
        hidden = set() if marked else set(section.blind)
        seen = view(run.found, lambda bid, part: None if part in hidden else seen_by_all(bid, part), covered=not marked)
    return page(
        visit,
        "centre/checks.html",
        demo=stack.demo,
        section=section,
        run=run,
        files=None if seen is None else file_facts(seen, visit.language),
        names=names,
        blind=bool(section.blind) and not marked,
        beside="",
        **price_facts(found, regime),
    )


async def _names(session: AsyncSession, section_id: str) -> dict[str, str]:
    """By opened bid its bidder's name, as the opening record tells everybody."""
    rows = select(Bid.id, Organisation.name).join(Organisation, Organisation.id == Bid.bidder)
    found = await session.execute(rows.where(Bid.section == section_id, Bid.form.is_not(None)))
    return {bid: name for bid, name in found}


HANDLERS = [checks]
