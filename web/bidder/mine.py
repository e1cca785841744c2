"""Results and my marks: the bidder's own price, rank and scores, and why a bid was rejected or not opened."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.amounts import in_words
from infra.kernel.money import fen
from trading.bidding.queries import own_in_section
from trading.letters.queries import find_own_letter
from trading.publication.given import given_of
from trading.publication.opened import Entry
from trading.publication.queries import dossier
from trading.sections.queries import require_up
from web.bidder.receipts import STATES
from web.bidder.room import standing_of
from web.forms import address
from web.public.results import GROUPS, marks_of, results
from web.public.section_view import CAUSES, FAILURES, PARTS, STAGES
from web.public.troubles import unopened
from web.public.ways import ways_told
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/sections/{tender:str}/{number:str}/mine", opt={"audience": "bidder", "reads": Read.OWN_RESULT})
async def my_results(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """One's own results in a section; sealed until the deadline, and only what is public of everybody else's."""
    reader, section = (visit.actor, address(request)), f"{tender}/{number}"
    async with recorded(stack.database, *reader, Read.OWN_RESULT, section, section=section) as look:
        found = await dossier(look.session, section, taken_down=True)
        own = await own_in_section(look.session, visit.actor, found.section.id)
        if not own:
            require_up(found.section)
        given = await given_of(look.session, found)
        letter = await find_own_letter(look.session, visit.actor, found.section.id)
        look.region = found.section.region
    standing = standing_of(own)
    told = results(found)
    entry = None if standing is None or found.opened is None else _entry(found.opened.record, standing.bid.id)
    ranked = (
        None if told is None or entry is None else next((r for r in told.ranking if r.entry.bid == entry.bid), None)
    )
    return page(
        visit,
        "bidder/mine.html",
        demo=stack.demo,
        found=found,
        section=found.section,
        path=f"/sections/{found.section.id}",
        standing=standing,
        letter=letter is not None,
        own=own,
        entry=entry,
        results=told,
        ranked=ranked,
        rows=[] if told is None or ranked is None else marks_of(told, ranked.entry.bid, visit.language, given),
        rejected=None if entry is None else found.rejected.get(entry.bid),
        why=None if entry is None or not entry.trouble else unopened(entry.trouble, visit.language),
        words=None
        if entry is None or "price" not in (entry.form or {})
        else in_words(fen((entry.form or {})["price"])),
        failure=FAILURES.get(found.section.failed_why or ""),
        ways=ways_told(found),
        states=STATES,
        stages=STAGES,
        causes=CAUSES,
        groups=GROUPS,
        part_names=PARTS,
    )


def _entry(record: tuple[Entry, ...], bid: str) -> Entry | None:
    return next((entry for entry in record if entry.bid == bid), None)


HANDLERS = [my_results]
