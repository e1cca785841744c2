"""The directory of the pool: experts by filters and by page, or whoever has exactly this name, number or telephone."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from expertpool.directory.search import COUNTED, LONGEST, Asked, find, person_key
from expertpool.experts.rules import Title
from expertpool.experts.sealing import name_of
from expertpool.experts.states import ExpertState
from expertpool.professions.tree import professions
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from web.expertpool.words import pool_words
from web.forms import Fields, Form, address, begin, typed
from web.i18n import Language
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}
FILTERS = ("words", "who", "profession", "region", "state", "title", "order")


@get("/pool", opt={**POOL, "reads": Read.EXPERTS})
async def directory(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One page of the pool; the look is recorded with its filters before anything is shown."""
    return await _show(request, visit, stack, await begin(stack, visit))


@post("/pool/person", opt=POOL, status_code=303)
async def person(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Look for one person: what was typed stays out of every address; a keyed hash of it stands there."""
    form = typed(visit, data)
    try:
        who = person_key(stack.keys.service, form.value("private_person"))
    except Problem as problem:
        form.refuse(problem, "private_person")
        return await _show(request, visit, stack, form)
    return Redirect(visit.url("/pool", {"who": who}), status_code=303)


def profession_names(visit: Visit, rows: Any) -> dict[str, str]:
    """By code, the name of each profession in the visitor's language."""
    english = visit.language is Language.EN
    return {one.code: (one.name_en if english and one.name_en else one.name_zh) for one in rows}


async def _show(request: AnyRequest, visit: Visit, stack: Stack, form: Form) -> Response[str]:
    filters, asked = _asked(visit)
    told: dict[str, Any] = {name: filters.value(name) for name in FILTERS if filters.value(name)}
    reader = (visit.actor, address(request))
    region = visit.actor.region or ""
    async with recorded(stack.database, *reader, Read.EXPERTS, "/pool", **told) as look:
        found = await find(look.session, region, asked)
        known = await professions(look.session)
    shown = page(
        visit,
        "expertpool/directory.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        filters=filters,
        found=found,
        counted=COUNTED,
        names={one.id: name_of(stack.keys.service, one) for one in found.rows},
        professions=profession_names(visit, known),
        states=[(str(one), one) for one in ExpertState],
        titles=[(str(one), one) for one in Title],
        following=visit.varied(after=found.following, before=None) if found.following else None,
        preceding=visit.varied(before=found.preceding, after=None) if found.preceding else None,
        **pool_words(),
    )
    shown.headers["Cache-Control"] = "no-store"
    return shown


def _asked(visit: Visit) -> tuple[Form, Asked]:
    """The filters of the address, as the form shows them and as the search means them; what cannot be meant is empty."""
    given = {name: text[:LONGEST].replace("\0", "").strip() for name, text in visit.asked}
    values = {name: given.get(name, "") for name in FILTERS}
    values["region"] = values["region"] if values["region"].isascii() and values["region"].isdigit() else ""
    values["state"] = values["state"] if values["state"] in set(ExpertState) else ""
    values["title"] = values["title"] if values["title"] in set(Title) else ""
    values["profession"] = values["profession"].upper()
    asked = Asked(
        **{name: values[name] for name in ("words", "who", "profession", "state", "title")},
        region=values["region"][:6],
        newest=values["order"] == "newest",
        after=given.get("after", ""),
        before=given.get("before", ""),
    )
    return Form(visit.language, values), asked


HANDLERS = [directory, person]
