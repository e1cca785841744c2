"""The sealed reserve price 标底 on the section's desk: typed and sealed in the browser, kept shut like a bid."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.tables import Organisation
from infra.custody.actions import signed_keyset
from infra.custody.duties import trustees
from infra.custody.tables import Keyset
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.reserve.actions import seal_reserve
from trading.reserve.queries import keyset_of, own_reserve
from trading.sections.states import SectionState
from web.bidder.words import refusals
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.sections import AMOUNT_SIGNS
from web.state import Stack
from web.visit import AnyRequest, Visit

MOST = 200_000
SEALED = ("container", "manifest", "signature", "certificate")


@get("/sections/{tender:str}/{number:str}/reserve", opt=PROCURERS)
async def reserve(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Whether one is sealed, by whom and when, and the form of another; what it says is shown after the opening only."""
    return await _show(stack, visit, tender, number, await begin(stack, visit, {}))


@post("/sections/{tender:str}/{number:str}/reserve", opt=PROCURERS, status_code=303, request_max_body_size=MOST)
async def seal(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Keep what the browser sealed; the amount itself never comes with the form."""
    form, section_id = (
        typed(visit, {name: value for name, value in data.items() if name != "price"}),
        f"{tender}/{number}",
    )
    try:
        if not all(form.value(name) for name in SEALED):
            raise Problem("reserve.nothing")
        container, manifest, signature, certificate = (unb64(form.value(name)) for name in SEALED)
        async with stack.database.work(visit.actor, address(request)) as work:
            authority = stack.keys.authority.public_key
            await seal_reserve(work, authority, section_id, container, manifest, signature, certificate)
    except Problem as problem:
        form.refuse(problem)
        return await _show(stack, visit, tender, number, form)
    return Redirect(visit.url(f"/sections/{section_id}/reserve"), status_code=303)


async def _show(stack: Stack, visit: Visit, tender: str, number: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
        found = await own_reserve(session, visit.actor, ground.section.id)
        by = None if found is None else await session.get_one(Organisation, found.sealed_by)
        keyset = await session.get(Keyset, keyset_of(ground.section) or "")
        pinned = {one.name: b64(one.signer) for one in await trustees(session)}
    section = ground.section
    taken = ground.state is SectionState.BIDDING and section.deadline is not None and visit.now < section.deadline
    return show_section(
        visit,
        stack,
        ground,
        "procurement/reserve.html",
        status=form.status,
        form=form,
        found=found,
        by=by,
        taken=taken,
        signs=AMOUNT_SIGNS,
        facts=_facts(visit, ground, keyset, pinned) if taken else {},
    )


def _facts(visit: Visit, ground: Ground, keyset: Keyset | None, pinned: dict[str, str]) -> dict[str, str]:
    """What the page's script is told, as attributes."""
    assert keyset is not None and visit.signed_in is not None and visit.signed_in.organisation is not None
    return {
        "data-section": ground.section.id,
        "data-account": visit.actor.id,
        "data-credit-code": visit.signed_in.organisation.credit_code,
        "data-keyset": signed_keyset(keyset).encode().decode(),
        "data-pinned": json.dumps(pinned),
        "data-words": "{}",
        "data-refusals": refusals(visit),
    }


HANDLERS = [reserve, seal]
