"""`openhall bid`: what `openhall seal` made goes to the platform block by block, is handed in, and gives a receipt."""

import shlex
from pathlib import Path
from typing import Any

import click

from infra.crypto.manifest import Manifest, check_size, parse_manifest
from infra.kernel.canonical import canonical, parse
from infra.kernel.problems import Problem
from trading.bidding.wire import block_count
from web.client import Bidder
from web.commands.sealing import Bar, appearing
from web.commands.signing_in import FILE, load, refusals, signed_in, signs_in, visitor

AGAIN = "Stopped. Run the same command again: it goes on with what is missing, until the deadline."
IN = ("submitted", "opened", "unopened")


@click.command("bid")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--section", required=True, help="<tender>/<section>, as in the notice; the bid must be sealed for it.")
@click.option("--key", "key_file", type=FILE, required=True, help="Your certified signing key (`openhall key`).")
@signs_in
@click.option(
    "--receipt", type=FILE, help="Where the receipt goes.  [default: receipt.json or withdrawal.json in FOLDER]"
)
@click.option("--wait", type=float, default=60.0, show_default=True, help="Seconds to wait for the receipt.")
@click.option("--withdraw", "withdrawn", metavar="BID", help="Withdraw this bid, which FOLDER was handed in as.")
def command(
    folder: Path,
    section: str,
    key_file: Path,
    platform: str,
    login: str,
    password_file: Path | None,
    code: str | None,
    receipt: Path | None,
    wait: float,
    withdrawn: str | None,
) -> None:
    """Upload and hand in FOLDER, made by `openhall seal`; a bid of yours that stands is replaced.

    Running it again goes on with what is missing, and fetches the receipt again where the bid is in already.
    """
    with refusals():
        signer = load(key_file)
        if signer.certificate is None:
            raise Problem("key-file.uncertified", path=key_file)
        manifest = _checked(folder, section, sizes=withdrawn is None)
        out = receipt or folder / ("receipt.json" if withdrawn is None else "withdrawal.json")
        if not out.parent.is_dir():
            raise Problem("seal.file", name=out.parent, why="there is no such folder")

        async def act(bidder: Bidder) -> dict[str, Any]:
            if withdrawn is None:
                bid = await _hand_in(bidder, manifest, folder)
                click.echo(f"handed in: {bid}; waiting for the receipt")
            else:
                bid = withdrawn
                await bidder.withdraw(bid, folder)
                click.echo(f"withdrawn: {bid}; the platform deletes its sealed files; waiting for the receipt")
            return await bidder.receipt(bid, wait)

        _keep(signed_in(visitor(platform, login, password_file, code), signer, act, AGAIN), out, folder)


def _checked(folder: Path, section: str, *, sizes: bool) -> Manifest:
    """The folder's manifest; `seal.section`, `seal.truncated` or `seal.extended` before a byte is sent."""
    manifest = parse_manifest((folder / "manifest.json").read_bytes())
    if manifest.section != section:
        raise Problem("seal.section", expected=section, found=manifest.section)
    for entry in manifest.parts if sizes else ():
        check_size(entry, (folder / f"{entry.part}.sealed").stat().st_size)
    return manifest


async def _hand_in(bidder: Bidder, manifest: Manifest, folder: Path) -> str:
    """The id of the bid that is in now; after the deadline only that of one that was in before it."""
    kept = folder / "bid.json"
    try:
        started = await bidder.start(manifest.section, folder)
    except Problem as problem:
        if problem.code == "bid.late" and (known := await _in_before(bidder, kept)) is not None:
            return known
        raise
    bid = str(started["bid"])
    with appearing(kept) as file:
        file.write(canonical({"bid": bid, "section": manifest.section}) + b"\n")
    count, missing = sum(block_count(one.size) for one in manifest.parts), sum(map(len, started["missing"].values()))
    click.echo(f"bid {bid} for {manifest.section}: {missing} blocks to send, {count - missing} there already")
    await bidder.upload(bid, folder, started["missing"], lambda part, size: Bar().over(part, size))
    await bidder.hand_in(bid)
    return bid


async def _in_before(bidder: Bidder, kept: Path) -> str | None:
    if not kept.is_file():
        return None
    bid = str(parse(kept.read_bytes().removesuffix(b"\n"))["bid"])
    return bid if await bidder.state(bid) in IN else None


def _keep(receipt: dict[str, Any], out: Path, folder: Path) -> None:
    event = parse(str(receipt["event"]).encode())
    with appearing(out) as file:
        file.write(canonical(receipt) + b"\n")
    words = "openhall", "verify", "receipt", str(out), "--manifest", str(folder / "manifest.json")
    click.echo(f"✓ {event['event']} at {event['at']}, receipt in {out}")
    click.echo(f"check it with: {shlex.join(words)} --policy POLICY")
