"""The professions that are known: reading the tree, taking in a list of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.professions.rules import Branch, ordered
from expertpool.professions.tables import Profession
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import digest
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

LONGEST_SOURCE = 200
MOST = 5000


async def professions(session: AsyncSession, on: date | None = None) -> Sequence[Profession]:
    """Every profession by its code, or those that hold on a day."""
    found = select(Profession).order_by(Profession.code)
    if on is not None:
        found = found.where(Profession.valid_from <= on, func.coalesce(Profession.ended_at, date.max) > on)
    return (await session.scalars(found)).all()


async def take_list(work: Work, branches: Iterable[Branch], source: str) -> tuple[int, int]:
    """Take in a list: how many codes were new, how many already there (their names and days are those of the list now).

    Nothing is ever taken away: a code ends on its day. `profession.source`, `profession.twice`, `profession.parent`,
    `profession.many`.
    """
    require(work.ctx.actor, "expert.import")
    if not is_written(source, LONGEST_SOURCE):
        raise Problem("profession.source", longest=LONGEST_SOURCE)
    known = (await work.session.scalars(select(Profession.code))).all()
    rows = ordered(branches, known)
    if not 0 < len(rows) <= MOST:
        raise Problem("profession.many", most=MOST)
    values = [
        {
            "code": one.code,
            "parent": one.parent,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "source": source.strip(),
            "valid_from": one.valid_from or work.ctx.now.date(),
            "ended_at": one.ended_at,
        }
        for one in rows
    ]
    adding = insert(Profession).values(values)
    renewed = {name: adding.excluded[name] for name in ("name_zh", "name_en", "source", "ended_at")}
    await work.session.execute(adding.on_conflict_do_update(index_elements=["code"], set_=renewed))
    new = len({one.code for one in rows} - set(known))
    told = [[one.code, one.name_zh, str(one.valid_from or ""), str(one.ended_at or "")] for one in rows]
    facts: dict[str, Any] = {
        "source": source.strip(),
        "new": new,
        "known": len(rows) - new,
        "digest": digest(told).hex(),
    }
    work.record(Event.PROFESSIONS_TAKEN, work.ctx.new_id("professions"), **facts)
    return new, len(rows) - new
