"""Reading an examination: what is to be examined, the settled result, and the gate before the marks."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.keys import KeyService
from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from trading.examination.rules import Items, Party, items_for, items_of, missing
from trading.examination.tables import Examination, ExaminationDraft, ExaminationSheet
from trading.sections.queries import document_of
from trading.sections.tables import Section

DRAFT, SHEET = "examination draft", "examination sheet"


async def items_in(session: AsyncSession, section_id: str) -> Items:
    """What the section's document in force has bids examined for; empty in older documents."""
    return items_of((await document_of(session, section_id)).examination or [])


async def settled(session: AsyncSession, section_id: str, draws: Iterable[str]) -> Examination | None:
    """The result of the committee that these draws seated; None while there is none."""
    found = select(Examination).where(Examination.section == section_id, Examination.draw.in_(list(draws)))
    return (await session.execute(found)).scalar_one_or_none()


async def require_examined(session: AsyncSession, section: Section) -> None:
    """`examination.open` while the preliminary examination is not settled; a document without items asks for none."""
    if not await items_in(session, section.id):
        return
    seats = select(Seat.draw).where(Seat.section == section.id)
    found = await settled(session, section.id, (await session.execute(seats)).scalars())
    if found is None or found.reopened_at is not None:
        raise Problem("examination.open", section=section.id)


async def examination_sheets(session: AsyncSession, section_id: str) -> list[ExaminationSheet]:
    """The sheets locked so far; never to be shown before all are."""
    found = select(ExaminationSheet).where(ExaminationSheet.section == section_id)
    return list((await session.execute(found)).scalars())


async def own_answers(session: AsyncSession, keys: KeyService, seat_id: str) -> dict[str, dict[str, Any]]:
    """The answers of one seat, locked or saved, bid → item → answer; the caller has made sure that it is the asker's own."""
    sheet = await session.get(ExaminationSheet, seat_id)
    if sheet is not None:
        answers: dict[str, dict[str, Any]] = read(keys.unwrap(SHEET, seat_id, sheet.sealed))["answers"]
        return answers
    rows = (await session.execute(select(ExaminationDraft).where(ExaminationDraft.seat == seat_id))).scalars()
    return {row.bid: opened_draft(keys, row) for row in rows}


def opened_draft(keys: KeyService, row: ExaminationDraft) -> dict[str, Any]:
    """The saved answers about one bid, item → answer."""
    found: dict[str, Any] = read(keys.unwrap(DRAFT, draft_context(row.seat, row.bid), row.sealed).rstrip())
    return found


def draft_context(seat: str, bid: str) -> str:
    """What a saved answer is sealed to."""
    return f"{seat}/{bid}"


class Examining(NamedTuple):
    """The examination as one judge may see it: the own answers, and the result only once it is settled."""

    items: Items
    answers: dict[str, dict[str, Any]]
    locked: bool
    result: dict[str, Any] | None
    reopened: bool

    def left(self, bids: Iterable[str]) -> list[tuple[str, str]]:
        """What the own answers still lack, as (bid, item)."""
        return missing(self.answers, self.items, bids)


async def examining(
    session: AsyncSession, keys: KeyService, seat: Seat, committee: Collection[Seat], by: Collection[str]
) -> Examining | None:
    """What the judge of this seat examines; None where the document has no such items."""
    items = items_for(Party.COMMITTEE, await items_in(session, seat.section), by)
    if not items:
        return None
    found = await settled(session, seat.section, {one.draw for one in committee})
    reopened = found is not None and found.reopened_at is not None
    return Examining(
        items=items,
        answers=await own_answers(session, keys, seat.id),
        locked=await session.get(ExaminationSheet, seat.id) is not None,
        result=None if found is None or reopened else found.result,
        reopened=reopened,
    )
