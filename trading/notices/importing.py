"""Taking over notices of another system from a file of JSON lines (docs/formats/notices-import.md)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.kernel.canonical import b64, canonical, read
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.notices.actions import checked_title, searched
from trading.notices.kinds import Category, NoticeKind
from trading.notices.price_text import PriceKind, counted, parse_price
from trading.notices.search import search_vector
from trading.notices.tables import Notice

BATCH = 250
LONGEST_LINE = 1_000_000
CHINA = ZoneInfo("Asia/Shanghai")

_TEXTS = ("date", "title", "project", "publicity_period", "notice_path")
_KNOWN = {*_TEXTS, "candidates"}
_CANDIDATE = ("bidder", "price_text")
_LONGEST_SOURCE = 1000
_CLOCK = r"(\d{1,2})\s*[时時:]\s*(?:(\d{1,2})\s*分?)?(?:\s*:?\s*(\d{1,2})\s*秒?)?"
_TIME = rf"(\d{{4}})\s*[年./-]\s*(\d{{1,2}})\s*[月./-]\s*(\d{{1,2}})\s*日?(?:\s*{_CLOCK})?"
_PERIOD = re.compile(rf"\s*{_TIME}\s*(?:至|到|~|—+|-+)\s*{_TIME}\s*止?\s*")
_BOM = b"\xef\xbb\xbf"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Period(NamedTuple):
    """A period of publicity in UTC; what could not be read is None and `note` says why."""

    starts: datetime | None
    ends: datetime | None
    note: str | None = None


class Entry(NamedTuple):
    """One good line: its source path, its content's SHA-256 and the columns of the notice it becomes."""

    source: str
    content_hash: bytes
    columns: dict[str, Any]


class Broken(NamedTuple):
    """One line that could not be taken over: its number, counted from 1, and why."""

    line: int
    problem: Problem


@dataclass
class Summary:
    """What became of the lines read, `read` being the sum of the others, and as what their price texts were read."""

    new: int = 0
    unchanged: int = 0
    versions: int = 0
    broken: list[Broken] = field(default_factory=list)
    prices: dict[PriceKind, int] = field(default_factory=lambda: counted(()))

    @property
    def read(self) -> int:
        """How many lines were read; empty lines are none."""
        return self.new + self.unchanged + self.versions + len(self.broken)


class Found(NamedTuple):
    """The current version of a source that is there already."""

    id: str
    version: int
    content_hash: bytes


async def import_file(
    database: Database,
    actor: Actor,
    path: Path,
    *,
    origin: str,
    region: str,
    category: Category = Category.CONSTRUCTION,
    advanced: Callable[[int], None] = lambda size: None,
) -> Summary:
    """Take over every good line, 250 lines a transaction, and report the others; a second run changes nothing.

    `advanced` is told the bytes read after each batch. A batch that is in stays in when a later one fails.
    """
    require(actor, "notice.import")
    summary = Summary()
    with path.open("rb") as file:
        for entries, size in _batches(file, category, summary):
            if entries:
                async with database.work(actor) as work:
                    await import_batch(work, entries, origin, region, summary)
            advanced(size)
    return summary


async def import_batch(work: Work, entries: Sequence[Entry], origin: str, region: str, summary: Summary) -> None:
    """Insert what is new or changed, link changed content to the version it replaces; one journal line for the batch.

    The line's `digest` is the SHA-256 of the taken contents' hashes in order; a batch without news leaves no line.
    """
    require(work.ctx.actor, "notice.import")
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("notices/" + origin, 0))))
    there = await _current(work, origin, [entry.source for entry in entries])
    news = [e for e in entries if e.source not in there or there[e.source].content_hash != e.content_hash]
    changed = [there[entry.source].id for entry in news if entry.source in there]
    summary.unchanged += len(entries) - len(news)
    summary.versions += len(changed)
    summary.new += len(news) - len(changed)
    if not news:
        return
    if changed:
        await work.session.execute(update(Notice).where(Notice.id.in_(changed)).values(superseded_at=work.ctx.now))
    rows = [_row(work, entry, there.get(entry.source), origin, region) for entry in news]
    await work.session.execute(insert(Notice), rows)
    taken = b64(sha256(b"".join(entry.content_hash for entry in news)).digest())
    work.record(
        Event.NOTICE_IMPORTED,
        "import/" + origin,
        region=region,
        new=len(news) - len(changed),
        versions=len(changed),
        digest=taken,
    )


def parse_line(line: bytes, category: Category = Category.CONSTRUCTION) -> Entry:
    """Read one line, text verbatim; `import.…` or `json.bad` says what is wrong with it."""
    content = read(line)
    if not isinstance(content, dict):
        raise Problem("import.not-an-object")
    for name in _TEXTS:
        _need_text(content, name, name)
    if len(content["notice_path"]) > _LONGEST_SOURCE:
        raise Problem("import.field", field="notice_path")
    candidates = _candidates(content.get("candidates"))
    content_hash = sha256(_storable(content)).digest()
    period = parse_period(content["publicity_period"])
    columns = {
        "kind": NoticeKind.CANDIDATES,
        "category": category,
        "title": checked_title(content["title"]),
        "project": content["project"],
        "published_at": _day(content["date"]),
        "closes_at": period.ends,
        "facts": _facts(content, period),
        "candidates": candidates,
        "search": search_vector(searched(content["title"], content["project"], None, candidates)),
    }
    return Entry(content["notice_path"], content_hash, columns)


def parse_period(text: str) -> Period:
    """Two times of Asia/Shanghai as UTC instants. A day alone means its beginning, and as the end its 24:00 (CC 203).

    What cannot be read, or ends before it begins, has no instants and the note `unread` or `backwards`.
    """
    match = _PERIOD.fullmatch(normalize("NFKC", text))
    if match is None:
        return Period(None, None, "unread")
    parts = match.groups()
    try:
        starts, ends = _moment(parts[:6], at_end=False), _moment(parts[6:], at_end=True)
    except (ValueError, OverflowError):
        return Period(None, None, "unread")
    return Period(starts, ends) if starts < ends else Period(None, None, "backwards")


def _batches(file: BinaryIO, category: Category, summary: Summary) -> Iterable[tuple[list[Entry], int]]:
    """Entries of 250 lines and the bytes they took; broken lines go into the summary."""
    first_lines: dict[bytes, tuple[int, bytes]] = {}
    entries: list[Entry] = []
    size = 0
    for number, line in enumerate(_lines(file), 1):
        size += len(line)
        line = line.removeprefix(_BOM) if number == 1 else line
        if not line.strip():
            continue
        try:
            entry = _only_once(parse_line(_whole(line), category), number, first_lines)
        except Problem as problem:
            summary.broken.append(Broken(number, problem))
            continue
        if entry is None:
            summary.unchanged += 1
            continue
        entries.append(entry)
        for candidate in entry.columns["candidates"]:
            summary.prices[parse_price(candidate["price_text"]).kind] += 1
        if len(entries) == BATCH:
            yield entries, size
            entries, size = [], 0
    yield entries, size


def _only_once(entry: Entry, number: int, first_lines: dict[bytes, tuple[int, bytes]]) -> Entry | None:
    """The entry; None for a repetition; `import.twice` when the same path came before with other content."""
    source = sha256(entry.source.encode()).digest()[:16]
    first, content_hash = first_lines.setdefault(source, (number, entry.content_hash))
    if first == number:
        return entry
    if content_hash != entry.content_hash:
        raise Problem("import.twice", source=entry.source, first=first)
    return None


def _lines(file: BinaryIO) -> Iterable[bytes]:
    """Lines without reading one of unbounded length into memory: the rest of an overlong line is skipped."""
    while line := file.readline(LONGEST_LINE + 1):
        whole = line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE + 1)
        yield whole


def _whole(line: bytes) -> bytes:
    if len(line) > LONGEST_LINE:
        raise Problem("import.line-too-long", longest=LONGEST_LINE)
    return line


def _storable(content: dict[str, Any]) -> bytes:
    """The canonical bytes, by which content is compared; `json.bad` for what no database text can hold."""
    try:
        data = canonical(content)
    except (ValueError, RecursionError) as error:
        raise Problem("json.bad", why=str(error)) from error
    if _NUL.search(data):
        raise Problem("json.bad", why="a NUL character")
    return data


def _need_text(content: dict[str, Any], name: str, shown: str) -> None:
    value = content.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Problem("import.field", field=shown)


def _candidates(listed: Any) -> list[dict[str, Any]]:
    if not isinstance(listed, list):
        raise Problem("import.field", field="candidates")
    for place, candidate in enumerate(listed, 1):
        if not isinstance(candidate, dict):
            raise Problem("import.field", field=f"candidates[{place}]")
        for name in _CANDIDATE:
            _need_text(candidate, name, f"candidates[{place}].{name}")
        if type(candidate.get("rank", place)) is not int:
            raise Problem("import.field", field=f"candidates[{place}].rank")
    return [{"rank": rank, **candidate} for rank, candidate in enumerate(listed, 1)]


def _facts(content: dict[str, Any], period: Period) -> dict[str, Any]:
    facts = {"date": content["date"], "publicity_period": content["publicity_period"]}
    if period.starts:
        facts["publicity_starts_at"] = period.starts.isoformat()
    if period.note:
        facts["publicity_note"] = period.note
    others = {name: value for name, value in content.items() if name not in _KNOWN}
    return facts | ({"others": others} if others else {})


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), CHINA).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Problem("import.date", date=text[:40]) from error


def _moment(parts: Sequence[str | None], *, at_end: bool) -> datetime:
    year, month, day = (int(part or 0) for part in parts[:3])
    hour, minute, second = (int(part or 0) for part in parts[3:])
    if parts[3] is None and at_end:
        hour = 24
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second):
        raise ValueError("no time of day")
    midnight = datetime(year, month, day, tzinfo=CHINA)
    return (midnight + timedelta(hours=hour, minutes=minute, seconds=second)).astimezone(UTC)


async def _current(work: Work, origin: str, sources: list[str]) -> dict[str, Found]:
    rows = await work.session.execute(
        select(Notice.source, Notice.id, Notice.version, Notice.content_hash).where(
            Notice.origin == origin, Notice.source.in_(sources), Notice.superseded_at.is_(None)
        )
    )
    return {str(source): Found(id_, version, content_hash) for source, id_, version, content_hash in rows}


def _row(work: Work, entry: Entry, previous: Found | None, origin: str, region: str) -> dict[str, Any]:
    return entry.columns | {
        "id": work.ctx.new_id("notice"),
        "region": region,
        "origin": origin,
        "source": entry.source,
        "content_hash": entry.content_hash,
        "version": previous.version + 1 if previous else 1,
        "corrects": previous.id if previous else None,
    }
