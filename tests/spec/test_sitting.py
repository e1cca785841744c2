"""How long a committee sits: a time that is only ever extended (TBR 48), and a pause under seal in which nothing happens."""

import re
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import submitted
from judging import Panel, a_panel, enter_experts
from judging_room import award, room_of, verified
from scenes import Hall

from infra.auth.sessions import open_seat_session
from infra.kernel.context import SYSTEM, Role
from infra.kernel.events import Event
from trading.evaluation.papers import take_paper
from trading.evaluation.saving import save_mark
from trading.sections.states import SectionState
from trading.sitting.actions import ask_for_time, pause, resume, set_time
from trading.sitting.rules import due_to_extend
from web.demo import cast
from web.procurement.times import time_to_type

pytestmark = pytest.mark.soak
SEAL = {"reason": "当日未评完", "seal": "封条 2026-118，监督人员在场"}


@dataclass
class Day:
    """One evaluation over two days: what was refused, what pages said, and when its time ended."""

    hall: Hall
    section: str
    panel: Panel
    refusals: dict[str, str] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    saved: list[int] = field(default_factory=list)
    ends: list[datetime | None] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        self.refusals[name] = await refused(call)

    async def until(self) -> None:
        self.ends.append((await self.hall.section(self.section)).marking_until)

    async def set(self, login: str, seconds: float) -> None:
        async with self.hall.database.work(self.hall.actor(login)) as work:
            await set_time(work, self.section, work.ctx.now + timedelta(seconds=seconds))

    async def ask(self, number: int) -> None:
        async with self.hall.database.work(self.panel.actor(number)) as work:
            await ask_for_time(work, self.panel.seat(number).id)

    async def save(self, number: int) -> None:
        hall, sheet = self.hall, await self.panel.sheet()
        bid = min(sheet)
        item, mark = min(sheet[bid].items())
        found = await save_mark(hall.database, hall.keys.service, self.panel.actor(number), bid, item, mark, 0)
        self.saved.append(found.version)

    async def lock(self, number: int) -> None:
        await self.panel.lock(number, await self.panel.sheet())

    async def read(self, number: int) -> None:
        bid = min(await self.panel.sheet())
        async with self.hall.database.work(self.panel.actor(number)) as work:
            await take_paper(work, self.hall.keys.service, self.panel.seat(number).id, bid, "technical")

    async def pause(self, login: str = "centre", seconds: float = 60, **told: str) -> None:
        words = {**SEAL, **told}
        async with self.hall.database.work(self.hall.actor(login)) as work:
            later = work.ctx.now + timedelta(seconds=seconds)
            await pause(work, self.section, words["reason"], words["seal"], later)

    async def resume(self, login: str = "centre", found: str = "封条完好，监督人员在场") -> None:
        async with self.hall.database.work(self.hall.actor(login)) as work:
            await resume(work, self.section, intact=True, found=found)

    async def seat_client(self, number: int) -> httpx.AsyncClient:
        async with self.hall.database.work(SYSTEM) as work:
            token = await open_seat_session(work, self.panel.seat(number).id, cast.REGION)
        client = await self.hall.client()
        client.headers["authorization"] = f"Bearer {token}"
        return client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(hall: Hall) -> Day:
    await enter_experts(hall)
    await hall.bring("centre", Role.CENTRE, "云湖市公共资源交易中心（示例）", cast.code(8))
    section = await hall.a_tender(4)
    for number in range(1, 5):
        await submitted(hall, section, f"bidder{number}")
    await hall.reach(section, SectionState.OPENED)
    panel = await a_panel(hall, section)
    found = Day(hall, section, panel)
    await found.refuse("a time before the committee sits", found.set("agent", 60))
    for number in range(1, 6):
        await panel.sign_in(number)
    await _time(found)
    await _sealed(found)
    room = await room_of(hall, section, panel, ("bidder1", "bidder2", "bidder3"))
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    await found.refuse("a pause after the marks", found.pause())
    await award(room)
    found.steps = await verified(room)
    return found


async def _time(day: Day) -> None:
    await day.refuse("more time where none is set", day.ask(1))
    await day.refuse("a time set by a bidder", day.set("bidder1", 60))
    await day.refuse("a time gone by", day.set("agent", -1))
    await day.set("agent", 8)
    await day.until()
    await day.refuse("a shorter time", day.set("agent", 2))
    await day.save(2)
    await day.ask(1)
    await day.ask(1)
    [until] = day.ends
    assert until is not None
    await day.hall.wait_until(until)
    await day.refuse("a mark after the time", day.save(2))
    await day.refuse("a lock after the time", day.lock(2))
    await day.ask(2)
    await day.save(3)
    path = f"/sections/{day.section}/sitting"
    async with await day.hall.client("agent") as agent, await day.hall.client() as anybody:
        day.pages["due"] = await agent.get(path)
        day.pages["unreadable"] = await agent.post(path, data={"until": "tomorrow"})
        later = time_to_type(until + timedelta(seconds=600))
        day.pages["extended"] = await agent.post(path, data={"until": later})
        day.pages["extended, shown"] = await agent.get(path)
        day.pages["the public log"] = await anybody.get(f"/sections/{day.section}/log")
    day.asked = [line.facts["asked"] for line in await day.hall.lines(Event.EVALUATION_TIMED)]
    await day.until()
    await day.save(4)


async def _sealed(day: Day) -> None:
    await day.refuse("a pause by the agent", day.pause("agent"))
    await day.refuse("a pause without words", day.pause(seal=" "))
    await day.refuse("a pause until yesterday", day.pause(seconds=-1))
    await day.refuse("going on without a pause", day.resume())
    path = f"/sections/{day.section}/pause"
    async with await day.hall.client("centre") as centre, await day.seat_client(5) as judge:
        day.pages["to seal"] = await centre.get(path)
        later = time_to_type(datetime.fromisoformat("2099-01-01T00:00:00Z"))
        day.pages["sealed"] = await centre.post(path, data={"act": "pause", **SEAL, "resumes": later})
        for name, tried in {
            "a second pause": day.pause(), "a mark while sealed": day.save(4), "a lock while sealed": day.lock(4),
            "a file while sealed": day.read(4), "more time while sealed": day.ask(4),
            "a time while sealed": day.set("agent", 3600), "a motion while sealed": day.panel.move(1, {"kind": "x"}),
        }.items():  # fmt: skip
            await day.refuse(name, tried)
        day.pages["room while sealed"] = await judge.get("/judge")
        day.pages["to unseal"] = await centre.get(path)
        day.pages["unsealed without a word on the seal"] = await centre.post(
            path, data={"act": "resume", "found": "完好"}
        )
        data = {"act": "resume", "intact": "yes", "found": "封条完好"}
        day.pages["unsealed"] = await centre.post(path, data=data)
        day.pages["room afterwards"] = await judge.get("/judge")
        day.pages["asked by a button"] = await judge.post("/judge/time")
        day.pages["room, asked"] = await judge.get("/judge")
    await day.until()
    await day.save(4)
    await day.read(4)


REFUSED = {
    "a time before the committee sits": "marking-time.not-now",
    "more time where none is set": "marking-time.none",
    "a time set by a bidder": "permission.denied",
    "a time gone by": "marking-time.past",
    "a shorter time": "marking-time.shortened",
    "a mark after the time": "marks.time-over",
    "a lock after the time": "marks.time-over",
    "a pause by the agent": "permission.denied",
    "a pause without words": "pause.words",
    "a pause until yesterday": "marking-time.past",
    "going on without a pause": "pause.none",
    "a second pause": "pause.running",
    "a mark while sealed": "evaluation.paused",
    "a lock while sealed": "evaluation.paused",
    "a file while sealed": "evaluation.paused",
    "more time while sealed": "evaluation.paused",
    "a time while sealed": "evaluation.paused",
    "a motion while sealed": "evaluation.paused",
    "a pause after the marks": "marking-time.not-now",
}


@pytest.mark.parametrize("tried", REFUSED)
async def test_what_is_refused_in_a_sitting(day: Day, tried: str) -> None:
    assert day.refusals[tried] == REFUSED[tried]


@pytest.mark.parametrize(
    ("asked", "judges", "due"), [(0, 5, False), (1, 5, False), (2, 5, True), (2, 7, False), (3, 7, True), (3, 9, False)]
)
async def test_more_than_a_third_have_the_time_extended(asked: int, judges: int, due: bool) -> None:
    assert due_to_extend(asked, judges) is due


async def test_whoever_is_in_time_or_not_alone_in_asking_goes_on(day: Day) -> None:
    assert day.saved == [1, 1, 1, 2]
    assert day.asked == [0, 2]


async def test_the_agent_reads_how_many_ask_and_not_who(day: Day) -> None:
    page = day.pages["due"].text
    assert "5 位评委中有 2 位" in page
    assert not re.search(r"J[1-5]\b|评委\s*[1-5]", page)
    assert day.pages["unreadable"].status_code == 422
    assert day.pages["extended"].status_code == 303
    assert "0 位要求延长" in day.pages["extended, shown"].text


async def test_nothing_of_the_sitting_is_public_before_the_marks(day: Day) -> None:
    log = day.pages["the public log"].text
    assert day.pages["the public log"].status_code == 200
    assert "评标时间" not in log and "休会" not in log


async def test_the_centre_seals_the_room_and_says_how_the_seal_was_found(day: Day) -> None:
    assert "封存并休会" in day.pages["to seal"].text
    assert (day.pages["sealed"].status_code, day.pages["unsealed"].status_code) == (303, 303)
    assert SEAL["seal"] in day.pages["to unseal"].text
    assert day.pages["unsealed without a word on the seal"].status_code == 422


async def test_a_judge_sees_the_pause_and_afterwards_the_time_left(day: Day) -> None:
    assert "评标室已封存" in day.pages["room while sealed"].text
    assert "评标室已封存" not in day.pages["room afterwards"].text
    assert "评标时间不够" in day.pages["room afterwards"].text
    assert day.pages["asked by a button"].status_code == 303
    assert "您已提出时间不够" in day.pages["room, asked"].text


async def test_the_time_is_longer_by_the_pause(day: Day) -> None:
    first, extended, shifted = day.ends
    assert first is not None and extended is not None and shifted is not None
    assert first < extended < shifted


async def test_the_evidence_proves_the_pause(day: Day) -> None:
    assert "pauses" in day.steps and day.steps[-1] == "page"
