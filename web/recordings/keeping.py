"""Files of a recording that are handed out: asked for, made by a job, taken; each taking is written down."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from litestar.types import ControllerRouterHandler

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from trading.recordings.keeping import KINDS as MEDIA
from trading.recordings.keeping import export_key, exports_of, order_export
from trading.recordings.storing import BUCKET
from trading.recordings.tables import ExportForm
from trading.recordings.watching import recording_to_watch
from web.forms import Fields, address, begin, typed
from web.i18n import N_
from web.problems import explain
from web.recordings.desk import show_recording
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

WATCHERS = {"audience": ("centre", "supervisor")}
FORMS = {ExportForm.ISO: N_("Disc image (ISO 9660 and UDF)"), ExportForm.ZIP: N_("ZIP file")}
STATES = {"making": N_("being made"), "made": N_("made"), "failed": N_("failed")}


@post("/recordings/{recording:str}/exports", opt=WATCHERS, status_code=303)
async def ask_for_export(
    recording: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Let a file be made of a closed recording."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await recording_to_watch(work.session, visit.actor, recording)
            words = data.get("export_words", "").replace("\r\n", "\n")
            await order_export(work, recording, form.value("form"), words)
    except Problem as problem:
        form.refuse(problem, "export_words" if problem.code == "recording.words" else None)
        return await show_recording(visit, stack, recording, form)
    return Redirect(visit.url(f"/recordings/{recording}/exports"), status_code=303)


@get("/recordings/{recording:str}/exports", opt=WATCHERS)
async def exports_page(
    recording: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The files made so far; the page looks again while one is being made."""
    form = await begin(stack, visit)
    async with stack.database.reading(visit.actor) as session:
        found = await recording_to_watch(session, visit.actor, recording)
        rows = await exports_of(session, recording)
    return page(
        visit,
        "recordings/exports.html",
        demo=stack.demo,
        form=form,
        recording=found,
        rows=rows,
        forms=FORMS,
        states=STATES,
        making=bool(rows) and rows[0].state == "making",
        reasons={one.failed_why: explain(Problem(one.failed_why), visit.language)[1] for one in rows if one.failed_why},
    )


@get(
    "/recordings/{recording:str}/exports/{name:str}", opt={**WATCHERS, "reads": Read.RECORDING_EXPORTED, "packed": True}
)
async def take_export(
    recording: FromPath[str],
    name: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Stream:
    """`1.iso` or `2.zip` as it lies in the store, never as a whole in memory; `recording.export-unknown`."""
    async with recorded(stack.database, visit.actor, address(request), Read.RECORDING_EXPORTED, recording) as look:
        found = await recording_to_watch(look.session, visit.actor, recording)
        rows = await exports_of(look.session, recording)
        row = next((one for one in rows if f"{one.number}.{one.form}" == name and one.version), None)
        if row is None:
            raise Problem("recording.export-unknown", name=name[:40])
        look.section, look.facts = found.section, {"why": row.words, "number": row.number}
    headers = {
        "Content-Disposition": f'attachment; filename="{recording}-{name}"',
        "Content-Length": str(row.size),
        "Cache-Control": "no-store",
    }
    content = stack.objects.stream(BUCKET, export_key(recording, row.number, row.form), row.version)
    return Stream(content, media_type=MEDIA[ExportForm(row.form)], headers=headers)


HANDLERS: list[ControllerRouterHandler] = [ask_for_export, exports_page, take_export]
