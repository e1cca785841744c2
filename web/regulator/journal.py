"""Searching the journal: every line that may be shown, what the public log says of it, and its proof to take away."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.permissions import may
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog.evidence import evidence
from trading.audit.queries import Found, Shown, account_of, find_lines, line_at, names_of, standings
from web.forms import address
from web.labels import EVENTS
from web.regulator.asking import AUDITORS, again, asked_fact, journal_search, onward
from web.regulator.words import STANDINGS, TABS, TONES
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

NAMED = (Role.CENTRE, Role.AGENT, Role.PROCURING, Role.SUPERVISOR, Role.BIDDER)
_LINE = re.compile(r"(0|[1-9][0-9]{0,17})\.json")


@get("/audit", opt={**AUDITORS, "reads": Read.JOURNAL_SEARCHED})
async def journal(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The newest lines, or those that fit the filters; every search is itself recorded."""
    form, search = journal_search(visit)
    facts: dict[str, Any] = {"found": Found((), None), "rows": [], "next_page": None}
    if not form.refused:
        reader, told = (visit.actor, address(request)), asked_fact(form)
        section = form.value("section") or None
        async with recorded(stack.database, *reader, Read.JOURNAL_SEARCHED, "journal", section=section, **told) as look:
            named = search.actor and may(visit.actor, "names.read")
            actor = await account_of(look.session, search.actor) if named else search.actor
            found = await find_lines(look.session, replace(search, actor=actor))
            facts = {"found": found, "next_page": onward(visit, found.following)}
            facts["rows"] = await rows_of(look.session, visit, found.lines)
    return page(
        visit,
        "regulator/journal.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        export=visit.url(again("/audit/journal.jsonl", form)),
        events=sorted(((str(event), EVENTS[event]) for event in Event), key=lambda one: visit.texts.gettext(one[1])),
        **facts,
        **words(),
    )


@get("/audit/lines/{name:str}", opt={**AUDITORS, "reads": Read.PROOF_TAKEN})
async def proof(
    request: AnyRequest, name: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """`189.json`: the line at that leaf with salt and proof; `audit.no-line` for what may not be shown, `event.pending`."""
    asked = _LINE.fullmatch(name)
    if asked is None:
        raise Problem("page.unknown", path=name)
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.PROOF_TAKEN, f"leaf:{asked[1]}") as look:
        found = await line_at(look.session, int(asked[1]))
        shown = await evidence(look.session, found.line)
        if shown is None:
            raise Problem("event.pending", leaf=asked[1], section=found.line.section or "–")
        look.section, look.region = found.line.section, found.line.region
    headers = {"Content-Disposition": f'attachment; filename="line-{asked[1]}.json"', "Cache-Control": "no-store"}
    return Response(canonical(shown | _link(found)), media_type="application/json", headers=headers)


async def rows_of(session: AsyncSession, visit: Visit, lines: Iterable[Shown]) -> list[dict[str, Any]]:
    """What the table shows of each line: the line, the log's word on it, the name of who acted for those who may know."""
    shown = list(lines)
    checked = await standings(session, shown)
    known: dict[str, str] = {}
    if may(visit.actor, "names.read"):
        known = await names_of(session, {one.line.actor for one in shown if one.actor and one.line.role in NAMED})
    return [
        {"line": one, "event": EVENTS[Event(one.line.event)], "standing": said, "name": known.get(one.actor or "")}
        for one, said in zip(shown, checked, strict=True)
    ]


def words() -> dict[str, Any]:
    """The words that every list of journal lines needs."""
    return {"tabs": TABS, "standings": STANDINGS, "tones": TONES}


def _link(found: Shown) -> dict[str, Any]:
    line = found.line
    if not found.closed or line.section is None or line.link_salt is None or line.previous is None:
        return {}
    return {"link": {"salt": b64(line.link_salt), "number": line.number, "previous": b64(line.previous)}}


HANDLERS = [journal, proof]
