"""What a page says of a draw's attempts beside their phases: whom it waits for and how long, why one failed, what then."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.limits import awaited
from expertpool.draw.ordering import NOT_FILLED, TOO_FEW
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.db.journal import Line
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from web.i18n import catalogue
from web.problems import explain, sentences
from web.public.section_view import BODIES
from web.visit import Visit


class Note(NamedTuple):
    """Words about one attempt: until when a step lasts and who owes it; of a failed one the cause and the remedy."""

    until: datetime | None = None
    bodies: tuple[str, ...] = ()
    why: str = ""
    remedy: str = ""


async def notes_of(session: AsyncSession, visit: Visit, draws: Sequence[Draw]) -> dict[str, Note]:
    """By draw, what there is to say; a draw that runs by itself or is done has nothing."""
    text = catalogue(visit.language).gettext
    waiting = await awaited(session, draws)
    found = {
        name: Note(one.until, tuple(text(BODIES.get(body, body)) for body in one.bodies))
        for name, one in waiting.items()
    }
    ended = {draw.id: draw.section for draw in draws if draw.state == DrawState.FAILED}
    if ended:
        told = select(Line.subject, Line.event, Line.facts).where(
            Line.section.in_(set(ended.values())),
            Line.subject.in_(ended),
            Line.event.in_((Event.DRAW_REFUSED, Event.DRAW_FAILED)),
        )
        facts: dict[str, dict[str, Any]] = {}
        for subject, _, said in await session.execute(told.order_by(Line.id)):
            facts.setdefault(subject, {}).update(said)
        found.update({name: _failed(visit, {"draw_id": name, **one}) for name, one in facts.items()})
    return found


def _failed(visit: Visit, facts: Mapping[str, Any]) -> Note:
    reason, party = str(facts["reason"]), str(facts.get("party", ""))
    if reason not in sentences():
        return Note(why=reason)
    named = catalogue(visit.language).gettext(BODIES[party]) if party in BODIES else party
    unknown = dict.fromkeys(("specialty", "why", "missing", "field", "leaf", "draw_id", "specialties"), "…")
    _, happened, remedy = explain(Problem(reason, **{**unknown, **facts, "party": named}), visit.language)
    if reason == NOT_FILLED and "needed" in facts:
        _, counted, _ = explain(Problem(TOO_FEW, **facts), visit.language)
        happened = f"{happened} {counted}"
    return Note(why=happened, remedy=remedy)
