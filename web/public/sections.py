"""A section's public pages: how it stands and its opening record, every judge's marks, its part of the public log."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from expertpool.draw.tables import Draw
from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.notices.tables import NoticeKind
from trading.publication.queries import Dossier, announced_draws, dossier, readable_lines
from web.i18n import N_
from web.labels import EVENTS
from web.problems import explain, sentences
from web.public.price_chart import price_chart
from web.public.results import GROUPS, marks_of, results, to_show
from web.public.section_files import HANDLERS as FILES
from web.public.section_files import Sealed, Shelf
from web.public.section_view import (
    BODIES,
    FAILURES,
    MARKS,
    PARTS,
    TIES,
    ceiling,
    full_marks,
    head,
    notice_of,
    percent,
    regime_of,
    rule_rows,
)
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

PUBLIC = {"audience": "public"}


@get("/sections/{tender:str}/{number:str}", opt=PUBLIC)
async def overview(
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
    shelf: NamedDependency[Shelf],
) -> Response[str]:
    """How a section stands: before the deadline the same page whatever was handed in; afterwards record and ranking."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        draws = await announced_draws(session, found)
    return overview_page(visit, stack.demo, found, draws, await shelf.sealed(stack, found.section))


@get("/sections/{tender:str}/{number:str}/marks", opt=PUBLIC)
async def marks(
    tender: FromPath[str],
    number: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
    shelf: NamedDependency[Shelf],
) -> Response[str]:
    """Every judge's mark of every item, once all are public; a large evaluation shows one bid (`?bid=`) at a time."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        draws = await announced_draws(session, found)
    sealed = await shelf.sealed(stack, found.section)
    return marks_page(visit, stack.demo, found, draws, sealed, request.query_params.get("bid"))


@get("/sections/{tender:str}/{number:str}/log", opt=PUBLIC)
async def log(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The section's events that everybody may read now, each with its leaf in the public log and its proof."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        lines = await readable_lines(session, found)
    rows = [(line, EVENTS[Event(line.event)], _about(line, visit)) for line in lines]
    return _page(visit, stack.demo, found, "public/section_log.html", rows=rows)


def overview_page(
    visit: Visit, demo: bool, found: Dossier, draws: Sequence[Draw], sealed: Sealed | None
) -> Response[str]:
    """The overview of a dossier."""
    told = results(found)
    return _page(
        visit,
        demo,
        found,
        "public/section.html",
        results=told,
        chart=price_chart(found, told),
        reasons=_reasons(found, visit),
        draws=draws,
        sealed=sealed,
        failure=FAILURES.get(found.section.failed_why or ""),
        ceiling=ceiling(found),
        rules=rule_rows(regime_of(found)),
        candidates=notice_of(found, NoticeKind.CANDIDATES),
        award=notice_of(found, NoticeKind.AWARD),
        fingerprints={"keyset": b64(found.keyset.digest), "document": b64(found.document.digest)},
        part_names=PARTS,
        mark_names=MARKS,
    )


def marks_page(
    visit: Visit, demo: bool, found: Dossier, draws: Sequence[Draw], sealed: Sealed | None, wanted: str | None
) -> Response[str]:
    """The marks of a dossier's evaluation; `wanted` is the bid to show where not all fit on one page."""
    told = results(found)
    shown = to_show(told, wanted) if told else []
    return _page(
        visit,
        demo,
        found,
        "public/section_marks.html",
        results=told,
        sheets=[(one, marks_of(told, one.entry.bid, visit.language)) for one in shown] if told else [],
        partly=told is not None and len(shown) < len(told.ranking),
        draws=draws,
        sealed=sealed,
    )


def _page(visit: Visit, demo: bool, found: Dossier, template: str, **facts: Any) -> Response[str]:
    return page(
        visit,
        template,
        demo=demo,
        found=found,
        section=found.section,
        head=head(visit, found),
        regime=regime_of(found),
        method=found.document.method,
        bodies=BODIES,
        groups=GROUPS,
        tie_names=TIES,
        percent=percent,
        full_marks=full_marks(found.document.method),
        **facts,
    )


def _reasons(found: Dossier, visit: Visit) -> dict[str, str]:
    """By bid, in words, why it could not be opened."""
    record = found.opened.record if found.opened else ()
    return {entry.bid: _in_words(dict(entry.trouble), visit) for entry in record if entry.trouble}


def _in_words(trouble: dict[str, str], visit: Visit) -> str:
    code = trouble.pop("code")
    return explain(Problem(code, **trouble), visit.language)[1] if code in sentences() else code


def _about(line: Line, visit: Visit) -> str:
    """Whom or what an event is about: a judge by number, a party of the draw, else a bidder, a trustee or a bid."""
    facts, text = line.facts, visit.texts.gettext
    if judge := facts.get("judge"):
        return text(N_("Judge %(n)s")) % {"n": judge.removeprefix("J")}
    if party := facts.get("party"):
        return text(BODIES.get(party, party))
    return str(facts.get("name") or facts.get("custodian") or (line.subject if line.subject[:4] == "bid-" else ""))


HANDLERS = [overview, marks, log, *FILES]
