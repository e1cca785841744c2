"""Databases made and dropped by name on any PostgreSQL server, whole or from a template."""

import re

import asyncpg

from infra.kernel.problems import Problem

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


async def create_database(admin_dsn: str, name: str, template: str | None = None, owner: str | None = None) -> None:
    """A new database, a copy of `template` where one is named (nobody may be connected to that one).

    `database.bad-name` for anything but small letters, digits and `_`; `database.exists` for a name in use.
    """
    parts = [f'CREATE DATABASE "{_checked(name)}"']
    parts += [f'OWNER "{_checked(owner)}"'] if owner else []
    parts += [f'TEMPLATE "{_checked(template)}" STRATEGY FILE_COPY'] if template else []
    try:
        await _execute(admin_dsn, " ".join(parts))
    except asyncpg.DuplicateDatabaseError as error:
        raise Problem("database.exists", name=name) from error


async def drop_database(admin_dsn: str, name: str) -> None:
    """Drop a database and end its connections; nothing happens where there is none."""
    await _execute(admin_dsn, f'DROP DATABASE IF EXISTS "{_checked(name)}" WITH (FORCE)')


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Problem("database.bad-name", name=name)
    return name
