"""Marking alone: every item of every bid, each mark saved by itself; then one lock that the judge's key signs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unicodedata import normalize

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.access.actions import Look, recorded
from infra.access.rules import Read
from infra.kernel.canonical import read, unb64
from infra.kernel.problems import Problem
from trading.evaluation.actions import lock_marks
from trading.evaluation.drafts import require_as_drafted
from trading.evaluation.marks import Reasoned
from trading.evaluation.papers import papers_of
from trading.evaluation.saving import save_mark
from trading.regimes.regime import Rule
from web.forms import Fields, Form, address, typed
from web.judge.reading import files_of
from web.judge.room import JUDGE, Room, room_of, show
from web.judge.sheets import factors_of, sheets_of
from web.public.results import GROUPS
from web.security import form_token
from web.state import Stack
from web.visit import AnyRequest, Visit

MOST = 16_384
PLACE, GIVEN = {"bid": str, "item": str, "version": int}, {"mark": str, "reason": str, "pins": list}
OWN = {**JUDGE, "reads": Read.OWN_MARKS}


@get("/judge/marks", opt=OWN)
async def bench(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The bench: the bids, a bid's files beside its sheet, what is found together below it; read-only once locked."""
    async with _seen(request, visit, stack) as (look, room):
        papers = await papers_of(look.session, list(room.bids), room.fold) if room.checked and room.fold else {}
    files = {key: files_of(visit, key, found) for key, found in papers.items()}
    told: dict[str, Any] = {"sheets": sheets_of(room, files), "factors": factors_of(room), "groups": GROUPS}
    return show(visit, stack, "judge/marks.html", room, **told)


@get("/judge/marks/state", opt=OWN)
async def state(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """The own drafts as they stand, bid → item → [mark, version, reason, pins], and a form token of the asker's session."""
    async with _seen(request, visit, stack) as (_, room):
        drafts = {bid: {item: [*one] for item, one in row.items()} for bid, row in room.drafts.items()}
    assert visit.form_key is not None
    told = {"marks": drafts, "locked": room.locked is not None, "token": form_token(visit.form_key)}
    return Response(told, headers={"Cache-Control": "no-store"})


@post("/judge/marks", opt=JUDGE, status_code=200, request_max_body_size=MOST)
async def save(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """{bid, item, version} and what is given of {mark, reason, pins}: the new version, and the mark the page did not know."""
    told = _told(read(await request.body()))
    saved = await save_mark(
        stack.database, stack.keys.service, visit.actor, told["bid"], told["item"], told.get("mark"), told["version"],
        reason=told.get("reason"), pins=told.get("pins"), address=address(request),
    )  # fmt: skip
    given = {name: told[name] for name in GIVEN if name in told}
    return Response({**given, **saved._asdict()}, headers={"Cache-Control": "no-store"})


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
        sheet = _sheet(read(form.value("one_time_sheet").encode()))
        async with stack.database.work(visit.actor, address(request)) as work:
            await require_as_drafted(work, stack.keys.service, visit.actor.id, sheet)
            await lock_marks(
                work,
                stack.keys.authority.public_key,
                stack.keys.service,
                visit.actor.id,
                sheet,
                unb64(form.value("salt"), 32),
                unb64(form.value("signature"), 64),
            )
    except Problem as problem:
        form.refuse(problem)
        return await _lock_page(request, visit, stack, form)
    return Redirect(visit.url("/judge"), status_code=303)


def _told(body: Any) -> dict[str, Any]:
    """What a bench sends of one mark; signs as they are typed in Chinese, ８．５, are taken for what they say."""
    expected = ", ".join([*PLACE, *GIVEN])
    if not isinstance(body, dict) or not PLACE.keys() < body.keys() <= PLACE.keys() | GIVEN.keys():
        raise Problem("request.fields", expected=expected)
    if any(type(value) is not {**PLACE, **GIVEN}[name] for name, value in body.items()):
        raise Problem("request.fields", expected=expected)
    if "\0" in body["bid"] + body["item"]:
        raise Problem("request.fields", expected=expected)
    return {**body, "mark": normalize("NFKC", body["mark"]).strip()} if "mark" in body else body


def _sheet(told: Any) -> Reasoned:
    """The sheet that a judge signed, by its outer shape."""
    members = {"marks", "pins", "reasons"}
    if not isinstance(told, dict) or told.keys() != members:
        raise Problem("request.fields", expected=", ".join(sorted(members)))
    if not all(
        isinstance(rows, dict) and all(isinstance(row, dict) for row in rows.values()) for rows in told.values()
    ):
        raise Problem("request.fields", expected=", ".join(sorted(members)))
    return Reasoned(told["marks"], told["reasons"], told["pins"])


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
    told = json.dumps(room.sheet.told, ensure_ascii=False, sort_keys=True)
    names = {row.key: row.name for row in room.rows}
    rule = room.regime.parameter(Rule.REASON_BELOW)
    return show(
        visit, stack, "judge/lock.html", room, status=form.status, form=form, told=told, names=names, reason_rule=rule
    )


HANDLERS = [bench, state, save, lock_page, lock]
