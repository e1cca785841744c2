"""`openhall migrate`: bring the database's tables up to date."""

import asyncio
import os

import click

from infra.db.migrate import migrate
from infra.settings import Settings
from web.wiring import embedded_addresses


@click.command()
def command() -> None:
    """Run every missing migration; nothing happens when the tables are up to date."""
    settings = embedded_addresses(Settings.from_environment(os.environ))
    assert settings.database is not None
    asyncio.run(migrate(settings.database))
    click.echo("the tables are up to date", err=True)
