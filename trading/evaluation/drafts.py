"""A judge's marks before the lock: each saved by itself under its own version, sealed, readable by its seat alone."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.canonical import canonical, read
from infra.kernel.problems import Problem
from trading.blind.queries import require_blindfold
from trading.evaluation.marks import Reasoned
from trading.evaluation.queries import held_seat
from trading.evaluation.reading import read_method
from trading.evaluation.tables import MarkDraft
from trading.evaluation.words import Pin
from trading.sections.queries import document_of
from trading.sections.tables import Section

DRAFT = "mark draft"
CLASS = 1024
"""A draft is padded to full classes of so many bytes, so that its length tells neither its mark nor that it has a reason."""


class Draft(NamedTuple):
    """One saved mark, empty before the first, how often the draft was changed, the reason and the pinned pages."""

    mark: str
    version: int
    reason: str = ""
    pins: list[Pin] = []  # noqa: RUF012


async def own_drafts(session: AsyncSession, keys: KeyService, seat_id: str) -> dict[str, dict[str, Draft]]:
    """The saved marks of one seat, bid → item → draft; the caller has made sure that it is the asker's own."""
    rows = (await session.execute(select(MarkDraft).where(MarkDraft.seat == seat_id))).scalars()
    found: dict[str, dict[str, Draft]] = {}
    for row in rows:
        found.setdefault(row.bid, {})[row.item] = opened_draft(
            keys, (row.seat, row.bid, row.item), row.sealed, row.version
        )
    return found


def sheet_of_drafts(drafts: Mapping[str, Mapping[str, Draft]], rows: Mapping[str, Collection[str]]) -> Reasoned:
    """The drafts of these rows (bid or label → items) as a sheet: what is marked, its reasons and its pins."""
    given = {
        key: {item: one for item, one in drafts.get(key, {}).items() if item in items and one.mark}
        for key, items in rows.items()
    }
    return Reasoned(
        {key: {item: one.mark for item, one in row.items()} for key, row in given.items() if row},
        {
            key: found
            for key, row in given.items()
            if (found := {i: one.reason for i, one in row.items() if one.reason})
        },
        {key: pins for key, row in given.items() if (pins := {i: one.pins for i, one in row.items() if one.pins})},
    )


async def require_as_drafted(work: Work, keys: KeyService, seat_id: str, sheet: Reasoned) -> None:
    """`marks.moved-on` where what is to be locked is not what stands saved: another tab has changed it meanwhile."""
    seat = await held_seat(work.session, work.ctx.actor, seat_id)
    section = await work.session.get_one(Section, seat.section)
    method = read_method((await document_of(work.session, section.id)).method)
    fold = await require_blindfold(work.session, keys, section, method)
    saved = fold.shown(await own_drafts(work.session, keys, seat_id))
    for key, row in sheet.marks.items():
        for item, mark in row.items():
            found = saved.get(key, {}).get(item)
            words = (sheet.reasons.get(key, {}).get(item, ""), sheet.pins.get(key, {}).get(item, []))
            if found is None or found.mark != mark or (found.reason, found.pins) != words:
                raise Problem("marks.moved-on", bid=key, item=item)


def sealed_draft(
    keys: KeyService, seat: str, bid: str, item: str, draft: Draft, random: Callable[[int], bytes]
) -> bytes:
    """A draft sealed to its seat, bid and item; of one length with others of its class."""
    told = canonical({"mark": draft.mark, "pins": draft.pins, "reason": draft.reason})
    return keys.wrap(DRAFT, _context(seat, bid, item), told.ljust(-(-len(told) // CLASS) * CLASS), random)


def opened_draft(keys: KeyService, place: tuple[str, str, str], sealed: bytes, version: int) -> Draft:
    """The draft of a seat, bid and item; one of before there were reasons is its mark alone."""
    opened = keys.unwrap(DRAFT, _context(*place), sealed)
    if not opened.startswith(b"{"):
        return Draft(opened.decode().rstrip(), version)
    told = read(opened)
    return Draft(told["mark"], version, told["reason"], told["pins"])


def _context(seat: str, bid: str, item: str) -> str:
    return f"{seat}/{bid}/{item}"
