"""A judge's marks before the lock: each saved by itself under its own version, sealed, readable by its seat alone."""

from collections.abc import Collection, Mapping
from decimal import localcontext
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import canonical, read
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.blind.queries import require_blindfold
from trading.evaluation.marks import Reasoned, judge_id
from trading.evaluation.papers import READ_OUT
from trading.evaluation.queries import held_seat, takes_part
from trading.evaluation.reading import read_mark, read_method
from trading.evaluation.rules import EXACT, ItemKind
from trading.evaluation.tables import MarkDraft, Sheet
from trading.evaluation.words import Pin, read_pins, read_reason
from trading.examination.queries import require_examined
from trading.opening.queries import require_files_checked
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section

DRAFT = "mark draft"
LONGEST = 32
"""Of a mark's signs."""
CLASS = 1024
"""A draft is padded to full classes of so many bytes, so that its length tells neither its mark nor that it has a reason."""


class Draft(NamedTuple):
    """One saved mark, empty before the first, how often the draft was changed, the reason and the pinned pages."""

    mark: str
    version: int
    reason: str = ""
    pins: list[Pin] = []  # noqa: RUF012


class Saved(NamedTuple):
    """What saving gave: the new version, and the other mark that stood there if it was not the one the page knew."""

    version: int
    overtaken: str | None


async def save_mark(
    work: Work, keys: KeyService, seat_id: str, bid: str, item: str, mark: str | None, known: int,
    *, reason: str | None = None, pins: Any = None,
) -> Saved:  # fmt: skip
    """Save what is given of a mark, its reason and its pins, for a `bid` or its label; what is None stays as it was.

    The last valid one counts. `known` is the version the page had, 0 for none. `marks.not-open`, `marks.locked`,
    `opening.…`, `evaluation.…` (bid, item, range, step), `marks.reason`, `marks.pins`, `paper.unknown` refuse, and then
    everything stays as it was.
    """
    require(work.ctx.actor, "mark.draft")
    seat, section = await _own(work, seat_id)
    await require_files_checked(work.session, section.id)
    document = await document_of(work.session, section.id)  # held: what asks for it below is then not read again
    await require_examined(work.session, section)
    reason = None if reason is None else read_reason(reason, "$.reason")
    pins = None if pins is None else read_pins(pins, "$.pins")
    key, bid = bid, await _check(work.session, keys, section, document, bid, item, mark, pins or [])
    row = await work.session.get(MarkDraft, (seat_id, bid, item))
    before = Draft("", 0) if row is None else _opened(keys, row)
    version = before.version + 1
    draft = Draft(
        before.mark if mark is None else mark,
        version,
        before.reason if reason is None else reason,
        before.pins if pins is None else pins,
    )
    sealed = keys.wrap(DRAFT, _context(seat_id, bid, item), _padded(draft), work.ctx.random)
    if row is None:
        row = MarkDraft(seat=seat_id, bid=bid, item=item, region=section.region)
        work.session.add(row)
    row.sealed, row.version, row.saved_at = sealed, version, work.ctx.now
    judge = judge_id(seat.number)
    work.record(Event.MARK_DRAFTED, f"{section.id}#{judge}", section=section.id, region=section.region, bid=key)
    overtaken = before.mark and mark is not None and known != before.version and before.mark != mark
    return Saved(version, before.mark if overtaken else None)


async def own_drafts(session: AsyncSession, keys: KeyService, seat_id: str) -> dict[str, dict[str, Draft]]:
    """The saved marks of one seat, bid → item → draft; the caller has made sure that it is the asker's own."""
    rows = (await session.execute(select(MarkDraft).where(MarkDraft.seat == seat_id))).scalars()
    found: dict[str, dict[str, Draft]] = {}
    for row in rows:
        found.setdefault(row.bid, {})[row.item] = _opened(keys, row)
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


async def _check(
    session: AsyncSession,
    keys: KeyService,
    section: Section,
    document: Document,
    key: str,
    item: str,
    mark: str | None,
    pins: list[Pin],
) -> str:
    """The bid that is marked under a key, which for an item of a blind part is its label."""
    path = f"$.{key}"
    method = read_method(document.method)
    items = method.of_kind(ItemKind.SUBJECTIVE)
    fold = await require_blindfold(session, keys, section, method)
    bid = fold.bid_of(key, item)
    if bid is None or not await takes_part(session, section.id, bid):
        raise Problem("evaluation.bid-unknown", path=path, bid=key)
    if item not in items:
        raise Problem("evaluation.item-unknown", path=path, item=item)
    if mark is not None:
        with localcontext(EXACT):
            read_mark(mark, items[item], path)
        if len(mark) > LONGEST:
            raise Problem("marks.too-long", most=LONGEST)
    for pin in pins:
        shown = pin["part"] in section.parts and pin["part"] not in READ_OUT
        if not shown or fold.read_as(key, pin["part"]) is None:
            raise Problem("paper.unknown", part=pin["part"][:40])
    return bid


def _padded(draft: Draft) -> bytes:
    told = canonical({"mark": draft.mark, "pins": draft.pins, "reason": draft.reason})
    return told.ljust(-(-len(told) // CLASS) * CLASS)


def _opened(keys: KeyService, row: MarkDraft) -> Draft:
    """A draft of before there were reasons is its mark alone."""
    opened = keys.unwrap(DRAFT, _context(row.seat, row.bid, row.item), row.sealed)
    if not opened.startswith(b"{"):
        return Draft(opened.decode().rstrip(), row.version)
    told = read(opened)
    return Draft(told["mark"], row.version, told["reason"], told["pins"])


def _context(seat: str, bid: str, item: str) -> str:
    return f"{seat}/{bid}/{item}"
