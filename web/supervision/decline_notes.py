"""What who declined wrote for the supervising body: sealed until the marks are published, then a recorded read.

Before that nobody is told, the supervising body neither: a note may say who wrote it, and its seat may be filled again
from the same employer (TBL 37). What cannot wait is told to the supervising body's own telephone, as the reply page says.
"""

from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from expertpool.invitations.queries import declined
from expertpool.invitations.sealing import note_of
from expertpool.invitations.states import DeclineKind
from expertpool.invitations.tables import Invitation
from infra.access.actions import recorded
from infra.access.rules import Read
from trading.evaluation.foresight import section_for
from trading.evaluation.roster import MARKED
from trading.sections.states import SectionState
from web.forms import address
from web.render import page
from web.reply.pages import KINDS
from web.state import Stack
from web.visit import AnyRequest, Visit

OPEN = (*MARKED, SectionState.FAILED)
"""The states of a section in which its notes are open: its committee has ended."""


class Note(NamedTuple):
    """One who declined, by seat: the reason kind's msgid, and the note where there is one and it is open."""

    call: Invitation
    kind: str
    text: str | None


@get(
    "/sections/{tender:str}/{number:str}/decline-notes",
    opt={"audience": "supervisor", "reads": Read.DECLINE_NOTES},
)
async def decline_notes(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The notes by seat once the marks are published or the section has failed; how many there are before."""
    section_id = f"{tender}/{number}"
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.DECLINE_NOTES, section_id, section=section_id) as look:
        section = await section_for(look.session, visit.actor, section_id)
        found = await declined(look.session, section_id)
        is_open = section.state in OPEN
        keys = stack.keys.service
        notes = (
            [Note(one, KINDS[DeclineKind(str(one.decline_kind))], note_of(keys, one)) for one in found]
            if is_open
            else []
        )
        look.region = section.region
        look.facts = {"notes": sum(one.text is not None for one in notes)}
    answer = page(
        visit, "supervision/decline_notes.html", demo=stack.demo, section=section, notes=notes, open=is_open,
        sealed=sum(one.sealed_note is not None for one in found),
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


HANDLERS = [decline_notes]
