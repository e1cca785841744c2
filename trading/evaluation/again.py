"""The committee evaluates again 复评: what stood is kept as it was, every judge begins from the own earlier marks."""

from sqlalchemy import delete

from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from trading.evaluation.actions import SHEET
from trading.evaluation.drafts import Draft, sealed_draft
from trading.evaluation.queries import seats_of, sheets_of
from trading.evaluation.rounds import how_often
from trading.evaluation.tables import Consolidation, Evaluation, Explanation, MarkDraft, SetAside, Sheet
from trading.sections.tables import Section
from trading.sitting.tables import TimeRequest


def require_reopenable(section: Section) -> None:
    """`way.known` where marking anew would not be blind or not before the prices any more: such a tender is called anew."""
    if section.blind or section.two_envelope:
        raise Problem("way.known", section=section.id)


async def set_aside(work: Work, keys: KeyService, section: Section, evaluation: Evaluation) -> int:
    """Keep the evaluation and open every sheet; gives its number. The caller holds the section and records the event.

    What judges signed stays in journal and log. Every mark, reason and pin becomes a saved one of its judge again, so that
    only what is wrong has to be changed; it is locked anew by everybody.
    """
    number = await how_often(work.session, section.id) + 1
    work.session.add(
        SetAside(
            section=section.id,
            number=number,
            region=section.region,
            evidence=evaluation.evidence,
            report=evaluation.report,
            digest=evaluation.digest,
            published_at=evaluation.published_at,
            set_aside_at=work.ctx.now,
        )
    )
    for sheet in await sheets_of(work.session, section.id):
        _reopen(work, keys, section, sheet)
    seats = [seat.id for seat in await seats_of(work.session, section.id)]
    await work.session.flush()
    for table in (Sheet, Explanation, TimeRequest):
        await work.session.execute(delete(table).where(table.seat.in_(seats)))
    await work.session.execute(delete(Consolidation).where(Consolidation.section == section.id))
    await work.session.execute(delete(Evaluation).where(Evaluation.section == section.id))
    return number


def _reopen(work: Work, keys: KeyService, section: Section, sheet: Sheet) -> None:
    told = read(keys.unwrap(SHEET, sheet.seat, sheet.sealed))
    reasons, pins = told.get("reasons", {}), told.get("pins", {})
    for bid, row in told["marks"].items():
        for item, mark in row.items():
            words = reasons.get(bid, {}).get(item, ""), pins.get(bid, {}).get(item, [])
            work.session.add(
                MarkDraft(
                    seat=sheet.seat,
                    bid=bid,
                    item=item,
                    region=section.region,
                    sealed=sealed_draft(keys, sheet.seat, bid, item, Draft(mark, 1, *words), work.ctx.random),
                    version=1,
                    saved_at=work.ctx.now,
                )
            )
