"""A browser without a browser: films cut into chunks as MediaRecorder gives them, signed by a key of the run, sent by HTTP."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes, utc_now
from infra.kernel.canonical import b64
from trading.recordings.fmp4 import Splitter
from trading.recordings.muxing import FLAGS
from trading.recordings.runs import Begin, Chunk
from web.bench.films import film

MIME = "video/mp4;codecs=avc1.42E01E,mp4a.40.2"


def chunks_of(path: Path, at_once: int = 1) -> list[bytes]:
    """A fragmented film as chunks: the init alone, then `at_once` segments each."""
    found = [data for _, data in Splitter().feed(path.read_bytes())]
    return [found[0]] + [b"".join(found[at : at + at_once]) for at in range(1, len(found), at_once)]


def fragmented(folder: Path, seconds: float = 3.0) -> Path:
    """A film as a browser's MP4: a fragment for each key frame."""
    import av

    made = film(folder / "plain.mp4", seconds=seconds, sound=None)
    with (
        av.open(str(made)) as source,
        av.open(str(folder / "browser.mp4"), "w", format="mp4", options={"movflags": FLAGS}) as out,
    ):
        track: Any = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = track
                out.mux(packet)
    return folder / "browser.mp4"


def milliseconds() -> int:
    return int(utc_now().timestamp() * 1000)


@dataclass
class Laptop:
    """One source of a recording; `wrong` is by how many milliseconds its clock goes wrong, which it knows.

    Its film passes as its clock does: `pace` milliseconds for each chunk after the init's.
    """

    client: httpx.AsyncClient
    recording: str
    stream: str = ""
    key: bytes = field(default_factory=lambda: new_p256(random_bytes))
    wrong: int = 0
    run: int = 0
    began: int = 0
    pace: int = 2000

    async def joins(self, kind: str = "browser", label: str = "备用机", *, mandatory: bool = False) -> httpx.Response:
        told = {"kind": kind, "label": label, "mandatory": mandatory}
        answer = await self.client.post(f"/api/recordings/{self.recording}/streams", json=told)
        self.stream = answer.json().get("stream", "")
        return answer

    def begun(self, mime: str = MIME) -> Begin:
        self.began = milliseconds() + self.wrong
        made = Begin(p256_public(self.key), mime, self.began, -self.wrong, 4, b"")
        return made._replace(signature=sign_p256(self.key, made.message(self.stream)))

    async def begins(self, made: Begin | None = None) -> httpx.Response:
        made = made or self.begun()
        told = {"key": b64(made.key), "mime": made.mime, "client": made.client, "offset": made.offset, "rtt": made.rtt}
        answer = await self.client.post(self.at("runs"), json={**told, "signature": b64(made.signature)})
        self.run = answer.json().get("run", self.run)
        return answer

    def chunk(self, number: int, data: bytes, jump: int = 0) -> Chunk:
        now = self.began + self.pace * (number - 1) + jump
        made = Chunk(number, sha256(data).hexdigest(), now, -self.wrong, 4, b"")
        return made._replace(signature=sign_p256(self.key, made.message(self.stream)))

    async def sends(self, number: int, data: bytes, made: Chunk | None = None, **more: Any) -> httpx.Response:
        made = made or self.chunk(number, data, **more)
        headers = {
            "chunk-sha256": made.sha256,
            "chunk-signature": b64(made.signature),
            "chunk-clock": f"{made.client},{made.offset},{made.rtt}",
        }
        return await self.client.post(self.at(f"runs/{self.run}/chunks/{number}"), content=data, headers=headers)

    async def says(self, place: str, **told: Any) -> httpx.Response:
        return await self.client.post(self.at(place), json=told)

    def at(self, place: str) -> str:
        return f"/api/recordings/{self.recording}/streams/{self.stream}/{place}"

    def anew(self) -> "Laptop":
        """The same source with a new key."""
        return replace(self, key=new_p256(random_bytes))
