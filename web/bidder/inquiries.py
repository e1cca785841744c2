"""A bidder reads what the committee asks about its bid 询标 and answers once, signed with the key in its browser."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.bidding.queries import find_own
from trading.inquiries.actions import answer_inquiry
from trading.inquiries.queries import own_inquiries
from trading.inquiries.rules import LONGEST_ANSWER, Ground
from trading.inquiries.states import InquiryState
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BIDDER = {"audience": "bidder"}
GROUNDS = {
    Ground.UNCLEAR: N_("Something in your bid is unclear"),
    Ground.ERROR: N_("There is an obvious error of writing or arithmetic"),
    Ground.LOW_PRICE: N_("Your price is abnormally low"),
}
LATER, WAITING = "time over", "waiting"
STATES = {
    WAITING: (N_("waits for your answer"), "warn"),
    LATER: (N_("the time to answer is over"), "bad"),
    InquiryState.ANSWERED: (N_("answered"), "ok"),
    InquiryState.SILENT: (N_("not answered in time"), "bad"),
}


@get("/bids/{bid:str}/inquiries", opt=BIDDER)
async def own_questions(
    bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What was asked about this bid, until when each is answered, and what was answered."""
    return await _show(visit, stack, bid, await begin(stack, visit))


@post("/bids/{bid:str}/inquiries", opt=BIDDER, status_code=303)
async def answer(
    request: AnyRequest,
    bid: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Answer one of them."""
    form = typed(visit, data)
    which = form.value("inquiry")
    try:
        if not form.value("signature") or not form.value("certificate"):
            raise Problem("inquiry.no-key")
        async with stack.database.work(visit.actor, address(request)) as work:
            await answer_inquiry(
                work,
                stack.keys.authority.public_key,
                which,
                form.value(f"answer-{which}").replace("\r\n", "\n"),
                unb64(form.value("signature"), 64),
                unb64(form.value("certificate")),
            )
    except Problem as problem:
        form.refuse(problem, f"answer-{which}" if problem.code == "inquiry.answer" else None)
        return await _show(visit, stack, bid, form)
    return Redirect(visit.url(f"/bids/{bid}/inquiries"), status_code=303)


async def _show(visit: Visit, stack: Stack, bid: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        own = await find_own(session, visit.actor, bid)
        found = await own_inquiries(session, visit.actor, bid)
    regime = regime_of(own.section, stack.settings.mode)
    shown = [(one, _state(one.state, open_=one.due_at is not None and visit.now < one.due_at)) for one in found]
    return page(
        visit,
        "bidder/inquiries.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        own=own,
        shown=shown,
        states=STATES,
        waiting=WAITING,
        grounds=GROUNDS,
        window=regime.parameter(Rule.INQUIRY_WINDOW),
        most=LONGEST_ANSWER,
    )


def _state(state: str, *, open_: bool) -> str:
    """Where an inquiry stands for its bidder, a key of `STATES`; the server's clock decides at the moment of the answer."""
    if state == InquiryState.SENT:
        return WAITING if open_ else LATER
    return state


HANDLERS = [own_questions, answer]
