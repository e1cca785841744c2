"""The centre's decisions at an opening: who answers for a bid that does not open, and what becomes of a halted section."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.opening.actions import continue_opening, decide_cause, fail_opening
from trading.opening.rules import DAMAGED
from trading.opening.states import WAITING, Cause
from web.forms import Fields, address, begin, typed
from web.hall.forms import Place, Writing, as_host, write
from web.hall.view import Row
from web.i18n import N_
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
CONTINUE, FAIL = "continue", "fail"
ANSWERS = {
    Cause.BIDDER: N_("The bidder: the bid counts as revoked"),
    Cause.PLATFORM: N_("The platform: the bid counts as withdrawn"),
    Cause.CUSTODIAN: N_("A custodian: the bid counts as withdrawn"),
}
CAUSE = Writing(
    title=N_("Decide who answers"),
    label=N_("Reasons"),
    hint=N_("What was found, and where it can be looked up."),
    consequence=N_(
        "The bid is left out for good and the others go on without it. If the bidder answers it counts as revoked and its "
        "bid security may be kept; if anybody else, as withdrawn without fault. The reasons are published and logged."
    ),
    button=N_("Decide"),
    refused=N_("Nothing was decided"),
    choice="cause",
    choice_label=N_("Who answers for it"),
)
DECISION = Writing(
    title=N_("Decide about the halted opening"),
    label=N_("Reasons"),
    hint=N_("They stand in the notice of failure, or in the log beside the decision to go on."),
    consequence=N_(
        "To go on means that evaluation may follow with fewer bids than the rules ask for. To fail ends this tender for "
        "good: it is published at once, with the reasons. Neither can be taken back."
    ),
    button=N_("Decide"),
    refused=N_("Nothing was decided"),
    choice="decision",
    choice_label=N_("What follows"),
    options=(("", N_("Choose")), (CONTINUE, N_("Go on with the bids that are left")), (FAIL, N_("Fail the section"))),
)
FIELDS = {"opening.reasons": "reasons", "opening.cause": "cause", "opening.nothing-left": "decision"}


@get("/sections/{tender:str}/{number:str}/host/causes/{bid:str}", opt=CENTRE)
async def cause(
    tender: FromPath[str],
    number: FromPath[str],
    bid: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The form of a decision on a cause; `opening.no-bid`, `opening.not-undecided`."""
    place = await as_host(stack, visit, f"{tender}/{number}")
    row = _waiting(place, bid)
    return write(place, await begin(stack, visit), _of(row), f"{place.path}/host", f"{row.bid.name}: {row.why}")


@post("/sections/{tender:str}/{number:str}/host/causes/{bid:str}", opt=CENTRE, status_code=303)
async def decide(
    tender: FromPath[str],
    number: FromPath[str],
    bid: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The centre decides a cause."""
    section, form = f"{tender}/{number}", typed(visit, data)
    place = await as_host(stack, visit, section)
    row = _waiting(place, bid)
    try:
        named = form.value("cause")
        if named not in list(ANSWERS):
            raise Problem("opening.cause", cause=named[:20] or "–", reason=row.why)
        async with stack.database.work(visit.actor, address(request)) as work:
            await decide_cause(work, bid, Cause(named), form.value("reasons"))
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return write(place, form, _of(row), f"{place.path}/host", f"{row.bid.name}: {row.why}")
    return Redirect(visit.url(f"{place.path}/host"), status_code=303)


@get("/sections/{tender:str}/{number:str}/host/decision", opt=CENTRE)
async def decision(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of a decision on a halted section; `opening.not-halted`."""
    place = await as_host(stack, visit, f"{tender}/{number}")
    _require_halted(place)
    return write(place, await begin(stack, visit), DECISION, f"{place.path}/host")


@post("/sections/{tender:str}/{number:str}/host/decision", opt=CENTRE, status_code=303)
async def conclude(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The centre lets a halted section go on, or fails it."""
    section, form = f"{tender}/{number}", typed(visit, data)
    place = await as_host(stack, visit, section)
    _require_halted(place)
    decided = {CONTINUE: continue_opening, FAIL: fail_opening}.get(form.value("decision"))
    try:
        if decided is None:
            raise Problem("opening.decision")
        async with stack.database.work(visit.actor, address(request)) as work:
            await decided(work, section, form.value("reasons"))
    except Problem as problem:
        form.refuse(problem, {**FIELDS, "opening.decision": "decision"}.get(problem.code))
        return write(place, form, DECISION, f"{place.path}/host")
    return Redirect(visit.url(f"{place.path}/host"), status_code=303)


def _waiting(place: Place, bid: str) -> Row:
    row = next((row for row in place.told.rows if row.bid.bid == bid), None)
    if row is None:
        raise Problem("opening.no-bid", bid=bid[:80])
    if row.bid.stage not in WAITING:
        raise Problem("opening.not-undecided", bid=bid, stage=row.bid.stage)
    return row


def _of(row: Row) -> Writing:
    """Only the causes that may be named: for bytes that the store has lost nobody answers but the platform."""
    damaged = row.bid.trouble is not None and row.bid.trouble.get("code") == DAMAGED
    answers = [one for one in ANSWERS if one is Cause.PLATFORM or not damaged]
    return Writing(**{**vars(CAUSE), "options": (("", N_("Choose")), *((one, ANSWERS[one]) for one in answers))})


def _require_halted(place: Place) -> None:
    if not place.found.halted:
        raise Problem("opening.not-halted", section=place.found.section.id)


HANDLERS = [cause, decide, decision, conclude]
