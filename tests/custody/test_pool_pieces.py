"""Pools as they were sealed before there were pieces, and pools of many pieces from the freeze to the disclosed file."""

from collections import Counter

import pytest
import pytest_asyncio
from judging import QUOTA, draw_in, drawn, enter_experts, evidence_in, frozen, pool_in, seat_rows
from scenes import Hall
from sqlalchemy import delete, func, select

from expertpool.draw import entries
from expertpool.draw.entries import Entry
from expertpool.draw.evidence import recompute
from expertpool.draw.evidence_file import draw_file
from expertpool.draw.pools import BUCKET, POOL
from expertpool.draw.reveal import EVIDENCE, reveal_draw
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, PoolChunk
from infra.edge import random_bytes
from infra.kernel.canonical import canonical, read
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES
from web.demo import cast

pytestmark = pytest.mark.soak


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of twenty, so that the cast's sixty experts make three."""
    monkeypatch.setattr(entries, "PIECE", 20)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def experts(hall: Hall) -> None:
    await enter_experts(hall)


def whole(everybody: list[Entry]) -> dict[str, object]:
    """Lists and records as a pool was sealed in one piece at first."""
    lists: dict[str, list[object]] = {name: [] for name in QUOTA}
    for entry in everybody:
        for line in entry.lines:
            lists[line.specialty].append([line.weight, entry.identity, line.emp, line.a.hex(), line.b.hex()])
    listed = [entry for entry in everybody if entry.why is None]
    records = [[one.identity, one.employer, [line.specialty for line in one.lines], one.times_drawn] for one in listed]
    return {"lists": lists, "records": records}


async def test_a_pool_sealed_before_it_held_ids_is_still_drawn_from(hall: Hall) -> None:
    draw = await frozen(hall, "YH-P-1/01")
    while not await draw_in(hall, draw, DrawState.COMMITTED):
        await hall.beat()
        await hall.poll_all()
    async with hall.database.work(SYSTEM) as work:
        found = await work.session.get_one(Draw, draw)
        document = read(hall.keys.service.unwrap(POOL, draw, found.sealed_pool or b""))
        older = {"facts": document["facts"], "secret": document["secret"]} | whole(await pool_in(hall, draw))
        found.sealed_pool = hall.keys.service.wrap(POOL, draw, canonical(older), random_bytes)
        await work.session.execute(delete(PoolChunk).where(PoolChunk.draw == draw))
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    assert len(await seat_rows(hall, "YH-P-1/01")) == 5


async def test_an_evidence_file_that_was_sealed_whole_is_told_as_it_was(hall: Hall) -> None:
    draw = await drawn(hall, "YH-P-2/01")
    told = await evidence_in(hall, draw)
    async with hall.database.work(SYSTEM) as work:
        found = await work.session.get_one(Draw, draw)
        found.sealed_evidence = hall.keys.service.wrap(EVIDENCE, draw, canonical(told), random_bytes)
        await work.session.execute(delete(PoolChunk).where(PoolChunk.draw == draw))
    assert await evidence_in(hall, draw) == told


@pytest.mark.usefixtures("small")
async def test_a_pool_of_many_pieces_is_drawn_from_and_its_file_is_canonical_and_recomputes(hall: Hall) -> None:
    draw = await drawn(hall, "YH-P-3/01")
    async with hall.database.reading() as session:
        pieces = (await session.execute(select(func.count()).where(PoolChunk.draw == draw))).scalar_one()
        found = await session.get_one(Draw, draw)
        async with draw_file(session, hall.objects, hall.keys.service, found) as written:
            content = written.file.read()
    told = read(content)
    assert pieces == 3 and len(content) == written.size and canonical(told) == content
    assert recompute(told) == told
    assert len(await seat_rows(hall, "YH-P-3/01")) == 5


@pytest.mark.usefixtures("small")
async def test_a_pool_that_is_refused_leaves_no_piece_behind(hall: Hall) -> None:
    before = {one.key for one in await hall.objects.list(BUCKET)}
    with pytest.raises(Problem, match=r"^draw\.too-few"):
        await frozen(hall, "YH-P-4/01", quota={cast.WORKS: 60, cast.COST: 2})
    assert {one.key for one in await hall.objects.list(BUCKET)} == before
    async with hall.database.reading() as session:
        assert await session.scalar(select(func.count()).where(PoolChunk.draw == "YH-P-4/01/1")) == 0


@pytest.mark.usefixtures("small")
async def test_a_piece_changed_in_the_store_stops_the_reveal_and_draws_nobody(hall: Hall) -> None:
    draw = await frozen(hall, "YH-P-5/01")
    while not await draw_in(hall, draw, DrawState.COMMITTED):
        await hall.beat()
        await hall.poll_all()
    async with hall.database.reading() as session:
        row = await session.get_one(PoolChunk, (draw, 2))
    data = await hall.objects.get(BUCKET, row.key)
    await hall.objects.put(BUCKET, row.key, data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(Problem, match=r"^draw\.chunk\b"):
        await pool_in(hall, draw)
    async with hall.database.work(SYSTEM) as work:
        with pytest.raises(Problem):
            await reveal_draw(work, hall.objects, hall.keys, draw)
    assert await seat_rows(hall, "YH-P-5/01") == []


async def test_the_frozen_pool_is_sealed_in_the_database(hall: Hall) -> None:
    draw = await frozen(hall, "YH-P-6/01")
    async with hall.database.reading() as session:
        sealed = (await session.get_one(Draw, draw)).sealed_pool or b""
    document = read(hall.keys.service.unwrap(POOL, draw, sealed))
    assert bytes.fromhex(document["secret"]) not in sealed and len(sealed) < 4096
    counted = Counter(line.specialty for entry in await pool_in(hall, draw) for line in entry.lines)
    assert counted == {name: told["records"] for name, told in document["facts"]["lists"].items()}
    assert list(BODIES) == document["facts"]["parties"]
