"""The preliminary examination alone: every item of one bid after the other, then one lock that the judge's key signs."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.access.actions import Look, recorded
from infra.access.rules import Read
from infra.kernel.canonical import read, unb64
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.evaluation.criteria import Stage
from trading.evaluation.papers import papers_of
from trading.examination.actions import lock_examination, save_answers
from trading.examination.rules import LAST_PAGE, LONGEST_REASON, MOST_PAGES, PASS, Items, check_answer
from web.forms import Fields, Form, address, typed
from web.i18n import N_
from web.judge.room import JUDGE, Room, room_of, show
from web.public.section_view import PARTS
from web.state import Stack
from web.visit import AnyRequest, Visit

STAGES = {
    Stage.FORM: N_("Form"),
    Stage.QUALIFICATION: N_("Qualification"),
    Stage.RESPONSIVENESS: N_("Responsiveness"),
}
OWN = {**JUDGE, "reads": Read.OWN_MARKS}
HERE = "/judge/examination"


@get(HERE, opt=OWN)
async def examination(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The sheet of the first bid that still lacks an answer; after the settlement the result."""
    return await _page(request, visit, stack, None, Form(visit.language, {}))


@get(HERE + "/bids/{bid:str}", opt=OWN)
async def of_bid(
    request: AnyRequest, bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The sheet of one bid."""
    return await _page(request, visit, stack, bid, Form(visit.language, {}))


@post(HERE + "/bids/{bid:str}", opt=JUDGE, status_code=303)
async def save(
    request: AnyRequest, bid: FromPath[str], data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Save what is answered about one bid and go on to the next; a script that saves by itself is told how many are left.

    The fields are `one_time_…`, which are never kept in clear when the session has ended meanwhile.
    """
    form, scripted = typed(visit, data), request.headers.get("accept") == "application/json"
    try:
        async with stack.database.reading() as session:
            room = await room_of(session, stack, visit)
        found = room.examination
        if found is None:
            raise Problem("examination.none", section=room.section.id)
        answers = _answers(form, found.items, found.answers.get(bid, {}))
        async with stack.database.work(visit.actor, address(request)) as work:
            await save_answers(work, stack.keys.service, visit.actor.id, bid, answers)
    except Problem as problem:
        if scripted:
            raise
        field = problem.facts.get("field")
        form.refuse(problem, field if isinstance(field, str) else None)
        return await _page(request, visit, stack, bid, form)
    found.answers[bid] = {**found.answers.get(bid, {}), **answers}
    ids = [one.id for one in room.committee.qualified]
    left = found.left(ids)
    if scripted:
        told = {"left": len(left), "here": sum(one == bid for one, _ in left)}
        return Response(told, status_code=200, headers={"Cache-Control": "no-store"})
    after = next((one for one, _ in left), None)
    return Redirect(visit.url(f"{HERE}/bids/{after}" if after else f"{HERE}/lock"), status_code=303)


@get(HERE + "/lock", opt=OWN)
async def lock_page(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """All own answers once more, what is still missing, and what the lock means."""
    return await _lock_page(request, visit, stack, Form(visit.language, {}))


@post(HERE + "/lock", opt=JUDGE, status_code=303)
async def lock(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Lock exactly the answers that were shown and signed; refused where they are not the saved ones any more."""
    form = typed(visit, data)
    try:
        if not form.value("signature"):
            raise Problem("seat.no-key")
        answers = read(form.value("one_time_answers").encode())
        async with stack.database.work(visit.actor, address(request)) as work:
            await lock_examination(
                work,
                stack.keys.authority.public_key,
                stack.keys.service,
                visit.actor.id,
                answers,
                unb64(form.value("salt"), 32),
                unb64(form.value("signature"), 64),
            )
    except Problem as problem:
        form.refuse(problem)
        return await _lock_page(request, visit, stack, form)
    return Redirect(visit.url(HERE), status_code=303)


def _answers(form: Form, items: Items, known: Mapping[str, Any]) -> dict[str, Any]:
    """The answers a form gives, item → answer; those not touched are left out."""
    found: dict[str, Any] = {}
    for item in items:
        given = form.value(f"one_time_finding-{item}")
        if given == PASS:
            found[item] = PASS
        elif given == "fail":
            found[item] = _failure(form, item)
    if form.value("one_time_all") == PASS:
        if form.value("one_time_sure") != "yes":
            raise Problem("examination.unsure", field="one_time_sure")
        found |= {item: PASS for item in items if item not in found and item not in known}
    return found


def _failure(form: Form, item: str) -> dict[str, Any]:
    reason = form.value(f"one_time_reason-{item}").replace("\r\n", "\n").strip()
    part, page = form.value(f"one_time_part-{item}"), form.value(f"one_time_page-{item}").strip()
    pages = []
    if page:
        if not (page.isascii() and page.isdigit() and 0 < int(page) <= LAST_PAGE and part):
            raise Problem("examination.pages", most=MOST_PAGES, field=f"one_time_page-{item}")
        pages = [{"part": part, "page": int(page)}]
    try:
        found: dict[str, Any] = check_answer({"reason": reason, "pages": pages})
    except Problem as problem:
        raise Problem(problem.code, **{**problem.facts, "field": f"one_time_reason-{item}"}) from problem
    return found


def _shown(form: Form, answers: Mapping[str, Any]) -> Form:
    """The form of one bid filled with what is saved, over which is laid what was typed."""
    told: dict[str, str] = {}
    for item, answer in answers.items():
        if answer == PASS:
            told[f"one_time_finding-{item}"] = PASS
            continue
        told |= {f"one_time_finding-{item}": "fail", f"one_time_reason-{item}": answer["reason"]}
        for one in answer["pages"][:1]:
            told |= {f"one_time_part-{item}": one["part"], f"one_time_page-{item}": str(one["page"])}
    form.values = {**told, **form.values}
    return form


@asynccontextmanager
async def _seen(request: AnyRequest, visit: Visit, stack: Stack) -> AsyncIterator[tuple[Look, Room]]:
    """The judge's room, whose page shows the own answers: that they were looked at is recorded."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.OWN_MARKS, visit.actor.id) as look:
        room = await room_of(look.session, stack, visit)
        look.section = room.section.id
        yield look, room


async def _page(request: AnyRequest, visit: Visit, stack: Stack, bid: str | None, form: Form) -> Response[str]:
    async with _seen(request, visit, stack) as (look, room):
        found, bids = room.examination, room.committee.qualified
        ready = room.checked and room.fold is not None
        papers = await papers_of(look.session, bids, room.fold) if ready and room.fold is not None else {}
        if bid is not None and bid not in {one.id for one in bids}:
            raise Problem("examination.unknown", path="$", bid=bid, item="")
    left = [] if found is None else found.left([one.id for one in bids])
    chosen = _chosen(bids, bid or next((one for one, _ in left), None))
    if chosen is not None and found is not None:
        _shown(form, found.answers.get(chosen.id, {}))
    return show(
        visit, stack, "judge/examination.html", room,
        status=form.status, form=form, found=found, left=left, chosen=chosen, papers=papers,
        part_names=PARTS, stages=STAGES, longest=LONGEST_REASON,
    )  # fmt: skip


def _chosen(bids: list[Bid], bid: str | None) -> Bid | None:
    return next((one for one in bids if one.id == bid), bids[0] if bids else None)


async def _lock_page(request: AnyRequest, visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    async with _seen(request, visit, stack) as (_, room):
        found = room.examination
    if found is None or found.locked:
        return Redirect(visit.url(HERE), status_code=303)
    told = json.dumps(found.answers, ensure_ascii=False, sort_keys=True)
    left = found.left([one.id for one in room.committee.qualified])
    return show(
        visit,
        stack,
        "judge/examination_lock.html",
        room,
        status=form.status,
        form=form,
        found=found,
        left=left,
        told=told,
    )


HANDLERS = [examination, of_bid, save, lock_page, lock]
