"""`openhall reset --yes`: empty the embedded stores of OPENHALL_HOME."""

import os

import click

from infra.embedded.emptying import empty
from infra.kernel.problems import Problem
from infra.settings import Settings


@click.command(name="reset")
@click.option("--yes", is_flag=True, help="Really delete the embedded database and object store.")
def command(yes: bool) -> None:
    """Stop the embedded stores and delete everything in them; stores given by an address are never touched."""
    settings = Settings.from_environment(os.environ)
    if settings.database or settings.objects:
        raise Problem("reset.outside-stores")
    if not yes:
        raise Problem("reset.not-confirmed", home=settings.home)
    removed = empty(settings.home)
    told = "emptied" if removed else "nothing to empty in"
    click.echo(f"openhall reset: {told} {settings.home}", err=True)
