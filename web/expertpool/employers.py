"""The bodies experts work for, at the pool office: a list, what became of each, and the act of renaming or merging one."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.directory.employers import LONGEST_NAME, Step, bodies, body_of, merge, rename
from expertpool.directory.search import LONGEST
from infra.auth.keys import KeyService
from infra.auth.registration.rules import checked_day
from infra.db.work import Work
from infra.kernel.problems import Problem
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}
KINDS = {"renamed": N_("Renamed"), "merged": N_("Merged into another body")}
FIELDS = {
    "employer.name": "target",
    "employer.same": "target",
    "organisation.credit-code": "target",
    "employer.unknown": "target",
    "employer.day": "holds_from",
    "registration.day": "holds_from",
    "expert.reason": "reason",
}


class Act(NamedTuple):
    """What may have become of a body: the words of its page and the use-case."""

    title: str
    target: str
    hint: str
    consequence: str
    do: Callable[[Work, KeyService, str, str, Step], Awaitable[int]]


ACTS = {
    "renaming": Act(
        N_("Enter a new name"),
        N_("New name"),
        N_("As the business licence says it."),
        N_(
            "Each of its experts in your region gets a further version with the new name, which stands in the public log "
            "as a hash. What was drawn stays as it is."
        ),
        rename,
    ),
    "merger": Act(
        N_("Enter a merger"),
        N_("Credit code of the body it was merged into"),
        N_("That body must be known to the pool already."),
        N_(
            "From now on its experts in your region count as those of the other body: no two of them sit on one "
            "committee. The former employer stays a tie of each for three years. A pool that is frozen already is drawn as "
            "it was frozen. It cannot be taken back, only followed by another entry."
        ),
        merge,
    ),
}


@get("/pool/employers", opt=POOL)
async def employer_list(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One page of the bodies for which experts of the region work."""
    asked = {name: text[:LONGEST].replace("\0", "").strip() for name, text in visit.asked}
    words, after = asked.get("words", ""), asked.get("after", "")
    async with stack.database.reading(visit.actor) as session:
        found = await bodies(session, visit.actor.region or "", words=words, after=after)
    following = visit.varied(after=found.following) if found.following else None
    facts: dict[str, Any] = {
        "filters": Form(visit.language, {"words": words}),
        "found": found,
        "following": following,
        "after": after,
    }
    return page(visit, "expertpool/employers.html", demo=stack.demo, **facts)


@get("/pool/employers/{code:str}", opt=POOL)
async def employer_page(
    code: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One body: how many experts work for it, and what became of it."""
    async with stack.database.reading(visit.actor) as session:
        body, changes = await body_of(session, visit.actor.region or "", code)
    facts: dict[str, Any] = {"body": body, "changes": changes, "kinds": KINDS, "acts": ACTS}
    return page(visit, "expertpool/employer.html", demo=stack.demo, **facts)


@get("/pool/employers/{code:str}/{act:str}", opt=POOL)
async def act_form(
    code: FromPath[str], act: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of one act, with what follows from it."""
    return await _show(visit, stack, code, act, await begin(stack, visit))


@post("/pool/employers/{code:str}/{act:str}", opt=POOL, status_code=303)
async def acting(
    code: FromPath[str],
    act: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Enter it: every expert of the region goes along in one transaction."""
    wanted, form = _act(act), typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await body_of(work.session, visit.actor.region or "", code)
            step = Step(form.value("reason"), checked_day(form.value("holds_from")))
            await wanted.do(work, stack.keys.service, code, form.value("target"), step)
        return Redirect(visit.url(f"/pool/employers/{code}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
    return await _show(visit, stack, code, act, form)


HANDLERS = [employer_list, employer_page, act_form, acting]


async def _show(visit: Visit, stack: Stack, code: str, act: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        body, _ = await body_of(session, visit.actor.region or "", code)
    facts = {"body": body, "act": _act(act), "path": act, "form": form, "longest": LONGEST_NAME}
    return page(visit, "expertpool/employer_act.html", demo=stack.demo, status=form.status, **facts)


def _act(name: str) -> Act:
    if name not in ACTS:
        raise Problem("page.unknown", path=name[:40])
    return ACTS[name]
