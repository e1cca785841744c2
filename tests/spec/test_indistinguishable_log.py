"""Sections with no bid, with three and with many cannot be told apart by log, pages, feeds or live events (TBL 22, EBM 21)."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
import pytest_asyncio
from envelopes import submitted
from onlookers import NOISE, walk_without_noise
from scenes import FAR, Hall, a_hall
from sqlalchemy import select

from infra.crypto import merkle
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import read
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.live_table import LiveEvent
from infra.objects import Objects
from infra.tlog.entry import BATCHES
from infra.tlog.tables import Checkpoint
from infra.tlog.tiles import index_path, parse_bundle, tiles_of
from trading.notices.tables import Notice

pytestmark = pytest.mark.soak

FEW, MANY = 3, 9


@dataclass
class Told:
    """What anybody can learn of three sections that differ in nothing but the number of their bids."""

    hall: Hall
    sections: dict[int, str]
    pages: dict[int, dict[str, str]] = field(default_factory=dict)
    events: dict[int, list[str]] = field(default_factory=dict)
    live: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)


async def told_of(hall: Hall, many: int) -> Told:
    """Three sections of one deadline; bids come a few at a time between the beats of the log."""
    none, few, most = await hall.tenders(3, FAR)
    told = Told(hall, {0: none, FEW: few, many: most})
    wanted = [(section, number) for count, section in told.sections.items() for number in range(1, count + 1)]
    for turn in range(0, len(wanted), 4):
        for section, number in wanted[turn : turn + 4]:
            await submitted(hall, section, f"bidder{number}")
        await hall.beat()
        await hall.poll_all()
    await hall.beat()
    await hall.poll_all()
    await hall.poll_all()
    for count, section in told.sections.items():
        told.pages[count] = await _pages(hall, section)
        told.events[count] = await _events(hall, section)
        told.live[count] = await _live(hall, section)
    async with hall.database.reading() as session:
        sizes = (await session.execute(select(Checkpoint.size).order_by(Checkpoint.size))).scalars().all()
    told.batches = [later - earlier for earlier, later in pairwise([0, *sizes])]
    return told


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=[MANY, pytest.param(30, marks=pytest.mark.soak)])
async def told(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, template: str, objects: Objects
) -> AsyncIterator[Told]:
    async with a_hall(postgres, template, objects, bidders=request.param) as hall:
        yield await told_of(hall, request.param)


async def _names(hall: Hall, section: str) -> dict[str, str]:
    async with hall.database.reading() as session:
        notice = (await session.execute(select(Notice.id).where(Notice.section == section))).scalar_one()
    keyset = (await hall.section(section)).keyset
    return {section: "SECTION", section.split("/")[0]: "TENDER", notice: "NOTICE", str(keyset): "KEYSET"}


def _masked(text: str, names: dict[str, str]) -> str:
    for name, mask in names.items():
        text = text.replace(name, mask)
    return re.sub(r"#\d+|events/\d+\.json", "LEAF", text)


async def _pages(hall: Hall, section: str) -> dict[str, str]:
    """Every public page with this section's names in its address, and the explorer's answers about it, names masked."""
    names = await _names(hall, section)
    found = await walk_without_noise(hall, section, None)
    async with await hall.client() as client:
        for path in ("/log", "/en/log"):
            page = (await client.get(path, params={"section": section})).text
            found[f"{path} of the section {section}"] = _leaves_masked(page)
    told = {path: _masked(path, names) for path in found}
    # A list names all three sections, whoever asks: there nothing needs masking.
    return {told[path]: page if told[path] == path else _masked(page, names) for path, page in found.items()}


def _leaves_masked(page: str) -> str:
    page = NOISE.sub("~", page)
    page = re.sub(r"(?s)<aside.*?</aside>|<time.*?</time>|<server-clock.*?</server-clock>", "", page)
    page = re.sub(r"#?\b\d{1,6}\b(\.tlog-proof)?|\d\d:\d\d(:\d\d)?|(?:[0-9a-f]{4} )+… [0-9a-f]{4}", "~", page)
    return re.sub(r"[0-9a-f]{16,}|(?<=leaves%2F)\d+", "~", page)


async def _events(hall: Hall, section: str) -> list[str]:
    """Kinds of the disclosed events of a section, in the order of their leaves, as the log's files tell them."""
    found = []
    async with await hall.client() as client:
        size = int((await client.get("/log/checkpoint")).text.split("\n")[1])
        for index in range(-(-size // 256)):
            rows = read((await client.get(f"/log/events/{index_path(index)}.json")).content)
            events = [read(row["event"].encode()) for row in rows]
            found += [event["event"] for event in events if event.get("section") == section]
    return found


async def _live(hall: Hall, section: str) -> list[tuple[str, int]]:
    told = select(LiveEvent.kind, LiveEvent.number).where(LiveEvent.channel == f"section:{section}")
    async with hall.database.reading() as session:
        return [tuple(row) for row in await session.execute(told.order_by(LiveEvent.number))]


def test_the_bids_are_there(told: Told) -> None:
    assert len(told.sections) == 3 and max(told.sections) >= MANY


def test_every_page_feed_calendar_and_file_is_the_same_after_masking_names_and_times(told: Told) -> None:
    for count, pages in told.pages.items():
        assert pages.keys() == told.pages[0].keys()
        for path, page in pages.items():
            assert page == told.pages[0][path], (count, path)


def test_the_walk_has_seen_pages_feed_calendar_and_log(told: Told) -> None:
    good = {path for path, page in told.pages[0].items() if page.startswith("200") or " of the section" in path}
    assert {
        "/sections/SECTION",
        "/sections/SECTION/log",
        "/notices/NOTICE",
        "/notices.rss",
        "/openings",
        "/log",
    } <= good


def test_the_log_discloses_the_same_events_of_each(told: Told) -> None:
    assert told.events[0] and all(events == told.events[0] for events in told.events.values())
    assert not any(event.startswith("bid.") for event in told.events[0])


def test_live_pages_are_told_the_same_of_each(told: Told) -> None:
    assert all(live == told.live[0] for live in told.live.values())


def test_the_log_grows_by_classes_alone(told: Told) -> None:
    assert set(told.batches) <= set(BATCHES)


async def test_the_tiles_hold_nothing_but_opaque_entries_of_one_length(told: Told) -> None:
    async with await told.hall.client() as client:
        size = int((await client.get("/log/checkpoint")).text.split("\n")[1])
        for tile in tiles_of(size):
            data = (await client.get(f"/log/{tile.path}")).content
            assert len(data) == 32 * tile.width
            if tile.level == 0:
                entries = parse_bundle(
                    (await client.get(f"/log/{tile.path.replace('tile/0', 'tile/entries')}")).content
                )
                assert {len(one) for one in entries} == {32} and len(set(entries)) == len(entries)
                assert b"".join(map(merkle.leaf_hash, entries)) == data


async def test_no_key_that_would_tell_dummies_from_bids_is_open_before_the_deadline(told: Told) -> None:
    async with told.hall.database.work(SYSTEM) as work:
        work.record(Event.NOTICE_IMPORTED, "notice-of-another-day")
    await told.hall.beat()
    async with await told.hall.client() as client:
        periods = read((await client.get("/log/periods.json")).content)
    assert periods and all(period["key"] is None for period in periods)


async def test_before_the_deadline_a_bids_leaf_and_a_dummy_answer_alike(told: Told) -> None:
    bids = {line.leaf for line in await told.hall.lines(Event.BID_SUBMITTED)}
    shown = {row.leaf for row in await told.hall.lines(*Event) if row.leaf is not None}
    async with await told.hall.client() as client:
        size = int((await client.get("/log/checkpoint")).text.split("\n")[1])
        dummies = [leaf for leaf in range(size) if leaf not in shown][: len(bids)]
        pages = {}
        for leaf in [*sorted(one for one in bids if one is not None)[:3], *dummies[:3]]:
            page = (await client.get(f"/en/log/leaves/{leaf}")).text
            pages[leaf] = _leaves_masked(page).splitlines()
    first, *others = pages.values()
    assert len(others) == 5
    for page in others:
        assert page == first
