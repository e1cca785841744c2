"""The host's desk of an opening: what waits for a decision, who has released a key, what is said to the hall."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.permissions import may
from infra.kernel.problems import Problem
from trading.opening.confirming import DURING, answer_objection
from trading.opening.hosting import NOTE, speak
from trading.opening.pausing import PAUSE, RESUME
from trading.opening.tables import Objection
from web.forms import Fields, address, begin, typed
from web.hall.forms import Place, Writing, as_host, write
from web.i18n import N_
from web.state import Stack
from web.visit import AnyRequest, Visit

HOSTS = {"audience": ("centre", "agent", "procuring")}
HEARD = N_("Everybody in the hall reads this at once. It is logged and cannot be taken back.")
SAYING = {
    NOTE: Writing(
        title=N_("Note to the hall"),
        label=N_("What you say"),
        hint=N_("Shown in the hall and on the screen until the next note."),
        consequence=HEARD,
        button=N_("Say it"),
        field="text",
        refused=N_("Nothing was said"),
    ),
    PAUSE: Writing(
        title=N_("Pause the clocks"),
        label=N_("Reason"),
        hint=N_(
            "The times for keys, factors, remedies and the record stand still. The deadline does not move, and bids go on "
            "opening: nobody can hold that up."
        ),
        consequence=HEARD,
        button=N_("Pause"),
        field="text",
        refused=N_("Nothing was paused"),
    ),
    RESUME: Writing(
        title=N_("Let the clocks go on"),
        label=N_("What you say"),
        hint=N_("Every running time is longer by the length of the pause."),
        consequence=HEARD,
        button=N_("Go on"),
        field="text",
        refused=N_("It does not go on yet"),
    ),
}
ANSWER = Writing(
    title=N_("Answer an objection"),
    label=N_("Your answer"),
    hint=N_("On the spot, in writing (Implementing Regulations of the Tendering and Bidding Law, art. 44)."),
    consequence=N_(
        "The answer is shown beside the objection to everybody at once, stands in the opening record, and cannot be changed."
    ),
    button=N_("Answer"),
    field="answer",
    refused=N_("Nothing was answered"),
)
FIELDS = {"hall.text": "text", "record.reasons": "answer"}


@get("/sections/{tender:str}/{number:str}/host", opt=HOSTS)
async def host(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The host's desk; before the closing it knows of bids no more than anybody does."""
    place = await as_host(stack, visit, f"{tender}/{number}")
    settled = place.shown.record is not None and place.shown.record.settled_at is not None
    return place.page(
        "hall/host.html",
        decides=may(visit.actor, "cause.decide"),
        may_speak=place.found.closed and place.found.section.state in DURING and not settled,
    )


@get("/sections/{tender:str}/{number:str}/host/note", opt=HOSTS)
async def note(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of a note, of a pause or of going on (`?kind=`)."""
    place = await as_host(stack, visit, f"{tender}/{number}")
    kind = dict(visit.asked).get("kind", NOTE)
    form = await begin(stack, visit, {"kind": kind if kind in SAYING else NOTE})
    return write(place, form, _saying(form.value("kind")), f"{place.path}/host")


@post("/sections/{tender:str}/{number:str}/host/note", opt=HOSTS, status_code=303)
async def say(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The host speaks."""
    section, form = f"{tender}/{number}", typed(visit, data)
    place = await as_host(stack, visit, section)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await speak(work, section, form.value("kind"), form.value("text"))
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return write(place, form, _saying(form.value("kind")), f"{place.path}/host")
    return _back(visit, place)


@get("/sections/{tender:str}/{number:str}/host/objections/{objection:str}", opt=HOSTS)
async def objection(
    tender: FromPath[str],
    number: FromPath[str],
    objection: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The form of an answer; `record.objection-unknown`."""
    place = await as_host(stack, visit, f"{tender}/{number}")
    raised = _objection(place, objection)
    return write(place, await begin(stack, visit), ANSWER, f"{place.path}/host", raised.reasons)


@post("/sections/{tender:str}/{number:str}/host/objections/{objection:str}", opt=HOSTS, status_code=303)
async def answer(
    tender: FromPath[str],
    number: FromPath[str],
    objection: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The host answers an objection."""
    section, form = f"{tender}/{number}", typed(visit, data)
    place = await as_host(stack, visit, section)
    raised = _objection(place, objection)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await answer_objection(work, section, raised.id, form.value("answer"))
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return write(place, form, ANSWER, f"{place.path}/host", raised.reasons)
    return _back(visit, place)


def _saying(kind: str) -> Writing:
    return SAYING.get(kind, SAYING[NOTE])


def _objection(place: Place, identifier: str) -> Objection:
    raised = next((one for one in place.shown.objections if one.id == identifier), None)
    if raised is None:
        raise Problem("record.objection-unknown", objection=identifier[:80])
    return raised


def _back(visit: Visit, place: Place) -> Redirect:
    return Redirect(visit.url(f"{place.path}/host"), status_code=303)


HANDLERS = [host, note, say, objection, answer]
