"""The evaluation report: read, then signed or dissented from with reasons, each with the key of the seat."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import held_seat, sheets_of
from trading.evaluation.reporting import dissent, sign_report
from trading.publication.given import given_of
from trading.publication.queries import dossier
from web.forms import Fields, Form, address, begin, typed
from web.judge.room import JUDGE, room_of, show
from web.public.report_paper import paper_of
from web.public.review import REASONS
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/judge/report", opt=JUDGE)
async def report_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The report and who has answered it; before the marks are published, that it is not there yet."""
    return await _show(visit, stack, await begin(stack, visit))


@get("/judge/report.pdf", opt=JUDGE)
async def paper(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The report of the own section on paper, to be read before it is signed."""
    async with stack.database.reading() as session:
        seat = await held_seat(session, visit.actor, visit.actor.id)
        found = await dossier(session, seat.section)
        given = await given_of(session, found)
    return await paper_of(visit, found, given)


@post("/judge/report/signature", opt=JUDGE, status_code=303)
async def signature(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Sign the report."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await sign_report(work, stack.keys.authority.public_key, visit.actor.id, _signature(form))
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, form)
    return Redirect(visit.url("/judge/report"), status_code=303)


@post("/judge/report/dissent", opt=JUDGE, status_code=303)
async def dissenting(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Give signed reasons against the report instead."""
    form = typed(visit, data)
    reasons = form.value("reasons").replace("\r\n", "\n")
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            authority = stack.keys.authority.public_key
            await dissent(work, authority, visit.actor.id, reasons, _signature(form))
    except Problem as problem:
        form.refuse(problem, "reasons" if problem.code == "resolution.reasons" else None)
        return await _show(visit, stack, form)
    return Redirect(visit.url("/judge/report"), status_code=303)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        room = await room_of(session, stack, visit)
        sheets = {one.seat: one for one in await sheets_of(session, room.section.id)} if room.evaluation else {}
    facts: dict[str, Any] = {"report": None}
    if room.evaluation is not None:
        answers = [(judge_id(seat.number), sheets.get(seat.id)) for seat in room.committee.seats]
        report = json.loads(room.evaluation.report)
        facts = {
            "report": report,
            "text": room.evaluation.report,
            "digest": b64(room.evaluation.digest),
            "answers": answers,
            "words": REASONS,
            "silent": any(sheet is None or sheet.report_signature is None for _, sheet in answers),
            "places": [place if isinstance(place, list) else [place] for place in report["out"]["order"]],
        }
    return show(visit, stack, "judge/report.html", room, status=form.status, form=form, **facts)


def _signature(form: Form) -> bytes:
    if not form.value("signature"):
        raise Problem("seat.no-key")
    return unb64(form.value("signature"), 64)


HANDLERS = [report_page, paper, signature, dissenting]
