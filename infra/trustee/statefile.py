"""The one file of a trustee: open facts beside secrets, which a passphrase protects; always written whole, or not at all.

`trustee-state/v2` is one canonical JSON object. `open` holds what is no secret, so that `status` asks for no passphrase.
Under a passphrase `salt`, `check` and `box` follow: `box` is nonce(12) ‖ AES-256-GCM of the secrets, with the canonical
`open` as associated data, under argon2id (64 MiB, 3 passes) of the passphrase's NFC form; `check` tells a wrong passphrase
from damage. Without one `secrets` stand open beside `check`, the first 8 bytes of SHA-256 over everything else.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.kernel.canonical import b64, canonical, read, unb64
from infra.kernel.problems import Problem

FORMAT = "trustee-state/v2"
FIRST_FORMAT = "trustee-state/v1"
SHORTEST = 12
_LABEL = b"trustee-state/v2"


@dataclass(frozen=True)
class Lock:
    """The key of a protected file and the salt it was stretched with."""

    key: bytes
    salt: bytes

    @property
    def check(self) -> bytes:
        """8 bytes that tell a right passphrase without opening anything."""
        return sha256(_LABEL + b" check\0" + self.key).digest()[:8]


def new_lock(passphrase: str, random: Callable[[int], bytes]) -> Lock:
    """A lock for a new file; `trustee.passphrase-short` below twelve characters."""
    if len(passphrase) < SHORTEST:
        raise Problem("trustee.passphrase-short", fewest=SHORTEST)
    salt = random(16)
    return Lock(_stretched(passphrase, salt), salt)


def write(
    path: Path, told: dict[str, Any], secrets: dict[str, Any], lock: Lock | None, random: Callable[[int], bytes]
) -> None:
    """Write both halves and only then return; `trustee.unwritable` leaves the old file as it was."""
    content: dict[str, Any] = {"format": FORMAT, "open": told}
    if lock is None:
        content |= {"secrets": secrets}
        content |= {"check": b64(_check(content))}
    else:
        nonce = random(12)
        box = nonce + AESGCM(lock.key).encrypt(nonce, canonical(secrets), _LABEL + canonical(told))
        content |= {"salt": b64(lock.salt), "check": b64(lock.check), "box": b64(box)}
    put(path, canonical(content) + b"\n")


def put(path: Path, data: bytes) -> None:
    """Replace a file's content at once and for good (mode 0600); `trustee.unwritable`."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync(path.parent)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise Problem("trustee.unwritable", path=path, why=error.strerror) from error


def look(path: Path) -> dict[str, Any]:
    """The file as it stands; `trustee.no-state`, `.too-open`, `.foreign-file` for another program's, `.damaged`."""
    try:
        if path.stat().st_mode & 0o077:
            raise Problem("trustee.too-open", path=path)
        content: Any = read(path.read_bytes())
        format_ = content["format"]
    except FileNotFoundError as error:
        raise Problem("trustee.no-state", path=path) from error
    except (OSError, TypeError, KeyError) as error:
        raise Problem("trustee.damaged", path=path) from error
    except Problem as problem:
        raise problem if problem.code == "trustee.too-open" else Problem("trustee.damaged", path=path) from problem
    if format_ not in (FORMAT, FIRST_FORMAT):
        raise Problem("trustee.foreign-file", path=path, format=str(format_)[:60])
    found: dict[str, Any] = content
    return found


def unlocked(
    path: Path, content: dict[str, Any], passphrase: str | None
) -> tuple[dict[str, Any], dict[str, Any], Lock | None]:
    """Open facts, secrets and lock of a v2 file; `trustee.passphrase` for a missing or wrong one, `trustee.damaged`."""
    if "box" not in content:
        if content.get("check") != b64(_check(content)):
            raise Problem("trustee.damaged", path=path)
        return content["open"], content["secrets"], None
    if passphrase is None:
        raise Problem("trustee.passphrase", path=path)
    salt = unb64(content["salt"], 16)
    lock = Lock(_stretched(passphrase, salt), salt)
    if unb64(content["check"], 8) != lock.check:
        raise Problem("trustee.passphrase", path=path)
    return content["open"], _opened(path, content, lock), lock


def reread(path: Path, lock: Lock | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Open facts and secrets as the disk has them, by a lock that is known."""
    content = look(path)
    return content["open"], content["secrets"] if lock is None else _opened(path, content, lock)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else changes this state meanwhile; `trustee.running` where a program holds it already."""
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Problem("trustee.unwritable", path=path, why=error.strerror) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem("trustee.running", path=path) from error
        yield
    finally:
        os.close(handle)


def _opened(path: Path, content: dict[str, Any], lock: Lock) -> dict[str, Any]:
    box = unb64(content["box"])
    try:
        found: dict[str, Any] = read(AESGCM(lock.key).decrypt(box[:12], box[12:], _LABEL + canonical(content["open"])))
    except (InvalidTag, ValueError) as error:
        raise Problem("trustee.damaged", path=path) from error
    return found


def _check(content: dict[str, Any]) -> bytes:
    """Over everything but itself."""
    rest = {name: value for name, value in content.items() if name != "check"}
    return sha256(_LABEL + b" open\0" + canonical(rest)).digest()[:8]


def _stretched(passphrase: str, salt: bytes) -> bytes:
    secret = normalize("NFC", passphrase).encode("utf-8", "replace")
    return hash_secret_raw(secret, salt, time_cost=3, memory_cost=65_536, parallelism=1, hash_len=32, type=Type.ID)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
