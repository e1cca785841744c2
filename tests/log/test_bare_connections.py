"""Bare connections: bounded, given in turn, and never handed on with somebody else's transaction."""

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError

from infra.db.work import Database
from infra.settings import DatabaseAddress


async def test_what_fails_in_a_transaction_leaves_nothing_for_the_next(database: Database) -> None:
    async def failing() -> None:
        async with database.bare() as connection, connection.transaction():
            await connection.execute("CREATE TABLE left_over ()")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()
    async with database.bare() as connection:
        assert await connection.fetchval("SELECT to_regclass('left_over')") is None


async def test_a_transaction_that_was_left_open_is_rolled_back(database: Database) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with database.bare() as connection:
        await connection.execute("BEGIN")
        await connection.execute("CREATE TABLE left_over ()")
    asyncio.get_running_loop().set_exception_handler(None)
    async with database.bare() as connection:
        assert await connection.fetchval("SELECT to_regclass('left_over')") is None


async def test_a_rush_waits_its_turn_and_opens_no_more_connections(fresh_database: DatabaseAddress) -> None:
    database, served = Database(fresh_database.sqlalchemy, pool=1), []

    async def one(number: int) -> int:
        async with database.bare() as connection:
            served.append(number)
            pid: int = await connection.fetchval("SELECT pg_backend_pid() FROM pg_sleep(0.001)")
            return pid

    used = await asyncio.gather(*(one(number) for number in range(60)))
    await database.close()
    assert len(set(used)) == 1 and served == sorted(served)


async def test_a_connection_that_was_cut_is_replaced(database: Database) -> None:
    async with database.bare() as connection:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
    async with database.reading() as session:
        await (await session.connection()).exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    await asyncio.sleep(0.1)
    async with database.bare() as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") != pid


async def test_what_the_database_refuses_is_told_as_everywhere(database: Database) -> None:
    async def failing(statement: str) -> DBAPIError:
        with pytest.raises(DBAPIError) as told:
            async with database.bare() as connection:
                await connection.execute(statement)
        return told.value

    assert (await failing("SELECT 1 / 0")).orig.sqlstate == "22012"
    assert (await failing("SELECT pg_terminate_backend(pg_backend_pid())")).orig.sqlstate[:2] in ("08", "57")


async def test_a_database_that_is_not_there_is_told_as_everywhere(fresh_database: DatabaseAddress) -> None:
    database = Database(fresh_database.of("openhall_never_made").sqlalchemy)
    with pytest.raises(DBAPIError) as told:
        async with database.bare():
            raise AssertionError
    await database.close()
    assert told.value.orig.sqlstate == "3D000"
