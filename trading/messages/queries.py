"""A person's own messages, and the outbox of a demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.registration.tables import OrganisationVersion
from trading.messages.tables import Mail, Message
from trading.projects.tables import Project
from trading.sections.tables import Section

PAGE = 20

COUNT_UNREAD = "SELECT count(*) FROM messages WHERE account = $1 AND read_at IS NULL"


@dataclass(frozen=True)
class MessagePage:
    """One page of a person's messages, newest first, and the names of what they are about: sections, else by subject."""

    messages: list[Message]
    titles: dict[str, str]
    names: dict[str, str]
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
    return MessagePage(found, await _titles(session, found), await _names(session, found), total, unread, page)


async def _titles(session: AsyncSession, messages: Sequence[Message]) -> dict[str, str]:
    sections = {message.section for message in messages if message.section}
    rows = await session.execute(select(Section.id, Section.title).where(Section.id.in_(sections)))
    return {number: title for number, title in rows}


async def _names(session: AsyncSession, messages: Sequence[Message]) -> dict[str, str]:
    """The names of the projects and applicants that messages without a section are about, by subject."""
    subjects = {message.subject for message in messages if not message.section}
    projects = select(Project.id, Project.name).where(Project.id.in_(subjects))
    name = OrganisationVersion.profile["name"].astext
    applicants = select(OrganisationVersion.id, name).where(OrganisationVersion.id.in_(subjects))
    rows = await session.execute(union_all(projects, applicants))
    return {subject: str(name) for subject, name in rows}


@dataclass(frozen=True)
class Outbox:
    """One page of all letters, newest first."""

    letters: list[tuple[Mail, Message]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PAGE))


async def outbox(session: AsyncSession, page: int = 1) -> Outbox:
    """A page of all letters; a page beyond the last is the last."""
    total = (await session.execute(select(func.count()).select_from(Mail))).scalar_one()
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    wanted = select(Mail, Message).join(Message, Message.id == Mail.message).order_by(Message.id.desc())
    rows = await session.execute(wanted.offset((page - 1) * PAGE).limit(PAGE))
    return Outbox([(mail, message) for mail, message in rows.all()], total, page)
