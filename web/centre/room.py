"""What the draw room shows of the newest attempt beside its phases: proofs, counts, invitations by seat."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.invitations.queries import calls_of, meeting_of
from expertpool.invitations.states import InvitationState
from expertpool.recusal.tables import PanelRequest
from infra.kernel.channels import draw_channel
from infra.live import cursor_of
from trading.evaluation.draw_room import proofs_of
from trading.sections.tables import Section
from web.i18n import N_
from web.procurement.panel import LATER

CALLS = {
    InvitationState.SENT: N_("invited, no answer yet"),
    InvitationState.ACCEPTED: N_("accepted"),
    InvitationState.DECLINED: N_("declined"),
    InvitationState.UNANSWERED: N_("did not answer"),
    InvitationState.WITHDRAWN: N_("withdrawn"),
}
MESSAGES = {
    "queued": N_("waiting to be sent"),
    "sent": N_("handed over"),
    "delivered": N_("delivered"),
    "kept": N_("kept here, nothing leaves"),
    "failed": N_("not delivered"),
}
CHANNELS = {"sms": N_("text message"), "voice": N_("call"), "mail": N_("mail")}
PARTIES = {"agent": N_("Agent"), "centre": N_("Trading centre"), "supervisor": N_("Supervising body")}
PATIENT = 60
"""Seconds until the page asks again while somebody's answer is awaited: a second would tell who just looked at a phone."""
GOING = (DrawState.ORDERED, DrawState.FROZEN, DrawState.COMMITTED, DrawState.REVEALED)


async def room_of(session: AsyncSession, section: Section, draws: list[Draw], seats: list[Seat]) -> dict[str, Any]:
    """What the page shows of the newest attempt beside its phases: proofs, counts, and invitations by seat."""
    draw = draws[0] if draws else None
    calls = await calls_of(session, seats)
    meeting = None if draw is None else await meeting_of(session, draw.id)
    asked = None if draw is None else await session.get(PanelRequest, draw.id)
    return {
        "proofs": None if draw is None else await proofs_of(session, draw),
        "meeting": meeting,
        "asked": asked,
        "calls": calls,
        "pace": PATIENT if any(one.state is InvitationState.SENT for one in calls.values()) else LATER,
        "call_names": CALLS,
        "message_names": MESSAGES,
        "channel_names": CHANNELS,
        "party_names": PARTIES,
        "may_order": draw is not None and draw.state == DrawState.REQUESTED,
        "may_call": draw is not None and draw.ordered_at is not None and meeting is None and draw.state in GOING,
        "draw_channel": draw_channel(section.id),
        "draw_cursor": await cursor_of(session, draw_channel(section.id)),
    }
