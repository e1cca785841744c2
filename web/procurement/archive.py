"""A section's archive 归档: what must be in it and what is, until when it is kept, and the files it is handed over in."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from infra.auth.permissions import may
from infra.kernel.problems import Problem
from trading.archive.actions import BUCKET
from trading.archive.handover import WITHIN, Item, State
from trading.handover.actions import file_key, order_handover
from trading.handover.queries import archive_of, archived_section, handover_of, handovers_of
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.problems import explain
from web.public.section_view import MARKS
from web.render import PageResponse, page
from web.state import Stack
from web.visit import AnyRequest, Visit

WHO = {"audience": ("agent", "procuring", "centre", "supervisor")}
MAKERS = {"audience": ("agent", "procuring", "centre")}
ITEMS = {
    Item.NOTICE: N_("Tender notice and its changes"),
    Item.DOCUMENT: N_("Tender document, every version with its files"),
    Item.BIDS: N_("Bids, by their digests"),
    Item.OPENING: N_("Opening record"),
    Item.DRAW: N_("Draws of judges"),
    Item.INQUIRIES: N_("Written inquiries and answers"),
    Item.MARKS: N_("Every judge's marks"),
    Item.REPORT: N_("Evaluation report"),
    Item.REVIEW: N_("Review of the report"),
    Item.CANDIDATES: N_("Publicity of the candidates"),
    Item.AWARD: N_("Notice of award"),
    Item.FAILURE: N_("Notice of failure"),
    Item.LETTERS: N_("Letters on the result, by their digests"),
    Item.CONTRACT: N_("Notice of the contract"),
    Item.EVIDENCE: N_("Evidence file"),
    Item.JOURNAL: N_("Events in the public log"),
}
STATES = {
    State.THERE: (N_("there"), "ok", "check"),
    State.MISSING: (N_("is missing"), "bad", "warn"),
    State.WAITING: (N_("not due yet"), "info", "clock"),
    State.NONE: (N_("does not apply"), "line", ""),
}
_FILE = re.compile(r"handover-([1-9][0-9]{0,8})\.zip")


@get("/sections/{tender:str}/{number:str}/archive", opt=WHO)
async def archive_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The list, and the files made so far; the page looks again while one is being made."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/archive", opt=MAKERS, status_code=303)
async def ask_for_handover(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Let the file be made."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await order_handover(work, section_id)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/archive"), status_code=303)


@get("/sections/{tender:str}/{number:str}/archive/{name:str}", opt=WHO)
async def handover_file(
    tender: FromPath[str],
    number: FromPath[str],
    name: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Stream:
    """`handover-1.zip` as it lies in the store, never as a whole in memory; `archive.file-unknown`."""
    asked = _FILE.fullmatch(name)
    if asked is None:
        raise Problem("archive.file-unknown", number=name[:40])
    async with stack.database.reading(visit.actor) as session:
        section = await archived_section(session, visit.actor, f"{tender}/{number}")
        found = await handover_of(session, section.id, int(asked[1]))
    headers = {
        "Content-Disposition": f'attachment; filename="{tender}-{number}-{name}"',
        "Content-Length": str(found.size),
        "Cache-Control": "no-store",
    }
    content = stack.objects.stream(BUCKET, file_key(section.id, found.number), found.version)
    return Stream(content, media_type="application/zip", headers=headers)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> PageResponse:
    async with stack.database.reading(visit.actor) as session:
        section = await archived_section(session, visit.actor, section_id)
        regime = regime_of(section, stack.settings.mode)
        archive = await archive_of(session, stack.objects, regime, section, visit.now)
        made = await handovers_of(session, section.id)
    counts = {state: sum(row.state is state for row in archive.rows) for state in State}
    return page(
        visit,
        "procurement/archive.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        archive=archive,
        made=made,
        reasons={one.failed_why: explain(Problem(one.failed_why), visit.language)[1] for one in made if one.failed_why},
        making=bool(made) and made[0].state == "making",
        may_make=may(visit.actor, "archive.hand-over"),
        counts=counts,
        items=ITEMS,
        states=STATES,
        mark_names=MARKS,
        retention=regime.parameter(Rule.RETENTION_YEARS),
        within=WITHIN,
    )


HANDLERS = [archive_page, ask_for_handover, handover_file]
