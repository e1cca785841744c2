"""What a browser sends, over HTTP: who may, what is refused with which number expected, and what stands in the chain."""

from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest
import pytest_asyncio
from browser_scene import Laptop, chunks_of, fragmented
from recording_scene import Room
from scenes import Hall

from infra.crypto.sign import new_p256, sign_p256
from infra.edge import random_bytes
from trading.recordings.actions import stop_recording
from trading.recordings.ingest import Ingest
from trading.recordings.ledger import Entry
from trading.recordings.queries import gaps, parts_of, rows_of, streams_of
from web.app import FOOTING


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return chunks_of(fragmented(tmp_path_factory.mktemp("browser"), seconds=6.0), 2)


@pytest_asyncio.fixture(loop_scope="session")
async def laptop(room: Room) -> AsyncIterator[Laptop]:
    await room.opened()
    async with await room.hall.client("centre") as client:
        yield Laptop(client, room.recording)


def ingest_of(hall: Hall) -> Ingest:
    found: Ingest = hall.app.state[FOOTING].ingest
    return found


async def entries(hall: Hall, stream: str) -> list[Entry]:
    await ingest_of(hall).turn()
    async with hall.database.reading() as session:
        return [row.entry for row in await rows_of(session, stream)]


def named(found: list[Entry]) -> list[str]:
    return [str(one.get("name", one["kind"])) for one in found]


def is_refused(answer: httpx.Response, status: int, code: str, **facts: str) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert facts.items() <= told["facts"].items()


async def recording(laptop: Laptop, **joined: bool) -> None:
    assert (await laptop.joins(**joined)).status_code == 201
    assert (await laptop.begins()).status_code == 201 and laptop.run == 1


async def test_a_browsers_chunks_stand_in_the_chain_as_parts_and_in_the_store_as_they_were_sent(
    laptop: Laptop, room: Room, chunks: list[bytes]
) -> None:
    await recording(laptop)
    for number, data in enumerate(chunks, 1):
        assert (await laptop.sends(number, data)).status_code == 201
    assert (await laptop.says("runs/1/end", why="stopped")).json()["expected"] == len(chunks) + 1
    found = await entries(room.hall, laptop.stream)
    expected = ["run-begun", "chunk", "init", *["chunk", "segment", "segment"] * (len(chunks) - 1), "run-ended"]
    assert named(found) == expected
    signed = [one["facts"] for one in found if one.get("name") == "chunk"]
    assert [one["sha256"] for one in signed] == [sha256(data).hexdigest() for data in chunks]
    held = ingest_of(room.hall).held[laptop.stream]
    assert held.storing is not None
    await held.storing
    async with room.hall.database.reading() as session:
        assert len(await parts_of(session, laptop.stream)) == 2 * len(chunks) - 1
    assert not list((room.hall.stack.settings.home / "ingest" / laptop.stream).glob("*.part"))


async def test_the_same_chunk_again_is_no_error_and_a_changed_or_early_one_is_told_what_is_expected(
    laptop: Laptop, chunks: list[bytes]
) -> None:
    await recording(laptop)
    assert (await laptop.sends(1, chunks[0])).status_code == 201
    again = await laptop.sends(1, chunks[0])
    assert again.status_code == 200 and again.json()["expected"] == 2
    is_refused(await laptop.sends(1, chunks[1]), 409, "recording.chunk-changed", expected="2")
    is_refused(await laptop.sends(3, chunks[2]), 409, "recording.chunk-order", expected="2")
    assert (await laptop.sends(2, chunks[1])).json()["expected"] == 3


async def test_a_chunk_with_another_hash_signature_number_or_form_is_refused(
    laptop: Laptop, chunks: list[bytes]
) -> None:
    await recording(laptop)
    good = laptop.chunk(1, chunks[0])
    is_refused(await laptop.sends(1, chunks[0] + b"x", good), 422, "recording.chunk-hash")
    stranger = new_p256(random_bytes)
    forged = good._replace(signature=sign_p256(stranger, good.message(laptop.stream)))
    is_refused(await laptop.sends(1, chunks[0], forged), 422, "recording.chunk-signature")
    is_refused(
        await laptop.sends(1, chunks[0], good._replace(client=good.client + 1)), 422, "recording.chunk-signature"
    )
    is_refused(await laptop.sends(2, chunks[0], good), 422, "recording.chunk-signature")
    is_refused(await laptop.sends(0, chunks[0]), 422, "recording.chunk-facts")
    is_refused(await laptop.sends(1, b""), 422, "recording.chunk-facts")
    is_refused(await laptop.sends(1, chunks[1]), 422, "recording.box")
    for broken in (chunks[0][:-1], chunks[0] + chunks[1][:-9], b"garbage!" * 9):
        is_refused(await laptop.sends(1, broken), 422, "recording.box")
    bare = await laptop.client.post(laptop.at("runs/1/chunks/1"), content=chunks[0])
    is_refused(bare, 422, "recording.chunk-facts")
    large = {
        "content-length": str((64 << 20) + 1),
        "chunk-sha256": "0" * 64,
        "chunk-signature": "AA==",
        "chunk-clock": "1,1,1",
    }
    refused = await laptop.client.post(laptop.at("runs/1/chunks/1"), content=b"x", headers=large)
    is_refused(refused, 413, "request.too-large")
    assert (await laptop.sends(1, chunks[0], good)).status_code == 201


async def test_a_run_begins_by_its_own_key_once_and_ends_once(laptop: Laptop, chunks: list[bytes], room: Room) -> None:
    await laptop.joins()
    is_refused(await laptop.begins(laptop.begun()._replace(rtt=5)), 422, "recording.run-signature")
    is_refused(await laptop.begins(laptop.begun("audio/ogg")), 422, "recording.run-facts")
    is_refused(await laptop.begins(laptop.begun()._replace(key=b"x")), 422, "recording.run-facts")
    is_refused(await laptop.sends(1, chunks[0]), 404, "recording.run-unknown")
    begun = laptop.begun()
    assert [(await laptop.begins(begun)).status_code for _ in range(2)] == [201, 200]
    is_refused(await laptop.says("runs/1/end", why="because"), 422, "recording.ending")
    is_refused(await laptop.says("runs/1/events", track="door", client=1), 422, "recording.track")
    for _ in range(2):
        assert (await laptop.says("runs/1/events", track="microphone", client=1)).status_code == 200
    for _ in range(2):
        assert (await laptop.says("runs/1/end", why="track-ended")).status_code == 200
    is_refused(await laptop.sends(1, chunks[0]), 409, "recording.run-over")
    is_refused(await laptop.begins(begun), 409, "recording.run-over")
    is_refused(await laptop.says("runs/2/end", why="stopped"), 404, "recording.run-unknown")
    is_refused(await laptop.client.post(laptop.at("runs"), json={"key": ""}), 422, "request.fields")
    found = named(await entries(room.hall, laptop.stream))
    assert found == ["run-begun", "track-ended", "run-ended", "gap-begun"]


async def test_a_tab_that_is_lost_leaves_a_gap_between_its_runs(
    laptop: Laptop, room: Room, chunks: list[bytes]
) -> None:
    await recording(laptop)
    for number, data in enumerate(chunks[:2], 1):
        await laptop.sends(number, data)
    again = laptop.anew()
    assert (await again.begins()).status_code == 201 and again.run == 2
    for number, data in enumerate(chunks[:2], 1):
        assert (await again.sends(number, data)).status_code == 201
    found = await entries(room.hall, laptop.stream)
    assert [one for one in named(found) if one not in ("chunk", "segment", "init", "clock-drifted")] == [
        "run-begun", "run-ended", "gap-begun", "gap-ended", "run-begun",
    ]  # fmt: skip
    [gap] = gaps(found)
    assert gap.why == "tab-lost" and gap.until is not None and gap.until >= gap.since
    is_refused(await laptop.sends(3, chunks[2]), 409, "recording.run-over")


async def test_a_server_that_died_takes_up_the_run_where_its_spool_and_ledger_stand(
    laptop: Laptop, room: Room, chunks: list[bytes]
) -> None:
    await recording(laptop)
    for number, data in enumerate(chunks[:2], 1):
        await laptop.sends(number, data)
    held = ingest_of(room.hall).held
    del held[laptop.stream]  # nothing of it had reached the ledger
    assert (await laptop.sends(2, chunks[1])).status_code == 200
    await entries(room.hall, laptop.stream)
    del held[laptop.stream]
    assert (await laptop.sends(1, chunks[0])).status_code == 200
    assert (await laptop.sends(3, chunks[2])).status_code == 201


async def test_a_chunk_that_was_chained_half_is_completed_by_sending_it_again(
    laptop: Laptop, room: Room, chunks: list[bytes]
) -> None:
    await recording(laptop)
    await laptop.sends(1, chunks[0])
    spool = ingest_of(room.hall).held[laptop.stream].spool
    spool.most = spool.bytes + len(chunks[1]) * 3 // 4
    is_refused(await laptop.sends(2, chunks[1]), 507, "recording.disk-full")
    spool.most = 1 << 40
    is_refused(await laptop.sends(3, chunks[2]), 409, "recording.chunk-order", expected="2")
    assert (await laptop.sends(2, chunks[1])).status_code == 201
    assert named(await entries(room.hall, laptop.stream))[-3:] == ["chunk", "segment", "segment"]


async def test_a_laptop_clock_that_is_wrong_by_a_day_changes_nothing_and_a_jump_is_told(
    laptop: Laptop, room: Room, chunks: list[bytes]
) -> None:
    laptop.wrong = 24 * 3600 * 1000
    await recording(laptop)
    await laptop.sends(1, chunks[0])
    await laptop.sends(2, chunks[1])
    await laptop.sends(3, chunks[2], jump=5000)
    found = await entries(room.hall, laptop.stream)
    for one in found:
        if one["kind"] == "segment":
            assert abs(one["wall"] + one["length"] - one["arrived"]) < 60_000
    drifts = [one["facts"]["drift"] for one in found if one.get("name") == "clock-drifted"]
    assert len(drifts) == 1 and 1000 <= drifts[0] <= 6000


async def test_who_is_no_centre_agent_or_judge_of_the_section_records_nothing(laptop: Laptop, room: Room) -> None:
    await recording(laptop)
    async with await room.hall.client("agent") as client:
        agent = Laptop(client, room.recording)
        joined = await agent.joins("screen", mandatory=True)
        assert joined.status_code == 201 and joined.json()["mandatory"] is False
        is_refused(await agent.joins("camera"), 422, "recording.source")
        is_refused(await agent.joins(label=" "), 422, "recording.words")
        is_refused(await Laptop(client, "recording-none").joins(), 404, "recording.unknown")
        is_refused(await Laptop(client, room.recording, "stream-none").begins(), 404, "recording.stream-unknown")
    for login in ("bidder1", "supervisor"):
        async with await room.hall.client(login) as client:
            is_refused(await Laptop(client, room.recording).joins(), 403, "page.not-yours")
    async with await room.hall.client() as client:
        is_refused(await Laptop(client, room.recording, laptop.stream).begins(), 401, "session.needed")
        assert (await client.get("/api/recordings/time")).json()["now"] > 0


async def test_a_silent_browser_is_down_and_alarms_where_its_source_is_mandatory(laptop: Laptop, room: Room) -> None:
    await recording(laptop, mandatory=True)
    ingest = ingest_of(room.hall)
    await ingest.turn()
    assert (await stream_of(room, laptop)).up
    ingest.held[laptop.stream].heard -= 6
    await ingest.turn()
    found = await stream_of(room, laptop)
    assert not found.up and found.why == "offline"
    assert (await laptop.says("heartbeat")).json()["state"] == "running"
    await ingest.turn()
    assert (await stream_of(room, laptop)).up


async def test_what_waits_on_a_laptop_is_taken_after_the_recording_was_stopped_but_no_new_run(
    laptop: Laptop, room: Room, chunks: list[bytes]
) -> None:
    await recording(laptop)
    await laptop.sends(1, chunks[0])
    async with room.hall.database.work(room.hall.actor("centre")) as work:
        await stop_recording(work, room.recording)
    await ingest_of(room.hall).turn()
    assert (await laptop.sends(2, chunks[1])).json()["state"] == "stopped"
    is_refused(await laptop.anew().begins(), 409, "recording.not-running")
    await laptop.says("runs/1/end", why="stopped")
    found = await entries(room.hall, laptop.stream)
    assert named(found)[-1] == "run-ended"
    is_refused(await laptop.anew().joins(), 409, "recording.not-running")


async def stream_of(room: Room, laptop: Laptop):  # type: ignore[no-untyped-def]
    async with room.hall.database.reading() as session:
        return next(one for one in await streams_of(session, room.recording) if one.id == laptop.stream)
