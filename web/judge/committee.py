"""What the committee decides together: a judge moves, sees once more what will be signed, signs; the others answer."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import read, unb64
from infra.kernel.problems import Problem
from trading.capacity.queries import capacity_of
from trading.evaluation.committee import Kind, Motion, Outcome, check_content, outcome
from trading.evaluation.marks import judge_id
from trading.evaluation.questions import ASKABLE
from trading.evaluation.resolving import ground_of, move_resolution, next_number, vote
from trading.regimes.regime import Rule
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.judge.room import JUDGE, Room, enter, show
from web.state import Stack
from web.visit import AnyRequest, Visit

KINDS = {
    Kind.OBJECTIVE: N_("Objective marks found"),
    Kind.REJECTION: N_("Rejection of a bid"),
    Kind.COMPETITION: N_("Whether competition is lacking"),
    Kind.REPLACEMENT: N_("Replacement of a judge"),
    Kind.CAPACITY: N_("Whether a candidate can perform"),
}
OUTCOMES = {Outcome.PENDING: N_("open"), Outcome.PASSED: N_("passed"), Outcome.DEFEATED: N_("defeated")}
PLACES = {"rejection.bid": "bid", "rejection.ground": "article", "resolution.reasons": "reasons-{kind}"}
"""By refusal, the field it belongs to; the reasons of each kind of motion are a field of their own."""


@get("/judge/committee", opt=JUDGE)
async def committee(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Everything moved so far with its outcome, what waits for an answer, and what may be moved."""
    return await _show(visit, stack, await begin(stack, visit))


@get("/judge/committee/motion", opt=JUDGE)
async def resumed(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Where a judge comes back to whose session ended over a motion to be signed: it is filled in once more."""
    return await _show(visit, stack, await begin(stack, visit))


@post("/judge/committee/motion", opt=JUDGE, status_code=200)
async def prepare(data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """A motion as it will be signed, to be read once more; nothing is moved yet."""
    form = typed(visit, data)
    room = await enter(stack, visit)
    content = content_of(form, room)
    try:
        async with stack.database.reading() as session:
            check_content(content, await ground_of(session, stack.settings.mode, room.section, room.committee))
            number = await next_number(session, room.section.id)
    except Problem as problem:
        place = PLACES.get(problem.code)
        form.refuse(problem, place and place.format(kind=content["kind"]))
        return await _show(visit, stack, form)
    motion = Motion(number, Kind(content["kind"]), content, {})
    return show(
        visit, stack, "judge/motion.html", room, form=form, motion=motion, kind_names=KINDS,
        content=json.dumps(content, ensure_ascii=False), told=_told(room, motion),
    )  # fmt: skip


@post("/judge/committee/motions", opt=JUDGE, status_code=303)
async def move(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Move what was read and signed."""
    form = typed(visit, data)
    try:
        content = read(form.value("content").encode())
        async with stack.database.work(visit.actor, address(request)) as work:
            await move_resolution(work, stack.keys, visit.actor.id, content, _signature(form))
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, form)
    return Redirect(visit.url("/judge/committee"), status_code=303)


@post("/judge/committee/motions/{number:int}", opt=JUDGE, status_code=303)
async def answer(
    request: AnyRequest,
    number: FromPath[int],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Answer a motion: agree, or be against it with reasons."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await vote(
                work,
                stack.keys,
                visit.actor.id,
                number,
                _signature(form),
                agrees=form.value("agrees_chosen") == "yes",
                reasons=form.value("reasons").replace("\r\n", "\n"),
            )
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, form)
    return Redirect(visit.url("/judge/committee"), status_code=303)


def content_of(form: Form, room: Room) -> dict[str, Any]:
    """The motion that a form's fields say, in the shape of docs/formats/resolutions.md."""
    kind = form.value("kind")
    reasons = form.value(f"reasons-{kind}").replace("\r\n", "\n").strip()
    if kind == Kind.OBJECTIVE:
        marks = {
            bid.id: {
                item.id: {
                    "mark": form.value(f"mark-{bid.id}-{item.id}").strip(),
                    "ground": form.value(f"ground-{bid.id}-{item.id}").strip(),
                }
                for item in room.found_items
            }
            for bid in room.bids
        }
        return {"kind": kind, "marks": marks}
    if kind == Kind.REJECTION:
        return {"kind": kind, "bid": form.value("bid"), "article": form.value("article"), "reasons": reasons}
    if kind == Kind.COMPETITION:
        bids = sorted(bid.id for bid in room.bids)
        return {"kind": kind, "bids": bids, "lacking": form.value("lacking") == "yes", "reasons": reasons}
    if kind == Kind.CAPACITY:
        number = form.value("request")
        request = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
        capable = form.value("capable") == "yes"
        return {"kind": kind, "request": request, "bid": form.value("bid"), "capable": capable, "reasons": reasons}
    return {"kind": kind, "judge": form.value("judge"), "reasons": reasons}


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    room = await enter(stack, visit)
    async with stack.database.reading() as session:
        asked = await capacity_of(session, room.section.id)
    rows = [(one, outcome(one.kind, one.votes.values(), len(room.committee.seats))) for one in room.committee.motions]
    regime = room.regime
    return show(
        visit,
        stack,
        "judge/committee.html",
        room,
        status=form.status,
        form=form,
        motions=[(one, decided, _told(room, one)) for one, decided in rows],
        kind_names=KINDS,
        outcomes=OUTCOMES,
        articles=regime.words(Rule.REJECTION_GROUNDS),
        minimum=regime.parameter(Rule.VALID_BIDS_MINIMUM),
        colleagues=[judge_id(seat.number) for seat in room.committee.seats if seat.signed_in_at is not None],
        question=asked.open if room.section.state in ASKABLE else None,
        askable=room.section.state in ASKABLE,
        may_move=room.section.state == "evaluating"
        and room.whole
        and room.checked
        and not room.committee.standing.undecided,
    )


def _told(room: Room, motion: Motion) -> str:
    """What the browser signs, but for the answer itself."""
    told = {"section": room.section.id, "number": motion.number, "content": dict(motion.content)}
    return json.dumps(told, ensure_ascii=False)


def _signature(form: Form) -> bytes:
    if not form.value("signature"):
        raise Problem("seat.no-key")
    return unb64(form.value("signature"), 64)


HANDLERS = [committee, resumed, prepare, move, answer]
