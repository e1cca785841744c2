"""Bids under way: every open section of one's tenders with its parts, what has arrived and what this browser holds."""

import re
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from trading.bidding.preparing import Preparing, preparing
from trading.opening.form import FORM
from web.bidder.words import spoken
from web.i18n import N_
from web.public.section_view import PARTS
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SECTION = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,63}/[A-Z0-9][A-Z0-9.-]{0,63}")
MOST = 50
LOCAL = {
    "chosen": N_("chosen in this browser"),
    "sealed": N_("sealed in this browser"),
    "draft": N_("typed in this browser"),
    "arriving": N_("{there} of {all} blocks arrived"),
}


@get("/bids/preparing", opt={"audience": "bidder"})
async def preparing_part(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The list alone, with the sections besides that the asking browser has something of (`?section=`, several)."""
    known = [one for one in request.query_params.getall("section", [])[:MOST] if SECTION.fullmatch(one)]
    async with stack.database.reading() as session:
        rows = await preparing(session, visit.actor, visit.now, known)
    return page(visit, "bidder/preparing_part.html", demo=stack.demo, **shown(visit, rows))


def shown(visit: Visit, rows: list[Preparing]) -> dict[str, Any]:
    """What the list's template wants."""
    return {
        "preparing": rows,
        "part_names": PARTS,
        "form_part": FORM,
        "preparing_facts": {
            "data-account": visit.actor.id,
            "data-source": visit.url("/bids/preparing"),
            "data-words": spoken(visit, LOCAL),
        },
    }


HANDLERS = [preparing_part]
