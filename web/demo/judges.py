"""The judges' part: drawn by the three bodies, signed in by slip, marking alone, signing the report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from expertpool.draw.ordering import order_draw
from expertpool.draw.reveal import SLIP
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes
from infra.kernel.context import Role
from trading.blind.queries import blindfold_of
from trading.blind.rules import Blindfold
from trading.evaluation.actions import lock_marks
from trading.evaluation.marks import Reasoned, judge_id, reasoned_commitment
from trading.evaluation.panel import request_panel
from trading.evaluation.queries import opened_bids, seats_of
from trading.evaluation.reading import read_method
from trading.evaluation.reporting import sign_report
from trading.evaluation.seating import seat_message, take_seat
from trading.evaluation.tables import Evaluation
from trading.examination.actions import lock_examination, save_answers
from trading.examination.rules import PASS
from trading.examination.rules import commitment as examined
from trading.examination.tables import Examination
from trading.opening.queries import opening_progress
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section
from web.demo import cast

if TYPE_CHECKING:
    from web.demo.story import Story

QUOTA = {cast.WORKS: 3, cast.COST: 2}


async def draw_judges(story: "Story") -> None:
    """The request avoids every party's and bidder's own people by itself; then the draw runs by itself too."""
    async with story.database.work(story.people.actor("agent")) as work:
        draw = await request_panel(work, story.section, quota=QUOTA, alternates=1)
    async with story.database.work(story.people.actor("centre")) as work:
        await order_draw(work, draw.id)
    story.tell(
        "draw ordered; frozen by the system, audited by the supervisor's trustee, three bodies commit and escrow"
    )

    async def revealed() -> bool | None:
        async with story.database.reading() as session:
            return True if (await session.get_one(Draw, draw.id)).state == DrawState.REVEALED else None

    await story.until("draw", revealed)
    story.tell("escrows opened in one act; five judges drawn, names sealed until sign-in")


class Judges:
    """Five judges in a room, each with a key made for this section."""

    def __init__(self, story: "Story") -> None:
        self._story = story
        self._keys: dict[str, bytes] = {}

    async def sit(self) -> None:
        """Sign in, lock marks one by one, wait until all are readable, sign the report."""
        story = self._story
        seats = await self.begin()
        await self.lock(seats)
        story.tell("every judge signed a commitment to complete marks; nobody's are readable yet")
        await story.reach(SectionState.MARKED)
        await self.sign(seats)
        story.tell("marks published together, report signed by all judges")

    async def begin(self) -> Sequence[Seat]:
        """All sign in; the seats, once every file of the bids is checked."""
        story = self._story
        async with story.database.reading() as session:
            seats = await seats_of(session, story.section)
        for seat in seats:
            await self._sign_in(seat)
        story.tell(f"{len(seats)} judges signed in and declared no conflict")
        await story.until("files", self._files_checked)
        await story.until("blind labels", self._readable)
        await self._examine(seats)
        return seats

    async def _examine(self, seats: Sequence[Seat]) -> None:
        """Each finds alone that every bid passes every item; then the result is there for all."""
        story = self._story
        async with story.database.reading() as session:
            bids = await opened_bids(session, story.section)
            items = [item["id"] for item in (await session.get_one(Document, story.section)).examination]
        if not items:
            return
        answers = {bid.id: dict.fromkeys(items, PASS) for bid in bids}
        for seat in seats:
            for bid, row in answers.items():
                async with story.database.work(story.actor_of(Role.JUDGE, seat.id)) as work:
                    await save_answers(work, story.keys.service, seat.id, bid, row)
            salt = random_bytes(32)
            promised = examined(salt, story.section, judge_id(seat.number), answers)
            async with story.database.work(story.actor_of(Role.JUDGE, seat.id)) as work:
                await lock_examination(
                    work, story.keys.authority.public_key, story.keys.service, seat.id, answers, salt,
                    sign_p256(self._keys[seat.id], promised),
                )  # fmt: skip
        await story.until("examination", self._examined)
        story.tell(f"every judge examined {len(bids)} bids against {len(items)} items alone; all pass")

    async def _examined(self) -> bool | None:
        async with self._story.database.reading() as session:
            return True if await session.get(Examination, self._story.section) is not None else None

    async def lock(self, seats: Sequence[Seat]) -> None:
        """These judges lock complete marks, one after the other."""
        for seat in seats:
            await self._lock(seat)

    async def sign(self, seats: Sequence[Seat]) -> None:
        """These judges sign the report."""
        for seat in seats:
            await self._sign(seat)

    async def _files_checked(self) -> bool | None:
        async with self._story.database.reading() as session:
            found = await opening_progress(session, self._story.section)
        return True if found.listed and found.checked + found.left_out == found.listed else None

    async def _sign_in(self, seat: Seat) -> None:
        story = self._story
        slip = story.keys.service.unwrap(SLIP, seat.id, seat.sealed_slip).decode()
        private = self._keys[seat.id] = new_p256(random_bytes)
        public = p256_public(private)
        async with story.database.work(story.actor_of(Role.JUDGE, seat.id)) as work:
            signature = sign_p256(private, seat_message(slip, public))
            await take_seat(work, story.keys.authority, slip, public, signature, no_conflict=True)

    async def _lock(self, seat: Seat) -> None:
        story = self._story
        async with story.database.reading() as session:
            bids = await opened_bids(session, story.section)
        order = sorted(bids, key=lambda bid: (bid.form or {})["leader"])
        marks = await self._as_seen(
            {
                bid.id: {
                    str(item["id"]): cast.mark(seat.number, order.index(bid), place, int(str(item["max"])))
                    for place, item in enumerate(cast.METHOD["items"])
                }
                for bid in bids
            }
        )
        salt = random_bytes(32)
        sheet = Reasoned(marks, _reasons(marks), _pins(marks))
        promised = reasoned_commitment(salt, story.section, judge_id(seat.number), sheet)
        async with story.database.work(story.actor_of(Role.JUDGE, seat.id)) as work:
            await lock_marks(
                work, story.keys.authority.public_key, story.keys.service, seat.id, sheet, salt,
                sign_p256(self._keys[seat.id], promised),
            )  # fmt: skip

    async def _readable(self) -> bool | None:
        """Whether judges may read and mark: at once, or once the labels of blind parts are co-signed."""
        return True if await self._blindfold() is not None else None

    async def _as_seen(self, marks: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Marks by bid as a judge writes them: blind items under labels."""
        blindfold = await self._blindfold()
        return marks if blindfold is None else blindfold.shown(marks)

    async def _blindfold(self) -> Blindfold | None:
        story = self._story
        async with story.database.reading() as session:
            section = await session.get_one(Section, story.section)
            document = await session.get_one(Document, story.section)
            method = read_method(document.method)
            return await blindfold_of(session, story.keys.service, section, method)

    async def _sign(self, seat: Seat) -> None:
        story = self._story
        async with story.database.reading() as session:
            digest = (await session.get_one(Evaluation, story.section)).digest
        async with story.database.work(story.actor_of(Role.JUDGE, seat.id)) as work:
            await sign_report(work, story.keys.authority.public_key, seat.id, sign_p256(self._keys[seat.id], digest))


def _reasons(marks: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """A judge says why wherever a mark is low."""
    rows = {
        bid: {item: cast.reason(item) for item in row if cast.is_low(item, row[item])} for bid, row in marks.items()
    }
    return {bid: row for bid, row in rows.items() if row}


def _pins(marks: dict[str, dict[str, str]]) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The page that a low mark of the technical part rests on."""
    pin = {"part": "technical", "page": 1, "text": ""}
    rows = {
        bid: {item: [pin] for item in row if item in cast.PINNED and cast.is_low(item, row[item])}
        for bid, row in marks.items()
    }
    return {bid: row for bid, row in rows.items() if row}
