"""Steps 3 to 7 of a draw: escrows opened in one act, seed, tickets, seats with sealed names, later disclosure."""

import asyncio
from collections import Counter
from collections.abc import Collection
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.draw.actions import POOL, bodies
from expertpool.draw.drawings import note_drawing
from expertpool.draw.limits import fail
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Alternate, Draw, Seat
from expertpool.experts.actions import fingerprint
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.permissions import require
from infra.crypto.lottery import Pick
from infra.crypto.seal import open_bytes
from infra.custody import duties
from infra.custody.actions import THRESHOLD, signed_keyset
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import canonical, digest, read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES

EXPERT = "seat expert"
EVIDENCE = "draw evidence"
SLIP = "seat slip"
ALTERNATE = "seat alternate"
INVITE, RESCREEN = "invite", "rescreen"
"""The job that calls the holder of every seat who has not been called."""
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
    frozen = await asyncio.to_thread(frozen_pool, keys, draw)
    given = await _escrows(work.session, draw)
    opened = [_opened(unb64(given[body]), released, keyset) for body in BODIES]
    commitments = [bytes.fromhex(one) for one in await _commitments(work.session, draw)]
    try:
        rules.reveal(frozen.facts, commitments, opened)
    except Problem as problem:
        await fail(work, draw, problem.code, str(problem.facts.get("party")))
        return
    await _seat(work, keys, draw, frozen, [value for value in opened if value is not None])


def frozen_pool(keys: PlatformKeys, draw: Draw) -> rules.Frozen:
    """The sealed pool of a frozen draw, in memory only."""
    document = pool_document(keys, draw)
    return rules.frozen_of({name: document[name] for name in ("facts", "secret", "lists")})


def evidence_of(keys: PlatformKeys, draw: Draw) -> dict[str, Any]:
    """The draw's evidence file; only for whoever may see it (see `disclosed_evidence`)."""
    assert draw.sealed_evidence is not None
    found: dict[str, Any] = read(keys.service.unwrap(EVIDENCE, draw.id, draw.sealed_evidence))
    return found


async def _seat(work: Work, keys: PlatformKeys, draw: Draw, frozen: rules.Frozen, r: list[bytes]) -> None:
    evidence = await asyncio.to_thread(rules.disclose, frozen, r)
    selection = rules.draw(frozen, bytes.fromhex(evidence["seed"]))
    drawn = {leaf: row.identity for leaf, row in rules.identities(frozen, selection).items()}
    experts = await _experts(work.session, keys, draw, drawn.values())
    number, places = 0, Counter[str]()
    for pick in selection.out:
        if pick.alternate:
            places[pick.specialty] += 1
            _wait(work, keys, draw, places[pick.specialty], pick, experts[drawn[pick.leaf]])
        else:
            number += 1
            await fill_seat(work, keys, draw, number, pick.specialty, experts[drawn[pick.leaf]])
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
    await enqueue(work, INVITE, draw=draw.id)
    await enqueue(work, RESCREEN, section=draw.section)


async def fill_seat(work: Work, keys: PlatformKeys, draw: Draw, number: int, specialty: str, expert: str) -> Seat:
    """A new seat for the expert of this id, with a fresh one-time slip, both sealed to it; it counts as a drawing."""
    seat_id = work.ctx.new_id("seat")
    _, slip_is, sealed_slip = new_slip(work, keys.service, seat_id)
    seat = Seat(
        id=seat_id,
        section=draw.section,
        draw=draw.id,
        number=number,
        region=draw.region,
        specialty=specialty,
        sealed_expert=keys.service.wrap(EXPERT, seat_id, expert.encode(), work.ctx.random),
        sealed_slip=sealed_slip,
        slip_hash=slip_is,
    )
    work.session.add(seat)
    await note_drawing(work, keys.service, draw.id, number, specialty, expert)
    return seat


def new_slip(work: Work, keys: KeyService, seat_id: str) -> tuple[str, bytes, bytes]:
    """A fresh one-time code of twelve letters for a seat: the code, its hash, and the code sealed to the seat."""
    slip = "".join(_LETTERS[byte % len(_LETTERS)] for byte in work.ctx.random(12))
    return slip, slip_hash(slip), keys.wrap(SLIP, seat_id, slip.encode(), work.ctx.random)


def _wait(work: Work, keys: PlatformKeys, draw: Draw, place: int, pick: Pick, expert: str) -> None:
    subject = f"{draw.id}/{pick.specialty}/{place}"
    work.session.add(
        Alternate(
            draw=draw.id,
            specialty=pick.specialty,
            place=place,
            region=draw.region,
            leaf=pick.leaf,
            sealed_expert=keys.service.wrap(ALTERNATE, subject, expert.encode(), work.ctx.random),
        )
    )


def slip_hash(slip: str) -> bytes:
    """The hash under which a one-time sign-in slip is stored; blanks, hyphens and small letters make no difference."""
    code = "".join(slip.split()).replace("-", "").upper()
    return sha256(b"seat slip/v1\0" + code.encode("utf-8", "replace")).digest()


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
    return [(body, trustee.name) for body, trustee in (await bodies(session)).items()]


def pool_document(keys: PlatformKeys, draw: Draw) -> dict[str, Any]:
    """The sealed pool as it was frozen, with the ids of those who stand in it and of those left out."""
    assert draw.sealed_pool is not None
    found: dict[str, Any] = read(keys.service.unwrap(POOL, draw.id, draw.sealed_pool))
    return found


async def _experts(
    session: AsyncSession, keys: PlatformKeys, draw: Draw, identities: Collection[str]
) -> dict[str, str]:
    """The ids of those drawn, by the identity each was frozen with: it may have been corrected since.

    A pool that was sealed before it held the ids is asked for by fingerprint.
    """
    document = pool_document(keys, draw)
    if "experts" in document:
        pairs = zip(document["records"], document["experts"], strict=True)
        return {record[0]: expert for record, expert in pairs if record[0] in identities}
    known_by = {fingerprint(keys.service, identity): identity for identity in identities}
    found = await session.execute(select(Expert.fingerprint, Expert.id).where(Expert.fingerprint.in_(known_by)))
    return {known_by[mark]: expert for mark, expert in found}
