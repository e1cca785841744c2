"""A camera that costs next to nothing: `python -m web.bench.rtsp FILM PORT` plays prepared packets to whoever asks, over TCP.

Just enough of RTSP (RFC 2326) and of RTP for H.264 (RFC 6184) for the recorder's bench: one picture, no sound, for ever.
"""

import asyncio
import struct
import sys
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import av

from trading.recordings.nals import units

MOST, CLOCK = 1400, 90_000


class Frame(NamedTuple):
    """One picture as interleaved packets, and where in them each packet's head stands."""

    data: bytearray
    heads: list[int]


class Played(NamedTuple):
    """A film: its frames, the ticks between two of them, and the parameter sets for the description."""

    frames: list[Frame]
    ticks: int
    sets: str


def prepared(path: Path) -> Played:
    """Read a film without B-pictures and cut it into packets."""
    with av.open(str(path)) as source:
        picture = source.streams.video[0]
        ticks = int(CLOCK / (picture.average_rate or 25))
        extradata = picture.codec_context.extradata or b""
        size = extradata[6] << 8 | extradata[7]
        first, after = extradata[8 : 8 + size], 8 + size
        second = extradata[after + 3 : after + 3 + (extradata[after + 1] << 8 | extradata[after + 2])]
        sets = ",".join(b64encode(one).decode() for one in (first, second))
        filtered = av.BitStreamFilterContext("h264_mp4toannexb", picture)
        packets = [one for packet in source.demux(picture) for one in filtered.filter(packet) if one.size]
    return Played([_frame([unit for unit in units(bytes(packet)) if unit]) for packet in packets], ticks, sets)


def _frame(found: list[bytes]) -> Frame:
    """Single units, or fragments (FU-A) of what does not fit; the last packet of a picture is marked."""
    payloads: list[bytes] = []
    for unit in found:
        if len(unit) <= MOST:
            payloads.append(unit)
            continue
        kind, pieces = unit[0], [unit[at : at + MOST] for at in range(1, len(unit), MOST)]
        for place, piece in enumerate(pieces):
            flags = (0x80 if place == 0 else 0) | (0x40 if place == len(pieces) - 1 else 0)
            payloads.append(bytes([kind & 0x60 | 28, flags | kind & 0x1F]) + piece)
    data, heads = bytearray(), []
    for place, payload in enumerate(payloads):
        marker = 0x80 if place == len(payloads) - 1 else 0
        data += struct.pack(">cBH", b"$", 0, len(payload) + 12)
        heads.append(len(data))
        data += struct.pack(">BBHII", 0x80, marker | 96, 0, 0, 7) + payload
    return Frame(data, heads)


async def serve(film: Played, port: int) -> None:
    """Answer on a port of this machine for ever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        playing: asyncio.Task[None] | None = None
        with suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                while head[:1] == b"$":  # receivers' reports
                    head = head[4 + struct.unpack(">H", head[2:4])[0] :] or await reader.readuntil(b"\r\n\r\n")
                verb, sequence = head.split(b" ", 1)[0].decode(), _sequence(head)
                writer.write(_reply(verb, sequence, film.sets))
                if verb == "PLAY" and playing is None:
                    playing = asyncio.create_task(_play(film, writer))
        if playing is not None:
            playing.cancel()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


async def _play(film: Played, writer: asyncio.StreamWriter) -> None:
    loop, number, stamp = asyncio.get_running_loop(), 0, 0
    due = loop.time()
    with suppress(ConnectionError):
        while True:
            for frame in film.frames:
                data = bytearray(frame.data)
                for head in frame.heads:
                    struct.pack_into(">HI", data, head + 2, number & 0xFFFF, stamp & 0xFFFFFFFF)
                    number += 1
                writer.write(data)
                stamp += film.ticks
                due += film.ticks / CLOCK
                await writer.drain()
                await asyncio.sleep(max(0.0, due - loop.time()))


def _sequence(head: bytes) -> str:
    lines = head.decode("latin-1").split("\r\n")
    return next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("cseq:")), "0")


def _reply(verb: str, sequence: str, sets: str) -> bytes:
    more, body = "", ""
    if verb == "DESCRIBE":
        body = "\r\n".join(
            (
                "v=0",
                "o=- 0 0 IN IP4 127.0.0.1",
                "s=bench",
                "c=IN IP4 0.0.0.0",
                "t=0 0",
                "m=video 0 RTP/AVP 96",
                "a=rtpmap:96 H264/90000",
                f"a=fmtp:96 packetization-mode=1; sprop-parameter-sets={sets}",
                "a=control:track0",
                "",
            )
        )
        more = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
    elif verb == "SETUP":
        more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
    elif verb == "OPTIONS":
        more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
    elif verb == "PLAY":
        more = "Session: 1\r\n"
    return f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n{more}\r\n{body}".encode()


if __name__ == "__main__":
    asyncio.run(serve(prepared(Path(sys.argv[1])), int(sys.argv[2])))
