"""A bid's file in a judge's browser: decrypted as it is sent, whole or by range, shown only where a reader is safe."""

import asyncio
import re
from collections.abc import AsyncIterator

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from trading.blind.blanking import Blanker
from trading.evaluation.papers import Paper, read_paper, take_paper
from web.forms import address
from web.judge.room import JUDGE
from web.state import Stack
from web.visit import AnyRequest, Visit

SHOWN = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What browsers show by themselves without running anything of it on this site."""

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")


@get("/judge/bids/{bid:str}/{part:str}", opt={**JUDGE, "packed": True, "reads": Read.BID_FILE})
async def paper(
    request: AnyRequest,
    bid: FromPath[str],
    part: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Stream:
    """One file of a bid of the judge's own section; `paper.unknown` for all others, `paper.range`.

    `bid` is the label of a blind part, which is sent as a whole, without what it says of its maker beside its pages.
    """
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.BID_FILE, f"{bid}/{part}") as look:
        found = await take_paper(look.work, stack.keys.service, visit.actor.id, bid, part)
        span = None if found.blind else _span(request.headers.get("range"), found.size)
        look.section, look.facts = found.section, {"bytes": list(span or (0, found.size))}
    start, stop = span or (0, found.size)
    begins = b"".join([piece async for piece in read_paper(stack.objects, found, 0, min(8, found.size))])
    kind = next((name for mark, name in SHOWN.items() if begins.startswith(mark)), "application/octet-stream")
    headers = {**_headers(found, kind), "Content-Length": str(stop - start)}
    if span:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size}"

    pieces = read_paper(stack.objects, found, start, stop)
    return Stream(
        _without_properties(pieces) if found.blind else pieces,
        status_code=206 if span else 200,
        media_type=kind,
        headers=headers,
    )


async def _without_properties(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A file that is read blind: what it says of its maker beside its pages is blank."""
    blanker = Blanker()
    async for piece in pieces:
        yield await asyncio.to_thread(blanker.feed, piece)
    yield blanker.end()


def _span(asked: str | None, size: int) -> tuple[int, int] | None:
    """The range asked for, (first, one after the last); None for the whole. Several ranges at once are sent whole."""
    found = _RANGE.fullmatch(asked or "")
    if found is None:
        return None
    start, stop = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    if start >= stop:
        raise Problem("paper.range", size=size)
    return start, stop


def _headers(paper: Paper, kind: str) -> dict[str, str]:
    shown = "inline" if kind in ENDINGS else "attachment"
    name = f"{paper.shown}-{paper.part}.{ENDINGS.get(kind, 'bin')}"
    return {
        "Content-Disposition": f'{shown}; filename="{name}"',
        "Cache-Control": "no-store",
        "Accept-Ranges": "none" if paper.blind else "bytes",
    }


HANDLERS = [paper]
