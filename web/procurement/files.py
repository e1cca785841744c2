"""Files of the tender document: attached to the draft by the procuring side, fetched by everybody once published."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.clarifications.fetching import note_fetch
from trading.clarifications.queries import public_document_file
from trading.invited.queries import require_invited, withheld
from trading.sections.drafting import BUCKET, LARGEST, MOST_FILES, attach_file, detach_file, file_key, read_draft
from trading.sections.queries import public_section
from trading.sections.states import SectionState
from trading.sections.tables import Document
from web.forms import Fields, Form, address
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.state import Stack
from web.visit import AnyRequest, Visit

Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
ROOM_FOR_FORM = 64 * 1024
KEPT = "public, max-age=31536000, immutable"


@get("/sections/{tender:str}/{number:str}/document/files", opt=PROCURERS)
async def list_files(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The files of the draft, and the form that attaches another."""
    return await _show(visit, stack, await _ground(stack, visit, tender, number), Form(visit.language, {}))


@post(
    "/sections/{tender:str}/{number:str}/document/files",
    opt=PROCURERS,
    status_code=303,
    request_max_body_size=LARGEST + ROOM_FOR_FORM,
)
async def add_file(
    tender: FromPath[str],
    number: FromPath[str],
    data: Upload,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Attach one file to the draft."""
    ground = await _ground(stack, visit, tender, number)
    form = Form(visit.language, {})
    try:
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise Problem("document.file-none")
        await attach_file(
            stack.database,
            stack.objects,
            visit.actor,
            ground.section.id,
            file.filename,
            await file.read(),
            address(request),
        )
    except Problem as problem:
        form.refuse(problem, "file")
        return await _show(visit, stack, ground, form)
    return Redirect(visit.url(f"{ground.path}/document/files"), status_code=303)


@post("/sections/{tender:str}/{number:str}/document/files/removal", opt=PROCURERS, status_code=303)
async def remove_file(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Take one file out of the draft."""
    ground = await _ground(stack, visit, tender, number)
    async with stack.database.work(visit.actor, address(request)) as work:
        await detach_file(work, ground.section.id, data.get("name", ""))
    return Redirect(visit.url(f"{ground.path}/document/files"), status_code=303)


@get("/sections/{tender:str}/{number:str}/document/files/{name:str}", opt=PROCURERS)
async def own_file(
    tender: FromPath[str],
    number: FromPath[str],
    name: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """A file of the draft, or of the frozen document before its notice, for the procuring side alone."""
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
        draft = await read_draft(session, ground.section)
        frozen = await session.get(Document, ground.section.id)
    return await send_file(stack, frozen.files if frozen else draft.files, name, "no-store")


@get("/sections/{tender:str}/{number:str}/files/{name:str}", opt={"audience": "public"})
async def public_file(
    tender: FromPath[str],
    number: FromPath[str],
    name: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """A file of any version of a published document, under a name that begins with its SHA-256; `document.file-unknown`.

    Anybody gets it without a name (EBM 20), but of an invited tender those invited alone. That a bidder fetched it while
    signed in only the procuring side can read.
    """
    async with stack.database.reading() as session:
        section = await public_section(session, f"{tender}/{number}")
        await require_invited(session, visit.actor, section)
        file, version = await public_document_file(session, section, name)
    answer = await send_file(stack, [file], name, "no-store" if withheld(section) else KEPT)
    if visit.actor.role is Role.BIDDER:
        async with stack.database.work(visit.actor, address(request)) as work:
            await note_fetch(work, section, version, str(file["sha256"]))
    return answer


def linked_name(file: dict[str, Any]) -> str:
    """The last part of a file's address: its digest, a hyphen, its name."""
    return quote(f"{file['sha256']}-{file['name']}", safe="")


async def send_file(stack: Stack, files: list[dict[str, Any]], name: str, cache: str) -> Response[bytes]:
    """The bytes of one of these files, named `<sha256>-<name>`; `document.file-unknown`."""
    found = next((file for file in files if f"{file['sha256']}-{file['name']}" == name), None)
    if found is None:
        raise Problem("document.file-unknown", name=name[-80:])
    content = await stack.objects.get(BUCKET, file_key(found["sha256"]))
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found['name'], safe='')}",
        "Cache-Control": cache,
        "ETag": f'"{found["sha256"]}"',
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


async def _ground(stack: Stack, visit: Visit, tender: str, number: str) -> Ground:
    async with stack.database.reading() as session:
        return await ground_of(session, visit, tender, number)


async def _show(visit: Visit, stack: Stack, ground: Ground, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        draft = await read_draft(session, ground.section)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/files.html",
        status=form.status,
        form=form,
        draft=draft,
        linked_name=linked_name,
        in_draft=ground.state is SectionState.DRAFT,
        largest=LARGEST // 1024 // 1024,
        most=MOST_FILES,
    )


HANDLERS = [list_files, add_file, remove_file, own_file, public_file]
