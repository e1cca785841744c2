"""The tree of professions at the pool office, taken from its published list; and the pool as a file."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Redirect, Stream
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.export import lines_out, note_export, sheets_out
from expertpool.directory.sheet_files import read_rows
from expertpool.professions.rules import CODE, checked_branch
from expertpool.professions.tree import professions, take_list
from infra.access.actions import note
from infra.access.rules import Read
from infra.auth.keys import KeyService
from infra.kernel.problems import Problem
from web.expertpool.directory import profession_names
from web.expertpool.imports import Upload
from web.forms import Form, address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Written = Callable[[AsyncSession, KeyService], AsyncIterator[bytes]]


@get("/pool/professions", opt=POOL)
async def tree(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Every profession, and the form for a list."""
    return await _show(visit, stack, Form(visit.language, {}))


@post("/pool/professions", opt=POOL, status_code=303)
async def taking(
    data: Upload, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Take in a list; nothing is ever taken away."""
    form = Form(visit.language, {"source": str(data.get("source", ""))})
    try:
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise Problem("import.file")
        form_of_codes = stack.settings.profession_codes or CODE
        branches = [checked_branch(row.texts, form_of_codes) for row in read_rows(await file.read())]
        async with stack.database.work(visit.actor, address(request)) as work:
            await take_list(work, branches, form.value("source"))
    except Problem as problem:
        form.refuse(problem, "source" if problem.code == "profession.source" else "file")
        return await _show(visit, stack, form)
    return Redirect(visit.url("/pool/professions"), status_code=303)


@get("/pool/export.csv", opt={**POOL, "reads": Read.EXPERTS_EXPORTED})
async def export(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Stream:
    """Everybody of the region as CSV; recorded in journal and access log before the first line."""
    return await _exported(request, visit, stack, "experts.csv", "text/csv; charset=utf-8")


@get("/pool/export.xlsx", opt={**POOL, "reads": Read.EXPERTS_EXPORTED})
async def export_workbook(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Stream:
    """The same as a workbook, recorded alike."""
    return await _exported(request, visit, stack, "experts.xlsx", WORKBOOK)


async def _exported(request: AnyRequest, visit: Visit, stack: Stack, name: str, media_type: str) -> Stream:
    async with stack.database.work(visit.actor, address(request)) as work:
        note_export(work)
        note(work, Read.EXPERTS_EXPORTED, request.url.path)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    told = sheets_out if name.endswith(".xlsx") else lines_out
    return Stream(_pieces(stack, visit, told), media_type=media_type, headers=headers)


async def _pieces(stack: Stack, visit: Visit, told: Written) -> AsyncIterator[bytes]:
    async with stack.database.reading(visit.actor) as session:
        async for some in told(session, stack.keys.service):
            yield some


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        rows = await professions(session)
    return page(
        visit,
        "expertpool/professions.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        rows=rows,
        names=profession_names(visit, rows),
    )


HANDLERS = [tree, taking, export, export_workbook]
