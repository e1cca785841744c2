"""The log explorer: what the log says, every leaf, its checkpoints, the published sealing code; works without scripts."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto.seal_header import SECTION
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.publication.logged import disclosed_before, disclosed_entry, disclosed_manifest, disclosed_of
from web.announcing import published_bundles, served_bundle
from web.i18n import N_
from web.public.log_view import PAGE, Head, heads, in_words, leaves, newest_head, sealing_of
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

PUBLIC = {"audience": "public"}
VIEWS = (
    ("/log", N_("Disclosed events")),
    ("/log/leaves", N_("Every leaf")),
    ("/log/history", N_("Checkpoints")),
    ("/log/bundles", N_("Sealing code")),
)
LONGEST_QUESTION = 200
OF_A_SECTION = 500

_NUMBER = re.compile(r"#?(\d{1,18})", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_B64 = re.compile(r"[A-Za-z0-9+/]{43}=")
_SECTION = re.compile(SECTION)


class Answer(NamedTuple):
    """Where a search leads: a leaf, a section, or (both None) nowhere."""

    leaf: int | None = None
    section: str | None = None


@get("/log", opt=PUBLIC)
async def explorer(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """Disclosed events from the newest backwards: `?before=` a leaf, `?section=`, or `?q=` to look something up."""
    question = request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
    section = request.query_params.get("section", "")[:LONGEST_QUESTION]
    before = _number(request, "before")
    async with stack.database.reading() as session:
        if question:
            found = await _look_up(session, question)
            if found.leaf is not None:
                return Redirect(visit.url(f"/log/leaves/{found.leaf}"), status_code=303)
            section = found.section or section
        head = await newest_head(session, visit.now)
        size = head.size if head else 0
        if section and "\0" not in section:
            lines, older = await disclosed_of(session, section, OF_A_SECTION), None
            lines = [line for line in reversed(lines) if (line.leaf or 0) < size]
        else:
            lines, older = await disclosed_before(session, size if before is None else min(before, size), PAGE)
    missed = question if question and not section else ""
    facts = {"rows": in_words(lines), "older": older, "section": section, "missed": missed, "question": question}
    return _page(visit, stack, "public/log.html", head, facts)


@get("/log/leaves", opt=PUBLIC)
async def every_leaf(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Every leaf of one stretch of the log: `?from=` its first, the newest without."""
    async with stack.database.reading() as session:
        head = await newest_head(session, visit.now)
        size = head.size if head else 0
        last = max(size - 1, 0)
        asked = _number(request, "from")
        first = min(last if asked is None else asked, last) // PAGE * PAGE
        rows = await leaves(session, first, min(first + PAGE, size))
    turns = {
        "earlier": first - PAGE if first else None,
        "later": first + PAGE if first + PAGE < size else None,
    }
    return _page(visit, stack, "public/log_leaves.html", head, {"rows": rows, "first": first, **turns})


@get("/log/leaves/{leaf:str}", opt=PUBLIC)
async def one_leaf(leaf: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One leaf: its entry, what it is as far as anybody can tell, its proof to take away; `log.no-entry` beyond the log."""
    asked = _NUMBER.fullmatch(leaf)
    if asked is None:
        raise Problem("page.unknown", path=visit.path)
    index = int(asked[1])
    async with stack.database.reading() as session:
        head = await newest_head(session, visit.now)
        if head is None or index >= head.size:
            raise Problem("log.no-entry", leaf=index)
        [row] = await leaves(session, index, index + 1)
        sealed = await sealing_of(session, row.line)
    salt = b64(row.line.salt) if row.line is not None and row.line.salt is not None else ""
    return _page(visit, stack, "public/log_leaf.html", head, {"row": row, "salt": salt, "sealed": sealed})


@get("/log/history", opt=PUBLIC)
async def history(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Kept checkpoints with their co-signatures and time tokens, newest first: `?before=` a size."""
    async with stack.database.reading() as session:
        head = await newest_head(session, visit.now)
        rows = await heads(session, _number(request, "before"))
    older = rows[-1].size if len(rows) == PAGE else None
    return _page(visit, stack, "public/log_history.html", head, {"rows": rows, "older": older})


@get("/log/bundles", opt=PUBLIC)
async def bundles(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The sealing code this page's server gives to browsers, and every one that was published in the log."""
    async with stack.database.reading() as session:
        head = await newest_head(session, visit.now)
        lines = await published_bundles(session)
    served = served_bundle()
    at = next((line.leaf for line in lines if line.subject == f"bundle:{served.digest.hex()}"), None)
    facts = {"served": served, "at": at, "rows": lines}
    return _page(visit, stack, "public/log_bundles.html", head, facts)


def _page(visit: Visit, stack: Stack, template: str, head: Head | None, facts: Mapping[str, Any]) -> Response[str]:
    origin = stack.settings.origin
    return page(visit, template, demo=stack.demo, head=head, views=VIEWS, site_origin=origin, **facts)


async def _look_up(session: AsyncSession, question: str) -> Answer:
    """By number of a leaf, by entry or manifest hash (hex or base64) of a disclosed event, by section.

    What is not disclosed is not found, whether it is there or not.
    """
    if number := _NUMBER.fullmatch(question):
        return Answer(leaf=int(number[1]))
    if _HEX.fullmatch(question) or _B64.fullmatch(question):
        digest = bytes.fromhex(question) if _HEX.fullmatch(question) else _decoded(question)
        line = await disclosed_entry(session, digest) or await disclosed_manifest(session, digest)
        return Answer() if line is None else Answer(leaf=line.leaf)
    return Answer(section=question) if _SECTION.fullmatch(question) else Answer()


def _decoded(text: str) -> bytes:
    try:
        return unb64(text, 32)
    except Problem:
        return b""


def _number(request: AnyRequest, name: str) -> int | None:
    asked = _NUMBER.fullmatch(request.query_params.get(name, ""))
    return int(asked[1]) if asked else None


HANDLERS = [explorer, every_leaf, one_leaf, history, bundles]
