"""`openhall open`: the plaintext of one container, from the custodians' released keys."""

from pathlib import Path

import click

from infra.crypto.keyset import Keyset, parse_keyset, pinned_signers, verify_keyset
from infra.crypto.manifest import PartEntry, check_bidder, check_part, check_place, check_size, parse_manifest
from infra.crypto.seal import open_stream, read_container
from infra.crypto.seal_header import Header, read_header
from infra.crypto.seal_key import check_keyset, recover
from infra.crypto.seal_kit import read_kit
from infra.kernel.problems import Problem
from web.commands.sealing import Bar, appearing, naming, read_key, read_passphrase, refusals

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("open")
@click.argument("container", type=_FILE)
@click.option("--key", "keys", multiple=True, help="NUMBER=KEYFILE, a custodian's released key.")
@click.option("--bidder-key", type=_FILE, help="The bidder's factor B: one base64 line, or the bid kit.")
@click.option("--kit-passphrase-file", type=_FILE, help="The passphrase of a bid kit given as --bidder-key.")
@click.option("--keyset", "keyset_file", type=_FILE, help="Checks the released keys against the keyset.")
@click.option("--policy", "policy_file", type=_FILE, help="Checks the keyset's signers against pinned keys.")
@click.option("--manifest", "manifest_file", type=_FILE, help="Checks size, root, commitment and bidder line.")
@click.option("--section", help="<tender>/<section> that the container must be for.")
@click.option("--round", "round_", help="The round that the container must be for.")
@click.option("--bidder", help="Credit code that the bidder line must stand for (with --manifest).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
def command(
    container: Path,
    keys: tuple[str, ...],
    bidder_key: Path | None,
    kit_passphrase_file: Path | None,
    keyset_file: Path | None,
    policy_file: Path | None,
    manifest_file: Path | None,
    section: str | None,
    round_: str | None,
    bidder: str | None,
    out: Path,
) -> None:
    """Open CONTAINER; exit 0, or 2 with one line `code: reason`, and then no output file."""
    with refusals(), container.open("rb") as source:
        released = _released(keys)
        header = read_header(source)
        _check_place(header, section or header.section, round_ or header.round)
        keyset = None if keyset_file is None else _keyset(keyset_file, policy_file, header)
        size = container.stat().st_size
        listed = None if manifest_file is None else _listed(manifest_file, header, bidder, size)
        factor = None if bidder_key is None else _factor(bidder_key, kit_passphrase_file)
        input_key = recover(header, released, factor, keyset)
        with appearing(out) as sink, naming(out), Bar().over(out.name, size) as count:
            if listed is None:
                read_container(source, sink, header, input_key, lambda plain, _: count(len(plain)))
            else:
                check_part(listed, open_stream(source, sink, header, input_key, count).entry(header.part))


def _released(keys: tuple[str, ...]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for text in keys:
        number, _, path = text.partition("=")
        if not (number.isascii() and number.isdigit()) or not path or int(number) in found:
            raise Problem("seal.key", custodian=number)
        found[int(number)] = read_key(Path(path))
    return found


def _check_place(header: Header, section: str, round_: str) -> None:
    expected, found = f"{section} round {round_}", f"{header.section} round {header.round}"
    if expected != found:
        raise Problem("seal.section", expected=expected, found=found)


def _keyset(path: Path, policy: Path | None, header: Header) -> Keyset:
    keyset = parse_keyset(path.read_bytes())
    check_keyset(header, keyset)
    verify_keyset(keyset, None if policy is None else pinned_signers(policy.read_text("utf-8", "replace")))
    return keyset


def _listed(path: Path, header: Header, bidder: str | None, size: int) -> PartEntry:
    manifest = parse_manifest(path.read_bytes())
    check_place(header, manifest)
    if bidder is not None:
        check_bidder(header, manifest, bidder)
    entry = manifest.entry(header.part)
    check_size(entry, size)
    return entry


def _factor(path: Path, passphrase: Path | None) -> bytes:
    data = path.read_bytes()
    if not data.startswith(b"{"):
        return read_key(path)
    factor = read_kit(data, None if passphrase is None else read_passphrase(passphrase)).factor
    if factor is None:
        raise Problem("seal.bidder", field="the kit holds no factor")
    return factor
