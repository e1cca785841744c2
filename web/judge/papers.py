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
from infra.objects import Objects
from trading.blind.blanking import Blanker, around
from trading.evaluation.papers import Paper, paper_again, read_paper, take_paper
from web.forms import address
from web.judge.openings import HEADER, opened_before, opening_token
from web.judge.room import JUDGE
from web.state import Stack
from web.visit import AnyRequest, Visit

SHOWN = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What browsers show by themselves without running anything of it on this site."""

UNKNOWN = "application/octet-stream"
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
    """One file of a bid of the judge's own section, whole or a range; `paper.unknown` for all others, `paper.range`.

    `bid` is the label of a blind part, which comes without what it says of its maker beside its pages. A range that
    proves the file's opening is not written down once more; anything else is an opening.
    """
    found, token = await _open(request, visit, stack, bid, part)
    span = _span(request.headers.get("range"), found.size)
    start, stop = span or (0, found.size)
    pieces = _pieces(stack.objects, found, start, stop)
    first = await anext(pieces, b"")
    kind = next((name for mark, name in SHOWN.items() if start == 0 and first.startswith(mark)), UNKNOWN)
    headers = {**_headers(found, kind), "Content-Length": str(stop - start), **({HEADER: token} if token else {})}
    if span:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size}"
    return Stream(_again(first, pieces), status_code=206 if span else 200, media_type=kind, headers=headers)


async def _open(request: AnyRequest, visit: Visit, stack: Stack, bid: str, part: str) -> tuple[Paper, str | None]:
    """(the file, the token of its opening if this is one): written down before a byte is read, unless it was."""
    keys, session, asked = stack.keys.service, visit.form_key or "", request.query_params.get("opening", "")
    if session and opened_before(asked, keys, session, bid, part, visit.now):
        async with stack.database.reading() as reading:
            return await paper_again(reading, visit.actor, keys, visit.actor.id, bid, part), None
    async with recorded(stack.database, visit.actor, address(request), Read.BID_FILE, f"{bid}/{part}") as look:
        found = await take_paper(look.work, keys, visit.actor.id, bid, part)
        _span(request.headers.get("range"), found.size)
        look.section, look.facts = found.section, {"bytes": [0, found.size]}
    return found, opening_token(keys, session, bid, part, visit.now)


async def _pieces(objects: Objects, paper: Paper, start: int, stop: int) -> AsyncIterator[bytes]:
    """The range as its reader may see it."""
    if not paper.blind:
        async for piece in read_paper(objects, paper, start, stop):
            yield piece
        return
    first, last = around(start, stop, paper.size)
    blanker, at = Blanker(), first
    async for piece in read_paper(objects, paper, first, last):
        settled = await asyncio.to_thread(blanker.feed, piece)
        if shown := _cut(settled, at, start, stop):
            yield shown
        at += len(settled)
    yield _cut(blanker.end(), at, start, stop)


def _cut(piece: bytes, at: int, start: int, stop: int) -> bytes:
    """What of a piece that begins at `at` lies in the range."""
    return piece[max(0, start - at) : max(0, stop - at)]


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


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
        "Accept-Ranges": "bytes",
    }


HANDLERS = [paper]
