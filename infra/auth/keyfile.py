"""Secret keys in files that only their owner can read; damage and open permissions are refused, not guessed around.

A file is one canonical JSON object `{"check","format","key","kind",…}`; `check` is the first 8 bytes of
SHA-256(`key-file/v1 check` ‖ 00 ‖ kind ‖ 00 ‖ key), so a changed byte is noticed before the key is used.
"""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from infra.kernel.canonical import b64, canonical, parse, unb64
from infra.kernel.problems import Problem

FORMAT = "key-file/v1"


def write_key(path: Path, kind: str, key: bytes, **public: str) -> bool:
    """Write a new key file (mode 0600), whole or not at all; False if one is there already, which is kept.

    `key-file.unwritable` where the folder cannot be written.
    """
    content = {"format": FORMAT, "kind": kind, "key": b64(key), "check": _check(kind, key), **public}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _written(path, canonical(content) + b"\n")
    except OSError as error:
        raise Problem("key-file.unwritable", path=path, why=error.strerror) from error


def read_key(path: Path, kind: str) -> tuple[bytes, dict[str, Any]]:
    """The key and the file's other values; `key-file.missing`, `.too-open`, `.damaged`."""
    try:
        if path.stat().st_mode & 0o077:
            raise Problem("key-file.too-open", path=path)
        content = parse(path.read_bytes().removesuffix(b"\n"))
        key = unb64(content["key"])
    except FileNotFoundError as error:
        raise Problem("key-file.missing", path=path) from error
    except OSError as error:
        raise Problem("key-file.damaged", path=path, why=error.strerror) from error
    except (KeyError, TypeError) as error:
        raise Problem("key-file.damaged", path=path, why=f"{error} is missing") from error
    except Problem as problem:
        if problem.code == "key-file.too-open":
            raise
        raise Problem("key-file.damaged", path=path, why=str(problem)) from problem
    if (content.get("format"), content.get("kind"), content.get("check")) != (FORMAT, kind, _check(kind, key)):
        raise Problem("key-file.damaged", path=path, why="kind or check value is wrong")
    return key, content


def _written(path: Path, data: bytes) -> bool:
    """Made under another name (`mkstemp` gives mode 0600) and linked to its own, which fails where a file is."""
    handle, partial = mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(partial)
    return True


def _check(kind: str, key: bytes) -> str:
    return b64(sha256(b"key-file/v1 check\0" + kind.encode() + b"\0" + key).digest()[:8])
