"""Step 7: when the marks are public a draw's evidence is too, as one file; and everybody of the pool finds the own leaf."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.draw.entries import Entry
from expertpool.draw.evidence_file import draw_file
from expertpool.draw.pools import each_piece
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.crypto.lottery import leaves_of
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects

BUCKET = "draws"
JSON = "application/json"


class Absent(NamedTuple):
    """Why somebody was left out of a draw: profession, region, status, unavailable or recusal, or `unknown` then."""

    why: str


async def disclose_draws(work: Work, objects: Objects, keys: PlatformKeys, section: str) -> None:
    """Put out the evidence of every revealed draw of a section whose marks this transaction made public; twice is once."""
    require(work.ctx.actor, "draw.disclose")
    waiting = select(Draw).where(Draw.section == section, Draw.state == DrawState.REVEALED)
    for draw in (await work.session.execute(waiting.order_by(Draw.number).with_for_update())).scalars():
        async with draw_file(work.session, objects, keys.service, draw) as evidence:
            await objects.put(BUCKET, evidence_key(draw), evidence.file, evidence.size, kind=JSON)
        draw.state = LIFE.move("disclose", DrawState(draw.state), work.ctx.actor.role)
        draw.disclosed_at = work.ctx.now
        digest = evidence.sha256.hex()
        work.record(Event.DRAW_DISCLOSED, draw.id, section=section, region=draw.region, evidence=digest)


def evidence_key(draw: Draw) -> str:
    """Where the evidence file of a disclosed draw lies in its bucket."""
    return f"{draw.id}.json"


async def own_leaves(
    session: AsyncSession, objects: Objects, keys: PlatformKeys, draw: Draw, expert: str
) -> list[dict[str, Any]] | Absent:
    """The leaves of the expert of this id with salts and inclusion proofs, or why there are none.

    `draw.undisclosed` before the draw is disclosed, whoever asks: until then nobody learns who stood in a pool.
    """
    if draw.state != DrawState.DISCLOSED:
        raise Problem("draw.undisclosed", section=draw.section, number=draw.number)
    leaves, own = dict[str, bytearray](), list[Entry]()
    async for batch in each_piece(session, objects, keys.service, draw):
        own += [entry for entry in batch if entry.expert == expert]
        await asyncio.to_thread(_add_leaves, leaves, batch)
    if not own:
        return Absent("unknown")
    if own[0].why is not None:
        return Absent(own[0].why)
    return await asyncio.to_thread(_proven, own[0], leaves)


def _add_leaves(leaves: dict[str, bytearray], batch: Iterable[Entry]) -> None:
    for entry in batch:
        for specialty, row in entry.listed():
            leaves.setdefault(specialty, bytearray()).extend(row.leaf)


def _proven(own: Entry, leaves: Mapping[str, bytearray]) -> list[dict[str, Any]]:
    return [rules.own_leaf(specialty, row, leaves_of(leaves[specialty])) for specialty, row in own.listed()]
