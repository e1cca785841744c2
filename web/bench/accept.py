"""Accepting bids over HTTP, from manifest to receipt, beside a bare handler that does one insert; a process each."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import asyncpg

from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from infra.settings import Settings
from trading.bidding.receipts import find_receipt
from trading.bidding.uploads import BUCKET
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import bare_process, private_home, private_stores, web_process
from web.bench.hall import BenchBidder, BenchHall, Envelope, a_form, a_hall, seal_bid
from web.bench.load import Answer, Line, ask_all, ask_paced, connected, percentile, request_of

BIDS, CONCURRENT, GROWN, SAMPLE = 1024, 1000, 5000, 100
LINES, ROUNDS, WARM = 128, 4, 512
REQUESTS, LAST_SECONDS = 4, 10.0
INSERT = request_of("POST", "/rows", bytes(1024))
PARTS = ("opening-form",)
HOUR = 3600.0
BEATS = 50
BUDGETS = (Budget("ratio_to_bare_insert", 0.5, least=True), Budget("p99_ms", 300), Budget("cost_growth", 1.2))

# A standing bid copied with all its rows under another bidder: the section grows as by real bids, only sooner.
GROW = """
WITH made AS (
    INSERT INTO organisations (id, credit_code, name, created_at, region)
    SELECT 'org-copy-' || n, 'C' || lpad(n::text, 17, '0'), 'copy', now(), region
    FROM organisations, generate_series(1, $2::int) AS n WHERE id = (SELECT bidder FROM bids WHERE id = $1)
    RETURNING id, substr(id, 10)::int AS n
), bidding AS (
    INSERT INTO bids (id, section, bidder, region, state, manifest, digest, signature, certificate, started_at,
                      submitted_at, line, last_line)
    SELECT 'bid-copy-' || n, section, made.id, region, state, manifest, digest, signature, certificate, started_at,
           submitted_at, line, last_line
    FROM bids, made WHERE bids.id = $1
    RETURNING id, substr(id, 10)::int AS n
), parts AS (
    INSERT INTO bid_parts (bid, part, size, root, "commit", header)
    SELECT bidding.id, part, size, root, "commit", header FROM bid_parts, bidding WHERE bid = $1
), blocks AS (
    INSERT INTO bid_blocks (bid, part, number, size, leaf, version)
    SELECT bidding.id, part, number, size, leaf, version FROM bid_blocks, bidding WHERE bid = $1
)
INSERT INTO journal (event, actor, role, address, subject, section, region, facts, salt, link_salt)
SELECT event, actor, role, address, bidding.id, section, region, facts, salt, link_salt
FROM journal, bidding WHERE journal.id = (SELECT line FROM bids WHERE id = $1)
"""


@dataclass
class _Bid:
    """One bid on its way, as requests."""

    bidder: BenchBidder
    envelope: Envelope
    id: str = ""

    def start(self, section: str) -> bytes:
        told = {
            "manifest": self.envelope.manifest.decode(),
            "signature": b64(self.envelope.signature),
            "certificate": b64(self.envelope.certificate),
        }
        return self._request("POST", f"/api/sections/{section}/bids", json.dumps(told).encode())

    def block(self) -> bytes:
        part, container = next(iter(self.envelope.containers.items()))
        return self._request("PUT", f"/api/bids/{self.id}/parts/{part}/blocks/0", container)

    def submission(self) -> bytes:
        return self._request("POST", f"/api/bids/{self.id}/submission")

    def receipt(self) -> bytes:
        return self._request("GET", f"/api/bids/{self.id}/receipt")

    def _request(self, method: str, path: str, body: bytes = b"") -> bytes:
        return request_of(method, path, body, self.bidder.token)


def measure(
    tell: Tell, *, bids: int = BIDS, concurrent: int = CONCURRENT, grown: int = GROWN, sample: int = SAMPLE
) -> Figures:
    """What one web process makes of bids, beside what the bare process makes of inserts on the same stores.

    `ratio_to_bare_insert` compares the request that accepts a bid (session found, manifest, headers, keyset and block
    roots checked; bid accepted and journal line written under the locks that closings respect) with one insert.
    `whole_ratio` compares all four requests of a bid with four inserts. `p99_ms` is of so many connected bidders who
    hand in at times spread over ten seconds, `instant_p99_ms` of as many who all hand in at one instant.

    A bid has one part of one small block; client and stores run on the same machine. Bids and inserts take turns, so
    that whatever else the machine does slows both; before that each process is warmed up.
    """
    with private_home() as home, private_stores(home) as settings:
        return measure_on(tell, settings, bids=bids, concurrent=concurrent, grown=grown, sample=sample)


def measure_on(tell: Tell, settings: Settings, *, bids: int, concurrent: int, grown: int, sample: int) -> Figures:
    """`measure` on stores that stand already and are used for nothing else."""
    with bare_process(settings) as bare, web_process(settings) as port:
        figures = asyncio.run(_accept(tell, settings, (bare, port), (bids, concurrent, grown, sample)))
    inserts = figures["bare_inserts_per_second"]
    figures["ratio_to_bare_insert"] = round(figures["submissions_per_second"] / inserts, 3)
    figures["whole_ratio"] = round(REQUESTS * figures["bids_per_second"] / inserts, 3)
    return figures


async def _accept(tell: Tell, settings: Settings, ports: tuple[int, int], counts: tuple[int, int, int, int]) -> Figures:
    bids, concurrent, grown, sample = counts
    async with a_hall(settings) as hall:
        section, _ = await hall.open_section("01", HOUR, PARTS)
        ready = await _sealed(tell, hall, section, WARM + bids + 2 * (concurrent + sample))
        wanted = (WARM, sample, bids, concurrent, concurrent, sample)
        warm, first, many, spread, crowd, last = (ready.take(count) for count in wanted)
        await _throughput(hall, ports, section, warm[::2])
        await tidied(settings)
        await _throughput(hall, ports, section, warm[1::2])
        figures = await _one_by_one(ports, section, first, "first")
        figures |= await _throughput(hall, ports, section, many)
        tell(
            f"{figures['submissions_per_second']:,.0f} submissions a second, {figures['bids_per_second']:,.0f} whole bids"
        )
        tell(f"{figures['bare_inserts_per_second']:,.0f} bare inserts a second")
        figures |= await _spread(tell, ports, section, spread)
        figures |= await _crowd(tell, ports, section, crowd)
        await _grow(settings, first[0].id, grown - len(ready.taken) + sample)
        figures |= await _one_by_one(ports, section, last, "last")
    tell(
        f"one by one: {figures['first_bid_ms']} ms a bid at first, {figures['last_bid_ms']} ms behind {grown:,} others"
    )
    by_clock = figures["last_bid_ms"] / figures["first_bid_ms"]
    growth = by_clock * figures["first_bare_ms"] / figures["last_bare_ms"]
    sizes = {"bids": bids, "concurrent": concurrent, "grown": grown}
    return figures | sizes | {"cost_growth": round(growth, 3), "cost_growth_by_clock": round(by_clock, 3)}


class _Ready:
    """Sealed bids to be taken in turn."""

    def __init__(self, bids: list[_Bid]) -> None:
        self._left = bids
        self.taken: list[_Bid] = []

    def take(self, count: int) -> list[_Bid]:
        """The next ones."""
        taken, self._left = self._left[:count], self._left[count:]
        self.taken += taken
        return taken


async def _sealed(tell: Tell, hall: BenchHall, section: str, count: int) -> _Ready:
    tell(f"registering {count:,} bidders and sealing their bids")
    keyset, bidders = await hall.keyset(section), await hall.bring_bidders(count)
    return _Ready([_Bid(one, seal_bid(one, keyset, {PARTS[0]: a_form(number)})) for number, one in enumerate(bidders)])


async def _throughput(hall: BenchHall, ports: tuple[int, int], section: str, bids: Sequence[_Bid]) -> Figures:
    """Each of the four requests for every bid, in turn, and as many bare inserts between them as there are requests.

    The time until the log is co-signed is not the process's. `put_ms` is what the store alone takes for a block.
    """
    took = dict.fromkeys(("bare", "start", "block", "submission", "receipt", "put"), 0.0)
    rounds = [bids[at::ROUNDS] for at in range(ROUNDS)]

    async def step(name: str, work: Awaitable[object]) -> None:
        took["bare"] += await _timed(ask_all(bare, [INSERT] * len(some), 201))
        took[name] += await _timed(work)

    async with _both(ports, LINES) as (bare, lines):
        for some in rounds:
            await step("start", _start(lines, section, some))
            await step("block", ask_all(lines, [bid.block() for bid in some], 201))
            await step("submission", ask_all(lines, [bid.submission() for bid in some], 200))
            took["put"] += await _timed(_put(hall, some))
    await _co_signed(hall, bids[-1])
    async with _both(ports, LINES) as (bare, lines):
        for some in rounds:
            await step("receipt", ask_all(lines, [bid.receipt() for bid in some], 200))
    return _rates(took, len(bids))


async def _co_signed(hall: BenchHall, last: _Bid) -> None:
    """Beats of the log, each of a limited number of entries, until the last of the bids has its receipt."""
    for _ in range(BEATS):
        await hall.co_sign()
        if await find_receipt(hall.stack.database, last.bidder.actor, last.id) is not None:
            return
    raise Problem("bench.waited", what="receipt")


@asynccontextmanager
async def _both(ports: tuple[int, int], count: int) -> AsyncIterator[tuple[list[Line], list[Line]]]:
    """So many fresh connections to each process: those left idle for seconds are hung up."""
    async with connected(ports[0], count) as bare, connected(ports[1], count) as lines:
        yield bare, lines


def _rates(took: dict[str, float], count: int) -> Figures:
    """Bids and bare inserts a second, and milliseconds of each step."""
    inserting, putting = took.pop("bare"), took.pop("put")
    figures = {f"{name}_ms": round(1000 * seconds / count, 2) for name, seconds in took.items()}
    return figures | {
        "bare_inserts_per_second": round(REQUESTS * count / inserting),
        "bids_per_second": round(count / sum(took.values()), 1),
        "submissions_per_second": round(count / took["submission"], 1),
        "put_ms": round(1000 * putting / count, 2),
    }


async def _put(hall: BenchHall, bids: Sequence[_Bid]) -> None:
    """The same blocks once more, from here, into the store and nothing else."""
    objects, waiting = hall.stack.objects, iter(bids)

    async def work() -> None:
        for bid in waiting:
            await objects.put(BUCKET, f"bench/{bid.id}", next(iter(bid.envelope.containers.values())))

    await asyncio.gather(*(work() for _ in range(LINES)))


async def _spread(tell: Tell, ports: tuple[int, int], section: str, bids: Sequence[_Bid]) -> Figures:
    """As many bidders as bids are connected; each hands in at a time of its own in the last seconds."""
    await _uploaded(ports[1], section, bids)
    rate = len(bids) / LAST_SECONDS
    async with _both(ports, len(bids)) as (bare, lines):
        inserts = _seconds(await ask_paced(bare, [INSERT] * len(bids), rate, 201))
        seconds = _seconds(await ask_paced(lines, [bid.submission() for bid in bids], rate, 200))
    tell(f"{len(bids):,} submissions in {LAST_SECONDS:.0f} s: a hundredth above {percentile(seconds, 0.99):,.0f} ms")
    return {
        "p99_ms": round(percentile(seconds, 0.99), 1),
        "p50_ms": round(percentile(seconds, 0.5), 1),
        "bare_p99_ms": round(percentile(inserts, 0.99), 1),
    }


async def _crowd(tell: Tell, ports: tuple[int, int], section: str, bids: Sequence[_Bid]) -> Figures:
    """All of them at one instant."""
    await _uploaded(ports[1], section, bids)
    async with _both(ports, len(bids)) as (bare, lines):
        inserts = _seconds(await ask_all(bare, [INSERT] * len(bids), 201))
        seconds = _seconds(await ask_all(lines, [bid.submission() for bid in bids], 200))
    tell(f"{len(bids):,} submissions at once: a hundredth above {percentile(seconds, 0.99):,.0f} ms")
    return {
        "instant_p99_ms": round(percentile(seconds, 0.99), 1),
        "instant_p50_ms": round(percentile(seconds, 0.5), 1),
        "instant_bare_p99_ms": round(percentile(inserts, 0.99), 1),
    }


async def _uploaded(port: int, section: str, bids: Sequence[_Bid]) -> None:
    async with connected(port, LINES) as lines:
        await _start(lines, section, bids)
        await ask_all(lines, [bid.block() for bid in bids], 201)


def _seconds(answers: Sequence[Answer]) -> list[float]:
    return [answer.seconds for answer in answers]


async def _one_by_one(ports: tuple[int, int], section: str, bids: Sequence[_Bid], name: str) -> Figures:
    """The median of one bid from manifest to submission, with nobody else there, and of a bare insert before each."""
    seconds, inserts = [], []
    async with _both(ports, 1) as (bare, lines):
        for bid in bids:
            inserts.append(await _timed(ask_all(bare, [INSERT], 201)))
            began = perf_counter()
            await _start(lines, section, [bid])
            await ask_all(lines, [bid.block()], 201)
            await ask_all(lines, [bid.submission()], 200)
            seconds.append(perf_counter() - began)
    return {
        f"{name}_bid_ms": round(1000 * median(seconds), 2),
        f"{name}_bare_ms": round(1000 * median(inserts), 2),
    }


async def _start(lines: Sequence[Line], section: str, bids: Sequence[_Bid]) -> None:
    for bid, answer in zip(bids, await ask_all(lines, [bid.start(section) for bid in bids], 201), strict=True):
        bid.id = json.loads(answer.body)["bid"]


async def _grow(settings: Settings, bid: str, count: int) -> None:
    assert settings.database is not None
    connection = await asyncpg.connect(settings.database.dsn)
    try:
        await connection.execute(GROW, bid, max(0, count))
    finally:
        await connection.close()
    await tidied(settings)


async def tidied(settings: Settings) -> None:
    """What autovacuum does every minute: until then plans made for empty tables read them whole."""
    assert settings.database is not None
    connection = await asyncpg.connect(settings.database.dsn)
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _timed(work: Awaitable[object]) -> float:
    began = perf_counter()
    await work
    return perf_counter() - began
