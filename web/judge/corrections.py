"""An own mark far from the others' is corrected after locking, before all have signed: by its judge, in writing (M87 64)."""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.regimes.regime import Rule
from trading.review.actions import correct_mark
from trading.review.rules import EXTREME, Correction, extremes
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.judge.room import JUDGE, Room, room_of, show
from web.public.review import REASONS
from web.state import Stack
from web.visit import AnyRequest, Visit

PAGE = "/judge/corrections"


class Line(NamedTuple):
    """One own mark that may be corrected: of which bid and item, as it stands."""

    bid: str
    name: str
    item: str
    mark: str

    @property
    def field(self) -> str:
        """What a form calls it."""
        return f"{self.bid}/{self.item}"


@get(PAGE, opt=JUDGE)
async def corrections_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The own marks that lie far from the others', which are public by now; for everybody else, that there are none."""
    return await _show(visit, stack, await begin(stack, visit))


@post(PAGE, opt=JUDGE, status_code=303)
async def correct(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Correct one mark, as signed."""
    form = typed(visit, data)
    try:
        if not form.value("signature"):
            raise Problem("seat.no-key")
        async with stack.database.reading() as session:
            room = await room_of(session, stack, visit)
        line = next((one for one in lines_of(room) if one.field == form.value("mark")), None)
        if line is None:
            raise Problem("correction.wrong", field="mark")
        new, words = form.value("new"), form.value("reasons").replace("\r\n", "\n")
        one = Correction(room.judge, line.bid, line.item, line.mark, new, EXTREME, words)
        async with stack.database.work(visit.actor, address(request)) as work:
            authority, signature = stack.keys.authority.public_key, unb64(form.value("signature"), 64)
            await correct_mark(work, authority, visit.actor.id, one, signature)
    except Problem as problem:
        form.refuse(problem, _field(problem))
        return await _show(visit, stack, form)
    return Redirect(visit.url("/judge/report"), status_code=303)


def lines_of(room: Room) -> list[Line]:
    """The own marks that may be corrected now."""
    if room.evaluation is None or room.section.state != SectionState.MARKED:
        return []
    document = room.evaluation.evidence
    return [
        Line(bid, room.name(bid), item, document["marks"][room.judge][bid][item])
        for bid, items in extremes(document, room.judge, room.regime).items()
        for item in items
    ]


def _field(problem: Problem) -> str | None:
    if problem.code.startswith("evaluation.mark"):
        return "new"
    return {"new": "new", "reasons": "reasons", "mark": "mark"}.get(str(problem.facts.get("field")))


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        room = await room_of(session, stack, visit)
    return show(
        visit,
        stack,
        "judge/corrections.html",
        room,
        status=form.status,
        form=form,
        lines=lines_of(room),
        review=room.review,
        words=REASONS,
        share=room.regime.rate(Rule.OUTLIER_SHARE) * 100,
        rule=room.regime.parameter(Rule.CORRECTION_REASONS),
        digest=b64(room.evaluation.digest) if room.evaluation else "",
    )


HANDLERS = [corrections_page, correct]
