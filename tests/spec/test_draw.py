"""The draw of judges 随机抽取: nobody designates an expert, nobody draws until it suits (TBR 46; draw/v1)."""

import asyncio
import logging

import pytest
import pytest_asyncio
from bidding_scene import refused
from judging import QUOTA, draw_in, drawn, enter_experts, frozen, requested, seat_rows, the_draw
from leaks import found_in, whole_database
from scenes import Hall
from sqlalchemy import func, select

from expertpool.draw.actions import freeze_draw, request_draw
from expertpool.draw.evidence import recompute
from expertpool.draw.reveal import EXPERT, evidence_of, frozen_pool, reveal_draw
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Seat
from expertpool.experts.actions import enter_expert, identity_of, name_of
from expertpool.experts.tables import Expert
from infra.crypto.seal import seal_bytes
from infra.custody.actions import signed_keyset
from infra.custody.tables import Duty, Keyset
from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES, escrow_owner
from web.demo import cast


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def experts(hall: Hall) -> None:
    await enter_experts(hall)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def done(hall: Hall) -> str:
    return await drawn(hall, "YH-D-1/01", avoid=(cast.code(505), cast.AGENT.credit_code))


async def experts_of(hall: Hall, section: str) -> list[Expert]:
    seats = await seat_rows(hall, section)
    async with hall.database.reading() as session:
        return [
            await session.get_one(Expert, hall.keys.service.unwrap(EXPERT, seat.id, seat.sealed_expert).decode())
            for seat in sorted(seats, key=lambda one: one.number)
        ]


async def test_a_draw_fills_the_quota_of_every_specialty(hall: Hall, done: str) -> None:
    seats = await seat_rows(hall, "YH-D-1/01")
    assert {name: [seat.specialty for seat in seats].count(name) for name in QUOTA} == QUOTA
    assert sorted(seat.number for seat in seats) == [1, 2, 3, 4, 5]


async def test_no_two_judges_come_from_one_employer_and_none_from_an_avoided_one(hall: Hall, done: str) -> None:
    chosen = await experts_of(hall, "YH-D-1/01")
    employers = [one.employer or one.id for one in chosen]
    assert len(set(employers)) == 5 and not {cast.code(505), cast.AGENT.credit_code} & set(employers)


async def test_anybody_who_holds_the_evidence_recomputes_the_draw(hall: Hall, done: str) -> None:
    evidence = evidence_of(hall.keys, await the_draw(hall, done))
    assert recompute(evidence) == evidence


async def test_the_draw_is_frozen_committed_to_and_opened_in_this_order(hall: Hall, done: str) -> None:
    order = [
        line.event
        for line in await hall.lines(
            Event.DRAW_FROZEN, Event.DRAW_COMMITMENT_GIVEN, Event.DRAW_ESCROW_GIVEN, Event.DRAW_COMMITTED,
            Event.KEY_RELEASED, Event.DRAW_REVEALED, section="YH-D-1/01",
        )
        if line.event != Event.KEY_RELEASED
    ]  # fmt: skip
    assert order == [
        Event.DRAW_FROZEN, *[Event.DRAW_COMMITMENT_GIVEN] * 3, *[Event.DRAW_ESCROW_GIVEN] * 3, Event.DRAW_COMMITTED,
        Event.DRAW_REVEALED,
    ]  # fmt: skip


async def test_revealing_again_never_draws_twice(hall: Hall, done: str) -> None:
    before = {seat.id for seat in await seat_rows(hall, "YH-D-1/01")}

    async def again() -> None:
        async with hall.database.work(SYSTEM) as work:
            await reveal_draw(work, hall.keys, done)

    await asyncio.gather(again(), again())
    assert {seat.id for seat in await seat_rows(hall, "YH-D-1/01")} == before
    assert len(await hall.lines(Event.DRAW_REVEALED, section="YH-D-1/01")) == 1


async def test_two_reveals_at_once_draw_once(hall: Hall) -> None:
    draw = await frozen(hall, "YH-D-2/01")
    while not await draw_in(hall, draw, DrawState.COMMITTED):
        await hall.beat()
        await hall.poll_all()
    while len(await hall.lines(Event.KEY_RELEASED, section="YH-D-2/01")) < 2:
        await hall.beat()
        await hall.poll_all()

    async def reveal() -> None:
        async with hall.database.work(SYSTEM) as work:
            await reveal_draw(work, hall.keys, draw)

    await asyncio.gather(reveal(), reveal(), reveal())
    assert len(await seat_rows(hall, "YH-D-2/01")) == 5
    assert len(await hall.lines(Event.DRAW_REVEALED, section="YH-D-2/01")) == 1


async def test_who_was_drawn_weighs_less_the_next_time(hall: Hall, done: str) -> None:
    assert all(one.drawn_before >= 1 for one in await experts_of(hall, "YH-D-1/01"))


async def test_a_second_draw_is_refused_without_the_supervisors_reason(hall: Hall, done: str) -> None:
    assert await refused(requested(hall, "YH-D-1/01")) == "draw.repeated"


async def test_a_pool_that_could_run_dry_is_refused_before_anything_is_frozen(hall: Hall) -> None:
    draw = await requested(hall, "YH-D-3/01", quota={cast.WORKS: 60, cast.COST: 2})
    with pytest.raises(Problem) as told:
        async with hall.database.work(hall.actor("centre")) as work:
            await freeze_draw(work, hall.keys.service, draw)
    assert told.value.code == "draw.too-few"
    found = await the_draw(hall, draw)
    assert (found.state, found.sealed_pool, found.keyset) == (DrawState.REQUESTED, None, None)
    assert await hall.lines(Event.DRAW_FROZEN, section="YH-D-3/01") == []
    async with hall.database.reading() as session:
        assert (await session.execute(select(func.count()).where(Duty.subject == draw))).scalar() == 0


@pytest.mark.parametrize("login", ["agent", "bidder1", "supervisor"])
async def test_only_the_centre_freezes_a_draw(hall: Hall, login: str) -> None:
    draw = await requested(hall, f"YH-D-4-{login.upper()}/01")

    async def freeze() -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await freeze_draw(work, hall.keys.service, draw)

    assert await refused(freeze()) == "permission.denied"


@pytest.mark.parametrize("login", ["centre", "bidder1", "supervisor"])
async def test_only_the_procuring_side_asks_for_a_draw(hall: Hall, login: str) -> None:
    async def request() -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await request_draw(work, "YH-D-5/01", quota=QUOTA, alternates=1, avoid=[], region=cast.REGION)

    assert await refused(request()) == "permission.denied"


async def test_a_draw_is_frozen_once(hall: Hall) -> None:
    draw = await frozen(hall, "YH-D-6/01")
    with pytest.raises(Problem) as told:
        async with hall.database.work(hall.actor("centre")) as work:
            await freeze_draw(work, hall.keys.service, draw)
    assert told.value.code == "workflow.not-now"


async def test_one_person_stands_in_the_pool_once(hall: Hall) -> None:
    twin = cast.EXPERTS[0]

    async def enter() -> None:
        async with hall.database.work(SYSTEM) as work:
            await enter_expert(
                work, hall.keys.service, name="另一个名字", identity=twin.identity, employer=None,
                specialties=[cast.WORKS], region=cast.REGION,
            )  # fmt: skip

    assert await refused(enter()) == "expert.known"


@pytest.mark.parametrize("how", ["contradicts", "does not open"])
async def test_an_escrow_that_fails_ends_the_draw_and_names_the_party(hall: Hall, how: str) -> None:
    section = f"YH-D-7-{len(how)}/01"
    draw = await frozen(hall, section)

    hall.absent.add("centre")
    while not await draw_in(hall, draw, DrawState.FAILED):
        await hall.turn("centre")
        for answer in hall.trustees["centre"].answers:
            if "container" in answer["answer"]:
                # It keeps to its commitment in the log, but seals something else.
                answer["answer"]["container"] = b64(await _other_container(hall, draw, how))
        await hall.step()
    hall.absent.clear()
    [line] = await hall.lines(Event.DRAW_FAILED, section=section)
    assert (line.facts["reason"], line.facts["party"]) == ("draw.contradiction", "centre")
    assert await seat_rows(hall, section) == []


async def _other_container(hall: Hall, draw: str, how: str) -> bytes:
    if how == "does not open":
        return b"nothing sealed at all"
    found = await the_draw(hall, draw)
    async with hall.database.reading() as session:
        keyset = signed_keyset(await session.get_one(Keyset, found.keyset))
    owner = escrow_owner(draw, "centre")
    return seal_bytes(random_bytes(32), keyset, "draw-centre", owner, None, random_bytes)[0]


async def test_names_and_identities_of_experts_stand_nowhere_in_clear(
    hall: Hall, done: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await drawn(hall, "YH-D-8/01")
    secrets = [
        text.encode() for expert in cast.EXPERTS for text in (expert.identity, expert.identity.split(":")[1])
    ] + [expert.name.encode() for expert in cast.EXPERTS if len(expert.name.encode()) >= 8]
    slips = [
        hall.keys.service.unwrap("seat slip", seat.id, seat.sealed_slip)
        for section in ("YH-D-1/01", "YH-D-8/01")
        for seat in await seat_rows(hall, section)
    ]
    assert found_in(await whole_database(hall), [*secrets, *slips]) == []
    assert found_in(caplog.text.encode(), [*secrets, *slips]) == []


async def test_the_seat_tells_its_expert_only_by_the_key_service(hall: Hall, done: str) -> None:
    [first, *_] = await experts_of(hall, "YH-D-1/01")
    names = {expert.identity: expert.name for expert in cast.EXPERTS}
    assert names[identity_of(hall.keys.service, first)] == name_of(hall.keys.service, first)
    async with hall.database.reading() as session:
        linked = select(func.count()).select_from(Seat).where(Seat.sealed_expert == first.id.encode())
        assert (await session.execute(linked)).scalar() == 0


async def test_the_frozen_pool_is_sealed_in_the_database(hall: Hall, done: str) -> None:
    found = await the_draw(hall, done)
    pool = frozen_pool(hall.keys, found)
    assert found.sealed_pool is not None and pool.secret not in found.sealed_pool
    assert {facts["records"] for facts in pool.facts["lists"].values()} == {len(rows) for rows in pool.lists.values()}
    assert list(BODIES) == pool.facts["parties"]
