"""The purchaser's representatives: who takes their seats and by which mandate; names are told to who named them only."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.representatives import (
    LARGEST,
    LONGEST_NAME,
    Person,
    Place,
    Why,
    mandate_of,
    name_representative,
    namings_of,
    places_of,
)
from web.forms import Form, address, begin, typed
from web.i18n import N_
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.state import Stack
from web.visit import AnyRequest, Visit

Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
ROOM_FOR_FORM = 64 * 1024
SEAT = N_("representative")
"""What stands on pages where an expert's seat has its profession."""
WHY = {
    Why.UNABLE: N_("The person named cannot come"),
    Why.LEFT: N_("The person named has left the body"),
    Why.RECUSAL: N_("The person named must not judge"),
    Why.MISTAKE: N_("The naming was a mistake"),
}
AT_FIELDS = {
    "representative.name": "private_name",
    "representative.identity": "private_identity",
    "representative.twice": "private_identity",
    "representative.mandate": "mandate",
    "representative.why": "why",
    "representative.seated": "seat",
    "representative.none": "seat",
}


@get("/sections/{tender:str}/{number:str}/panel/representatives", opt=PROCURERS)
async def representatives(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The seats with what this account has named, and the form that names."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post(
    "/sections/{tender:str}/{number:str}/panel/representatives",
    opt=PROCURERS,
    status_code=303,
    request_max_body_size=LARGEST + ROOM_FOR_FORM,
)
async def name_one(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Upload,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Name who takes one seat."""
    form = typed(visit, {name: value for name, value in data.items() if isinstance(value, str)})
    section_id, seat = f"{tender}/{number}", form.value("seat")
    person = Person(form.value("private_name"), form.value("private_identity"))
    try:
        file = data.get("mandate")
        content = await file.read() if isinstance(file, UploadFile) else b""
        place = _number(seat) or 0
        async with stack.database.work(visit.actor, address(request)) as work:
            keys, why = stack.keys.service, form.value("why") or None
            seen = _number(form.value("seen"))
            await name_representative(work, keys, section_id, place, person, content, why, seen=seen)
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/panel/representatives") + "#seats", status_code=303)


@get("/sections/{tender:str}/{number:str}/panel/representatives/{seat:int}/mandate", opt=PROCURERS)
async def own_mandate(
    tender: FromPath[str],
    number: FromPath[str],
    seat: FromPath[int],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """The mandate as it was handed in, for the account that did so."""
    async with stack.database.reading() as session:
        await ground_of(session, visit, tender, number)
        data = await mandate_of(session, stack.keys.service, visit.actor, f"{tender}/{number}", seat)
    headers = {"Content-Disposition": f'attachment; filename="mandate-J{seat}.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        places = await places_of(session, stack.keys.service, visit.actor, section_id)
        namings = await namings_of(session, section_id)
    free = [place for place in places if place.signed_in_at is None]
    return show_section(
        visit,
        stack,
        ground,
        "procurement/representatives.html",
        status=form.status,
        form=form,
        sitting=places,
        free=_by_need(free),
        namings=namings,
        why=WHY,
        held=any(place.named_at for place in free),
        longest=LONGEST_NAME,
        largest=LARGEST >> 20,
        path=f"/sections/{section_id}/panel/representatives",
    )


def _number(text: str) -> int | None:
    """A plain number as a form holds it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _by_need(places: list[Place]) -> list[Place]:
    """Seats that nobody holds first."""
    return sorted(places, key=lambda place: (place.named_at is not None, place.number))


HANDLERS = [representatives, name_one, own_mandate]
