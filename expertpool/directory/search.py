"""Finding experts in the directory: by filters, or by what somebody knows whole; pages by key, never by counting rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, literal_column, select, text, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.tables import Employer, ExpertReach
from expertpool.experts.profile import checked_identity
from expertpool.experts.rules import RESIDENT
from expertpool.experts.sealing import fingerprint, name_tag, phone_tag
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.db.regions import under
from infra.kernel.problems import Problem
from infra.kernel.search import search_query

PAGE = 50
COUNTED = 2000
"""Up to so many are counted; beyond, a page says "more than"."""
MOST_EMPLOYERS = 200
LONGEST = 100
_IN_ORDER = text("SELECT set_config('enable_sort', :way, true), set_config('enable_bitmapscan', :way, true)")
"""The policy of regions makes the planner expect few rows and sort them all; a list is walked along its index instead."""
_AS_ASKED = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), "
    "set_config('max_parallel_workers_per_gather', '0', true)"
)
"""A plan made for any state would not know the index of the rare ones; to start workers takes longer than one page."""
_NUMBER = re.compile(r"E-[0-9]{6}-[0-9]{6,}")
_RESIDENT = re.compile(r"[0-9]{17}[0-9Xx]")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}")
_WHO = re.compile(r"[ipn][0-9a-f]{64}")
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


@dataclass(frozen=True)
class Asked:
    """What a page of the directory asks for; what is empty asks for nothing.

    `words` are an expert's number, a credit code or words of an employer's name; `who` is what `person_key` gave.
    `region` and `profession` are the beginning of a code, `newest` the order: the last entered first, else by region;
    under a profession the order is always by region.
    `after` and `before` are keys of rows that another page ended or began with.
    """

    words: str = ""
    who: str = ""
    profession: str = ""
    region: str = ""
    state: str = ""
    title: str = ""
    newest: bool = False
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Found:
    """One page, the keys of the pages around it, and how many there are: `COUNTED` + 1 stands for more."""

    rows: Sequence[Expert]
    following: str | None
    preceding: str | None
    total: int


def person_key(keys: KeyService, words: str) -> str:
    """What stands in an address for a whole name, identity or phone number: a keyed hash that tells nobody anything.

    Names are sealed, so no part of one can be looked for. `directory.person` for nothing to look for.
    """
    line = " ".join(words.split())
    if not line or len(line) > LONGEST:
        raise Problem("directory.person")
    if _RESIDENT.fullmatch(line) or ":" in line:
        identity = line if ":" in line else f"{RESIDENT}:{line}"
        return "i" + fingerprint(keys, checked_identity(identity)).hex()
    if _PHONE.fullmatch(line):
        return "p" + phone_tag(keys, line).hex()
    return "n" + name_tag(keys, line).hex()


async def find(session: AsyncSession, region: str, asked: Asked) -> Found:
    """One page of the experts of a region and below; `directory.page` for a key that is none."""
    asked = replace(asked, newest=asked.newest and not asked.profession)
    wanted = await _wanted(session, asked)
    if wanted is None:
        return Found((), None, None, 0)
    await session.execute(_AS_ASKED)
    walked = not asked.words and not asked.who
    if walked:
        await session.execute(_IN_ORDER, {"way": "off"})
    among, conditions = wanted
    key = _key(among, asked)
    place = max(under(region), asked.region, key=len) if _nested(under(region), asked.region) else None
    if place is None:
        return Found((), None, None, 0)
    total = await session.scalar(
        select(func.count()).select_from(
            select(key[-1])
            .select_from(among)
            .where(*conditions, *_of_region(among, place))
            .limit(COUNTED + 1)
            .subquery()
        )
    )
    back, ends = bool(asked.before), _ends(asked)
    down = asked.newest != back
    conditions += _of_region(among, place) if ends is None or asked.newest else _from(among, place, ends[0], down=down)
    if ends is not None:
        conditions.append(tuple_(*key) < tuple_(*ends) if down else tuple_(*key) > tuple_(*ends))
    order = [one.desc() if down else one.asc() for one in key]
    page = select(key[-1]).select_from(among).where(*conditions).order_by(*order).limit(PAGE + 1)
    ids = list((await session.scalars(page)).all())
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if walked:
        await session.execute(_IN_ORDER, {"way": "on"})
    rows = await _rows(session, ids[::-1] if back else ids)
    return Found(
        rows,
        _told(rows[-1], asked) if rows and (more or back) else None,
        _told(rows[0], asked) if rows and (asked.after or (back and more)) else None,
        total or 0,
    )


async def _wanted(session: AsyncSession, asked: Asked) -> tuple[Any, list[ColumnElement[bool]]] | None:
    """Which table is walked, and with which conditions; None where nobody can be meant."""
    named = await _named(session, asked)
    if named is None:
        return None
    if asked.profession and not named and not asked.newest:
        return ExpertReach, [ExpertReach.profession == asked.profession, *_of(ExpertReach, asked)]
    found = [*named, *_of(Expert, asked)]
    if asked.profession:
        # The index of employers holds the professions: no row is looked up, neither here nor in the table of reach.
        code = func.unnest(Expert.specialties).column_valued("code")
        found.append(select(code).where(func.starts_with(code, asked.profession)).exists())
    return Expert, found


async def _named(session: AsyncSession, asked: Asked) -> list[ColumnElement[bool]] | None:
    """The conditions of what was typed; None where nobody can be meant."""
    found: list[ColumnElement[bool]] = []
    if asked.who:
        if not _WHO.fullmatch(asked.who):
            return None
        columns = {"i": Expert.fingerprint, "p": Expert.phone_tag, "n": Expert.name_tag}
        found.append(columns[asked.who[0]] == bytes.fromhex(asked.who[1:]))
    words = asked.words.strip()[:LONGEST]
    if _NUMBER.fullmatch(words.upper()):
        found.append(Expert.number == words.upper())
    elif _CODE.fullmatch(words.upper()):
        found.append(Expert.employer == words.upper())
    elif words:
        query = search_query(words)
        if query is None:
            return None
        bodies = select(Employer.code).where(Employer.search.bool_op("@@")(cast(query, TSQUERY)))
        codes = list((await session.scalars(bodies.limit(MOST_EMPLOYERS))).all())
        if not codes:
            return None
        found.append(Expert.employer.in_(codes))
    return found


def _of(table: Any, asked: Asked) -> list[ColumnElement[bool]]:
    """State and title; the common state is written as a range too, so that the rare ones find their own index."""
    found: list[ColumnElement[bool]] = []
    if asked.state:
        found.append(table.state == asked.state)
        if asked.state != "active":
            found.append(table.state != literal_column("'active'"))
    if asked.title:
        found.append(table.title == asked.title)
    return found


def _of_region(table: Any, beginning: str) -> list[ColumnElement[bool]]:
    """The condition as a range, which an index answers; the database's own policy is a filter only."""
    if not beginning:
        return []
    return [and_(table.region >= beginning.ljust(6, "0"), table.region <= beginning.ljust(6, "9"))]


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _from(table: Any, beginning: str, first: str, *, down: bool) -> list[ColumnElement[bool]]:
    """The far bound of the regions alone: an index is entered at the key of the page, not at the near bound as well.

    A key outside the regions, which no page has told, is taken with both bounds.
    """
    if not beginning or not first.startswith(beginning):
        return _of_region(table, beginning)
    return [table.region >= beginning.ljust(6, "0") if down else table.region <= beginning.ljust(6, "9")]


def _key(table: Any, asked: Asked) -> tuple[Any, ...]:
    identity = table.expert if table is ExpertReach else table.id
    return (Expert.entered_at, identity) if asked.newest else (table.region, identity)


def _told(row: Expert, asked: Asked) -> str:
    return f"{row.entered_at.isoformat() if asked.newest else row.region}~{row.id}"


def _ends(asked: Asked) -> tuple[Any, str] | None:
    key = asked.before or asked.after
    if not key:
        return None
    first, found, expert = key.partition("~")
    try:
        if not found or "\0" in key:
            raise ValueError(key)
        return (datetime.fromisoformat(first) if asked.newest else first), expert
    except ValueError as error:
        raise Problem("directory.page") from error


async def _rows(session: AsyncSession, ids: Sequence[str]) -> list[Expert]:
    found = {one.id: one for one in (await session.scalars(select(Expert).where(Expert.id.in_(ids)))).all()}
    return [found[one] for one in ids]
