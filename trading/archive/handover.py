"""The file in which a section's archive is handed over, `handover/v1`: its items, its index, the one form of its bytes.

Pure: who checks such a file needs neither database nor store (docs/formats/handover.md).
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import IO, Any

from infra.kernel.canonical import canonical
from trading.archive.bundle import DATE

FORMAT = "handover/v1"
INDEX, TABLE, MANIFEST, EVIDENCE = "index.json", "index.csv", "manifest.sha256", "evidence.zip"
WITHIN = f"{EVIDENCE}/"
"""A file inside the evidence is named like one in a folder of that name; it does not stand in the file twice."""
PIECE = 1 << 20


class Item(StrEnum):
    """What an archive consists of."""

    NOTICE = "notice"
    DOCUMENT = "document"
    BIDS = "bids"
    OPENING = "opening"
    DRAW = "draw"
    INQUIRIES = "inquiries"
    MARKS = "marks"
    REPORT = "report"
    REVIEW = "review"
    CANDIDATES = "candidates"
    AWARD = "award"
    FAILURE = "failure"
    LETTERS = "letters"
    CONTRACT = "contract"
    EVIDENCE = "evidence"
    JOURNAL = "journal"


class State(StrEnum):
    """Whether an item is there, is missing, is not due yet, or does not belong into this archive."""

    THERE = "there"
    MISSING = "missing"
    WAITING = "waiting"
    NONE = "none"


TITLES: Mapping[str, str] = {
    Item.NOTICE: "招标公告及变更公告",
    Item.DOCUMENT: "招标文件及澄清修改（各版本）",
    Item.BIDS: "投标文件摘要",
    Item.OPENING: "开标记录",
    Item.DRAW: "评标专家抽取记录",
    Item.INQUIRIES: "询标及答复",
    Item.MARKS: "评分",
    Item.REPORT: "评标报告",
    Item.REVIEW: "评标报告审查",
    Item.CANDIDATES: "中标候选人公示",
    Item.AWARD: "中标结果公告",
    Item.FAILURE: "流标公告",
    Item.LETTERS: "中标通知书、结果通知书摘要",
    Item.CONTRACT: "合同公告及履约节点",
    Item.EVIDENCE: "证据包",
    Item.JOURNAL: "公开日志中的事件",
    State.THERE: "已归档",
    State.MISSING: "缺失",
    State.WAITING: "未到期",
    State.NONE: "不适用",
}
"""How items and states are called in the index that people read."""
_HEAD = ("项目", "状态", "文件", "SHA-256", "字节", "依据", "核实程度")


def table_of(index: Mapping[str, Any]) -> bytes:
    """The index as a table for spreadsheets, UTF-8 with a byte-order mark: one line for each file of each item."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(_HEAD)
    for row in index["rows"]:
        told, source = [TITLES[row["item"]], TITLES[row["state"]]], [row["source"], row["mark"]]
        for file in row["files"] or [{"name": "", "sha256": "", "size": ""}]:
            name = str(file["name"])
            # What a spreadsheet would take for a formula gets an apostrophe in front.
            name = "'" + name if name[:1] in ("=", "+", "-", "@") else name
            writer.writerow([*told, name, file["sha256"], file["size"], *source])
    return "\ufeff".encode() + sink.getvalue().encode()


def manifest_of(digests: Mapping[str, str]) -> bytes:
    """What `sha256sum -c` reads: every member but the manifest, in byte order of the names."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests, key=str.encode)).encode()


def index_bytes(index: Mapping[str, Any]) -> bytes:
    """The index as it stands in the file."""
    return canonical(dict(index))


def write(sink: IO[bytes], members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """The ZIP of members that come in byte order of their names, piece by piece: stored, without dates or comments.

    There is one byte sequence for given members. `sink` can be sought.
    """
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as file:
        for name, pieces in members:
            with file.open(entry_of(name), "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)


def entry_of(name: str) -> zipfile.ZipInfo:
    """A member's entry; its size does not matter for its form."""
    entry = zipfile.ZipInfo(name, DATE)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, some at a time."""
    while piece := file.read(PIECE):
        yield piece
