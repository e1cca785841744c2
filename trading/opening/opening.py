"""Opening: with t released keys every price form is opened and announced, and the opening record is made; files wait."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Database, Work
from infra.jobs import LATER, NotYetError, enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.consortium import Read, record_notes
from trading.bidding.states import LIFE as BID_LIFE
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidPart
from trading.bidding.uploads import manifest_of
from trading.clarifications.confirming import stated_versions
from trading.opening.announcing import tell_opened, unread
from trading.opening.confirming import make_record
from trading.opening.failing import forget_trouble, note_trouble, stops
from trading.opening.form import FORM, LARGEST_CONTAINER, read_form
from trading.opening.ground import Ground, take_ground
from trading.opening.plain import Plain
from trading.opening.queries import stages
from trading.opening.reading import Keys, Sealed, fetch, open_part, recorded, told_of, tried
from trading.opening.states import LIFE, UNANNOUNCED, Stage
from trading.opening.tables import BidOpening
from trading.opening.windows import open_factor_window
from trading.reserve.actions import announce_reserve
from trading.sections.queries import lock_section
from trading.sections.states import LIFE as SECTION_LIFE
from trading.sections.states import SectionState
from trading.sections.tables import Section

TOGETHER = 16
"""Forms on their way from the store at a time: while some are awaited, others are decrypted."""
AT_ONCE = 50
"""Forms announced in one transaction, unless fewer are left."""


class Form(NamedTuple):
    """An opened form: what decrypting gave, and the fields that are read out."""

    plain: Plain
    fields: dict[str, Any]


async def open_section(database: Database, objects: Objects, keys: PlatformKeys, section_id: str) -> None:
    """Announce every bid's form once t keys stand released, then make the record; safe to run again at any point.

    One bid's failure never holds up the others: it is recorded with its cause and the rest go on (EBM 31). The record
    waits while a bid waits for a remedy or for an officer's decision on an unknown cause. `NotYetError` while the store
    is away or a fault of ours is tried again.
    """
    async with database.work(SYSTEM) as work:
        await open_factor_window(work, section_id)
    async with database.work(SYSTEM) as work:
        ground = await take_ground(work, keys, section_id, (SectionState.DECRYPTING,), UNANNOUNCED, forms=True)
    if ground is None:
        return

    async def announce(found: dict[str, Form | Problem]) -> None:
        async with database.work(SYSTEM) as work:
            await _announce(work, keys, ground, found)

    first = ground.two_envelope
    works = [tried(bid, _open_form(objects, ground.keys, sealed, first)) for bid, [sealed] in ground.bids.items()]
    again = await recorded(works, TOGETHER, AT_ONCE, announce)
    async with database.work(SYSTEM) as work:
        await _record_opening(work, ground)
    if again:
        raise NotYetError(f"{again} bids of {section_id} could not be read yet")


async def _open_form(objects: Objects, keys: Keys, sealed: Sealed, first: bool) -> Form:
    with told_of(FORM):
        if sealed.barred is not None:
            raise Problem(sealed.barred)
        if sealed.entry.size > LARGEST_CONTAINER:
            raise Problem("opening-form.too-large", size=sealed.entry.size, largest=LARGEST_CONTAINER)
    blocks = [await fetch(objects, sealed, block) for block in sealed.blocks]
    return await asyncio.to_thread(_decrypt_form, sealed, blocks, keys, first)


def _decrypt_form(sealed: Sealed, blocks: Sequence[bytes], keys: Keys, first: bool) -> Form:
    plain = open_part(sealed, blocks, keys, keep=True)
    with told_of(FORM):
        return Form(plain, read_form(plain.content, first=first))


async def _announce(work: Work, keys: PlatformKeys, ground: Ground, found: dict[str, Form | Problem]) -> None:
    """Record opened forms and failures; no plaintext is stored but the announced form, input keys only wrapped."""
    require(work.ctx.actor, "bid.open")
    rows = await work.session.execute(unread(FORM, found, UNANNOUNCED).where(Bid.state == BidState.SUBMITTED))
    for bid, opening, body, part in rows:
        form = found[bid.id]
        if isinstance(form, Problem):
            await note_trouble(work, bid, opening, body, form, ground)
        else:
            forget_trouble(bid, opening)
            _read_out(work, keys, bid, body, part, form)
            opening.stage = LIFE.move("announce", Stage(opening.stage), work.ctx.actor.role)


def _read_out(work: Work, keys: PlatformKeys, bid: Bid, body: Organisation, part: BidPart, form: Form) -> None:
    bid.state = BID_LIFE.move("open", BidState(bid.state), work.ctx.actor.role)
    bid.form = form.fields
    tell_opened(work, keys, Event.BID_OPENED, bid, body, part, form.plain, bid.digest)


async def _record_opening(work: Work, ground: Ground) -> None:
    """The opening record 开标记录 (EBM 30, 32), once every bid is announced or left out for a cause."""
    section = await lock_section(work.session, ground.section)
    if section.state != SectionState.DECRYPTING:
        return
    found = await stages(work.session, section.id)
    if any(found.get(stage) for stage in UNANNOUNCED):
        return
    if await stops(work, section, found.get(Stage.ANNOUNCED, 0), ground.minimum):
        return
    section.state = SECTION_LIFE.move("open", SectionState(section.state), work.ctx.actor.role)
    section.opened_at = work.ctx.now
    record = await _record(work, section)
    work.record(Event.SECTION_OPENED, section.id, section=section.id, region=section.region, record=record)
    await make_record(work, section, record)
    if not section.two_envelope:
        await announce_reserve(work, ground.keys, section)
    await enqueue(work, "check-files", LATER, section=section.id)
    await enqueue(work, "rescreen", section=section.id)


async def _record(work: Work, section: Section) -> list[dict[str, Any]]:
    rows = await work.session.execute(
        select(Bid, BidOpening, Organisation)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .join(Organisation, Organisation.id == Bid.bidder)
        .where(BidOpening.section == section.id)
        .order_by(Bid.submitted_at, Bid.id)
    )
    found = rows.all()
    read = (Read(bid.id, body.credit_code, bid.form, _parts(bid)) for bid, _, body in found)
    versions = await stated_versions(work.session, section.id)
    notes = record_notes(read, section.joint)
    return [
        {
            "bid": bid.id,
            "bidder": body.credit_code,
            "name": body.name,
            "state": "opened" if opening.stage == Stage.ANNOUNCED else opening.stage,
            "cause": opening.cause,
            "form": bid.form,
            **notes.get(bid.id, {}),
            **({"version": versions[bid.id]} if versions else {}),
        }
        for bid, opening, body in found
    ]


def _parts(bid: Bid) -> list[str]:
    """The parts of a bid that was read out; of another one even the manifest may not be readable."""
    return [] if bid.form is None else [entry.part for entry in manifest_of(bid).parts]
