"""Steps 3 to 7 of a draw: escrows opened in one act, seed, tickets, seats with sealed names, later disclosure."""

from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.draw.actions import POOL
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.actions import fingerprint
from expertpool.experts.tables import Expert
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.crypto.seal import open_bytes
from infra.custody import duties
from infra.custody.actions import THRESHOLD, signed_keyset
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.kernel.canonical import canonical, digest, read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES

EXPERT = "seat expert"
EVIDENCE = "draw evidence"
SLIP = "seat slip"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


async def reveal_draw(work: Work, keys: PlatformKeys, draw_id: str) -> None:
    """Open the escrows, derive the seed, draw, and seat the chosen; runs once, a second call changes nothing.

    An escrow that does not open or contradicts its commitment ends the attempt and names the party: `draw.failed`.
    """
    require(work.ctx.actor, "draw.reveal")
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    if draw.state != DrawState.COMMITTED:
        return
    keyset = await work.session.get_one(Keyset, draw.keyset)
    released = await released_keys(work, keyset, keys.opening)
    if len(released) < THRESHOLD:
        raise Problem("opening.too-few-keys", have=len(released), need=THRESHOLD)
    frozen = frozen_pool(keys, draw)
    given = await _escrows(work.session, draw)
    opened = [_opened(unb64(given[body]), released, keyset) for body in BODIES]
    commitments = [bytes.fromhex(one) for one in await _commitments(work.session, draw)]
    try:
        rules.reveal(frozen.facts, commitments, opened)
    except Problem as problem:
        draw.state = LIFE.move("fail", DrawState(draw.state), work.ctx.actor.role)
        work.record(
            Event.DRAW_FAILED, draw_id, section=draw.section, region=draw.region, reason=problem.code,
            party=str(problem.facts.get("party")),
        )  # fmt: skip
        return
    await _seat(work, keys, draw, frozen, [value for value in opened if value is not None])


def frozen_pool(keys: PlatformKeys, draw: Draw) -> rules.Frozen:
    """The sealed pool of a frozen draw, in memory only."""
    assert draw.sealed_pool is not None
    document = read(keys.service.unwrap(POOL, draw.id, draw.sealed_pool))
    return rules.frozen_of({name: document[name] for name in ("facts", "secret", "lists")})


def evidence_of(keys: PlatformKeys, draw: Draw) -> dict[str, Any]:
    """The draw's evidence file; only for whoever may see it (see `disclosed_evidence`)."""
    assert draw.sealed_evidence is not None
    found: dict[str, Any] = read(keys.service.unwrap(EVIDENCE, draw.id, draw.sealed_evidence))
    return found


async def _seat(work: Work, keys: PlatformKeys, draw: Draw, frozen: rules.Frozen, r: list[bytes]) -> None:
    evidence = rules.disclose(frozen, r)
    selection = rules.draw(frozen, bytes.fromhex(evidence["seed"]))
    listed = rules.identities(frozen, selection)
    number = 0
    for pick in selection.out:
        if pick.alternate:
            continue
        number += 1
        expert = await _expert(work.session, keys, listed[pick.leaf].identity)
        await _fill(work, keys, draw, number, pick.specialty, expert)
    draw.sealed_evidence = keys.service.wrap(EVIDENCE, draw.id, canonical(evidence), work.ctx.random)
    draw.state = LIFE.move("reveal", DrawState(draw.state), work.ctx.actor.role)
    draw.revealed_at = work.ctx.now
    work.record(
        Event.DRAW_REVEALED,
        draw.id,
        section=draw.section,
        region=draw.region,
        seed=evidence["seed"],
        r=evidence["transcript"]["r"],
        result=digest(evidence["out"]).hex(),
        seats=number,
    )


async def _fill(work: Work, keys: PlatformKeys, draw: Draw, number: int, specialty: str, expert: Expert) -> None:
    seat_id = work.ctx.new_id("seat")
    slip = "".join(_LETTERS[byte % len(_LETTERS)] for byte in work.ctx.random(12))
    work.session.add(
        Seat(
            id=seat_id,
            section=draw.section,
            draw=draw.id,
            number=number,
            region=draw.region,
            specialty=specialty,
            sealed_expert=keys.service.wrap(EXPERT, seat_id, expert.id.encode(), work.ctx.random),
            sealed_slip=keys.service.wrap(SLIP, seat_id, slip.encode(), work.ctx.random),
            slip_hash=slip_hash(slip),
        )
    )
    expert.drawn_last_year += 1


def slip_hash(slip: str) -> bytes:
    """The hash under which a one-time sign-in slip is stored."""
    return sha256(b"seat slip/v1\0" + slip.strip().upper().encode()).digest()


def _opened(container: bytes, released: dict[int, bytes], keyset: Keyset) -> bytes | None:
    try:
        return open_bytes(container, released, keyset=signed_keyset(keyset))
    except Problem:
        return None


async def _escrows(session: AsyncSession, draw: Draw) -> dict[str, str]:
    given = await duties.answers(session, duties.ESCROW, draw.id)
    return {body: given[name]["container"] for body, name in await _names(session)}


async def _commitments(session: AsyncSession, draw: Draw) -> list[str]:
    given = await duties.answers(session, duties.COMMIT, draw.id)
    return [given[name]["commitment"] for _, name in await _names(session)]


async def _names(session: AsyncSession) -> list[tuple[str, str]]:
    """(body, trustee's name) in the draw's fixed order of parties."""
    return [(body, (await duties.trustee_of(session, body)).name) for body in BODIES]


async def _expert(session: AsyncSession, keys: PlatformKeys, identity: str) -> Expert:
    found = select(Expert).where(Expert.fingerprint == fingerprint(keys.service, identity))
    return (await session.execute(found)).scalar_one()
