"""`openhall bid`: what `openhall seal` made goes to the platform block by block, is handed in, and gives a receipt."""

import re
import shlex
from pathlib import Path
from typing import Any

import click

from infra.crypto.manifest import Manifest, check_size
from infra.crypto.seal_header import Header, read_header
from infra.crypto.seal_kit import is_locked, read_kit
from infra.kernel.canonical import canonical, parse, unb64
from infra.kernel.problems import Problem
from trading.bidding.rehearsing import BROWSER
from trading.bidding.wire import block_count
from web.client import Bidder, manifests_of
from web.commands.rehearsing import require_own
from web.commands.sealing import Bar, appearing, read_passphrase
from web.commands.signing_in import FILE, load, refusals, signed_in, signs_in, visitor

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
AGAIN = "Stopped. Run the same command again: it goes on with what is missing, until the deadline."
IN = ("submitted", "opened", "unopened")


@click.command("bid")
@click.argument("folder", required=False, type=FOLDER)
@click.option("--folder", "named", type=FOLDER, help="The same as FOLDER.")
@click.option("--section", required=True, help="<tender>/<section>, as in the notice; the bid must be sealed for it.")
@click.option("--key", "key_file", type=FILE, required=True, help="Your certified signing key (`openhall key`).")
@signs_in
@click.option(
    "--receipt", type=FILE, help="Where the receipt goes.  [default: receipt.json or withdrawal.json in FOLDER]"
)
@click.option(
    "--kit", "kit_file", type=FILE, help="The bid kit, read back before handing in.  [default: FOLDER/kit.json]"
)
@click.option("--kit-passphrase-file", type=FILE, help="The kit's passphrase in its first line; else it is asked for.")
@click.option("--wait", type=float, default=60.0, show_default=True, help="Seconds to wait for the receipt.")
@click.option("--withdraw", "withdrawn", metavar="BID", help="Withdraw this bid, which FOLDER was handed in as.")
@click.option(
    "--confirm",
    "confirmed",
    metavar="BID",
    help="Let this bid, which FOLDER was handed in as, hold for a changed document.",
)
@click.option(
    "--document",
    help="With --confirm: SHA-256 (hex) of the version you have read; without it you are told what to read.",
)
def command(
    folder: Path | None,
    named: Path | None,
    section: str,
    key_file: Path,
    platform: str,
    login: str,
    password_file: Path | None,
    code: str | None,
    receipt: Path | None,
    kit_file: Path | None,
    kit_passphrase_file: Path | None,
    wait: float,
    withdrawn: str | None,
    confirmed: str | None,
    document: str | None,
) -> None:
    """Upload and hand in FOLDER, made by `openhall seal` or the offline page; a bid of yours that stands is replaced.

    Running it again goes on with what is missing, and fetches the receipt again where the bid is in already.
    """
    sealed = _one(folder, named)
    if (document and not confirmed) or (confirmed and withdrawn):
        raise click.UsageError("--document goes with --confirm, and --confirm not with --withdraw.")
    with refusals():
        signer = load(key_file)
        if signer.certificate is None:
            raise Problem("key-file.uncertified", path=key_file)
        if confirmed is not None:
            _checked(sealed, section, sizes=False)
            who = visitor(platform, login, password_file, code)
            click.echo(signed_in(who, signer, lambda bidder: _confirm(bidder, confirmed, sealed, document), AGAIN))
            return
        manifest = _checked(sealed, section, sizes=withdrawn is None)
        rehearsed = withdrawn is None and _read_back(sealed, manifest, kit_file, kit_passphrase_file)
        out = receipt or sealed / ("receipt.json" if withdrawn is None else "withdrawal.json")
        if not out.parent.is_dir():
            raise Problem("seal.file", name=out.parent, why="there is no such folder")

        async def act(bidder: Bidder) -> dict[str, Any]:
            if withdrawn is None:
                bid = await _hand_in(bidder, manifest, sealed, rehearsed=rehearsed)
                click.echo(f"handed in: {bid}; waiting for the receipt")
            else:
                bid = withdrawn
                await bidder.withdraw(bid, sealed)
                click.echo(f"withdrawn: {bid}; the platform deletes its sealed files; waiting for the receipt")
            return await bidder.receipt(bid, wait)

        _keep(signed_in(visitor(platform, login, password_file, code), signer, act, AGAIN), out, sealed)


def _one(folder: Path | None, named: Path | None) -> Path:
    """The folder, which is named once."""
    found = folder or named
    if found is None or (folder and named):
        raise click.UsageError("Name one folder: FOLDER or --folder FOLDER.")
    return found


def _checked(folder: Path, section: str, *, sizes: bool) -> Manifest:
    """The folder's manifest; `seal.section`, `seal.truncated` or `seal.extended` before a byte is sent."""
    manifests = manifests_of(folder)
    for manifest in manifests:
        if manifest.section != section:
            raise Problem("seal.section", expected=section, found=manifest.section)
        for entry in manifest.parts if sizes else ():
            check_size(entry, (folder / f"{entry.part}.sealed").stat().st_size)
    return manifests[0]


def _read_back(folder: Path, manifest: Manifest, kit_file: Path | None, passphrase_file: Path | None) -> bool:
    """Whether the bid kit was read back with its passphrase: required where the containers need the bidder's factor or
    were sealed in a browser, done too where a kit is named; `kit.…` while there is still time to seal anew.
    """
    parts = [entry.part for one in manifests_of(folder) for entry in one.parts]
    headers = [_header(folder / f"{part}.sealed") for part in parts]
    needed = any(header.bidder_factor for header in headers) or manifest.client.version.startswith(BROWSER)
    if not needed and kit_file is None:
        return False
    data = (kit_file or folder / "kit.json").read_bytes()
    kit = read_kit(data, _passphrase(passphrase_file) if is_locked(data) else None)
    require_own(kit, manifest, headers, parts)
    return True


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        return read_header(file)


def _passphrase(file: Path | None) -> bytes:
    if file is not None:
        return read_passphrase(file)
    return str(click.prompt("Passphrase of the bid kit", hide_input=True, err=True)).encode()


async def _hand_in(bidder: Bidder, manifest: Manifest, folder: Path, *, rehearsed: bool) -> str:
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
    sizes = [entry.size for one in manifests_of(folder) for entry in one.parts]
    count, missing = sum(map(block_count, sizes)), sum(map(len, started["missing"].values()))
    click.echo(f"bid {bid} for {manifest.section}: {missing} blocks to send, {count - missing} there already")
    if rehearsed:
        await bidder.rehearse(manifest.section, manifest.digest)
    await bidder.upload(bid, folder, started["missing"], lambda part, size: Bar().over(part, size))
    await bidder.hand_in(bid)
    return bid


async def _in_before(bidder: Bidder, kept: Path) -> str | None:
    if not kept.is_file():
        return None
    bid = str(parse(kept.read_bytes().removesuffix(b"\n"))["bid"])
    return bid if await bidder.state(bid) in IN else None


async def _confirm(bidder: Bidder, bid: str, folder: Path, document: str | None) -> str:
    """What was done, in words; `confirmation.unread` tells which version is to be read where none is named."""
    told = await bidder.held(bid)
    if document is None:
        if told["holds_for"] == told["version"]:
            return f"{bid} holds for version {told['version']}, the one in force: nothing to confirm"
        page = f"/sections/{told['section']}/tender-document/{told['version']}/changes"
        facts = {"held": told["holds_for"], "version": told["version"], "page": page}
        raise Problem("confirmation.unread", **facts, document=unb64(str(told["document"])).hex())
    if not re.fullmatch("[0-9a-f]{64}", document):
        raise Problem("confirmation.document", given=document[:64])
    done = await bidder.confirm(bid, folder, bytes.fromhex(document))
    return f"confirmed: {bid} holds, as handed in, for version {done['version']} of the tender document"


def _keep(receipt: dict[str, Any], out: Path, folder: Path) -> None:
    event = parse(str(receipt["event"]).encode())
    with appearing(out) as file:
        file.write(canonical(receipt) + b"\n")
    words = "openhall", "verify", "receipt", str(out), "--manifest", str(folder / "manifest.json")
    click.echo(f"✓ {event['event']} at {event['at']}, receipt in {out}")
    click.echo(f"check it with: {shlex.join(words)} --policy POLICY")
