"""Sending invitations: one channel after the other, each tried with growing pauses, every state kept."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from expertpool.experts.contact import contact_of
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import DISPATCH
from expertpool.invitations.queries import CALL, CANCEL
from expertpool.invitations.rules import CHANNELS, next_try
from expertpool.invitations.sealing import Sealed, code_of, expert_of, message_of, seal_message
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Dispatch, Invitation
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.gateways import Gateway, Handed, Outcome, Parcel
from infra.jobs import enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers import schedule

AGAIN = "dispatch.again"
REFUSED, SILENT, UNDELIVERED = "refused", "gateway-silent", "undelivered"
NO_ADDRESS, NOBODY = "no-address", "nobody"
"""Why a message without an address cannot go out: there is an account that shows the call, or not even that."""

Compose = Callable[[Invitation, str | None], tuple[str, str]]
"""Subject and text of the message that carries an invitation and its code, or, without a code, that takes it back."""


class Due(NamedTuple):
    """A message to be handed over now, by which channel, and why it failed should the gateway refuse it for good."""

    channel: str
    parcel: Parcel
    refused: str = REFUSED


async def dispatch(
    database: Database,
    keys: KeyService,
    gateways: Mapping[str, Gateway],
    compose: Compose,
    invitation: str,
    purpose: str = CALL,
) -> None:
    """Hand over the message of an invitation if one is due; after a crash in between once more, under the same id."""
    async with database.work(SYSTEM) as work:
        due = await claim(work, keys, gateways, compose, invitation, purpose)
    if due is None:
        return
    handed = await gateways[due.channel].hand(due.parcel)
    async with database.work(SYSTEM) as work:
        await settle(work, due.parcel.id, handed, due.refused)


async def claim(
    work: Work,
    keys: KeyService,
    channels: Collection[str],
    compose: Compose,
    invitation_id: str,
    purpose: str = CALL,
) -> Due | None:
    """The message that is due, its try counted and the next one timed; None where nothing is to be sent any more.

    The row stays queued until the gateway has answered: a process that dies in between is followed by the next try.
    """
    require(work.ctx.actor, "expert.invite")
    found = await work.session.get_one(Invitation, invitation_id, with_for_update=True)
    if not _wanted(found, purpose, work.ctx.now):
        return None
    subject, text = compose(found, code_of(keys, found) if purpose == CALL else None)
    current = await _current(work, keys, channels, found, purpose, text)
    if current is None or current.next_at is None or current.next_at > work.ctx.now:
        return None
    current.tries += 1
    current.next_at = next_try(current.tries, work.ctx.now) or work.ctx.now
    await schedule(work, current.next_at, AGAIN, f"{current.id}/{current.tries}")
    to = message_of(keys, current).to
    refused = REFUSED if to else await _without_address(work, keys, found)
    return Due(current.channel, Parcel(current.id, to, subject, text), refused)


async def settle(work: Work, dispatch_id: str, handed: Handed, refused: str = REFUSED) -> None:
    """Keep what became of a try: taken, kept, `refused` and so the next channel's turn, or to be tried again."""
    found = await work.session.get_one(Dispatch, dispatch_id, with_for_update=True)
    if found.state != "queued":
        return
    if handed.outcome in (Outcome.SENT, Outcome.KEPT):
        found.gateway_ref = handed.ref
        _close(work, found, str(handed.outcome))
    elif handed.outcome is Outcome.REFUSED:
        await _give_up(work, found, refused)
    elif next_try(found.tries, work.ctx.now) is None:
        await _give_up(work, found, SILENT)


async def delivered(work: Work, channel: str, ref: str, *, arrived: bool) -> None:
    """What a gateway says later: arrived, or not, and then the next channel is taken. An unknown reference is nothing."""
    known = select(Dispatch).where(Dispatch.channel == channel, Dispatch.gateway_ref == ref, Dispatch.state == "sent")
    for found in (await work.session.execute(known.with_for_update())).scalars():
        if arrived:
            _close(work, found, "delivered")
        else:
            await _give_up(work, found, UNDELIVERED)


async def again(work: Work, subject: str) -> None:
    """The effect of a pause that is over, `<dispatch>/<try>`: a job tries once more, if there is anything to do."""
    found = await work.session.get(Dispatch, subject.partition("/")[0])
    if found is not None and found.state == "queued":
        await enqueue(work, DISPATCH, invitation=found.invitation, purpose=found.purpose)


def _wanted(found: Invitation, purpose: str, now: datetime) -> bool:
    """A call goes out while it can be answered; that it is withdrawn, once it is."""
    if purpose == CANCEL:
        return found.state == InvitationState.WITHDRAWN
    return found.state == InvitationState.SENT and now < found.ends_at


async def _current(
    work: Work, keys: KeyService, channels: Collection[str], invitation: Invitation, purpose: str, text: str
) -> Dispatch | None:
    """The message under way, or one on the next channel where the one before has failed; None where no channel is left."""
    newest = select(Dispatch).where(Dispatch.invitation == invitation.id, Dispatch.purpose == purpose)
    newest = newest.order_by(Dispatch.turn.desc()).limit(1).with_for_update()
    found = (await work.session.execute(newest)).scalar_one_or_none()
    if found is not None and found.state != "failed":
        return found
    turn = 0 if found is None else found.turn + 1
    ways = await _ways(work, keys, channels, invitation)
    if turn >= len(ways):
        return None
    channel, to = ways[turn]
    return _queue(work, keys, invitation, (purpose, turn, channel), Sealed(to, text))


async def _ways(
    work: Work, keys: KeyService, channels: Collection[str], invitation: Invitation
) -> list[tuple[str, str]]:
    """Channels in turn with the address on each; one without an address where there is no contact at all."""
    contact = contact_of(keys, await work.session.get_one(Expert, expert_of(keys, invitation)))
    addresses = dict(zip(CHANNELS, (contact.phone, contact.phone, contact.email), strict=True))
    served = [(channel, addresses[channel]) for channel in CHANNELS if channel in channels]
    return [(channel, to) for channel, to in served if to] or served[:1]


async def _without_address(work: Work, keys: KeyService, invitation: Invitation) -> str:
    expert = await work.session.get_one(Expert, expert_of(keys, invitation))
    return NOBODY if expert.account is None else NO_ADDRESS


def _queue(
    work: Work, keys: KeyService, invitation: Invitation, way: tuple[str, int, str], message: Sealed
) -> Dispatch:
    known, (purpose, turn, channel) = work.ctx.new_id("dispatch"), way
    made = Dispatch(
        id=known,
        region=invitation.region,
        invitation=invitation.id,
        purpose=purpose,
        turn=turn,
        channel=channel,
        sealed=seal_message(keys, known, message, work.ctx),
        state="queued",
        tries=0,
        next_at=work.ctx.now,
    )
    work.session.add(made)
    return made


async def _give_up(work: Work, found: Dispatch, why: str) -> None:
    found.why = why
    _close(work, found, "failed")
    await enqueue(work, DISPATCH, invitation=found.invitation, purpose=found.purpose)


def _close(work: Work, found: Dispatch, state: str) -> None:
    found.state, found.next_at = state, None
    work.record(Event.DISPATCH_SETTLED, found.id, region=found.region, channel=found.channel, state=state)
