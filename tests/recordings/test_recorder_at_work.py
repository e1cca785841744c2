"""A recorder with real cameras, a real database and a real store: outage, two recorders, closing, keeping."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from reasons import explained
from recording_scene import BEGUN, Cameras, Room, never_changed, turning, until
from scenes import a_hall
from sqlalchemy import select

from infra.crypto.sign import verify_ed25519
from infra.db.journal import Line
from infra.embedded.children import openhall
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.actions import close_recording, join_recording, keep_longer, stop_recording
from trading.recordings.backfill import take_in
from trading.recordings.discs import read_iso
from trading.recordings.export import published
from trading.recordings.ledger import Row, signed_bytes, walk
from trading.recordings.queries import open_gaps, parts_of, require_recording, rows_of
from trading.recordings.storing import BUCKET, part_key, retain_again
from trading.recordings.tables import RecordingPart, RecordingState, StreamKind
from trading.recordings.verify import Folder, verify
from web.bench.ground import NOWHERE
from web.recordings.exporting import export_recording

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects, tmp_path: Path) -> AsyncIterator[Room]:
    """A room in a hall of its own: a recorder serves every open recording that it finds."""
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        yield Room(hall, tmp_path)


async def test_an_outage_becomes_a_gap_with_a_reason_and_the_recording_closes_over_a_signed_root(
    room: Room, cameras: Cameras
) -> None:
    await room.opened(cameras.url(), cameras.url("b.mp4"))
    recorder = room.recorder()
    async with turning(recorder):
        await until(lambda: len(recorder.held) == 2 and all(one.stored >= 3 for one in recorder.held.values()))
        cameras.off()
        await until(lambda: not any(one.camera.status.up for one in recorder.held.values()))
        await asyncio.sleep(11)
        cameras.on()
        await until(lambda: all(one.camera.status.run >= 2 and one.camera.status.up for one in recorder.held.values()))
        await asyncio.sleep(2)
        hall = room.hall
        async with hall.database.work(hall.actor("centre")) as work:
            await stop_recording(work, room.recording)
        await until(lambda: not any(one.camera.is_alive() for one in recorder.held.values()))
        await asyncio.sleep(3)
        with pytest.raises(Problem, match=r"recording.gap-unexplained"):
            async with hall.database.work(hall.actor("centre")) as work:
                await close_recording(work, hall.keys.service, room.recording)
        for stream in await room.streams():
            async with hall.database.reading() as session:
                [gap] = [one for one in await open_gaps(session, room.recording, stream.id) if one.length(0) > 10_000]
            await explained(hall, "supervisor", room.recording, stream.id, gap.seq, "机房断电，见值班记录")
        await until(lambda: not recorder.held, 20)
    found = await room.found()
    assert found.state == RecordingState.CLOSED and found.document and found.signature
    assert verify_ed25519(bytes.fromhex(found.document["key"]), signed_bytes(found.document), found.signature)
    for stream in await room.streams():
        async with hall.database.reading() as session:
            rows, parts = await rows_of(session, stream.id), await parts_of(session, stream.id)
        assert walk(stream.header, rows).chain == stream.chain
        assert set(parts) == {row.entry["seq"] for row in rows if row.entry["kind"] != "event"}
        seq = max(parts)
        until_ = await hall.objects.retained_until(BUCKET, part_key(stream.id, seq), parts[seq])
        assert until_ and until_ >= found.retain_until - timedelta(seconds=1)


async def stopped(room: Room) -> None:
    hall = room.hall
    async with hall.database.work(hall.actor("centre")) as work:
        await stop_recording(work, room.recording)


async def test_a_store_that_is_away_is_waited_for_and_everything_follows_in_order(room: Room, cameras: Cameras) -> None:
    await room.opened(cameras.url())
    nowhere = Objects(NOWHERE, connect=0.3)
    recorder = room.recorder(objects=nowhere)
    async with turning(recorder):
        await until(lambda: bool(recorder.held))
        [one] = recorder.held.values()
        await until(lambda: one.camera.status.segments >= 4)
        [stream] = await room.streams()
        assert stream.entries >= 4 and stream.up, "the ledger knows what the store does not have yet"
        assert one.stored == 0 and len(one.spool.waiting()) >= 4
        recorder.objects = room.hall.objects
        await until(lambda: one.stored >= 5)
    nowhere.close()
    [stream] = await room.streams()
    async with room.hall.database.reading() as session:
        wanted = select(RecordingPart.seq).where(RecordingPart.stream == stream.id).order_by(RecordingPart.stored_at)
        stored = list((await session.execute(wanted)).scalars())
    assert len(stored) >= 5 and stored == sorted(stored)


async def test_the_second_recorder_of_a_camera_is_refused_by_name_and_takes_over_when_the_first_is_gone(
    room: Room, cameras: Cameras
) -> None:
    await room.opened(cameras.url())
    first, second = room.recorder("first"), room.recorder("second")
    async with turning(second):
        async with turning(first):
            await until(lambda: len(first.held) + len(second.held) == 1)
            owner, other = (first, second) if first.held else (second, first)
            await until(lambda: other.taken == {"1 号机位": "another recorder has it"})
            [one] = owner.held.values()
            await until(lambda: one.stored >= 2)
            if owner is second:
                return
        await until(lambda: bool(second.held) and next(iter(second.held.values())).stored >= 2)
    [stream] = await room.streams()
    async with room.hall.database.reading() as session:
        rows = await rows_of(session, stream.id)
    assert walk(stream.header, rows).entries == len(rows) and stream.run == 2
    assert [row.entry["name"] for row in rows if row.entry["kind"] == "event"].count("run-ended") == 2


async def test_a_stored_part_cannot_be_deleted_nor_its_retention_shortened_and_a_longer_term_reaches_the_store(
    room: Room, cameras: Cameras
) -> None:
    await room.opened(cameras.url())
    recorder, hall = room.recorder(), room.hall
    async with turning(recorder):
        await until(lambda: bool(recorder.held) and next(iter(recorder.held.values())).stored >= 2)
    [stream] = await room.streams()
    async with hall.database.reading() as session:
        seq, version = next(iter((await parts_of(session, stream.id)).items()))
    key, term = part_key(stream.id, seq), (await room.found()).retain_until
    with pytest.raises(Problem, match=r"objects.locked"):
        await hall.objects.delete(BUCKET, key, version)
    with pytest.raises(Problem, match=r"objects.refused"):
        await hall.objects.retain(BUCKET, key, version, term - timedelta(seconds=30))
    longer = term + timedelta(days=1)
    async with hall.database.work(hall.actor("supervisor")) as work:
        await keep_longer(work, room.recording, longer, "投诉未结")
    assert await retain_again(hall.database, hall.objects, room.recording) >= 2
    kept = await hall.objects.retained_until(BUCKET, key, version)
    assert kept is not None and abs(kept - longer) < timedelta(seconds=1)
    await never_changed(hall, "recording_parts")


async def test_a_camera_that_stays_away_alarms_the_supervising_body_once_and_bars_the_marks(room: Room) -> None:
    await room.opened("rtsp://127.0.0.1:9/none")
    recorder, hall = room.recorder(), room.hall
    async with turning(recorder):
        await asyncio.sleep(13)
    async with hall.database.reading() as session:
        lines = select(Line.facts).where(Line.subject == room.recording, Line.event == Event.RECORDING_GAPPED)
        [told] = (await session.execute(lines)).scalars()
        with pytest.raises(Problem, match=r"recording.source-down"):
            await require_recording(session, room.section)
    assert told["label"] == "1 号机位" and told["why"] == "unreachable"


async def test_an_exported_recording_holds_against_what_the_log_published(room: Room, cameras: Cameras) -> None:
    await room.opened(cameras.url())
    recorder, hall = room.recorder(), room.hall
    async with turning(recorder):
        await until(lambda: bool(recorder.held) and next(iter(recorder.held.values())).stored >= 3)
        await stopped(room)
        await until(lambda: not recorder.held, 20)
    folder = room.home / "export"
    await export_recording(hall.database, hall.objects, room.recording, room.home / "disc.iso")
    read_iso(room.home / "disc.iso", folder)
    assert (folder / "index.html").is_file()
    async with hall.database.reading() as session:
        told = await published(session, room.recording)
    steps = {step.name: step.facts for step in verify(Folder(folder), told)}
    assert steps["published"]["heads"] >= 1 and steps["root"]["root"] == told["root"]
    assert steps["stream"]["parts"] >= 3


async def test_what_a_network_recorder_kept_of_a_gap_is_stored_beside_it_and_replaces_nothing(
    room: Room, cameras: Cameras, films: Path
) -> None:
    await room.opened(cameras.url())
    recorder, hall = room.recorder(), room.hall
    async with turning(recorder):
        await until(lambda: bool(recorder.held) and next(iter(recorder.held.values())).stored >= 2)
        [stream] = await room.streams()
        async with hall.database.work(hall.actor("centre")) as work:
            added = await join_recording(work, room.recording, StreamKind.BACKFILL, "录像机补录", of=stream.id)
        mark = await asyncio.to_thread(take_in, recorder.home, added.header, str(films / "a.mp4"), BEGUN, lambda: BEGUN)
        with pytest.raises(Problem, match=r"recording.backfill-known"):
            take_in(recorder.home, added.header, str(films / "a.mp4"), BEGUN, lambda: BEGUN)
        await stopped(room)
        await until(lambda: not recorder.held, 20)
    found = await room.found()
    assert found.state == RecordingState.CLOSED and found.document is not None
    told = {one["header"]["stream"]: one for one in found.document["streams"]}
    assert told[added.id]["header"]["of"] == stream.id and told[added.id]["entries"] == mark.head.entries
    assert (told[added.id]["head"], len(told)) == (mark.head.chain.hex(), 2)


async def test_the_command_goes_on_after_its_death_and_says_what_was_lost(
    room: Room, cameras: Cameras, objects_server: EmbeddedObjects
) -> None:
    await room.opened(cameras.url())
    hall = room.hall
    assert hall.stack.settings.database is not None
    told = {
        "OPENHALL_HOME": str(hall.folder),
        "OPENHALL_DATABASE_URL": hall.stack.settings.database.dsn,
        "OPENHALL_S3_URL": objects_server.address.url,
    }

    def started() -> subprocess.Popen[str]:
        return subprocess.Popen(openhall("recorder"), env=os.environ | told, stdout=subprocess.PIPE, text=True)

    async def rows(least: int, run: int) -> list[Row]:
        for _ in range(400):
            [stream] = await room.streams()
            if stream.entries >= least and stream.run >= run:
                async with hall.database.reading() as session:
                    return await rows_of(session, stream.id)
            await asyncio.sleep(0.1)
        raise TimeoutError("nothing was recorded")

    first = started()
    try:
        before = await rows(4, 1)
    finally:
        first.kill()
        first.communicate()
    second = started()
    try:
        after = await rows(len(before) + 5, 2)
        second.send_signal(signal.SIGTERM)
        said, _ = await asyncio.to_thread(second.communicate, timeout=30)
    finally:
        second.kill()
    assert second.returncode == 0 and "1 号机位: run 2" in said
    events = [(row.entry["name"], row.entry["facts"].get("why")) for row in after if row.entry["kind"] == "event"]
    assert events[:3] == [("run-begun", None), ("run-ended", "recorder-lost"), ("gap-begun", "recorder-lost")]
    [stream] = await room.streams()
    assert walk(stream.header, after).entries == len(after)
