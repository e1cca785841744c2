"""An exported recording as files: laid out in a folder, packed as a ZIP or a disc image, and unpacked again."""

import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pycdlib

from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from trading.recordings import ed25519, remarks, signed_chunks, verify
from trading.recordings.ledger import EVENT, Row
from trading.recordings.timeline import playlist

VERIFIER = "verify_recording.py"


class Shown(NamedTuple):
    """A stream with its rows."""

    header: Mapping[str, Any]
    rows: list[Row]


def lay_out(
    folder: Path,
    document: Mapping[str, Any],
    signature: bytes,
    published: Mapping[str, Any],
    pages: Mapping[str, bytes] | None = None,
) -> None:
    """Write what an export has beside its streams: the signed document, what was published, the verifier, pages."""
    _put(folder / "recording.json", canonical(dict(document)))
    _put(folder / "signature.txt", signature.hex().encode() + b"\n")
    _put(folder / "published.json", canonical(dict(published)))
    _put(folder / VERIFIER, Path(verify.__file__).read_bytes())
    for beside in (Path(ed25519.__file__), Path(signed_chunks.__file__), Path(remarks.__file__)):
        _put(folder / beside.name, beside.read_bytes())
    for name, page in (pages or {}).items():
        _put(folder / name, page)


def lay_out_stream(folder: Path, stream: Shown, parts: Collection[int]) -> None:
    """Write a stream's chain, and its playlist over the parts that are there."""
    place = folder / "streams" / str(stream.header["stream"])
    lines = [canonical({"chain": row.chain.hex(), "entry": dict(row.entry)}) + b"\n" for row in stream.rows]
    _put(place / "chain.jsonl", b"".join(lines))
    there = [row.entry for row in stream.rows if row.entry["kind"] == EVENT or row.entry["seq"] in parts]
    _put(place / "index.m3u8", playlist(there, lambda seq: f"{seq:012d}.mp4", ended=True).encode())


def write_part(folder: Path, stream: str, seq: int, data: bytes) -> None:
    """Write one part of a stream."""
    _put(folder / "streams" / stream / f"{seq:012d}.mp4", data)


def write_zip(folder: Path, out: Path) -> None:
    """The folder as a ZIP whose members are stored as they are: pictures do not get smaller."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path in _files(folder):
            archive.write(path, path.relative_to(folder).as_posix())


def write_iso(folder: Path, out: Path, label: str = "OPENHALL") -> None:
    """The folder as a disc image: ISO 9660 with Joliet, and UDF beside it, for 刻制光盘."""
    image = pycdlib.PyCdlib()
    image.new(interchange_level=4, joliet=3, udf="2.60", vol_ident=label[:16])
    try:
        for place in sorted(path for path in folder.rglob("*") if path.is_dir()):
            name = f"/{place.relative_to(folder).as_posix()}"
            image.add_directory(name, joliet_path=name, udf_path=name)
        for path in _files(folder):
            name = f"/{path.relative_to(folder).as_posix()}"
            image.add_file(str(path), iso_path=name, joliet_path=name, udf_path=name)
        image.write(str(out))
    finally:
        image.close()


def read_iso(file: Path, folder: Path) -> None:
    """Unpack a disc image's UDF tree; `recording.export-unreadable` for what is none."""
    image = pycdlib.PyCdlib()
    try:
        image.open(str(file))
    except (pycdlib.pycdlibexception.PyCdlibException, OSError) as error:
        raise Problem("recording.export-unreadable", file=file.name) from error
    try:
        for place, _, names in image.walk(udf_path="/"):
            for name in names:
                inside = f"{place.rstrip('/')}/{name}"
                path = folder / inside.lstrip("/")
                if not path.resolve().is_relative_to(folder.resolve()):
                    raise Problem("recording.export-unreadable", file=file.name)
                path.parent.mkdir(parents=True, exist_ok=True)
                image.get_file_from_iso(str(path), udf_path=inside)
    finally:
        image.close()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
