"""Letters go out after their message: each at least once, with its state kept beside it."""

from collections.abc import Callable

from sqlalchemy import select

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.mail import Letter, MailRefusedError, Post
from trading.messages.tables import Mail, Message

MOST_TRIES = 20
LONGEST_WHY = 300
Compose = Callable[[Mail, Message], Letter]


async def send_waiting(database: Database, post: Post, compose: Compose) -> None:
    """Send every letter that waits, each in a transaction of its own; raises the last failure that may pass.

    A letter that never can be delivered, or that failed twenty times, is given up with the reason.
    """
    failure: Exception | None = None
    async with database.reading() as session:
        waiting = list(await session.scalars(select(Mail.id).where(Mail.state == "queued").order_by(Mail.queued_at)))
    for mail_id in waiting:
        failure = await _send(database, post, compose, mail_id) or failure
    if failure is not None:
        raise failure


async def _send(database: Database, post: Post, compose: Compose, mail_id: str) -> Exception | None:
    """Locked while it goes out, so that two workers do not send it twice; the failure, if it may be tried again."""
    async with database.work(SYSTEM) as work:
        locked = select(Mail).where(Mail.id == mail_id, Mail.state == "queued").with_for_update(skip_locked=True)
        mail = await work.session.scalar(locked)
        if mail is None:
            return None
        message = await work.session.get_one(Message, mail.message)
        mail.tries += 1
        try:
            left = await post.deliver(compose(mail, message))
        except MailRefusedError as refused:
            _give_up(mail, refused)
        except OSError as error:
            if mail.tries < MOST_TRIES:
                mail.why = str(error)[:LONGEST_WHY]
                return error
            _give_up(mail, error)
        else:
            mail.state, mail.why = ("sent" if left else "kept"), None
        mail.done_at = work.ctx.now
        return None


def _give_up(mail: Mail, why: Exception) -> None:
    mail.state, mail.why = "failed", str(why)[:LONGEST_WHY]
