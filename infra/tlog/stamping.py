"""Asking time-stamp authorities (RFC 3161) for tokens over the newest checkpoint; one that is away holds up nothing."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog.evidence import QUORUM, latest
from infra.tlog.tables import Checkpoint, TimeToken
from infra.tlog.time_tokens import MOST_BYTES, QUERY, ask, check_token, stamped

log = logging.getLogger("openhall.time-stamps")

BOUND = (Event.SECTION_CLOSED, Event.DRAW_FROZEN, Event.DRAW_REVEALED, Event.MARKS_PUBLISHED)
"""Events whose time others must be able to prove without trusting platform or trustees."""
AT_LEAST_EVERY = timedelta(hours=1)
LOOK_EVERY = 5.0
REST = 60.0
"""Seconds after which an authority that failed is asked again."""
TIMEOUT = 15.0


@dataclass(frozen=True)
class TimeStampAuthority:
    """Where an authority answers, and the DER certificate at its root."""

    url: str
    anchor: bytes


def authorities(urls: Mapping[str, str], anchors: Mapping[str, bytes], folder: Path) -> dict[str, TimeStampAuthority]:
    """The configured authorities; `settings.bad-time-stamp-file` for one whose root certificate is not there."""
    for name in urls:
        if name not in anchors:
            path = folder / f"{name}.pem"
            raise Problem("settings.bad-time-stamp-file", name=name, path=path, why="there is no such file")
    return {name: TimeStampAuthority(url, anchors[name]) for name, url in urls.items()}


async def run_forever(database: Database, asked: Mapping[str, TimeStampAuthority], stop: asyncio.Event) -> None:
    """Keep every authority asked until `stop`; each on its own, so that a slow one delays no other."""
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
        turns = (_one_forever(database, http, name, authority, stop) for name, authority in asked.items())
        await asyncio.gather(stop.wait(), *turns)


async def stamp(database: Database, http: httpx.AsyncClient, name: str, authority: TimeStampAuthority) -> bool:
    """Whether a token was due and is kept now; `log.time-token` or an HTTP error where the authority gives none."""
    async with database.reading() as session:
        checkpoint = await _due(session, name)
    if checkpoint is None:
        return False
    content = stamped(checkpoint.note, checkpoint.note.partition("\n")[0])
    answer = await http.post(authority.url, content=ask(content), headers={"content-type": QUERY})
    answer.raise_for_status()
    _, at = check_token(answer.content[: MOST_BYTES + 1], content, {name: authority.anchor})
    async with database.work(SYSTEM) as work:
        row = insert(TimeToken).values(size=checkpoint.size, authority=name, at=at, token=answer.content)
        await work.session.execute(row.on_conflict_do_nothing())
    return True


async def _one_forever(
    database: Database, http: httpx.AsyncClient, name: str, authority: TimeStampAuthority, stop: asyncio.Event
) -> None:
    while not stop.is_set():
        pause = LOOK_EVERY
        try:
            await stamp(database, http, name, authority)
        except (httpx.HTTPError, httpx.InvalidURL, Problem) as error:
            log.warning("no time token of %s: %s", name, error)
            pause = REST
        except (OSError, DBAPIError) as error:
            log.error("time stamps: the database is away: %s", error)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue


async def _due(session: AsyncSession, name: str) -> Checkpoint | None:
    """The newest co-signed checkpoint, if there is a bound event or an hour between it and the last one stamped."""
    checkpoint = await latest(session, QUORUM)
    if checkpoint is None:
        return None
    last = select(func.max(TimeToken.size), func.max(TimeToken.at)).where(TimeToken.authority == name)
    size, at = (await session.execute(last)).one()
    if size is None or checkpoint.at - at >= AT_LEAST_EVERY:
        return checkpoint if size is None or checkpoint.size > size else None
    bound = select(Line.id).where(Line.event.in_(BOUND), Line.leaf >= size, Line.leaf < checkpoint.size)
    return checkpoint if (await session.execute(bound.limit(1))).scalar() is not None else None
