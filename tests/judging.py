"""Drawing judges and letting them judge: the panel of a section, each with a key made for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenes import Hall
from sqlalchemy import select

from expertpool.draw.actions import freeze_draw, request_draw
from expertpool.draw.reveal import SLIP
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.actions import enter_expert
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM, Actor, Role
from trading.evaluation.actions import lock_marks, opened_bids, seat_message, seats_of, sign_report, take_seat
from trading.evaluation.marks import commitment, judge_id
from trading.evaluation.tables import Evaluation
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
    async with hall.database.work(hall.actor("centre")) as work:
        await freeze_draw(work, hall.keys.service, draw)
    return draw


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
            items = (await session.get_one(Document, self.section)).method["items"]
        said = mark or (lambda _, item: str(item["max"]))
        return {bid.id: {item["id"]: said(place, item) for item in items} for place, bid in enumerate(bids)}

    async def lock(
        self, number: int, sheet: Sheet, *, seat: int | None = None, key: bytes | None = None,
        role: Role = Role.JUDGE, salt: bytes | None = None,
    ) -> None:  # fmt: skip
        """Lock a sheet; `seat` and `key` let a judge try to act as another."""
        target, salt = self.seat(seat or number), salt or random_bytes(32)
        promised = commitment(salt, self.section, judge_id(target.number), sheet)
        async with self.hall.database.work(self.actor(number, role)) as work:
            await lock_marks(
                work, self.hall.authority, self.hall.keys.service, target.id, sheet, salt,
                sign_p256(key or self.keys[number], promised),
            )  # fmt: skip

    async def sign(self, number: int, *, key: bytes | None = None) -> None:
        """Sign the report."""
        async with self.hall.database.reading() as session:
            found = await session.get(Evaluation, self.section)
        digest = bytes(32) if found is None else found.digest
        async with self.hall.database.work(self.actor(number)) as work:
            await sign_report(
                work, self.hall.authority, self.seat(number).id, sign_p256(key or self.keys[number], digest)
            )

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


async def a_panel(hall: Hall, section: str) -> Panel:
    """Five judges drawn for a section; nobody has signed in."""
    await drawn(hall, section)
    async with hall.database.reading() as session:
        return Panel(hall, section, await seats_of(session, section))


async def seat_rows(hall: Hall, section: str) -> list[Seat]:
    async with hall.database.reading() as session:
        return list((await session.execute(select(Seat).where(Seat.section == section))).scalars())
