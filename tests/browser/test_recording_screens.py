"""The pages of rooms, cameras and recordings in a browser: policy, fit, barriers, in both widths; looked at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from playwright.async_api import Browser
from portal import Made, served
from procurement_scene import Office
from scenes import a_hall
from test_procurement_screens import Site
from test_purchase_screens import look

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.recordings.actions import open_recording, stop_recording
from trading.recordings.camera import Status
from trading.recordings.cameras import enter_camera
from trading.recordings.ledger import Row, begin, follow, happened
from trading.recordings.queries import streams_of
from trading.recordings.storing import append, heard
from trading.recordings.tables import RecordingKind
from trading.venues.actions import enter_room
from trading.venues.tables import RoomKind

pytestmark = [pytest.mark.browser, pytest.mark.soak]
BEGUN = 1_795_000_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rooms(
    browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects
) -> AsyncIterator[tuple[Site, str, str]]:
    """A room with two cameras, one of which had a gap, and a recording that runs."""
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        async with hall.database.work(hall.actor("centre")) as work:
            room = await enter_room(work, "评标一室", RoomKind.EVALUATION, 9, region=work.ctx.actor.region)
            for label in ("东北角", "西南角"):
                await enter_camera(work, hall.keys.service, room.id, label, "rtsp://admin:secret@127.0.0.1:9/ch1")
        section = await hall.a_draft()
        async with hall.database.work(hall.actor("centre")) as work:
            made = await open_recording(work, hall.keys.service, section, room.id, RecordingKind.EVALUATION)
        async with hall.database.reading() as session:
            first, second = await streams_of(session, made.id)
        head, rows = begin(first.header), []
        told = {"since": BEGUN - 60_000, "why": "silent"}, {"since": BEGUN - 60_000, "until": BEGUN}
        for seq, (name, facts) in enumerate(zip(("gap-begun", "gap-ended"), told, strict=True), 1):
            entry = happened(seq, 1, name, BEGUN + seq, **facts)
            head = follow(head, entry)
            rows.append(Row(entry, head.chain))
        async with hall.database.work(SYSTEM) as work:
            await append(work, first.id, rows)
            await heard(work, first.id, Status(up=True))
            await heard(work, second.id, Status(up=False, why="unreachable"))
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        for login in ("centre", "supervisor"):
            await (await hall.client(login)).aclose()
        office = Office(hall)
        yield Site(office, Served(origin, Made("", "", "")), section, section), room.id, made.id
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def test_the_pages_of_recordings_fit_and_bar_nobody(
    browser: Browser, rooms: tuple[Site, str, str], tmp_path: Path
) -> None:
    site, room, made = rooms
    hall = site.office.hall
    paths = ["/recordings", f"/recordings/rooms/{room}", f"/recordings/{made}", "/recordings/sizing"]
    wrong = await look(browser, site, "1", [("centre", path) for path in paths], tmp_path)
    watched = [("supervisor", "/recordings/wall"), ("supervisor", f"/recordings/{made}/watch?why=check")]
    wrong |= await look(browser, site, "w", watched, tmp_path)
    async with hall.database.work(hall.actor("centre")) as work:
        await stop_recording(work, made)
    wrong |= await look(browser, site, "2", [("centre", paths[2]), ("supervisor", paths[2])], tmp_path)
    wrong |= await look(
        browser,
        site,
        "3",
        [("centre", f"/recordings/{made}/watch?why=check"), ("centre", f"/recordings/{made}/exports")],
        tmp_path,
    )
    assert wrong == {}
