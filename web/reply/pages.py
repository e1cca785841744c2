"""Answering an invitation on a phone (screen 38): the code in the body of a form only, never in an address."""

import time
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.draw.tables import Seat
from expertpool.invitations.answering import answer, holder_of
from expertpool.invitations.queries import OPEN, invitation_of
from expertpool.invitations.states import DeclineKind, InvitationState
from expertpool.invitations.tables import Invitation
from infra.kernel.problems import Problem
from web.account.visitors import visitors_page
from web.forms import Fields, Form, typed
from web.i18n import N_
from web.limits import client_of
from web.reply.guessing import Guesses
from web.state import Stack
from web.visit import AnyRequest, Visit

PUBLIC = {"audience": "public"}
CODE, NOTE = "private_code", "private_note"
"""Fields that are never kept where a session ends."""
KINDS = {
    DeclineKind.ILL: N_("I am ill"),
    DeclineKind.AWAY: N_("I am out of town"),
    DeclineKind.CONFLICT: N_("I may have a conflict of interest"),
    DeclineKind.BUSY: N_("I have other duties"),
    DeclineKind.OTHER: N_("Another reason"),
}
OUTCOMES = ("accepted", "declined")
_guesses = Guesses()


@get("/reply", opt=PUBLIC, sync_to_thread=False)
def ask(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The form for the code; a script fills in what stands behind `#` in the message's link."""
    return _ask(visit, stack, Form(visit.language, {}))


@post("/reply", opt=PUBLIC, status_code=200)
async def look(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """The invitation of a code: time, place, until when to answer; the page is the answer itself."""
    form = typed(visit, data)
    try:
        found, holds = await _found(request, stack, form)
    except Problem as problem:
        form.refuse(problem, CODE)
        return _ask(visit, stack, form)
    return _call(visit, stack, form, found, holds=holds)


@post("/reply/answer", opt=PUBLIC, status_code=303)
async def reply(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Accept or decline. No network address is kept: the line would lead to the person."""
    form = typed(visit, data)
    try:
        found, holds = await _found(request, stack, form)
    except Problem as problem:
        form.refuse(problem, CODE)
        return _ask(visit, stack, form)
    accepts = form.value("answer") == "yes"
    try:
        async with stack.database.work(holder_of(found)) as work:
            await answer(
                work, form.value(CODE), accepts=accepts, kind=form.value("kind"), note=form.value(NOTE),
                keys=stack.keys.service,
            )  # fmt: skip
    except Problem as problem:
        form.refuse(problem, {"invitation.kind": "kind", "invitation.note": NOTE}.get(problem.code))
        return _call(visit, stack, form, found, holds=holds)
    return Redirect(
        visit.url(f"/reply/{OUTCOMES[not accepts]}"), status_code=303, headers={"Cache-Control": "no-store"}
    )


@get("/reply/{outcome:str}", opt=PUBLIC, sync_to_thread=False)
def done(outcome: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """What somebody reads who has answered; it is the same for everybody."""
    if outcome not in OUTCOMES:
        raise Problem("page.unknown", path=visit.path)
    return _page(visit, stack, "reply/done.html", Form(visit.language, {}), outcome=outcome)


async def _found(request: AnyRequest, stack: Stack, form: Form) -> tuple[Invitation, bool]:
    """The invitation of the typed code and whether its seat still waits for its holder; guessing is held up."""
    client = client_of(request.scope)
    _guesses.require(client, time.monotonic())
    async with stack.database.reading() as session:
        try:
            found = await invitation_of(session, form.value(CODE))
        except Problem:
            _guesses.count(client, time.monotonic())
            raise
        seat = await session.get(Seat, found.seat)
    return found, seat is not None and seat.signed_in_at is None


def _ask(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    return _page(visit, stack, "reply/code.html", form)


def _call(visit: Visit, stack: Stack, form: Form, found: Invitation, *, holds: bool) -> Response[str]:
    waits = found.state == InvitationState.SENT and visit.now < found.ends_at
    stands: Mapping[str, bool] = {
        "waits": holds and waits,
        "accepted": holds and found.state == InvitationState.ACCEPTED,
        "declined": found.state == InvitationState.DECLINED,
        "over": not (holds and (waits or found.state in OPEN[1:])) and found.state != InvitationState.DECLINED,
    }
    kinds = [("", N_("Choose a reason")), *KINDS.items()]
    return _page(visit, stack, "reply/call.html", form, call=found, stands=stands, kinds=kinds)


def _page(visit: Visit, stack: Stack, template: str, form: Form, **facts: Any) -> Response[str]:
    return visitors_page(visit, stack, template, status=form.status, facts={"form": form, **facts})


HANDLERS = [ask, look, reply, done]
