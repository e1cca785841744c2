"""The spool: where a stream's parts wait, chained, until database and store have them; survives the recorder's death.

Each entry is a file of its canonical bytes beside the part it tells of. A part is written whole, forced to the disk and only
then given its name, its entry after it: whatever has an entry is complete. `head` keeps what was taken away last.
"""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from infra.kernel.canonical import canonical, read
from infra.kernel.problems import Problem
from trading.recordings.ledger import EVENT, Entry, Head, Header, Row, begin, follow

NAME = "{:012d}.{}"
MOST = 64 << 30
"""Bytes that one stream may keep waiting: at 2 Mb/s more than two days without a store."""


class Mark(NamedTuple):
    """Where a stream stands: its head, the number of its last run, until when it recorded, and whether it still did."""

    head: Head
    run: int = 0
    until: int = 0
    running: bool = False

    def after(self, entry: Entry) -> "Mark":
        """Where it stands after one more entry; `recording.out-of-order`."""
        head = follow(self.head, entry)
        if entry["kind"] != EVENT:
            until = max(self.until, entry["wall"] + entry["length"])
            return Mark(head, entry["run"], until, True)
        running = {"run-begun": True, "run-ended": False}.get(entry["name"], self.running)
        return Mark(head, max(self.run, entry["run"]), self.until, running)


class Spool:
    """One stream's spool, written by one thread and emptied by another."""

    def __init__(self, folder: Path, header: Header, known: Mark | None = None, *, most: int = MOST) -> None:
        """Take up what waits in the folder; `known` is how far the database knows the stream.

        `recording.spool-broken` where what waits does not follow from either.
        """
        self.folder, self.header, self.most = folder, header, most
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = Lock()
        for left in folder.glob("*.new"):
            left.unlink()
        self.mark, self.bytes = self._taken_up(known or Mark(begin(header))), 0
        for path in folder.glob("*.part"):
            if path.with_suffix(".entry").exists():
                self.bytes += path.stat().st_size
            else:
                path.unlink()  # written, but never chained: the one segment that may be lost

    def append(self, make: Callable[[int], dict[str, Any]], data: bytes | None = None) -> Row:
        """Chain one entry, made with its number, and keep it with its bytes; OSError (ENOSPC) where there is no room."""
        with self._lock:
            if data is not None and self.bytes + len(data) > self.most:
                raise OSError(errno.ENOSPC, "the spool is full")
            entry = make(self.mark.head.entries + 1)
            after = self.mark.after(entry)
            seq = after.head.entries
            if data is not None:
                self._write(NAME.format(seq, "part"), data)
            self._write(NAME.format(seq, "entry"), canonical({"chain": after.head.chain.hex(), "entry": entry}))
            self.mark = after
            self.bytes += len(data or b"")
        return Row(entry, after.head.chain)

    def waiting(self, most: int = 100, *, after: int = 0) -> list[Row]:
        """The next rows to take away, in order; of those with a number above `after`."""
        least = NAME.format(after, "entry")
        return [self._row(path) for path in sorted(self.folder.glob("*.entry")) if path.name > least][:most]

    def data(self, seq: int) -> bytes:
        """The bytes of a waiting part."""
        return (self.folder / NAME.format(seq, "part")).read_bytes()

    def taken(self, row: Row) -> None:
        """Database and store have the row: forget it, but keep where the stream stands."""
        seq: int = row.entry["seq"]
        part, entry = (self.folder / NAME.format(seq, kind) for kind in ("part", "entry"))
        with self._lock:
            before = self._kept() or Mark(begin(self.header))
            if before.head.entries < seq:
                self._keep(_jump(before, row))
            self.bytes -= part.stat().st_size if part.exists() else 0
            part.unlink(missing_ok=True)
            entry.unlink(missing_ok=True)

    def _taken_up(self, known: Mark) -> Mark:
        kept = self._kept()
        mark = known if kept is None or kept.head.entries <= known.head.entries else kept
        for row in self._rows():
            if row.entry["seq"] <= mark.head.entries:
                continue
            mark = mark.after(row.entry)
            if mark.head.chain != row.chain:
                raise Problem("recording.spool-broken", stream=self.header["stream"], seq=row.entry["seq"])
        return mark

    def _rows(self) -> Iterator[Row]:
        for path in sorted(self.folder.glob("*.entry")):
            yield self._row(path)

    def _row(self, path: Path) -> Row:
        try:
            found = read(path.read_bytes())
            return Row(found["entry"], bytes.fromhex(found["chain"]))
        except (Problem, KeyError, TypeError, ValueError) as error:
            raise Problem("recording.spool-broken", stream=self.header["stream"], seq=path.stem) from error

    def _kept(self) -> Mark | None:
        path = self.folder / "head"
        if not path.exists():
            return None
        try:
            found = read(path.read_bytes())
            head = Head(found["entries"], bytes.fromhex(found["chain"]))
            return Mark(head, found["run"], found["until"], found["running"])
        except (Problem, KeyError, TypeError, ValueError) as error:
            raise Problem("recording.spool-broken", stream=self.header["stream"], seq="head") from error

    def _keep(self, mark: Mark) -> None:
        told = {"entries": mark.head.entries, "chain": mark.head.chain.hex()}
        self._write("head", canonical({**told, "run": mark.run, "until": mark.until, "running": mark.running}))

    def _write(self, name: str, data: bytes) -> None:
        fresh = self.folder / f"{name}.new"
        try:
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.folder / name)
            if not name.endswith(".part"):
                _settle(self.folder)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise


def _settle(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _jump(before: Mark, row: Row) -> Mark:
    """Where a stream stands after a row, without the ones between: what is taken away in order needs no second look."""
    entry = row.entry
    return (
        before._replace(head=Head(entry["seq"] - 1, before.head.chain))
        .after(entry)
        ._replace(head=Head(entry["seq"], row.chain))
    )
