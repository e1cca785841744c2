"""A trustee that asks to wait is answered when there is news: a checkpoint it has not signed, or a duty it has not refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from applications import app_on
from scenes import Hall

from infra.custody import duties
from infra.custody.bell import Bell, heard
from infra.custody.exchange import exchange
from infra.edge import context
from infra.kernel.context import SYSTEM, Actor, Role
from infra.trustee import program as programs
from infra.trustee.program import Program, serve
from web.wiring import desk

LONG, SHORT = 30.0, 0.3
AGENT = Actor("agent.trustee.example", Role.TRUSTEE)


@pytest_asyncio.fixture(loop_scope="session")
async def bell(hall: Hall) -> AsyncIterator[Bell]:
    """A bell that listens already, every trustee up to date."""
    await hall.beat()
    for _ in range(2):
        await hall.poll_all()
    assert hall.stack.settings.database is not None
    bell = Bell(hall.stack.settings.database.dsn)
    await bell.listening()
    yield bell
    await bell.close()


def waiting(hall: Hall, bell: Bell, seconds: float = LONG) -> "asyncio.Task[dict[str, Any]]":
    said, headers = hall.trustees["agent"].request(context(AGENT))
    told = headers["trustee-signature"]
    return asyncio.create_task(exchange(hall.database, desk(hall.stack), said, told, bell, seconds))


async def ask(hall: Hall, subject: str) -> None:
    name = hall.trustees["agent"].state.name
    async with hall.database.work(SYSTEM) as work:
        await duties.ask(work, name, duties.KEY, subject, id="", section="YH-1/01", round="1")


async def test_without_news_the_reply_comes_when_patience_ends(hall: Hall, bell: Bell) -> None:
    reply = await waiting(hall, bell, SHORT)
    assert reply["consistency"] == []


async def test_a_new_checkpoint_ends_the_wait(hall: Hall, bell: Bell) -> None:
    reply = waiting(hall, bell)
    await asyncio.sleep(SHORT)
    assert not reply.done()
    size = await hall.beat()
    assert f"\n{size}\n" in (await asyncio.wait_for(reply, LONG))["checkpoint"]


async def test_a_duty_ends_the_wait(hall: Hall, bell: Bell) -> None:
    reply = waiting(hall, bell)
    await ask(hall, "duty-at-once")
    assert "duty-at-once" in [one["subject"] for one in (await asyncio.wait_for(reply, LONG))["duties"]]


async def test_a_duty_that_was_just_refused_is_no_news(hall: Hall, bell: Bell) -> None:
    await ask(hall, "duty-refused")
    await hall.poll("agent")
    assert hall.trustees["agent"].refused
    reply = waiting(hall, bell)
    await asyncio.sleep(SHORT)
    assert not reply.done()
    await hall.beat()
    assert "duty-refused" in [one["subject"] for one in (await asyncio.wait_for(reply, LONG))["duties"]]


async def test_a_closed_bell_ends_every_wait_and_begins_none(hall: Hall, bell: Bell) -> None:
    replies = [waiting(hall, bell) for _ in range(3)]
    await asyncio.sleep(SHORT)
    await bell.close()
    assert len(await asyncio.wait_for(asyncio.gather(*replies), LONG)) == 3
    assert await bell.listening() is None
    await asyncio.wait_for(waiting(hall, bell), LONG)


async def test_a_lost_line_is_made_anew(hall: Hall, bell: Bell) -> None:
    assert bell._line is not None
    bell._line.terminate()
    rung = await bell.listening()
    assert rung is not None
    await hall.beat()
    await asyncio.wait_for(rung.wait(), LONG)


async def test_waiting_for_a_bell_ends_by_itself() -> None:
    await heard(asyncio.Event(), 0.01)


# ---- over HTTP ------------------------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.parametrize("prefer", ["", "wait=0", "return=minimal", "wait=x", "wait=1"])
async def test_who_does_not_ask_to_wait_long_is_answered_all_the_same(hall: Hall, bell: Bell, prefer: str) -> None:
    said, headers = hall.trustees["agent"].request(context(AGENT))
    app = app_on(replace(hall.stack, bell=bell))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
        answer = await client.post(programs.PATH, content=said, headers=headers | {"prefer": prefer})
    assert answer.status_code == 200 and answer.json()["checkpoint"]


async def until(found: Callable[[], bool]) -> None:
    end = asyncio.get_running_loop().time() + LONG
    while not found():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.02)


@pytest_asyncio.fixture(loop_scope="session")
async def running(hall: Hall, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], Any]]:
    """Starts the agent's program in its loop; it is stopped in the middle of a wait, and ends."""
    transport, client = httpx.ASGITransport(app=app_on(replace(hall.stack, bell=bell))), httpx.AsyncClient
    inside: Any = {"transport": transport, "headers": {"accept-encoding": "identity"}}
    monkeypatch.setattr(httpx, "AsyncClient", lambda **more: client(**more, **inside))
    stop, begun = asyncio.Event(), []

    def start() -> Program:
        program: Program = hall.trustees["agent"]
        begun.append(asyncio.create_task(serve(program, "http://testserver.local", 0.01, stop)))
        return program

    yield start
    stop.set()
    await asyncio.wait_for(asyncio.gather(*begun), LONG)


async def test_the_program_signs_each_checkpoint_and_stops_while_it_waits(
    hall: Hall, running: Callable[[], Program]
) -> None:
    program = running()
    for _ in range(3):
        size = await hall.beat()
        await until(lambda size=size: program.state.size == size)  # type: ignore[misc]


async def test_a_cosignature_that_comes_too_late_does_not_keep_the_program_from_going_on(
    hall: Hall, running: Callable[[], Program]
) -> None:
    """Its checkpoint may have been pruned while the platform could not be reached."""
    hall.trustees["agent"].cosignature = {"size": 7, "line": "x"}
    program, size = running(), await hall.beat()
    await until(lambda: program.state.size == size)
