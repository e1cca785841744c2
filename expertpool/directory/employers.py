"""The bodies experts work for: their names, renamed or merged bodies."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.tables import Employer, EmployerChange
from expertpool.experts.life import change
from expertpool.experts.rules import checked_reason
from expertpool.experts.tables import Expert, ExpertVersion
from expertpool.experts.versions import profile_of
from infra.auth.keys import KeyService
from infra.auth.organisations import checked_credit_code
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.problems import Problem
from infra.kernel.search import search_vector

LONGEST_NAME = 200


async def note_employers(session: AsyncSession, named: Mapping[str, str]) -> None:
    """Keep the names of bodies by credit code, for those that have none yet; a name is changed by `rename` alone."""
    values = [_row(code, name) for code, name in sorted(named.items()) if name]
    if values:
        await session.execute(insert(Employer).values(values).on_conflict_do_nothing())


async def rename(work: Work, keys: KeyService, code: str, name: str, reason: str) -> int:
    """A body has another name from now on: a further version of each of its experts in the actor's region; how many.

    `employer.unknown`, `employer.name`, `expert.reason`.
    """
    why, name = checked_reason(reason), " ".join(name.split())
    body = await _body(work, code)
    if not name or len(name) > LONGEST_NAME or name == body.name:
        raise Problem("employer.name", longest=LONGEST_NAME)
    renewed = insert(Employer).values(row := _row(code, name))
    await work.session.execute(renewed.on_conflict_do_update(index_elements=["code"], set_=row))
    return await _move(work, keys, (code, code, "renamed"), name, why)


async def merge(work: Work, keys: KeyService, old: str, new: str, reason: str) -> int:
    """The experts of one body work for another from now on: a further version of each in the region; how many.

    A pool that is frozen holds the codes of its moment: there the two bodies stay two. `employer.unknown`,
    `employer.same`, `expert.reason`.
    """
    why, new = checked_reason(reason), checked_credit_code(new)
    if old == new:
        raise Problem("employer.same")
    await _body(work, old)
    return await _move(work, keys, (old, new, "merged"), (await _body(work, new)).name, why)


async def _move(work: Work, keys: KeyService, way: tuple[str, str, str], name: str, reason: str) -> int:
    old, new, kind = way
    experts = await _employees(work, old)
    for expert, version in experts:
        profile = replace(profile_of(keys, version), employer=new, employer_name=name)
        await change(work, keys, expert, profile, reason)
    row = {"old": old, "new": new, "kind": kind, "at": work.ctx.now, "by": work.ctx.actor.id, "reason": reason}
    work.session.add(EmployerChange(id=work.ctx.new_id("employer-change"), **row))
    return len(experts)


async def _employees(work: Work, code: str) -> Sequence[tuple[str, ExpertVersion]]:
    newest = (ExpertVersion.expert == Expert.id) & (ExpertVersion.number == Expert.version)
    found = select(Expert.id, ExpertVersion).join(ExpertVersion, newest).where(Expert.employer == code)
    return [(expert, version) for expert, version in await work.session.execute(found.order_by(Expert.id))]


async def _body(work: Work, code: str) -> Employer:
    require(work.ctx.actor, "expert.change")
    body = None if "\0" in code else await work.session.get(Employer, code, with_for_update=True)
    if body is None:
        raise Problem("employer.unknown")
    return body


def _row(code: str, name: str) -> dict[str, object]:
    return {"code": code, "name": name, "search": cast(search_vector((name,)), TSVECTOR)}
