"""A body that is renamed or merged: its experts go with it, the counts follow, and every expert has a version that says so."""

import pytest
from pool import KEYS
from sqlalchemy import select
from test_import import cells, csv_of

from expertpool.directory.eligible import reach
from expertpool.directory.employers import merge, rename
from expertpool.directory.importing import lines_of, taken
from expertpool.directory.search import Asked, find
from expertpool.directory.tables import EmployerChange
from expertpool.draw.needs import parse_need
from expertpool.experts.tables import Expert, ExpertVersion
from infra.auth.organisations import checked_credit_code
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from web.demo import cast

CLERK = Actor("clerk1", Role.POOL, None, "990000")
OLD, NEW = checked_credit_code(cast.code(2)), checked_credit_code(cast.code(3))


async def a_pool(database: Database) -> None:
    """Experts 1 and 4 work for one body, 2 and 5 for another."""
    data = csv_of(*(cells(number) for number in (1, 2, 4, 5)))
    await taken(database, KEYS, SYSTEM, data, lines_of(data, "990000"))


async def test_a_merger_moves_the_experts_and_the_two_bodies_count_as_one(database: Database) -> None:
    await a_pool(database)
    async with database.reading() as session:
        assert (await reach(session, [parse_need("A08@99")], None))["A08@99"] == (4, 2)
    async with database.work(CLERK) as work:
        assert await merge(work, KEYS, OLD, NEW, "merged by decision 7") == 2
    async with database.reading() as session:
        assert (await reach(session, [parse_need("A08@99")], None))["A08@99"] == (4, 1)
        assert (await reach(session, [parse_need("A08@99")], None, [NEW]))["A08@99"] == (0, 0)
        assert set(await session.scalars(select(Expert.employer))) == {NEW}
        versions = await session.scalars(select(ExpertVersion.reason).where(ExpertVersion.number == 2))
        assert versions.all() == ["merged by decision 7"] * 2
        assert (await session.scalars(select(EmployerChange.kind))).all() == ["merged"]


async def test_a_renamed_body_is_found_by_its_new_name_alone(database: Database) -> None:
    await a_pool(database)
    async with database.work(CLERK) as work:
        assert await rename(work, KEYS, OLD, "东江勘测院", "renamed by decision 8") == 2
    async with database.reading(CLERK) as session:
        assert len((await find(session, "990000", Asked(words="东江勘测"))).rows) == 2
        assert len((await find(session, "990000", Asked(words="云湖设计院1"))).rows) == 0
        assert len((await find(session, "990000", Asked(words=OLD))).rows) == 2


async def test_what_cannot_be_renamed_or_merged_is_refused(database: Database) -> None:
    await a_pool(database)
    for act, code in (
        (lambda work: rename(work, KEYS, "nobody", "x", "y"), "employer.unknown"),
        (lambda work: rename(work, KEYS, OLD, " ", "y"), "employer.name"),
        (lambda work: rename(work, KEYS, OLD, "x" * 201, "y"), "employer.name"),
        (lambda work: rename(work, KEYS, OLD, "x", " "), "expert.reason"),
        (lambda work: merge(work, KEYS, OLD, OLD, "y"), "employer.same"),
        (lambda work: merge(work, KEYS, OLD, cast.code(9), "y"), "employer.unknown"),
    ):
        with pytest.raises(Problem) as refused:
            async with database.work(CLERK) as work:
                await act(work)
        assert refused.value.code == code
