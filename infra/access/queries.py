"""Finding access lines, and proving that a line is part of its hour's root."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.rules import Tree, entry, told
from infra.access.tables import AccessLine, AccessRoot


@dataclass(frozen=True)
class Rooted:
    """Where a line stands in its hour: the root's number, the line's index, the audit path."""

    number: int
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Hour:
    """One root with the lines it was made over: place in the tree by id, and the tree as they give it now."""

    root: AccessRoot
    places: dict[int, int]
    tree: Tree

    @property
    def whole(self) -> bool:
        """Whether no line was taken away, added or changed since."""
        return self.tree.root == bytes(self.root.root)


def told_of(line: AccessLine) -> dict[str, Any]:
    """An access line as it is hashed and exported."""
    names = ("at", "actor", "role", "address", "read", "subject", "section", "outcome", "facts")
    return told({name: getattr(line, name) for name in names})


def genuine(line: AccessLine) -> bool:
    """Whether the row still says what its entry was made of."""
    return entry(bytes(line.salt), told_of(line)) == bytes(line.entry)


async def read_lines(
    session: AsyncSession,
    conditions: Sequence[ColumnElement[bool]],
    *,
    newest_first: bool = True,
    skipped: int = 0,
    size: int = 50,
) -> list[AccessLine]:
    """Access lines under these conditions in order of time, confined by the session's region; at most `size`."""
    order = (AccessLine.at.desc(), AccessLine.id.desc()) if newest_first else (AccessLine.at, AccessLine.id)
    wanted = select(AccessLine).where(*conditions).order_by(*order).offset(skipped).limit(size)
    return list(await session.scalars(wanted))


async def last_root(session: AsyncSession) -> AccessRoot | None:
    """The newest root; what was read after it waits for the next."""
    newest: AccessRoot | None = await session.scalar(select(AccessRoot).order_by(AccessRoot.number.desc()).limit(1))
    return newest


async def hours_of(session: AsyncSession, ids: Sequence[int]) -> list[Hour]:
    """The hours these lines stand in, with all their entries; the session must be confined to no region."""
    if not ids:
        return []
    between = (AccessRoot.last >= min(ids), AccessRoot.first < max(ids))
    roots = list(await session.scalars(select(AccessRoot).where(*between).order_by(AccessRoot.number)))
    roots = [one for one in roots if any(one.first < number <= one.last for number in ids)]
    if not roots:
        return []
    span = (AccessLine.id > roots[0].first, AccessLine.id <= roots[-1].last)
    rows = await session.execute(select(AccessLine.id, AccessLine.entry).where(*span).order_by(AccessLine.id))
    kept = [(number, bytes(one)) for number, one in rows]
    return [_hour(root, kept) for root in roots]


def rooted(number: int, hours: Sequence[Hour]) -> Rooted | None:
    """The place and proof of a line, by its id, in one of these hours; None where it stands in none."""
    for hour in hours:
        index = hour.places.get(number)
        if index is not None:
            return Rooted(hour.root.number, index, tuple(hour.tree.path(index)))
    return None


def _hour(root: AccessRoot, kept: Sequence[tuple[int, bytes]]) -> Hour:
    own = [(number, one) for number, one in kept if root.first < number <= root.last]
    places = {number: place for place, (number, _) in enumerate(own)}
    return Hour(root, places, Tree([one for _, one in own], bytes(root.blind)))


def since_until(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    """The conditions of a span of time: `since` included, `until` not."""
    found: list[ColumnElement[bool]] = [] if since is None else [AccessLine.at >= since]
    return found if until is None else [*found, AccessLine.at < until]
