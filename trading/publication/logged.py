"""Which leaves of the public log everybody may read now, wherever in the log they stand, and how one is found."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event, Opens
from trading.bidding.tables import Bid
from trading.evaluation.resolving import FOUND_BY_COMMITTEE
from trading.evaluation.rounds import reopened_line
from trading.evaluation.tables import Evaluation
from trading.opening.rules import TOO_FEW_BIDS, TOO_FEW_OPENED
from trading.publication.queries import OF_KEYSETS
from trading.publication.rules import OF_DOCUMENT
from trading.qualification.rules import TOO_FEW_QUALIFIED
from trading.sections.queries import HIDDEN, UP
from trading.sections.tables import Section

OPEN = (
    Event.TRUSTEE_ENROLLED,
    Event.NOTICE_PUBLISHED,
    Event.NOTICE_IMPORTED,
    Event.PERIOD_BEGUN,
    Event.PERIOD_OPENED,
    Event.BUNDLE_PUBLISHED,
    Event.ACCESS_ROOTED,
)
"""Events without a section that are everybody's; what concerns one person or one body's registration is not."""

STAYS = (Event.SECTION_ARCHIVED, Event.ARCHIVE_HANDED_OVER, Event.PUBLICATION_TAKEN_DOWN)
"""Of a section whose publication was taken down these alone stay readable: digests, and nobody's name."""


async def disclosed(session: AsyncSession, low: int, high: int) -> list[Line]:
    """The readable events among the leaves from `low` to before `high`, in order."""
    return await _readable(session, _asked().where(Line.leaf >= low, Line.leaf < high))


async def disclosed_before(session: AsyncSession, leaf: int, most: int) -> tuple[list[Line], int | None]:
    """Readable events before a leaf from the newest backwards, at most so many, and the leaf to go on before, if any."""
    asked = _asked().where(Line.leaf < leaf).order_by(None).order_by(Line.leaf.desc()).limit(most)
    found = await _readable(session, asked)
    return found, found[-1].leaf if len(found) == most else None


async def disclosed_of(session: AsyncSession, section_id: str, most: int) -> list[Line]:
    """A section's readable leaves, the newest `most` in order."""
    asked = _asked().where(Line.section == section_id, Line.leaf.is_not(None))
    return (await _readable(session, asked.order_by(None).order_by(Line.leaf.desc()).limit(most)))[::-1]


async def disclosed_entry(session: AsyncSession, entry: bytes) -> Line | None:
    """The readable event whose entry this is; None for a hidden one as for none."""
    found = await _readable(session, _asked().where(Line.entry == entry))
    return found[0] if found else None


async def disclosed_manifest(session: AsyncSession, digest: bytes) -> Line | None:
    """The readable event that handed in the bid of this manifest hash."""
    lines = select(Bid.line).where(Bid.digest == digest, Bid.line.is_not(None))
    found = await _readable(session, _asked().where(Line.id.in_(lines)))
    return found[0] if found else None


def _asked() -> Select[Any]:
    """Lines that may be read (`may_read`), decided by the database: a hidden one must not even leave a gap on a page."""
    up = or_(UP, Line.event.in_(STAYS))
    of_section = and_(Section.state.not_in(HIDDEN), up, _may_be_read())
    told = or_(and_(Line.section.is_(None), Line.event.in_(OPEN)), of_section)
    return (
        select(Line)
        .outerjoin(Section, Section.id == Line.section)
        .outerjoin(Evaluation, Evaluation.section == Line.section)
        .where(Line.salt.is_not(None), Line.leaf.is_not(None), told)
        .order_by(Line.leaf)
    )


def _may_be_read() -> ColumnElement[bool]:
    """`may_read` of a line of a section, in SQL: a test holds the two together."""
    unsealed = and_(Section.closed_at.is_not(None), Section.failed_why.is_distinct_from(TOO_FEW_BIDS))
    judged = or_(
        Evaluation.section.is_not(None),
        Line.id <= reopened_line(Section.id),
        func.coalesce(Section.failed_why, "").in_((*FOUND_BY_COMMITTEE, TOO_FEW_OPENED, TOO_FEW_QUALIFIED)),
    )
    another = and_(
        Line.event.in_(OF_KEYSETS),
        Line.subject.is_distinct_from(Section.keyset),
        Line.subject.is_distinct_from(Section.second_keyset),
    )
    committees = or_(Line.event.startswith("draw."), another, Line.event.in_(_opening(Opens.MARKS_PUBLISHED)))
    otherwise = or_(
        Line.event.in_(_opening(Opens.AT_ONCE)), and_(unsealed, Line.event.in_(_opening(Opens.SECTION_CLOSED)))
    )
    withheld = and_(Section.invited_by.is_not(None), Section.closed_at.is_(None), Line.event.in_(OF_DOCUMENT))
    return and_(not_(withheld), Line.event.not_in(_opening(Opens.NEVER)), case((committees, judged), else_=otherwise))


def _opening(opens: Opens) -> tuple[Event, ...]:
    return tuple(event for event in Event if event.kind.opens is opens)


async def _readable(session: AsyncSession, asked: Select[Any]) -> list[Line]:
    return list((await session.execute(asked)).scalars())
