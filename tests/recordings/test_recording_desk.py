"""Pages of rooms, cameras and recordings: who may, what is refused and in which words, and that passwords are never shown."""

from decimal import Decimal

import pytest
from reasons import key_of
from recording_scene import BEGUN, Room
from scenes import Hall

from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from trading.recordings.camera import Status
from trading.recordings.ledger import Row, begin, follow, happened
from trading.recordings.queries import streams_of
from trading.recordings.remarks import reason_message
from trading.recordings.sizing import need
from trading.recordings.storing import append, heard
from trading.recordings.tables import RecordingState

ADDRESS = "rtsp://admin:secret@127.0.0.1:9/ch1"


async def seen(hall: Hall, login: str | None, path: str) -> tuple[int, str]:
    async with await hall.client(login) as client:
        answer = await client.get(f"/en{path}")
        return answer.status_code, answer.text


async def sent(hall: Hall, login: str, path: str, **fields: str) -> tuple[int, str]:
    async with await hall.client(login) as client:
        answer = await client.post(f"/en{path}", data=fields)
        return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_county_centre_needs_what_the_arithmetic_says() -> None:
    """Ten rooms, three cameras of 2 Mb/s, eight hours on 250 days, kept fifteen years."""
    found = need(10, 3, Decimal(2), 8, 250, 15)
    assert found.camera_hours == 60_000
    assert (f"{found.gigabytes_an_hour:.2f}", f"{found.terabytes_a_year:.1f}") == ("0.93", "55.7")
    assert (f"{found.terabytes_kept:.0f}", f"{found.megabits:.0f}") == ("836", "62")


@pytest.mark.parametrize("changed", [{"rooms": 0}, {"cameras": 51}, {"hours": 25}, {"days": 367}, {"rate": Decimal(0)}])
def test_what_cannot_be_is_not_computed(changed: dict[str, int]) -> None:
    told = {"rooms": 1, "cameras": 1, "rate": Decimal(2), "hours": 1, "days": 1, "years": 1}
    with pytest.raises(Problem, match=r"sizing\.number"):
        need(**{**told, **changed})


async def test_a_camera_is_entered_shown_without_its_account_and_removed(room: Room) -> None:
    await room.opened()
    hall, path = room.hall, f"/recordings/rooms/{room.room}"
    told = {"act": "enter", "label": "东北角", "camera_kind": "camera", "private_address": ADDRESS, "mandatory": "yes"}
    assert (await sent(hall, "centre", path, **told))[0] == 303
    status, text = await seen(hall, "centre", path)
    assert status == 200 and "东北角" in text and "rtsp://127.0.0.1:9/ch1" in text
    assert "secret" not in text and "admin" not in text
    assert "secret" not in (await seen(hall, "supervisor", path))[1]
    status, text = await sent(hall, "centre", path, **told)
    assert status == 409 and "has a camera called" in text
    status, text = await sent(hall, "centre", path, **{**told, "label": "二", "private_address": "http://x"})
    assert status == 422 and "no RTSP address" in text
    camera = (await seen(hall, "centre", path))[1].partition("/recordings/cameras/")[2].partition("/")[0]
    status, text = await seen(hall, "supervisor", f"/recordings/cameras/{camera}/picture")
    assert status == 502 and "gave no picture" in text and "secret" not in text
    assert (await sent(hall, "centre", path, act="remove", camera=camera))[0] == 303
    assert (await sent(hall, "centre", path, act="remove", camera=camera))[0] == 404


@pytest.mark.parametrize("login", [None, "bidder1", "agent", "procurer"])
async def test_nobody_else_sees_rooms_cameras_or_recordings(room: Room, login: str | None) -> None:
    made = await room.opened(ADDRESS)
    for path in ("/recordings", f"/recordings/rooms/{room.room}", f"/recordings/{made}", "/recordings/sizing"):
        status, text = await seen(room.hall, login, path)
        assert status in (303, 401, 403) and "评标室" not in text


async def test_a_recording_goes_from_its_beginning_to_its_close_by_forms(room: Room) -> None:
    await room.opened()
    hall = room.hall
    status, text = await sent(hall, "centre", f"/recordings/{room.recording}", act="close")
    assert status == 409 and "not stopped" in text
    assert (await sent(hall, "centre", f"/recordings/{room.recording}", act="stop"))[0] == 303
    assert (await sent(hall, "centre", f"/recordings/{room.recording}", act="close"))[0] == 303
    assert (await room.found()).state == RecordingState.CLOSED
    path = f"/recordings/rooms/{room.room}"
    status, text = await sent(hall, "centre", path, act="record", section="YH-NONE/01", kind="evaluation")
    assert status == 404
    status, text = await sent(hall, "centre", path, act="record", section=room.section, kind="party")
    assert status == 422 and "not told what is recorded" in text
    status, where = await sent(hall, "centre", path, act="record", section=room.section, kind="draw")
    assert status == 303 and "/recordings/recording-" in where
    status, text = await sent(hall, "centre", f"/recordings/{room.recording}", act="keep", until="2020-01-01T00:00:00")
    assert status == 422
    status, text = await sent(hall, "supervisor", f"/recordings/{room.recording}", act="dance")
    assert status == 422 and "not told what shall be done" in text
    status, text = await seen(hall, "supervisor", "/recordings?state=closed")
    assert status == 200 and room.section in text


async def test_a_long_gap_wants_a_reason_before_the_recording_is_closed(room: Room) -> None:
    await room.opened(ADDRESS)
    hall, path = room.hall, f"/recordings/{room.recording}"
    [stream] = await room.streams()
    head, rows = begin(stream.header), []
    for seq, name in enumerate(("gap-begun", "gap-ended"), 1):
        facts = {"since": BEGUN - 60_000, "until": BEGUN, "why": "silent"}
        entry = happened(
            seq, 1, name, BEGUN + seq, **{one: facts[one] for one in facts if name == "gap-ended" or one != "until"}
        )
        head = follow(head, entry)
        rows.append(Row(entry, head.chain))
    async with hall.database.work(SYSTEM) as work:
        await append(work, stream.id, rows)
        await heard(work, stream.id, Status(up=False, why="silent"))
    status, text = await seen(hall, "supervisor", path)
    assert status == 200 and "the source was silent" in text and "How this gap came about" in text
    assert (await sent(hall, "centre", path, act="stop"))[0] == 303
    status, text = await sent(hall, "centre", path, act="close")
    assert status == 409 and "no reason yet" in text
    said = {"act": "explain", "stream": stream.id, "seq": "1", "words": "交换机断电<script>"}
    status, text = await sent(hall, "centre", path, **said)
    assert status == 422 and "holds no key" in text
    signer = await key_of(hall, "centre")
    assert signer.certificate is not None
    signed = signer.sign(reason_message(room.recording, stream.id, 1, said["words"]))
    said |= {"certificate": b64(signer.certificate), "signature": b64(signed)}
    assert (await sent(hall, "centre", path, **{**said, "words": "别的原因"}))[0] == 422
    assert (await sent(hall, "centre", path, **said))[0] == 303
    assert (await sent(hall, "centre", path, **said))[0] == 409
    assert (await sent(hall, "centre", path, act="close"))[0] == 303
    text = (await seen(hall, "centre", path))[1]
    assert "交换机断电&lt;script&gt;" in text and "Kept until" in text
    async with hall.database.reading() as session:
        assert len(await streams_of(session, room.recording)) == 1
