"""The bodies experts work for: their names, renamed or merged bodies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import cast, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.tables import Employer, EmployerChange
from expertpool.experts.many import Renewal, change_many
from expertpool.experts.rows import profile_in_row
from expertpool.experts.rules import checked_reason
from expertpool.experts.tables import Expert, ExpertVersion
from expertpool.experts.versions import profile_of
from infra.auth.keys import KeyService
from infra.auth.organisations import checked_credit_code
from infra.auth.permissions import require
from infra.auth.registration.rules import CHINA
from infra.db.regions import within
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.kernel.search import search_query, search_vector

LONGEST_NAME = 200
PAGE, MOST_FOUND, BATCH = 50, 200, 500


@dataclass(frozen=True)
class Body:
    """One body, and how many experts of a region work for it; `name` is empty where none was ever told."""

    code: str
    name: str
    experts: int


@dataclass(frozen=True)
class Bodies:
    """One page by credit code, and the code after which the next one begins."""

    rows: Sequence[Body]
    following: str | None


@dataclass(frozen=True)
class Step:
    """What becomes of a body: why, and from which day it holds in law."""

    reason: str
    holds_from: date


async def note_employers(session: AsyncSession, named: Mapping[str, str]) -> None:
    """Keep the names of bodies by credit code, for those that have none yet; a name is changed by `rename` alone."""
    values = [_row(code, name) for code, name in sorted(named.items()) if name]
    if values:
        await session.execute(insert(Employer).values(values).on_conflict_do_nothing())


async def bodies(session: AsyncSession, region: str, *, words: str = "", after: str = "") -> Bodies:
    """The bodies for which experts of a region work, by code; `words` are a code or words of a name, the first 200 hits.

    The session is confined to the region already or sees more than it.
    """
    counted = select(Expert.employer, func.count()).where(
        Expert.employer.is_not(None), within(Expert.region, region), Expert.employer > after
    )
    if words.strip():
        counted = counted.where(Expert.employer.in_(await _meant(session, words)))
    page = counted.group_by(Expert.employer).order_by(Expert.employer).limit(PAGE + 1)
    found = [(code or "", number) for code, number in await session.execute(page)]
    rows = await session.execute(
        select(Employer.code, Employer.name).where(Employer.code.in_([one for one, _ in found]))
    )
    names = {code: name for code, name in rows}
    listed = [Body(code, names.get(code, ""), number) for code, number in found[:PAGE]]
    return Bodies(listed, listed[-1].code if len(found) > PAGE else None)


async def body_of(session: AsyncSession, region: str, code: str) -> tuple[Body, Sequence[EmployerChange]]:
    """One body and all that became of it, the newest first; `employer.unknown` where no expert of the region ever was.

    A body whose experts went elsewhere is known by what was entered of it.
    """
    if "\0" in code:
        raise Problem("employer.unknown")
    counted = select(func.count()).where(Expert.employer == code, within(Expert.region, region))
    number = await session.scalar(counted) or 0
    named = await session.scalar(select(Employer.name).where(Employer.code == code))
    told = select(EmployerChange).where(or_(EmployerChange.old == code, EmployerChange.new == code))
    changes = (await session.scalars(told.order_by(EmployerChange.at.desc()).limit(100))).all()
    if not number and not changes:
        raise Problem("employer.unknown")
    return Body(code, named or "", number), changes


async def rename(work: Work, keys: KeyService, code: str, name: str, step: Step) -> int:
    """A body has another name from now on: a further version of each of its experts in the actor's region; how many.

    A name that another region has entered already is taken over while an expert of the region bears another one.
    `employer.unknown`, `employer.name`, `employer.day`, `expert.reason`.
    """
    step, name = _checked(work, step), " ".join(name.split())
    body = await _body(work, code)
    others = await _employees(work, keys, code, code, name) if name == body.name else []
    if not name or len(name) > LONGEST_NAME or (name == body.name and not others):
        raise Problem("employer.name", longest=LONGEST_NAME)
    before = (others[0].expert.employer_name or "") if others else body.name
    renewed = insert(Employer).values(row := _row(code, name))
    await work.session.execute(renewed.on_conflict_do_update(index_elements=["code"], set_=row))
    return await _move(work, keys, (code, code, "renamed"), (before, name), step)


async def merge(work: Work, keys: KeyService, old: str, new: str, step: Step) -> int:
    """The experts of one body work for another from now on: a further version of each in the region; how many.

    A pool that is frozen holds the codes of its moment: there the two bodies stay two. `employer.unknown`,
    `employer.same`, `employer.day`, `expert.reason`.
    """
    step, new = _checked(work, step), checked_credit_code(new)
    if old == new:
        raise Problem("employer.same")
    body = await _body(work, old)
    return await _move(work, keys, (old, new, "merged"), (body.name, (await _body(work, new)).name), step)


async def _meant(session: AsyncSession, words: str) -> Sequence[str]:
    line = words.strip()
    found = [line.upper()]
    if query := search_query(line):
        wanted = select(Employer.code).where(Employer.search.bool_op("@@")(cast(query, TSQUERY)))
        found += (await session.scalars(wanted.order_by(Employer.code).limit(MOST_FOUND))).all()
    return found


def _checked(work: Work, step: Step) -> Step:
    """`employer.day` for a day that is to come: what will be is entered when it is."""
    if step.holds_from > work.ctx.now.astimezone(CHINA).date():
        raise Problem("employer.day")
    return replace(step, reason=checked_reason(step.reason))


async def _move(work: Work, keys: KeyService, way: tuple[str, str, str], names: tuple[str, str], step: Step) -> int:
    old, new, kind = way
    renewals = await _employees(work, keys, old, new, names[1])
    for batch in _batches(renewals):
        await change_many(work, keys, batch, step.reason)
    told = EmployerChange(
        id=work.ctx.new_id("employer-change"),
        old=old,
        new=new,
        kind=kind,
        at=work.ctx.now,
        by=work.ctx.actor.id,
        reason=step.reason,
        holds_from=step.holds_from,
        before=names[0],
        after=names[1],
        experts=len(renewals),
    )
    work.session.add(told)
    facts: dict[str, Any] = {"old": old, "new": new, "kind": kind, "since": step.holds_from.isoformat()}
    work.record(Event.EMPLOYER_CHANGED, told.id, experts=len(renewals), **facts)
    return len(renewals)


async def _employees(work: Work, keys: KeyService, old: str, new: str, name: str) -> list[Renewal]:
    """By id and locked, whose profile it makes another."""
    newest = (ExpertVersion.expert == Expert.id) & (ExpertVersion.number == Expert.version)
    found = select(Expert, ExpertVersion).outerjoin(ExpertVersion, newest).where(Expert.employer == old)
    renewals = []
    for expert, version in await work.session.execute(found.order_by(Expert.id).with_for_update(of=Expert)):
        before = profile_of(keys, version) if version else profile_in_row(keys, expert)
        after = replace(before, employer=new, employer_name=name)
        if after != before:
            renewals.append(Renewal(expert, version is not None, after))
    return renewals


def _batches(renewals: Sequence[Renewal]) -> Iterator[Sequence[Renewal]]:
    return (renewals[at : at + BATCH] for at in range(0, len(renewals), BATCH))


async def _body(work: Work, code: str) -> Employer:
    require(work.ctx.actor, "expert.change")
    body = None if "\0" in code else await work.session.get(Employer, code, with_for_update=True)
    if body is None:
        raise Problem("employer.unknown")
    return body


def _row(code: str, name: str) -> dict[str, object]:
    return {"code": code, "name": name, "search": cast(search_vector((name,)), TSVECTOR)}
