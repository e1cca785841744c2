"""Reading one's messages."""

from sqlalchemy import select, update

from infra.db.work import Work
from infra.kernel.channels import messages_channel
from trading.messages.tables import Message


async def mark_read(work: Work, number: int) -> Message | None:
    """Mark one of one's own messages as read and return it; None for a number that is not one's own.

    What a person has read bears on no right: it leaves no journal line.
    """
    found: Message | None = await work.session.scalar(
        select(Message).where(Message.account == work.ctx.actor.id, Message.id == number).with_for_update()
    )
    if found is not None and found.read_at is None:
        found.read_at = work.ctx.now
        work.tell(messages_channel(work.ctx.actor.id), "read", "")
    return found


async def mark_all_read(work: Work) -> None:
    """Mark all of one's own messages as read."""
    own = update(Message).where(Message.account == work.ctx.actor.id, Message.read_at.is_(None))
    await work.session.execute(own.values(read_at=work.ctx.now))
    work.tell(messages_channel(work.ctx.actor.id), "read", "")
