"""Searches of journal and access log stay quick over millions of lines: no table is read whole for a few of its rows."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.work import Database
from infra.kernel.context import Actor, Role
from trading.audit.queries import Search, count_lines, find_lines
from trading.audit.reads import ReadSearch, find_reads

REGULATOR = Actor("account-1", Role.SUPERVISOR, "body-1", "420500")
SEARCHES = [
    Search(event="bid.submitted"),
    Search(actor="account-2"),
    Search(subject="bid-1"),
    Search(section="YH-1/01"),
]
READS = [
    ReadSearch(actor="account-2"),
    ReadSearch(read="bid.read"),
    ReadSearch(subject="bid-1"),
    ReadSearch(section="YH-1/01"),
    ReadSearch(outcome="refused"),
]


async def planned(database: Database, search: Any) -> str:
    """How the database goes about a search under a region's policies, told that whole tables are dear."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    engine = database.engine.sync_engine
    async with database.reading(REGULATOR) as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(engine, "before_cursor_execute", note)
        try:
            await _search(session, search)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        connection = await session.connection()
        rows = [await connection.exec_driver_sql(f"EXPLAIN {one}", told) for one, told in asked]
        return "\n".join(line for found in rows for (line,) in found)


async def _search(session: AsyncSession, search: Any) -> None:
    if isinstance(search, ReadSearch):
        await find_reads(session, search)
    else:
        await find_lines(session, search)
        await count_lines(session, search, 10)


@pytest.mark.parametrize("search", SEARCHES, ids=str)
async def test_a_search_confined_to_a_region_goes_by_keys(database: Database, search: Search) -> None:
    plan = await planned(database, search)
    assert plan and "Seq Scan" not in plan, plan


@pytest.mark.parametrize("search", READS, ids=str)
async def test_reads_are_found_by_what_is_asked(database: Database, search: ReadSearch) -> None:
    [column] = [name for name in ("actor", "read", "subject", "section", "outcome") if getattr(search, name)]
    assert f"ix_access_log_{column}" in await planned(database, search)
