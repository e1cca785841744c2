"""`openhall run`: everything on one machine; the first page at once, the demo city in the background, Ctrl-C ends all."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click

from infra.kernel.problems import Problem
from infra.settings import Settings
from web.problems import told
from web.server import take_port
from web.stage import Stage

ENDS_WITHIN = 2.0
"""Seconds between a process that ended by Ctrl-C and this one's knowing of it."""


@click.command("run")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at.  [default: OPENHALL_PORT or 8000]")
@click.option(
    "--notices",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON Lines file of notices to import.",
)
@click.option("--bare", is_flag=True, help="No demo city: empty halls.")
def command(port: int | None, notices: Path | None, bare: bool) -> None:
    """Start stores, web, worker and three DEMO trustees, and fill the demo city while the first pages are read."""
    began = time.monotonic()

    def tell(text: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {text}", err=True)

    try:
        settings = Settings.from_environment(os.environ | ({"OPENHALL_PORT": str(port)} if port else {}))
        with take_port(settings.host, settings.port):
            pass
        with Stage(settings) as stage:
            stage.wait_until_ready()
            tell(f"serving {stage.settings.origin}   (Ctrl-C stops everything)")
            ending = threading.Event()
            if not bare and settings.mode == "demo":
                threading.Thread(target=_seed, args=(stage, notices, tell, ending), daemon=True).start()
            try:
                stage.children.run_until_interrupted()
            finally:
                ending.set()
            tell("stopping")
    except Problem as problem:
        raise click.ClickException(told(problem)) from problem


def _seed(stage: Stage, notices: Path | None, tell: Callable[[str], None], ending: threading.Event) -> None:
    """Fill the city; when everything ends meanwhile, the seeding's own half-done request is no fault."""
    from web.demo.city import accounts, seed  # loaded while the first page is being read

    try:
        asyncio.run(seed(stage, notices, tell))
    except Exception as error:
        if ending.wait(ENDS_WITHIN):
            return
        if not isinstance(error, Problem):
            raise
        tell(f"the demo city could not be filled: {told(error)}")
        tell(accounts())
