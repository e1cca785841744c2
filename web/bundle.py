"""The hash of the sealing code that browsers are given: over the files that `seal/bundle.js` names, as the page does it."""

import re
from collections.abc import Callable
from hashlib import sha256
from posixpath import join, normpath
from typing import NamedTuple

from infra.kernel.problems import Problem

FOLDER = "js/seal"
LIST = f"{FOLDER}/bundle.js"
MOST_FILES = 1000

_VERSION = re.compile(r'const VERSION = "([ -~]{1,64})";')
_FILES = re.compile(r"const FILES = \[([^\]]*)\];")
_NAME = re.compile(r'"((?:\.\./\.\./vendor/)?[A-Za-z0-9_./-]+\.js)"')


class Bundle(NamedTuple):
    """Version and hash (32 bytes) of the sealing code, and SHA-256 of each file by its name, in their order."""

    version: str
    digest: bytes
    files: dict[str, bytes]


def read_bundle(read: Callable[[str], bytes | None]) -> Bundle:
    """The bundle of the files that `read` gives by their names below `static`; `bundle.source` for one that is missing."""

    def content(name: str) -> bytes:
        data = read(name)
        if data is None:
            raise Problem("bundle.source", path=name)
        return data

    code = content(LIST).decode(errors="replace")
    version, listed = _VERSION.search(code), _FILES.search(code)
    names = _NAME.findall(listed[1]) if listed else []
    if version is None or not names or len(names) > MOST_FILES:
        raise Problem("bundle.source", path=LIST)
    files = {name: sha256(content(normpath(join(FOLDER, name)))).digest() for name in names}
    return Bundle(version[1], digest_of(files), files)


def digest_of(files: dict[str, bytes]) -> bytes:
    """SHA-256 over name ‖ 00 ‖ SHA-256(file), file by file in the order given."""
    return sha256(b"".join(name.encode() + b"\0" + digest for name, digest in files.items())).digest()
