"""Everything a section's addresses and its stream answer to judges 2 to 5, the officials, a bidder and the public."""

import re
from collections.abc import Sequence
from dataclasses import replace

import httpx
from applications import app_on
from scenes import Hall
from streams import stream

from infra.custody.bell import Bell
from infra.kernel.channels import section_channel
from infra.live import Hub, cursor_of
from web.security import session_cookie_name

COOKIE = session_cookie_name(False)


async def everything(
    hall: Hall, section: str, bids: Sequence[str], judges: Sequence[httpx.AsyncClient]
) -> dict[str, str]:
    """Every address of the section as judges 2 to 5, the officials and the public are answered."""
    tender, place = section.split("/")
    known = {"tender": tender, "section": place, "number": place, "bid": bids[0], "part": "technical"}
    paths = sorted(
        {
            re.sub(r"\{(\w+)(:\w+)?\}", lambda name: known.get(name[1], "nothing"), route.path)
            for route in hall.app.routes
            if "GET" in getattr(route, "methods", ()) and not route.path.startswith(("/static", "/live", "/en"))
        }
    )
    paths = [path for path in paths if path.startswith(("/judge", "/desk", "/messages")) or section in path]
    told = await _streamed(hall, section, judges)
    for login in (None, "centre", "agent", "procurer", "supervisor", "bidder1"):
        async with await hall.client(login) as client:
            for path in paths:
                told[f"{login} {path}"] = (await client.get(path)).text
    for number, judge in enumerate(judges[1:], 2):
        for path in paths:
            told[f"J{number} {path}"] = (await judge.get(path)).text
    return told


async def _streamed(hall: Hall, section: str, judges: Sequence[httpx.AsyncClient]) -> dict[str, str]:
    """Everything the section's stream has told so far, as the public and as each judge hears it."""
    channel = section_channel(section)
    hub = Hub(hall.database, Bell(hall.database.dsn))
    app = app_on(replace(hall.stack, hub=hub))
    async with hall.database.reading() as session:
        newest = await cursor_of(session, channel)
    told: dict[str, str] = {}
    for number, judge in enumerate([None, *judges]):
        cookies = "" if judge is None else f"{COOKIE}={judge.cookies[COOKIE]}"
        async with stream(app, f"/live/{channel}?after=0", cookie=cookies) as client:
            await client.until(newest)
            told[f"J{number} stream" if number else "public stream"] = client.body.decode()
    await hub.close()
    return told
