"""One's own letter on the result 中标通知书 or 招标结果通知书: to read, to print, and as the file whose hash is logged."""

import asyncio
from typing import Any

import segno
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.amounts import in_words, read_yuan
from infra.kernel.canonical import b64, parse
from trading.letters.queries import own_letter
from trading.letters.tables import ResultLetter
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import public_section
from trading.sections.tables import Section
from web.bidder.letter_words import OUTCOMES, paper_of, title_of
from web.bidder.receipt_pdf import receipt_pdf
from web.forms import address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

READS = {"audience": "bidder", "reads": Read.RESULT_LETTER}


@get("/sections/{tender:str}/{number:str}/letter", opt=READS)
async def letter_page(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The letter to one's own body, in words; `letter.none` for everybody else."""
    section, row = await _read(request, visit, stack, f"{tender}/{number}")
    letter = parse(row.letter)["letter"]
    regime = regime_of(section, stack.settings.mode)
    return page(
        visit,
        "bidder/letter.html",
        demo=stack.demo,
        section=section,
        path=f"/sections/{section.id}",
        row=row,
        letter=letter,
        title=title_of(letter),
        outcome=OUTCOMES[letter["outcome"]],
        words=in_words(read_yuan(letter["winner"]["price_text"])),
        logged=b64(row.digest),
        contract=regime.parameter(Rule.CONTRACT),
        complaint=regime.parameter(Rule.COMPLAINT),
        code=Markup(segno.make(_address(stack, section), error="m").svg_inline(omitsize=True, border=0)),
    )


@get("/sections/{tender:str}/{number:str}/letter.json", opt=READS)
async def letter_file(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """The letter's file `result-letter/v1`, byte for byte: its SHA-256 is what the log has."""
    _, row = await _read(request, visit, stack, f"{tender}/{number}")
    return Response(row.letter, media_type="application/json", headers=_named(f"letter-{row.bid}.json"))


@get("/sections/{tender:str}/{number:str}/letter.pdf", opt=READS)
async def letter_paper(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """The letter for the paper file, as PDF."""
    section, row = await _read(request, visit, stack, f"{tender}/{number}")
    paper = paper_of(visit, row, parse(row.letter)["letter"], _address(stack, section))
    data = await asyncio.to_thread(receipt_pdf, paper)
    return Response(data, media_type="application/pdf", headers=_named(f"letter-{row.bid}.pdf"))


async def _read(request: AnyRequest, visit: Visit, stack: Stack, section_id: str) -> tuple[Section, ResultLetter]:
    """The letter, with its reading recorded before anything is shown."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.RESULT_LETTER, section_id, section=section_id) as look:
        section = await public_section(look.session, section_id, taken_down=True)
        row = await own_letter(look.session, visit.actor, section_id)
        look.region = section.region
    return section, row


def _address(stack: Stack, section: Section) -> str:
    """Where the log's entry of the award stands for everybody."""
    return f"{stack.settings.origin}/sections/{section.id}/log"


def _named(name: str) -> dict[str, Any]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


HANDLERS = [letter_page, letter_file, letter_paper]
