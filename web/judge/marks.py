"""Marking alone: every item of every bid, each mark saved by itself; then one lock that the judge's key signs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.access.actions import Look, recorded
from infra.access.rules import Read
from infra.kernel.canonical import read, unb64
from infra.kernel.problems import Problem
from trading.evaluation.actions import lock_marks
from trading.evaluation.drafts import require_as_drafted, save_mark
from trading.evaluation.papers import papers_of
from web.forms import Fields, Form, address, typed
from web.judge.room import JUDGE, Room, room_of, show
from web.public.results import GROUPS
from web.public.section_view import PARTS
from web.security import form_token
from web.state import Stack
from web.visit import AnyRequest, Visit

MOST = 4096
OWN = {**JUDGE, "reads": Read.OWN_MARKS}


@get("/judge/marks", opt=OWN)
async def bench(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The bench: bids on the left, the sheet of one bid, what is found together beside it; read-only once locked."""
    async with _seen(request, visit, stack) as (look, room):
        papers = await papers_of(look.session, list(room.bids), room.fold) if room.checked and room.fold else {}
    return show(visit, stack, "judge/marks.html", room, papers=papers, part_names=PARTS, groups=GROUPS)


@get("/judge/marks/state", opt=OWN)
async def state(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """The own marks as they stand, bid → item → [mark, version], and a form token of the session that asks."""
    async with _seen(request, visit, stack) as (_, room):
        drafts = {bid: {item: [*one] for item, one in row.items()} for bid, row in room.drafts.items()}
    assert visit.form_key is not None
    told = {"marks": drafts, "locked": room.locked is not None, "token": form_token(visit.form_key)}
    return Response(told, headers={"Cache-Control": "no-store"})


@post("/judge/marks", opt=JUDGE, status_code=200, request_max_body_size=MOST)
async def save(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """{bid, item, mark, version} saves one mark: its new version, and what stood there if the page did not know it."""
    told = read(await request.body())
    shape = {"bid": str, "item": str, "mark": str, "version": int}
    if not isinstance(told, dict) or {name: type(value) for name, value in told.items()} != shape:
        raise Problem("request.fields", expected=", ".join(shape))
    if "\0" in told["bid"] + told["item"]:
        raise Problem("request.fields", expected=", ".join(shape))
    async with stack.database.work(visit.actor, address(request)) as work:
        saved = await save_mark(
            work, stack.keys.service, visit.actor.id, told["bid"], told["item"], told["mark"], told["version"]
        )
    return Response({"mark": told["mark"], **saved._asdict()}, headers={"Cache-Control": "no-store"})


@get("/judge/lock", opt=OWN)
async def lock_page(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """All own marks once more, what is still missing, and what the lock means."""
    return await _lock_page(request, visit, stack, Form(visit.language, {}))


@post("/judge/lock", opt=JUDGE, status_code=303)
async def lock(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Lock exactly the marks that were shown and signed; refused where they are not the saved ones any more.

    The field is `one_time_…`, which is never kept in clear when the session has ended meanwhile.
    """
    form = typed(visit, data)
    try:
        if not form.value("signature"):
            raise Problem("seat.no-key")
        marks = read(form.value("one_time_marks").encode())
        if not isinstance(marks, dict) or not all(isinstance(row, dict) for row in marks.values()):
            raise Problem("request.fields", expected="marks")
        async with stack.database.work(visit.actor, address(request)) as work:
            await require_as_drafted(work, stack.keys.service, visit.actor.id, marks)
            await lock_marks(
                work,
                stack.keys.authority.public_key,
                stack.keys.service,
                visit.actor.id,
                marks,
                unb64(form.value("salt"), 32),
                unb64(form.value("signature"), 64),
            )
    except Problem as problem:
        form.refuse(problem)
        return await _lock_page(request, visit, stack, form)
    return Redirect(visit.url("/judge"), status_code=303)


@asynccontextmanager
async def _seen(request: AnyRequest, visit: Visit, stack: Stack) -> AsyncIterator[tuple[Look, Room]]:
    """The judge's room, whose page shows the own marks: that they were looked at is recorded."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.OWN_MARKS, visit.actor.id) as look:
        room = await room_of(look.session, stack, visit)
        look.section = room.section.id
        yield look, room


async def _lock_page(request: AnyRequest, visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with _seen(request, visit, stack) as (_, room):
        pass
    keys = [row.key for row in room.rows]
    marks = {key: row for key, row in room.marks.items() if key in keys}
    told = json.dumps(marks, ensure_ascii=False, sort_keys=True)
    return show(visit, stack, "judge/lock.html", room, status=form.status, form=form, told=told)


HANDLERS = [bench, state, save, lock_page, lock]
