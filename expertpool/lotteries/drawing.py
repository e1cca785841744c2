"""Steps 2 and 3 of a lottery: commitments and escrows come in, are opened in one act, and the whole file is public."""

import asyncio
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.draw.actions import bodies
from expertpool.lotteries.limits import allow_step, fail
from expertpool.lotteries.rules import published
from expertpool.lotteries.states import LIFE, LotteryState
from expertpool.lotteries.tables import LotteryAttempt
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.crypto.seal import open_bytes
from infra.crypto.sign import labelled, verify_ed25519
from infra.custody import duties
from infra.custody.actions import THRESHOLD, signed_keyset
from infra.custody.release import ask_for_release, released_keys
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical, digest, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES, COMMIT_LABEL

REVEAL = "reveal-lottery"
"""The job that opens the escrows once enough keys are released."""


async def take_commitment(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """Step 2: one body's commitment, public at once; with the third, escrows are asked for."""
    attempt = await _locked(work, duty.subject)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    commitment, signature = bytes.fromhex(str(answer.get("commitment"))), unb64(str(answer.get("signature")), 64)
    signed = labelled(COMMIT_LABEL, sha256(attempt.id.encode() + commitment).digest())
    if len(commitment) != 32 or not verify_ed25519(trustee.signer, signed, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"commitment": commitment.hex()})
    told = {"party": trustee.body, "commitment": commitment.hex(), "signature": b64(signature)}
    _record(work, Event.LOTTERY_COMMITMENT_GIVEN, attempt, f"/{trustee.body}", draw=attempt.id, **told)
    await work.session.flush()
    if len(await duties.answers(work.session, duties.COMMIT, attempt.id)) == len(BODIES):
        await ask_for_escrows(work, attempt)


async def ask_for_escrows(work: Work, attempt: LotteryAttempt) -> None:
    """Ask each body to seal its r to the trustees, once commitments and the escrow keyset stand."""
    keyset = await work.session.get_one(Keyset, attempt.keyset)
    given = await duties.answers(work.session, duties.COMMIT, attempt.id)
    if keyset.published_at is None or len(given) < len(BODIES) or attempt.state != LotteryState.FROZEN:
        return
    subjects = [f"{attempt.id}/{body}" for body in BODIES]
    wanted = select(Line.id).where(Line.event == Event.LOTTERY_COMMITMENT_GIVEN, Line.subject.in_(subjects))
    lines = list((await work.session.execute(wanted.order_by(Line.subject))).scalars())
    for trustee in (await bodies(work.session)).values():
        await duties.ask(
            work, trustee.name, duties.ESCROW, attempt.id, draw=attempt.id, keyset=keyset.document, lines=lines
        )
    await allow_step(work, attempt.id)


async def take_escrow(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """One body's escrow; with the third, `lottery.committed` releases the escrow keyset."""
    attempt = await _locked(work, duty.subject)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    container = b64(unb64(str(answer.get("container"))))
    duties.settle(work, duty, {"container": container})
    told = {"party": trustee.body, "container": container}
    _record(work, Event.LOTTERY_ESCROW_GIVEN, attempt, f"/{trustee.body}", draw=attempt.id, **told)
    await work.session.flush()
    given = await duties.answers(work.session, duties.ESCROW, attempt.id)
    if len(given) < len(BODIES):
        return
    attempt.state = LIFE.move("commit", LotteryState(attempt.state), work.ctx.actor.role)
    keyset = await work.session.get_one(Keyset, attempt.keyset)
    escrows = sorted(sha256(unb64(one["container"])).hexdigest() for one in given.values())
    line = _record(
        work, Event.LOTTERY_COMMITTED, attempt, outcome="open", keyset=b64(signed_keyset(keyset).digest),
        escrows=escrows,
    )  # fmt: skip
    await work.session.flush()
    await ask_for_release(work, keyset, line.id)
    await allow_step(work, attempt.id)


async def reveal(work: Work, keys: PlatformKeys, draw_id: str) -> None:
    """Open the escrows, derive the seed, draw, and keep the whole file; runs once, a second call changes nothing.

    An escrow that does not open or contradicts its commitment ends the attempt and names the party: `lottery.failed`.
    """
    require(work.ctx.actor, "draw.reveal")
    attempt = await _locked(work, draw_id)
    if attempt.state != LotteryState.COMMITTED:
        return
    keyset = await work.session.get_one(Keyset, attempt.keyset)
    released = await released_keys(work, keyset, keys.opening)
    if len(released) < THRESHOLD:
        raise Problem("opening.too-few-keys", have=len(released), need=THRESHOLD)
    commitments, containers = await _given(work.session, attempt)
    opened = [_opened(container, released, keyset) for container in containers]
    frozen = rules.frozen_of(attempt.pool)
    try:
        rules.reveal(frozen.facts, commitments, opened)
    except Problem as problem:
        await fail(work, attempt, problem.code, str(problem.facts.get("party")))
        return
    r = [value for value in opened if value is not None]
    told = await asyncio.to_thread(published, frozen, attempt.request, r)
    evidence = told["evidence"]
    attempt.told, attempt.revealed_at = canonical(told), work.ctx.now
    attempt.state = LIFE.move("reveal", LotteryState(attempt.state), work.ctx.actor.role)
    _record(
        work, Event.LOTTERY_REVEALED, attempt, seed=evidence["seed"], r=evidence["transcript"]["r"],
        result=digest(evidence["out"]).hex(), evidence=sha256(attempt.told).hexdigest(),
    )  # fmt: skip


def _record(work: Work, event: Event, attempt: LotteryAttempt, more: str = "", **facts: Any) -> Line:
    series = attempt.id.rpartition("/")[0]
    return work.record(event, attempt.id + more, section=series, region=attempt.region, **facts)


async def _given(session: AsyncSession, attempt: LotteryAttempt) -> tuple[list[bytes], list[bytes]]:
    """Commitments and escrow containers in the order of the parties."""
    named = [trustee.name for trustee in (await bodies(session)).values()]
    promised = await duties.answers(session, duties.COMMIT, attempt.id)
    sealed = await duties.answers(session, duties.ESCROW, attempt.id)
    return (
        [bytes.fromhex(promised[name]["commitment"]) for name in named],
        [unb64(sealed[name]["container"]) for name in named],
    )


def _opened(container: bytes, released: dict[int, bytes], keyset: Keyset) -> bytes | None:
    try:
        return open_bytes(container, released, keyset=signed_keyset(keyset))
    except Problem:
        return None


async def _locked(work: Work, draw_id: str) -> LotteryAttempt:
    return await work.session.get_one(LotteryAttempt, draw_id, with_for_update=True)
