"""The event stream over HTTP: who may listen, how it resumes, that it ends with the server, what it never says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
import pytest_asyncio
from applications import app_on
from envelopes import submitted
from litestar import Litestar
from scenes import Hall
from sqlalchemy import select
from streams import Client, stream

from infra.custody.bell import Bell
from infra.kernel.channels import messages_channel, section_channel
from infra.kernel.context import SYSTEM
from infra.live import Hub
from infra.live_table import LiveEvent
from web import live

CROWD = 300


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    return await hall.a_tender(900)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(hall: Hall) -> AsyncIterator[Litestar]:
    """The application with a hub that is closed after the last test."""
    hub = Hub(hall.database, Bell(hall.database.dsn))
    yield app_on(replace(hall.stack, hub=hub))
    await hub.close()


async def say(hall: Hall, section: str, count: int) -> None:
    for number in range(count):
        async with hall.database.work(SYSTEM) as work:
            work.tell(section_channel(section), "test", f"subject-{number}")


def path_of(section: str) -> str:
    return f"/live/{section_channel(section)}"


async def test_requirement_12_a_dropped_client_resumes_by_event_id_without_gap_or_duplicate(
    hall: Hall, app: Litestar, section: str
) -> None:
    async with stream(app, path_of(section)) as client:
        start = int(client.heard[0].id)
        await say(hall, section, 3)
        first = await client.until(3)
    await say(hall, section, 4)
    async with stream(app, path_of(section), last_event_id=str(first[-1])) as client:
        await say(hall, section, 2)
        second = await client.until(6)
    async with stream(app, f"{path_of(section)}?after={second[2]}") as client:
        third = await client.until(3)
    assert first + second == list(range(start + 1, start + 10))
    assert third == second[3:]


async def test_requirement_12_three_hundred_clients_all_hear_everything_once(
    hall: Hall, app: Litestar, section: str
) -> None:
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(stream(app, path_of(section))) for _ in range(CROWD)]
        start = int(crowd[0].heard[0].id)
        await say(hall, section, 10)
        told = await asyncio.gather(*(client.until(10) for client in crowd))
    assert all(ids == list(range(start + 1, start + 11)) for ids in told)


async def test_a_stream_is_never_packed_nor_kept(app: Litestar, section: str) -> None:
    async with stream(app, path_of(section), accept_encoding="gzip") as client:
        assert client.status == 200
    assert client.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in client.headers
    assert client.headers["cache-control"] == "no-store"
    assert "content-security-policy" in client.headers


async def test_a_quiet_stream_shows_signs_of_life(app: Litestar, section: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.02)
    async with stream(app, path_of(section)) as client:
        async with asyncio.timeout(20):
            while sum(one.event == "beat" for one in client.heard) < 3:
                await asyncio.sleep(0.02)
    assert client.heard[0].event == "hello"
    assert {one.event for one in client.heard[1:]} == {"beat"}


async def test_a_stream_ends_after_a_while_so_that_rights_are_looked_at_anew(
    app: Litestar, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST", 0.05)
    monkeypatch.setattr(live, "BEAT", 0.02)
    async with stream(app, path_of(section)) as client:
        await client.until_end()


async def test_a_server_that_ends_ends_every_stream(hall: Hall, section: str) -> None:
    hub = Hub(hall.database, Bell(hall.database.dsn))
    app = app_on(replace(hall.stack, hub=hub))
    async with stream(app, path_of(section)) as one, stream(app, "/live/board") as other:
        await hub.close()
        await one.until_end()
        await other.until_end()


async def test_a_cursor_that_cannot_be_resumed_is_told_to_load_the_page_anew(app: Litestar, section: str) -> None:
    async with stream(app, f"{path_of(section)}?after=999999") as client:
        await client.until_end()
    assert [one.event for one in client.heard] == ["hello", "reload"]


@pytest.mark.parametrize("cursor", ["x", "-1", "1e3", "١", "", "9" * 40])
async def test_a_cursor_that_is_no_number_is_no_cursor(app: Litestar, section: str, cursor: str) -> None:
    async with stream(app, path_of(section), last_event_id=cursor.encode("utf-8").decode("latin-1")) as client:
        assert client.status == 200


# ---- who may listen -------------------------------------------------------------------------------------------------


async def status(app: Litestar, path: str, **headers: str) -> int:
    async with stream(app, path, **headers) as client:
        return client.status


@pytest.mark.parametrize(
    "channel",
    ["section:YH-T-0/01", "section:", "section", "nothing", "messages:", "messages:public", "messages:system"],
)
async def test_a_strangers_channel_is_not_there(app: Litestar, channel: str) -> None:
    assert await status(app, f"/live/{channel}") == 404


async def test_a_section_that_is_not_published_has_no_channel(hall: Hall, app: Litestar) -> None:
    draft = await hall.a_draft()
    assert await status(app, path_of(draft)) == 404


async def test_everybody_listens_to_the_board(app: Litestar) -> None:
    assert await status(app, "/live/board") == 200


async def test_only_the_person_hears_of_their_messages(hall: Hall, app: Litestar) -> None:
    token = await hall._token("bidder1")
    account = hall.accounts["bidder1"].id
    own = f"/live/{messages_channel(account)}"
    assert await status(app, own, authorization=f"Bearer {token}") == 200
    assert await status(app, own, authorization=f"Bearer {await hall._token('bidder2')}") == 404
    assert await status(app, own) == 404


# ---- what it never says ---------------------------------------------------------------------------------------------


async def test_before_the_opening_a_section_with_bids_says_as_much_as_one_without(hall: Hall, app: Litestar) -> None:
    """Neither an event nor a number nor a time: what bidders do moves no channel that others may watch."""
    with_bids, without = await hall.tenders(2, 900)
    async with (
        stream(app, path_of(with_bids)) as watched,
        stream(app, path_of(without)) as quiet,
        stream(app, "/live/board") as board,
    ):
        told = len(board.heard)
        for number in (1, 2, 3):
            await submitted(hall, with_bids, f"bidder{number}")
        await hall.step()
        for section in (with_bids, without):
            await say(hall, section, 1)
        assert await watched.until(1) == await quiet.until(1)
        assert [one for one in board.heard[told:] if one.event != "beat"] == []
    assert stripped(watched) == stripped(quiet)


def stripped(client: Client) -> list[tuple[str, str]]:
    return [(one.id, one.event) for one in client.heard if one.event != "beat"]


async def test_an_event_says_an_id_and_a_kind_and_nothing_else(hall: Hall, app: Litestar, section: str) -> None:
    async with stream(app, path_of(section)) as client:
        await say(hall, section, 1)
        await client.until(1)
    [data] = [one.data for one in client.heard if one.event == "message"]
    assert set(json.loads(data)) == {"kind", "subject", "at"}
    async with hall.database.reading() as session:
        columns = {column.name for column in LiveEvent.__table__.columns}
        assert columns == {"id", "channel", "number", "kind", "subject", "at"}
        assert list(await session.execute(select(LiveEvent.id).limit(1)))
