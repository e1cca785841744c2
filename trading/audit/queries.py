"""Searching the journal as a regulator may: what is hidden is neither fetched nor counted, and leaves no gap."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    any_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Account
from infra.db.journal import Line
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import entry
from infra.tlog.evidence import QUORUM, latest
from infra.tlog.sequencer import event_of
from trading.audit.rules import (
    AT_ONCE,
    BEFORE_CLOSING,
    COMMITTEE,
    OF_BIDS,
    OF_KEYSETS,
    OUTSIDERS,
    OWN_AFFAIRS,
    UNTOLD,
    Sight,
    sight,
)
from trading.bidding.tables import Bid, Rehearsal
from trading.evaluation.resolving import FOUND_BY_COMMITTEE
from trading.evaluation.rounds import reopened_line
from trading.evaluation.tables import Evaluation
from trading.opening.rules import TOO_FEW_OPENED
from trading.qualification.rules import TOO_FEW_QUALIFIED
from trading.sections.tables import Section

PAGE = 50
AROUND = (
    select(
        Section.closed_at,
        Section.keyset,
        Section.second_keyset,
        or_(
            select(Evaluation.section).where(Evaluation.section == Section.id).exists(),
            Line.id <= reopened_line(Section.id),
            func.coalesce(Section.failed_why.in_([*FOUND_BY_COMMITTEE, TOO_FEW_OPENED, TOO_FEW_QUALIFIED]), False),
        ).label("judged"),
    )
    .where(
        Section.id
        == case((Line.section.is_not(None), Line.section), else_=bindparam("within", None, Line.section.type))
    )
    .correlate(Line)
    .offset(0)
    .lateral("around")
)
"""The section of a line, or `within` for one that tells none.

The offset keeps it a look-up by key: joined as a table it is read whole for every line, since nobody can estimate how
many rows the policies of regions let through. And it is no `coalesce`: the database counts that among what might tell of
rows that a policy hides, and then reads the whole table under the policy before it compares keys.
"""

LOGGED = text(
    """
SELECT asked.leaf, substring(kept.entries FROM (asked.leaf - kept.first)::int * 32 + 1 FOR 32)
FROM unnest(CAST(:leaves AS bigint[])) AS asked (leaf)
CROSS JOIN LATERAL (
    SELECT first, entries FROM log_entries WHERE first <= asked.leaf ORDER BY first DESC LIMIT 1
) AS kept
"""
)


WITHOUT_SECTION = (Event.BID_STARTED, Event.BID_REHEARSED)


class Standing(StrEnum):
    """What the public log says of a line; `DIFFERS`: the row is not what was logged any more."""

    INNER = "inner"
    WAITING = "waiting"
    LOGGED = "logged"
    PROVEN = "proven"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Cursor:
    """Where a list goes on: the time of the last line shown, and how many lines of just that time were shown."""

    at: datetime
    shown: int


@dataclass(frozen=True)
class Search:
    """What is looked for; empty means everything. `since` is included, `until` is not."""

    actor: str = ""
    event: str = ""
    subject: str = ""
    section: str = ""
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = True
    cursor: Cursor | None = None
    size: int = PAGE


@dataclass(frozen=True)
class Shown:
    """One journal line as far as it is shown; `line` itself is for proofs and never leaves the server as it is."""

    line: Line
    sight: Sight
    closed: bool
    within: str | None = None
    """The section in whose timeline the line stands although it names none."""

    @property
    def section(self) -> str | None:
        """Which section the line belongs to."""
        return self.line.section or self.within

    @property
    def actor(self) -> str | None:
        """Who acted, where that is shown."""
        return self.line.actor if self.sight is Sight.OPEN else None

    @property
    def address(self) -> str | None:
        """From which network address, where that is shown."""
        return self.line.address if self.sight is Sight.OPEN else None

    @property
    def subject(self) -> str | None:
        """What it is about, where that is shown."""
        return None if self.sight is Sight.SEALED else self.line.subject

    @property
    def facts(self) -> dict[str, Any]:
        """What the line says, as far as it is shown."""
        return {} if self.sight is Sight.SEALED else self.line.facts

    @property
    def number(self) -> int | None:
        """The place in the section's chain; before the closing it would tell how many lines are hidden."""
        return self.line.number if self.closed or self.line.section is None else None

    @property
    def provable(self) -> bool:
        """Whether its event may be shown with salt and proof."""
        return self.sight in (Sight.OPEN, Sight.UNNAMED) and self.line.leaf is not None


@dataclass(frozen=True)
class Found:
    """One page of lines, and where it goes on."""

    lines: tuple[Shown, ...]
    following: Cursor | None


async def find_lines(session: AsyncSession, search: Search) -> Found:
    """One page of what the search finds, confined by the session's region, in order of time."""
    wanted = _conditions(_select(), search)
    order = (Line.at.desc(), Line.id.desc()) if search.newest_first else (Line.at, Line.id)
    skipped = 0
    if search.cursor is not None:
        skipped = search.cursor.shown
        wanted = wanted.where(Line.at <= search.cursor.at if search.newest_first else Line.at >= search.cursor.at)
    rows = (await session.execute(wanted.order_by(*order).offset(skipped).limit(search.size + 1))).all()
    lines = tuple(_shown(row, search.section or None) for row in rows[: search.size])
    return Found(lines, going_on([one.line.at for one in lines], search.cursor) if len(rows) > search.size else None)


def going_on(times: Sequence[datetime], before: Cursor | None) -> Cursor:
    """The cursor behind a page whose lines have these times, in order; counts only what was shown."""
    last = times[-1]
    again = before.shown if before is not None and before.at == last else 0
    return Cursor(last, again + sum(1 for one in times if one == last))


async def count_lines(session: AsyncSession, search: Search, most: int) -> int:
    """How many lines a search finds, counted up to `most` + 1."""
    wanted = _conditions(_select(), search).with_only_columns(Line.id).limit(most + 1)
    found: int = (await session.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    return found


async def line_at(session: AsyncSession, leaf: int) -> Shown:
    """The line at a leaf, if its event may be shown; `audit.no-line` for dummies, hidden and sealed lines alike."""
    row = (await session.execute(_conditions(_select(), Search()).where(Line.leaf == leaf))).one_or_none()
    found = None if row is None else _shown(row)
    if found is None or not found.provable:
        raise Problem("audit.no-line", leaf=leaf)
    return found


async def standings(session: AsyncSession, lines: Sequence[Shown]) -> list[Standing]:
    """What the log says of each line: made anew from the row, compared with the entry that stands in the tree."""
    leaves = [one.line.leaf for one in lines if one.line.leaf is not None]
    logged = {leaf: bytes(kept) for leaf, kept in await session.execute(LOGGED, {"leaves": leaves})} if leaves else {}
    proven = await latest(session, QUORUM)
    size = 0 if proven is None else proven.size
    return [_standing(one.line, logged, size) for one in lines]


async def names_of(session: AsyncSession, actors: Collection[str]) -> dict[str, str]:
    """The names of these accounts, by id; seats, trustees and the system have none."""
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(set(actors))))
    return {account: name for account, name in rows}


async def account_of(session: AsyncSession, login: str) -> str:
    """The id behind a login, or the text itself where it is none: an id may be asked for as well."""
    found: str | None = await session.scalar(select(Account.id).where(Account.login == login))
    return found or login


def _select() -> Any:
    wanted = select(
        Line, AROUND.c.closed_at, AROUND.c.keyset, AROUND.c.second_keyset, func.coalesce(AROUND.c.judged, False)
    )
    return wanted.outerjoin(AROUND, true()).where(_visible())


def _visible() -> ColumnElement[bool]:
    """What `sight` does not hide; a section that the reader cannot see counts as not closed."""
    named = or_(Line.role.not_in(OUTSIDERS), Line.event.in_(AT_ONCE))
    early = and_(Line.section.is_not(None), Line.event.in_(BEFORE_CLOSING), named)
    elsewhere = or_(Line.event.in_(OWN_AFFAIRS), and_(Line.role.not_in(OUTSIDERS), Line.event.not_in(OF_BIDS)))
    told = or_(Line.event.not_in(UNTOLD), func.coalesce(AROUND.c.judged, False))
    return and_(told, or_(and_(Line.section.is_(None), elsewhere), AROUND.c.closed_at.is_not(None), early))


def _unsealed() -> ColumnElement[bool]:
    """A line that does not say who acted, or on what, is not found by it either."""
    of_committee = or_(Line.role == Role.JUDGE, Line.event.in_(COMMITTEE))
    return or_(Line.section.is_(None), func.coalesce(AROUND.c.judged, False), not_(of_committee))


def _conditions(wanted: Any, search: Search) -> Any:
    if search.actor:
        named = or_(Line.section.is_(None), AROUND.c.closed_at.is_not(None), Line.role.not_in(OUTSIDERS))
        wanted = wanted.where(Line.actor == search.actor, named, _unsealed())
    if search.event:
        wanted = wanted.where(Line.event == search.event)
    if search.subject:
        wanted = wanted.where(Line.subject == search.subject, _unsealed())
    if search.section:
        own = or_(Line.section == search.section, _of_bids(search.section))
        wanted = wanted.where(own).params(within=search.section)
    if search.since is not None:
        wanted = wanted.where(Line.at >= search.since)
    return wanted if search.until is None else wanted.where(Line.at < search.until)


def _of_bids(section: str) -> ColumnElement[bool]:
    """Lines about a closed section's bids that were written without it: before the closing nobody may count them."""
    closed = Section.id == section, Section.closed_at.is_not(None)
    started = select(Bid.id).join(Section, Section.id == Bid.section).where(*closed)
    digest = func.encode(Rehearsal.digest, "base64")
    rehearsed = select(digest).join(Section, Section.id == Rehearsal.section).where(*closed)
    subjects = func.array(union_all(started, rehearsed).scalar_subquery(), type_=ARRAY(String))
    return and_(Line.section.is_(None), Line.event.in_(WITHOUT_SECTION), Line.subject == any_(subjects))


def _shown(row: Any, within: str | None = None) -> Shown:
    line, closed_at, keyset, second, judged = row
    event, inside = Event(line.event), (line.section or within) is not None
    of_draw = event.startswith("draw.") or (event in OF_KEYSETS and line.subject not in (keyset, second))
    closed = closed_at is not None
    seen = sight(event, Role(line.role), in_section=inside, of_draw=of_draw, closed=closed, judged=judged)
    return Shown(line, seen, closed, within)


def _standing(line: Line, logged: dict[int, bytes], proven: int) -> Standing:
    if line.salt is None or line.link_salt is None:
        return Standing.INNER
    if line.leaf is None or line.number is None or line.previous is None or line.preimage is None:
        return Standing.WAITING
    made = entry.preimage(event_of(line, entry.link(line.link_salt, line.number, bytes(line.previous))))
    if sha256(line.salt + made).digest() != logged.get(line.leaf):
        return Standing.DIFFERS
    return Standing.PROVEN if line.leaf < proven else Standing.LOGGED
