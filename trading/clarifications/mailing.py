"""Letters to subscribed addresses go out one by one; an address is opened only while its letter is written."""

from collections.abc import Callable

from sqlalchemy import select

from infra.auth.keys import KeyService
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.mail import Letter, MailRefusedError, Post
from trading.clarifications.subscribing import LABEL, token_of
from trading.clarifications.tables import Subscription, SubscriptionLetter

MOST_TRIES = 20
Compose = Callable[[str, str, str, SubscriptionLetter, Subscription], Letter]
"""(letter id, address, token, letter, subscription) → what goes out."""


async def send_subscriptions(database: Database, post: Post, keys: KeyService, compose: Compose) -> None:
    """Send every letter that waits, each in a transaction of its own; raises the last failure that may pass."""
    failure: Exception | None = None
    waiting = select(SubscriptionLetter.id).where(SubscriptionLetter.state == "queued")
    async with database.reading() as session:
        found = list(await session.scalars(waiting.order_by(SubscriptionLetter.queued_at)))
    for letter in found:
        failure = await _send(database, post, keys, compose, letter) or failure
    if failure is not None:
        raise failure


async def _send(database: Database, post: Post, keys: KeyService, compose: Compose, number: str) -> Exception | None:
    async with database.work(SYSTEM) as work:
        locked = select(SubscriptionLetter).where(SubscriptionLetter.id == number, SubscriptionLetter.state == "queued")
        letter = await work.session.scalar(locked.with_for_update(skip_locked=True))
        if letter is None:
            return None
        subscription = await work.session.get_one(Subscription, letter.subscription)
        assert subscription.address is not None
        address = keys.unwrap(LABEL, subscription.section, subscription.address).decode()
        letter.tries += 1
        try:
            told = compose(letter.id, address, token_of(keys, subscription.id), letter, subscription)
            letter.state = "sent" if await post.deliver(told) else "kept"
        except MailRefusedError:
            letter.state = "failed"
        except OSError as error:
            if letter.tries < MOST_TRIES:
                return error
            letter.state = "failed"
        letter.done_at = work.ctx.now
        return None
