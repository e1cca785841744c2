"""Cameras, recordings and their ledger as use-cases: who may, what is refused, and what can never be changed."""

from collections.abc import Awaitable, Callable

import pytest
from reasons import explained, key_of
from recording_scene import BEGUN, Room, never_changed
from scenes import Hall
from sqlalchemy import select

from infra.auth.keys import KeyService
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event, Opens
from infra.kernel.problems import Problem
from trading.archive.verify_shapes import read_facts
from trading.recordings.actions import (
    Signed,
    close_recording,
    explain_gap,
    join_recording,
    open_recording,
    stop_recording,
)
from trading.recordings.camera import Status
from trading.recordings.cameras import address_of, cameras_of, enter_camera, find_camera, remove_camera
from trading.recordings.export import write_folder
from trading.recordings.ledger import Row, begin, follow, happened, part
from trading.recordings.queries import find_recording, require_recording, streams_of
from trading.recordings.remarks import check_said, reason_message
from trading.recordings.storing import append, heard, publish_heads
from trading.recordings.tables import RecordingKind, RecordingState, StreamKind
from trading.recordings.verify import begin_of

ADDRESS = "rtsp://admin:secret@10.0.0.9/ch1"


async def refused(code: str, hall: Hall, login: str, act: Callable[[Work], Awaitable[object]]) -> None:
    with pytest.raises(Problem, match=code):
        async with hall.database.work(hall.actor(login)) as work:
            await act(work)


def rows_for(told: dict[str, object], *kinds: str) -> list[Row]:
    head, found = begin(told), []
    for seq, kind in enumerate(kinds, 1):
        at = BEGUN + 1000 * seq
        entry = happened(seq, 1, kind, at, since=at - 60_000, until=at, why="silent")
        if kind == "segment":
            entry = part(seq, kind, 1, b"x", length=1000, wall=at, arrived=at)
        head = follow(head, entry)
        found.append(Row(entry, head.chain))
    return found


async def test_a_camera_is_kept_without_a_readable_password_and_shown_to_its_region(room: Room) -> None:
    await room.opened(ADDRESS)
    hall = room.hall
    async with hall.database.reading(hall.actor("centre")) as session:
        [camera] = await cameras_of(session, room.room)
    assert b"secret" not in camera.sealed and address_of(hall.keys.service, camera) == ADDRESS
    other = KeyService(bytes(32))
    with pytest.raises(Problem, match=r"key-service.refused"):
        address_of(other, camera)
    async with hall.database.reading() as session:
        lines = list((await session.execute(select(Line.facts).where(Line.event == Event.CAMERA_ENTERED))).scalars())
    assert lines and all("secret" not in str(facts) and "10.0.0.9" not in str(facts) for facts in lines)


async def test_what_a_camera_may_not_be_is_refused(room: Room) -> None:
    await room.opened(ADDRESS)
    hall, service = room.hall, room.hall.keys.service
    for code, label, address, place in (
        (r"camera.known", "1 号机位", ADDRESS, room.room),
        (r"camera.label", " ", ADDRESS, room.room),
        (r"camera.address", "二", "http://x", room.room),
        (r"room.unknown", "二", ADDRESS, "room-none"),
        (r"room.unknown", "二", ADDRESS, "\0"),
    ):
        await refused(code, hall, "centre", lambda work, a=(place, label, address): enter_camera(work, service, *a))
    await refused(
        r"permission.denied", hall, "bidder1", lambda work: enter_camera(work, service, room.room, "二", ADDRESS)
    )
    await refused(r"camera.unknown", hall, "centre", lambda work: remove_camera(work, "camera-none"))
    async with hall.database.work(hall.actor("centre")) as work:
        [camera] = await cameras_of(work.session, room.room)
        await remove_camera(work, camera.id)
    async with hall.database.reading() as session:
        assert await cameras_of(session, room.room) == []
        with pytest.raises(Problem, match=r"camera.unknown"):
            await find_camera(session, camera.id)


async def test_a_room_is_recorded_once_at_a_time_and_only_by_the_centre(room: Room) -> None:
    await room.opened(ADDRESS)
    hall, service, kind = room.hall, room.hall.keys.service, RecordingKind.OPENING

    def begun(section: str, place: str) -> Callable[[Work], Awaitable[object]]:
        return lambda work: open_recording(work, service, section, place, kind)

    await refused(r"recording.running", hall, "centre", begun(room.section, room.room))
    await refused(r"room.unknown", hall, "centre", begun(room.section, "room-none"))
    await refused(r"section.unknown", hall, "centre", begun("none", room.room))
    await refused(r"permission.denied", hall, "agent", begun(room.section, room.room))
    await refused(r"permission.denied", hall, "bidder1", begun(room.section, room.room))


async def test_the_ledger_takes_what_follows_and_nothing_else(room: Room) -> None:
    await room.opened(ADDRESS)
    hall = room.hall
    [stream] = await room.streams()
    rows = rows_for(stream.header, "run-begun", "segment", "segment", "run-ended")
    other = rows_for({**stream.header, "label": "x"}, "run-begun", "segment", "segment")

    async def taken(what: list[Row], name: str = stream.id) -> None:
        async with hall.database.work(SYSTEM) as work:
            await append(work, name, what)

    await taken(rows[:2])
    await taken(rows[:3])  # what stands there already is left: a recorder that died between two steps says it again
    for code, what in (("out-of-order", [rows[3]._replace(entry={**rows[3].entry, "seq": 9})]), ("chain", other[:1])):
        with pytest.raises(Problem, match=rf"recording.{code}"):
            await taken(what)
    with pytest.raises(Problem, match=r"recording.chain"):
        await taken([rows[3]._replace(chain=bytes(32))])
    with pytest.raises(Problem, match=r"recording.stream-unknown"):
        await taken(rows, "stream-none")
    await refused(r"permission.denied", hall, "centre", lambda work: append(work, stream.id, rows))
    [now] = await room.streams()
    assert (now.entries, now.chain, now.running) == (3, rows[2].chain, True)


async def test_a_recording_is_closed_by_whoever_may_when_everything_is_stored_or_waived(room: Room) -> None:
    await room.opened(ADDRESS)
    hall, service = room.hall, room.hall.keys.service
    [stream] = await room.streams()
    async with hall.database.work(SYSTEM) as work:
        await append(
            work, stream.id, rows_for(stream.header, "run-begun", "segment", "gap-begun", "gap-ended", "run-ended")
        )
        assert await publish_heads(work, room.recording)

    def closing(waiver: str | None = None) -> Callable[[Work], Awaitable[object]]:
        return lambda work: close_recording(work, service, room.recording, waiver)

    async def told(code: str, login: str, seq: int, words: str = "停电", by: str | None = None) -> None:
        signer = await key_of(hall, by or login)
        with pytest.raises(Problem, match=code):
            await explained(hall, login, room.recording, stream.id, seq, words, signer=signer)

    await refused(r"recording.not-stopped", hall, "centre", closing())
    with pytest.raises(Problem, match=r"recording.not-closed"):
        await write_folder(hall.database, hall.objects, room.recording, room.home)
    async with hall.database.work(hall.actor("centre")) as work:
        backfill = await join_recording(work, room.recording, StreamKind.BACKFILL, "录像机", of=stream.id)
        await stop_recording(work, room.recording)
    assert backfill.header["of"] == stream.id
    await refused(r"recording.not-running", hall, "centre", lambda work: stop_recording(work, room.recording))
    await refused(
        r"recording.not-running",
        hall,
        "centre",
        lambda work: join_recording(work, room.recording, StreamKind.SCREEN, "评委一屏幕"),
    )
    await refused(r"recording.gap-unexplained", hall, "centre", closing())
    await told(r"recording.not-a-gap", "supervisor", 2)
    await told(r"recording.words", "supervisor", 3, " ")
    await told(r"permission.denied", "bidder1", 3)
    await told(r"signing.bad-signature", "supervisor", 3, by="centre")
    signer = await key_of(hall, "supervisor")
    assert signer.certificate is not None
    wrong = Signed(signer.certificate, signer.sign(reason_message(room.recording, stream.id, 3, "另一个原因")))
    authority = hall.keys.authority.public_key
    await refused(
        r"signing.bad-signature", hall, "supervisor",
        lambda work: explain_gap(work, authority, room.recording, stream.id, 3, "停电", wrong),
    )  # fmt: skip
    await explained(hall, "supervisor", room.recording, stream.id, 3, "停电")
    await told(r"recording.explained", "supervisor", 3)
    await refused(r"recording.incomplete", hall, "centre", closing())
    await refused(r"permission.denied", hall, "centre", closing("磁盘损坏"))
    async with hall.database.work(hall.actor("supervisor")) as work:
        made = await close_recording(work, service, room.recording, "磁盘损坏，无法恢复")
    assert made.state == RecordingState.CLOSED and made.document is not None
    assert [one["about"] for one in made.document["said"]] == ["gap", "waiver"]
    assert made.document["said"][1]["missing"] == {stream.id: 1}
    await told(r"recording.closed", "supervisor", 3)
    found = check_said(made.document)
    assert (found.reasons, found.signed, found.wrong) == (1, 1, None)
    made.document["said"][0]["words"] = "另一个原因"
    assert check_said(made.document).wrong == 1
    later = rows_for(stream.header, "run-begun", "segment", "gap-begun", "gap-ended", "run-ended", "segment")
    with pytest.raises(Problem, match=r"recording.closed"):
        async with hall.database.work(SYSTEM) as work:
            await append(work, stream.id, later)
    async with hall.database.reading() as session:
        with pytest.raises(Problem, match=r"recording.unknown"):
            await find_recording(session, "recording-none")
    await logged_as_their_shapes(room)
    await never_changed(hall, "recording_entries", "recording_remarks")


async def logged_as_their_shapes(room: Room) -> None:
    """Every line of the recording is a leaf, hidden until the marks are public, with the facts its shape lists."""
    async with room.hall.database.reading() as session:
        lines = list(
            (await session.execute(select(Line).where(Line.subject == room.recording).order_by(Line.id))).scalars()
        )
    assert {str(line.event) for line in lines} >= {"recording.opened", "recording.headed", "recording.closed"}
    for line in lines:
        assert Event(line.event).kind.leaf and Event(line.event).kind.opens is Opens.MARKS_PUBLISHED
        assert line.section == room.section
        read_facts(line.event, {"subject": line.subject, **line.facts}, "events.json")
    [opened] = [line for line in lines if line.event == Event.RECORDING_OPENED]
    [told] = opened.facts["streams"]
    assert begin_of({name: value for name, value in told.items() if name != "begin"}) == told["begin"]


async def test_marks_wait_for_a_mandatory_source_and_for_no_other(room: Room) -> None:
    hall = room.hall
    async with hall.database.reading() as session:
        await require_recording(session, await hall.a_draft())
    await room.opened(ADDRESS, mandatory=False)
    async with hall.database.reading() as session:
        await require_recording(session, room.section)
    await room.opened(ADDRESS)

    async def asked() -> None:
        async with hall.database.reading() as session:
            await require_recording(session, room.section)

    with pytest.raises(Problem, match=r"recording.source-down"):
        await asked()
    [stream] = await room.streams()
    for status, code in ((Status(up=True), None), (Status(up=False, why="silent"), "source-down")):
        async with hall.database.work(SYSTEM) as work:
            await heard(work, stream.id, status)
        if code is None:
            await asked()
        else:
            with pytest.raises(Problem, match=code):
                await asked()
    async with hall.database.reading() as session:
        assert [one.id for one in await streams_of(session, room.recording)] == [stream.id]
