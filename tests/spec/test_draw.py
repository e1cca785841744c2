"""The draw of judges 随机抽取: nobody designates an expert, nobody draws until it suits (TBR 46; draw/v1)."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import refused
from judging import (
    QUOTA,
    draw_in,
    drawn,
    enter_experts,
    evidence_in,
    frozen,
    frozen_facts,
    requested,
    seat_rows,
    the_draw,
)  # fmt: skip
from leaks import found_in, whole_database
from scenes import Hall
from sqlalchemy import func, select, text, update

from expertpool.directory.employers import Step, merge, note_employers, rename
from expertpool.draw.actions import freeze_draw, request_draw
from expertpool.draw.drawings import times_drawn
from expertpool.draw.evidence import recompute
from expertpool.draw.gathering import driver
from expertpool.draw.limits import pass_limit
from expertpool.draw.ordering import freeze_ordered, order_draw
from expertpool.draw.reveal import EXPERT, reveal_draw
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Drawing, Seat
from expertpool.experts.actions import enter_expert, identity_of, name_of
from expertpool.experts.tables import Expert
from infra.crypto.seal import seal_bytes
from infra.custody.actions import signed_keyset
from infra.custody.tables import Duty, Keyset
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
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
    evidence = await evidence_in(hall, done)
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
            await reveal_draw(work, hall.objects, hall.keys, done)

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
            await reveal_draw(work, hall.objects, hall.keys, draw)

    await asyncio.gather(reveal(), reveal(), reveal())
    assert len(await seat_rows(hall, "YH-D-2/01")) == 5
    assert len(await hall.lines(Event.DRAW_REVEALED, section="YH-D-2/01")) == 1


async def drawings(hall: Hall) -> Counter[str]:
    async with hall.database.reading() as session:
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        return await times_drawn(await driver(session), hall.keys.service, now)


async def test_who_was_drawn_weighs_less_the_next_time(hall: Hall, done: str) -> None:
    chosen, counted = [one.id for one in await experts_of(hall, "YH-D-1/01")], await drawings(hall)
    assert all(counted[expert] >= 1 for expert in chosen)


async def test_a_drawing_is_counted_for_twelve_months(hall: Hall, done: str) -> None:
    before = await drawings(hall)
    earlier = update(Drawing).where(Drawing.draw == done).values(counted_at=func.now() - timedelta(days=367))
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(earlier)
    after = await drawings(hall)
    assert all(after[one.id] == before[one.id] - 1 for one in await experts_of(hall, "YH-D-1/01"))


async def test_a_draw_touches_no_row_of_the_pool(hall: Hall, done: str) -> None:
    async def versions() -> list[tuple[str, int]]:
        rows = text("SELECT id, xmin::text::bigint FROM experts ORDER BY id")
        async with hall.database.reading() as session:
            return [(one, version) for one, version in await session.execute(rows)]

    before = await versions()
    await drawn(hall, "YH-D-9/01")
    assert await versions() == before


async def test_an_identity_corrected_after_the_freeze_leaves_the_draw_as_it_is(hall: Hall) -> None:
    draw = await frozen(hall, "YH-D-10/01")
    async with hall.database.work(SYSTEM) as work:
        marks = [(one, mark) for one, mark in await work.session.execute(select(Expert.id, Expert.fingerprint))]
        await work.session.execute(update(Expert).values(fingerprint=func.sha256(Expert.fingerprint)))
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    assert len(await seat_rows(hall, "YH-D-10/01")) == 5
    async with hall.database.work(SYSTEM) as work:
        for expert, mark in marks:
            await work.session.execute(update(Expert).where(Expert.id == expert).values(fingerprint=mark))


@pytest.mark.soak
async def test_bodies_merged_or_renamed_after_the_freeze_stay_as_they_were_frozen(hall: Hall) -> None:
    draw = await frozen(hall, "YH-D-31/01")
    async with hall.database.work(SYSTEM) as work:
        before = [(one, body) for one, body in await work.session.execute(select(Expert.id, Expert.employer))]
        old, new = sorted({body for _, body in before if body})[:2]
        await note_employers(work.session, {old: "旧单位", new: "并入单位"})
        step = Step("merged by decision 7", work.ctx.now.date() - timedelta(days=1))
        assert await merge(work, hall.keys.service, old, new, step) == sum(body == old for _, body in before)
        await rename(work, hall.keys.service, new, "并入单位（新）", step)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    evidence = await evidence_in(hall, draw)
    assert recompute(evidence) == evidence and len(await seat_rows(hall, "YH-D-31/01")) == 5
    again = await frozen(hall, "YH-D-32/01")
    then, now = [(await frozen_facts(hall, one))["lists"] for one in (draw, again)]
    assert all(then[name]["records"] == now[name]["records"] for name in QUOTA)
    assert sum(then[name]["employers"] - now[name]["employers"] for name in QUOTA) > 0
    async with hall.database.work(SYSTEM) as work:
        for expert, body in before:
            await work.session.execute(update(Expert).where(Expert.id == expert).values(employer=body))


async def ordered(hall: Hall, section: str, **asked: Any) -> str:
    draw = await requested(hall, section, **asked)
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, draw)
    return draw


async def test_an_ordered_draw_is_frozen_by_the_system_and_runs_by_itself(hall: Hall) -> None:
    draw = await ordered(hall, "YH-D-12/01")
    assert await draw_in(hall, draw, DrawState.ORDERED)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    assert len(await seat_rows(hall, "YH-D-12/01")) == 5
    [audited] = await hall.lines(Event.DRAW_AUDITED, section="YH-D-12/01")
    assert len(unb64(audited.facts["signature"])) == 64


@pytest.mark.soak
async def test_a_freeze_that_is_repeated_or_runs_twice_at_once_freezes_once(hall: Hall) -> None:
    draw = await ordered(hall, "YH-D-18/01")
    await asyncio.gather(*[freeze_ordered(hall.database, hall.objects, hall.keys.service, draw) for _ in range(3)])
    await freeze_ordered(hall.database, hall.objects, hall.keys.service, draw)
    assert len(await hall.lines(Event.DRAW_FROZEN, section="YH-D-18/01")) == 1
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    assert len(await seat_rows(hall, "YH-D-18/01")) == 5


@pytest.mark.soak
async def test_a_need_reaches_experts_of_its_region_by_the_beginnings_of_codes(hall: Hall) -> None:
    draw = await ordered(
        hall, "YH-D-19/01", quota={f"{cast.WORKS}@{cast.REGION[:2]}": 3, f"{cast.COST}@{cast.REGION}": 2}
    )
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    assert {seat.region for seat in await seat_rows(hall, "YH-D-19/01")} == {cast.REGION}


async def test_an_ordered_draw_that_could_run_dry_is_refused_with_profession_and_counts(hall: Hall) -> None:
    draw = await ordered(hall, "YH-D-13/01", quota={cast.WORKS: 60, cast.COST: 2})
    await hall.until(lambda: draw_in(hall, draw, DrawState.REQUESTED))
    [line] = await hall.lines(Event.DRAW_REFUSED, section="YH-D-13/01")
    assert set(line.facts) == {"specialty", "eligible", "needed"} and line.facts["specialty"] == cast.WORKS
    assert line.facts["eligible"] < line.facts["needed"]
    assert (await the_draw(hall, draw)).sealed_pool is None


async def test_a_draw_that_was_refused_five_times_within_a_day_waits_for_the_next(hall: Hall) -> None:
    section = "YH-D-14/01"
    for _ in range(5):
        draw = await ordered(hall, section, quota={cast.WORKS: 60, cast.COST: 2})
        await hall.until(lambda one=draw: draw_in(hall, one, DrawState.REQUESTED))
    assert await refused(ordered(hall, section)) == "draw.tried-often"


@pytest.mark.parametrize("login", ["agent", "bidder1", "supervisor"])
async def test_only_the_centre_orders_a_draw(hall: Hall, login: str) -> None:
    draw = await requested(hall, f"YH-D-15-{login.upper()}/01")

    async def order() -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await order_draw(work, draw)

    assert await refused(order()) == "permission.denied"


async def passed(hall: Hall, draw: str) -> None:
    """The time for the step that a draw waits for is over."""
    async with hall.database.work(SYSTEM) as work:
        await pass_limit(work, draw)


@pytest.mark.parametrize("party", BODIES)
async def test_a_silent_body_ends_the_draw_and_is_named(hall: Hall, party: str) -> None:
    section = f"YH-D-16-{party.upper()}/01"
    hall.absent.add(party)
    try:
        draw = await frozen(hall, section)
        for _ in range(6):
            await hall.step()
        await passed(hall, draw)
    finally:
        hall.absent.discard(party)
    [line] = await hall.lines(Event.DRAW_FAILED, section=section)
    assert (line.facts["reason"], line.facts["party"]) == ("draw.silent", party)
    assert await draw_in(hall, draw, DrawState.FAILED)
    async with hall.database.reading() as session:
        left = select(func.count()).where(Duty.subject == draw, Duty.answer.is_(None))
        assert (await session.execute(left)).scalar() == 0


async def test_time_that_passes_after_the_end_changes_nothing(hall: Hall, done: str) -> None:
    await passed(hall, done)
    assert (await the_draw(hall, done)).state == DrawState.REVEALED


async def test_a_second_draw_is_refused_without_the_supervisors_reason(hall: Hall, done: str) -> None:
    assert await refused(requested(hall, "YH-D-1/01")) == "draw.repeated"


async def test_a_pool_that_could_run_dry_is_refused_before_anything_is_frozen(hall: Hall) -> None:
    draw = await requested(hall, "YH-D-3/01", quota={cast.WORKS: 60, cast.COST: 2})
    with pytest.raises(Problem) as told:
        async with hall.database.work(SYSTEM) as work:
            await freeze_draw(work, hall.objects, hall.keys.service, draw)
    assert told.value.code == "draw.too-few"
    found = await the_draw(hall, draw)
    assert (found.state, found.sealed_pool, found.keyset) == (DrawState.REQUESTED, None, None)
    assert await hall.lines(Event.DRAW_FROZEN, section="YH-D-3/01") == []
    async with hall.database.reading() as session:
        assert (await session.execute(select(func.count()).where(Duty.subject == draw))).scalar() == 0


@pytest.mark.parametrize("login", ["agent", "bidder1", "supervisor", "centre"])
async def test_only_the_system_freezes_a_draw(hall: Hall, login: str) -> None:
    draw = await requested(hall, f"YH-D-4-{login.upper()}/01")

    async def freeze() -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await freeze_draw(work, hall.objects, hall.keys.service, draw)

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
        async with hall.database.work(SYSTEM) as work:
            await freeze_draw(work, hall.objects, hall.keys.service, draw)
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
