"""Browsers that send signed chunks at once to one web process, with ledger and store behind it."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import av
from sqlalchemy import select

from infra.auth.sessions import open_session
from infra.auth.tables import Account, Membership
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes, utc_now
from infra.kernel.canonical import b64, canonical, read
from infra.kernel.context import SYSTEM
from infra.kernel.money import fen
from trading.recordings.actions import open_recording
from trading.recordings.fmp4 import Splitter
from trading.recordings.joining import join_by_browser
from trading.recordings.muxing import FLAGS
from trading.recordings.runs import Begin, Chunk
from trading.recordings.tables import RecordingKind
from trading.sections.actions import create_section
from trading.venues.actions import enter_room
from trading.venues.tables import RoomKind
from web.bench.budgets import Figures, Tell
from web.bench.films import film
from web.bench.ground import private_home, private_stores, web_process
from web.bench.hall import TENDER, BenchHall, a_hall
from web.bench.load import Line, checked, connected, percentile, request_of
from web.demo import cast

SENDERS, EACH = 20, 60
RATE, KEY_EVERY = 1_000_000, 50
MIME = "video/mp4;codecs=avc1.42E01E"


def sent(tell: Tell, senders: int = SENDERS, each: int = EACH) -> Figures:
    """Chunks a second and how long one takes, from its first byte sent to the answer; each begins when the last is answered."""
    with private_home() as home, private_stores(home) as settings:
        init, segment = _chunks(home)

        async def measured() -> Figures:
            async with a_hall(settings) as hall:
                with web_process(settings) as port:
                    return await _measured(tell, hall, port, init, segment, senders, each)

        return asyncio.run(measured())


def _chunks(home: Path) -> tuple[bytes, bytes]:
    """An init, and two seconds of picture at 1 Mb/s."""
    made = film(home / "plain.mp4", seconds=4, sound=None, size=(1280, 720), rate=RATE, key_every=KEY_EVERY)
    out_path = str(home / "browser.mp4")
    with av.open(str(made)) as source, av.open(out_path, "w", format="mp4", options={"movflags": FLAGS}) as out:
        track: Any = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = track
                out.mux(packet)
    parts = [data for _, data in Splitter().feed(Path(out_path).read_bytes())]
    return parts[0], parts[1]


async def _measured(
    tell: Tell, hall: BenchHall, port: int, init: bytes, segment: bytes, senders: int, each: int
) -> Figures:
    token, recording, streams = await _joined(hall, senders)
    async with connected(port, senders) as lines:
        work = [
            await _begun(line, token, recording, stream, init, segment, each)
            for line, stream in zip(lines, streams, strict=True)
        ]
        tell(f"{senders} browsers send {each} chunks of {len(segment) / 1e3:.0f} kB each")
        began = perf_counter()
        taken = await asyncio.gather(*(_send(line, chunks) for line, chunks in zip(lines, work, strict=True)))
        passed = perf_counter() - began
    seconds = [one for some in taken for one in some]
    return {
        "chunks_per_s": round(len(seconds) / passed, 1),
        "chunk_p99_ms": round(percentile(seconds, 0.99), 1),
        "chunk_p50_ms": round(percentile(seconds, 0.5), 1),
        "chunk_kb": round(len(segment) / 1e3),
    }


async def _joined(hall: BenchHall, senders: int) -> tuple[str, str, list[str]]:
    """A session of the centre, a running recording, and so many sources in it."""
    database, centre = hall.stack.database, hall.people.actor("centre")
    async with database.work(hall.people.actor("agent")) as work:
        await create_section(work, TENDER, "01", "01", ceiling=fen("10000000.00"))
    async with database.work(centre) as work:
        room = await enter_room(work, "bench", RoomKind.EVALUATION, 9, region=cast.REGION)
    async with database.work(centre) as work:
        made = await open_recording(work, hall.stack.keys.service, f"{TENDER}/01", room.id, RecordingKind.EVALUATION)
    streams = []
    for number in range(senders):
        async with database.work(centre) as work:
            streams.append((await join_by_browser(work, made.id, "browser", f"{number}", mandatory=False)).id)
    async with database.work(SYSTEM) as work:
        account = await work.session.get_one(Account, centre.id)
        wanted = select(Membership).where(Membership.account == account.id)
        membership = (await work.session.execute(wanted)).scalars().first()
        assert membership is not None
        token = await open_session(work, account, membership)
    return token, made.id, streams


async def _begun(
    line: Line, token: str, recording: str, stream: str, init: bytes, segment: bytes, each: int
) -> list[bytes]:
    """Begin a run and send its init; the requests of all its chunks, signed beforehand as a browser's own machine would."""
    key, now = new_p256(random_bytes), int(utc_now().timestamp() * 1000)
    path = f"/api/recordings/{recording}/streams/{stream}/runs"
    begin = Begin(p256_public(key), MIME, now, 0, 1, b"")
    signature = sign_p256(key, begin.message(stream))
    told = {"key": b64(begin.key), "mime": MIME, "client": now, "offset": 0, "rtt": 1, "signature": b64(signature)}
    answer = checked(await line.ask(request_of("POST", path, canonical(told), token)), 201)
    run = read(answer.body)["run"]
    chunks = [_request(f"{path}/{run}/chunks/{n}", token, key, stream, n, data, now) for n, data in
              enumerate([init] + [segment] * each, 1)]  # fmt: skip
    checked(await line.ask(chunks[0]), 201)
    return chunks[1:]


def _request(path: str, token: str, key: bytes, stream: str, number: int, data: bytes, now: int) -> bytes:
    chunk = Chunk(number, sha256(data).hexdigest(), now + 2000, 0, 1, b"")
    signature = b64(sign_p256(key, chunk.message(stream)))
    told = f"Chunk-SHA256: {chunk.sha256}\r\nChunk-Signature: {signature}\r\nChunk-Clock: {chunk.client},0,1\r\n"
    first, _, rest = request_of("POST", path, data, token).partition(b"\r\n")
    return first + b"\r\n" + told.encode() + rest


async def _send(line: Line, requests: Sequence[bytes]) -> list[float]:
    return [checked(await line.ask(request), 201).seconds for request in requests]
