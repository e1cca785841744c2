"""`openhall factor`: at the opening a bidder gives the factor of its kit; the kit itself stays where it is."""

from pathlib import Path
from typing import Any

import click

from infra.crypto.seal_kit import BidKit, is_locked, read_kit
from infra.kernel.problems import Problem
from web.client import Bidder
from web.commands.sealing import read_passphrase
from web.commands.signing_in import FILE, load, refusals, signed_in, signs_in, visitor

AGAIN = "Stopped. Run the same command again while the factors are taken."


@click.command("factor")
@click.argument("bid")
@click.option(
    "--kit", "kit_file", type=FILE, required=True, help="The bid kit that `openhall seal` or the bid room made."
)
@click.option("--kit-passphrase-file", type=FILE, help="The kit's passphrase in its first line; else it is asked for.")
@click.option("--key", "key_file", type=FILE, required=True, help="Your certified signing key (`openhall key`).")
@signs_in
def command(
    bid: str,
    kit_file: Path,
    kit_passphrase_file: Path | None,
    key_file: Path,
    platform: str,
    login: str,
    password_file: Path | None,
    code: str | None,
) -> None:
    """Give the factor of BID; the bid opens at once. Exit 0, or 2 with one line `code: what happened`."""
    with refusals():
        factor = chosen_kit(kit_file, kit_passphrase_file).factor
        if factor is None:
            raise Problem("kit.no-factor")

        async def act(bidder: Bidder) -> dict[str, Any]:
            return await bidder.give_factor(bid, factor)

        signed_in(visitor(platform, login, password_file, code), load(key_file), act, AGAIN)
        click.echo(f"given: {bid}; it opens by itself")


def chosen_kit(file: Path, passphrase_file: Path | None) -> BidKit:
    """The kit of a file; its passphrase from the other file's first line, or asked for; `kit.passphrase`, `kit.bad`."""
    data = file.read_bytes()
    if not is_locked(data):
        return read_kit(data)
    if passphrase_file is not None:
        return read_kit(data, read_passphrase(passphrase_file))
    return read_kit(data, str(click.prompt("Passphrase of the bid kit", hide_input=True, err=True)).encode())
