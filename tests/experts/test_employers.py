"""A body that is renamed or merged: its experts go with it, the counts follow, and every expert has a version that says so."""

from datetime import date

import pytest
from pool import KEYS
from pool_files import cells, csv_of
from sqlalchemy import select

from expertpool.directory.eligible import reach
from expertpool.directory.employers import Step, bodies, body_of, merge, note_employers, rename
from expertpool.directory.importing import lines_of, taken
from expertpool.directory.one_body import all_codes, known_as
from expertpool.directory.search import Asked, find
from expertpool.directory.tables import EmployerChange
from expertpool.draw.needs import parse_need
from expertpool.experts.tables import Expert, ExpertVersion
from infra.auth.organisations import checked_credit_code
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from web.demo import cast

CLERK = Actor("clerk1", Role.POOL, None, "990000")
OLD, NEW = checked_credit_code(cast.code(2)), checked_credit_code(cast.code(3))


def step(reason: str, since: date = date(2026, 3, 1)) -> Step:
    return Step(reason, since)


async def a_pool(database: Database) -> None:
    """Experts 1 and 4 work for one body, 2 and 5 for another."""
    data = csv_of(*(cells(number) for number in (1, 2, 4, 5)))
    await taken(database, KEYS, SYSTEM, data, lines_of(data, "990000"))


async def test_a_merger_moves_the_experts_and_the_two_bodies_count_as_one(database: Database) -> None:
    await a_pool(database)
    async with database.reading() as session:
        assert (await reach(session, [parse_need("A08@99")], None))["A08@99"] == (4, 2)
    async with database.work(CLERK) as work:
        assert await merge(work, KEYS, OLD, NEW, step("merged by decision 7")) == 2
    async with database.reading() as session:
        assert (await reach(session, [parse_need("A08@99")], None))["A08@99"] == (4, 1)
        assert (await reach(session, [parse_need("A08@99")], None, [NEW]))["A08@99"] == (0, 0)
        assert set(await session.scalars(select(Expert.employer))) == {NEW}
        versions = await session.scalars(select(ExpertVersion.reason).where(ExpertVersion.number == 2))
        assert versions.all() == ["merged by decision 7"] * 2
        [told] = (await session.scalars(select(EmployerChange))).all()
        assert (told.kind, told.holds_from, told.experts) == ("merged", date(2026, 3, 1), 2)
        assert (told.before, told.after) == ("云湖设计院1", "云湖设计院2")
        [line] = (await session.scalars(select(Line).where(Line.event == "employer.changed"))).all()
        assert (line.subject, line.facts["old"], line.facts["new"], line.salt is None) == (told.id, OLD, NEW, False)


async def test_the_list_of_bodies_counts_the_experts_of_the_region_and_goes_by_code(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expertpool.directory.employers.PAGE", 1)
    await a_pool(database)
    async with database.reading(CLERK) as session:
        first = await bodies(session, "990000")
        assert [(one.code, one.experts) for one in first.rows] == [(min(OLD, NEW), 2)] and first.following
        second = await bodies(session, "990000", after=first.following)
        assert [one.code for one in second.rows] == [max(OLD, NEW)] and second.following is None
        assert [one.code for one in (await bodies(session, "990000", words="设计院1")).rows] == [OLD]
        assert [one.code for one in (await bodies(session, "990000", words=NEW.lower())).rows] == [NEW]
        assert (await bodies(session, "990000", words="没有")).rows == []
        assert (await bodies(session, "990300")).rows == []


async def test_a_body_of_no_expert_of_the_region_is_unknown_unless_it_was_merged_away(database: Database) -> None:
    await a_pool(database)
    async with database.reading(CLERK) as session:
        for code in ("nobody", "\0", cast.code(9)):
            with pytest.raises(Problem, match=r"employer\.unknown"):
                await body_of(session, "990000", code)
        with pytest.raises(Problem, match=r"employer\.unknown"):
            await body_of(session, "420000", OLD)
    async with database.work(CLERK) as work:
        await merge(work, KEYS, OLD, NEW, step("merged"))
    async with database.reading(CLERK) as session:
        body, changes = await body_of(session, "990000", OLD)
        assert (body.experts, [one.new for one in changes]) == (0, [NEW])


async def test_a_renamed_body_is_found_by_its_new_name_alone(database: Database) -> None:
    await a_pool(database)
    async with database.work(CLERK) as work:
        assert await rename(work, KEYS, OLD, "东江勘测院", step("renamed by decision 8")) == 2
    async with database.reading(CLERK) as session:
        assert len((await find(session, "990000", Asked(words="东江勘测"))).rows) == 2
        assert len((await find(session, "990000", Asked(words="云湖设计院1"))).rows) == 0
        assert len((await find(session, "990000", Asked(words=OLD))).rows) == 2


async def test_what_cannot_be_renamed_or_merged_is_refused(database: Database) -> None:
    await a_pool(database)
    for act, code in (
        (lambda work: rename(work, KEYS, "nobody", "x", step("y")), "employer.unknown"),
        (lambda work: rename(work, KEYS, OLD, " ", step("y")), "employer.name"),
        (lambda work: rename(work, KEYS, OLD, "x" * 201, step("y")), "employer.name"),
        (lambda work: rename(work, KEYS, OLD, "x", step(" ")), "expert.reason"),
        (lambda work: merge(work, KEYS, OLD, OLD, step("y")), "employer.same"),
        (lambda work: merge(work, KEYS, OLD, NEW, step("y", date.max)), "employer.day"),
        (lambda work: rename(work, KEYS, OLD, "x", step("y", date.max)), "employer.day"),
        (lambda work: merge(work, KEYS, OLD, cast.code(9), step("y")), "employer.unknown"),
    ):
        with pytest.raises(Problem) as refused:
            async with database.work(CLERK) as work:
                await act(work)
        assert refused.value.code == code


async def bodies_told(database: Database, *codes: str) -> None:
    async with database.work(SYSTEM) as work:
        await note_employers(work.session, {code: f"云湖公司{place}" for place, code in enumerate(codes)})


async def test_a_body_is_known_under_every_code_of_a_chain_of_mergers_from_either_end(database: Database) -> None:
    one, two, three, other = codes = [checked_credit_code(cast.code(number)) for number in (71, 72, 73, 74)]
    await bodies_told(database, *codes)
    for old, new in ((one, two), (two, three), (three, one)):
        async with database.work(CLERK) as work:
            await merge(work, KEYS, old, new, step("merged"))
        async with database.reading() as session:
            assert await all_codes(session, [new]) >= {old, new}
    async with database.reading() as session:
        same = {one, two, three}
        assert await known_as(session, codes) == {**dict.fromkeys(same, frozenset(same)), other: frozenset({other})}
        assert await all_codes(session, []) == set()


async def test_another_regions_experts_take_a_new_name_over_that_was_entered_elsewhere(database: Database) -> None:
    await a_pool(database)
    far = csv_of(cells(7, region="420100", employer=OLD, employer_name="云湖设计院1"))
    await taken(database, KEYS, SYSTEM, far, lines_of(far, "420000"))
    async with database.work(CLERK) as work:
        assert await rename(work, KEYS, OLD, "东江勘测院", step("renamed by decision 8")) == 2
    there = Actor("clerk2", Role.POOL, None, "420000")
    async with database.work(there) as work:
        assert await rename(work, KEYS, OLD, "东江勘测院", step("taken over")) == 1
    async with database.reading(there) as session:
        told = (await body_of(session, "420000", OLD))[1]
        assert (told[0].before, told[0].after, told[0].experts) == ("云湖设计院1", "东江勘测院", 1)
    with pytest.raises(Problem, match=r"employer\.name"):
        async with database.work(there) as work:
            await rename(work, KEYS, OLD, "东江勘测院", step("again"))
