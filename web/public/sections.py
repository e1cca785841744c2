"""A section's public pages: how it stands and its opening record, every judge's marks, its part of the public log."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Draw
from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from trading.invited.queries import withheld
from trading.notices.kinds import NoticeKind
from trading.publication.given import Given, given_of
from trading.publication.queries import Dossier, announced_draws, readable_lines
from trading.publication.redaction import Fact, redaction
from trading.sections.states import SectionState
from web.i18n import N_
from web.labels import BLIND, EVENTS, INVITED, SUITES
from web.public.choice import chosen_of
from web.public.desk import Desk
from web.public.earlier import HANDLERS as EARLIER
from web.public.examined import examined
from web.public.kept import KEPT
from web.public.notice_facts import joint_words
from web.public.price_chart import price_chart
from web.public.result_charts import VALUES, spread_chart, totals_chart
from web.public.result_file import HANDLERS as RESULT
from web.public.results import NOTHING_GIVEN, marks_of, results, to_show
from web.public.review import review_told
from web.public.section_document import Issued, document_facts, issued_versions
from web.public.section_files import HANDLERS as FILES
from web.public.section_files import Sealed
from web.public.section_page import kept_document, kept_section, section_page
from web.public.section_view import (
    BODIES,
    CAUSES,
    FAILURES,
    MARKS,
    PARTS,
    STAGES,
    ceiling,
    notice_of,
    regime_of,
    reserve_told,
    rule_rows,
)
from web.public.troubles import unopened
from web.public.ways import capacity_told, ways_told
from web.render import PageResponse
from web.visit import Visit


@get("/sections/{tender:str}/{number:str}", opt=KEPT)
async def overview(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """How a section stands: before the deadline the same page whatever was handed in; afterwards record and ranking."""
    at = desk.asking()

    async def show(found: Dossier, draws: list[Draw]) -> PageResponse:
        sealed = await at.shelf.sealed(at.stack, found.section)
        return overview_page(at.visit, at.stack.demo, found, draws, sealed)

    return await kept_section(at, f"{tender}/{number}", announced_draws, show)


@get("/sections/{tender:str}/{number:str}/marks", opt=KEPT)
async def marks(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """Every judge's mark of every item, once all are public; a large evaluation shows one bid (`?bid=`) at a time."""
    bid = desk.request.query_params.get("bid")
    at = desk.asking(bid=bid)

    async def read(session: AsyncSession, found: Dossier) -> list[tuple[list[Draw], Given]]:
        return [(await announced_draws(session, found), await given_of(session, found))]

    async def show(found: Dossier, read: list[tuple[list[Draw], Given]]) -> PageResponse:
        sealed = await at.shelf.sealed(at.stack, found.section)
        draws, given = read[0]
        return marks_page(at.visit, at.stack.demo, found, draws, sealed, bid, given)

    return await kept_section(at, f"{tender}/{number}", read, show)


@get("/sections/{tender:str}/{number:str}/tender-document", opt=KEPT)
async def tender_document(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """The frozen document: method, ranges of marks, files, and clauses of which each has an address (`#clause-3`)."""
    at = desk.asking()

    async def show(found: Dossier, issued: list[Issued]) -> PageResponse:
        return document_page(at.visit, at.stack.demo, found, issued[-1], issued)

    return await kept_document(at, f"{tender}/{number}", issued_versions, show)


@get("/sections/{tender:str}/{number:str}/log", opt=KEPT)
async def log(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """The section's events that everybody may read now, each with its leaf in the public log and its proof."""
    at = desk.asking()

    async def show(found: Dossier, lines: list[Line]) -> PageResponse:
        rows = [(line, EVENTS[Event(line.event)], _about(line, at.visit)) for line in lines]
        return section_page(at.visit, at.stack.demo, found, "public/section_log.html", rows=rows)

    return await kept_section(at, f"{tender}/{number}", readable_lines, show)


def overview_page(
    visit: Visit, demo: bool, found: Dossier, draws: Sequence[Draw], sealed: Sealed | None
) -> PageResponse:
    """The overview of a dossier."""
    told = results(found)
    return section_page(
        visit,
        demo,
        found,
        "public/section.html",
        results=told,
        chart=price_chart(found, told),
        totals=None if told is None else totals_chart(told),
        reasons=_reasons(found, visit),
        stages=STAGES,
        causes=CAUSES,
        draws=draws,
        **_sealing(found, sealed),
        failure=FAILURES.get(found.section.failed_why or ""),
        ceiling=ceiling(found),
        withheld=withheld(found.section),
        invited_by=INVITED.get(found.section.invited_by or ""),
        joint=joint_words(visit, str(found.section.joint)),
        blind=[BLIND[part] for part in found.section.blind],
        reserve=reserve_told(found),
        rules=rule_rows(regime_of(found)),
        candidates=notice_of(found, NoticeKind.CANDIDATES),
        award=notice_of(found, NoticeKind.AWARD),
        ways=ways_told(found),
        capacity=capacity_told(found),
        chosen=chosen_of(found),
        review=review_told(found),
        suite=SUITES[found.keyset.suite],
        fingerprints={
            "keyset": b64(found.keyset.digest),
            "document": b64(found.document.digest),
            "second": "" if found.second is None else b64(found.second.digest),
        },
        part_names=PARTS,
        mark_names=MARKS,
    )


def marks_page(
    visit: Visit,
    demo: bool,
    found: Dossier,
    draws: Sequence[Draw],
    sealed: Sealed | None,
    wanted: str | None,
    given: Given = NOTHING_GIVEN,
) -> PageResponse:
    """The marks of a dossier's evaluation; `wanted` is the bid to show where not all fit on one page."""
    told = results(found)
    shown = to_show(told, wanted, given.size) if told else []
    sheets = [(one, marks_of(told, one.entry.bid, visit.language, given)) for one in shown] if told else []
    return section_page(
        visit,
        demo,
        found,
        "public/section_marks.html",
        results=told,
        sheets=sheets,
        spread=spread_chart(sheets),
        written=given.size > 0,
        part_names=PARTS,
        value_names=VALUES,
        examined=examined(found, visit.language),
        names=redaction(regime_of(found).kind, Fact.IDENTITY),
        partly=told is not None and len(shown) < len(told.ranking),
        draws=draws,
        **_sealing(found, sealed),
    )


def _sealing(found: Dossier, sealed: Sealed | None) -> dict[str, Any]:
    """The evidence file, and whether the page waits for it to be sealed."""
    ended = found.section.state in (SectionState.NOTIFIED, SectionState.FAILED)
    return {"sealed": sealed, "sealing": ended and sealed is None}


def document_page(visit: Visit, demo: bool, found: Dossier, shown: Issued, issued: Sequence[Issued]) -> PageResponse:
    """One version of the document among all that were issued."""
    then, facts = document_facts(found, shown, issued)
    return section_page(visit, demo, then, "public/section_document.html", **facts)


def _reasons(found: Dossier, visit: Visit) -> dict[str, str]:
    """By bid, in words, why it could not be opened."""
    record = found.opened.record if found.opened else ()
    return {entry.bid: unopened(entry.trouble, visit.language) for entry in record if entry.trouble}


def _about(line: Line, visit: Visit) -> str:
    """Whom or what an event is about: a judge by number, a party of the draw, else a bidder, a trustee or a bid."""
    facts, text = line.facts, visit.texts.gettext
    if judge := facts.get("judge"):
        return text(N_("Judge %(n)s")) % {"n": judge.removeprefix("J")}
    if party := facts.get("party"):
        return text(BODIES.get(party, party))
    return str(facts.get("name") or facts.get("custodian") or (line.subject if line.subject[:4] == "bid-" else ""))


HANDLERS = [overview, marks, tender_document, log, *EARLIER, *RESULT, *FILES]
