"""What the draw room shows of the newest attempt beside its phases: proofs, counts, invitations by seat."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.invitations.queries import calls_of, meeting_of
from expertpool.invitations.sending import NO_ADDRESS, NOBODY
from expertpool.invitations.states import InvitationState
from expertpool.recusal.tables import PanelRequest
from infra.kernel.channels import draw_channel
from infra.live import cursor_of
from trading.evaluation.draw_room import Listed, proofs_of
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
UNREACHED = {
    NO_ADDRESS: N_("no number and no address: only the expert's own page shows it"),
    NOBODY: N_("nobody can be reached by the system"),
}
CHANNELS = {"sms": N_("text message"), "voice": N_("call"), "mail": N_("mail")}
PARTIES = {"agent": N_("Agent"), "centre": N_("Trading centre"), "supervisor": N_("Supervising body")}
AWAITED = (InvitationState.SENT,)
PATIENT = 60
"""Seconds until the page asks again while somebody's answer is awaited: a second would tell who just looked at a phone."""
NARROW = 3
"""Fewer employers than so many for each seat make whoever is drawn easy to guess for those who know the trade (leak 16)."""
GOING = (DrawState.ORDERED, DrawState.FROZEN, DrawState.COMMITTED, DrawState.REVEALED)


async def room_of(session: AsyncSession, section: Section, draws: list[Draw], seats: list[Seat]) -> dict[str, Any]:
    """What the page shows of the newest attempt beside its phases: proofs, counts, and invitations by seat."""
    draw = draws[0] if draws else None
    proofs = None if draw is None else await proofs_of(session, draw)
    calls = await calls_of(session, seats)
    meeting = None if draw is None else await meeting_of(session, draw.id)
    asked = None if draw is None else await session.get(PanelRequest, draw.id)
    return {
        "proofs": proofs,
        "narrow": narrow(proofs.lists) if proofs else [],
        "meeting": meeting,
        "asked": asked,
        "calls": calls,
        "pace": PATIENT if any(one.state is InvitationState.SENT for one in calls.values()) else LATER,
        "call_names": CALLS,
        "message_names": MESSAGES,
        "unreached": UNREACHED,
        "nobody": [number for number, one in sorted(calls.items()) if one.why == NOBODY and one.state in AWAITED],
        "channel_names": CHANNELS,
        "party_names": PARTIES,
        "may_order": draw is not None and draw.state == DrawState.REQUESTED,
        "may_call": draw is not None and draw.ordered_at is not None and meeting is None and _awaits(draw, seats),
        "draw_channel": draw_channel(section.id),
        "draw_cursor": await cursor_of(session, draw_channel(section.id)),
    }


def narrow(lists: Sequence[Listed]) -> list[Listed]:
    """Those lists in which few employers stand behind a seat; they are drawn from all the same."""
    return [one for one in lists if one.employers < NARROW * one.quota]


def _awaits(draw: Draw, seats: list[Seat]) -> bool:
    """Whether the draw still seats somebody who can be invited: it runs, or one of those it drew has not signed in."""
    if draw.state != DrawState.REVEALED:
        return draw.state in GOING
    return any(one.draw == draw.id and one.signed_in_at is None and one.vacant_since is None for one in seats)
