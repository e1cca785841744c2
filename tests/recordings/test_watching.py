"""Watching recordings: who may and when, that every minute is written down, holds, exports, the wall, what is public."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from reasons import explained
from recording_scene import Room, Watch, taken_in
from scenes import Hall
from sqlalchemy import select

from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.db.journal import Line
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.recordings.actions import close_recording, stop_recording
from trading.recordings.camera import Status
from trading.recordings.discs import read_iso
from trading.recordings.ledger import EVENT, Head, happened, proven
from trading.recordings.queries import parts_of, streams_of, unexplained
from trading.recordings.spool import Spool
from trading.recordings.storing import BUCKET, append, heard, part_key, publish_heads, store_part
from trading.recordings.tables import RecordingStream
from trading.recordings.verify import Folder, verify
from trading.recordings.watching import joined

WHY = {"why": "投诉 2026-17 核查"}


async def filled(room: Room, films: Path) -> RecordingStream:
    """A recording whose one source has two runs of a film with a gap of twelve seconds between, all of it stored."""
    await room.opened("rtsp://127.0.0.1:9/ch1")
    [stream] = await room.streams()
    watch = Watch()
    watch.now = int((await room.found()).opened_at.timestamp() * 1000)
    spool = Spool(room.home / "spool", stream.header)
    await asyncio.to_thread(taken_in, films / "a.mp4", spool, watch)
    since = spool.mark.until
    spool.append(lambda seq: happened(seq, 1, "gap-begun", since, since=since, why="unreachable"))
    watch.now = since + 12_000
    spool.append(lambda seq: happened(seq, 1, "gap-ended", watch.now, since=since, until=watch.now))
    await asyncio.to_thread(taken_in, films / "a.mp4", spool, watch)
    rows, hall = spool.waiting(1000), room.hall
    async with hall.database.work(SYSTEM) as work:
        await append(work, stream.id, rows)
        await heard(work, stream.id, Status(up=True))
    for row in rows:
        if row.entry["kind"] != EVENT:
            await store_part(hall.database, hall.objects, stream.id, row, spool.data(row.entry["seq"]))
    return (await room.streams())[0]


async def got(hall: Hall, login: str | None, path: str, **query: str) -> httpx.Response:
    async with await hall.client(login) as client:
        kind = "text/html" if path.startswith("/en") else "application/json"
        return await client.get(path, params=query, headers={"Accept": kind})


async def sent(hall: Hall, login: str, path: str, **fields: str) -> httpx.Response:
    async with await hall.client(login) as client:
        return await client.post(f"/en{path}", data=fields)


async def lines(hall: Hall, recording: str, read: Read = Read.RECORDING_WATCHED) -> list[AccessLine]:
    async with hall.database.reading() as session:
        wanted = select(AccessLine).where(AccessLine.subject == recording, AccessLine.read == read)
        return list(await session.scalars(wanted.order_by(AccessLine.id)))


async def over(room: Room) -> None:
    """The recording is stopped, its gap explained, and closed."""
    hall, [stream] = room.hall, await room.streams()
    async with hall.database.work(hall.actor("centre")) as work:
        await stop_recording(work, room.recording)
    async with hall.database.reading() as session:
        gaps = await unexplained(session, await room.found())
    for name, gap in gaps:
        await explained(hall, "centre", room.recording, name, gap.seq, "机房断电")
    async with hall.database.work(SYSTEM) as work:
        (await work.session.get_one(RecordingStream, stream.id)).running = False
    async with hall.database.work(hall.actor("centre")) as work:
        await close_recording(work, hall.keys.service, room.recording)


def test_minutes_that_meet_are_one_span() -> None:
    assert joined([(120, 180), (0, 60), (60, 120), (300, 360)]) == [(0, 180), (300, 360)]


async def test_the_supervising_body_watches_a_running_recording_and_every_minute_is_written_down_once(
    room: Room, films: Path
) -> None:
    stream = await filled(room, films)
    hall, base = room.hall, f"/recordings/{room.recording}"
    told = (await got(hall, "supervisor", f"{base}/streams/{stream.id}/index.m3u8")).text
    assert told.count("#EXT-X-MAP") == 2 and told.count("#EXT-X-DISCONTINUITY\n") == 1 and "#EXT-X-ENDLIST" not in told
    names = [line for line in told.splitlines() if line.endswith(".mp4")]
    part = f"{base}/streams/{stream.id}/{names[0]}"
    answer = await got(hall, "supervisor", part)
    assert (answer.status_code, answer.json()["code"]) == (403, "recording.no-reason")
    assert (await lines(hall, room.recording))[-1].facts == {"code": "recording.no-reason"}
    answer = await got(hall, "supervisor", f"/en{base}/watch")
    assert answer.status_code == 422 and "data-stream" not in answer.text
    answer = await got(hall, "supervisor", f"/en{base}/watch", **WHY)
    assert answer.status_code == 200 and f'data-stream="{stream.id}"' in answer.text and WHY["why"] in answer.text
    for _ in range(2):
        answer = await got(hall, "supervisor", part)
        assert answer.status_code == 200 and answer.headers["content-type"] == "video/mp4"
        assert answer.headers["cache-control"] == "no-store"
    noted = [one.facts for one in await lines(hall, room.recording) if "stream" in one.facts]
    assert len(noted) == 1 and noted[0]["stream"] == stream.id and noted[0]["until"] - noted[0]["since"] == 60_000
    page = (await got(hall, "centre", f"/en{base}")).text
    assert WHY["why"] in page and "watched" in page and "1 号机位" in page


async def test_the_timeline_tells_pictures_and_gaps_with_their_reasons(room: Room, films: Path) -> None:
    stream = await filled(room, films)
    answer = await got(room.hall, "supervisor", f"/recordings/{room.recording}/timeline.json")
    told = answer.json()
    [source] = told["sources"]
    assert told["live"] and source["live"] and source["stream"] == stream.id
    [first, second], [gap] = source["runs"], source["gaps"]
    assert first[1] == gap["since"] and second[0] == gap["until"] and gap["until"] - gap["since"] == 12_000
    assert gap["why"] and gap["words"] == ""


async def test_the_centre_watches_only_what_is_over(room: Room, films: Path) -> None:
    stream = await filled(room, films)
    hall, base = room.hall, f"/recordings/{room.recording}"
    paths = [
        f"{base}/watch",
        f"{base}/timeline.json",
        f"{base}/streams/{stream.id}/index.m3u8",
        f"{base}/streams/{stream.id}/2.mp4",
    ]
    for path in paths:
        answer = await got(hall, "centre", path, **WHY)
        assert answer.status_code == 403 and "video" not in answer.headers["content-type"]
    page = (await got(hall, "centre", f"/en{base}")).text
    assert f"{base}/watch" not in page and "only the supervising body may watch" in page
    async with hall.database.work(hall.actor("centre")) as work:
        await stop_recording(work, room.recording)
    for path in paths:
        assert (await got(hall, "centre", path, **WHY)).status_code == 200


@pytest.mark.parametrize("login", [None, "bidder1", "agent", "procurer"])
async def test_nobody_else_sees_a_picture_a_playlist_or_a_timeline(room: Room, films: Path, login: str | None) -> None:
    stream = await filled(room, films)
    await over(room)
    base = f"/recordings/{room.recording}"
    for path in (
        f"{base}/watch", f"{base}/timeline.json", f"{base}/streams/{stream.id}/index.m3u8",
        f"{base}/streams/{stream.id}/1.mp4", f"{base}/exports", f"{base}/exports/1.iso", "/recordings/wall",
        "/recordings/wall.json",
    ):  # fmt: skip
        answer = await got(room.hall, login, path, **WHY)
        assert answer.status_code in (303, 401, 403) and room.recording not in answer.text


async def test_parts_that_are_none_are_refused(room: Room, films: Path) -> None:
    stream = await filled(room, films)
    hall, first = room.hall, room.recording
    await got(hall, "supervisor", f"/recordings/{first}/watch", **WHY)
    for name in ("0.mp4", "999.mp4", "x.mp4", "9" * 15 + ".mp4", "-1.mp4"):
        answer = await got(hall, "supervisor", f"/recordings/{first}/streams/{stream.id}/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "recording.part-unknown"), name
    await room.opened()
    answer = await got(hall, "supervisor", f"/recordings/{room.recording}/streams/{stream.id}/1.mp4")
    assert (answer.status_code, answer.json()["code"]) == (404, "recording.stream-unknown")
    answer = await got(hall, "supervisor", "/recordings/none/timeline.json")
    assert (answer.status_code, answer.json()["code"]) == (404, "recording.unknown")


async def test_a_hold_reaches_every_stored_part_and_is_the_supervising_bodys(room: Room, films: Path) -> None:
    stream = await filled(room, films)
    hall, base = room.hall, f"/recordings/{room.recording}"
    assert (await sent(hall, "centre", base, act="hold", hold_words="投诉")).status_code == 403
    answer = await sent(hall, "supervisor", base, act="hold", hold_words=" ")
    assert answer.status_code == 422
    answer = await sent(hall, "supervisor", base, act="release", hold_words="结案")
    assert answer.status_code == 409 and "not under legal hold" in answer.text
    assert (await sent(hall, "supervisor", base, act="hold", hold_words="投诉 2026-17")).status_code == 303
    answer = await sent(hall, "supervisor", base, act="hold", hold_words="再来")
    assert answer.status_code == 409 and "under legal hold already" in answer.text
    async with hall.database.reading() as session:
        seq, version = next(iter((await parts_of(session, stream.id)).items()))
    key = part_key(stream.id, seq)

    async def held() -> bool:
        return await hall.objects.is_held(BUCKET, key, version)

    await hall.until(held)
    assert (await sent(hall, "supervisor", base, act="release", hold_words="结案")).status_code == 303

    async def free() -> bool:
        return not await held()

    await hall.until(free)
    async with hall.database.reading() as session:
        wanted = select(Line.event, Line.facts).where(
            Line.subject == room.recording, Line.event.in_((Event.RECORDING_HELD, Event.RECORDING_RELEASED))
        )
        told = [(event, facts["words"]) for event, facts in await session.execute(wanted.order_by(Line.id))]
    assert told == [(Event.RECORDING_HELD, "投诉 2026-17"), (Event.RECORDING_RELEASED, "结案")]


async def test_a_longer_term_is_carried_to_the_store_by_itself(room: Room, films: Path) -> None:
    stream = await filled(room, films)
    hall, term = room.hall, (await room.found()).retain_until
    later = term + timedelta(days=400)
    fields = {"act": "keep", "until": f"{later:%Y-%m-%dT%H:%M:%S}", "words": "诉讼未结"}
    assert (await sent(hall, "supervisor", f"/recordings/{room.recording}", **fields)).status_code == 303
    async with hall.database.reading() as session:
        seq, version = next(iter((await parts_of(session, stream.id)).items()))

    async def longer() -> bool:
        until = await hall.objects.retained_until(BUCKET, part_key(stream.id, seq), version)
        return until is not None and until > term + timedelta(days=398)

    await hall.until(longer)


async def test_a_file_is_asked_for_made_taken_and_verified(room: Room, films: Path, tmp_path: Path) -> None:
    await filled(room, films)
    hall, base = room.hall, f"/recordings/{room.recording}"
    answer = await sent(hall, "supervisor", f"{base}/exports", form="iso", export_words="函〔2026〕8 号")
    assert answer.status_code == 409 and "not closed" in answer.text
    await over(room)
    assert (await sent(hall, "supervisor", f"{base}/exports", form="tar", export_words="函")).status_code == 422
    assert (await sent(hall, "supervisor", f"{base}/exports", form="iso", export_words="")).status_code == 422
    assert "No file was made" in (await got(hall, "supervisor", f"/en{base}/exports")).text
    answer = await sent(hall, "supervisor", f"{base}/exports", form="iso", export_words="函〔2026〕8 号")
    assert answer.status_code == 303 and answer.headers["location"].endswith("/exports")
    answer = await sent(hall, "supervisor", f"{base}/exports", form="zip", export_words="再要一份")
    assert answer.status_code == 409 and "being made" in answer.text
    assert (await got(hall, "supervisor", f"{base}/exports/1.iso")).status_code == 404

    async def made() -> bool:
        return "/exports/1.iso" in (await got(hall, "supervisor", f"/en{base}/exports")).text

    await hall.until(made)
    answer = await got(hall, "supervisor", f"{base}/exports/1.iso")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    assert len(answer.content) == int(answer.headers["content-length"])
    (tmp_path / "disc.iso").write_bytes(answer.content)
    async with hall.database.reading() as session:
        wanted = select(Line.facts).where(Line.subject == room.recording, Line.event == Event.RECORDING_EXPORTED)
        [told] = await session.scalars(wanted)
    assert told["file"] == sha256(answer.content).hexdigest() and told["words"] == "函〔2026〕8 号"
    assert (await lines(hall, room.recording, Read.RECORDING_EXPORTED))[-1].facts["number"] == 1
    read_iso(tmp_path / "disc.iso", tmp_path / "disc")
    assert {step.name for step in verify(Folder(tmp_path / "disc"), None)} >= {
        "document",
        "stream",
        "root",
        "signature",
    }
    assert "file taken" in (await got(hall, "supervisor", f"/en{base}")).text


async def test_the_wall_shows_what_is_recorded_now_and_what_is_down(room: Room) -> None:
    await room.opened("rtsp://127.0.0.1:9/ch1")
    hall, [stream] = room.hall, await room.streams()
    answer = await got(hall, "supervisor", "/en/recordings/wall")
    assert answer.status_code == 200 and stream.id in answer.text
    assert [one.facts for one in await lines(hall, room.recording)] == [{"why": "live wall"}]
    await got(hall, "supervisor", "/en/recordings/wall")
    assert len(await lines(hall, room.recording)) == 1, "a second look within the hours of a reason adds none"
    told = (await got(hall, "supervisor", "/en/recordings/wall.json")).json()["sources"][stream.id]
    assert told == {"why": "the recorder has not begun yet", "alarm": False}
    async with hall.database.work(SYSTEM) as work:
        row = await work.session.get_one(RecordingStream, stream.id)
        row.down_since = work.ctx.now - timedelta(seconds=30)
    assert (await got(hall, "supervisor", "/en/recordings/wall.json")).json()["sources"][stream.id]["alarm"]
    async with hall.database.work(SYSTEM) as work:
        await heard(work, stream.id, Status(up=True))
    told = (await got(hall, "supervisor", "/en/recordings/wall.json")).json()["sources"][stream.id]
    assert told == {"why": "", "alarm": False}
    assert (await got(hall, "centre", "/recordings/wall")).status_code == 403


async def test_the_public_reads_nothing_of_a_recording_before_the_judges_acts_are_public(
    room: Room, films: Path
) -> None:
    await filled(room, films)
    await over(room)
    hall = room.hall
    async with hall.database.reading() as session:
        assert await streams_of(session, room.recording)
    for path in (
        f"/sections/{room.section}/recordings",
        f"/sections/{room.section}/recordings/{room.recording}/published.json",
    ):
        assert (await got(hall, None, path)).status_code == 404


async def test_a_single_part_is_proven_against_the_first_head_that_was_logged_after_it(room: Room, films: Path) -> None:
    stream = await filled(room, films)
    base = f"/recordings/{room.recording}/streams/{stream.id}/proofs"
    answer = await got(room.hall, "supervisor", f"{base}/2")
    assert (answer.status_code, answer.json()["code"]) == (409, "recording.not-logged")
    async with room.hall.database.work(SYSTEM) as work:
        assert await publish_heads(work, room.recording)
    for seq in (1, 2, stream.entries):
        told = (await got(room.hall, "supervisor", f"{base}/{seq}")).json()
        head = Head(told["head"]["entries"], bytes.fromhex(told["head"]["head"]))
        assert proven(told["proof"], head)["seq"] == seq and told["stream"] == stream.header
        told["proof"]["entries"][0]["wall"] = 1
        with pytest.raises(Problem, match=r"recording\.proof"):
            proven(told["proof"], head)
    for seq in (0, stream.entries + 1):
        assert (await got(room.hall, "supervisor", f"{base}/{seq}")).status_code == 404


async def test_the_centre_gets_no_test_picture_of_a_room_whose_committee_is_recorded(room: Room) -> None:
    await room.opened("rtsp://127.0.0.1:9/ch1")
    [stream] = await room.streams()
    path = f"/recordings/cameras/{stream.camera}/picture"
    answer = await got(room.hall, "centre", path)
    assert (answer.status_code, answer.json()["code"]) == (403, "camera.in-use")
    assert (await got(room.hall, "supervisor", path)).status_code == 502, "it is asked, and gives none"
