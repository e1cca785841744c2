"""Having a bid's file read in a process of its own: bytes go through a pipe, never onto a disk; slow ones are ended."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from typing import Any

from trading.checks.file_facts import BILL

LARGEST = 200 << 20
SECONDS = 90.0
TAIL = 2048
LEADING = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def refused(code: str, **facts: object) -> dict[str, Any]:
    """What is told of a file that was not read."""
    return {"refused": code, "facts": {key: str(value) for key, value in facts.items()}}


async def read_file(part: str, size: int, pieces: AsyncIterator[bytes], seconds: float = SECONDS) -> dict[str, Any]:
    """What a file tells, with its SHA-256; `refused` where it is too large, takes too long or cannot be read."""
    digest, kept = sha256(), bytearray()
    async for piece in pieces:
        digest.update(piece)
        if size <= LARGEST:
            kept += piece
    told = await _told(part, size, bytes(kept), seconds)
    return {**told, "sha256": digest.hexdigest(), "size": size}


async def _told(part: str, size: int, data: bytes, seconds: float) -> dict[str, Any]:
    if size > LARGEST:
        return refused("check-file.too-large", most=LARGEST >> 20)
    if part != BILL and not data.startswith(LEADING):
        return refused("check-file.unknown")
    if data.startswith(b"%PDF-") and b"startxref" not in data[-TAIL:]:
        return refused("check-file.broken")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trading.checks.reader", part,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answer, _ = await asyncio.wait_for(child.communicate(data), seconds)
    except TimeoutError:
        return refused("check-file.too-long", seconds=int(seconds))
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError:
        return refused("check-file.broken")
    return found
