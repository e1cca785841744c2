"""Files of experts at the pool office: tried, handed in by one clerk, released by another; what became of each line."""

import asyncio
import csv
from io import StringIO
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from expertpool.directory.importing import (
    Report,
    broken_lines,
    hand_in,
    import_of,
    imports,
    lines_of,
    release,
    tried,
)
from expertpool.directory.sheet_files import LARGEST
from expertpool.experts.rules import LONGEST_NAME
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from web.errors import incident_number, tell
from web.expertpool.admission import admission_on
from web.expertpool.words import FIELDS
from web.forms import Fields, Form, address, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
ROOM_FOR_FORM = 64 * 1024
SHOWN = 200


@get("/pool/imports", opt=POOL)
async def import_list(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The form for a file, and the files handed in before."""
    return await _list(visit, stack, Form(visit.language, {}))


@post(
    "/pool/imports", opt={**POOL, "reads": Read.EXPERTS}, status_code=303, request_max_body_size=LARGEST + ROOM_FOR_FORM
)
async def handing_in(
    data: Upload, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Try a file without a trace, or keep it until another clerk releases it."""
    form = Form(visit.language, {})
    try:
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise Problem("import.file")
        content = await file.read()
        lines = await asyncio.to_thread(lines_of, content, visit.actor.region or "", admission_on(stack, visit.now))
        if data.get("act") != "hand-in":
            reader = (visit.actor, address(request))
            async with recorded(stack.database, *reader, Read.EXPERTS, "/pool/imports", lines=len(lines)) as look:
                report = await tried(look.session, stack.keys.service, lines)
            return await _list(visit, stack, form, report)
        async with stack.database.work(visit.actor, address(request)) as work:
            kept = await hand_in(work, stack.keys.service, content, lines)
        return Redirect(visit.url(f"/pool/imports/{kept.id}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, "file")
        return await _list(visit, stack, form)


@get("/pool/imports/{file:str}", opt=POOL)
async def one_import(
    file: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """How far a file has come, and the lines that were left out."""
    return await _one(visit, stack, file, Form(visit.language, {}))


@get("/pool/imports/{file:str}/lines.csv", opt=POOL)
async def lines_file(
    file: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """Every line that was left out, with its column, code and what is wrong: however many, none of its words."""
    async with stack.database.reading(visit.actor) as session:
        broken = [(one.line, one.column, one.code) for one in await broken_lines(session, file)]
    out = StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["line", "column", "code", "what", "remedy"])
    codes = {(line, column): code for line, column, code in broken}
    for line, column, told in _told(stack, visit, broken):
        rows.writerow([line, column, codes[line, column], told.happened, told.remedy])
    headers = {"Content-Disposition": 'attachment; filename="import-lines.csv"', "Cache-Control": "no-store"}
    return Response(b"\xef\xbb\xbf" + out.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


@post("/pool/imports/{file:str}/release", opt=POOL, status_code=303)
async def releasing(
    file: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The second clerk lets the file be taken in."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await release(work, file)
    except Problem as problem:
        form.refuse(problem)
        return await _one(visit, stack, file, form)
    return Redirect(visit.url(f"/pool/imports/{file}"), status_code=303)


async def _list(visit: Visit, stack: Stack, form: Form, report: Report | None = None) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        rows = await imports(session)
    broken = [] if report is None else [(one.number, one.column, one.code) for one in report.broken[:SHOWN]]
    facts = {"rows": rows, "report": report, "broken": _told(stack, visit, broken), "field_words": FIELDS}
    return page(visit, "expertpool/imports.html", demo=stack.demo, status=form.status, form=form, **facts)


async def _one(visit: Visit, stack: Stack, file: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        row, lines = await import_of(session, file, SHOWN)
    return page(
        visit,
        "expertpool/import.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        row=row,
        own=row.by == visit.actor.id,
        under_way=row.released_by is not None and row.finished_at is None,
        shown=SHOWN,
        broken=_told(stack, visit, [(one.line, one.column, one.code) for one in lines]),
        field_words=FIELDS,
    )


def _told(stack: Stack, visit: Visit, broken: list[tuple[int, str, str]]) -> list[tuple[int, str, Any]]:
    """Line, column, and what is wrong in the visitor's language; never what the line said."""
    admission = admission_on(stack, visit.now)
    facts = {"least": admission.years, "source": admission.source, "longest": LONGEST_NAME}
    words = {
        code: tell(Problem(code, **facts), visit.language, incident_number()) for code in {code for *_, code in broken}
    }
    return [(line, column, words[code]) for line, column, code in broken]


HANDLERS = [import_list, handing_in, one_import, lines_file, releasing]
