"""Who read what, as a regulator may see it: a bidder's reads of a running section would tell that it bids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.queries import genuine, last_root, read_lines, since_until
from infra.access.tables import AccessLine
from trading.audit.queries import PAGE, Cursor, going_on
from trading.audit.rules import OUTSIDERS
from trading.sections.tables import Section


class Rooting(StrEnum):
    """What the log says of an access line; `DIFFERS`: the row is not what was recorded any more."""

    WAITING = "waiting"
    ROOTED = "rooted"
    DIFFERS = "differs"


@dataclass(frozen=True)
class ReadSearch:
    """Which reads are looked for; empty means all."""

    actor: str = ""
    read: str = ""
    subject: str = ""
    section: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = True
    cursor: Cursor | None = None
    size: int = PAGE


@dataclass(frozen=True)
class FoundReads:
    """One page of reads, each with what the log says of it, and where the list goes on."""

    lines: tuple[tuple[AccessLine, Rooting], ...]
    following: Cursor | None


async def find_reads(session: AsyncSession, search: ReadSearch) -> FoundReads:
    """One page of what may be shown, confined by the session's region, in order of time."""
    rows = await read_lines(
        session,
        _conditions(search),
        newest_first=search.newest_first,
        skipped=search.cursor.shown if search.cursor else 0,
        size=search.size + 1,
    )
    root = await last_root(session)
    shown = [(line, _rooting(line, 0 if root is None else root.last)) for line in rows[: search.size]]
    more = len(rows) > search.size
    return FoundReads(tuple(shown), going_on([line.at for line, _ in shown], search.cursor) if more else None)


def _conditions(search: ReadSearch) -> Sequence[ColumnElement[bool]]:
    closed = select(Section.id).where(Section.id == AccessLine.section, Section.closed_at.is_not(None)).exists()
    found: list[ColumnElement[bool]] = [
        or_(AccessLine.section.is_(None), AccessLine.role.not_in(OUTSIDERS), closed),
        *since_until(search.since, search.until),
    ]
    asked: dict[Any, str] = {
        AccessLine.actor: search.actor,
        AccessLine.read: search.read,
        AccessLine.subject: search.subject,
        AccessLine.section: search.section,
        AccessLine.outcome: search.outcome,
    }
    found += [column == value for column, value in asked.items() if value]
    if search.cursor is not None:
        at = search.cursor.at
        found.append(AccessLine.at <= at if search.newest_first else AccessLine.at >= at)
    return found


def _rooting(line: AccessLine, last: int) -> Rooting:
    if not genuine(line):
        return Rooting.DIFFERS
    return Rooting.ROOTED if line.id <= last else Rooting.WAITING
