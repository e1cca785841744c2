"""Asking for the vacant seats of a committee, where the supervising body has allowed just that."""

import re
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.foresight import section_for
from trading.evaluation.supplementing import request_supplement
from web.forms import Fields, address, typed
from web.procurement.ground import PROCURERS
from web.procurement.panel import AT_FIELDS, show_panel
from web.procurement.times import typed_time
from web.state import Stack
from web.visit import AnyRequest, Visit

_COUNT = re.compile(r"[0-9]{1,2}")


@post("/sections/{tender:str}/{number:str}/panel/supplement", opt=PROCURERS, status_code=303)
async def fill(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Ask for as many experts as seats are vacant; the centre orders the draw, the rest happens by itself."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    alternates = form.value("alternates").strip()
    with form.field("alternates"):
        if not _COUNT.fullmatch(alternates):
            raise Problem("panel.number", given=alternates[:20])
    with form.field("evaluation_at"):
        typed_time(form.value("evaluation_at"))
    if form.refused:
        return await show_panel(visit, stack, section_id, form)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            await request_supplement(
                work, stack.keys.service, section_id, alternates=int(alternates),
                evaluation_at=typed_time(form.value("evaluation_at")), place=form.value("place"),
            )  # fmt: skip
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await show_panel(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/panel"), status_code=303)


HANDLERS = [fill]
