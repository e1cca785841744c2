"""The signed list of names 签到名单: hash and signatures first, names once centre and supervisor have both signed."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.lists import PARTIES, Named, Standing, named
from expertpool.invitations.queries import places_of
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.evaluation.foresight import section_for
from trading.evaluation.queries import seats_of
from trading.evaluation.roster import sign_list, the_list
from trading.evaluation.seating import SEATED
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SIGNERS = {"audience": ("centre", "supervisor"), "reads": Read.SEAT_LIST}
ON_A_SHEET = 20


@get("/sections/{tender:str}/{number:str}/attendance/list", opt=SIGNERS)
async def name_list(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The list's hash, who has signed it, and the names once both have."""
    return await _show(request, visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/attendance/list", opt=SIGNERS, status_code=303)
async def signature(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """One party's signature under the list that was shown."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        if not form.value("signature"):
            raise Problem("list.no-key")
        given = unb64(form.value("certificate")), unb64(form.value("signature"), 64)
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            shown = _hash(form.value("digest"))
            await sign_list(work, stack.keys.authority.public_key, section_id, shown, *given)
        return Redirect(visit.url(f"/sections/{section_id}/attendance/list"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
        return await _show(request, visit, stack, section_id, form)


@get("/sections/{tender:str}/{number:str}/attendance/list/print", opt=SIGNERS)
async def printed_list(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The unlocked list on numbered sheets, each with the hash; `list.locked` before both have signed."""
    section_id = f"{tender}/{number}"
    async with recorded(
        stack.database, visit.actor, address(request), Read.SEAT_LIST, section_id, section=section_id
    ) as look:
        section = await section_for(look.session, visit.actor, section_id)
        look.region = section.region
        now, names = await _names(look.session, stack, visit, section_id)
        if not now.unlocked:
            raise Problem("list.locked")
        look.facts = {"seats": [one.number for one in names]}
        places = await places_of(look.session, await seats_of(look.session, section_id))
    sheets = sheets_of(names, places)
    answer = page(visit, "centre/name_list_print.html", demo=stack.demo, section=section, sheets=sheets, now=now)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _show(request: AnyRequest, visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.SEAT_LIST, section_id, section=section_id) as look:
        section = await section_for(look.session, visit.actor, section_id)
        look.region = section.region
        now, names = await _names(look.session, stack, visit, section_id)
        look.facts = {"seats": [one.number for one in names]}
    may_sign = section.state in SEATED and now.wanting is None and visit.actor.role not in now.signed
    return page(
        visit, "centre/name_list.html", demo=stack.demo, status=form.status, form=form, section=section, now=now,
        names=names, parties=PARTIES, may_sign=may_sign,
    )  # fmt: skip


async def _names(session: AsyncSession, stack: Stack, visit: Visit, section_id: str) -> tuple[Standing, list[Named]]:
    now = await the_list(session, section_id, visit.now)
    if not now.unlocked:
        return now, []
    return now, await named(session, stack.keys.service, await seats_of(session, section_id))


def sheets_of(names: Sequence[Named], places: Mapping[int, str]) -> list[tuple[str, Sequence[Named]]]:
    """(place or "", names) of every sheet: where there are several places, each has sheets of its own."""
    groups: dict[str, list[Named]] = {}
    for one in names:
        groups.setdefault(places.get(one.number, ""), []).append(one)
    return [
        (place, group[start : start + ON_A_SHEET])
        for place, group in groups.items()
        for start in range(0, len(group), ON_A_SHEET)
    ]


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Problem("list.changed") from error


HANDLERS = [name_list, signature, printed_list]
