"""`openhall remedy`: at the opening a bidder shows parts of a bid in plain; what differs from the sealed is not sent."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_key import commitment
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from web.client import Bidder
from web.commands.factor import chosen_kit
from web.commands.signing_in import FILE, load, refusals, signed_in, signs_in, visitor

AGAIN = "Stopped. Run the same command again for what is missing, until the limit."


@click.command("remedy")
@click.argument("bid")
@click.option(
    "--kit", "kit_file", type=FILE, required=True, help="The bid kit that `openhall seal` or the bid room made."
)
@click.option("--kit-passphrase-file", type=FILE, help="The kit's passphrase in its first line; else it is asked for.")
@click.option(
    "--part", "parts", multiple=True, required=True, help="NAME=FILE, the very file that was sealed; repeat it."
)
@click.option("--key", "key_file", type=FILE, required=True, help="Your certified signing key (`openhall key`).")
@signs_in
def command(
    bid: str,
    kit_file: Path,
    kit_passphrase_file: Path | None,
    parts: tuple[str, ...],
    key_file: Path,
    platform: str,
    login: str,
    password_file: Path | None,
    code: str | None,
) -> None:
    """Show parts of BID in plain while its remedy runs. Exit 0, or 2 with one line `code: what happened`."""
    with refusals():
        files, salts = _files(parts), chosen_kit(kit_file, kit_passphrase_file).commit_salts

        async def act(bidder: Bidder) -> None:
            asked = (await bidder.opening(bid))["remedy"]
            if asked is None:
                raise Problem("remedy.not-asked", bid=bid)
            commits = {row["part"]: unb64(row["commit"]) for row in asked["parts"]}
            for part, path in files.items():
                require_sealed(part, path, salts, commits)
                await bidder.show(bid, part, path, salts[part])
                click.echo(f"{part}: is the one that was sealed; received")

        signed_in(visitor(platform, login, password_file, code), load(key_file), act, AGAIN)


def _files(parts: tuple[str, ...]) -> dict[str, Path]:
    found = {}
    for one in parts:
        name, separator, path = one.partition("=")
        if not separator or not Path(path).is_file():
            raise Problem("seal.file", name=path or one, why="there is no such file")
        found[name] = Path(path)
    return found


def require_sealed(part: str, path: Path, salts: Mapping[str, bytes], commits: Mapping[str, bytes]) -> None:
    """The file is the very one whose commitment the manifest lists: `remedy.other-file`; `bid.part` for no part of it."""
    if part not in salts or part not in commits:
        raise Problem("bid.part", part=part)
    if commitment(salts[part], block_root(_pieces(path), PLAINTEXT_BLOCK)) != commits[part]:
        raise Problem("remedy.other-file")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PLAINTEXT_BLOCK):
            yield piece
