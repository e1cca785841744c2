"""Drawing judges and letting them judge: the panel of a section, each with a key made for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenes import Hall
from sqlalchemy import select

from expertpool.draw.actions import freeze_draw, request_draw
from expertpool.draw.entries import Entry
from expertpool.draw.evidence_file import evidence_of
from expertpool.draw.pools import each_piece
from expertpool.draw.reveal import SLIP
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.actions import enter_expert
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from trading.evaluation.actions import lock_marks
from trading.evaluation.committee import dissent_message, resolution_message
from trading.evaluation.marks import Reasoned, judge_id, reasoned_commitment
from trading.evaluation.panel import request_panel
from trading.evaluation.queries import opened_bids, seats_of
from trading.evaluation.reporting import dissent, sign_report
from trading.evaluation.resolving import move_resolution, next_number, vote
from trading.evaluation.seating import declare_conflict, seat_message, take_seat
from trading.evaluation.tables import Evaluation, Resolution
from trading.examination.actions import lock_examination, save_answers
from trading.examination.rules import commitment as examined
from trading.sections.states import SectionState
from trading.sections.tables import Document
from web.demo import cast

QUOTA = {cast.WORKS: 3, cast.COST: 2}
Sheet = dict[str, dict[str, str]]


async def enter_experts(hall: Hall) -> None:
    """The cast's sixty experts."""
    async with hall.database.work(SYSTEM) as work:
        for expert in cast.EXPERTS:
            await enter_expert(
                work, hall.keys.service, name=expert.name, identity=expert.identity, employer=expert.employer,
                specialties=expert.specialties, region=cast.REGION,
            )  # fmt: skip


async def requested(
    hall: Hall, section: str, quota: Mapping[str, int] | None = None, avoid: tuple[str, ...] = (), alternates: int = 1
) -> str:
    """A draw asked for by the agent; its id."""
    async with hall.database.work(hall.actor("agent")) as work:
        draw = await request_draw(
            work, section, quota=quota or QUOTA, alternates=alternates, avoid=list(avoid), region=cast.REGION
        )
    return draw.id


async def frozen(hall: Hall, section: str, **asked: Any) -> str:
    """A draw whose pool is frozen; its id."""
    draw = await requested(hall, section, **asked)
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, draw)
    return draw


async def evidence_in(hall: Hall, draw: str) -> dict[str, Any]:
    """The evidence file of a revealed draw."""
    async with hall.database.reading() as session:
        return await evidence_of(session, hall.objects, hall.keys.service, await session.get_one(Draw, draw))


async def frozen_facts(hall: Hall, draw: str) -> dict[str, Any]:
    """What was logged of a frozen pool."""
    [line] = [one for one in await hall.lines(Event.DRAW_FROZEN) if one.subject == draw]
    found: dict[str, Any] = line.facts["frozen"]
    return found


async def pool_in(hall: Hall, draw: str) -> list[Entry]:
    """Everybody of a frozen pool."""
    async with hall.database.reading() as session:
        found = await session.get_one(Draw, draw)
        pieces = each_piece(session, hall.objects, hall.keys.service, found)
        return [entry async for piece in pieces for entry in piece]


async def drawn(hall: Hall, section: str, **asked: Any) -> str:
    """A draw that is revealed; its id."""
    draw = await frozen(hall, section, **asked)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    return draw


async def the_draw(hall: Hall, draw: str) -> Draw:
    async with hall.database.reading() as session:
        return await session.get_one(Draw, draw)


async def draw_in(hall: Hall, draw: str, state: DrawState) -> bool:
    return (await the_draw(hall, draw)).state == state


def with_reasons(marks: Sheet) -> Reasoned:
    """A sheet whose every mark has a written reason."""
    reasons = {bid: {item: f"{item} 酌情扣分" for item in row} for bid, row in marks.items() if row}
    return Reasoned(marks, reasons)


@dataclass
class Panel:
    """The judges of one section with their keys; a judge acts by number from 1."""

    hall: Hall
    section: str
    seats: list[Seat]
    keys: dict[int, bytes] = field(default_factory=dict)

    def seat(self, number: int) -> Seat:
        return self.seats[number - 1]

    def slip(self, number: int) -> str:
        """What the notifier sends a judge."""
        seat = self.seat(number)
        return self.hall.keys.service.unwrap(SLIP, seat.id, seat.sealed_slip).decode()

    def actor(self, number: int, role: Role = Role.JUDGE) -> Actor:
        return Actor(self.seat(number).id, role, None, cast.REGION)

    async def sign_in(
        self, number: int, *, slip: str | None = None, no_conflict: bool = True, role: Role = Role.JUDGE,
        key: bytes | None = None,
    ) -> None:  # fmt: skip
        """Take the seat; `key` signs in place of the judge's own."""
        own = self.keys.setdefault(number, new_p256(random_bytes))
        slip = slip or self.slip(number)
        public = p256_public(own)
        async with self.hall.database.work(self.actor(number, role)) as work:
            signature = sign_p256(key or own, seat_message(slip, public))
            await take_seat(work, self.hall.keys.authority, slip, public, signature, no_conflict=no_conflict)

    async def sheet(self, mark: Callable[[int, dict[str, Any]], str] | None = None) -> Sheet:
        """A complete sheet: the full mark everywhere, or what `mark(place of the bid, item)` says."""
        async with self.hall.database.reading() as session:
            bids = await opened_bids(session, self.section)
            document = await session.get_one(Document, self.section)
        items = [item for item in document.method["items"] if item["kind"] == "subjective"]
        said = mark or (lambda _, item: str(item["max"]))
        return {bid.id: {item["id"]: said(place, item) for item in items} for place, bid in enumerate(bids)}

    async def lock(
        self, number: int, sheet: Sheet | Reasoned, *, seat: int | None = None, key: bytes | None = None,
        role: Role = Role.JUDGE, salt: bytes | None = None,
    ) -> None:  # fmt: skip
        """Lock a sheet, marks alone with a reason for each; `seat` and `key` let a judge try to act as another."""
        told = sheet if isinstance(sheet, Reasoned) else with_reasons(sheet)
        target, salt = self.seat(seat or number), salt or random_bytes(32)
        promised = reasoned_commitment(bytes(salt).ljust(32), self.section, judge_id(target.number), told)
        async with self.hall.database.work(self.actor(number, role)) as work:
            await lock_marks(
                work, self.hall.authority, self.hall.keys.service, target.id, told, salt,
                sign_p256(key or self.keys[number], promised),
            )  # fmt: skip

    async def answers(self, failing: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
        """Complete answers: everything passes but what `failing` says by bid and item."""
        async with self.hall.database.reading() as session:
            bids = await opened_bids(session, self.section)
            document = await session.get_one(Document, self.section)
        row = {item["id"]: "pass" for item in document.examination}
        return {bid.id: {**row, **(failing or {}).get(bid.id, {})} for bid in bids}

    async def save(self, number: int, bid: str, answers: Mapping[str, Any], *, seat: int | None = None) -> None:
        """Save answers about one bid."""
        async with self.hall.database.work(self.actor(number)) as work:
            await save_answers(work, self.hall.keys.service, self.seat(seat or number).id, bid, answers)

    async def lock_answers(self, number: int, answers: dict[str, dict[str, Any]], *, key: bytes | None = None) -> None:
        """Lock what is saved."""
        salt, target = random_bytes(32), self.seat(number)
        promised = examined(salt, self.section, judge_id(number), answers)
        async with self.hall.database.work(self.actor(number)) as work:
            await lock_examination(
                work, self.hall.authority, self.hall.keys.service, target.id, answers, salt,
                sign_p256(key or self.keys[number], promised),
            )  # fmt: skip

    async def examine(self, number: int, failing: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Answer everything and lock it."""
        told = await self.answers(failing)
        for bid, row in told.items():
            await self.save(number, bid, row)
        await self.lock_answers(number, told)

    async def sign(self, number: int, *, key: bytes | None = None) -> None:
        """Sign the report."""
        async with self.hall.database.reading() as session:
            found = await session.get(Evaluation, self.section)
        digest = bytes(32) if found is None else found.digest
        async with self.hall.database.work(self.actor(number)) as work:
            await sign_report(
                work, self.hall.authority, self.seat(number).id, sign_p256(key or self.keys[number], digest)
            )

    async def dissent(self, number: int, reasons: str) -> None:
        """Give written reasons against the report in place of a signature."""
        found = await self.evaluation()
        signature = sign_p256(self.keys[number], dissent_message(found.digest, reasons))
        async with self.hall.database.work(self.actor(number)) as work:
            await dissent(work, self.hall.authority, self.seat(number).id, reasons, signature)

    async def move(self, number: int, content: dict[str, Any], *, key: bytes | None = None) -> int:
        """Move a resolution; its number."""
        async with self.hall.database.work(self.actor(number)) as work:
            due = await next_number(work.session, self.section)
            message = resolution_message(self.section, due, content, agrees=True, reasons="")
            signature = sign_p256(key or self.keys[number], message)
            return await move_resolution(work, self.hall.keys, self.seat(number).id, content, signature)

    async def vote(self, number: int, resolution: int, *, against: str | None = None, key: bytes | None = None) -> None:
        """Answer a resolution: agree, or be against it for these reasons."""
        agrees, reasons = against is None, against or ""
        async with self.hall.database.work(self.actor(number)) as work:
            wanted = select(Resolution.content).where(
                Resolution.section == self.section, Resolution.number == resolution
            )
            content = (await work.session.execute(wanted)).scalar_one_or_none() or {}
            message = resolution_message(self.section, resolution, content, agrees=agrees, reasons=reasons)
            signature = sign_p256(key or self.keys[number], message)
            await vote(
                work, self.hall.keys, self.seat(number).id, resolution, signature, agrees=agrees, reasons=reasons
            )

    async def resolve(self, content: dict[str, Any], judges: Sequence[int] = (1, 2, 3)) -> int:
        """The first judge moves, the others agree."""
        number = await self.move(judges[0], content)
        for judge in judges[1:]:
            await self.vote(judge, number)
        return number

    async def leave(self, number: int) -> None:
        """Declare a conflict with the slip; the panel is read anew, for another may sit there now."""
        slip, actor = self.slip(number), self.actor(number)
        async with self.hall.database.work(actor) as work:
            await declare_conflict(work, self.hall.keys, slip)
        await self.refresh()

    async def refresh(self) -> None:
        """Who holds the seats now."""
        async with self.hall.database.reading() as session:
            self.seats = await seats_of(session, self.section)

    async def evaluation(self) -> Evaluation:
        async with self.hall.database.reading() as session:
            return await session.get_one(Evaluation, self.section)

    async def conclude(self, sheets: Mapping[int, Sheet]) -> None:
        """Everybody locks, the marks are published, everybody signs the report."""
        for number, sheet in sheets.items():
            await self.lock(number, sheet)
        await self.hall.reach(self.section, SectionState.MARKED)
        for number in sheets:
            await self.sign(number)


async def a_panel(hall: Hall, section: str, alternates: int = 1, quota: Mapping[str, int] | None = None) -> Panel:
    """Five judges drawn for a section; nobody has signed in."""
    async with hall.database.work(hall.actor("agent")) as work:
        draw = await request_panel(work, section, quota=quota or QUOTA, alternates=alternates)
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, draw.id)
    await hall.until(lambda: draw_in(hall, draw.id, DrawState.REVEALED))
    async with hall.database.reading() as session:
        return Panel(hall, section, await seats_of(session, section))


async def seat_rows(hall: Hall, section: str) -> list[Seat]:
    async with hall.database.reading() as session:
        return list((await session.execute(select(Seat).where(Seat.section == section))).scalars())
