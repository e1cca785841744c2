"""How experts' marks lean over several sections, by number of the register; nothing follows by itself."""

from litestar import Response, get
from litestar.di import NamedDependency

from expertpool.appraisal.rules import SMALL_SAMPLE
from infra.access.actions import recorded
from infra.access.rules import Read
from trading.evaluation.leanings import PAGE, leanings
from web.forms import address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

PATH = "/supervision/judges/leanings"


@get(PATH, opt={"audience": "supervisor", "reads": Read.EXPERTS})
async def leanings_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Those whose interval leaves nothing out first: `?page=`; the look is recorded."""
    number = dict(visit.asked).get("page", "1")
    turn = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    region = visit.actor.region or ""
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERTS, PATH) as look:
        rows, total = await leanings(look.session, stack.keys.service, region, turn)
        look.region, look.facts = region, {"experts": len(rows)}
    return page(
        visit, "supervision/leanings.html", demo=stack.demo, rows=rows, total=total, turn=turn,
        pages=-(-total // PAGE) or 1, small=SMALL_SAMPLE,
    )  # fmt: skip


HANDLERS = [leanings_page]
