"""The directory of a very large pool, asked as a clerk confined to a province, beside a row by its primary key."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import md5, sha256
from itertools import cycle, islice
from time import perf_counter

import asyncpg
from sqlalchemy import select
from stdnum.cn import ric

from expertpool.directory.eligible import reach
from expertpool.directory.employers import bodies
from expertpool.directory.importing import lines_of, taken
from expertpool.directory.reaching import REBUILDING
from expertpool.directory.search import Asked, Found, find
from expertpool.draw.needs import parse_need
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.db.work import Database
from infra.edge import random_bytes, utc_now
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.search import search_vector
from infra.settings import DatabaseAddress
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_database, private_home
from web.bench.load import percentile

EXPERTS, BATCH, LINES, ROUNDS = 200_000, 50_000, 5000, 120
EACH = 20
"""Experts of one employer."""
BUDGETS = (
    Budget("filter_p95_ms", 100),
    Budget("search_p95_ms", 100),
    Budget("page_p95_ms", 100),
    Budget("reach_ms", 10),
)
PROVINCE = "990000"
CLERK = Actor("clerk", Role.POOL, None, PROVINCE)
PROFESSIONS = [f"A{second:02d}{third:02d}" for second in range(1, 9) for third in range(1, 6)]
PLACES = ("云湖", "东江", "北辰", "南屏", "长垣", "金堤", "瑞丰", "华岳")
WORKS = ("市政", "水利", "交通", "建筑", "电力")

COLUMNS = (
    "id", "region", "name", "identity", "fingerprint", "employer", "specialties", "number", "state", "title", "years",
    "employer_name", "name_tag", "phone_tag", "sealed_contact", "available", "entered_at", "valid_until",
)  # fmt: skip
TITLES = ("senior", "full-senior", "equal")


def measure(tell: Tell, *, experts: int = EXPERTS) -> Figures:
    """The 95th percentiles of a page of the directory with its count, and what reach and import cost."""
    with private_home() as home, private_database(home) as address:
        return asyncio.run(measure_on(tell, address, experts=experts))


async def measure_on(
    tell: Tell, address: DatabaseAddress, *, experts: int, lines: int = LINES, rounds: int = ROUNDS
) -> Figures:
    """`measure` on a migrated database that is used for nothing else."""
    await _fill(tell, address, experts)
    database = Database(address.sqlalchemy)
    try:
        asked = {"filter": _filters(), "search": _searches(experts), "page": _pages()}
        found = {name: await _timed(database, each, rounds) for name, each in asked.items()}
        bodies_asked = [partial(_bodies, database, *one) for one in (("", ""), ("", "919901000000005"), ("水利", ""))]
        bare = await _each([partial(_row, database, number) for number in _spread(experts, rounds)])
        figures: Figures = {f"{name}_p95_ms": _p95(times) for name, times in found.items()}
        slowest = {
            f"slowest_{name}": str(max(zip(found[name], cycle(asked[name])), key=lambda one: one[0])[1])
            for name in asked
        }
        tell(", ".join(f"{name} {value} ms" for name, value in figures.items()))
        return {
            **figures,
            "reach_ms": _p95(await _each([partial(_reach, database)] * 20)),
            "employers_p95_ms": _p95(await _each([*islice(cycle(bodies_asked), 30)])),
            "import_lines_per_s": await _imported(database, lines),
            "bare_p95_ms": _p95(bare),
            "experts": experts,
            **slowest,
            "note": None if experts >= 1_000_000 else "scaled: the budget is over a pool of 1,000,000",
        }
    finally:
        await database.close()


async def _fill(tell: Tell, address: DatabaseAddress, experts: int) -> None:
    """By COPY into a table beside, which knows no regions: what is sealed is bytes of its length, all else as it would be."""
    connection = await asyncpg.connect(address.dsn)
    now = utc_now()
    try:
        await connection.execute("CREATE TEMPORARY TABLE filling (LIKE experts INCLUDING DEFAULTS)")
        await connection.execute("ALTER TABLE experts DISABLE TRIGGER USER")
        for start in range(0, experts, BATCH):
            last = min(start + BATCH, experts)
            rows = (_expert(number, now) for number in range(start + 1, last + 1))
            await connection.copy_records_to_table("filling", columns=COLUMNS, records=rows, timeout=1200)
            await connection.execute("INSERT INTO experts SELECT * FROM filling", timeout=1200)
            await connection.execute("TRUNCATE filling")
            tell(f"{last:,} experts")
        await connection.executemany(
            "INSERT INTO employers (code, name, search) VALUES ($1, $2, CAST($3 AS tsvector))",
            [_employer(number) for number in range(experts // EACH + 1)],
        )
        await connection.execute("SET work_mem = '512MB'")
        for statement in REBUILDING:
            await connection.execute(statement, timeout=1200)
        tell("counts rebuilt")
        await connection.execute("ALTER TABLE experts ENABLE TRIGGER USER")
        await connection.execute("VACUUM ANALYZE", timeout=1200)
    finally:
        await connection.close()


def _expert(number: int, now: datetime) -> tuple[object, ...]:
    sealed = sha256(str(number).encode()).digest()
    state = "suspended" if number % 50 == 0 else "removed" if number % 97 == 0 else "active"
    return (
        f"expert-{md5(str(number).encode(), usedforsecurity=False).hexdigest()}",
        f"99{number % 14:02d}{number // 14 % 6:02d}",
        sealed * 9,
        sealed * 9,
        sha256(f"f{number}".encode()).digest(),
        f"91990100{number // EACH:010d}",
        sorted({PROFESSIONS[number * 7 % len(PROFESSIONS)], PROFESSIONS[number // 3 % len(PROFESSIONS)]}),
        f"E-990100-{number:07d}",
        state,
        TITLES[number % 3],
        8 + number % 30,
        f"单位{number // EACH}",
        sha256(f"n{number}".encode()).digest(),
        sha256(f"p{number}".encode()).digest(),
        sealed * 9,
        number % 20 > 0,
        now - timedelta(minutes=number),
        now,
    )


def _employer(number: int) -> tuple[str, str, str]:
    name = f"{PLACES[number % 8]}{WORKS[number // 8 % 5]}第{number}设计院"
    return f"91990100{number:010d}", name, search_vector([name])


def _filters() -> list[Asked]:
    """What a clerk narrows by, alone and together: common things, rare ones, and none."""
    return [
        Asked(),
        Asked(newest=True),
        *(Asked(profession=code) for code in ("A", "A08", "A0801")),
        *(Asked(profession="A08", region=region) for region in ("9903", "990302")),
        *(Asked(profession="A0805", state=state) for state in ("active", "suspended", "removed")),
        Asked(profession="A05", title="equal", region="9901"),
        Asked(profession="A05", title="equal", state="removed"),
        Asked(state="suspended"),
        Asked(state="removed", region="990302"),
        Asked(title="full-senior", region="9912"),
        Asked(state="removed", title="equal"),
        Asked(newest=True, state="removed"),
        Asked(profession="B01"),
    ]


def _searches(experts: int) -> list[Asked]:
    numbers = _spread(experts, 4)
    return [
        *(Asked(who="n" + sha256(f"n{number}".encode()).hexdigest()) for number in numbers),
        *(Asked(who="p" + sha256(f"p{number}".encode()).hexdigest()) for number in numbers),
        *(Asked(words=f"E-990100-{number:07d}") for number in numbers),
        *(Asked(words=f"91990100{number // EACH:010d}") for number in numbers),
        *(Asked(words=f"第{number // EACH}设计院") for number in numbers),
        Asked(words="云湖"),
        Asked(words="水利 设计院", profession="A0801"),
        Asked(words="设计院", state="suspended"),
        Asked(words="没有这一单位"),
    ]


def _pages() -> list[Asked]:
    """The pages after the first, of lists that are walked to the middle."""
    walked = (Asked(), Asked(profession="A08"), Asked(profession="A0801", state="active"))
    middle = f"{(utc_now() - timedelta(minutes=1000)).isoformat()}~"
    return [
        *(replace(one, after="990700~") for one in walked),
        *(replace(one, before="990700~") for one in walked),
        Asked(newest=True, after=middle),
        Asked(newest=True, before=middle),
    ]


async def _timed(database: Database, asked: Sequence[Asked], rounds: int) -> list[float]:
    await _each([partial(_found, database, one) for one in asked])
    return await _each([partial(_found, database, one) for one in islice(cycle(asked), rounds)])


async def _each(calls: Sequence[Callable[[], Awaitable[object]]]) -> list[float]:
    times = []
    for call in calls:
        began = perf_counter()
        await call()
        times.append(perf_counter() - began)
    return times


async def _found(database: Database, asked: Asked) -> Found:
    async with database.reading(CLERK) as session:
        return await find(session, PROVINCE, asked)


async def _row(database: Database, number: int) -> None:
    async with database.reading(CLERK) as session:
        await session.scalar(select(Expert.number).where(Expert.number == f"E-990100-{number:07d}"))


async def _reach(database: Database) -> None:
    now = utc_now()
    needs = [parse_need(code) for code in ("A0801@99", "A0604@9901", "A03@990102", "A05@99")]
    avoid = [f"91990100{number:010d}" for number in range(30)]
    async with database.reading() as session:
        await reach(session, needs, (now, now + timedelta(hours=8)), avoid)


async def _bodies(database: Database, words: str, after: str) -> None:
    async with database.reading(CLERK) as session:
        await bodies(session, PROVINCE, words=words, after=after)


async def _imported(database: Database, lines: int) -> float:
    """Lines a second of a file of new experts, all that is sealed sealed in earnest."""
    rows = [
        f"导入{number},{_resident(number)},senior,12,990100,A0804;A06,13{number:09d},91990100{number // EACH:010d}"
        for number in range(lines)
    ]
    data = "\n".join(["name,identity,title,years,region,professions,phone,bank", *rows]).encode()
    began = perf_counter()
    await taken(database, KeyService(random_bytes(32)), SYSTEM, data, lines_of(data, PROVINCE))
    return round(lines / (perf_counter() - began), 1)


def _resident(number: int) -> str:
    born = date(1950, 1, 1) + timedelta(days=number // 999)
    body = f"990101{born:%Y%m%d}{1 + number % 999:03d}"
    return body + ric.calc_check_digit(body + "0")


def _spread(experts: int, count: int) -> list[int]:
    return [1 + place * 7919 % experts for place in range(1, count + 1)]


def _p95(times: Sequence[float]) -> float:
    return round(percentile(times, 0.95), 1)
