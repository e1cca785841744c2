"""`openhall trustee`: one body's independent program, custodian of opening keys and witness of the log."""

import asyncio
import logging
import signal
from pathlib import Path

import click

from expertpool.draw.audit import audit
from infra.edge import random_bytes
from infra.kernel.canonical import canonical
from infra.trustee import state as states
from infra.trustee.duties import BODIES
from infra.trustee.program import Program, serve

STATE = click.option(
    "--state", "path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The one state file."
)


@click.group()
def command() -> None:
    """Custodian of opening keys and witness of the log, for one body on its own machine."""


@command.command()
@STATE
@click.option("--name", required=True, help="A name under which the co-signatures stand, e.g. centre.example/trustee.")
@click.option("--body", type=click.Choice(BODIES), required=True)
def init(path: Path, name: str, body: str) -> None:
    """Make the state file with a fresh seed and print the public half, to be enrolled by the platform."""
    state = states.create(path, name, body, random_bytes)
    click.echo(canonical(state.enrolment()).decode())


@command.command(name="serve")
@STATE
@click.option("--platform", required=True, help="The platform's address, e.g. https://trade.example.")
@click.option(
    "--every",
    type=float,
    default=1.0,
    show_default=True,
    help="Least seconds between two questions where there was no news.",
)
def serve_(path: Path, platform: str, every: float) -> None:
    """Dial out to the platform until stopped: co-sign, answer, release. Nothing ever dials in."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(_serve(Program(states.load(path), path, audit), platform, every))


@command.command()
@STATE
def status(path: Path) -> None:
    """What this trustee has pinned and signed; no secret is printed."""
    state = states.load(path)
    click.echo(f"name     {state.name}\nbody     {state.body}\npolicy   {'pinned' if state.policy else 'none yet'}")
    click.echo(f"log      {state.size} leaves\nkeysets  {len(state.keysets)}\ndraws    {sum(state.draws.values())}")


async def _serve(program: Program, platform: str, every: float) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(program, platform, every, stop)
