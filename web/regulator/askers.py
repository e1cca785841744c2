"""Who asked and who objected before the deadline: for supervising bodies, once the section is closed (TBL 22)."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.access.actions import recorded
from infra.access.rules import Read
from trading.audit.queries import PAGE
from trading.audit.sections import section_of
from trading.clarifications.fetching import read_askers
from trading.clarifications.states import QuestionKind, QuestionState
from web.forms import address
from web.i18n import N_
from web.regulator.asking import AUDITORS
from web.regulator.words import TABS
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

KINDS = {QuestionKind.QUESTION: N_("Question"), QuestionKind.OBJECTION: N_("Objection")}
STATES = {
    QuestionState.ASKED: N_("Not answered"),
    QuestionState.PREPARED: N_("Answer was prepared, not published"),
    QuestionState.PUBLISHED: N_("Answered to everybody"),
    QuestionState.REFUSED: N_("Returned"),
}


@get("/audit/sections/{tender:str}/{number:str}/askers", opt={**AUDITORS, "reads": Read.ASKERS})
async def askers(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """Every question and objection with the body that raised it, in order (`?page=`); before the closing refused."""
    section_id, turn = f"{tender}/{number}", _turn(visit)
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.ASKERS, section_id, section=section_id) as look:
        section = await section_of(look.session, section_id)
        look.region = section.region
        found = await read_askers(look.work, section_id, (turn - 1) * PAGE, PAGE + 1)
        look.facts = {"questions": sorted(question.id for question, _ in found[:PAGE])}
    return page(
        visit,
        "regulator/askers.html",
        demo=stack.demo,
        section=section,
        found=found[:PAGE],
        earlier=visit.varied(page=str(turn - 1)) if turn > 1 else None,
        later=visit.varied(page=str(turn + 1)) if len(found) > PAGE else None,
        kinds=KINDS,
        states=STATES,
        tabs=TABS,
    )


def _turn(visit: Visit) -> int:
    asked = dict(visit.asked).get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


HANDLERS = [askers]
