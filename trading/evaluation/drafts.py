"""A judge's marks before the lock: each saved by itself under its own version, sealed, readable by its seat alone."""

from collections.abc import Mapping
from decimal import localcontext
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.blind.queries import require_blindfold
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import held_seat, opened_bids
from trading.evaluation.reading import read_mark, read_method
from trading.evaluation.rules import EXACT, ItemKind
from trading.evaluation.tables import MarkDraft, Sheet
from trading.opening.queries import require_files_checked
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import Section

DRAFT = "mark draft"
LONGEST = 32
"""A sealed mark is padded to so many characters, so that its length does not tell 9 from 10."""


class Draft(NamedTuple):
    """One saved mark and how often it was given."""

    mark: str
    version: int


class Saved(NamedTuple):
    """What saving gave: the new version, and the other mark that stood there if it was not the one the page knew."""

    version: int
    overtaken: str | None


async def save_mark(work: Work, keys: KeyService, seat_id: str, bid: str, item: str, mark: str, known: int) -> Saved:
    """Save one mark of a `bid`, or of its label; the last valid one counts. `known` is the version the page had, 0 for none.

    `marks.not-open`, `marks.locked`, `opening.…`, `evaluation.…` (bid, item, range, step) refuse, and then the previous
    valid mark stays.
    """
    require(work.ctx.actor, "mark.draft")
    seat, section = await _own(work, seat_id)
    await require_files_checked(work.session, section.id)
    key, bid = bid, await _check(work.session, keys, section, bid, item, mark)
    row = await work.session.get(MarkDraft, (seat_id, bid, item))
    before = None if row is None else _opened(keys, row)
    sealed = keys.wrap(DRAFT, _context(seat_id, bid, item), mark.ljust(LONGEST).encode(), work.ctx.random)
    version = 1 if row is None else row.version + 1
    if row is None:
        row = MarkDraft(seat=seat_id, bid=bid, item=item, region=section.region)
        work.session.add(row)
    row.sealed, row.version, row.saved_at = sealed, version, work.ctx.now
    judge = judge_id(seat.number)
    work.record(Event.MARK_DRAFTED, f"{section.id}#{judge}", section=section.id, region=section.region, bid=key)
    overtaken = before if before is not None and known != version - 1 and before != mark else None
    return Saved(version, overtaken)


async def own_drafts(session: AsyncSession, keys: KeyService, seat_id: str) -> dict[str, dict[str, Draft]]:
    """The saved marks of one seat, bid → item → draft; the caller has made sure that it is the asker's own."""
    rows = (await session.execute(select(MarkDraft).where(MarkDraft.seat == seat_id))).scalars()
    found: dict[str, dict[str, Draft]] = {}
    for row in rows:
        found.setdefault(row.bid, {})[row.item] = Draft(_opened(keys, row), row.version)
    return found


async def require_as_drafted(
    work: Work, keys: KeyService, seat_id: str, marks: Mapping[str, Mapping[str, Any]]
) -> None:
    """`marks.moved-on` where what is to be locked is not what stands saved: another tab has changed it meanwhile."""
    seat = await held_seat(work.session, work.ctx.actor, seat_id)
    section = await work.session.get_one(Section, seat.section)
    method = read_method((await document_of(work.session, section.id)).method)
    fold = await require_blindfold(work.session, keys, section, method)
    saved = fold.shown(await own_drafts(work.session, keys, seat_id))
    for key, row in marks.items():
        for item, mark in row.items():
            found = saved.get(key, {}).get(item)
            if found is None or found.mark != mark:
                raise Problem("marks.moved-on", bid=key, item=item)


async def _own(work: Work, seat_id: str) -> tuple[Seat, Section]:
    """The acting judge's seat, locked; the section is not: judges who mark at the same time do not wait for each other."""
    held = select(Seat).where(Seat.id == seat_id, Seat.certificate.is_not(None)).with_for_update()
    seat = (await work.session.execute(held)).scalar_one_or_none()
    if seat is None or seat.id != work.ctx.actor.id:
        raise Problem("seat.unknown")
    if await work.session.get(Sheet, seat_id) is not None:
        raise Problem("marks.locked", judge=judge_id(seat.number))
    section = await work.session.get_one(Section, seat.section)
    if section.state != SectionState.EVALUATING:
        raise Problem("marks.not-open", state=section.state)
    return seat, section


async def _check(session: AsyncSession, keys: KeyService, section: Section, key: str, item: str, mark: str) -> str:
    """The bid that is marked under a key, which for an item of a blind part is its label."""
    path = f"$.{key}"
    method = read_method((await document_of(session, section.id)).method)
    items = method.of_kind(ItemKind.SUBJECTIVE)
    fold = await require_blindfold(session, keys, section, method)
    bid = fold.bid_of(key, item)
    if bid not in {one.id for one in await opened_bids(session, section.id)}:
        raise Problem("evaluation.bid-unknown", path=path, bid=key)
    if item not in items:
        raise Problem("evaluation.item-unknown", path=path, item=item)
    with localcontext(EXACT):
        read_mark(mark, items[item], path)
    if len(mark) > LONGEST:
        raise Problem("marks.too-long", most=LONGEST)
    assert bid is not None
    return bid


def _opened(keys: KeyService, row: MarkDraft) -> str:
    return keys.unwrap(DRAFT, _context(row.seat, row.bid, row.item), row.sealed).decode().rstrip()


def _context(seat: str, bid: str, item: str) -> str:
    return f"{seat}/{bid}/{item}"
