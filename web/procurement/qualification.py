"""The purchaser's examination of qualification 资格审查: every bid, item by item, with its files beside it, signed (M87 44)."""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.canonical import parse, unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.blind.rules import Blindfold
from trading.evaluation.papers import papers_of, read_paper
from trading.evaluation.queries import opened_bids
from trading.examination.rules import LONGEST_REASON, Items
from trading.opening.queries import require_files_checked
from trading.publication.queries import dossier
from trading.qualification.actions import examine_qualification
from trading.qualification.papers import CLOSED, take_file
from trading.qualification.queries import purchaser_items, qualification_of
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.judge.papers import ENDINGS, SHOWN, UNKNOWN
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.public.section_view import PARTS
from web.state import Stack
from web.visit import AnyRequest, Visit

LONGEST_ANSWERS = 1_000_000


class Row(NamedTuple):
    """One bid: who made it, and its files as (part, bytes)."""

    bid: str
    name: str
    files: list[tuple[str, int]]


@get("/sections/{tender:str}/{number:str}/qualification", opt=PROCURERS)
async def qualification_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What is to be examined of every bid, by whom, and what was found."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/qualification", opt={"audience": "procuring"}, status_code=303)
async def examine(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The examination as the procuring entity has signed it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        if not form.value("signature"):
            raise Problem("qualification.no-key")
        answers = parse(form.value("answers").encode()[:LONGEST_ANSWERS])
        certificate, signature = unb64(form.value("certificate")), unb64(form.value("signature"), 64)
        authority = stack.keys.authority.public_key
        async with stack.database.work(visit.actor, address(request)) as work:
            await examine_qualification(work, authority, section_id, answers, certificate, signature)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/qualification"), status_code=303)


@get(
    "/sections/{tender:str}/{number:str}/qualification/{bid:str}/{part:str}",
    opt={"audience": "procuring", "packed": True, "reads": Read.BID_FILE},
)
async def file(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    bid: FromPath[str],
    part: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Stream:
    """One file of a bid that the purchaser examines; `paper.unknown` for all others. Each reading is written down."""
    async with recorded(stack.database, visit.actor, address(request), Read.BID_FILE, f"{bid}/{part}") as look:
        found = await take_file(look.work, stack.keys.service, f"{tender}/{number}", bid, part)
        look.section, look.facts = found.section, {"bytes": [0, found.size]}
    pieces = read_paper(stack.objects, found, 0, found.size)
    first = await anext(pieces, b"")
    kind = next((name for mark, name in SHOWN.items() if first.startswith(mark)), UNKNOWN)
    how = "inline" if kind in ENDINGS else "attachment"

    async def whole() -> Any:
        yield first
        async for piece in pieces:
            yield piece

    name = f'{how}; filename="{bid}-{found.part}.{ENDINGS.get(kind, "bin")}"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store", "Content-Length": str(found.size)}
    return Stream(whole(), media_type=kind, headers=headers)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    rows: list[Row] = []
    items: Items = {}
    found, checked = None, False
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        if ground.state not in (SectionState.DRAFT, SectionState.READY):
            items = await purchaser_items(session, ground.section)
        if items and ground.section.opened_at is not None:
            found = await qualification_of(session, section_id)
            bids = await opened_bids(session, section_id)
            told = await dossier(session, section_id, taken_down=True)
            checked = await _checked(session, section_id)
            names = {one.bid: one.name for one in told.opened.record} if told.opened else {}
            papers = await papers_of(session, bids, Blindfold()) if checked else {}
            rows = [_row(bid, names, papers) for bid in bids]
    regime = regime_of(ground.section, stack.settings.mode)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/qualification.html",
        status=form.status,
        form=form,
        items=items,
        rows=rows,
        found=found,
        open=checked and found is None and ground.state == SectionState.OPENED,
        checked=checked,
        decides=ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING,
        minimum=regime.parameter(Rule.VALID_BIDS_MINIMUM),
        by=regime.parameter(Rule.QUALIFICATION_BY),
        part_names=PARTS,
        longest=LONGEST_REASON,
    )


async def _checked(session: Any, section_id: str) -> bool:
    try:
        await require_files_checked(session, section_id)
    except Problem:
        return False
    return True


def _row(bid: Bid, names: dict[str, str], papers: dict[str, list[tuple[str, int]]]) -> Row:
    files = [(part, size) for part, size in papers.get(bid.id, []) if part not in CLOSED]
    return Row(bid.id, names.get(bid.id, bid.id), files)


HANDLERS = [qualification_page, examine, file]
