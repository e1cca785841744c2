"""A person's own messages, and the outbox of a demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from trading.messages.tables import Mail, Message
from trading.sections.tables import Section

PAGE = 20

COUNT_UNREAD = "SELECT count(*) FROM messages WHERE account = $1 AND read_at IS NULL"


@dataclass(frozen=True)
class MessagePage:
    """One page of a person's messages, newest first, and the titles of the sections they are about, by id."""

    messages: list[Message]
    titles: dict[str, str]
    total: int
    unread: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PAGE))


async def own_messages(session: AsyncSession, account: str, *, unread_only: bool = False, page: int = 1) -> MessagePage:
    """A page of one's own messages; a page beyond the last is the last."""
    counted = select(func.count(), func.count().filter(Message.read_at.is_(None))).where(Message.account == account)
    all_of_them, unread = (await session.execute(counted)).one()
    total = unread if unread_only else all_of_them
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    wanted = select(Message).where(Message.account == account)
    if unread_only:
        wanted = wanted.where(Message.read_at.is_(None))
    found = list(await session.scalars(wanted.order_by(Message.id.desc()).offset((page - 1) * PAGE).limit(PAGE)))
    return MessagePage(found, await _titles(session, found), total, unread, page)


async def _titles(session: AsyncSession, messages: Sequence[Message]) -> dict[str, str]:
    sections = {message.section for message in messages if message.section}
    rows = await session.execute(select(Section.id, Section.title).where(Section.id.in_(sections)))
    return {number: title for number, title in rows}


async def outbox(session: AsyncSession, page: int = 1) -> tuple[list[tuple[Mail, Message]], int]:
    """A page of all letters, newest first, and how many there are."""
    total = (await session.execute(select(func.count()).select_from(Mail))).scalar_one()
    wanted = select(Mail, Message).join(Message, Message.id == Mail.message).order_by(Message.id.desc())
    rows = await session.execute(wanted.offset((max(page, 1) - 1) * PAGE).limit(PAGE))
    return [(mail, message) for mail, message in rows.all()], total
