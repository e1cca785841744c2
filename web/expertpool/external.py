"""Lists that another pool drew: taken in sealed, shown with their hash, never recomputable here."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy import select

from expertpool.external.actions import LARGEST, external_lists, take_sealed_list
from infra.kernel.problems import Problem
from trading.sections.tables import Section
from web.expertpool.imports import ROOM_FOR_FORM, Upload
from web.forms import Form, address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}
FIELDS = {"external.source": "source", "external.count": "experts", "section.unknown": "section"}


@get("/pool/external", opt=POOL)
async def lists(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The lists taken in, and the form for another."""
    return await _show(visit, stack, Form(visit.language, {}))


@post("/pool/external", opt=POOL, status_code=303, request_max_body_size=LARGEST + ROOM_FOR_FORM)
async def taking_list(
    data: Upload, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Take a sealed list in."""
    form = Form(visit.language, {name: str(data.get(name, "")) for name in ("section", "source", "experts")})
    try:
        file, section = data.get("file"), form.value("section").strip()
        content = await file.read() if isinstance(file, UploadFile) else b""
        count = form.value("experts").strip()
        async with stack.database.work(visit.actor, address(request)) as work:
            known = (
                None if "\0" in section else await work.session.scalar(select(Section.id).where(Section.id == section))
            )
            if known is None:
                raise Problem("section.unknown", section=section[:129])
            number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
            await take_sealed_list(work, stack.keys.service, section, form.value("source"), content, number)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code, "file"))
        return await _show(visit, stack, form)
    return Redirect(visit.url("/pool/external"), status_code=303)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        rows = await external_lists(session)
    return page(visit, "expertpool/external.html", demo=stack.demo, status=form.status, form=form, rows=rows)


HANDLERS = [lists, taking_list]
