"""The jobs of invitations, joined: when and where to, in which words, and by which gateways."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from expertpool.draw.reveal import INVITE
from expertpool.draw.tables import Draw
from expertpool.invitations import sending
from expertpool.invitations.actions import CALL_OFF, DISPATCH, REPLACE, call_off, invite_seats, withdraw_left
from expertpool.invitations.places import Remote
from expertpool.invitations.queries import CALL, meeting_of
from expertpool.invitations.rules import call_at, in_groups
from expertpool.invitations.states import Replaced
from expertpool.invitations.tables import Invitation
from infra.gateways import Gateway, HttpGateway, Kept, MailGateway
from infra.jobs import Task
from infra.kernel.context import SYSTEM
from infra.mail import SmtpPost
from infra.settings import Settings
from trading.evaluation.removed import replace_removed
from trading.evaluation.seating import replace_unwilling
from web.i18n import N_, Language, catalogue, moment, utc_offset
from web.state import Stack

SUBJECT = N_("Invitation to evaluate")
TEXT = N_(
    "You are invited to evaluate. Be there: %(at)s, %(place)s. Reply code %(code)s; answer by %(until)s at %(where)s. "
    "Tell nobody of this message."
)
OFF_SUBJECT = N_("Invitation to evaluate withdrawn")
OFF_TEXT = N_(
    "You need not come: the invitation to evaluate on %(at)s, %(place)s is withdrawn, and its reply code is void. "
    "Tell nobody of this message."
)


def invitation_tasks(stack: Stack) -> dict[str, Task]:
    """What the job queue's names of invitations do."""
    service, gateways = stack.keys.service, gateways_of(stack.settings)

    def compose(invitation: Invitation, code: str | None) -> tuple[str, str]:
        return withdrawal(invitation) if code is None else message(invitation, code, stack.settings.origin)

    async def send(payload: dict[str, Any]) -> None:
        purpose = payload.get("purpose", CALL)
        await sending.dispatch(stack.database, service, gateways, compose, payload["invitation"], purpose)

    async def end(payload: dict[str, Any]) -> None:
        async with stack.database.work(SYSTEM) as work:
            await call_off(work, payload["section"])

    async def replace(payload: dict[str, Any]) -> None:
        async with stack.database.work(SYSTEM) as work:
            reason, taken_up = Replaced(payload["reason"]), payload.get("taken_up", True)
            await replace_unwilling(work, stack.keys, payload["seat"], reason, taken_up=taken_up)

    return {
        INVITE: lambda payload: invite(stack, payload["draw"]),
        DISPATCH: send,
        REPLACE: replace,
        CALL_OFF: end,
    }


async def invite(stack: Stack, draw_id: str) -> None:
    """Invite whoever was drawn and is not invited yet, where the centre has fixed time and place; else nobody."""
    async with stack.database.work(SYSTEM) as work:
        meeting = await meeting_of(work.session, draw_id)
        if meeting is None:
            draw = await work.session.get_one(Draw, draw_id)
            await withdraw_left(work, draw.section)
            return
        window = timedelta(seconds=meeting.window)
        remote = [Remote(*one) for one in meeting.remote]
        call = call_at(work.ctx.now, meeting.meet_at, meeting.place, window, remote)
        await replace_removed(work, stack.keys, draw_id)
        await invite_seats(work, stack.keys, draw_id, call)


def gateways_of(settings: Settings) -> Mapping[str, Gateway]:
    """By channel, the ways by which invitations leave; in a demonstration, or where none is set, they are kept."""
    if settings.mode == "demo":
        return {"sms": Kept()}
    found: dict[str, Gateway] = {name: HttpGateway(address) for name, address in settings.gateways.items()}
    if settings.mail is not None:
        found["mail"] = MailGateway(SmtpPost(settings.mail))
    return found or {"sms": Kept()}


def message(invitation: Invitation, code: str, origin: str) -> tuple[str, str]:
    """Subject and text in Chinese: time, place, code and where to answer; no project, no other name (leak 7).

    The code stands behind `#` in the address, which a browser sends to nobody.
    """
    text = catalogue(Language.ZH).gettext
    told = {
        "at": _at(invitation.meet_at),
        "place": invitation.place,
        "code": in_groups(code),
        "until": _at(invitation.ends_at),
        "where": f"{origin}/reply#{code}",
    }
    return text(SUBJECT), text(TEXT) % told


def withdrawal(invitation: Invitation) -> tuple[str, str]:
    """Subject and text in Chinese that take an invitation back: neither why nor for what (leak 7)."""
    text = catalogue(Language.ZH).gettext
    return text(OFF_SUBJECT), text(OFF_TEXT) % {"at": _at(invitation.meet_at), "place": invitation.place}


def _at(instant: datetime) -> str:
    return f"{moment(instant, Language.ZH)} {utc_offset(instant)}"
