"""Verify an exported recording with Python's standard library alone: this file and three beside it lie in every export.

    python3 verify_recording.py [FOLDER or FILE.zip] [--published FILE]

FILE is what the platform published while it recorded and at the end, from elsewhere than the export: without it the recording
is judged by what it brings itself, "integrity only". Exit code 0 if all holds, 1 if something does not, 2 for bad usage, 3 for
integrity only. What is checked, and how, is written in docs/formats/recording.md.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

try:
    from trading.recordings.ed25519 import ed25519_verify
    from trading.recordings.remarks import check_said, tree_root
    from trading.recordings.signed_chunks import check_chunks
except ImportError:  # in an export the files stand beside this one
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from ed25519 import ed25519_verify  # type: ignore[import-not-found, no-redef]
    from remarks import check_said, tree_root  # type: ignore[import-not-found, no-redef]
    from signed_chunks import check_chunks  # type: ignore[import-not-found, no-redef]

PIECE = 1 << 20
FORMAT = "recording/v1"
FACTS = ("recording", "section", "room", "kind", "opened", "closed")


class BrokenError(Exception):
    """What does not hold: a code, and where."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"{self.code}: {MEANING[self.code]}{f' ({told})' if told else ''}"


MEANING = {
    "unreadable": "a file of the export is missing or cannot be read",
    "form": "a file of the export has not the form it must have",
    "part-changed": "a part is not what was chained: its bytes were changed",
    "part-missing": "a part that was chained is not there",
    "parts-swapped": "a part stands in the place of another",
    "part-unlisted": "a part is there that was never chained",
    "row-dropped": "an entry was taken out of the chain",
    "rows-swapped": "entries stand in another order than they were chained",
    "row-changed": "an entry is not what was chained",
    "gap-removed": "a run begins without the gap before it: the gap's entries were taken out",
    "tail-cut": "the end of a stream was cut off",
    "chain-replaced": "a stream or the whole recording is not the one whose heads or root were published",
    "root-differs": "the root does not follow from heads, events and remarks",
    "chunk-unsigned": "a browser's run or chunk is not what the run's own key signed",
    "reason-unsigned": "the reason for a gap is not what the named key signed",
    "signature": "the signature is not that of the key",
}


class Source(Protocol):
    """Where the files of an export are."""

    def names(self) -> set[str]:
        """Every file, as `streams/NAME/000000000001.mp4`."""

    def open(self, name: str) -> BinaryIO:
        """A file to read from."""


class Folder:
    """An unpacked export, or a disc."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> set[str]:
        """Every file below the folder."""
        return {one.relative_to(self.path).as_posix() for one in self.path.rglob("*") if one.is_file()}

    def open(self, name: str) -> BinaryIO:
        """A file of it."""
        return (self.path / name).open("rb")


class Zip:
    """An export as a ZIP file."""

    def __init__(self, path: Path) -> None:
        self.file = zipfile.ZipFile(path)

    def names(self) -> set[str]:
        """Every member."""
        return {one.filename for one in self.file.infolist() if not one.is_dir()}

    def open(self, name: str) -> BinaryIO:
        """A member."""
        return self.file.open(name)  # type: ignore[return-value]


class Step(NamedTuple):
    """One thing that held: its name and what was found."""

    name: str
    facts: dict[str, Any]


def verify(source: Source, published: dict[str, Any] | None = None) -> Iterator[Step]:
    """Each thing that holds, in order; `BrokenError` at the first that does not."""
    document = read_json(source, "recording.json")
    check_form(document)
    yield Step("document", {name: document[name] for name in FACTS})
    try:
        signature = bytes.fromhex(read(source, "signature.txt").decode().strip())
    except ValueError as error:
        raise BrokenError("form", file="signature.txt") from error
    known = read_json(source, "published.json") if published is None else published
    yield from _streams(source, document, known)
    if root_of(document, source) != document["root"]:
        raise BrokenError("root-differs")
    yield Step("root", {"root": document["root"]})
    said = check_said(document)
    if said.wrong is not None:
        raise BrokenError("reason-unsigned", remark=said.wrong)
    yield from [Step("reasons", {"given": said.reasons, "signed": said.signed})] if said.reasons else []
    if known.get("recording") != document["recording"] or known.get("key") != document["key"]:
        raise BrokenError("chain-replaced", where="key")
    if known.get("root") not in (None, document["root"]):
        raise BrokenError("chain-replaced", where="root")
    message = FORMAT.encode() + b"\0" + hashlib.sha256(canonical(document)).digest()
    if not ed25519_verify(bytes.fromhex(document["key"]), message, signature):
        raise BrokenError("signature")
    yield Step("signature", {"key": document["key"]})
    yield Step("published", {"heads": len(known.get("heads", [])), "own": published is None})


def check_form(document: Any) -> None:
    """`form` unless it is the document of a closed recording."""
    texts = (*FACTS, "root", "key")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BrokenError("form", file="recording.json")
    good = all(isinstance(document.get(name), str) for name in texts) and isinstance(document.get("said"), list)
    try:
        bytes.fromhex(document["key"])
        streams = [
            (one["header"]["stream"], one["header"]["label"], one["entries"], one["head"])
            for one in document["streams"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenError("form", file="recording.json") from error
    names = [stream for stream, *_ in streams]
    if not good or names != sorted(set(names)) or any("/" in name or name.startswith(".") for name in names):
        raise BrokenError("form", file="recording.json")


def root_of(document: dict[str, Any], source: Source) -> str:
    """The root that heads, events and remarks give (RFC 9162)."""
    heads = [["head", one["header"]["stream"], one["entries"], one["head"]] for one in document["streams"]]
    events = [
        ["event", stream["header"]["stream"], row["entry"]["seq"], row["chain"]]
        for stream in document["streams"]
        for row in rows_of(source, stream["header"]["stream"])
        if row["entry"]["kind"] == "event"
    ]
    said = [["said", number, one] for number, one in enumerate(document["said"], 1)]
    return tree_root([canonical(leaf) for leaf in [*heads, *events, *said]])


def _streams(source: Source, document: dict[str, Any], known: dict[str, Any]) -> Iterator[Step]:
    there = source.names()
    waived: dict[str, Any] = next(
        (one.get("missing", {}) for one in document["said"] if one.get("about") == "waiver"), {}
    )
    for stream in document["streams"]:
        name = stream["header"]["stream"]
        rows = rows_of(source, name)
        _check_runs(name, rows)
        _check_rows(name, rows)
        published = [one for one in known.get("heads", []) if one["stream"] == name]
        _check_end(name, rows, stream, published)
        begun = known.get("begun", {}).get(name)
        if begun not in (None, begin_of(stream["header"])):
            raise BrokenError("chain-replaced", stream=name, where="header")
        _check_chain(stream, rows, published)
        count, size, missing = _check_parts(source, there, name, rows, int(waived.get(name, 0)))
        facts = {"label": stream["header"]["label"], "entries": len(rows), "parts": count, "bytes": size}
        gaps = sum(row["entry"].get("name") == "gap-begun" for row in rows)
        yield Step("stream", {**facts, "gaps": gaps, "waived": missing})
        chunks = check_chunks(name, rows, lambda seqs, name=name: _joined(source, there, name, seqs))  # type: ignore[misc]
        if chunks.wrong is not None:
            raise BrokenError("chunk-unsigned", stream=name, seq=chunks.wrong)
        if chunks.signed:
            yield Step("chunks", {"label": stream["header"]["label"], "signed": chunks.signed, "seen": chunks.seen})


def _check_runs(stream: str, rows: list[dict[str, Any]]) -> None:
    """Between two runs stands a gap that begins and ends."""
    begun = ended = False
    last = 0
    for row in rows:
        entry = row["entry"]
        name = entry.get("name")
        if name == "run-begun":
            if last and entry["run"] > last and not (begun and ended):
                raise BrokenError("gap-removed", stream=stream, run=entry["run"])
            last, begun, ended = entry["run"], False, False
        elif entry["kind"] != "event" and entry["run"] != last:
            raise BrokenError("row-dropped", stream=stream, before=entry["seq"])
        begun, ended = begun or name == "gap-begun", ended or name == "gap-ended"
        if name == "gap-ended" and not begun:
            raise BrokenError("gap-removed", stream=stream, seq=entry["seq"])


def _check_rows(stream: str, rows: list[dict[str, Any]]) -> None:
    """Entries are numbered from one on, without a hole."""
    numbers = [row["entry"]["seq"] for row in rows]
    if numbers == list(range(1, len(rows) + 1)):
        return
    if sorted(numbers) == list(range(1, len(rows) + 1)):
        raise BrokenError("rows-swapped", stream=stream)
    missing = next(number for number in range(1, len(rows) + 2) if number not in set(numbers))
    raise BrokenError("row-dropped", stream=stream, seq=missing)


def _check_end(stream: str, rows: list[dict[str, Any]], told: dict[str, Any], known: list[dict[str, Any]]) -> None:
    """No fewer entries than document and published heads say."""
    least = max([told["entries"], *(one["entries"] for one in known)])
    if len(rows) < least:
        raise BrokenError("tail-cut", stream=stream, entries=len(rows), expected=least)
    if len(rows) != told["entries"]:
        raise BrokenError("form", file="recording.json", stream=stream)


def _check_chain(stream: dict[str, Any], rows: list[dict[str, Any]], known: list[dict[str, Any]]) -> None:
    """Every entry follows from the one before; published heads stand where they were."""
    name = stream["header"]["stream"]
    heads = {one["entries"]: one["head"] for one in known}
    chain = bytes.fromhex(begin_of(stream["header"]))
    for number, row in enumerate(rows, 1):
        inner = hashlib.sha256(chain + canonical(row["entry"])).digest()
        chain = hashlib.sha256(b"recording-entry/v1\0" + inner).digest()
        if heads.get(number, chain.hex()) != chain.hex():
            raise BrokenError("chain-replaced", stream=name, seq=number)
        if chain.hex() != row["chain"]:
            raise BrokenError("row-changed", stream=name, seq=number)
    if chain.hex() != stream["head"]:
        raise BrokenError("chain-replaced", stream=name, where="document")


def _check_parts(
    source: Source, there: set[str], stream: str, rows: list[dict[str, Any]], waived: int
) -> tuple[int, int, int]:
    """How many parts there are, their bytes, and how many are missing with leave."""
    wanted = {row["entry"]["seq"]: row["entry"] for row in rows if row["entry"]["kind"] != "event"}
    names = {seq: f"streams/{stream}/{seq:012d}.mp4" for seq in wanted}
    hashes = {entry["sha256"]: seq for seq, entry in wanted.items()}
    size = missing = 0
    for seq, entry in wanted.items():
        if names[seq] not in there:
            missing += 1
            if missing > waived:
                raise BrokenError("part-missing", stream=stream, seq=seq)
            continue
        found, length = hashed(source, names[seq])
        if found != entry["sha256"]:
            other = hashes.get(found)
            if other is not None:
                raise BrokenError("parts-swapped", stream=stream, seq=seq, other=other)
            raise BrokenError("part-changed", stream=stream, seq=seq)
        size += length
    more = {one for one in there if one.startswith(f"streams/{stream}/") and one.endswith(".mp4")} - set(names.values())
    if more:
        raise BrokenError("part-unlisted", file=min(more))
    return len(wanted) - missing, size, missing


def _joined(source: Source, there: set[str], stream: str, seqs: list[int]) -> str | None:
    """The hash of parts one after another; None where one is not there."""
    names = [f"streams/{stream}/{seq:012d}.mp4" for seq in seqs]
    return hashlib.sha256(b"".join(read(source, one) for one in names)).hexdigest() if there >= set(names) else None


def begin_of(header: dict[str, Any]) -> str:
    """The chain hash of a stream without entries."""
    return hashlib.sha256(b"recording-stream/v1\0" + hashlib.sha256(canonical(header)).digest()).hexdigest()


def rows_of(source: Source, stream: str) -> list[dict[str, Any]]:
    """The rows of a stream."""
    name = f"streams/{stream}/chain.jsonl"
    try:
        rows = [json.loads(line) for line in read(source, name).splitlines()]
        for row in rows:
            entry = row["entry"]
            good = isinstance(entry["seq"], int) and isinstance(entry["run"], int) and isinstance(row["chain"], str)
            good = good and (entry["kind"] == "event" or isinstance(entry["sha256"], str))
            if not good or canonical(row) is None:
                raise BrokenError("form", file=name)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenError("form", file=name) from error
    return rows


def canonical(value: Any) -> bytes:
    """RFC 8785 for what stands in recordings: objects with ASCII names, lists, text, whole numbers, true, false, null."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_json(source: Source, name: str) -> Any:
    """A JSON file of the export."""
    try:
        return json.loads(read(source, name))
    except ValueError as error:
        raise BrokenError("form", file=name) from error


def read(source: Source, name: str) -> bytes:
    """The bytes of a file."""
    try:
        with source.open(name) as file:
            return file.read()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BrokenError("unreadable", file=name) from error


def hashed(source: Source, name: str) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    found, size = hashlib.sha256(), 0
    try:
        with source.open(name) as file:
            while piece := file.read(PIECE):
                found.update(piece)
                size += len(piece)
    except zipfile.BadZipFile:  # the archive's own sum: the bytes were changed
        return "", size
    except OSError as error:
        raise BrokenError("unreadable", file=name) from error
    return found.hexdigest(), size


LINES = {
    "document": "recording {recording} of {section}: {kind} in {room}, {opened} to {closed}",
    "stream": "{label}: {entries} entries in one chain, {parts} parts of {bytes} bytes as chained, {gaps} gaps told",
    "chunks": "{label}: {signed} chunks signed by the keys of their runs, the bytes of {seen} seen",
    "root": "root {root} follows from heads, events and remarks",
    "reasons": "{given} reasons for gaps, {signed} of them signed by the keys they name",
    "signature": "signed by the recording key {key}",
    "published": "{heads} published heads stand where they were",
}


def line(step: Step) -> str:
    """A step in words."""
    more = f"; {step.facts['waived']} missing, waived with a reason" if step.facts.get("waived") else ""
    more += " (the export's own copy)" if step.facts.get("own") else ""
    return f"✓ {LINES[step.name].format_map(step.facts)}{more}"


def source_of(path: Path) -> Source:
    """The export at a path; `unreadable`."""
    try:
        return Folder(path) if path.is_dir() else Zip(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BrokenError("unreadable", file=path.name) from error


def main(words: list[str]) -> int:
    """Verify what the words name; the exit code."""
    published = None
    if "--published" in words:
        at = words.index("--published")
        if at + 1 == len(words):
            print(__doc__, file=sys.stderr)
            return 2
        try:
            published = json.loads(Path(words[at + 1]).read_text("utf-8"))
        except (OSError, ValueError) as error:
            print(f"{words[at + 1]}: {error}", file=sys.stderr)
            return 2
        words = words[:at] + words[at + 2 :]
    if len(words) > 1 or any(word.startswith("-") for word in words):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for step in verify(source_of(Path(words[0]) if words else Path(__file__).resolve().parent), published):
            print(line(step))
    except BrokenError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    alone = "integrity only: judged by what the export brings itself; use --published"
    print("everything holds" if published is not None else alone)
    return 0 if published is not None else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
