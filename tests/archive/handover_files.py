"""A handed-over archive made by pure functions around an honest section's evidence, and its parts to be changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from evidence_log import SECTION
from evidence_scenes import an_evidence

from infra.kernel.canonical import canonical, read
from trading.archive.bundle import INDEX as INNER
from trading.archive.bundle import unpack
from trading.archive.handover import (
    EVIDENCE,
    FORMAT,
    INDEX,
    MANIFEST,
    TABLE,
    WITHIN,
    index_bytes,
    manifest_of,
    table_of,
    write,
)
from trading.opening.record import record_document

RETENTION = {"years": 15, "source": "CQ 38", "mark": "◐", "until": "2041-10-19T16:00:00Z"}
SOURCES = {"notice": "EBM 17", "document": "TBR 15, 21", "bids": "EBM 27", "opening": "EBM 32"}


@dataclass
class HandedOver:
    """The files of an archive by name, and by item which of them (or of those inside the evidence) it lists."""

    files: dict[str, bytes]
    listed: dict[str, list[str]]
    states: dict[str, str] = field(default_factory=dict)
    index: dict[str, Any] = field(default_factory=dict)
    """What the index says otherwise than it should."""

    def packed(self, more: Iterable[tuple[str, bytes]] = ()) -> bytes:
        """The file, its index and digests made to fit what the files are now."""
        return packed(self.whole() | dict(more))

    def whole(self) -> dict[str, bytes]:
        """Every member by name."""
        index: dict[str, Any] = {
            "format": FORMAT,
            "section": SECTION,
            "title": "道路工程一标段",
            "regime": "demo",
            "number": 1,
            "asked_at": "2026-10-20T01:00:00Z",
            "ended_at": "2026-10-19T08:30:00Z",
            "retention": RETENTION,
            "rows": [self._row(item, names) for item, names in self.listed.items()],
            **self.index,
        }
        table = table_of(index)
        members = {**self.files, TABLE: table}
        index = {"members": {name: _digest(data) for name, data in members.items()}} | index
        members[INDEX] = index_bytes(index)
        return members | {MANIFEST: manifest_of({name: sha256(data).hexdigest() for name, data in members.items()})}

    def _row(self, item: str, names: list[str]) -> dict[str, Any]:
        inner = read(unpack(self.files[EVIDENCE])[INNER])["members"]
        files = [
            {"name": name, **(inner[name.removeprefix(WITHIN)] if WITHIN in name else _digest(self.files[name]))}
            for name in names
        ]
        state = self.states.get(item, "there" if files else "none")
        return {"item": item, "state": state, "source": SOURCES.get(item, "EBM 49"), "mark": "✔", "files": files}


def packed(members: dict[str, bytes]) -> bytes:
    """The ZIP of these members."""
    sink = BytesIO()
    write(sink, ((name, [members[name]]) for name in sorted(members, key=str.encode)))
    return sink.getvalue()


@cache
def _honest() -> bytes:
    return an_evidence()


def handed_over(evidence: bytes | None = None) -> HandedOver:
    """The archive of an honest section; nobody was asked anything, and the contract is not due yet."""
    evidence = evidence or _honest()
    rows = read(unpack(evidence)["events.json"])
    told = {event["event"]: event["facts"] for event in (read(row["event"].encode()) for row in rows)}
    notice, closing = told["notice.published"], told["section.closed"]
    name = f"notices/{notice['subject']}.json"
    journal = [
        {"leaf": place, "number": place, **{n: row[n] for n in ("event", "salt")}} for place, row in enumerate(rows)
    ]
    files = {
        name: canonical({"id": notice["subject"], **{n: notice[n] for n in ("kind", "title", "facts")}}),
        "document/version-1.json": canonical({"version": 1}),
        "bids.json": canonical({"section": SECTION, "bids": closing["bids"]}),
        "journal.jsonl": b"".join(canonical(row) + b"\n" for row in journal),
        EVIDENCE: evidence,
    }
    if "section.opened" in told:
        files["opening-record.json"] = record_document(SECTION, closing, told["section.opened"]["record"])
    inside = unpack(evidence)
    listed = {
        "notice": [name],
        "document": ["document/version-1.json"],
        "bids": ["bids.json"],
        "opening": [one for one in ("opening-record.json",) if one in files],
        "draw": [f"{WITHIN}{one}" for one in ("draw-1.json",) if one in inside],
        "inquiries": [],
        "marks": [f"{WITHIN}{one}" for one in ("evaluation.json",) if one in inside],
        "contract": [],
        "evidence": [EVIDENCE],
        "journal": ["journal.jsonl"],
    }
    return HandedOver(files, listed, {"contract": "waiting"})


def _digest(data: bytes) -> dict[str, Any]:
    return {"sha256": sha256(data).hexdigest(), "size": len(data)}
