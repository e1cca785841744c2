"""Migrations: they make exactly the tables the code declares, and running them again changes nothing."""

from sqlalchemy import text

from infra.db.migrate import HEAD, differences, migrate
from infra.db.work import Database
from infra.settings import DatabaseAddress
from web.tables import METADATA


async def schema(address: DatabaseAddress) -> list[tuple[object, ...]]:
    """Every column, index and constraint of the database."""
    wanted = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    )
    database = Database(address.sqlalchemy)
    try:
        async with database.reading() as session:
            return [tuple(row) for one in wanted for row in await session.execute(text(one))]
    finally:
        await database.close()


async def test_the_migrated_tables_are_those_the_code_declares(fresh_database: DatabaseAddress) -> None:
    assert await differences(fresh_database, METADATA) == []


async def test_migrating_again_changes_nothing(fresh_database: DatabaseAddress) -> None:
    before = await schema(fresh_database)
    await migrate(fresh_database)
    await migrate(fresh_database)
    assert await schema(fresh_database) == before and len(before) > 100


async def test_the_database_knows_the_revision_the_code_expects(fresh_database: DatabaseAddress) -> None:
    database = Database(fresh_database.sqlalchemy)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar() == HEAD
    await database.close()
