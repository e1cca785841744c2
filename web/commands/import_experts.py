"""`openhall import experts FILE`: take experts of another pool into this one, or try what that would do."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from expertpool.directory.importing import Report, lines_of, taken, tried
from expertpool.experts.rules import LAW
from expertpool.professions.rules import CODE
from infra.auth.keys import PlatformKeys
from infra.auth.organisations import checked_region
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress, Settings
from web.problems import told

Store = Callable[[Settings], AbstractContextManager[DatabaseAddress]]
Prepare = Callable[[Database, Settings, DatabaseAddress], Awaitable[None]]
TOLD_FROM = 2000
"""A file of fewer lines is done before anybody wonders."""


def command_of(store: Store, prepare: Prepare, region: str) -> click.Command:
    """The command, on the database that `store` gives; `region` is the one that is meant where none is named."""

    @click.command()
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--region", default=region, show_default=True, help="Region code; lines of others are refused.")
    @click.option("--dry-run", is_flag=True, help="Tell what would happen and write nothing.")
    def experts(file: Path, region: str, dry_run: bool) -> None:
        """Take experts 评标专家 from a CSV or XLSX file (docs/formats/experts-import.md).

        Good lines go in, 500 a transaction, broken ones are named with line, column and reason; running it twice changes
        nothing, and one that was killed is run again. Exit code 0, 1 when lines were broken, 2 when nothing could be done.
        """
        checked_region(region)
        report = asyncio.run(_take_over(store, prepare, file, region, dry_run=dry_run))
        for line in sorted(report.broken):
            click.echo(f"line {line.number}, {line.column}: {told(Problem(line.code))}", err=True)
        done = "would enter" if dry_run else "entered"
        counts = f"{done} {report.entered}, changed {report.changed}, unchanged {report.same}"
        click.echo(f"read {report.lines}, {counts}, broken {len(report.broken)}")
        sys.exit(1 if report.broken else 0)

    return experts


def _telling(lines: int) -> Callable[[int], None]:
    """How far a large file has come, on the standard error, each time another hundredth is done."""
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        if done * 100 // lines > told and lines > TOLD_FROM:
            told = done * 100 // lines
            click.echo(f"{done} of {lines} lines", err=True)

    return tell


async def _take_over(store: Store, prepare: Prepare, file: Path, region: str, *, dry_run: bool) -> Report:
    settings = Settings.from_environment(os.environ)
    data = file.read_bytes()
    lines = lines_of(data, region, LAW._replace(codes=settings.profession_codes or CODE))
    with store(settings) as address:
        keys = PlatformKeys.load_or_create(settings.home).service
        database = Database(address.sqlalchemy, pool=1)
        try:
            await prepare(database, settings, address)
            if not dry_run:
                return await taken(database, keys, SYSTEM, data, lines, _telling(len(lines)))
            async with database.reading() as session:
                return await tried(session, keys, lines)
        finally:
            await database.close()
