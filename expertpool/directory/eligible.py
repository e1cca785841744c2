"""Who of the pool may be drawn for some needs at some time, and how many that are: the one place that decides it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.needs import Need, fits
from expertpool.experts.queries import Reach
from expertpool.experts.sealing import IDENTITY_LABEL, open_text
from infra.auth.keys import KeyService

__all__ = ["Eligible", "Left", "Reach", "eligible", "reach"]

BATCH = 5000
_POOL = """
SELECT id, identity, employer, specialties, region, state, available AND away.expert IS NULL
FROM experts LEFT JOIN (SELECT DISTINCT expert FROM absences WHERE during && tstzrange($1, $2)) away
ON away.expert = experts.id ORDER BY id"""
_REACH = text("""
WITH needed AS (
    SELECT DISTINCT profession, region
    FROM unnest(CAST(:professions AS text[]), CAST(:regions AS text[])) AS needed (profession, region)
), avoided AS (
    SELECT profession, region, experts, 1 AS bodies FROM needed JOIN reach_tallies USING (profession, region)
    WHERE body = ANY(CAST(:avoid AS text[])) AND experts > 0
), away AS (
    SELECT needed.profession, needed.region, coalesce(one.employer, one.id) AS body, count(DISTINCT one.id) AS experts
    FROM absences
    JOIN experts one ON one.id = absences.expert
    JOIN expert_reach found ON found.expert = one.id AND found.available AND found.state = 'active'
    JOIN needed ON needed.profession = found.profession AND starts_with(found.region, needed.region)
    WHERE :away AND during && tstzrange(:since, :until)
        AND coalesce(one.employer, one.id) <> ALL(CAST(:avoid AS text[]))
    GROUP BY 1, 2, 3
), fewer AS (
    SELECT * FROM avoided UNION ALL
    SELECT profession, region, away.experts, (away.experts = kept.experts)::int
    FROM away JOIN reach_tallies kept USING (profession, region, body)
)
SELECT profession, region, total.experts - coalesce(sum(fewer.experts), 0)::int,
    total.bodies - coalesce(sum(fewer.bodies), 0)::int
FROM needed JOIN reach_totals total USING (profession, region) LEFT JOIN fewer USING (profession, region)
GROUP BY profession, region, total.experts, total.bodies""").bindparams(
    bindparam("since", type_=DateTime(timezone=True)), bindparam("until", type_=DateTime(timezone=True))
)


class Eligible(NamedTuple):
    """One who may be drawn; `identity` is `<type>:<number>`, `professions` are all codes of the entry."""

    expert: str
    identity: str
    employer: str | None
    professions: tuple[str, ...]
    region: str


class Left(NamedTuple):
    """One who may not, and why: profession, region, status, unavailable or recusal, the first that holds."""

    expert: str
    identity: str
    why: str
    professions: tuple[str, ...] = ()
    region: str = ""


async def eligible(
    connection: asyncpg.Connection,
    keys: KeyService,
    needs: Sequence[Need],
    during: tuple[datetime, datetime],
    excluded: Collection[str],
) -> AsyncIterator[list[Eligible | Left]]:
    """Everybody of the pool as of one moment, by id, 5,000 at a time; nobody is missing.

    `during` is the time of the evaluation, its end not included; `excluded` are ids of experts who must not be drawn.
    The connection must be confined to no region. Unsealing is done beside the event loop.
    """
    barred = frozenset(excluded)
    async with connection.transaction():
        cursor = await connection.cursor(_POOL, *during)
        while rows := await cursor.fetch(BATCH):
            yield await asyncio.to_thread(_judged, keys, rows, needs, barred)


async def reach(
    session: AsyncSession, needs: Sequence[Need], during: tuple[datetime, datetime] | None, avoid: Collection[str] = ()
) -> dict[str, Reach]:
    """By need code, how many experts a draw could reach and of how many bodies; exact, without employees of `avoid`.

    Without a time nobody is away. A session confined to a region counts no need that reaches beyond it.
    """
    asked = {
        "professions": [need.profession for need in needs],
        "regions": [need.region for need in needs],
        "avoid": sorted(set(avoid)),
        "away": during is not None,
        "since": during and during[0],
        "until": during and during[1],
    }
    counted = {
        (profession, region): Reach(experts, bodies)
        for profession, region, experts, bodies in await session.execute(_REACH, asked)
    }
    return {need.code: counted.get((need.profession, need.region), Reach(0, 0)) for need in needs}


def _judged(
    keys: KeyService, rows: Sequence[Any], needs: Sequence[Need], excluded: frozenset[str]
) -> list[Eligible | Left]:
    judged: list[Eligible | Left] = []
    for expert, sealed, employer, specialties, region, state, available in rows:
        identity = open_text(keys, IDENTITY_LABEL, expert, sealed)
        why = _why_not(needs, specialties, region, state, available, expert in excluded)
        codes = tuple(specialties)
        judged.append(
            Left(expert, identity, why, codes, region) if why else Eligible(expert, identity, employer, codes, region)
        )
    return judged


def _why_not(
    needs: Sequence[Need], professions: Collection[str], region: str, state: str, available: bool, excluded: bool
) -> str | None:
    if not any(one.startswith(need.profession) for need in needs for one in professions):
        return "profession"
    if not any(fits(need, professions, region) for need in needs):
        return "region"
    if state != "active":
        return "status"
    if not available:
        return "unavailable"
    return "recusal" if excluded else None
