"""Feedback on a committee 评委评价: centre, agent and purchaser rate each judge by number, and report events of TBR 71."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.appraisal.queries import ratings_by
from expertpool.appraisal.rules import LEAST, MOST, QUESTIONS
from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.evaluation.appraising import rate, report
from trading.evaluation.foresight import section_for
from trading.evaluation.queries import seats_of
from trading.evaluation.roster import MARKED
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

RATERS = {"audience": ("agent", "centre", "procuring")}
ASKED = {
    "punctual": N_("Came in time and stayed"),
    "competent": N_("Knew the subject"),
    "impartial": N_("Judged by the tender document alone"),
    "diligent": N_("Read and reasoned with care"),
}
EVENTS = {
    "no-recusal": N_("Did not step aside though bound to step aside"),
    "absence": N_("Stayed away or left without need"),
    "off-criteria": N_("Marked by other criteria than those of the tender document"),
    "private-contact": N_("Met a bidder in private or took a favour"),
    "not-rejected": N_("Did not reject a bid that had to be rejected"),
    "leading": N_("Prompted or led a bidder's clarification"),
}


@get("/sections/{tender:str}/{number:str}/panel/rating", opt=RATERS)
async def rating(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What one's own body has said, and the forms for the rest."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/panel/rating", opt=RATERS, status_code=303)
async def given(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Rate one judge, or report an event (`kind`)."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await _give(work, stack, section_id, form)
        return Redirect(visit.url(f"/sections/{section_id}/panel/rating"), status_code=303)
    except Problem as problem:
        form.refuse(problem, {"appraisal.account": "private_account", "rating.words": "words"}.get(problem.code))
        return await _show(visit, stack, section_id, form)


async def _give(work: Work, stack: Stack, section_id: str, form: Form) -> None:
    judge = _number(form.value("judge"), 999)
    if form.value("kind"):
        account = form.value("private_account")
        return await report(work, stack.keys.service, section_id, judge, form.value("kind"), account)
    marks = {name: _number(form.value(f"{name}-{judge}"), MOST) for name in QUESTIONS}
    return await rate(work, section_id, judge, marks, form.value(f"words-{judge}"))


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, section_id)
        seats = await seats_of(session, section_id)
        said = await ratings_by(session, section_id, visit.actor.organisation or "")
    return page(
        visit, "procurement/rating.html", demo=stack.demo, status=form.status, form=form, section=section,
        seats=[seat for seat in seats if seat.vacant_since is None and seat.kind == "expert"],
        said=said, asked=ASKED, events=EVENTS,
        scale=range(LEAST, MOST + 1), open=section.state in MARKED,
    )  # fmt: skip


def _number(text: str, most: int) -> int:
    """A small whole number; 0, which nothing here admits, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= most else 0


HANDLERS = [rating, given]
