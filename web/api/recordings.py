"""The browser as recorder: it joins a recording, begins runs, sends signed chunks, says that it lives, and what ended."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.kernel.canonical import read, unb64
from infra.kernel.problems import Problem
from trading.recordings.ingest import Answer, Ingest
from trading.recordings.joining import join_by_browser, own_recording
from trading.recordings.runs import LARGEST_CHUNK, Begin, Chunk
from web.api.bids import address
from web.state import Clock, Stack
from web.visit import AnyRequest, actor_of

RECORDING = {"audience": ["centre", "agent", "judge"], "packed": True}
SMALL = 4096
STREAMS = "/api/recordings/{recording:str}/streams"
STREAM = STREAMS + "/{stream:str}"
RUN = STREAM + "/runs/{run:int}"
CLOCK = re.compile(r"(\d{1,16}),(-?\d{1,16}),(\d{1,16})")
HASH = re.compile(r"[0-9a-f]{64}")


@get("/api/recordings/time", opt={"audience": "public", "packed": True})
async def time(clock: NamedDependency[Clock]) -> Response[dict[str, int]]:
    """The server's clock, by which recordings are timed: {now}, milliseconds since 1970."""
    return Response({"now": int((await clock.now()).timestamp() * 1000)}, headers={"Cache-Control": "no-store"})


@post(STREAMS, opt=RECORDING, request_max_body_size=SMALL)
async def join(
    recording: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Join a running recording: {kind: browser | screen, label, mandatory}; tells the stream's name."""
    told = _object(await request.body(), kind=str, label=str, mandatory=bool)
    async with stack.database.work(actor_of(request), address(request)) as work:
        made = await join_by_browser(work, recording, told["kind"], told["label"], mandatory=told["mandatory"])
    told = {"recording": recording, "stream": made.id, "label": made.header["label"], "mandatory": made.mandatory}
    return Response(told, status_code=201)


@post(STREAM + "/runs", opt=RECORDING, request_max_body_size=SMALL)
async def begin(
    recording: FromPath[str], stream: FromPath[str], request: AnyRequest, ingest: NamedDependency[Ingest]
) -> Response[dict[str, Any]]:
    """Begin a run: {key, mime, client, offset, rtt, signature}, key and signature in base64; again with the same key is no
    error.
    """
    told = _object(await request.body(), key=str, mime=str, client=int, offset=int, rtt=int, signature=str)
    key, signature = unb64(told["key"]), unb64(told["signature"])
    made = Begin(key, told["mime"], told["client"], told["offset"], told["rtt"], signature)
    answer = await ingest.begin(actor_of(request), recording, stream, made)
    return _told(answer, 201 if answer.fresh else 200)


@post(RUN + "/chunks/{number:int}", opt=RECORDING, request_max_body_size=LARGEST_CHUNK)
async def chunk(
    recording: FromPath[str],
    stream: FromPath[str],
    run: FromPath[int],
    number: FromPath[int],
    request: AnyRequest,
    ingest: NamedDependency[Ingest],
) -> Response[dict[str, Any]]:
    """One chunk as the body; `Chunk-SHA256` in hexadecimal, `Chunk-Signature` in base64, `Chunk-Clock: client,offset,rtt`.

    201 when it is chained, 200 when it was chained already.
    """
    found = CLOCK.fullmatch(request.headers.get("chunk-clock", ""))
    sha256, signature = request.headers.get("chunk-sha256", ""), request.headers.get("chunk-signature", "")
    if found is None or not HASH.fullmatch(sha256) or not signature:
        raise Problem("recording.chunk-facts")
    client, offset, rtt = map(int, found.groups())
    made = Chunk(number, sha256, client, offset, rtt, unb64(signature))
    answer = await ingest.take(actor_of(request), recording, stream, run, made, await request.body())
    return _told(answer, 201 if answer.fresh else 200)


@post(RUN + "/events", opt=RECORDING, request_max_body_size=SMALL)
async def event(
    recording: FromPath[str],
    stream: FromPath[str],
    run: FromPath[int],
    request: AnyRequest,
    ingest: NamedDependency[Ingest],
) -> Response[dict[str, Any]]:
    """A track ended: {track: camera | microphone | screen, client}; said twice it stands once."""
    told = _object(await request.body(), track=str, client=int)
    return _told(await ingest.note(actor_of(request), recording, stream, run, told["track"], told["client"]), 200)


@post(RUN + "/end", opt=RECORDING, request_max_body_size=SMALL)
async def end(
    recording: FromPath[str],
    stream: FromPath[str],
    run: FromPath[int],
    request: AnyRequest,
    ingest: NamedDependency[Ingest],
) -> Response[dict[str, Any]]:
    """The run is over: {why: stopped | track-ended | tab-lost | unreadable}; said twice it stands once."""
    told = _object(await request.body(), why=str)
    return _told(await ingest.finish(actor_of(request), recording, stream, run, told["why"]), 200)


@post(STREAM + "/heartbeat", opt=RECORDING, request_max_body_size=SMALL)
async def heartbeat(
    recording: FromPath[str], stream: FromPath[str], request: AnyRequest, ingest: NamedDependency[Ingest]
) -> Response[dict[str, Any]]:
    """A sign of life; tells the time, the recording's state, the run and the chunk that is expected."""
    return _told(await ingest.hear(actor_of(request), recording, stream), 200)


@get("/api/recordings/{recording:str}/state", opt=RECORDING)
async def state(
    recording: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Whether a recording that one may add to still runs."""
    async with stack.database.reading(actor_of(request)) as session:
        found = await own_recording(session, actor_of(request), recording)
    return Response({"recording": recording, "state": str(found.state)}, headers={"Cache-Control": "no-store"})


def _told(answer: Answer, code: int) -> Response[dict[str, Any]]:
    told = {"now": answer.now, "state": answer.state, "run": answer.run, "expected": answer.expected}
    return Response(told, status_code=code)


def _object(body: bytes, **fields: type) -> dict[str, Any]:
    """The body's object, which has these fields of these types and no other; `request.fields`."""
    told = read(body)
    good = isinstance(told, dict) and set(told) == set(fields)
    if not good or not all(type(told[name]) is kind for name, kind in fields.items()):
        raise Problem("request.fields", expected=", ".join(fields))
    return dict(told)


HANDLERS = [time, join, begin, chunk, event, end, heartbeat, state]
