"""Reach: the database keeps it exactly, whoever changes experts, and a draw lists everybody with a reason."""

import random
from datetime import UTC, datetime, timedelta

import asyncpg
from pool import CITY, COST, DEEP, FAR, KEYS, OTHER_CITY, WORKS, put
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import Range

from expertpool.availability.tables import Absence
from expertpool.directory.eligible import Eligible, Left, Reach, eligible, reach
from expertpool.directory.reaching import REBUILDING
from expertpool.draw.needs import Need, parse_need
from expertpool.experts.tables import Expert
from infra.db.work import Database, Work
from infra.kernel.context import SYSTEM, Actor, Role

SOON = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
DURING = (SOON, SOON + timedelta(hours=8))
HERE = "4299"
AWAY_FROM_HERE = Actor("clerk", Role.POOL, None, "330100")


async def absent(database: Database, expert: str, since: datetime, until: datetime) -> None:
    async with database.work(SYSTEM) as work:
        work.session.add(
            Absence(
                id=work.ctx.new_id("absence"),
                region=CITY,
                expert=expert,
                during=Range(since, until),
                kind="leave",
                entered_at=work.ctx.now,
            )
        )


async def counted(database: Database, *codes: str, avoid: tuple[str, ...] = (), now: bool = False) -> dict[str, Reach]:
    async with database.reading() as session:
        return await reach(session, [parse_need(code) for code in codes], None if now else DURING, avoid)


async def listed(database: Database, needs: list[Need], excluded: set[str]) -> list[Eligible | Left]:
    connection = await asyncpg.connect(database.dsn)
    try:
        return [one async for batch in eligible(connection, KEYS, needs, DURING, excluded) for one in batch]
    finally:
        await connection.close()


async def test_an_expert_counts_under_every_profession_above_and_every_region_around(database: Database) -> None:
    await put(database, 1, specialties=(DEEP, COST), employer="X")
    await put(database, 2, specialties=(WORKS,), employer="X", region=OTHER_CITY)
    await put(database, 3, specialties=("A0801",))
    assert await counted(database, "A08@42", "A08@4299", "A0804@42", "A0804@429900", "A06@42", "A08@33") == {
        "A08@42": (3, 2),
        "A08@4299": (2, 2),
        "A0804@42": (1, 1),
        "A0804@429900": (1, 1),
        "A06@42": (1, 1),
        "A08@33": (0, 0),
    }


async def test_who_is_suspended_or_unavailable_does_not_count(database: Database) -> None:
    await put(database, 1, state="suspended")
    await put(database, 2, available=False)
    assert await counted(database, "A08@42") == {"A08@42": (0, 0)}


async def test_avoided_bodies_and_those_away_are_left_out_and_a_body_falls_with_its_last(database: Database) -> None:
    for number, employer in enumerate(("X", "X", "Y", "Z", "Z"), 1):
        await put(database, number, employer=employer)
    await absent(database, "expert-0001", SOON - timedelta(days=1), SOON + timedelta(hours=1))
    await absent(database, "expert-0003", SOON + timedelta(hours=1), SOON + timedelta(hours=2))
    await absent(database, "expert-0003", SOON + timedelta(hours=3), SOON + timedelta(hours=4))
    await absent(database, "expert-0002", DURING[1], DURING[1] + timedelta(days=3))
    await absent(database, "expert-0004", SOON, DURING[1])
    assert await counted(database, "A08@42", now=True) == {"A08@42": (5, 3)}
    assert await counted(database, "A08@42") == {"A08@42": (2, 2)}
    assert await counted(database, "A08@42", avoid=("X",)) == {"A08@42": (1, 1)}
    assert await counted(database, "A08@42", avoid=("X", "Z", "nobody")) == {"A08@42": (0, 0)}


async def test_no_needs_reach_nobody(database: Database) -> None:
    assert await counted(database) == {}


async def truth(database: Database, avoid: tuple[str, ...], codes: list[str]) -> dict[str, Reach]:
    """The same counts from the list of a draw: another path through other tables."""
    found = {}
    for code in codes:
        bodies = [
            one.employer or one.expert
            for one in await listed(database, [parse_need(code)], set())
            if isinstance(one, Eligible) and (one.employer or one.expert) not in avoid
        ]
        found[code] = Reach(len(bodies), len(set(bodies)))
    return found


async def test_tallies_stay_exact_through_any_changes(database: Database) -> None:
    chance = random.Random(7)
    for number in range(1, 25):
        await put(
            database,
            number,
            specialties=chance.sample(["A08", "A0804", "A080401", "A06", "B01"], chance.randint(1, 3)),
            employer=chance.choice(["X", "Y", None]),
            region=chance.choice([CITY, OTHER_CITY, FAR]),
        )
    for step in range(40):
        values = chance.choice(
            [
                {"employer": chance.choice(["X", "Y", "Z", None])},
                {"state": chance.choice(["active", "suspended"])},
                {"available": chance.random() < 0.7},
                {"region": chance.choice([CITY, OTHER_CITY])},
                {"specialties": chance.sample(["A08", "A0801", "A06"], 2)},
                {"years": step},
            ]
        )
        some = [f"expert-{chance.randint(1, 24):04d}" for _ in range(chance.randint(1, 6))]
        async with database.work(SYSTEM) as work:
            await work.session.execute(update(Expert).where(Expert.id.in_(some)).values(values))
    await absent(database, "expert-0005", *DURING)
    async with database.work(SYSTEM) as work:
        await work.session.execute(text("DELETE FROM experts WHERE id IN ('expert-0002', 'expert-0009')"))
    codes = ["A08@42", "A0804@4299", "A06@420100", "A06@42", "B01@33"]
    assert await counted(database, *codes) == await truth(database, (), codes)
    assert await counted(database, *codes, avoid=("X", "expert-0007")) == await truth(
        database, ("X", "expert-0007"), codes
    )


async def test_counts_made_from_nothing_are_those_kept_all_along(database: Database) -> None:
    for number in range(1, 13):
        await put(
            database,
            number,
            specialties=((DEEP, COST), (WORKS,), ("A0801",))[number % 3],
            employer=("X", None, "Y")[number % 3],
            region=(CITY, OTHER_CITY, FAR)[number % 3],
            state="suspended" if number == 5 else "active",
        )

    async def kept(work: Work) -> list[list[tuple[object, ...]]]:
        tables = ("expert_reach", "reach_tallies", "reach_totals")
        return [
            [tuple(row) for row in await work.session.execute(text(f"SELECT * FROM {one} ORDER BY 1, 2, 3"))]
            for one in tables
        ]

    async with database.work(SYSTEM) as work:
        before = await kept(work)
        for statement in REBUILDING:
            await work.session.execute(text(statement.replace("::text[]", "\\:\\:text[]")))
        assert await kept(work) == before and all(before)


async def test_whoever_is_confined_to_a_region_still_keeps_the_counts_around_it(database: Database) -> None:
    expert = await put(database, 1, region=FAR)
    async with database.work(AWAY_FROM_HERE) as work:
        await work.session.execute(update(Expert).where(Expert.id == expert).values(available=False))
        await work.session.execute(delete(Absence))
        assert (await work.session.execute(select(Expert.id))).scalars().all() == [expert]
    await put(database, 2)
    async with database.work(AWAY_FROM_HERE) as work:
        assert (await work.session.execute(select(Expert.id))).scalars().all() == [expert]
    assert await counted(database, "A08@33", "A08@42") == {"A08@33": (0, 0), "A08@42": (1, 1)}


async def test_a_draw_lists_everybody_and_says_why_somebody_may_not_be_drawn(database: Database) -> None:
    await put(database, 1, specialties=(DEEP, COST), employer="X")
    await put(database, 2, specialties=("B01",))
    await put(database, 3, region=FAR)
    await put(database, 4, state="suspended")
    await put(database, 5, available=False)
    await put(database, 6)
    await put(database, 7)
    await absent(database, "expert-0006", SOON + timedelta(hours=7), SOON + timedelta(days=9))
    found = await listed(database, [Need(WORKS, HERE)], {"expert-0007"})
    assert found[0] == Eligible("expert-0001", "resident:DEMO000001", "X", (DEEP, COST), CITY)
    assert [(one.expert[-1], one.why) for one in found[1:] if isinstance(one, Left)] == [
        ("2", "profession"),
        ("3", "region"),
        ("4", "status"),
        ("5", "unavailable"),
        ("6", "unavailable"),
        ("7", "recusal"),
    ]
    assert {one.identity for one in found} == {f"resident:DEMO{number:06d}" for number in range(1, 8)}
