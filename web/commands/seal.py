"""`openhall seal`: files become containers that open only after the deadline, with a manifest and a bid kit."""

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import click

import infra.crypto
from infra.crypto.keyset import Keyset, parse_keyset, pinned_signers, verify_keyset
from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import SealedPart, seal_stream
from infra.crypto.seal_header import PART
from infra.crypto.seal_key import FACTOR, new_header
from infra.crypto.seal_kit import BidKit, lock_kit
from infra.edge import random_bytes
from infra.kernel.problems import Problem
from trading.bidding.wire import SECOND_MANIFEST
from trading.opening.form import FORM, read_form, read_price
from trading.sections.envelopes import PRICE, SECOND, second_parts
from web.commands.blind_parts import warn_of_bidder
from web.commands.sealing import Bar, Silence, appearing, naming, read_passphrase, refusals

VERSION = "openhall-cli 0.1.0"
SECOND_PARTS = second_parts(two_envelope=True)
_CODE = re.compile(r"[0-9A-Za-z-]{1,64}")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("seal")
@click.option("--keyset", "keyset_file", type=_FILE, required=True, help="The section's keyset document.")
@click.option(
    "--second-keyset",
    "second_file",
    type=_FILE,
    help="Of two envelopes: the keyset that the part `price` is sealed to.",
)
@click.option("--section", required=True, help="<tender>/<section>, as in the notice.")
@click.option("--bidder", required=True, help="The bidder's unified social credit code.")
@click.option("--bidder-factor", is_flag=True, help="Make a factor B, without which the bid cannot be opened.")
@click.option("--round", "round_", default=None, help="The round; by default the keyset's.")
@click.option("--part", "parts", multiple=True, help="NAME=FILE; may be given several times.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Every file in it is a part: technical.pdf, …"
)
@click.option(
    "--blind",
    multiple=True,
    metavar="NAME",
    help="A part that is read blind: its file is looked through for what names you.",
)
@click.option("--company", default="", help="With --blind: your registered name, to be looked for in the file.")
@click.option("--policy", "policy_file", type=_FILE, help="Pinned keys: lines `custodian <name> <base64 key>`.")
@click.option("--kit-passphrase-file", type=_FILE, help="Protects the bid kit; the first line is the passphrase.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="An empty folder.")
def command(
    keyset_file: Path,
    second_file: Path | None,
    section: str,
    bidder: str,
    bidder_factor: bool,
    round_: str | None,
    parts: tuple[str, ...],
    folder: Path | None,
    blind: tuple[str, ...],
    company: str,
    policy_file: Path | None,
    kit_passphrase_file: Path | None,
    out: Path,
) -> None:
    """Seal files for one section: PART.sealed for each, manifest.json (of two envelopes second-manifest.json) and kit.json."""
    with refusals():
        keyset = _keyset(keyset_file, policy_file)
        _check_place(keyset, section, round_)
        if not _CODE.fullmatch(bidder):
            raise Problem("seal.bidder", field="credit code")
        files = _files([*parts, *(() if folder is None else _named(folder))])
        second = None if second_file is None else _keyset(second_file, policy_file)
        check_envelopes(keyset, second, files)
        warn_of_bidder(files, blind, (company.strip(), bidder), _warn)
        passphrase = None if kit_passphrase_file is None else read_passphrase(kit_passphrase_file)
        out.mkdir(parents=True, exist_ok=True)
        if (out / "kit.json").exists():
            raise Problem("seal.file", name=out / "kit.json", why="it belongs to an earlier bid and is not overwritten")
        factor = random_bytes(FACTOR) if bidder_factor else None
        seal_all(keyset, bidder, factor, files, passphrase, out, Bar, second)
        if policy_file is None:
            _warn(
                "the signers' keys were taken from the keyset itself; give --policy to check them against pinned keys"
            )
        if passphrase is None:
            _warn(f"{out / 'kit.json'} is not protected by a passphrase; keep it secret (--kit-passphrase-file)")


def seal_all(
    keyset: Keyset,
    bidder: str,
    factor: bytes | None,
    files: dict[str, Path],
    passphrase: bytes | None,
    out: Path,
    bar: Callable[[], Bar | Silence] = Silence,
    second: Keyset | None = None,
) -> None:
    """Seal every part into `out`; all files appear together, for a container without its kit would be of no use.

    With a `second` keyset the price is sealed to it and has a manifest of its own; salt, factor and kit are the bid's.
    """
    salt, sealed = random_bytes(32), dict[str, SealedPart]()
    with ExitStack() as stack:
        sinks = {name: stack.enter_context(appearing(out / f"{name}.sealed")) for name in files}
        manifest_file = stack.enter_context(appearing(out / "manifest.json"))
        kit_file = stack.enter_context(appearing(out / "kit.json"))
        second_file = None if second is None else stack.enter_context(appearing(out / SECOND_MANIFEST))
        for name, path in files.items():
            own = second if second is not None and name in SECOND_PARTS else keyset
            header, key = new_header(own, name, bidder_line(salt, bidder), factor, random_bytes)
            progress = bar().over(name, path.stat().st_size)
            with naming(out / f"{name}.sealed"), path.open("rb") as source, progress as count:
                sealed[name] = seal_stream(source, sinks[name], header, key, random_bytes, count)
        later = SECOND_PARTS if second is not None else ()
        manifest = _manifest(keyset, salt, {name: part for name, part in sealed.items() if name not in later})
        commit_salts = {name: part.commit_salt for name, part in sealed.items()}
        kit = BidKit(keyset.section, keyset.round, bidder, salt, factor, manifest.digest, commit_salts)
        manifest_file.write(manifest.encode())
        if second is not None and second_file is not None:
            prices = _manifest(second, salt, {name: part for name, part in sealed.items() if name in later})
            second_file.write(prices.encode())
        kit_file.write(kit.encode() if passphrase is None else lock_kit(kit, passphrase, random_bytes))


def check_envelopes(keyset: Keyset, second: Keyset | None, files: Mapping[str, Path]) -> None:
    """Refuse what would not be two envelopes: keysets that do not belong together, no price, or a price in the first.

    `seal.section`, `seal.deadline`, `bid.envelopes`, and what the forms themselves are refused with.
    """
    if second is None:
        return
    expected, found = f"{keyset.section} round {SECOND}", f"{second.section} round {second.round}"
    if found != expected:
        raise Problem("seal.section", expected=expected, found=found)
    if second.deadline != keyset.deadline:
        raise Problem("seal.deadline", expected=keyset.deadline, found=second.deadline)
    if not set(SECOND_PARTS) < set(files):
        raise Problem("bid.envelopes", expected=2)
    read_price(files[PRICE].read_bytes())
    if FORM in files:
        read_form(files[FORM].read_bytes(), first=True)


def _keyset(path: Path, policy: Path | None) -> Keyset:
    keyset = parse_keyset(path.read_bytes())
    verify_keyset(keyset, None if policy is None else pinned_signers(policy.read_text("utf-8", "replace")))
    return keyset


def _check_place(keyset: Keyset, section: str, round_: str | None) -> None:
    expected = f"{keyset.section} round {keyset.round}"
    found = f"{section} round {round_ or keyset.round}"
    if found != expected:
        raise Problem("seal.section", expected=expected, found=found)


def _named(folder: Path) -> list[str]:
    """`NAME=FILE` for each file of a folder, named by what stands before its first dot; hidden files are left out."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return [f"{path.name.partition('.')[0]}={path}" for path in files]


def _files(parts: list[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for text in parts:
        name, _, path = text.partition("=")
        if not PART.fullmatch(name) or not path or name in found:
            raise Problem("seal.section", expected="--part name=FILE, each name once", found=text)
        if not Path(path).is_file():
            raise Problem("seal.file", name=path, why="there is no such file")
        found[name] = Path(path)
    if not found:
        raise Problem("seal.section", expected="--part name=FILE or --folder", found="no part")
    return found


def _manifest(keyset: Keyset, salt: bytes, sealed: dict[str, SealedPart]) -> Manifest:
    entries = tuple(sealed[name].entry(name) for name in sorted(sealed))
    return Manifest(keyset.section, keyset.round, salt, entries, Client(VERSION, _bundle()))


def _bundle() -> bytes:
    """SHA-256 over the sealing code, file by file in order of their names."""
    folder = Path(infra.crypto.__path__[0])
    hashes = (path.name.encode() + b"\0" + sha256(path.read_bytes()).digest() for path in sorted(folder.glob("*.py")))
    return sha256(b"".join(hashes)).digest()


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)
