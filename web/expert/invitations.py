"""An expert's own invitations: when, where, until when to answer and how each stands; never for which project.

Looking is recorded nowhere with a section: a line of this account beside one would tell who is to judge it (leak 9).
"""

from datetime import datetime
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency

from expertpool.invitations.queries import own_invitations
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Invitation
from web.expert.draws import own_entry
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import Visit

OWN = {"audience": "expert"}
WAITING, COMING, PAST = "waiting", "coming", "past"
SHOW = {"": N_("All"), WAITING: N_("To be answered"), COMING: N_("To come"), PAST: N_("Over")}
"""Which invitations are shown, by what stands in the address."""


class Shown(NamedTuple):
    """One invitation as it stands now: a msgid and a tone, and whether it can still be answered."""

    call: Invitation
    told: str
    tone: str
    open: bool


@get("/expert/invitations", opt=OWN)
async def invitations(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Own invitations of a year, the newest first; the code that answers one stands in its message alone."""
    asked = dict(visit.asked)
    show = asked.get("show", "") if asked.get("show", "") in SHOW else ""
    async with stack.database.reading() as session:
        expert = await own_entry(session, visit)
        found, before = await own_invitations(
            session, stack.keys.service, expert, visit.now, show, _instant(asked.get("before", ""))
        )
    answer = page(
        visit,
        "expert/invitations.html",
        demo=stack.demo,
        shown=[standing_of(one, visit.now) for one in found],
        show=show,
        filters=[(value, words, visit.varied(show=value or None, before=None)) for value, words in SHOW.items()],
        older=visit.varied(before=before.isoformat()) if before else None,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def standing_of(call: Invitation, now: datetime) -> Shown:
    """How an invitation stands at a moment, in words for whoever got it."""
    state = InvitationState(call.state)
    if state is InvitationState.SENT:
        waits = now < call.ends_at
        told, tone = (N_("Waiting for your answer"), " tag--warn") if waits else (N_("Not answered in time"), "")
        return Shown(call, told, tone, waits)
    if state is InvitationState.ACCEPTED:
        return Shown(call, N_("You have accepted"), " tag--ok", now < call.meet_at)
    told = {
        InvitationState.DECLINED: N_("You have declined"),
        InvitationState.UNANSWERED: N_("Not answered in time"),
        InvitationState.WITHDRAWN: N_("Withdrawn: you need not come"),
    }[state]
    return Shown(call, told, "", open=False)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


HANDLERS = [invitations]
