"""Whether a reserve price was sealed, for who may know it; and what it was, for everybody, once it is told."""

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from trading.reserve.tables import ReservePrice
from trading.sections.queries import find_own_section
from trading.sections.tables import Section


def keyset_of(section: Section) -> str | None:
    """The keyset that a reserve price is sealed to: that of the prices."""
    return section.second_keyset if section.two_envelope else section.keyset


async def own_reserve(session: AsyncSession, actor: Actor, section_id: str) -> ReservePrice | None:
    """The sealed reserve price of a section of one's own, None before; `section.unknown` for a stranger."""
    section = await find_own_section(session, actor, section_id)
    return await session.get(ReservePrice, section.id)


async def told_reserve(session: AsyncSession, section_id: str) -> ReservePrice | None:
    """The reserve price once it was told, opened or not; before that not even whether there is one."""
    row = await session.get(ReservePrice, section_id)
    return None if row is None or row.opened_at is None else row
