"""Step 7: when the marks are public a draw's evidence is too, as one file; and everybody of the pool finds the own leaf."""

from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select

from expertpool.draw import rules
from expertpool.draw.reveal import EVIDENCE, pool_document
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
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
        evidence = keys.service.unwrap(EVIDENCE, draw.id, draw.sealed_evidence or b"")
        await objects.put(BUCKET, evidence_key(draw), evidence, kind=JSON)
        draw.state = LIFE.move("disclose", DrawState(draw.state), work.ctx.actor.role)
        draw.disclosed_at = work.ctx.now
        work.record(
            Event.DRAW_DISCLOSED, draw.id, section=section, region=draw.region, evidence=sha256(evidence).hexdigest()
        )


def evidence_key(draw: Draw) -> str:
    """Where the evidence file of a disclosed draw lies in its bucket."""
    return f"{draw.id}.json"


def own_leaves(keys: PlatformKeys, draw: Draw, expert: str) -> list[dict[str, Any]] | Absent:
    """The leaves of the expert of this id with salts and inclusion proofs, or why there are none.

    `draw.undisclosed` before the draw is disclosed, whoever asks: until then nobody learns who stood in a pool.
    """
    if draw.state != DrawState.DISCLOSED:
        raise Problem("draw.undisclosed", section=draw.section, number=draw.number)
    document = pool_document(keys, draw)
    left = dict(zip(document.get("left_experts", ()), document.get("left", ()), strict=True))
    if expert in left:
        return Absent(left[expert][1])
    held = dict(zip(document.get("experts", ()), (record[0] for record in document["records"]), strict=False))
    if expert not in held:
        return Absent("unknown")
    frozen = rules.frozen_of({name: document[name] for name in ("facts", "secret", "lists")})
    return rules.membership(frozen, held[expert])
