"""One evidence file: a ZIP that can be written in one way only, so that no byte of it can change unseen."""

import zipfile
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO

from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem

DATE = (1980, 1, 1, 0, 0, 0)
INDEX = "index.json"
SEAL = "seal.json"
LARGEST = 256 * 1024 * 1024


def index_of(members: Mapping[str, bytes]) -> bytes:
    """The canonical index: every member but index and seal, with its SHA-256 in hex and its size."""
    rows = {
        name: {"sha256": sha256(data).hexdigest(), "size": len(data)}
        for name, data in members.items()
        if name not in (INDEX, SEAL)
    }
    return canonical({"format": "evidence/v1", "members": rows})


def pack(members: Mapping[str, bytes]) -> bytes:
    """The ZIP of these members: stored, in byte order of names, without dates, comments or extra fields."""
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(members, key=str.encode):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            file.writestr(entry, members[name])
    return sink.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The members; `evidence.zip` unless the bytes are exactly what `pack` makes of them (no twin, no foreign byte)."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as file:
            entries = file.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise Problem("evidence.zip", why="it is too large")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise Problem("evidence.zip", why="a member is compressed")
            members = {entry.filename: file.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Problem("evidence.zip", why=str(error)) from error
    if len(members) != len(entries) or pack(members) != data:
        raise Problem("evidence.zip", why="its bytes are not the one form of its members")
    return members
