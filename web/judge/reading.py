"""Reading bids: the files of one bid, or of two side by side, page by page; what is opened there is logged by `papers`."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.kernel.problems import Problem
from trading.evaluation.papers import papers_of
from web.judge.room import JUDGE, Room, Row, room_of, show
from web.public.section_view import PARTS
from web.state import Stack
from web.visit import AnyRequest, Visit

File = dict[str, str]
"""part, name and address of a file, as `<bid-papers>` takes it."""


@get("/judge/reading/{bid:str}", opt=JUDGE)
async def reading(
    request: AnyRequest, bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The viewer of a bid or, of a blind part, of its label; `?beside=` another, `?part=`, `?page=`; `paper.unknown`."""
    async with stack.database.reading() as session:
        room = await room_of(session, stack, visit)
        found = await papers_of(session, list(room.bids), room.fold) if room.checked and room.fold else {}
    row, other = _row(room, bid), request.query_params.get("beside", "")
    if row is None or row.key not in found:
        raise Problem("paper.unknown", part=bid[:40])
    beside = _row(room, other) if other != row.key else None
    if beside is not None and (beside.blind is not row.blind or beside.key not in found):
        beside = None
    files = {one.key: files_of(visit, one.key, found[one.key]) for one in (row, beside) if one is not None}
    place: dict[str, Any] = {"part": request.query_params.get("part", ""), "page": _page(request)}
    return show(visit, stack, "judge/reading.html", room, row=row, beside=beside, files=files, **place)


def files_of(visit: Visit, key: str, parts: Sequence[tuple[str, int]]) -> list[File]:
    """The files of a bid or label as the viewer takes them, the technical part first; from what `papers_of` found."""
    names = sorted((part for part, _ in parts), key=lambda part: (part != "technical", part))
    return [
        {
            "part": part,
            "name": visit.texts.gettext(PARTS[part]) if part in PARTS else part,
            "address": visit.url(f"/judge/bids/{key}/{part}"),
        }
        for part in names
    ]


def _row(room: Room, key: str) -> Row | None:
    return next((row for row in room.rows if row.key == key), None)


def _page(request: AnyRequest) -> int:
    asked = request.query_params.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 5 and int(asked) else 1


HANDLERS = [reading]
