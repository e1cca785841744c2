"""Bringing a database up to date: numbered Alembic revisions under short lock time-outs, then the job queue's own tables."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from infra import jobs
from infra.settings import DatabaseAddress

FOLDER = Path(__file__).parent / "migrations"
HEAD = (FOLDER / "HEAD").read_text(encoding="utf-8").strip() if (FOLDER / "HEAD").exists() else "head"


async def migrate(address: DatabaseAddress) -> None:
    """Run every revision that is missing, one transaction each; safe to call when nothing is."""
    engine = create_async_engine(address.sqlalchemy)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
            await connection.commit()
    finally:
        await engine.dispose()
    await jobs.install(address.dsn)


async def differences(address: DatabaseAddress, metadata: MetaData) -> list[Any]:
    """What the tables in the database lack or have too much against the metadata; empty when they agree."""
    engine = create_async_engine(address.sqlalchemy)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: compare_metadata(_context(sync), metadata))
    finally:
        await engine.dispose()


def configuration(connection: Connection, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration around an open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.commit()
    command.upgrade(configuration(connection), "head")


def _context(connection: Connection) -> MigrationContext:
    def ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or not str(name).startswith("pgqueuer")

    return MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
