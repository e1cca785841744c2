"""Only the holder of the code who is the person invited comes in, and the door tells nothing else."""

import asyncio
from datetime import timedelta

import pytest
from door_scene import Door
from sqlalchemy import select, update

from expertpool.attendance.actions import note_refusal, sign_out
from expertpool.attendance.queries import attended
from expertpool.attendance.tables import Attendance, DoorTry
from expertpool.draw.tables import Draw
from infra.db.journal import Line
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.seating import replace_absent
from trading.evaluation.slips import print_slip, replace_slip
from web.demo import cast

pytestmark = pytest.mark.soak


async def slip(door: Door, number: int) -> str:
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        return await print_slip(work, door.hall.keys.service, door.section, number)


async def test_a_slip_of_an_ordered_draw_is_not_printed_before_the_expert_has_come(door: Door) -> None:
    with pytest.raises(Problem) as told:
        await slip(door, 5)
    assert told.value.code == "seat.not-checked-in"


async def test_a_new_slip_is_no_way_around_the_door(door: Door) -> None:
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        with pytest.raises(Problem) as told:
            await replace_slip(work, door.hall.keys.service, door.section, 5, "遗失")
    assert told.value.code == "seat.not-checked-in"


async def test_who_brings_the_code_and_the_card_comes_in_and_gets_a_slip(door: Door) -> None:
    code = "-".join(door.codes[1][start : start + 4].lower() for start in (0, 4, 8))
    assert await door.come(code, door.cards[1].lower(), locker="A-17") == 1
    async with door.hall.database.reading() as session:
        found = (await attended(session, door.section))[0]
    assert (found.number, found.locker, found.late) == (1, "A-17", False)
    assert found.committed_at == found.checked_at
    assert len(await slip(door, 1)) == 12


async def test_wrong_code_wrong_person_wrong_time_and_wrong_section_are_one_answer(door: Door) -> None:
    told = [
        await door.refused("AAAAAAAAAAAA", door.cards[2]),
        await door.refused(door.codes[2], door.cards[3]),
        await door.refused(door.codes[2], door.cards[2], lead=timedelta(0)),
        await door.refused("x" * 500, "\0"),
    ]
    assert {(one.code, str(one.facts)) for one in told} == {("check-in.refused", "{}")}


async def test_a_second_check_in_on_one_day_is_refused(door: Door) -> None:
    if not await came(door, 2):
        await door.come(door.codes[2], door.cards[2])
    assert (await door.refused(door.codes[2], door.cards[2])).code == "check-in.done"


async def test_a_locker_has_a_short_plain_number(door: Door) -> None:
    assert (await door.refused(door.codes[4], door.cards[4], locker="=1+1")).code == "check-in.locker"


async def test_five_wrong_tries_lock_a_code_whether_there_is_such_a_code_or_not(door: Door) -> None:
    for code in (door.codes[3], "BBBBBBBBBBBB"):
        for _ in range(5):
            assert (await door.refused(code, "110101199003070000")).code == "check-in.refused"
            await counted(door, code)
        assert (await door.refused(code, door.cards[3])).code == "check-in.locked"
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        await work.session.execute(update(DoorTry).values(locked_until=work.ctx.now))
    assert await door.come(door.codes[3], door.cards[3]) == 3


async def test_refused_tries_stand_in_the_journal_without_code_or_person(door: Door) -> None:
    await counted(door, door.codes[4])
    async with door.hall.database.reading() as session:
        lines = (await session.execute(select(Line).where(Line.event == Event.CHECK_IN_REFUSED))).scalars().all()
    assert lines and {tuple(line.facts) for line in lines} == {("tries",)}
    assert {line.subject for line in lines} == {door.section}


async def test_tries_at_one_moment_are_all_counted(door: Door) -> None:
    await asyncio.gather(*(counted(door, "CCCCCCCCCCCC") for _ in range(4)))
    async with door.hall.database.reading() as session:
        assert 4 in (await session.execute(select(DoorTry.failures))).scalars().all()


@pytest.mark.parametrize("login", ["agent", "supervisor", "bidder1"])
async def test_only_the_centre_lets_anybody_in(door: Door, login: str) -> None:
    async with door.hall.database.work(door.hall.actor(login)) as work:
        with pytest.raises(Problem) as told:
            await note_refusal(work, door.hall.keys, door.section, "A", cast.REGION)
    assert told.value.code == "permission.denied"


async def test_a_check_in_is_a_leaf_that_names_the_seat_alone(door: Door) -> None:
    if not await came(door, 2):
        await door.come(door.codes[2], door.cards[2])
    wanted = select(Line).where(Line.event == Event.JUDGE_CHECKED_IN, Line.subject == f"{door.section}#J2")
    async with door.hall.database.reading() as session:
        line = (await session.execute(wanted)).scalars().one()
    assert line.facts == {"judge": "J2"} and line.salt is not None and line.role == Role.CENTRE


async def test_signing_out_closes_the_day_and_a_further_day_needs_a_check_in(door: Door) -> None:
    if not await came(door, 2):
        await door.come(door.codes[2], door.cards[2])
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        earlier = Attendance.checked_at - timedelta(minutes=95)
        await work.session.execute(update(Attendance).where(Attendance.number == 2).values(checked_at=earlier))
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        assert await sign_out(work, door.section, 2) == 95
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        with pytest.raises(Problem) as told:
            await sign_out(work, door.section, 2)
        assert told.value.code == "sign-out.nobody"
        await work.session.execute(update(Attendance).where(Attendance.number == 2).values(day=Attendance.day - 1))
        await work.session.commit()
    assert await door.come(door.codes[2], door.cards[2]) == 2
    async with door.hall.database.reading() as session:
        assert [one.minutes for one in await attended(session, door.section) if one.number == 2] == [95, None]


async def test_the_code_of_one_who_was_replaced_opens_nothing_and_the_late_are_marked(door: Door) -> None:
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        past = work.ctx.now - timedelta(seconds=1)
        await work.session.execute(
            update(Draw).where(Draw.section == door.section).values(evaluation_at=past, sign_in_by=past)
        )
    assert await door.come(door.codes[4], door.cards[4]) == 4
    async with door.hall.database.reading() as session:
        assert [one.late for one in await attended(session, door.section) if one.number == 4] == [True]
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        await replace_absent(work, door.hall.keys, door.section)
    assert (await door.refused(door.codes[5], door.cards[5])).code == "check-in.refused"


async def came(door: Door, number: int) -> bool:
    async with door.hall.database.reading() as session:
        return any(one.number == number for one in await attended(session, door.section))


async def counted(door: Door, code: str) -> None:
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        await note_refusal(work, door.hall.keys, door.section, code, cast.REGION)
