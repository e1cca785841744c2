"""Walking every page of the site as somebody, and telling apart what differs from what only looks different."""

import io
import re
import zipfile
from collections.abc import Iterator

import httpx
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from scenes import Hall
from sqlalchemy import select

from infra.tlog.tables import Checkpoint
from trading.notices.tables import Notice

NOISE = re.compile(
    "|".join(
        (
            r"<(count-down|time)\b[^>]*>.*?</\1>",
            r"(?s:<(\w+)\b[^>]* data-log\b[^>]*>.*?</\2>)",
            r"(datetime|data-[a-z-]+)=\"[^\"]*\"",
            r"(?:[0-9a-f]{4} )+… [0-9a-f]{4}",
            r"[0-9a-f]{16,}",
            r"[A-Za-z0-9+/_-]{40,}={0,2}",
            r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?|\d\d:\d\d(:\d\d)?",
            r"\b[2-9A-HJ-NP-Z]{10}\b",
        )
    )
)
"""Times, hashes, tokens and incident numbers: what differs between any two looks at the same thing."""

GROWING = ("/log/periods.json",)
"""What grows by the clock alone: `test_indistinguishable_log.py` looks at it."""


async def walk(hall: Hall, section: str, login: str | None, **ids: str) -> dict[str, str]:
    """Status and body of every GET route with this section's own ids in its path, as a login (None: the public) sees it.

    What is packed is unpacked. Further `ids` stand for what else a path asks for.
    """
    known = await _names(hall, section) | ids
    async with await hall.client(login) as client:
        told = {}
        # The English twin of a page is made of the same data: the public's look at it suffices.
        for path in sorted(path for path in set(_paths(hall, known)) if login is None or not path.startswith("/en")):
            response = await client.get(path, headers={"accept-encoding": "identity"})
            told[path] = unpacked(response)
    return told


def unpacked(response: httpx.Response) -> str:
    """Status and body; of a ZIP (a workbook is one) every member, for packing hides what is inside."""
    if not response.content.startswith(b"PK\x03\x04"):
        return f"{response.status_code} {response.text}"
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        members = [f"{name}\n{packed.read(name).decode(errors='replace')}" for name in sorted(packed.namelist())]
    return "\n".join((str(response.status_code), *members))


async def walk_without_noise(hall: Hall, section: str, login: str | None) -> dict[str, str]:
    """The same modulo times, random values and the size of the log."""
    async with hall.database.reading() as session:
        log = (await session.execute(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(2))).scalars()
        sizes = [one.size for one in log]
    return {path: _quiet(page, sizes) for path, page in (await walk(hall, section, login)).items()}


def _quiet(body: str, sizes: list[int]) -> str:
    body = NOISE.sub("~", body)
    for size in sizes:
        body = re.sub(rf"\b({size}|{size:,})\b", "SIZE", body)
    return body


async def _names(hall: Hall, section: str) -> dict[str, str]:
    tender, number = section.split("/")
    async with hall.database.reading() as session:
        notice = (await session.execute(select(Notice.id).where(Notice.section == section).limit(1))).scalar_one()
    return {"tender": tender, "section": number, "number": number, "notice_id": notice, "notice": notice}


def _paths(hall: Hall, known: dict[str, str]) -> Iterator[str]:
    for route in hall.app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        gettable = [
            one for one in route.route_handlers if isinstance(one, HTTPRouteHandler) and "GET" in one.http_methods
        ]
        if gettable and not route.path.startswith(("/static", *GROWING)):
            yield re.sub(r"\{(\w+)(:\w+)?\}", lambda name: known.get(name[1], "nothing").strip("/"), route.path)
