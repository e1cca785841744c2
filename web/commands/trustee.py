"""`openhall trustee`: one body's independent program, custodian of opening keys and witness of the log."""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import click

from infra.edge import random_bytes
from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from infra.trustee import confirming, keeping
from infra.trustee.duties import BODIES
from infra.trustee.program import Program, serve
from infra.trustee.readiness import this_host
from infra.trustee.stamps import Stamps, stamps_of
from infra.trustee.statefile import held, new_lock
from web.commands import trustee_epochs, trustee_paper, trustee_status
from web.commands.trustee_options import (
    FILE,
    STATE,
    ask,
    changing,
    given_passphrase,
    here,
    opened,
    opens_state,
    refusals,
)


@click.group()
def command() -> None:
    """Custodian of opening keys and witness of the log, for one body on its own machine."""


@command.command()
@STATE
@click.option("--name", required=True, help="A name under which the co-signatures stand, e.g. centre.example/trustee.")
@click.option("--body", type=click.Choice(BODIES), required=True)
@click.option("--administrator", default="", help="The person or office that answers for this machine.")
@click.option("--custody", default="", help="Where state file and paper are kept, e.g. the safe of the audit office.")
@click.option("--passphrase-file", "source", type=FILE, help="Its first line is the passphrase; asked for otherwise.")
@click.option("--unprotected", is_flag=True, help="No passphrase: for demonstrations only.")
def init(
    path: Path, name: str, body: str, administrator: str, custody: str, source: Path | None, unprotected: bool
) -> None:
    """Make the state file with fresh seeds and print the public half, to be enrolled by the platform."""
    with refusals():
        passphrase = None if unprotected else given_passphrase(source, None) or ask("New passphrase", twice=True)
        owner = keeping.Owner(administrator, custody)
        state = keeping.create(path, name, body, random_bytes, passphrase, owner)
        where = {"machine": this_host().machine or "", "administrator": administrator, "custody": custody}
        click.echo(canonical(state.enrolment() | where).decode())


@command.command(name="serve")
@opens_state
@click.option("--platform", required=True, help="The platform's address, e.g. https://trade.example.")
@click.option(
    "--every",
    type=float,
    default=1.0,
    show_default=True,
    help="Least seconds between two questions where there was no news.",
)
@click.option("--confirm", "asks", is_flag=True, help="Keys of bids wait for a person's `openhall trustee confirm`.")
@click.option(
    "--time-stamp-url", "stamp_url", help="An RFC 3161 authority whose token each release of a bid waits for."
)
@click.option("--time-stamp-root", "stamp_root", type=FILE, help="The root certificate of that authority (PEM).")
@click.option("--unprotected", is_flag=True, help="Serve a state file without passphrase: for demonstrations only.")
def serve_(
    path: Path,
    platform: str,
    every: float,
    asks: bool,
    stamp_url: str | None,
    stamp_root: Path | None,
    unprotected: bool,
    **given: Any,
) -> None:
    """Dial out to the platform until stopped: co-sign, answer, release. Nothing ever dials in."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if (stamp_url is None) != (stamp_root is None):
        raise click.UsageError("--time-stamp-url and --time-stamp-root go together.")
    with refusals(), held(path):
        if not unprotected and not keeping.is_protected(path):
            raise Problem("trustee.open-state", path=path)
        stamps = None if stamp_url is None or stamp_root is None else stamps_of(stamp_url, stamp_root)
        asyncio.run(_serve(path, platform, every, asks, stamps, given))


@command.command()
@opens_state
@click.argument("keysets", nargs=-1)
def confirm(path: Path, source: Path | None, descriptor: int | None, keysets: tuple[str, ...]) -> None:
    """Let keys leave that wait for a person: name keysets, or `all` that wait now; without any, they are listed."""
    with refusals():
        held_back = confirming.waiting(path)
        if not keysets:
            click.echo("".join(f"{one.keyset}  {one.section}\n" for one in held_back) or "Nothing waits.\n", nl=False)
            return
        state = opened(path, source, descriptor)
        for keyset in [one.keyset for one in held_back] if keysets == ("all",) else keysets:
            confirming.confirm(path, state, keyset, here(state.name))
            click.echo(f"confirmed {keyset}")


@command.command()
@opens_state
@click.option("--new-passphrase-file", "new", type=FILE, help="Its first line is the new one; asked for otherwise.")
def passphrase(path: Path, new: Path | None, **given: Any) -> None:
    """Protect the state file by a new passphrase, also one that had none. Copies of the old file open with the old one."""
    with refusals(), changing(path, given["source"], given["descriptor"]) as state:
        chosen = given_passphrase(new, None) if new else ask("New passphrase", twice=True)
        state.lock = new_lock(chosen or "", random_bytes)
    click.echo("The state file opens with the new passphrase only.")


for one in (*trustee_paper.COMMANDS, *trustee_epochs.COMMANDS, *trustee_status.COMMANDS):
    command.add_command(one)


async def _serve(
    path: Path, platform: str, every: float, asks: bool, stamps: Stamps | None, given: dict[str, Any]
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    state = await trustee_status.unlocked(path, platform, given, stop)
    if state is None:
        return
    keeping.note_authority(path, state, {} if stamps is None else stamps.pinned)
    from expertpool.draw.audit import audit  # loaded once the passphrase has been given

    await serve(Program(state, path, audit, this_host(), asks, stamps), platform, every, stop)
    sys.stdout.flush()
