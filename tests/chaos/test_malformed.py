"""Ten thousand malformed manifests and containers over HTTP: each refused with a code, none a fault, no memory lost.

What is broken is chosen at random (`OPENHALL_CHANCE` repeats a run), and is signed as it is: a bidder may sign nonsense.
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from envelopes import Envelope, an_envelope, certificate_of, with_entry
from scenes import Hall

from infra.auth.key_signer import KeyFileSigner
from infra.crypto import merkle
from infra.kernel.canonical import b64
from trading.bidding.wire import BLOCK

CHANCE = int(os.environ.get("OPENHALL_CHANCE", "0")) or random.SystemRandom().randrange(1, 1 << 31)
QUICK, LONG = 150, 10_000
MEMORY = 64 * 1024 * 1024
SLOWEST = 20.0
"""Seconds that no answer may take even on a machine that does other things: what hangs takes for ever."""

Spoil = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def removed(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 64) :]


def added(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.randbytes(chance.randrange(1, 64)) + data[place:]


def doubled(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    return b"\n".join([*lines[: place + 1], *lines[place:]])


def swapped(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    one, other = (chance.randrange(len(lines)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def lengthened(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice([b"\n", b"A", b"\r\n", b"\0", b"\xff", b"9"]) * 9000 + data[place:]


def nonsense(chance: random.Random, data: bytes) -> bytes:
    return chance.randbytes(chance.randrange(1, 2048))


def nested(chance: random.Random, data: bytes) -> bytes:
    return chance.choice([b"[", b'{"a":']) * chance.randrange(1, 100_000)


SPOILS: tuple[Spoil, ...] = (flipped, cut, removed, added, doubled, swapped, lengthened, nonsense)


def memory() -> int:
    """What this process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Trial:
    """Counts what was answered; a fault or a hang fails at once and names what was sent."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.taken = 0

    def note(self, answer: httpx.Response, began: float, sent: str) -> None:
        """One answer."""
        assert time.monotonic() - began < SLOWEST, sent
        assert answer.status_code < 500, (answer.status_code, answer.text[:300], sent)
        if answer.status_code >= 400:
            self.codes[answer.json()["code"]] += 1
        else:
            self.taken += 1


async def try_manifest(trial: Trial, client: httpx.AsyncClient, section: str, envelope: Envelope, text: bytes) -> None:
    """Open an upload with these bytes as the manifest, or as the whole request."""
    told = {
        "manifest": text.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode(),
        "signature": b64(envelope.signature),
        "certificate": b64(envelope.certificate),
    }
    began = time.monotonic()
    answer = await client.post(f"/api/sections/{section}/bids", json=told)
    trial.note(answer, began, f"manifest {text[:200]!r}")


async def try_container(
    trial: Trial, client: httpx.AsyncClient, signer: KeyFileSigner, envelope: Envelope, data: bytes
) -> None:
    """A sound manifest over a malformed container, signed, uploaded and handed in.

    What is spoilt behind the header cannot be seen before the opening, so such a bid is taken.
    """
    blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)] or [b""]
    root = merkle.root(merkle.leaf_hash(block) for block in blocks)
    parts = with_entry(envelope.manifest, "technical", size=max(1, len(data)), root=root)
    manifest = replace(envelope.manifest, parts=parts)
    told = {
        "manifest": manifest.encode().decode(),
        "signature": b64(signer.sign(manifest.digest)),
        "certificate": b64(certificate_of(signer)),
    }
    section, sent, began = manifest.section, f"container {data[:200]!r}", time.monotonic()
    answer = await client.post(f"/api/sections/{section}/bids", json=told)
    if answer.status_code < 300:
        bid = answer.json()["bid"]
        answer = await client.put(f"/api/bids/{bid}/parts/technical/blocks/0", content=blocks[0])
        if answer.status_code < 300:
            for part in ("commercial", "opening-form"):
                await client.put(f"/api/bids/{bid}/parts/{part}/blocks/0", content=envelope.containers[part])
        trial.note(answer, began, sent)
        answer = await client.post(f"/api/bids/{bid}/submission", json={})
    trial.note(answer, began, sent)


async def tried(hall: Hall, count: int) -> Trial:
    """So many malformed things, half of them manifests; prints what came of them."""
    chance, trial, section = random.Random(CHANCE), Trial(), await hall.a_tender(3600)
    envelope, signer = await an_envelope(hall, section), hall.signers["bidder1"]
    text, container = envelope.manifest.encode(), envelope.containers["technical"]
    head = container[: container.index(b"---\n") + 60]
    before = 0
    async with await hall.client("bidder1") as client:
        for turn in range(count):
            spoil = chance.choice(SPOILS)
            if turn % 2:
                body = spoil(chance, head) + (container[len(head) :] if chance.random() < 0.5 else b"")
                await try_container(trial, client, signer, envelope, body)
            else:
                await try_manifest(trial, client, section, envelope, chance.choice((spoil, nested))(chance, text))
            if turn == count // 5:
                before = memory()
    grown = memory() - before
    told = json.dumps(dict(trial.codes.most_common()), sort_keys=True)
    print(f"\nmalformed {count}; chance {CHANCE}; memory grown {grown / 1e6:.1f} MB; codes {told}")
    assert grown < MEMORY
    return trial


@pytest.mark.soak
async def test_malformed_manifests_and_containers_are_refused_with_a_code(hall: Hall) -> None:
    trial = await tried(hall, QUICK)
    assert len(trial.codes) >= 5


@pytest.mark.soak
@pytest.mark.timeout(1500)
async def test_ten_thousand_malformed_things_cause_no_fault_no_hang_and_no_growth(hall: Hall) -> None:
    trial = await tried(hall, LONG)
    assert sum(trial.codes.values()) >= LONG // 2
