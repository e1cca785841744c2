"""An expert's page at the pool office: what is known, every version with what changed, and every step of its life."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.letters import open_letter
from expertpool.experts.life import change
from expertpool.experts.notices import notices_of, objection_of
from expertpool.experts.register import expert_of, standings_of
from expertpool.experts.rules import masked
from expertpool.experts.sealing import identity_of, name_of
from expertpool.experts.states import ExpertState
from expertpool.experts.tables import Expert
from expertpool.experts.versions import Difference, differences, is_whole, profile_of, versions_of
from infra.access.actions import Look, recorded
from infra.access.rules import Read
from infra.auth.tables import Account
from infra.kernel.problems import Problem
from web.expertpool.admission import admission_on
from web.expertpool.profile_form import (
    add_row,
    as_typed,
    broad_professions,
    profile_typed,
    refuse_at,
    rows_of,
    unknown_professions,
)
from web.expertpool.words import CONSENTS, TIES, TITLES, pool_choices, pool_words
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool", "reads": Read.EXPERT}
ACTS = {
    ExpertState.ACTIVE: ("suspension", "removal"),
    ExpertState.SUSPENDED: ("resumption", "removal"),
    ExpertState.LAPSED: ("readmission", "removal"),
    ExpertState.REMOVED: (),
}
"""What may be done next, as the last word of the page's address."""


@get("/pool/{expert:str}", opt=POOL)
async def expert_page(
    request: AnyRequest, expert: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The expert as of now."""
    return await shown_expert(request, visit, stack, expert, await begin(stack, visit))


async def shown_expert(request: AnyRequest, visit: Visit, stack: Stack, expert: str, form: Form) -> Response[str]:
    """The expert's page with what was refused on it."""
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERT, expert) as look:
        facts = await _facts(look, visit, stack, expert)
        facts["letter"] = await open_letter(look.session, expert, visit.now)
        told = {one.step: one for one, _ in await notices_of(look.session, expert)}
    facts |= {
        "told": told,
        "objections": {step: objection_of(stack.keys.service, one) for step, one in told.items()},
        "form": form,
    }
    return page(visit, "expertpool/expert.html", demo=stack.demo, status=form.status, **facts, **pool_words())


@get("/pool/{expert:str}/versions", opt=POOL)
async def versions_page(
    request: AnyRequest, expert: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Every version beside the one before."""
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERT, expert) as look:
        facts = await _facts(look, visit, stack, expert)
    keys, versions = stack.keys.service, facts["versions"]
    profiles = [profile_of(keys, one) for one in versions]
    before = [*profiles[1:], None]
    facts["changes"] = [
        (version, [_worded(visit, row) for row in differences(old, new) if row.changed], is_whole(keys, version))
        for version, new, old in zip(versions, profiles, before, strict=True)
    ]
    return page(visit, "expertpool/versions.html", demo=stack.demo, **facts, **pool_words())


@get("/pool/{expert:str}/change", opt=POOL)
async def change_form(
    request: AnyRequest, expert: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of the next version, filled in with the one in force."""
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERT, expert) as look:
        found = await expert_of(look.session, visit.actor, expert)
        versions = await versions_of(look.session, expert)
    known = as_typed(profile_of(stack.keys.service, versions[0])) if versions else _of_row(found, stack)
    return await _show_change(visit, stack, expert, await begin(stack, visit, known))


@post("/pool/{expert:str}/change", opt=POOL, status_code=303)
async def changing(
    expert: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Put the next version in force."""
    form = typed(visit, data)
    if add_row(form):
        return await _show_change(visit, stack, expert, form)
    admission = admission_on(stack, visit.now)
    profile = profile_typed(form, admission, consents=False)
    if profile is not None:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                await expert_of(work.session, visit.actor, expert)
                unknown = await unknown_professions(work.session, profile.professions)
                if unknown:
                    raise Problem("expert.profession-unknown", codes=", ".join(unknown))
                await change(work, stack.keys.service, expert, profile, form.value("private_reason"), admission)
            return Redirect(visit.url(f"/pool/{expert}"), status_code=303)
        except Problem as problem:
            refuse_at(form, problem)
    return await _show_change(visit, stack, expert, form)


HANDLERS = [expert_page, versions_page, change_form, changing]


async def _facts(look: Look, visit: Visit, stack: Stack, expert_id: str) -> dict[str, Any]:
    found = await expert_of(look.session, visit.actor, expert_id)
    versions = await versions_of(look.session, expert_id)
    steps = await standings_of(look.session, expert_id)
    keys = stack.keys.service
    profile = profile_of(keys, versions[0]) if versions else None
    return {
        "expert": found,
        "name": name_of(keys, found),
        "identity": masked(identity_of(keys, found)),
        "versions": versions,
        "profile": profile,
        "rows": differences(None, profile) if profile else [],
        "steps": steps,
        "people": await _people(look.session, {*(one.changed_by for one in versions), *(one.by for one in steps)}),
        "acts": ACTS[ExpertState(found.state)],
    }


def _worded(visit: Visit, row: Difference) -> Difference:
    """The difference with words in place of codes."""
    tables: Mapping[str, Mapping[Any, str]] = {"title": TITLES, "consents": CONSENTS, "ties": TIES}
    words = tables.get(row.field, {})
    known = {str(code): visit.texts.gettext(text) for code, text in words.items()}

    def told(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(" · ".join(known.get(part, part) for part in line.split(" · ")) for line in lines)

    return Difference(row.field, told(row.before), told(row.after)) if known else row


async def _show_change(visit: Visit, stack: Stack, expert_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await expert_of(session, visit.actor, expert_id)
        facts: dict[str, Any] = {"professions": await broad_professions(session), "expert": found}
    facts |= {
        "form": form,
        "rows": rows_of(form),
        "admission": admission_on(stack, visit.now),
        **pool_choices(visit),
        "name": name_of(stack.keys.service, found),
    }
    return page(visit, "expertpool/change.html", demo=stack.demo, status=form.status, **facts, **pool_words())


async def _people(session: AsyncSession, ids: set[str]) -> dict[str, str]:
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(sorted(ids))))
    return {account: name for account, name in rows}


def _of_row(expert: Expert, stack: Stack) -> dict[str, str]:
    """What is known of somebody who was entered before versions were kept."""
    keys = stack.keys.service
    kind, _, number = identity_of(keys, expert).partition(":")
    return {
        "private_name": name_of(keys, expert),
        "private_document": kind,
        "private_identity": number,
        "private_employer": expert.employer or "",
        "region": expert.region,
        **{f"profession_{code}": "yes" for code in expert.specialties},
    }
