"""What a bidder gives in the hall so that its bid opens: the factor of its kit, or its files in plain."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.opening.factors import give_factor
from trading.opening.form import FORM
from web.bidder.words import refusals, spoken
from web.forms import Fields, Form, address, begin, typed
from web.hall.forms import Place, as_bidder
from web.i18n import N_
from web.public.section_view import PARTS
from web.render import PageResponse
from web.state import Stack
from web.visit import AnyRequest, Visit

AUDIENCE = {"audience": "bidder"}
FACTOR = 32
WORDS = {
    "reading": N_("Reading the kit on this machine …"),
    "read": N_("The kit is the one of this bid."),
    "comparing": N_("Comparing {part} with what was sealed …"),
    "sending": N_("Sending {part}: {percent} %"),
    "kept": N_("{part} is the one that was sealed, and is received."),
}


@get("/sections/{tender:str}/{number:str}/hall/factor", opt=AUDIENCE)
async def factor(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form that takes the bidder's factor; it says so where none is asked for."""
    return _giving(await as_bidder(stack, visit, f"{tender}/{number}"), await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/hall/factor", opt=AUDIENCE, status_code=303)
async def give(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The factor, which the page's script has taken out of the kit on the bidder's own machine; only it is sent."""
    form = Form(visit.language, {})
    place = await as_bidder(stack, visit, f"{tender}/{number}")
    assert place.own is not None
    try:
        await give_factor(
            stack.database, stack.objects, stack.keys, visit.actor, place.own.id,
            _read(typed(visit, data).value("factor")), address(request),
        )  # fmt: skip
    except Problem as problem:
        form.refuse(problem, "factor-box")
        return _giving(await as_bidder(stack, visit, f"{tender}/{number}"), form)
    return Redirect(visit.url(f"{place.path}/hall"), status_code=303)


@get("/sections/{tender:str}/{number:str}/hall/remedy", opt=AUDIENCE)
async def remedy(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The parts that may be shown in plain; the page's script compares them before anything is sent."""
    place = await as_bidder(stack, visit, f"{tender}/{number}")
    found = place.rescue.remedy if place.rescue else None
    return place.page(
        "hall/remedy.html", form=await begin(stack, visit), form_part=FORM, names=PARTS,
        parts_asked=() if found is None else found.missing, facts=_facts(place),
    )  # fmt: skip


def _giving(place: Place, form: Form) -> PageResponse:
    return place.page("hall/factor.html", status=form.status, form=form, facts=_facts(place))


def _facts(place: Place) -> dict[str, str]:
    """What the scripts are told, as attributes."""
    assert place.own is not None
    found = place.rescue.remedy if place.rescue else None
    names = {part: place.visit.texts.gettext(name) for part, name in PARTS.items()}
    return {
        "data-bid": place.own.id,
        "data-manifest": b64(place.own.digest),
        "data-section": place.found.section.id,
        "data-commits": json.dumps({one.part: b64(one.commit) for one in found.parts} if found else {}),
        "data-part-names": json.dumps(names, ensure_ascii=False),
        "data-words": spoken(place.visit, WORDS),
        "data-refusals": refusals(place.visit),
    }


def _read(text: str) -> bytes:
    """The 32 bytes of a factor; what is none cannot be the bid's."""
    try:
        return unb64(text.strip(), FACTOR)
    except Problem:
        return text.encode()[:FACTOR]


HANDLERS = [factor, give, remedy]
