"""A bidder's part in the hall: the record confirmed, with this browser's key where there is one, or objected to."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.opening.confirming import confirm_record, raise_objection
from trading.opening.record import confirmation_message
from web.forms import Fields, Form, address, begin, typed
from web.hall.forms import Place, Writing, as_bidder, write
from web.i18n import N_
from web.render import PageResponse
from web.state import Stack
from web.visit import AnyRequest, Visit

AUDIENCE = {"audience": "bidder"}
OBJECTION = Writing(
    title=N_("Object to the opening"),
    label=N_("What you object to, and why"),
    hint=N_("Name the line, figure or step. The host answers on the spot, in writing."),
    consequence=N_(
        "Your objection is shown to everybody in the hall at once, with your name, and is logged; it cannot be taken back. "
        "The record is not final before it is answered."
    ),
    button=N_("Raise the objection"),
    refused=N_("The objection was not raised"),
)
FIELDS = {"record.reasons": "reasons"}


@get("/sections/{tender:str}/{number:str}/hall/confirmation", opt=AUDIENCE)
async def confirmation(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The record as its bidder is to confirm it; `record.none` before there is one."""
    return _confirming(await as_bidder(stack, visit, f"{tender}/{number}"), await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/hall/confirmation", opt=AUDIENCE, status_code=303)
async def confirm(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The bidder confirms, with the signature that the page's script has made, if any."""
    section, form = f"{tender}/{number}", typed(visit, data)
    place = await as_bidder(stack, visit, section)
    try:
        signed = [unb64(form.value(name)) for name in ("signature", "certificate") if form.value(name)]
        async with stack.database.work(visit.actor, address(request)) as work:
            await confirm_record(work, stack.keys.authority.public_key, section, *(signed if len(signed) == 2 else []))
    except Problem as problem:
        form.refuse(problem)
        return _confirming(place, form)
    return Redirect(visit.url(f"{place.path}/hall"), status_code=303)


@get("/sections/{tender:str}/{number:str}/hall/objection", opt=AUDIENCE)
async def objection(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of an objection."""
    place = await as_bidder(stack, visit, f"{tender}/{number}")
    return write(place, await begin(stack, visit), OBJECTION, f"{place.path}/hall")


@post("/sections/{tender:str}/{number:str}/hall/objection", opt=AUDIENCE, status_code=303)
async def object_(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The bidder objects."""
    section, form = f"{tender}/{number}", typed(visit, data)
    place = await as_bidder(stack, visit, section)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            raised = await raise_objection(work, section, form.value("reasons"))
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return write(place, form, OBJECTION, f"{place.path}/hall")
    return Redirect(visit.url(f"{place.path}/hall") + f"#{raised.id}", status_code=303)


def _confirming(place: Place, form: Form) -> PageResponse:
    record = place.shown.record
    if record is None:
        raise Problem("record.none", section=place.found.section.id)
    message = confirmation_message(record.digest).hex()
    return place.page("hall/confirmation.html", status=form.status, form=form, record=record, message=message)


HANDLERS = [confirmation, confirm, objection, object_]
