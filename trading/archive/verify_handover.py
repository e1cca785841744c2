"""Checking a handed-over archive from its file alone: its one form, every hash, the list, and the evidence inside."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import IO, Any

from infra.kernel.canonical import b64, parse, read, unb64
from infra.kernel.fields import array_at, at, count_at, members_at, text_at
from infra.kernel.problems import Problem
from infra.tlog import entry, proof
from infra.tlog.policy import Policy
from trading.archive.bundle import INDEX as INNER_INDEX
from trading.archive.bundle import unpack
from trading.archive.handover import (
    EVIDENCE,
    FORMAT,
    INDEX,
    MANIFEST,
    TABLE,
    WITHIN,
    Item,
    State,
    manifest_of,
    pieces,
    table_of,
    write,
)
from trading.archive.verify import Step, verify_evidence
from trading.archive.verify_dossier import placed
from trading.opening.record import record_document

HANDED_OVER = "archive.handed-over"
_HEAD = ("format", "section", "title", "regime", "number", "asked_at", "ended_at", "retention", "rows", "members")
_ROW = ("item", "state", "source", "mark", "files")
_FILE = ("name", "sha256", "size")
_SMALL = 64 << 20
"""What is read as a whole (indexes, notices, events) is smaller."""


def verify_handover(file: IO[bytes], policy: Policy | None, event: bytes | None = None) -> Iterator[Step]:
    """Each step as it is found to hold; the first that does not raises its Problem, with `where` in the file.

    `policy` must come from elsewhere than the file; `event` is what the log's page gives of its `archive.handed-over`.
    """
    whole = _digest(file)
    opened, names = _opened(file)
    with opened as archive:
        yield Step("archive-form", {"members": len(names), "bytes": file.seek(0, 2), "sha256": whole.hex()})
        index, digests = _index(archive, names)
        yield Step("archive-index", {"listed": len(index["members"]), "section": index["section"]})
        yield Step("archive-list", {**_listed(index), **_told(index["retention"])})
        if event is not None and policy is not None:
            yield Step("archive-logged", _logged(event, policy, index, whole, bytes.fromhex(digests[INDEX])))
        data = _content(archive, EVIDENCE)
        yield from verify_evidence(data, policy)
        members = unpack(data)
        _within(index, members)
        yield Step("archive-agrees", _agreeing(archive, index, members))


def _opened(file: IO[bytes]) -> tuple[zipfile.ZipFile, list[str]]:
    """The archive and its members' names; `archive.zip` unless its bytes are the one form of its members."""
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
        names = [one.filename for one in entries]
        if any(one.compress_type != zipfile.ZIP_STORED for one in entries):
            raise Problem("archive.zip", why="a member is compressed")
        if len(set(names)) != len(names) or names != sorted(names, key=str.encode):
            raise Problem("archive.zip", why="a name stands twice, or not in its place")
        _require_form(archive, file, names)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Problem("archive.zip", why=str(error)) from error
    for name in (INDEX, MANIFEST, TABLE, EVIDENCE):
        if name not in names:
            raise Problem("archive.member-missing", where=name)
    return archive, names


def _require_form(archive: zipfile.ZipFile, file: IO[bytes], names: list[str]) -> None:
    """Written once more, the members must give the same bytes: nothing stands before, between or behind them."""
    with tempfile.TemporaryFile() as again:
        write(again, ((name, _pieces(archive, name)) for name in names))
        again.seek(0)
        file.seek(0)
        for piece in pieces(again):
            if file.read(len(piece)) != piece:
                raise Problem("archive.zip", why="its bytes are not the one form of its members")
        if file.read(1):
            raise Problem("archive.zip", why="bytes stand behind its end")


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        yield from pieces(member)


def _index(archive: zipfile.ZipFile, names: list[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The index, strictly read, and the digest of every member; `archive.member-…`, `archive.manifest`, `archive.table`"""
    raw = _content(archive, INDEX)
    with placed(INDEX):
        index = _read_index(raw)
    digests = {INDEX: sha256(raw).hexdigest()}
    for name in sorted({*names, *index["members"]} - {INDEX, MANIFEST}):
        if name not in names:
            raise Problem("archive.member-missing", where=name)
        if name not in index["members"]:
            raise Problem("archive.member-extra", where=name)
        hashed, size = sha256(), 0
        for piece in _pieces(archive, name):
            hashed.update(piece)
            size += len(piece)
        digests[name] = hashed.hexdigest()
        if {"sha256": digests[name], "size": size} != index["members"][name]:
            raise Problem("archive.member-changed", where=name)
    if _content(archive, MANIFEST) != manifest_of(digests):
        raise Problem("archive.manifest", where=MANIFEST)
    _check_rows(index)
    if _content(archive, TABLE) != table_of(index):
        raise Problem("archive.table", where=TABLE)
    return index, digests


def _read_index(raw: bytes) -> dict[str, Any]:
    index = members_at(parse(raw), "$", _HEAD)
    if index["format"] != FORMAT:
        raise Problem("evidence.word", path="$.format", allowed=FORMAT)
    for name in ("section", "title", "regime", "asked_at", "ended_at"):
        text_at(index[name], at("$", name))
    retention = members_at(index["retention"], "$.retention", ("years", "source", "mark", "until"))
    count_at(retention["years"], "$.retention.years", 0, 1000)
    for name in ("source", "mark", "until"):
        text_at(retention[name], f"$.retention.{name}")
    for place, row in enumerate(array_at(index["rows"], "$.rows")):
        found = members_at(row, f"$.rows[{place}]", _ROW)
        for name in ("item", "state", "source", "mark"):
            text_at(found[name], f"$.rows[{place}].{name}")
        for number, file in enumerate(array_at(found["files"], f"$.rows[{place}].files")):
            path = f"$.rows[{place}].files[{number}]"
            members_at(file, path, _FILE)
            text_at(file["name"], f"{path}.name")
            count_at(file["size"], f"{path}.size", 0, 2**53 - 1)
    for name, member in members_at(index["members"], "$.members", (), index["members"]).items():
        members_at(member, at("$.members", name), ("sha256", "size"))
    return index


def _check_rows(index: Mapping[str, Any]) -> None:
    """Each item once, its state what its files say, each file a member and each member some item's; `archive.row`."""
    seen, named = set(), {TABLE}
    for row in index["rows"]:
        item, files = row["item"], row["files"]
        known = item in set(Item) and row["state"] in set(State) and item not in seen
        if not known or (row["state"] == State.THERE and not files) or (files and row["state"] not in HAS_FILES):
            raise Problem("archive.row", item=item, where=INDEX)
        seen.add(item)
        for file in files:
            named.add(file["name"])
            stated = {"sha256": file["sha256"], "size": file["size"]}
            if not file["name"].startswith(WITHIN) and index["members"].get(file["name"]) != stated:
                raise Problem("archive.row", item=item, where=file["name"])
    for name in sorted(set(index["members"]) - named):
        raise Problem("archive.row", item="–", where=name)


HAS_FILES = (State.THERE, State.MISSING)
"""States of an item with files: of one that is missing some may be there."""


def _listed(index: Mapping[str, Any]) -> dict[str, Any]:
    """The list in figures, and by name what is missing and what was not due."""
    by_state = {state: [row["item"] for row in index["rows"] if row["state"] == state] for state in State}
    return {
        "there": len(by_state[State.THERE]),
        "missing": by_state[State.MISSING],
        "waiting": by_state[State.WAITING],
    }


def _told(retention: Mapping[str, Any]) -> dict[str, Any]:
    return {"years": retention["years"], "source": retention["source"], "until": retention["until"]}


def _logged(
    event: bytes, policy: Policy, index: Mapping[str, Any], whole: bytes, index_digest: bytes
) -> dict[str, Any]:
    """The log's own event of this file, proven under the policy; `archive.event` where it tells of another file."""
    shown = members_at(read(event), "$", ("event", "salt", "proof"), ("link",))
    told: Any = parse(text_at(shown["event"], "$.event").encode())
    leaf = entry.entry(unb64(text_at(shown["salt"], "$.salt"), 32), told)
    found = proof.parse_proof(text_at(shown["proof"], "$.proof"))
    proof.verify_proof(found, leaf, policy, strict=True)
    facts = told["facts"]
    stated = (told["event"], told.get("section"), facts.get("number"), facts.get("file"), facts.get("index"))
    if stated != (HANDED_OVER, index["section"], index["number"], b64(whole), b64(index_digest)):
        raise Problem("archive.event", where=str(told["event"]))
    return {"at": told["at"], "leaf": found.index}


def _within(index: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    """Files that the list says to stand inside the evidence do; `archive.within`."""
    inner = read(members[INNER_INDEX])["members"]
    for row in index["rows"]:
        for file in row["files"]:
            name = file["name"].removeprefix(WITHIN)
            if name != file["name"] and inner.get(name) != {"sha256": file["sha256"], "size": file["size"]}:
                raise Problem("archive.within", item=row["item"], where=file["name"])


def _agreeing(archive: zipfile.ZipFile, index: Mapping[str, Any], members: Mapping[str, bytes]) -> dict[str, int]:
    """What stands beside the evidence says the same as its events; `archive.section`, `archive.differs`."""
    rows = read(members["events.json"])
    told = [parse(row["event"].encode()) for row in rows]
    if told[0]["section"] != index["section"]:
        raise Problem("archive.section", section=told[0]["section"], where=INDEX)
    notices = [one["facts"] for one in told if one["event"] == "notice.published"]
    for facts in notices:
        _require_same(archive, f"notices/{facts['subject']}.json", facts, ("kind", "title", "facts"))
    frozen = [one["facts"] for one in told if one["event"] in ("document.frozen", "addendum.published")]
    files = check_document(index, frozen)
    _check_opening(archive, index, {one["event"]: one["facts"] for one in told})
    journal = {(one["event"], one["salt"]) for one in map(read, _content(archive, "journal.jsonl").splitlines())}
    for row in rows:
        if (row["event"], row["salt"]) not in journal:
            raise Problem("archive.differs", where="journal.jsonl")
    return {"notices": len(notices), "files": files, "events": len(journal)}


def check_document(index: Mapping[str, Any], frozen: Sequence[Mapping[str, Any]]) -> int:
    """Every file that was frozen with a version stands in the archive, unless the list says that some are missing."""
    lost = any(row["item"] == Item.DOCUMENT and row["state"] == State.MISSING for row in index["rows"])
    files = {
        f"document/{file['sha256'][:16]}-{file['name']}": file["sha256"] for one in frozen for file in one["files"]
    }
    for name, digest in sorted(files.items()):
        if name not in index["members"] and not lost:
            raise Problem("archive.member-missing", where=name)
        if name in index["members"] and index["members"][name]["sha256"] != digest:
            raise Problem("archive.differs", where=name)
    return len(files)


def _check_opening(archive: zipfile.ZipFile, index: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    section, closing = index["section"], told["section.closed"]
    if read(_content(archive, "bids.json")) != {"section": section, "bids": closing["bids"]}:
        raise Problem("archive.differs", where="bids.json")
    opened = told.get("section.opened")
    if opened is not None and _content(archive, "opening-record.json") != record_document(
        section, closing, opened["record"]
    ):
        raise Problem("archive.differs", where="opening-record.json")


def _require_same(archive: zipfile.ZipFile, name: str, facts: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    stands: Any = read(_content(archive, name))
    if any(stands.get(field) != facts[field] for field in fields):
        raise Problem("archive.differs", where=name)


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member that is small, or the evidence, whose own limit is kept by whoever reads it."""
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise Problem("archive.member-missing", where=name) from error
    if name != EVIDENCE and info.file_size > _SMALL:
        raise Problem("archive.zip", why=f"{name} is too large")
    return archive.read(info)


def _digest(file: IO[bytes]) -> bytes:
    file.seek(0)
    hashed = sha256()
    for piece in pieces(file):
        hashed.update(piece)
    return hashed.digest()
