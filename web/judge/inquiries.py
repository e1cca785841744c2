"""Written inquiries 询标 in the room: a judge drafts, the leader sends or refuses, all read what was answered."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.inquiries.actions import draft_inquiry, refuse_inquiry, send_inquiry, send_proposed
from trading.inquiries.queries import asked_about, low_prices
from trading.inquiries.rules import LONGEST_QUESTION, LONGEST_REASON, unasked
from trading.regimes.regime import Rule
from web.forms import Fields, Form, address, begin, typed
from web.judge.room import JUDGE, Room, room_of, show
from web.public.inquiries import GROUNDS, STATES, TONES
from web.state import Stack
from web.visit import AnyRequest, Visit

HERE = "/judge/inquiries"
PLACES = {"inquiry.bid": "key", "inquiry.ground": "ground", "inquiry.question": "question"}


class Choice(NamedTuple):
    """What a question may be about: a bid, or the label of its blind part, and how this judge knows it."""

    key: str
    name: str


@get(HERE, opt=JUDGE)
async def inquiries(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Every inquiry with what became of it, what the machine proposes to ask, and the form for another."""
    return await _show(visit, stack, await begin(stack, visit))


@post(HERE, opt=JUDGE, status_code=303)
async def act(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Draft, send what was drafted or proposed, or refuse to; whichever the button said."""
    form = typed(visit, data)
    seat, which = visit.actor.id, form.value("inquiry")

    def text(name: str) -> str:
        return form.value(name).replace("\r\n", "\n")

    acts: dict[str, Callable[[Work], Awaitable[Any]]] = {
        "draft": lambda work: draft_inquiry(
            work, stack.keys.service, seat, form.value("key"), form.value("ground"), text("question")
        ),
        "send": lambda work: send_inquiry(work, seat, which),
        "refuse": lambda work: refuse_inquiry(work, seat, which, text(f"reasons-{which}")),
        "propose": lambda work: send_proposed(work, seat, form.value("bid"), text(f"question-{form.value('bid')}")),
    }
    try:
        chosen = acts.get(form.value("act"))
        if chosen is None:
            raise Problem("inquiry.unknown")
        async with stack.database.work(visit.actor, address(request)) as work:
            await chosen(work)
    except Problem as problem:
        form.refuse(problem, _place(problem, form))
        return await _show(visit, stack, form)
    return Redirect(visit.url(HERE), status_code=303)


def choices(room: Room) -> list[Choice]:
    """The bids that take part; under their labels too where a part is blind, in this judge's own order."""
    labels = [] if room.fold is None else room.fold.order(room.judge)
    valid = {bid.id for bid in room.bids}
    blind = [Choice(label, label) for label in labels if room.fold is not None and room.fold.labels[label] in valid]
    return [*blind, *(Choice(bid.id, room.name(bid.id)) for bid in room.bids)]


def _place(problem: Problem, form: Form) -> str | None:
    if problem.code == "inquiry.reasons":
        return f"reasons-{form.value('inquiry')}"
    if form.value("act") == "propose" and problem.code == "inquiry.question":
        return f"question-{form.value('bid')}"
    return PLACES.get(problem.code)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        room = await room_of(session, stack, visit)
    open_now = room.section.state == "evaluating" and room.whole and room.checked and room.locked is None
    low = low_prices(room.section, room.regime, room.bids) if open_now else {}
    proposed = unasked(low, asked_about(room.inquiries))
    for bid in proposed:
        form.values.setdefault(f"question-{bid}", PROPOSAL_ZH)
    return show(
        visit, stack, "judge/inquiries.html", room,
        status=form.status, form=form, found=room.inquiries, proposed=proposed, choices=choices(room), open=open_now,
        leads=room.election.elected == room.seat.number, grounds=GROUNDS, states=STATES, tones=TONES,
        window=room.regime.parameter(Rule.INQUIRY_WINDOW), minutes=room.regime.count(Rule.INQUIRY_WINDOW) // 60,
        most_question=LONGEST_QUESTION, most_reason=LONGEST_REASON,
    )  # fmt: skip


PROPOSAL_ZH = "贵方报价明显低于其他有效报价或最高限价，请在规定时限内书面说明报价的合理性，必要时附成本构成等证明材料。"
"""What goes to a Chinese bidder, so in Chinese; the leader may change it before it is sent."""

HANDLERS = [inquiries, act]
