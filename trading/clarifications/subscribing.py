"""Who wants to be told of changes 订阅: registered bodies by message, anybody by mail after confirming the address."""

import hmac
import re
from datetime import timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.clarifications.tables import Subscription, SubscriptionLetter
from trading.sections.queries import public_section
from trading.sections.states import SectionState

LABEL, FOUND, TOKEN = "subscription address/v1", "subscription tag/v1", "subscription token/v1"
SEND = "send-subscriptions"
FORGET = "forget-subscriptions"
AGAIN_AFTER = timedelta(hours=1)
_ADDRESS = re.compile(r"[^@\s\x00-\x1f<>,;:\"\\()\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
LETTERS = text("""
INSERT INTO subscription_letters (id, subscription, event, queued_at)
SELECT 'letter-' || replace(gen_random_uuid()::text, '-', ''), id, :event, :now FROM document_subscriptions
WHERE section = :section AND address IS NOT NULL AND confirmed_at IS NOT NULL
RETURNING id
""")


async def subscribe_address(work: Work, keys: KeyService, section_id: str, address: str) -> Subscription:
    """Ask that an address be told of changes: it gets a letter, and nothing more until the link in it is followed.

    An address that is known gets that letter once more, at most once an hour, and no sign of it is shown.
    `subscription.address`, `section.unknown`, `subscription.over`.
    """
    address = address.strip()
    if not _ADDRESS.fullmatch(address):
        raise Problem("subscription.address")
    section = await public_section(work.session, section_id)
    if section.state != SectionState.BIDDING:
        raise Problem("subscription.over", section=section_id)
    tag = keys.tag(FOUND, section_id, address.casefold().encode())
    known = select(Subscription).where(Subscription.section == section_id, Subscription.tag == tag)
    found = (await work.session.execute(known)).scalar_one_or_none()
    if found is None:
        found = Subscription(
            id=work.ctx.new_id("subscription"), section=section_id, region=section.region, tag=tag, asked_at=work.ctx.now,
            address=keys.wrap(LABEL, section_id, address.encode(), work.ctx.random),
        )  # fmt: skip
        work.session.add(found)
        await work.session.flush()
    await _letter(work, found)
    work.record(Event.SUBSCRIPTION_ASKED, found.id, region=found.region)
    return found


async def subscribe_body(work: Work, section_id: str) -> None:
    """Let the acting body be told of changes by message; a second time changes nothing."""
    require(work.ctx.actor, "document.subscribe")
    section = await public_section(work.session, section_id)
    if work.ctx.actor.organisation is None:
        raise Problem("question.bidder")
    made = insert(Subscription).values(
        id=work.ctx.new_id("subscription"), section=section_id, region=section.region, asked_at=work.ctx.now,
        organisation=work.ctx.actor.organisation, confirmed_at=work.ctx.now,
    )  # fmt: skip
    await work.session.execute(made.on_conflict_do_nothing())
    work.record(Event.SUBSCRIPTION_CONFIRMED, section_id, region=section.region)


async def leave_body(work: Work, section_id: str) -> None:
    """Let the acting body be told no more; fetching the document again does not bring the subscription back."""
    require(work.ctx.actor, "document.subscribe")
    section = await public_section(work.session, section_id)
    own = Subscription.section == section_id, Subscription.organisation == work.ctx.actor.organisation
    await work.session.execute(delete(Subscription).where(*own))
    work.record(Event.SUBSCRIPTION_ENDED, section_id, region=section.region)


async def confirm_subscription(work: Work, keys: KeyService, subscription_id: str, token: str) -> str:
    """Confirm an address by the token of its letter; gives the section. `subscription.unknown` for any other pair."""
    found = await find_subscription(work, keys, subscription_id, token)
    found.confirmed_at = found.confirmed_at or work.ctx.now
    work.record(Event.SUBSCRIPTION_CONFIRMED, found.id, region=found.region)
    return found.section


async def end_subscription(work: Work, keys: KeyService, subscription_id: str, token: str) -> str:
    """Forget an address by the token that stands in each of its letters; gives the section."""
    found = await find_subscription(work, keys, subscription_id, token)
    section = found.section
    await work.session.delete(found)
    work.record(Event.SUBSCRIPTION_ENDED, found.id, region=found.region)
    return section


async def find_subscription(work: Work, keys: KeyService, subscription_id: str, token: str) -> Subscription:
    """The subscription whose token this is; `subscription.unknown`."""
    found = None if "\0" in subscription_id else await work.session.get(Subscription, subscription_id)
    if found is None or not hmac.compare_digest(token_of(keys, subscription_id).encode(), token.encode()):
        raise Problem("subscription.unknown")
    return found


def token_of(keys: KeyService, subscription_id: str) -> str:
    """What only the letters to an address know: 32 hexadecimal digits."""
    return keys.tag(TOKEN, subscription_id, b"").hex()[:32]


async def tell_subscribers(work: Work, section_id: str, event: Event) -> None:
    """Queue a letter to every confirmed address of the section; how many there are shows nowhere."""
    asked = {"section": section_id, "event": str(event), "now": work.ctx.now}
    if (await work.session.execute(LETTERS, asked)).all():
        await enqueue(work, SEND)


async def forget_subscribers(work: Work, section_id: str) -> None:
    """Delete every address of a section that has ended, and with it its letters."""
    gone = Subscription.section == section_id, Subscription.address.is_not(None)
    await work.session.execute(delete(Subscription).where(*gone))


async def _letter(work: Work, found: Subscription) -> None:
    """The letter of confirmation, unless one has gone out within the hour: nobody fills a stranger's box."""
    recent = select(SubscriptionLetter.id).where(
        SubscriptionLetter.subscription == found.id,
        SubscriptionLetter.event == Event.SUBSCRIPTION_ASKED,
        SubscriptionLetter.queued_at > work.ctx.now - AGAIN_AFTER,
    )
    if (await work.session.execute(recent.limit(1))).scalar_one_or_none() is not None:
        return
    letter = SubscriptionLetter(
        id=work.ctx.new_id("letter"), subscription=found.id, event=Event.SUBSCRIPTION_ASKED, queued_at=work.ctx.now
    )
    work.session.add(letter)
    await enqueue(work, SEND)
