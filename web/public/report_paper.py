"""The evaluation report as a PDF in the reader's language: for judges in the room, its parties, and with the candidates all."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.evaluation.method import Label
from trading.publication.given import Given, given_of
from trading.publication.queries import Dossier, dossier
from trading.report.sheets import Chapter, Sheets, sheets_pdf
from trading.sections.queries import find_own_section
from trading.sections.states import SectionState
from web.i18n import N_, moment
from web.public.results import Results, marks_of, results
from web.state import Stack
from web.visit import Visit

PUBLIC = {"audience": "public"}
WITH_CANDIDATES = (SectionState.PUBLICITY, SectionState.DETERMINED, SectionState.NOTIFIED)
MARKS = N_("Every judge's marks")
METHODS = {
    "benchmark": N_("Benchmark price"),
    "lowest_price_first": N_("Lowest price first"),
    "lowest_evaluated": N_("Lowest evaluated price"),
}


@get("/sections/{tender:str}/{number:str}/report.pdf", opt=PUBLIC)
async def report_paper(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """The report once the candidates are published; before that, once it is made, for its own agent and entity only."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        state = SectionState(found.section.state)
        if state not in WITH_CANDIDATES and not (
            state is SectionState.REPORTED and await _is_own(session, visit, found)
        ):
            raise Problem("report.unpublished", section=found.section.id)
        given = await given_of(session, found)
    return await paper_of(visit, found, given)


async def paper_of(visit: Visit, found: Dossier, given: Given) -> Response[bytes]:
    """The response; `report.unpublished` while there is no report. Whoever calls has made sure who asks."""
    told = results(found)
    if told is None or found.evaluation is None:
        raise Problem("report.unpublished", section=found.section.id)
    data = await asyncio.to_thread(sheets_pdf, sheets_of(visit, found, told, given))
    name = f"report-{found.section.id.replace('/', '-')}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


def sheets_of(visit: Visit, found: Dossier, told: Results, given: Given) -> Sheets:
    """What the sheets say, in the reader's language; the report itself is in Chinese where the parties wrote it."""
    text, evaluation = visit.texts.gettext, found.evaluation
    assert evaluation is not None and found.section.opened_at is not None
    report: dict[str, Any] = json.loads(evaluation.report)
    lines = [
        (text(N_("Section")), f"{report['title']} ({report['section']})"),
        (text(N_("Procuring entity")), found.procuring_entity.name),
        (text(N_("Agent")), found.agent.name),
        (text(N_("Opened at")), moment(found.section.opened_at, visit.language, seconds=True)),
        (text(N_("Committee")), ", ".join(_judge(visit, judge) for judge in report["judges"])),
        (text(N_("Method")), text(METHODS[report["method"]["price"]["kind"]])),
        (text(N_("What is signed, SHA-256")), evaluation.digest.hex()),
    ]
    chapters = [one for one in _chapters(visit, found, told, given, report) if one.rows or one.notes]
    return Sheets(
        title=text(N_("Evaluation report")),
        lines=lines,
        chapters=chapters,
        foot=f"SHA-256 {evaluation.digest.hex()}",
        page=text(N_("Page {number} of {all}")),
    )


def _chapters(visit: Visit, found: Dossier, told: Results, given: Given, report: dict[str, Any]) -> Iterator[Chapter]:
    text = visit.texts.gettext
    names = {one.bid: one.name for one in found.opened.record} if found.opened else {}
    yield Chapter(
        text(N_("Ranking")),
        [text(one) for one in (N_("Rank"), N_("Bidder"), N_("Price"), N_("Total"))],
        [
            [str(one.rank), one.entry.name, (one.entry.form or {}).get("price", ""), one.total or one.evaluated or ""]
            for one in told.ranking
        ],
        (0.1, 0.5, 0.2, 0.2),
    )
    rejected = [[names.get(bid, bid), why] for bid, why in sorted(report["rejected"].items())]
    yield Chapter(text(N_("Rejected bids")), [text(N_("Bidder")), text(N_("Reason"))], rejected, (0.4, 0.6))
    yield from _marks(visit, told)
    far = sorted(given.explanations.items())
    rows = [
        [
            _judge(visit, judge),
            names.get(bid, bid),
            _item(told, item, visit),
            said or text(N_("no reason was given in time")),
        ]
        for (judge, bid, item), said in far
    ]
    heads = [text(one) for one in (N_("Judge"), N_("Bidder"), N_("Item"), N_("Reason in writing"))]
    yield Chapter(text(N_("Marks far from the others', explained")), heads, rows, (0.12, 0.28, 0.2, 0.4))
    dissents = [[_judge(visit, judge), why] for judge, why in sorted(found.answers.dissents.items())]
    yield Chapter(
        text(N_("Dissent")), [text(N_("Judge")), text(N_("Reasons against the report"))], dissents, (0.2, 0.8)
    )
    yield Chapter(text(N_("Answers of the judges")), (), _answers(visit, found, report), (0.3, 0.7))


def _marks(visit: Visit, told: Results) -> Iterator[Chapter]:
    """Bidder × item × judge; what the committee found together stands as the score alone."""
    text = visit.texts.gettext
    heads = [text(N_("Item")), text(N_("Most")), *(_judge(visit, one) for one in told.judges), text(N_("Score"))]
    share = 0.5 / max(1, len(told.judges))
    widths = (0.3, 0.1, *(share for _ in told.judges), 0.1)
    for one in told.ranking:
        rows = [
            [row.name, str(row.item.max), *([mark.text for mark in row.marks] or [""] * len(told.judges)), row.score]
            for row in marks_of(told, one.entry.bid, visit.language)
        ]
        yield Chapter(f"{text(MARKS)} · {one.entry.name}", heads, rows, widths)


def _answers(visit: Visit, found: Dossier, report: dict[str, Any]) -> list[list[str]]:
    text, answers = visit.texts.gettext, found.answers
    said = {
        **dict.fromkeys(report["judges"], N_("not yet")),
        **dict.fromkeys(answers.silent, N_("silence counted as consent")),
        **dict.fromkeys(answers.signed, N_("signed")),
        **dict.fromkeys(answers.dissents, N_("dissents")),
    }
    return [[_judge(visit, judge), text(said[judge])] for judge in report["judges"]]


def _judge(visit: Visit, judge: str) -> str:
    return visit.texts.gettext(N_("Judge %(n)s")) % {"n": judge.removeprefix("J")}


def _item(told: Results, item: str, visit: Visit) -> str:
    label = told.labels.get(item, Label())
    return str(label.get(visit.language) or label.get("zh") or item)


async def _is_own(session: AsyncSession, visit: Visit, found: Dossier) -> bool:
    if visit.actor.role not in (Role.AGENT, Role.PROCURING):
        return False
    try:
        await find_own_section(session, visit.actor, found.section.id)
    except Problem:
        return False
    return True


HANDLERS = [report_paper]
