"""Applying for the pool of evaluation experts 专家入库申请: sealed at once, and answered alike whoever applies."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Redirect

from expertpool.experts.applications import apply, offices
from expertpool.experts.files import LARGEST, MOST, Sent, check_files, keep_files
from infra.kernel.problems import Problem
from web.account.visitors import visitors_page
from web.expertpool.admission import admission_on
from web.expertpool.imports import ROOM_FOR_FORM, Upload
from web.expertpool.profile_form import (
    add_row,
    broad_professions,
    profile_typed,
    refuse_at,
    rows_of,
    unknown_professions,
)
from web.expertpool.words import pool_choices, pool_words
from web.forms import Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

ANYBODY = {"audience": "public"}


@get("/experts/application", opt=ANYBODY)
async def application_form(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The form, in numbered steps."""
    return await _show(visit, stack, await begin(stack, visit, {"private_document": "resident"}))


@post("/experts/application", opt=ANYBODY, status_code=303, request_max_body_size=MOST * LARGEST + ROOM_FOR_FORM)
async def applying(
    data: Upload, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Seal the application and say that it came; nothing tells whether the person is known."""
    form = typed(visit, {name: value for name, value in data.items() if isinstance(value, str)})
    if add_row(form):
        return await _show(visit, stack, form)
    files = await _sent(data.get("files"))
    with form.field("files"):
        check_files(files)
    admission = admission_on(stack, visit.now)
    profile = profile_typed(form, admission)
    if profile is not None:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                unknown = await unknown_professions(work.session, profile.professions)
                if unknown:
                    raise Problem("expert.profession-unknown", codes=", ".join(unknown))
                application = await apply(work, stack.keys.service, profile, admission)
                await work.session.flush()
                await keep_files(work, stack.objects, stack.keys.service, application, files)
            return Redirect(visit.url("/experts/application/received"), status_code=303)
        except Problem as problem:
            refuse_at(form, problem)
    return await _show(visit, stack, form)


@get("/experts/application/received", opt=ANYBODY)
async def received(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """What happens next: the same for everybody."""
    return page(visit, "expertpool/received.html", demo=stack.demo)


HANDLERS = [application_form, applying, received]


async def _sent(field: Any) -> list[Sent]:
    """The files that were chosen; a browser sends a nameless one where none was."""
    listed = field if isinstance(field, list) else [field]
    return [Sent(one.filename, await one.read()) for one in listed if isinstance(one, UploadFile) and one.filename]


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        facts: dict[str, Any] = {"professions": await broad_professions(session), "offices": await offices(session)}
    facts |= {
        "form": form,
        "rows": rows_of(form),
        "admission": admission_on(stack, visit.now),
        "most_files": MOST,
        "largest": LARGEST >> 20,
    }
    facts |= {**pool_choices(visit), **pool_words()}
    return visitors_page(visit, stack, "expertpool/application.html", status=form.status, facts=facts)
