"""Steps 3 to 7 of a draw: escrows opened in one act, seed, tickets, seats with sealed names, later disclosure."""

import asyncio
from collections import Counter
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.draw.actions import bodies
from expertpool.draw.called import keep_called
from expertpool.draw.drawings import note_drawing
from expertpool.draw.halves import tickets
from expertpool.draw.limits import fail
from expertpool.draw.places import keep_places
from expertpool.draw.pools import Pool, persons_at, read_pool
from expertpool.draw.standing import vacancies
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Alternate, Draw, Seat
from expertpool.experts.actions import fingerprint
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.permissions import require
from infra.crypto.lottery import Pick, Selection
from infra.crypto.seal import open_bytes
from infra.custody import duties
from infra.custody.actions import THRESHOLD, signed_keyset
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import canonical, digest, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.trustee.duties import BODIES

EXPERT = "seat expert"
EVIDENCE = "draw evidence"
SLIP = "seat slip"
ALTERNATE = "seat alternate"
INVITE, RESCREEN = "invite", "rescreen"
"""The job that calls the holder of every seat who has not been called."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


async def reveal_draw(work: Work, objects: Objects, keys: PlatformKeys, draw_id: str) -> None:
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
    pool = await read_pool(work.session, objects, keys.service, draw)
    given = await _escrows(work.session, draw)
    opened = [_opened(unb64(given[body]), released, keyset) for body in BODIES]
    commitments = [bytes.fromhex(one) for one in await _commitments(work.session, draw)]
    try:
        rules.reveal(pool.facts, commitments, opened)
    except Problem as problem:
        await fail(work, draw, problem.code, str(problem.facts.get("party")))
        return
    await _seat(work, objects, keys, draw, pool, [value for value in opened if value is not None])


async def _seat(work: Work, objects: Objects, keys: PlatformKeys, draw: Draw, pool: Pool, r: list[bytes]) -> None:
    seed = rules.seed_from(pool.facts, r)
    rows = {specialty: listing.rows for specialty, listing in pool.lists.items()}
    selection = await asyncio.to_thread(rules.selected, pool.facts, seed, rows, tickets)
    evidence = rules.disclosed(pool.facts, r, seed, selection)
    experts = await _experts(work.session, objects, keys, draw, pool, selection)
    seats = await _numbers(work, draw, selection)
    places = Counter[str]()
    for pick in selection.out:
        if pick.alternate:
            places[pick.specialty] += 1
            _wait(work, keys, draw, places[pick.specialty], pick, experts[pick.leaf])
        else:
            await fill_seat(work, keys, draw, seats[pick.leaf], pick.specialty, experts[pick.leaf])
    keep_places(work, draw, len(seats))
    keep_called(keys.service, draw, [experts[pick.leaf] for pick in selection.out], work.ctx.random)
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
        seats=len(seats),
    )
    await enqueue(work, INVITE, draw=draw.id)
    await enqueue(work, RESCREEN, section=draw.section)


async def _numbers(work: Work, draw: Draw, selection: Selection) -> dict[bytes, int]:
    """By leaf, the number of the seat it fills: from 1 in drawn order; of a supplement the vacant ones, lowest first."""
    taken = [pick for pick in selection.out if not pick.alternate]
    if not draw.supplement:
        return {pick.leaf: number for number, pick in enumerate(taken, 1)}
    free: dict[str, list[int]] = {}
    for seat in await vacancies(work.session, draw.section):
        if seat.number in draw.request["seats"]:
            free.setdefault(seat.specialty, []).append(seat.number)
            await work.session.delete(seat)
    await work.session.flush()
    return {pick.leaf: free[pick.specialty].pop(0) for pick in taken}


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


async def _experts(
    session: AsyncSession, objects: Objects, keys: PlatformKeys, draw: Draw, pool: Pool, selection: Selection
) -> dict[bytes, str]:
    """The ids of those drawn, by leaf; the identity that each was frozen with may have been corrected since.

    A pool that was sealed before it held the ids is asked for by fingerprint.
    """
    leaves = [pick.leaf for pick in selection.out]
    places = {leaf: place for one in pool.lists.values() for leaf, place in one.persons(leaves).items()}
    persons = await persons_at(session, objects, keys.service, draw, pool, set(places.values()))
    drawn = {leaf: persons[place] for leaf, place in places.items()}
    without = {fingerprint(keys.service, one.identity): one.identity for one in drawn.values() if not one.expert}
    found = await session.execute(select(Expert.fingerprint, Expert.id).where(Expert.fingerprint.in_(without)))
    by_identity = {without[mark]: expert for mark, expert in found}
    return {leaf: one.expert or by_identity[one.identity] for leaf, one in drawn.items()}
