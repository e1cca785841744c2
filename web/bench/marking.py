"""A committee at work over HTTP: marks saved by many judges at once, and the first page of a large bid read by ranges."""

import asyncio
import json
from collections.abc import Sequence
from io import SEEK_END, SEEK_SET, RawIOBase
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx
from sqlalchemy import update

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from infra.auth.sessions import open_seat_session
from infra.db.work import Work
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.settings import Settings
from trading.bidding.accepting import start_bid
from trading.bidding.actions import hand_in
from trading.bidding.uploads import put_block
from trading.bidding.wire import BLOCK
from trading.opening.files import check_files
from trading.opening.opening import open_section
from trading.sections.states import SectionState
from trading.sections.tables import Section as SectionRow
from web.bench.accept import INSERT, tidied
from web.bench.budgets import Figures, Tell
from web.bench.ground import bare_process, web_process
from web.bench.hall import BenchBidder, BenchHall, a_form, a_hall, seal_bid
from web.bench.load import ask_all, ask_paced, connected, percentile, request_of
from web.bench.open import FORM, Section, released, wait_for
from web.demo import cast
from web.demo.files import write_pdf

TECHNICAL = "technical"
BIDDERS = 3
SECONDS_A_MEGABYTE = 0.12
"""For making, sealing and storing the large bid before the deadline; a slower machine finds the deadline passed."""
PIECE = 131_072
"""The bytes of one range at least, as the judge's reader asks for them (`web/static/js/judge/papers/opening.js`)."""
FIRST_PAGES, WARM = 5, 3


def measure_on(tell: Tell, settings: Settings, *, savers: int, seconds: int, megabytes: int) -> Figures:
    """`save_p99_ms`: so many judges each save a mark a second; `save_instant_p99_ms`: all of them at one instant.

    `first_page_s` is the median of five: a large PDF opened and its first page drawn by PDFium, whose every range goes
    over HTTP through the judge's own route, decrypted in flight, with the opening written down.
    """
    with bare_process(settings) as bare, web_process(settings) as port:
        bids, tokens = asyncio.run(_committee(tell, settings, savers, megabytes))
        saves = asyncio.run(_saves(tell, bids, tokens, (bare, port), seconds))
        return saves | _first_page(tell, port, bids[0], tokens[0])


async def _committee(tell: Tell, settings: Settings, savers: int, megabytes: int) -> tuple[list[str], list[str]]:
    """An opened section's bids, the first of them large, and the sessions of so many seated judges."""
    async with a_hall(settings) as hall:
        bidders = await hall.bring_bidders(BIDDERS)
        large = settings.home / "large.pdf"
        began = perf_counter()
        await asyncio.to_thread(write_pdf, large, "技术标", ["施工组织设计"], megabytes, random_bytes)
        tell(f"a PDF of {large.stat().st_size / 1e6:,.0f} MB in {perf_counter() - began:.1f} s")
        wait = 10.0 + SECONDS_A_MEGABYTE * megabytes
        section, deadline = await hall.open_section("01", wait, (FORM, TECHNICAL))
        bids = await _bids(hall, section, bidders, large)
        await wait_for(hall, deadline)
        await released(hall, Section(section, await hall.keyset(section), []))
        stack = hall.stack
        await open_section(stack.database, stack.objects, stack.keys, section)
        await check_files(stack.database, stack.objects, stack.keys, section)
        async with stack.database.work(SYSTEM) as work:
            tokens = await _seats(work, section, savers)
    await tidied(settings)
    return bids, tokens


async def _bids(hall: BenchHall, section: str, bidders: Sequence[BenchBidder], large: Path) -> list[str]:
    found = []
    keyset, authority = await hall.keyset(section), hall.stack.keys.authority.public_key
    for number, bidder in enumerate(bidders):
        technical = large.read_bytes() if number == 0 else b"%PDF-1.7"
        bid = seal_bid(bidder, keyset, {FORM: a_form(number), TECHNICAL: technical})
        started = await start_bid(
            hall.stack.database, bidder.actor, authority, section, bid.manifest, bid.signature, bid.certificate
        )
        for part, container in bid.containers.items():
            for block, at in enumerate(range(0, len(container), BLOCK)):
                data = container[at : at + BLOCK]
                await put_block(hall.stack.database, hall.stack.objects, bidder.actor, started.id, part, block, data)
        await hand_in(hall.stack.database, bidder.actor, started.id)
        found.append(started.id)
    return found


async def _seats(work: Work, section: str, count: int) -> list[str]:
    """Seats that are taken, without a draw and slips: what is measured begins behind the door."""
    now, draw = work.ctx.now, f"{section}/1"
    work.session.add(
        Draw(
            id=draw,
            section=section,
            region=cast.REGION,
            number=1,
            state=DrawState.REVEALED,
            request={},
            sealed_pool=b"",
            sealed_evidence=b"",
            requested_at=now,
            frozen_at=now,
            revealed_at=now,
            supplement=False,
            step_seconds=1800,
            repeat_supplement=False,
        )
    )
    await work.session.flush()
    seats = [f"seat-bench-{number}" for number in range(1, count + 1)]
    work.session.add_all(
        Seat(
            id=seat,
            section=section,
            region=cast.REGION,
            draw=draw,
            number=number,
            specialty=cast.WORKS,
            kind="expert",
            sealed_expert=b"",
            sealed_slip=b"",
            slip_hash=work.ctx.random(32),
            signed_in_at=now,
            certificate=b"bench",
        )
        for number, seat in enumerate(seats, 1)
    )
    await work.session.execute(update(SectionRow).where(SectionRow.id == section).values(state=SectionState.EVALUATING))
    await work.session.flush()
    return [await open_seat_session(work, seat, cast.REGION) for seat in seats]


async def _saves(
    tell: Tell, bids: Sequence[str], tokens: Sequence[str], ports: tuple[int, int], seconds: int
) -> Figures:
    rounds = [[_save(token, bids, turn) for token in tokens] for turn in range(seconds + WARM + 2)]
    paced = [one for row in rounds[WARM:-2] for one in row]
    async with connected(ports[1], len(tokens)) as lines:
        for row in rounds[:WARM]:
            await ask_all(lines, row, 200)
        alone = [answer.seconds for answer in await ask_all(lines[:1], rounds[-2], 200)]
    # A fresh connection for each step: those left idle for seconds are hung up.
    async with connected(ports[0], len(tokens)) as bare:
        inserts = [answer.seconds for answer in await ask_paced(bare, [INSERT] * len(paced), len(tokens), 201)]
    async with connected(ports[1], len(tokens)) as lines:
        each = [answer.seconds for answer in await ask_paced(lines, paced, len(tokens), 200)]
        instant = [answer.seconds for answer in await ask_all(lines, rounds[-1], 200)]
    figures = {
        "save_p99_ms": round(percentile(each, 0.99), 1),
        "save_p50_ms": round(percentile(each, 0.5), 1),
        "save_alone_p50_ms": round(percentile(alone, 0.5), 1),
        "save_instant_p99_ms": round(percentile(instant, 0.99), 1),
        "bare_insert_p99_ms": round(percentile(inserts, 0.99), 1),
        "savers": len(tokens),
        "saves": len(each),
    }
    tell(f"{len(each)} marks saved by {len(tokens)} judges: a hundredth above {figures['save_p99_ms']} ms")
    return figures


def _save(token: str, bids: Sequence[str], turn: int) -> bytes:
    """A judge goes through the sheet; a mark that was saved before is saved with another value."""
    items = [item["id"] for item in cast.METHOD["items"]]
    place = turn % (len(bids) * len(items))
    told = {
        "bid": bids[place // len(items)], "item": items[place % len(items)],
        "version": turn // (len(bids) * len(items)), "mark": f"{turn % 14}.5",
    }  # fmt: skip
    return request_of("POST", "/judge/marks", json.dumps(told).encode(), token)


class _Ranges(RawIOBase):
    """A file behind the judge's route: read piece by piece over HTTP, each once; its opening proven from the second on."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self._client, self._path, self._at = client, path, 0
        self._pieces: dict[int, bytes] = {}
        first = client.get(path, headers={"range": f"bytes=0-{PIECE - 1}"})
        self._opening = first.headers["openhall-opening"]
        self._pieces[0] = first.content
        self.size = int(first.headers["content-range"].rpartition("/")[2])

    @property
    def asked(self) -> int:
        """How many ranges were asked for."""
        return len(self._pieces)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self._at = offset if whence == SEEK_SET else self.size + offset if whence == SEEK_END else self._at + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.size - self._at)
        done = 0
        while done < count:
            number, skip = divmod(self._at, PIECE)
            some = self._piece(number)[skip : skip + count - done]
            buffer[done : done + len(some)] = some
            done += len(some)
            self._at += len(some)
        return done

    def _piece(self, number: int) -> bytes:
        if number not in self._pieces:
            start = number * PIECE
            told = {"range": f"bytes={start}-{min(start + PIECE, self.size) - 1}"}
            answer = self._client.get(self._path, params={"opening": self._opening}, headers=told)
            if answer.status_code != 206:
                raise Problem("bench.answer", status=answer.status_code, expected=206, told=answer.content[:200])
            self._pieces[number] = answer.content
        return self._pieces[number]


def _first_page(tell: Tell, port: int, bid: str, token: str) -> Figures:
    import pypdfium2  # needed by nothing else here

    took, asked, size = [], 0, 0
    headers = {"authorization": f"Bearer {token}", "accept-encoding": "identity"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=60) as client:
        for _ in range(FIRST_PAGES):
            began = perf_counter()
            ranges = _Ranges(client, f"/judge/bids/{bid}/{TECHNICAL}")
            document = pypdfium2.PdfDocument(ranges, autoclose=True)
            document[0].render(scale=1.5)
            took.append(perf_counter() - began)
            asked, size = ranges.asked, ranges.size
            document.close()
    tell(f"first page of {size / 1e6:,.0f} MB after {median(took):.3f} s and {asked} ranges")
    return {
        "first_page_s": round(median(took), 3),
        "first_page_slowest_s": round(max(took), 3),
        "first_page_ranges": asked,
        "first_page_mb": round(size / 1e6, 1),
    }
