"""The tallies that the database keeps are what counting would give, whatever was written and by whom."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scenes_of_notices import a_file, a_line, take_over
from sqlalchemy import delete, func, select, update
from test_notice_lists import NOW, a_notice

from infra.db.base import Base
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.settings import DatabaseAddress
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.tables import Notice
from trading.notices.tallies import Cell, notices_version, read_tallies


async def counted(database: Database) -> dict[Cell, tuple[int, int]]:
    """All and dated current notices by kind and category, one by one."""
    async with database.reading() as session:
        rows = await session.execute(
            select(Notice.kind, Notice.category, func.count(), func.count(Notice.closes_at))
            .where(Notice.superseded_at.is_(None))
            .group_by(Notice.kind, Notice.category)
        )
        return {(NoticeKind(kind), Category(category)): (every, dated) for kind, category, every, dated in rows}


async def tallied(database: Database) -> dict[Cell, tuple[int, int]]:
    """The same from the tallies."""
    async with database.reading() as session:
        found = await read_tallies(session, datetime(1990, 1, 1, tzinfo=UTC))
    return {cell: (every, found.open.cells.get(cell, 0)) for cell, every in found.all.cells.items() if every}


async def a_busy_day(database: Database, folder: Path) -> None:
    """Publications, a correction that changes kind and end, an import taken over twice, an edit, a deletion."""
    first = await a_notice(database, "一", closes_at=NOW)
    await a_notice(database, "一（更正）", kind=NoticeKind.AMENDMENT, corrects=first.id)
    gone = await a_notice(database, "二", category=Category.LAND)
    await a_notice(database, "三", closes_at=NOW + timedelta(days=1))
    await take_over(database, a_file(folder, a_line(1), a_line(2)))
    await take_over(
        database, a_file(folder, a_line(1, title="云湖大道（第1期）道路工程中标候选人公示（更正）"), a_line(2))
    )
    async with database.work(SYSTEM) as work:
        await work.session.execute(
            update(Notice).where(Notice.title == "三").values(category=Category.OTHER, closes_at=None)
        )
        await work.session.execute(delete(Notice).where(Notice.id == gone.id))


async def test_after_a_busy_day_the_tallies_are_what_counting_gives(database: Database, tmp_path: Path) -> None:
    await a_busy_day(database, tmp_path)
    assert await tallied(database) == await counted(database)
    assert sum(every for every, _ in (await counted(database)).values()) == 4


async def test_tables_made_without_a_migration_are_tallied_too(fresh_database: DatabaseAddress, tmp_path: Path) -> None:
    database = Database(fresh_database.sqlalchemy)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    await a_busy_day(database, tmp_path)
    assert await tallied(database) == await counted(database) != {}
    await database.close()


async def a_publication_that_fails(database: Database) -> None:
    """Everything is written, then the transaction is given up."""
    build = {"kind": NoticeKind.AWARD, "category": Category.LAND, "region": "990100"}
    async with database.work(SYSTEM) as work:
        await publish_notice(work, title="未公布", project="未公布", **build)  # type: ignore[arg-type]
        raise RuntimeError


async def test_a_transaction_that_fails_leaves_no_tally_and_no_version(database: Database) -> None:
    before = await notices_version(database.engine)
    with pytest.raises(RuntimeError):
        await a_publication_that_fails(database)
    assert await tallied(database) == {}
    assert await notices_version(database.engine) == before


async def test_the_version_grows_with_every_change_and_with_nothing_else(database: Database) -> None:
    versions = [await notices_version(database.engine)]
    old = await a_notice(database, "旧")
    versions.append(await notices_version(database.engine))
    assert await notices_version(database.engine) == versions[-1]
    await a_notice(database, "新", corrects=old.id)
    versions.append(await notices_version(database.engine))
    assert versions[0] < versions[1] < versions[2]


async def test_what_is_still_open_and_what_is_over_are_told_apart_by_the_hour(database: Database) -> None:
    for hours in (-2, -1, 1):
        await a_notice(database, f"{hours}", closes_at=NOW + timedelta(hours=hours))
    await a_notice(database, "无期限")
    async with database.reading() as session:
        found = await read_tallies(session, NOW)
    assert (found.all.total(), found.open.total(), found.closed.total()) == (4, 1, 2)
    assert found.of("open") is found.open and found.of("nonsense") is found.all
