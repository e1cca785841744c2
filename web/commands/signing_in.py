"""What `openhall key` and `openhall bid` share: who signs in where, the key in its file, one-line refusals."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.auth.key_signer import KeyFileSigner
from infra.kernel.problems import Problem
from web.client import Bidder
from web.problems import told

REFUSED, INTERRUPTED = 2, 130
FILE = click.Path(dir_okay=False, path_type=Path)
Found = TypeVar("Found")
Command = TypeVar("Command", bound=Callable[..., Any])


class Visitor(NamedTuple):
    """Who signs in where."""

    platform: str
    login: str
    password: str
    code: str | None


def signs_in(command: Command) -> Command:
    """The options of a command that signs in; they come as `platform`, `login`, `password_file` and `code`."""
    for option in (
        click.option("--code", help="The second factor's code, where the account has one."),
        click.option("--password-file", type=FILE, help="Its first line is the password; asked for otherwise."),
        click.option("--login", required=True, help="The account's login."),
        click.option("--platform", required=True, help="The platform's address, e.g. https://trade.example."),
    ):
        command = option(command)
    return command


def visitor(platform: str, login: str, password_file: Path | None, code: str | None) -> Visitor:
    """The password from the file's first line, or asked for on the terminal; `password.missing` for an empty line."""
    if password_file is None:
        return Visitor(platform, login, click.prompt("Password", hide_input=True, err=True), code)
    first = password_file.read_text("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if not first:
        raise Problem("password.missing", path=password_file)
    return Visitor(platform, login, first, code)


def signed_in(
    who: Visitor, signer: KeyFileSigner, act: Callable[[Bidder], Awaitable[Found]], interrupted: str
) -> Found:
    """What `act` gives a signed-in bidder; after Ctrl-C the sentence `interrupted` and exit code 130."""

    async def visit() -> Found:
        bidder = Bidder(who.platform, signer)
        try:
            await bidder.sign_in(who.login, who.password, who.code)
            return await act(bidder)
        finally:
            await bidder.close()

    try:
        return asyncio.run(visit())
    except KeyboardInterrupt:
        click.echo(f"\n{interrupted}", err=True)
        sys.exit(INTERRUPTED)


def load(path: Path) -> KeyFileSigner:
    """The key of a file; `key-file.…`, `key-file.other-certificate` where the certificate beside it is another key's."""
    refuse_name(path)
    signer = KeyFileSigner.load(path)
    if signer.certificate is not None and certified_key(signer.certificate) != signer.public_key:
        raise Problem("key-file.other-certificate", path=path.with_suffix(".cer"))
    return signer


def refuse_name(path: Path) -> None:
    """`key-file.name` for the name under which the certificate is kept: keeping it would overwrite the key."""
    if path.with_suffix(".cer") == path:
        raise Problem("key-file.name", path=path)


def certified_key(certificate: bytes) -> bytes | None:
    """The 65 bytes of the P-256 key that a DER certificate is about, None if it is about none."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    except (ValueError, TypeError, x509.InvalidVersion):
        return None


@contextmanager
def refusals() -> Iterator[None]:
    """A problem becomes one line `code: sentence` on stderr and exit code 2; so does a file that cannot be used."""
    try:
        try:
            yield
        except OSError as error:
            raise Problem("seal.file", name=error.filename or "a file", why=error.strerror or error) from error
    except Problem as problem:
        click.echo("".join(one if one.isprintable() else " " for one in told(problem)), err=True)
        sys.exit(REFUSED)
