"""Two tabs or two clerks at once about recusal: one of them counts, the other is told in words."""

import asyncio

import httpx
import pytest
import pytest_asyncio
from judging import Panel, a_panel, enter_experts
from judging_room import opened
from scenes import Hall

from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.recusing import asked_by, request_recusal
from trading.evaluation.seating import declare_conflict

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def panel(hall: Hall) -> Panel:
    await enter_experts(hall)
    [section] = await opened(hall, 1)
    return await a_panel(hall, section)


async def page(hall: Hall, login: str, path: str, **fields: str) -> httpx.Response:
    """What somebody's browser gets for a form."""
    async with await hall.client(login) as client:
        return await client.post(path, data=fields)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def accounts(hall: Hall) -> None:
    """The accounts are there before two use them at once."""
    for login in ("bidder2", "supervisor"):
        await (await hall.client(login)).aclose()


async def test_the_same_request_from_two_tabs_is_one_and_the_second_is_told(hall: Hall, panel: Panel) -> None:
    path, told = f"/sections/{panel.section}/recusal", {"private_whom": "两个窗口所指", "private_why": "曾任董事"}
    both = await asyncio.gather(*(page(hall, "bidder2", path, **told) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [303, 409]
    [late] = [one for one in both if one.status_code == 409]
    assert "内容相同的回避申请" in late.text and 'value="两个窗口所指"' in late.text
    async with hall.database.reading() as session:
        own = await asked_by(session, hall.keys.service, hall.actor("bidder2"), panel.section)
    assert [one.whom for one in own].count("两个窗口所指") == 1


async def test_of_two_clerks_who_decide_a_request_at_once_the_second_is_told(hall: Hall, panel: Panel) -> None:
    async with hall.database.work(hall.actor("bidder2")) as work:
        keys = hall.keys.service
        request = (await request_recusal(work, keys, panel.section, "两人同时处理", "曾任其董事")).id
    path = f"/sections/{panel.section}/recusals/{request}"
    both = await asyncio.gather(*(page(hall, "supervisor", path, decision=one) for one in ("grounded", "unfounded")))
    assert sorted(one.status_code for one in both) == [303, 409]
    assert "不能再次处理" in next(one.text for one in both if one.status_code == 409)


async def test_a_judge_who_leaves_in_two_tabs_leaves_once(hall: Hall, panel: Panel) -> None:
    slip = panel.slip(3)

    async def leave() -> str | None:
        try:
            async with hall.database.work(panel.actor(3)) as work:
                await declare_conflict(work, hall.keys, slip)
        except Problem as problem:
            return problem.code
        return None

    assert {*await asyncio.gather(leave(), leave())} == {None, "seat.unknown"}
    lines = await hall.lines(Event.JUDGE_REPLACED, section=panel.section)
    assert [(line.facts["judge"], line.facts["reason"]) for line in lines] == [("J3", "conflict")]
