"""`openhall key`: a signing key in a file that only its owner can read, and its certificate beside it."""

from pathlib import Path

import click
from cryptography import x509
from cryptography.x509.oid import NameOID

from infra.auth.key_signer import KeyFileSigner
from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from web.commands.signing_in import FILE, certified_key, load, refusals, refuse_name, signed_in, signs_in, visitor


@click.group()
def command() -> None:
    """A signing key in FILE, its certificate beside it in the file of that name that ends in .cer."""


@command.command()
@click.argument("file", type=FILE)
def new(file: Path) -> None:
    """Make a key in FILE, which only you can read and which is never overwritten."""
    with refusals():
        refuse_name(file)
        if (beside := file.with_suffix(".cer")).exists():
            raise Problem("key-file.exists", path=beside)
        signer = KeyFileSigner.create(file, random_bytes)
        click.echo(f"made {file}, public key {b64(signer.public_key)}")
        click.echo(f"keep it secret; next: openhall key certify {file} --platform URL --login NAME")


@command.command()
@click.argument("file", type=FILE)
@signs_in
def certify(file: Path, platform: str, login: str, password_file: Path | None, code: str | None) -> None:
    """Have the key in FILE certified for the body you act for, and keep the certificate; again is no error."""
    with refusals():
        signer = load(file)
        who = visitor(platform, login, password_file, code)
        again = "Stopped. Run the same command again: a key is never certified twice."
        certificate = signed_in(who, signer, lambda bidder: bidder.certify(), again)
        if certified_key(certificate) != signer.public_key:
            raise Problem("platform.answer", status="another key's certificate")
        signer.keep_certificate(certificate)
        _show(signer)


@command.command()
@click.argument("file", type=FILE)
def show(file: Path) -> None:
    """The public key of FILE and whom its certificate names; no secret is printed."""
    with refusals():
        _show(load(file))


def _show(signer: KeyFileSigner) -> None:
    click.echo(f"file         {signer.path}\npublic key   {b64(signer.public_key)}")
    if signer.certificate is None:
        click.echo("certificate  none yet")
        return
    read = x509.load_der_x509_certificate(signer.certificate)
    name, serial = (_value(read.subject, oid) for oid in (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER))
    click.echo(f"certificate  {signer.path.with_suffix('.cer')}\nnames        {name} ({serial})")
    click.echo(f"valid until  {read.not_valid_after_utc.isoformat()}")


def _value(subject: x509.Name, oid: x509.ObjectIdentifier) -> str:
    return ", ".join(str(one.value) for one in subject.get_attributes_for_oid(oid)) or "–"
