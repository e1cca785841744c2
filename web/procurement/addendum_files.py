"""The files of the next version of a tender document: added, put in another's place, taken out."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.clarifications.addenda import attach_to_addendum, detach_from_addendum
from trading.sections.drafting import CLAUSES, LARGEST, MOST_FILES
from web.forms import Fields, Form, address
from web.procurement.addendum import Found, find
from web.procurement.files import ROOM_FOR_FORM, Upload, linked_name, send_file
from web.procurement.ground import PROCURERS, show_section
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/sections/{tender:str}/{number:str}/addendum/files", opt=PROCURERS)
async def list_addendum_files(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The files as they will stand in the next version, and the form that adds another."""
    return _show(visit, stack, await _found(stack, visit, tender, number), Form(visit.language, {}))


@post(
    "/sections/{tender:str}/{number:str}/addendum/files",
    opt=PROCURERS,
    status_code=303,
    request_max_body_size=LARGEST + ROOM_FOR_FORM,
)
async def add_addendum_file(
    tender: FromPath[str],
    number: FromPath[str],
    data: Upload,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Add one file, or put it in the place of the one of its name."""
    found, form = await _found(stack, visit, tender, number), Form(visit.language, {})
    try:
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise Problem("document.file-none")
        content = await file.read()
        section = found.ground.section.id
        await attach_to_addendum(
            stack.database, stack.objects, visit.actor, section, file.filename, content, address(request)
        )
    except Problem as problem:
        form.refuse(problem, "file")
        return _show(visit, stack, found, form)
    return Redirect(visit.url(f"{found.ground.path}/addendum/files"), status_code=303)


@post("/sections/{tender:str}/{number:str}/addendum/files/removal", opt=PROCURERS, status_code=303)
async def remove_addendum_file(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Take one file out of the next version; the versions issued keep theirs."""
    found = await _found(stack, visit, tender, number)
    async with stack.database.work(visit.actor, address(request)) as work:
        await detach_from_addendum(work, found.ground.section.id, data.get("name", ""))
    return Redirect(visit.url(f"{found.ground.path}/addendum/files"), status_code=303)


@get("/sections/{tender:str}/{number:str}/addendum/files/{name:str}", opt=PROCURERS)
async def own_addendum_file(
    tender: FromPath[str],
    number: FromPath[str],
    name: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """A file of the draft, for the procuring side alone."""
    found = await _found(stack, visit, tender, number)
    return await send_file(stack, found.draft.files if found.draft else found.document.files, name, "no-store")


async def _found(stack: Stack, visit: Visit, tender: str, number: str) -> Found:
    async with stack.database.reading() as session:
        return await find(session, visit, tender, number)


def _show(visit: Visit, stack: Stack, found: Found, form: Form) -> Response[str]:
    files = found.draft.files if found.draft else found.document.files
    return show_section(
        visit,
        stack,
        found.ground,
        "procurement/addendum_files.html",
        status=form.status,
        form=form,
        files=[file for file in files if file["name"] != CLAUSES],
        linked_name=linked_name,
        open=found.open,
        largest=LARGEST // 1024 // 1024,
        most=MOST_FILES,
    )


HANDLERS = [list_addendum_files, add_addendum_file, remove_addendum_file, own_addendum_file]
