"""`openhall import notices|experts FILE`: take over data of another system into this platform's database."""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import func, select

from infra.auth.organisations import checked_region
from infra.db.migrate import migrate
from infra.db.work import Database
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress, Settings
from trading.notices.importing import Summary, import_file
from trading.notices.kinds import Category
from web.commands.import_experts import command_of
from web.problems import told

# GB/T 2260 gives 99 to no province: the demo city 云湖市.
DEMO_REGION = "990100"
_ORIGIN = re.compile(r"[\w.-]{1,100}")


@click.group(name="import", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Take over data of another system."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--origin", help="Name of the system the notices come from.  [default: the file's name without ending]")
@click.option("--region", default=DEMO_REGION, show_default=True, help="Region code of GB/T 2260, six digits.")
@click.option(
    "--category",
    type=click.Choice([str(category) for category in Category]),
    default=str(Category.CONSTRUCTION),
    show_default=True,
)
def notices(file: Path, origin: str | None, region: str, category: str) -> None:
    """Take over candidate notices 中标候选人公示 from a file of JSON lines.

    Good lines go in, broken ones are named with number and reason; running it twice changes nothing. Exit code 0, 1
    when lines were broken, 2 when nothing could be done.
    """
    named = file.stem if origin is None else origin
    if not _ORIGIN.fullmatch(named):
        raise Problem("import.origin", origin=named[:100])
    checked_region(region)
    summary = asyncio.run(_take_over(file, named, region, Category(category)))
    for line, problem in summary.broken:
        click.echo(f"line {line}: {told(problem)}", err=True)
    counts = f"new {summary.new}, unchanged {summary.unchanged}, versions {summary.versions}"
    click.echo(f"read {summary.read}, {counts}, broken {len(summary.broken)}")
    click.echo("prices: " + ", ".join(f"{kind} {count}" for kind, count in summary.prices.items()))
    sys.exit(1 if summary.broken else 0)


async def _take_over(file: Path, origin: str, region: str, category: Category) -> Summary:
    settings = Settings.from_environment(os.environ)
    with _store(settings) as address, _progress(file.stat().st_size) as advanced:
        database = Database(address.sqlalchemy, pool=1)
        try:
            await _prepare(database, settings, address)
            return await import_file(
                database, SYSTEM, file, origin=origin, region=region, category=category, advanced=advanced
            )
        finally:
            await database.close()


@contextmanager
def _store(settings: Settings) -> Iterator[DatabaseAddress]:
    """The given database, else the embedded one, which is started for this while unless it runs already."""
    if settings.database:
        yield settings.database
        return
    with EmbeddedPostgres.start(settings.home) as server:
        yield server.address


async def _prepare(database: Database, settings: Settings, address: DatabaseAddress) -> None:
    """An embedded database gets its tables where it has none; `import.no-tables` for another one without."""
    if not await _has_tables(database) and settings.database is None:
        await migrate(address)
    if not await _has_tables(database):
        raise Problem("import.no-tables")


async def _has_tables(database: Database) -> bool:
    async with database.reading() as session:
        return (await session.execute(select(func.to_regclass("notices")))).scalar_one() is not None


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """A bar of bytes on a terminal, elsewhere a plain line for every further quarter of the file."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(size)
        return
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TextColumn("bytes"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("notices", total=size)
        yield lambda advanced: progress.advance(task, advanced)


def _plain(size: int) -> Callable[[int], None]:
    done = quarters = 0

    def advanced(bytes_read: int) -> None:
        nonlocal done, quarters
        done += bytes_read
        if 4 * done // max(size, 1) > quarters:
            quarters = 4 * done // size
            click.echo(f"importing: {100 * done // size} %", err=True)

    return advanced


command.add_command(command_of(_store, _prepare, DEMO_REGION))
