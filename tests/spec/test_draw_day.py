"""A whole draw day: ordered, frozen, drawn, invited; one declines, one is silent; check-in, slip, sign-in (TBR 46)."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio
from calling import (
    PLACE,
    call_of,
    code,
    everybody_told,
    form_of,
    identity,
    let_come,
    let_pass,
    opened_section,
    phone,
    soon,
)
from judging import QUOTA, Panel, draw_in, enter_experts, evidence_in
from scenes import Hall
from sqlalchemy import text

from expertpool.attendance.actions import check_in
from expertpool.draw.evidence import recompute
from expertpool.draw.states import DrawState
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.panel import request_panel
from trading.evaluation.queries import seats_of
from trading.evaluation.slips import print_slip
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak

DECLINES, SILENT = 2, 4
NORTH = "北岸政务中心二楼签到台"


@dataclass
class Day:
    """What was seen on the way."""

    section: str
    draw: str = ""
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    refusals: dict[str, Problem] = field(default_factory=dict)
    experts: list[tuple[Any, ...]] = field(default_factory=list)
    experts_after: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(hall: Hall) -> Day:
    await enter_experts(hall)
    found = Day(await opened_section(hall))
    await _draw(hall, found)
    await _answer(hall, found)
    await _come(hall, found)
    return found


async def _versions(hall: Hall) -> list[tuple[Any, ...]]:
    async with hall.database.reading() as session:
        return [tuple(row) for row in await session.execute(text("SELECT id, xmin::text FROM experts ORDER BY id"))]


async def _draw(hall: Hall, day: Day) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        day.draw = (await request_panel(work, day.section, quota=QUOTA, alternates=3)).id
    day.experts = await _versions(hall)
    async with await hall.client("centre") as client:
        day.answers["room before"] = await client.get(f"/sections/{day.section}/seats")
        typed = {"meet_at": soon(), "place": PLACE, "window": "30"}
        for name, remote in (("unread", "two at the north"), ("nobody left", f"5 {NORTH}")):
            path = f"/sections/{day.section}/seats/ordered"
            day.answers[name] = await client.post(path, data={**typed, "remote": remote})
        typed["remote"] = f"2 {NORTH}\r\n"
        day.answers["ordered"] = await client.post(f"/sections/{day.section}/seats/ordered", data=typed)
        day.answers["ordered twice"] = await client.post(f"/sections/{day.section}/seats/ordered", data=typed)
    await hall.until(lambda: draw_in(hall, day.draw, DrawState.REVEALED))
    await hall.until(lambda: everybody_told(hall, day.section))


async def _reply(hall: Hall, day: Day, number: int, **answer: str) -> httpx.Response:
    async with await hall.client() as client:
        hidden = await form_of(client)
        typed = {**hidden, "private_code": await code(hall, day.section, number), **answer}
        return await client.post("/reply/answer", data=typed)


async def _answer(hall: Hall, day: Day) -> None:
    day.texts = [(await phone(hall, day.section, number)).text for number in range(1, 6)]
    silent = await call_of(hall, day.section, SILENT)
    day.answers["declined"] = await _reply(hall, day, DECLINES, answer="no", kind="busy")
    await let_pass(hall, silent)
    for _ in range(3):
        await hall.step()
    await hall.until(lambda: everybody_told(hall, day.section))
    for number in range(1, 6):
        day.answers[f"accepted {number}"] = await _reply(hall, day, number, answer="yes")
    day.experts_after = await _versions(hall)
    async with await hall.client("centre") as client:
        day.answers["room after"] = await client.get(f"/sections/{day.section}/seats")
        day.answers["door"] = await client.get(f"/sections/{day.section}/check-in")


async def _come(hall: Hall, day: Day) -> None:
    async with hall.database.reading() as session:
        panel = Panel(hall, day.section, await seats_of(session, day.section))
    with pytest.raises(Problem) as early:
        async with hall.database.work(hall.actor("centre")) as work:
            await print_slip(work, hall.keys.service, day.section, 1)
    day.refusals["a slip before the check-in"] = early.value
    await let_come(hall, day.draw)
    for number in range(1, 6):
        call = await call_of(hall, day.section, number)
        async with hall.database.work(hall.actor("centre")) as work:
            typed = await code(hall, day.section, number), await identity(hall, call)
            assert await check_in(work, hall.keys, day.section, *typed) == number
        async with hall.database.work(hall.actor("centre")) as work:
            slip = await print_slip(work, hall.keys.service, day.section, number)
        await panel.sign_in(number, slip=slip)


async def test_the_centre_orders_a_draw_with_a_time_and_a_place(day: Day) -> None:
    assert 'id="order"' in day.answers["room before"].text
    assert day.answers["ordered"].status_code == 303


async def test_a_draw_is_ordered_once(day: Day) -> None:
    assert day.answers["ordered twice"].status_code == 409


async def test_every_step_follows_the_one_before_in_the_log(hall: Hall, day: Day) -> None:
    steps = (
        Event.DRAW_ORDERED,
        Event.DRAW_FROZEN,
        Event.DRAW_COMMITTED,
        Event.DRAW_REVEALED,
        Event.INVITATION_SENT,
        Event.INVITATION_ACCEPTED,
        Event.JUDGE_CHECKED_IN,
        Event.JUDGE_SIGNED_IN,
    )
    lines = await hall.lines(*steps, section=day.section)
    first = [min(line.id for line in lines if line.event == step) for step in steps]
    assert first == sorted(first)


async def test_who_declines_and_who_is_silent_are_replaced_by_alternates_as_drawn(hall: Hall, day: Day) -> None:
    replaced = await hall.lines(Event.JUDGE_REPLACED, section=day.section)
    told = {line.facts["judge"]: line.facts["reason"] for line in replaced}
    assert told == {f"J{DECLINES}": "declined", f"J{SILENT}": "unanswered"}
    assert all(line.facts["alternate"] for line in replaced)


async def test_five_accept_and_the_committee_begins(hall: Hall, day: Day) -> None:
    assert [day.answers[f"accepted {number}"].status_code for number in range(1, 6)] == [303] * 5
    assert await hall.in_state(day.section, SectionState.EVALUATING)


async def test_no_slip_is_printed_for_one_who_has_not_come(day: Day) -> None:
    assert day.refusals["a slip before the check-in"].code == "seat.not-checked-in"


async def test_nothing_touches_the_register_between_the_order_and_the_check_in(day: Day) -> None:
    assert day.experts == day.experts_after


async def test_the_draw_room_tells_how_all_five_seats_stand(day: Day) -> None:
    assert day.answers["room after"].text.count("已接受") == 5


async def test_no_message_tells_project_section_or_parties(hall: Hall, day: Day) -> None:
    section = await hall.section(day.section)
    parties = [body.name for body in hall.bodies.values()]
    for secret in (day.section, day.section.partition("/")[0], section.title, *parties):
        assert not [told for told in day.texts if secret in told], secret


async def test_the_draw_can_still_be_recomputed(hall: Hall, day: Day) -> None:
    evidence = await evidence_in(hall, day.draw)
    assert recompute(evidence) == evidence


@pytest.mark.parametrize(("wrong", "said"), [("unread", "第 1 行"), ("nobody left", "主会场至少要留一席")])
async def test_remote_seats_that_cannot_be_are_refused_beside_their_field(day: Day, wrong: str, said: str) -> None:
    assert day.answers[wrong].status_code == 422
    assert said in day.answers[wrong].text


async def test_two_sit_elsewhere_as_drawn_and_each_is_told_only_the_own_place(hall: Hall, day: Day) -> None:
    assert [(NORTH in told, PLACE in told) for told in day.texts] == [(True, False)] * 2 + [(False, True)] * 3
    called = [(await call_of(hall, day.section, number)).place for number in range(1, 6)]
    assert called == [NORTH, NORTH, PLACE, PLACE, PLACE]


async def test_the_alternate_of_a_remote_seat_sits_where_the_one_before_was_to_sit(hall: Hall, day: Day) -> None:
    assert NORTH in (await phone(hall, day.section, DECLINES)).text


async def test_draw_room_and_door_tell_the_places_by_seat(day: Day) -> None:
    assert day.answers["room after"].text.count(NORTH) == 3
    assert day.answers["door"].text.count(NORTH) == 2
