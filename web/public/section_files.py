"""What can be taken away from a section and checked at home: evaluation, draws, marks, evidence file, single events."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from expertpool.draw.disclosing import BUCKET, evidence_key
from expertpool.draw.evidence_file import draw_file
from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.archive.actions import evidence_file
from trading.archive.bundle import unpack
from trading.publication.given import given_of
from trading.publication.queries import Dossier, announced_draws, dossier, proof_of
from trading.sections.queries import public_section
from trading.sections.tables import Section
from web.public.results import mark_lines, results
from web.state import Stack
from web.visit import AnyRequest, Visit

PUBLIC = {"audience": "public"}
PACKED = {**PUBLIC, "packed": True}
JSON = "application/json"
_DRAW = re.compile(r"draw-([1-9][0-9]{0,5})\.json")
_EVENT = re.compile(r"([0-9]{1,18})\.json")
_BYTES = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})", re.ASCII)
_KEPT = 256


class Sealed(NamedTuple):
    """What people are told of an evidence file before they fetch it."""

    sha256: str
    size: int


class Shelf:
    """Digests of sealed evidence files, which never change once they are sealed; each is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Sealed] = {}

    async def sealed(self, stack: Stack, section: Section) -> Sealed | None:
        """The digest and size of a section's evidence file, None before it is sealed."""
        if section.evidence is None:
            return None
        key = (section.id, section.evidence)
        if key not in self._known:
            data = await evidence_file(stack.objects, section)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = Sealed(sha256(data).hexdigest(), len(data))
        return self._known[key]


@get("/sections/{tender:str}/{number:str}/evaluation.json", opt=PUBLIC)
async def evaluation(tender: FromPath[str], number: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The evaluation's evidence for `openhall recompute evaluation`; `marks.unpublished` before the marks are public."""
    found = await _found(stack, tender, number)
    if found.evaluation is None:
        raise Problem("marks.unpublished", section=found.section.id)
    return _file(canonical(found.evaluation.evidence), "evaluation.json", JSON)


@get("/sections/{tender:str}/{number:str}/marks.csv", opt=PUBLIC)
async def marks_table(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """Every judge's mark of every item as CSV; `marks.unpublished` before they are public."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        given = await given_of(session, found)
    told = results(found)
    if told is None:
        raise Problem("marks.unpublished", section=found.section.id)
    return _file(_joined(mark_lines(found, told, visit, given)), "marks.csv", "text/csv")


@get("/sections/{tender:str}/{number:str}/evidence.zip", opt=PACKED)
async def evidence(tender: FromPath[str], number: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The sealed evidence file; `section.no-evidence` before the section is archived."""
    return _file(await _sealed_file(stack, tender, number), "evidence.zip", "application/zip")


@get("/sections/{tender:str}/{number:str}/report.html", opt=PUBLIC)
async def report(tender: FromPath[str], number: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The readable report out of the evidence file, to be kept: it carries its own styles and so is never shown here."""
    members = unpack(await _sealed_file(stack, tender, number))
    return _file(members["report.html"], "report.html", "text/html")


@get("/sections/{tender:str}/{number:str}/{name:str}", opt=PUBLIC)
async def draw(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    name: FromPath[str],
    stack: NamedDependency[Stack],
) -> Response[bytes] | Stream:
    """`draw-1.json`: a draw's evidence for `openhall recompute draw`; `draw.undisclosed` before the marks are public.

    It comes as it lies in the store, never as a whole in memory; `Range: bytes=…` goes on with a download that broke off.
    """
    asked = _DRAW.fullmatch(name)
    if asked is None:
        raise Problem("page.unknown", path=name)
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        draws = {one.number: one for one in await announced_draws(session, found)}
        if int(asked[1]) not in draws:
            raise Problem("draw.undisclosed", section=found.section.id, number=asked[1])
        one = draws[int(asked[1])]
        if one.disclosed_at is None:
            # Revealed before draws were disclosed by themselves: nothing of it lies in the store.
            async with draw_file(session, stack.objects, stack.keys.service, one) as written:
                return _file(written.file.read(), name, JSON)
    return await _stored(request, stack.objects, evidence_key(one), name)


@get("/sections/{tender:str}/{number:str}/events/{name:str}", opt=PUBLIC)
async def event(
    tender: FromPath[str], number: FromPath[str], name: FromPath[str], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """`189.json`: the readable event at that leaf with salt and proof; any other leaf is unknown, hidden ones too."""
    asked = _EVENT.fullmatch(name)
    if asked is None:
        raise Problem("page.unknown", path=name)
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        shown = await proof_of(session, found, int(asked[1]))
    return _file(canonical(shown), f"event-{asked[1]}.json", JSON)


async def _found(stack: Stack, tender: str, number: str) -> Dossier:
    async with stack.database.reading() as session:
        return await dossier(session, f"{tender}/{number}")


async def _sealed_file(stack: Stack, tender: str, number: str) -> bytes:
    async with stack.database.reading() as session:
        section = await public_section(session, f"{tender}/{number}")
    return await evidence_file(stack.objects, section)


async def _stored(request: AnyRequest, objects: Objects, key: str, name: str) -> Stream:
    size = (await objects.stat(BUCKET, key)).size
    first, last = _range(request.headers.get("range", ""), size)
    headers = _headers(name) | {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    part = (first, last) != (0, size - 1)
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    found = objects.stream(BUCKET, key, offset=first, length=last - first + 1)
    return Stream(found, media_type=JSON, headers=headers, status_code=206 if part else 200)


def _range(asked: str, size: int) -> tuple[int, int]:
    """First and last byte of one range that begins within the file; the whole file for any other question."""
    found = _BYTES.fullmatch(asked)
    if found is None or int(found[1]) >= size:
        return 0, size - 1
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return (int(found[1]), last) if last >= int(found[1]) else (0, size - 1)


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(lines).encode()


def _file(content: bytes, name: str, media_type: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}


HANDLERS = [evaluation, marks_table, evidence, report, draw, event]
