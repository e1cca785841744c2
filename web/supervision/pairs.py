"""Pairs drawn together above their expected rate: by number of the expert, with what chance would have given."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from expertpool.appraisal.counting import KINDS
from expertpool.appraisal.pairs import FLAGGED, SMALL_SAMPLE
from infra.access.actions import recorded
from infra.access.rules import Read
from trading.evaluation.pairing import LEAST_LIKELY, ORDERS, PAGE, ask_for_count, pairs
from web.forms import address
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SUPERVISOR = {"audience": "supervisor"}
PATH = "/supervision/pairs"
WORDS = {
    "agent": N_("Expert and agent"),
    "bidder": N_("Expert and bidder"),
    "expert": N_("Expert and expert"),
}
SORTS = {"tail": N_("least likely first"), "observed": N_("most often first"), "draws": N_("most draws first")}


@get(PATH, opt={**SUPERVISOR, "reads": Read.EXPERTS})
async def pairs_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Pairs of the region: `?kind=&flagged=&order=&page=`; the look is recorded."""
    asked = dict(visit.asked)
    kind = asked.get("kind", "") if asked.get("kind") in KINDS else ""
    order = asked.get("order", "") if asked.get("order") in ORDERS else LEAST_LIKELY
    flagged, number = asked.get("flagged") == "yes", asked.get("page", "1")
    turn = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    region = visit.actor.region or ""
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERTS, PATH) as look:
        found = await pairs(
            look.session, stack.keys.service, region, kind=kind, flagged=flagged, order=order, page=turn
        )
        look.region, look.facts = region, {"pairs": len(found.rows)}
    return page(
        visit, "supervision/pairs.html", demo=stack.demo, found=found, kind=kind, order=order, flagged=flagged,
        turn=turn, pages=-(-found.total // PAGE) or 1, kinds=WORDS, sorts=SORTS, small=SMALL_SAMPLE,
        threshold=f"{FLAGGED:.0%}",
    )  # fmt: skip


@post(PATH, opt=SUPERVISOR, status_code=303)
async def counting(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """Have them counted anew at once, beside every night."""
    async with stack.database.work(visit.actor, address(request)) as work:
        await ask_for_count(work)
    return Redirect(visit.url(PATH, {"asked": "yes"}), status_code=303)


HANDLERS = [pairs_page, counting]
