"""Writing an audit file: what a search or a section shows, line by line, each with its proof; memory stays bounded."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.queries import Hour, hours_of, rooted, told_of
from infra.access.tables import AccessLine
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import store
from infra.tlog.evidence import QUORUM, cosigned_note, latest
from infra.tlog.note import SignerKey
from trading.audit.queries import Cursor, Search, Shown, count_lines, find_lines
from trading.audit.reads import ReadSearch, find_reads
from trading.audit.rules import Sight
from trading.audit.wire import Writer

MOST = 100_000
AT_ONCE = 200


@dataclass(frozen=True)
class Ground:
    """What a file rests on: the checkpoint's size and co-signed note; `section` is told whole, `closed` with its chain."""

    size: int
    note: str
    section: str | None
    closed: bool


async def ground_of(
    session: AsyncSession, search: Search, section: str | None, closed: bool, most: int = MOST
) -> Ground:
    """The ground of an export; `audit.too-many` for a file without measure, `log.empty` before a quorum has co-signed."""
    if await count_lines(session, search, most) > most:
        raise Problem("audit.too-many", most=most)
    found = await latest(session, QUORUM)
    if found is None:
        raise Problem("log.empty")
    return Ground(found.size, await cosigned_note(session, found), section, closed)


async def written(
    database: Database,
    actor: Actor,
    key: SignerKey,
    ground: Ground,
    search: Search,
    facts: Mapping[str, Any],
    at_once: int = AT_ONCE,
) -> AsyncIterator[bytes]:
    """The file in pieces, each read in a short transaction of its own, confined as the actor is."""
    writer, roots = Writer(key), set[int]()
    told = dict(facts) | ({"section": ground.section, "closed": ground.closed} if ground.section else {})
    yield writer.head(checkpoint=ground.note, **told)
    cursor: Cursor | None = None
    while True:
        chunk = replace(search, newest_first=False, cursor=cursor, size=at_once)
        async with database.reading(actor) as session:
            found = await find_lines(session, chunk)
            pieces = await _lines(session, writer, ground, found.lines)
        yield b"".join(pieces)
        if found.following is None:
            break
        cursor = found.following
    if ground.section is not None:
        async for piece in _reads(database, actor, writer, ground.section, roots):
            yield piece
        async with database.reading(actor) as session:
            yield b"".join(await _lines(session, writer, ground, await _root_lines(session, roots)))
    yield writer.end()


async def _lines(session: AsyncSession, writer: Writer, ground: Ground, lines: Sequence[Shown]) -> list[bytes]:
    leaves = [one.line.leaf for one in lines if one.line.leaf is not None and one.line.leaf < ground.size]
    paths = dict(zip(leaves, await store.prove_inclusions(session, leaves, ground.size), strict=True))
    return [_line(writer, ground, one, paths) for one in lines]


def _line(writer: Writer, ground: Ground, one: Shown, paths: Mapping[int, list[bytes]]) -> bytes:
    line = one.line
    who: dict[str, Any] = {"actor": one.actor, "address": one.address}
    who = {name: value for name, value in who.items() if value is not None}
    proven = line.leaf is not None and line.leaf in paths
    place = (
        {"leaf": line.leaf, "path": [b64(part) for part in paths[line.leaf]]}
        if proven and line.leaf is not None
        else {}
    )
    if one.sight is Sight.SEALED:
        kept = {"entry": b64(line.entry)} if place and line.entry is not None else {}
        number = {"number": one.number} if place and one.number is not None else {}
        return writer.line("sealed", line=_bare(one), **place, **kept, **number)
    if line.salt is None:
        return writer.line("inner", line=_bare(one), **who)
    if not place:
        return writer.line("pending", line=_bare(one), **who)
    return writer.line("event", event=line.preimage, salt=b64(line.salt), **place, **_link(one), **who)


def _bare(one: Shown) -> dict[str, Any]:
    """A line without proof, as far as it is shown."""
    line = one.line
    told: dict[str, Any] = {"at": _instant(line.at), "event": line.event, "role": line.role}
    told |= {"section": one.section} if one.section is not None else {}
    return told if one.subject is None else {**told, "subject": one.subject, "facts": one.facts}


def _link(one: Shown) -> dict[str, Any]:
    line = one.line
    if one.number is None or line.section is None or line.link_salt is None or line.previous is None:
        return {}
    return {"link": {"salt": b64(line.link_salt), "number": line.number, "previous": b64(line.previous)}}


async def _reads(
    database: Database, actor: Actor, writer: Writer, section: str, roots: set[int]
) -> AsyncIterator[bytes]:
    """Who read what of the section; the trees of its hours need every region's entries, which tell nothing."""
    cursor: Cursor | None = None
    while True:
        search = ReadSearch(section=section, newest_first=False, cursor=cursor, size=AT_ONCE)
        async with database.reading(actor) as session:
            found = await find_reads(session, search)
        async with database.reading() as session:
            hours = await hours_of(session, [line.id for line, _ in found.lines])
        yield b"".join(_read(writer, line, hours, roots) for line, _ in found.lines)
        if found.following is None:
            return
        cursor = found.following


def _read(writer: Writer, line: AccessLine, hours: Sequence[Hour], roots: set[int]) -> bytes:
    place = rooted(line.id, hours)
    if place is None:
        return writer.line("read", read=told_of(line), salt=b64(line.salt))
    roots.add(place.number)
    path = [b64(part) for part in place.path]
    return writer.line("read", read=told_of(line), salt=b64(line.salt), root=place.number, index=place.index, path=path)


async def _root_lines(session: AsyncSession, roots: set[int]) -> list[Shown]:
    """The public log's lines of these roots."""
    subjects = [f"access-root:{number}" for number in sorted(roots)]
    wanted = select(Line).where(Line.subject.in_(subjects), Line.event == Event.ACCESS_ROOTED).order_by(Line.id)
    return [Shown(line, Sight.OPEN, False) for line in await session.scalars(wanted)]


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
