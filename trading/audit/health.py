"""How both logs stand: the newest heads and who co-signed them, and whether the last hours of the access log are whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.queries import hours_of
from infra.access.tables import AccessRoot
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.tlog.evidence import QUORUM, latest
from infra.tlog.tables import Checkpoint, Cosignature

HOURS = 12
MOST_LINES = 50_000


class Wholeness(StrEnum):
    """Whether an hour's lines still give the root that was logged for it."""

    WHOLE = "whole"
    BROKEN = "broken"
    NOT_LOGGED = "not-logged"
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class Head:
    """A checkpoint: its size, when it was made, how many trustees co-signed it."""

    size: int
    at: datetime
    signers: int


@dataclass(frozen=True)
class HourState:
    """One root of the access log: its number, its span, and whether its lines still give it."""

    number: int
    since: datetime
    until: datetime
    state: Wholeness


@dataclass(frozen=True)
class Health:
    """The newest head, the newest with a quorum, when each trustee last co-signed, the last hours of the access log."""

    head: Head | None
    cosigned: Head | None
    witnesses: tuple[tuple[str, datetime], ...]
    hours: tuple[HourState, ...]

    def silent(self, now: datetime, longest: timedelta) -> bool:
        """Whether the log has stood still, or gone without a quorum, for longer than it may."""
        return self.cosigned is None or now - self.cosigned.at > longest


async def health_of(database: Database) -> Health:
    """The state of both logs now; counts nothing that belongs to a section."""
    async with database.reading() as session:
        heads = [await latest(session, signers) for signers in (0, QUORUM)]
        signed = select(Cosignature.trustee, func.max(Cosignature.at)).group_by(Cosignature.trustee)
        witnesses = (await session.execute(signed.order_by(Cosignature.trustee))).all()
        newest = select(AccessRoot).order_by(AccessRoot.number.desc()).limit(HOURS)
        hours = await _hours(session, list(await session.scalars(newest)))
    told = tuple((trustee, at) for trustee, at in witnesses)
    return Health(_head(heads[0]), _head(heads[1]), told, tuple(hours))


def _head(found: Checkpoint | None) -> Head | None:
    return None if found is None else Head(found.size, found.at, found.signers)


async def _hours(session: AsyncSession, roots: Sequence[AccessRoot]) -> list[HourState]:
    subjects = [f"access-root:{root.number}" for root in roots]
    rows = select(Line.subject, Line.facts).where(Line.subject.in_(subjects), Line.event == Event.ACCESS_ROOTED)
    logged = {subject: facts.get("root") for subject, facts in await session.execute(rows)}
    few = [root for root in roots if root.last - root.first <= MOST_LINES]
    ids = [number for root in few for number in (root.first + 1, root.last) if root.first < root.last]
    whole = {hour.root.number: hour.whole for hour in await hours_of(session, ids)}
    return [
        HourState(root.number, root.since, root.until, _state(root, logged.get(f"access-root:{root.number}"), whole))
        for root in roots
    ]


def _state(root: AccessRoot, logged: str | None, whole: dict[int, bool]) -> Wholeness:
    if logged != b64(bytes(root.root)):
        return Wholeness.NOT_LOGGED
    if root.last - root.first > MOST_LINES:
        return Wholeness.TOO_MANY
    return Wholeness.WHOLE if whole.get(root.number, True) else Wholeness.BROKEN
