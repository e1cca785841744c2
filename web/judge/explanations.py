"""Own marks that lie far from the others' are explained in writing by their judge, who sees nobody else's and changes none."""

import json
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.evaluation.consolidating import explain_marks
from trading.regimes.regime import Rule
from web.forms import Fields, Form, address, begin, typed
from web.judge.room import JUDGE, Room, room_of, show
from web.state import Stack
from web.visit import AnyRequest, Visit

PAGE = "/judge/explanations"


class Line(NamedTuple):
    """One mark that is asked about: its field, under which key, the name of it, the item, the own mark, what was said."""

    field: str
    key: str
    name: str
    item: str
    mark: str
    said: str | None


@get(PAGE, opt={**JUDGE, "reads": Read.OWN_MARKS})
async def explanations_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The own marks that are asked about; for everybody else, always, that nothing is asked."""
    return await _show(request, visit, stack, await begin(stack, visit))


@post(PAGE, opt=JUDGE, status_code=303)
async def explain(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Give the signed reasons, one for each mark."""
    form = typed(visit, data)
    try:
        if not form.value("signature"):
            raise Problem("seat.no-key")
        async with stack.database.reading() as session:
            room = await room_of(session, stack, visit)
        texts: dict[str, dict[str, str]] = {}
        for line in lines_of(room):
            texts.setdefault(line.key, {})[line.item] = form.value(line.field).replace("\r\n", "\n")
        async with stack.database.work(visit.actor, address(request)) as work:
            authority, signature = stack.keys.authority.public_key, unb64(form.value("signature"), 64)
            await explain_marks(work, authority, stack.keys.service, visit.actor.id, texts, signature)
    except Problem as problem:
        form.refuse(problem)
        return await _show(request, visit, stack, form)
    return Redirect(visit.url(PAGE), status_code=303)


def lines_of(room: Room) -> list[Line]:
    """What this judge is asked about, in one order for page, browser and server."""
    if room.asked is None:
        return []
    pairs = [(key, item) for key, items in room.asked.marks.items() for item in items]
    said, own = room.asked.texts or {}, room.locked.marks if room.locked else {}
    return [
        Line(f"text-{place}", key, room.names.get(key, key), item, own[key][item], said.get(key, {}).get(item))
        for place, (key, item) in enumerate(pairs)
    ]


async def _show(request: AnyRequest, visit: Visit, stack: Stack, form: Form) -> Response[str]:
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.OWN_MARKS, visit.actor.id) as look:
        room = await room_of(look.session, stack, visit)
        look.section = room.section.id
    lines = lines_of(room)
    return show(
        visit,
        stack,
        "judge/explanations.html",
        room,
        status=form.status,
        form=form,
        lines=lines,
        told=json.dumps([[line.field, line.key, line.item] for line in lines], ensure_ascii=False),
        share=room.regime.rate(Rule.OUTLIER_SHARE) * 100,
        rule=room.regime.parameter(Rule.OUTLIER_SHARE),
        open=room.section.state == "evaluating" and room.asked is not None and visit.now < room.asked.until,
    )


HANDLERS = [explanations_page, explain]
