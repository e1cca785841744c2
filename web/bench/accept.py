"""Accepting bids over HTTP, from manifest to receipt, beside a bare handler that does one insert; a process each."""

import asyncio
import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import asyncpg

from infra.kernel.canonical import b64
from infra.settings import Settings
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import bare_process, private_home, private_stores, web_process
from web.bench.hall import BenchBidder, BenchHall, Envelope, a_form, a_hall, seal_bid
from web.bench.load import Line, ask_all, connected, percentile, request_of

BIDS, CONCURRENT, GROWN, SAMPLE = 400, 1000, 5000, 100
LINES = 32
PARTS = ("opening-form",)
HOUR = 3600.0
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
    """Bids a second over inserts a second, the slowest of submissions at once, and what a bid costs in a full section.

    A bid has one part of one small block; each figure is of one process, with client and stores on the same machine.
    """
    with private_home() as home, private_stores(home) as settings:
        return measure_on(tell, settings, bids=bids, concurrent=concurrent, grown=grown, sample=sample)


def measure_on(tell: Tell, settings: Settings, *, bids: int, concurrent: int, grown: int, sample: int) -> Figures:
    """`measure` on stores that stand already and are used for nothing else."""
    with bare_process(settings) as port:
        figures = asyncio.run(_bare(tell, port, 4 * bids, concurrent))
    with web_process(settings) as port:
        figures |= asyncio.run(_accept(tell, settings, port, (bids, concurrent, grown, sample)))
    figures["ratio_to_bare_insert"] = round(figures["bids_per_second"] / figures["bare_inserts_per_second"], 3)
    figures["submission_ratio_to_bare_insert"] = round(
        figures["submissions_per_second"] / figures["bare_inserts_per_second"], 3
    )
    return figures


async def _bare(tell: Tell, port: int, count: int, concurrent: int) -> Figures:
    insert = request_of("POST", "/rows", bytes(1024))
    async with connected(port, concurrent) as lines:
        await ask_all(lines[:LINES], [insert] * (count // 4), 201)
        began = perf_counter()
        await ask_all(lines[:LINES], [insert] * count, 201)
        rate = count / (perf_counter() - began)
        at_once = await ask_all(lines, [insert] * concurrent, 201)
    tell(f"bare: {rate:,.0f} inserts a second")
    p99 = percentile([answer.seconds for answer in at_once], 0.99)
    return {"bare_inserts_per_second": round(rate), "bare_p99_ms": round(p99, 1)}


async def _accept(tell: Tell, settings: Settings, port: int, counts: tuple[int, int, int, int]) -> Figures:
    bids, concurrent, grown, sample = counts
    async with a_hall(settings) as hall:
        section, _ = await hall.open_section("01", HOUR, PARTS)
        ready = await _sealed(tell, hall, section, bids + concurrent + 2 * sample)
        first, many, crowd, last = (ready.take(count) for count in (sample, bids, concurrent, sample))
        async with connected(port, max(LINES, concurrent)) as lines:
            early = await _one_by_one(lines[0], section, first)
            tell(f"one by one: {1000 * early:.1f} ms a bid while the section is empty")
            figures = await _throughput(tell, hall, lines[:LINES], section, many)
            figures |= await _crowd(tell, lines, section, crowd)
            await _grow(settings, first[0].id, grown - len(ready.taken) + sample)
            late = await _one_by_one(lines[0], section, last)
            tell(f"one by one: {1000 * late:.1f} ms a bid behind {grown:,} others")
    return figures | {
        "cost_growth": round(late / early, 3),
        "bids": bids,
        "concurrent": concurrent,
        "grown": grown,
        "first_bid_ms": round(1000 * early, 2),
        "last_bid_ms": round(1000 * late, 2),
    }


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


async def _throughput(
    tell: Tell, hall: BenchHall, lines: Sequence[Line], section: str, bids: Sequence[_Bid]
) -> Figures:
    """Each of the four requests for every bid, in turn; the time until the log is co-signed is not the process's."""
    started = await _timed(_start(lines, section, bids))
    blocks = await _timed(ask_all(lines, [bid.block() for bid in bids], 201))
    submitted = await _timed(ask_all(lines, [bid.submission() for bid in bids], 200))
    for _ in range(1 + len(bids) // 4096):
        await hall.co_sign()
    receipts = await _timed(ask_all(lines, [bid.receipt() for bid in bids], 200))
    whole = started + blocks + submitted + receipts
    each = {"start": started, "block": blocks, "submission": submitted, "receipt": receipts}
    told = {f"{name}_ms": round(1000 * seconds / len(bids), 2) for name, seconds in each.items()}
    tell(f"{len(bids) / whole:,.0f} bids a second; milliseconds each: {told}")
    return {
        "bids_per_second": round(len(bids) / whole, 1),
        "submissions_per_second": round(len(bids) / submitted, 1),
        **told,
    }


async def _crowd(tell: Tell, lines: Sequence[Line], section: str, bids: Sequence[_Bid]) -> Figures:
    await _start(lines[:LINES], section, bids)
    await ask_all(lines[:LINES], [bid.block() for bid in bids], 201)
    at_once = await ask_all(lines, [bid.submission() for bid in bids], 200)
    seconds = [answer.seconds for answer in at_once]
    tell(f"{len(bids):,} submissions at once: the slowest hundredth above {percentile(seconds, 0.99):,.0f} ms")
    return {"p99_ms": round(percentile(seconds, 0.99), 1), "p50_ms": round(percentile(seconds, 0.5), 1)}


async def _one_by_one(line: Line, section: str, bids: Sequence[_Bid]) -> float:
    """The median seconds of one bid from manifest to submission, with nobody else there."""
    seconds = []
    for bid in bids:
        began = perf_counter()
        await _start([line], section, [bid])
        await ask_all([line], [bid.block()], 201)
        await ask_all([line], [bid.submission()], 200)
        seconds.append(perf_counter() - began)
    return median(seconds)


async def _start(lines: Sequence[Line], section: str, bids: Sequence[_Bid]) -> None:
    for bid, answer in zip(bids, await ask_all(lines, [bid.start(section) for bid in bids], 201), strict=True):
        bid.id = json.loads(answer.body)["bid"]


async def _grow(settings: Settings, bid: str, count: int) -> None:
    assert settings.database is not None
    connection = await asyncpg.connect(settings.database.dsn)
    try:
        await connection.execute(GROW, bid, max(0, count))
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _timed(work: Awaitable[object]) -> float:
    began = perf_counter()
    await work
    return perf_counter() - began
