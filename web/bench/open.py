"""Opening after the t-th key: every form announced, then the files checked; and reading ranges of an opened bid."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from time import perf_counter
from typing import NamedTuple

from sqlalchemy import func, select

from infra.crypto.keyset import Keyset as KeysetDocument
from infra.crypto.seal import write_container
from infra.crypto.seal_key import new_header, recover
from infra.crypto.seal_range import RangeReader
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.settings import Settings
from infra.timers import run_due
from trading.bidding.accepting import start_bid
from trading.bidding.actions import hand_in
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.bidding.uploads import put_block
from trading.opening.files import check_files
from trading.opening.opening import open_section
from trading.opening.plain import open_container
from trading.opening.queries import opening_progress
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_home, private_stores
from web.bench.hall import BenchBidder, BenchHall, Envelope, a_form, a_hall, seal_bid
from web.bench.seal import Zeros, a_keyset, openssl_speed
from web.wiring import EFFECTS

BIDS, SECTIONS, BIDS_EACH, ALL_SECTIONS = 200, 10, 7, 100
FORM = "opening-form"
PARTS = ("commercial", FORM, "technical")
PILOT, LEGAL_WAIT, HOUR = 5, 5.0, 3600.0
TOGETHER = 4
ROUNDS = 3
BUDGETS = (Budget("seconds_200x3", 2), Budget("seconds_100_sections", 30), Budget("read_ratio", 0.5, least=True))


class Section(NamedTuple):
    """A section, its keyset, and the bids handed in for it."""

    id: str
    keyset: KeysetDocument
    bids: list[Envelope]


def measure(
    tell: Tell, *, bids: int = BIDS, sections: int = SECTIONS, bids_each: int = BIDS_EACH, mebibytes: int = 256
) -> Figures:
    """Seconds to open, from the keys on; many sections are measured over fewer and scaled up to a hundred."""
    figures = read_ratio(tell, mebibytes, ROUNDS)
    with private_home() as home, private_stores(home) as settings:
        return figures | asyncio.run(measure_on(tell, settings, bids=bids, sections=sections, bids_each=bids_each))


async def measure_on(tell: Tell, settings: Settings, *, bids: int, sections: int, bids_each: int) -> Figures:
    """What is opened of `measure`, on stores that stand already and are used for nothing else."""
    async with a_hall(settings) as hall:
        bidders = await hall.bring_bidders(max(bids, bids_each, PILOT))
        counts = [bids, *[bids_each] * sections]
        ready = await _handed_in(tell, hall, bidders, counts)
        for section in ready:
            await released(hall, section)
        tell("two keys of every section stand released")
        bare = _bare(await _private_keys(hall, ready[0]), ready[0])
        large = await _opened(hall, ready[:1])
        tell(f"{bids} bids announced in {large:.2f} s; bare decryption of the forms {bare:.2f} s")
        many = await _opened(hall, ready[1:])
        scaled = many * ALL_SECTIONS / sections
        tell(f"{sections} sections of {bids_each} bids announced in {many:.2f} s")
        # Files come after every price form of the minute, whatever section it is of.
        files = await _checked(hall, ready[0])
        tell(f"{bids} bids × {len(PARTS) - 1} files checked in {files:.2f} s")
    return {
        "seconds_200x3": round(large, 3),
        "seconds_100_sections": round(scaled, 2),
        "seconds_files_200x2": round(files, 3),
        "ratio_to_bare_decryption": round(large / bare, 2),
        "bids": bids,
        "sections_measured": sections,
        "bids_a_section": bids_each,
        "note": f"seconds_100_sections is {many:.2f} s for {sections} sections × {ALL_SECTIONS / sections:g}",
    }


def read_ratio(tell: Tell, mebibytes: int, rounds: int) -> Figures:
    """The best rate of reading a whole sealed file by ranges over the best of `openssl speed`."""
    size = mebibytes << 20
    header, key = new_header(a_keyset(), "technical", random_bytes(32), None, random_bytes)
    sealed = BytesIO()
    write_container(Zeros(size), sealed, header, key, random_bytes)
    container = sealed.getvalue()
    reader = RangeReader(header, key, lambda at, count: container[at : at + count], len(container))
    rates, references = [], []
    for _ in range(rounds):
        references.append(openssl_speed(1))
        began = perf_counter()
        for _ in reader.pieces(0, size):
            pass
        rates.append(size / (perf_counter() - began))
    reference = max((rate for rate in references if rate is not None), default=None)
    tell(f"ranges: {max(rates) / 1e6:,.0f} MB/s")
    return {
        "read_ratio": round(max(rates) / reference, 3) if reference else None,
        "read_mb_s": round(max(rates) / 1e6),
    }


async def _handed_in(
    tell: Tell, hall: BenchHall, bidders: Sequence[BenchBidder], counts: Sequence[int]
) -> list[Section]:
    """Sections of one deadline with so many bids each; a few bids in another section first tell how long it takes."""
    pilot, _ = await hall.open_section("00", HOUR, PARTS)
    pace = perf_counter()
    await _bid(hall, pilot, bidders[:PILOT])
    pace = (perf_counter() - pace) / PILOT
    began, opened = perf_counter(), []
    wait = LEGAL_WAIT + 2 * pace * sum(counts) + 1.0 * len(counts)
    tell(f"{sum(counts)} bids for {len(counts)} sections, at {1000 * pace:.0f} ms each; deadline in {wait:.0f} s")
    for number in range(1, len(counts) + 1):
        left = wait - (perf_counter() - began)
        opened.append(await hall.open_section(f"{number:02d}", left, PARTS))
    ready = [await _bid(hall, section, bidders[:count]) for (section, _), count in zip(opened, counts, strict=True)]
    await wait_for(hall, max(deadline for _, deadline in opened))
    return ready


async def _bid(hall: BenchHall, section: str, bidders: Sequence[BenchBidder]) -> Section:
    keyset = await hall.keyset(section)
    gate = asyncio.Semaphore(TOGETHER)

    async def one(number: int, bidder: BenchBidder) -> Envelope:
        files = {FORM: a_form(number), "commercial": bytes(20_000), "technical": bytes(50_000)}
        async with gate:
            envelope = seal_bid(bidder, keyset, files)
            await _hand_in(hall, section, bidder, envelope)
        return envelope

    return Section(section, keyset, list(await asyncio.gather(*(one(*numbered) for numbered in enumerate(bidders)))))


async def _hand_in(hall: BenchHall, section: str, bidder: BenchBidder, bid: Envelope) -> None:
    database, objects = hall.stack.database, hall.stack.objects
    authority = hall.stack.keys.authority.public_key
    started = await start_bid(database, bidder.actor, authority, section, bid.manifest, bid.signature, bid.certificate)
    for part, container in bid.containers.items():
        await put_block(database, objects, bidder.actor, started.id, part, 0, container)
    await hand_in(database, bidder.actor, started.id)


async def wait_for(hall: BenchHall, deadline: datetime) -> None:
    """Sleep until the database's clock has passed a deadline."""
    async with hall.stack.database.reading() as session:
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    # A trustee's co-signature is dated in whole seconds and must not be older than the deadline.
    await asyncio.sleep(max(0.0, (deadline - now).total_seconds()) + 1)


async def released(hall: BenchHall, section: Section) -> None:
    """Close the section and let trustees act until enough of its keys stand released; `bench.waited`."""
    await run_due(hall.stack.database, EFFECTS)
    for _ in range(TOGETHER):
        if len(await _private_keys(hall, section)) >= section.keyset.threshold:
            return
        await hall.co_sign()
    raise Problem("bench.waited", what="release")


async def _private_keys(hall: BenchHall, section: Section) -> Mapping[int, bytes]:
    async with hall.stack.database.work(SYSTEM) as work:
        wanted = select(Keyset).where(Keyset.section == section.id)
        keyset = (await work.session.execute(wanted)).scalar_one()
        return await released_keys(work, keyset, hall.stack.keys.opening)


async def _opened(hall: BenchHall, sections: Sequence[Section]) -> float:
    """Seconds until every form of these sections is known, as many sections at a time as the worker takes jobs."""
    stack, gate = hall.stack, asyncio.Semaphore(10)

    async def one(section: Section) -> None:
        async with gate:
            await open_section(stack.database, stack.objects, stack.keys, section.id)

    began = perf_counter()
    await asyncio.gather(*map(one, sections))
    seconds = perf_counter() - began
    await _check_opened(hall, sections)
    return seconds


async def _check_opened(hall: BenchHall, sections: Sequence[Section]) -> None:
    standing = select(func.count()).where(
        Bid.section.in_([section.id for section in sections]), Bid.state == BidState.OPENED
    )
    async with hall.stack.database.reading() as session:
        opened = (await session.execute(standing)).scalar_one()
    if opened != sum(len(section.bids) for section in sections):
        raise Problem("bench.waited", what="opening")


async def _checked(hall: BenchHall, section: Section) -> float:
    """Seconds until the files of every bid of a section are checked."""
    stack = hall.stack
    began = perf_counter()
    await check_files(stack.database, stack.objects, stack.keys, section.id)
    seconds = perf_counter() - began
    async with stack.database.reading() as session:
        if (await opening_progress(session, section.id)).checked != len(section.bids):
            raise Problem("bench.waited", what="files")
    return seconds


def _bare(released: Mapping[int, bytes], section: Section) -> float:
    """Seconds to recover the keys of the same forms and decrypt them in memory, and nothing else."""
    began = perf_counter()
    for bid in section.bids:
        open_container([bid.containers[FORM]], lambda header: recover(header, released), keep=False)
    return perf_counter() - began
