"""Answering an invitation 答复: yes or no, once, by whoever holds the code, until the window is over."""

from expertpool.draw.tables import Seat
from expertpool.invitations.actions import REPLACE
from expertpool.invitations.queries import invitation_of
from expertpool.invitations.rules import LONGEST_NOTE
from expertpool.invitations.sealing import NOTE, seal_text
from expertpool.invitations.states import LIFE, DeclineKind, InvitationState
from expertpool.invitations.tables import Invitation
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

_I = InvitationState


def holder_of(invitation: Invitation) -> Actor:
    """Who answers: the invitation itself, so that no line says which person it was."""
    return Actor(invitation.id, Role.EXPERT, None, invitation.region)


async def answer(
    work: Work, code: str, *, accepts: bool, kind: str | None = None, note: str = "", keys: KeyService | None = None
) -> None:
    """Accept or decline. The same answer again is no error; one who has accepted may still decline, with a reason.

    `invitation.unknown`; `invitation.over` after the window or where the seat is another's by now; `invitation.answered`
    for another answer; `invitation.kind` without a reason; `invitation.note`. A `note` is sealed with `keys`.
    """
    require(work.ctx.actor, "invitation.answer")
    found = await _held(work, code)
    wanted = _I.ACCEPTED if accepts else _I.DECLINED
    if found.state == wanted:
        return
    await _require_open(work, found, accepts=accepts)
    verb, taken_up = "accept" if accepts else "decline", found.state == _I.ACCEPTED
    if not accepts:
        found.decline_kind = _kind(kind)
        found.sealed_note = _note(work, keys, found, note)
    found.state = LIFE.move(verb, _I(found.state), work.ctx.actor.role)
    found.answered_at = work.ctx.now
    judge = f"J{found.number}"
    told = {} if accepts else {"kind": found.decline_kind}
    work.record(
        Event.INVITATION_ACCEPTED if accepts else Event.INVITATION_DECLINED,
        f"{found.section}#{judge}",
        section=found.section,
        region=found.region,
        judge=judge,
        **told,
    )
    if not accepts:
        await enqueue(work, REPLACE, seat=found.seat, reason=found.state, taken_up=taken_up)


async def _held(work: Work, code: str) -> Invitation:
    found = await invitation_of(work.session, code)
    if found.id != work.ctx.actor.id:
        raise Problem("invitation.unknown")
    await work.session.refresh(found, with_for_update=True)
    return found


async def _require_open(work: Work, found: Invitation, *, accepts: bool) -> None:
    """An answer counts until the window is over; a later no of one who has accepted, until the seat is taken."""
    seat = await work.session.get(Seat, found.seat)
    if seat is None or seat.signed_in_at is not None or found.state in (_I.UNANSWERED, _I.WITHDRAWN):
        raise Problem("invitation.over", ends_at=found.ends_at)
    if found.state == _I.DECLINED or (found.state == _I.ACCEPTED and accepts):
        raise Problem("invitation.answered", state=found.state)
    if found.state == _I.SENT and work.ctx.now >= found.ends_at:
        raise Problem("invitation.over", ends_at=found.ends_at)


def _kind(kind: str | None) -> DeclineKind:
    try:
        return DeclineKind(kind or "")
    except ValueError as error:
        raise Problem("invitation.kind") from error


def _note(work: Work, keys: KeyService | None, found: Invitation, note: str) -> bytes | None:
    if not note.strip() or keys is None:
        return None
    if not is_written(note, LONGEST_NOTE):
        raise Problem("invitation.note", most=LONGEST_NOTE)
    return seal_text(keys, NOTE, found.id, note.strip(), work.ctx)
