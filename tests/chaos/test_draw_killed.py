"""SIGKILL at every step of a draw: when the process is back there is one draw, one set of seats, one call a seat, no name.

That nothing is drawn twice is seen by the rows themselves: none of them is written again once the draw is done, and those
who sit and wait are the ones that the revealed seed gives, by the second implementation.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from mortals import City, Mortal, a_city
from outsiders import BIDDERS
from sqlalchemy import func, select, text

sys.path.append(str(Path(__file__).resolve().parents[1] / "draw"))

from second_draw import second_draw

from expertpool.draw.actions import request_draw
from expertpool.draw.called import called_by
from expertpool.draw.evidence_file import evidence_of
from expertpool.draw.ordering import order_draw
from expertpool.draw.pools import persons_at, read_pool
from expertpool.draw.reveal import EXPERT
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Drawing, Seat
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import fix_meeting
from expertpool.invitations.tables import Dispatch, Invitation
from infra.db.journal import Line
from infra.kernel.events import Event
from web.bench.ground import free_port
from web.demo import cast
from web.demo.people import People, bring_experts, bring_people
from web.state import Stack
from web.wiring import open_stack, prepare_buckets

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

PLACE = "云湖市公共资源交易中心 1 号楼 一层报到台"
QUOTA = {cast.WORKS: 3, cast.COST: 2}
LIMIT = 240.0
_ROWS = text(
    "SELECT 'draw', id, xmin::text FROM draws WHERE id = :draw UNION ALL "
    "SELECT 'seat', id, xmin::text FROM seats WHERE draw = :draw UNION ALL "
    "SELECT 'alternate', specialty || place, xmin::text FROM alternates WHERE draw = :draw UNION ALL "
    "SELECT 'call', id, xmin::text FROM invitations WHERE draw = :draw UNION ALL "
    "SELECT 'drawing', id, xmin::text FROM drawings WHERE draw = :draw UNION ALL "
    "SELECT 'message', d.id, d.xmin::text FROM dispatches d JOIN invitations i ON i.id = d.invitation WHERE i.draw = :draw "
    "ORDER BY 1, 2"
)
_LINES = text(
    "SELECT journal::text FROM journal WHERE section = :section OR subject LIKE :draw OR subject IN (SELECT d.id FROM "
    "dispatches d JOIN invitations i ON i.id = d.invitation WHERE i.section = :section)"
)
"""Every line about the section, its draw, its invitations and their messages."""
ONCE = (Event.DRAW_ORDERED, Event.DRAW_FROZEN, Event.DRAW_AUDITED, Event.DRAW_COMMITTED, Event.DRAW_REVEALED)


@dataclass
class Ground:
    """A platform of real processes with a pool of experts."""

    city: City
    stack: Stack
    people: People

    async def ask(self, section: str) -> str:
        """A draw that the agent asked for; its id."""
        async with self.stack.database.work(self.people.actor("agent")) as work:
            draw = await request_draw(work, section, quota=QUOTA, alternates=2, avoid=[], region=cast.REGION)
        return draw.id

    async def order(self, draw: str) -> None:
        """The centre orders it with a time and a place."""
        async with self.stack.database.work(self.people.actor("centre")) as work:
            await fix_meeting(work, draw, work.ctx.now + timedelta(hours=20), PLACE, 3600)
            await order_draw(work, draw)

    async def count(self, draw: str, event: Event) -> int:
        """How often the journal tells this of the draw."""
        about = (Line.subject == draw) | Line.subject.startswith(f"{draw}/", autoescape=True)
        async with self.stack.database.reading() as session:
            wanted = select(func.count()).where(Line.event == event, Line.section == draw.rpartition("/")[0], about)
            return (await session.execute(wanted)).scalar_one()

    async def until(self, found: Callable[[], Awaitable[bool]], pause: float) -> None:
        """Wait for something to be true; databases that are not killed here answer."""
        end = asyncio.get_running_loop().time() + LIMIT
        while not await found():
            assert asyncio.get_running_loop().time() < end, "it did not come about"
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def held_at(self, table: str) -> AsyncIterator[None]:
        """Nobody writes this table; within, somebody has come to the point where they want to."""
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = cast(:name AS regclass)")
        async with self.stack.database.reading() as holder:
            await holder.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))

            async def wanted() -> bool:
                async with self.stack.database.reading() as session:
                    return bool((await session.execute(waiting, {"name": table})).scalar_one())

            yield await self.until(wanted, 0.02)


async def killed(*mortals: Mortal) -> None:
    """Dead at once, and started again as a machine would."""
    for one in mortals:
        await asyncio.to_thread(one.die)
    for one in mortals:
        await asyncio.to_thread(one.come_back)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    home: Path = tmp_path_factory.mktemp("draws-killed")
    stage, city = await asyncio.to_thread(a_city, home, free_port())
    try:
        async with open_stack(stage.settings) as stack:
            people = await bring_people(stack.database, stack.keys, home, BIDDERS)
            await bring_experts(stack.database, stack.keys)
            await prepare_buckets(stack.objects)
            yield Ground(city, stack, people)
    finally:
        await asyncio.to_thread(stage.close)


async def _done(ground: Ground, draw: str) -> bool:
    """Whether the draw is revealed and every call is out."""
    async with ground.stack.database.reading() as session:
        state = (await session.get_one(Draw, draw)).state
        told = select(func.count()).select_from(Dispatch).join(Invitation, Invitation.id == Dispatch.invitation)
        out = (await session.execute(told.where(Invitation.draw == draw, Dispatch.state == "kept"))).scalar_one()
    return state == DrawState.REVEALED and out >= 5


async def _is_whole(ground: Ground, draw: str) -> None:
    """One draw, one set of seats, one invitation and one message for each, one count for each; no name in the journal."""
    await ground.until(lambda: _done(ground, draw), 0.2)
    written = await _written(ground, draw)
    # What a dead worker left is taken over after seconds: it may not do anything a second time.
    await asyncio.sleep(8)
    assert await _written(ground, draw) == written
    await _is_the_seeds(ground, draw)
    assert {event: await ground.count(draw, event) for event in ONCE} == dict.fromkeys(ONCE, 1)
    assert (
        await ground.count(draw, Event.DRAW_COMMITMENT_GIVEN) == await ground.count(draw, Event.DRAW_ESCROW_GIVEN) == 3
    )
    assert await ground.count(draw, Event.DRAW_FAILED) == 0
    async with ground.stack.database.reading() as session:
        numbers = (await session.execute(select(Seat.number).where(Seat.draw == draw).order_by(Seat.number))).scalars()
        assert list(numbers) == [1, 2, 3, 4, 5]
        called = (await session.execute(select(Invitation.number).where(Invitation.draw == draw))).scalars()
        assert sorted(called) == [1, 2, 3, 4, 5]
        sent = select(func.count()).where(Line.event == Event.INVITATION_SENT, Line.section == draw.rpartition("/")[0])
        assert (await session.execute(sent)).scalar_one() == 5
        messages = select(func.count()).select_from(Dispatch).join(Invitation, Invitation.id == Dispatch.invitation)
        assert (await session.execute(messages.where(Invitation.draw == draw))).scalar_one() == 5
        counted = select(func.count()).where(Drawing.draw == draw)
        assert (await session.execute(counted)).scalar_one() == 5
        lines = (await session.execute(_LINES, {"section": draw.rpartition("/")[0], "draw": f"{draw}%"})).scalars()
        told = "\n".join(lines)
        ids = (await session.execute(select(Expert.id))).scalars().all()
    assert told.count(f",{Event.INVITATION_SENT},") == 5 and told.count(f",{Event.DISPATCH_SETTLED},") == 5
    secrets = [*ids, *(part for one in cast.EXPERTS for part in (one.name, one.identity, one.identity.split(":")[1]))]
    assert not [one for one in secrets if one in told]


async def _written(ground: Ground, draw: str) -> list[tuple[str, str, str]]:
    """Table, id and the transaction that wrote it last, of every row by which somebody is drawn, waits, is called or told."""
    async with ground.stack.database.reading() as session:
        return [tuple(row) for row in await session.execute(_ROWS, {"draw": draw})]


async def _is_the_seeds(ground: Ground, draw: str) -> None:
    """Whoever was called, in drawn order, is who stands under the leaves that the evidence's seed gives."""
    keys, objects = ground.stack.keys.service, ground.stack.objects
    async with ground.stack.database.reading() as session:
        row = await session.get_one(Draw, draw)
        told = await evidence_of(session, objects, keys, row)
        pool = await read_pool(session, objects, keys, row)
        leaves = [bytes.fromhex(line[0]) for line in told["out"]]
        places = {leaf: place for found in pool.lists.values() for leaf, place in found.persons(leaves).items()}
        people = await persons_at(session, objects, keys, row, pool, set(places.values()))
        seats = (await session.execute(select(Seat).where(Seat.draw == draw))).scalars().all()
    assert second_draw(told) == (told["out"], told["reasons"])
    called = [people[places[leaf]].expert for leaf in leaves]
    assert called_by(keys, row) == called
    sitting = {keys.unwrap(EXPERT, one.id, one.sealed_expert).decode() for one in seats}
    assert sitting == {one for one, line in zip(called, told["out"], strict=True) if len(line) == 2}


async def test_a_worker_killed_after_the_order_freezes_when_it_is_back(ground: Ground) -> None:
    draw, worker = await ground.ask("YH-DK-ORDER/01"), ground.city.mortals["worker"]
    await asyncio.to_thread(worker.die)
    await ground.order(draw)
    await asyncio.to_thread(worker.come_back)
    await _is_whole(ground, draw)


@pytest.mark.parametrize(
    ("point", "table"), [("freeze", "pool_chunks"), ("reveal", "alternates"), ("invite", "invitations")]
)
async def test_a_worker_killed_in_the_middle_of_its_part_does_it_once(ground: Ground, point: str, table: str) -> None:
    draw = await ground.ask(f"YH-DK-{point.upper()}/01")
    await ground.order(draw)
    async with ground.held_at(table):
        await asyncio.to_thread(ground.city.mortals["worker"].die)
    await asyncio.to_thread(ground.city.mortals["worker"].come_back)
    await _is_whole(ground, draw)


@pytest.mark.parametrize(
    ("event", "times"),
    [
        (Event.DRAW_AUDITED, 1),
        *((Event.DRAW_COMMITMENT_GIVEN, times) for times in (1, 2, 3)),
        *((Event.DRAW_ESCROW_GIVEN, times) for times in (1, 2, 3)),
    ],
    ids=lambda one: str(one),
)
async def test_a_web_process_killed_after_a_bodys_step_goes_on_from_there(
    ground: Ground, event: Event, times: int
) -> None:
    draw = await ground.ask(f"YH-DK-{event.name.replace('_', '-')}-{times}/01")
    await ground.order(draw)

    async def come() -> bool:
        return await ground.count(draw, event) >= times

    await ground.until(come, 0.02)
    await killed(ground.city.mortals["web"])
    await _is_whole(ground, draw)


async def test_worker_and_web_killed_together_once_committed_reveal_once(ground: Ground) -> None:
    draw = await ground.ask("YH-DK-COMMITTED/01")
    await ground.order(draw)

    async def committed() -> bool:
        return await ground.count(draw, Event.DRAW_COMMITTED) == 1

    await ground.until(committed, 0.02)
    await killed(ground.city.mortals["worker"], ground.city.mortals["web"])
    await _is_whole(ground, draw)
