"""Draws before the supervising body: every attempt of its region with counts, verdicts and reasons; never a name."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from expertpool.draw.overview import VIEWS, Filter, Seen, draws_in, draws_of_section
from expertpool.draw.states import DrawState
from trading.evaluation.foresight import section_for
from web.i18n import N_
from web.procurement.attempts import Note, notes_of
from web.render import page
from web.state import Stack
from web.visit import Visit

SUPERVISOR = {"audience": "supervisor"}
VIEW_NAMES = {
    "all": N_("All"),
    "running": N_("Running"),
    "failed": N_("Failed"),
    "drawn": N_("Drawn"),
}
STATES = {
    DrawState.REQUESTED: N_("asked for"),
    DrawState.ORDERED: N_("ordered"),
    DrawState.FROZEN: N_("pool frozen"),
    DrawState.COMMITTED: N_("committed to"),
    DrawState.REVEALED: N_("drawn, names sealed"),
    DrawState.DISCLOSED: N_("disclosed"),
    DrawState.FAILED: N_("failed"),
}
_WORDS = re.compile(r"[^\0]{1,120}")


@get("/supervision/draws", opt=SUPERVISOR)
async def draws(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The attempts of the region, the newest first: `?view=running|failed|drawn&again=yes&q=&after=`."""
    wanted = _filter(dict(visit.asked))
    async with stack.database.reading(visit.actor) as session:
        listing = await draws_in(session, visit.actor.region or "", wanted)
        notes = await notes_of(session, visit, [one.draw for one in listing.seen])
    return page(
        visit,
        "supervision/draws.html",
        demo=stack.demo,
        **_words(listing.seen, notes),
        views=VIEW_NAMES,
        view=wanted.view,
        again=wanted.repeated,
        words=wanted.words,
        asked={name: value for name, value in visit.asked if name in ("view", "again", "q") and value},
        after=None if listing.after is None else f"{listing.after[0].isoformat()}~{listing.after[1]}",
    )


@get("/supervision/draws/{tender:str}/{number:str}", opt=SUPERVISOR)
async def section_draws(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One section's draws in their order, with what each of them waited for and how it ended."""
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, f"{tender}/{number}")
        found = await draws_of_section(session, section.id)
        notes = await notes_of(session, visit, [one.draw for one in found])
    return page(visit, "supervision/section_draws.html", demo=stack.demo, section=section, **_words(found, notes))


def _words(found: Sequence[Seen], notes: Mapping[str, Note]) -> dict[str, Any]:
    return {"seen": found, "notes": notes, "states": STATES}


def _filter(asked: Mapping[str, str]) -> Filter:
    """What the address asks for; what it says in no known way is left out."""
    view, words = asked.get("view", "all"), asked.get("q", "").strip()
    return Filter(
        view if view in VIEWS else "all",
        asked.get("again") == "yes",
        words if _WORDS.fullmatch(words) else "",
        _place(asked.get("after", "")),
    )


def _place(text: str) -> tuple[datetime, str] | None:
    at, _, name = text.partition("~")
    try:
        found = datetime.fromisoformat(at.replace(" ", "+"))
    except ValueError:
        return None
    return None if found.tzinfo is None or not _WORDS.fullmatch(name) else (found, name)


HANDLERS = [draws, section_draws]
