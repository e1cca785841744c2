"""Sections from end to end: a list of them, and one section's whole timeline with proofs beside who read what."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.permissions import may
from trading.audit.queries import PAGE, Search, find_lines, names_of
from trading.audit.reads import ReadSearch, find_reads
from trading.audit.sections import find_sections, first_times, section_of
from trading.sections.states import SectionState
from web.forms import address
from web.labels import SECTION_STATES
from web.regulator.asking import AUDITORS, asked, cursor_of, onward
from web.regulator.journal import NAMED, rows_of, words
from web.regulator.reads import read_words
from web.regulator.strip import strip
from web.regulator.words import PHASES, TABS
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

READS_BESIDE = 20


@get("/audit/sections", opt=AUDITORS)
async def sections(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The sections of the region, the newest first; by a part of number or title (`?q=`) and by state."""
    form = asked(visit, "q", "state")
    async with stack.database.reading(visit.actor) as session:
        found = await find_sections(session, form.value("q"), form.value("state"), cursor_of(visit))
    return page(
        visit,
        "regulator/sections.html",
        demo=stack.demo,
        form=form,
        sections=found.sections,
        next_page=onward(visit, found.following),
        states=[(str(one), SECTION_STATES[one]) for one in SectionState],
        tabs=TABS,
    )


@get("/audit/sections/{tender:str}/{number:str}", opt={**AUDITORS, "reads": Read.SECTION_AUDITED})
async def timeline(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """Every line of a section that may be shown, in order, with its place in chain and log; beside it who read what."""
    section_id, reader = f"{tender}/{number}", (visit.actor, address(request))
    search = Search(section=section_id, newest_first=False, cursor=cursor_of(visit), size=2 * PAGE)
    async with recorded(stack.database, *reader, Read.SECTION_AUDITED, section_id, section=section_id) as look:
        section = await section_of(look.session, section_id)
        look.region = section.region
        found = await find_lines(look.session, search)
        rows = await rows_of(look.session, visit, found.lines)
        times = await first_times(look.session, section_id, list(PHASES))
        seen = await find_reads(look.session, ReadSearch(section=section_id, size=READS_BESIDE))
        names: dict[str, str] = {}
        if may(visit.actor, "names.read"):
            names = await names_of(look.session, {one.actor for one, _ in seen.lines if one.role in NAMED})
    return page(
        visit,
        "regulator/section.html",
        demo=stack.demo,
        section=section,
        rows=rows,
        next_page=onward(visit, found.following),
        first_page=cursor_of(visit) is None,
        strip=strip(times, visit.now),
        seen=seen,
        names=names,
        **(words() | read_words()),
    )


HANDLERS = [sections, timeline]
