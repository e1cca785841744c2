"""Suspending, removing and admitting an expert again, and the yearly appraisal: each with its ground and its reason."""

from datetime import datetime
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.experts.life import move
from expertpool.experts.register import appraisals_due, expert_of
from expertpool.experts.sealing import name_of
from expertpool.experts.states import ExpertState
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.registration.rules import checked_day, end_of
from infra.kernel.problems import Problem
from web.expertpool.words import pool_words
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.law import cited
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool", "reads": Read.EXPERT}
FIELD_OF = {"expert.reason": "private_reason", "expert.basis": "basis", "expert.until": "until"}


class Act(NamedTuple):
    """One thing that may be done to an expert's standing: the verb of its life, the words of its page."""

    verb: str
    title: str
    button: str
    consequence: str
    basis: str


ACTS = {
    "suspension": Act(
        "suspend",
        N_("Suspend"),
        N_("Suspend the expert"),
        N_(
            "The expert cannot be drawn from now on. Whoever is drawn already stays drawn. The step "
            "stands in the public log for good, without the name."
        ),
        "TBR 71",
    ),
    "resumption": Act(
        "resume",
        N_("End the suspension"),
        N_("End the suspension"),
        N_("The expert can be drawn again from now on."),
        "TBR 71",
    ),
    "removal": Act(
        "remove",
        N_("Remove from the pool"),
        N_("Remove the expert"),
        N_(
            "The expert leaves the pool. The way back is a new application that two people review. The "
            "step stands in the public log for good, without the name."
        ),
        "TBR 71",
    ),
    "readmission": Act(
        "readmit",
        N_("Admit again"),
        N_("Admit the expert again"),
        N_(
            "The entry had lapsed for want of an appraisal. The expert can be drawn again from now on, "
            "and the entry is good for another year."
        ),
        "26号令",
    ),
    "appraisal": Act(
        "appraise",
        N_("Yearly appraisal"),
        N_("Passed: good for another year"),
        N_("The entry is good for another year from today. Without an appraisal in time it lapses by itself."),
        "26号令",
    ),
}


@get("/pool/appraisals", opt={**POOL, "reads": Read.EXPERTS})
async def appraisals_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The experts whose appraisal is due within fifteen days."""
    number = dict(visit.asked).get("page", "1")
    at = int(number) if number.isdecimal() and len(number) < 6 else 1
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERTS, "/pool/appraisals") as look:
        due = await appraisals_due(look.session, visit.actor, visit.now, at)
        look.facts["shown"] = len(due.items)
    names = {one.id: name_of(stack.keys.service, one) for one in due.items}
    return page(visit, "expertpool/appraisals.html", demo=stack.demo, due=due, names=names, **pool_words())


@get("/pool/{expert:str}/standing/{act:str}", opt=POOL)
async def act_form(
    expert: FromPath[str],
    act: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The form of one act, with what follows from it."""
    form = await begin(stack, visit, {"basis": cited(_act(act).basis, visit.language)})
    return await _show(request, visit, stack, expert, act, form)


@post("/pool/{expert:str}/standing/{act:str}", opt=POOL, status_code=303)
async def acting(
    expert: FromPath[str],
    act: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Do it. Somebody removed comes back through an application alone: `expert.re-entry`."""
    wanted, form = _act(act), typed(visit, data)
    try:
        until = _until(form) if wanted.verb == "suspend" else None
        async with stack.database.work(visit.actor, address(request)) as work:
            found = await expert_of(work.session, visit.actor, expert)
            if wanted.verb == "readmit" and found.state == ExpertState.REMOVED:
                raise Problem("expert.re-entry")
            told = {"basis": form.value("basis"), "reason": form.value("private_reason")}
            await move(work, expert, wanted.verb, **told, until=until)
        return Redirect(visit.url(f"/pool/{expert}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELD_OF.get(problem.code, "until" if problem.code == "registration.day" else None))
    return await _show(request, visit, stack, expert, act, form)


HANDLERS = [appraisals_page, act_form, acting]


async def _show(request: AnyRequest, visit: Visit, stack: Stack, expert_id: str, act: str, form: Form) -> Response[str]:
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERT, expert_id) as look:
        found = await expert_of(look.session, visit.actor, expert_id)
    facts = {"expert": found, "name": name_of(stack.keys.service, found), "act": _act(act), "path": act, "form": form}
    return page(visit, "expertpool/standing.html", demo=stack.demo, status=form.status, **facts, **pool_words())


def _act(name: str) -> Act:
    if name not in ACTS:
        raise Problem("page.unknown", path=name[:40])
    return ACTS[name]


def _until(form: Form) -> datetime | None:
    """The end of the last day of a suspension, where one is set."""
    return end_of(checked_day(form.value("until"))) if form.value("until").strip() else None
