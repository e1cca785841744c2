"""The tree of professions at the pool office, taken from its published list; and the pool as a file."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Redirect, Stream

from expertpool.directory.export import lines_out, note_export
from expertpool.directory.sheet_files import read_rows
from expertpool.professions.rules import checked_branch
from expertpool.professions.tree import professions, take_list
from infra.access.actions import note
from infra.access.rules import Read
from infra.kernel.problems import Problem
from web.expertpool.directory import profession_names
from web.expertpool.imports import Upload
from web.forms import Form, address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}


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
        branches = [checked_branch(row.texts) for row in read_rows(await file.read())]
        async with stack.database.work(visit.actor, address(request)) as work:
            await take_list(work, branches, form.value("source"))
    except Problem as problem:
        form.refuse(problem, "source" if problem.code == "profession.source" else "file")
        return await _show(visit, stack, form)
    return Redirect(visit.url("/pool/professions"), status_code=303)


@get("/pool/export.csv", opt={**POOL, "reads": Read.EXPERTS_EXPORTED})
async def export(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Stream:
    """Everybody of the region as CSV; recorded in journal and access log before the first line."""
    async with stack.database.work(visit.actor, address(request)) as work:
        note_export(work)
        note(work, Read.EXPERTS_EXPORTED, "/pool/export.csv")
    headers = {"Content-Disposition": 'attachment; filename="experts.csv"', "Cache-Control": "no-store"}
    return Stream(_lines(stack, visit), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(stack: Stack, visit: Visit) -> AsyncIterator[bytes]:
    async with stack.database.reading(visit.actor) as session:
        async for some in lines_out(session, stack.keys.service):
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


HANDLERS = [tree, taking, export]
