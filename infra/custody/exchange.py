"""One exchange with a trustee: its co-signature and answers come in, the newest checkpoint and its duties go out."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import PlatformKeys
from infra.crypto.sign import labelled, verify_ed25519
from infra.custody import duties
from infra.custody.actions import signed_keyset
from infra.custody.policy import published_policy
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.kernel.canonical import b64, parse, unb64
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from infra.tlog import evidence, store
from infra.tlog.cosignature import verify_cosignature
from infra.tlog.note import parse_note, parse_vkey
from infra.tlog.tables import Checkpoint

log = logging.getLogger("openhall.custody")

REQUEST_LABEL = "openhall trustee request/v1"
CLOCK_LIMIT = timedelta(minutes=2)
Taker = Callable[[Work, Duty, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Exchange:
    """How answers of each kind are taken, and what the policy that a trustee pins at first contact is made of."""

    takers: Mapping[str, Taker]
    keys: PlatformKeys
    log_name: str


async def exchange(database: Database, desk: Exchange, body: bytes, signature: str) -> dict[str, Any]:
    """Serve one signed request. Each answer is a transaction of its own: one bad answer never undoes another."""
    request = parse(body)
    async with database.reading() as session:
        trustee = await _authentic(session, request, body, signature)
    actor = Actor(trustee.name, Role.TRUSTEE)
    async with database.work(actor) as work:
        _check_clock(request, work.ctx.now)
        (await work.session.get_one(Trustee, trustee.name)).seen_at = work.ctx.now
        if request["cosignature"] is not None:
            await _take_cosignature(work, trustee, request["cosignature"])
    for item in request["answers"]:
        try:
            async with database.work(actor) as work:
                duty = await duties.take(work, trustee.name, str(item["duty"]))
                await desk.takers[duty.kind](work, duty, item["answer"])
        except Problem as problem:
            log.warning("an answer of %s was refused: %s", trustee.name, problem)
    for duty_id, code in request["refused"].items():
        log.warning("%s refused duty %s: %s", trustee.name, duty_id, code)
    async with database.reading() as session:
        return await _reply(session, trustee, int(request["size"]), desk)


async def _authentic(session: AsyncSession, request: Any, body: bytes, signature: str) -> Trustee:
    trustee = await session.get(Trustee, str(request.get("trustee")))
    signed = labelled(REQUEST_LABEL, sha256(body).digest())
    if trustee is None or not verify_ed25519(trustee.signer, signed, unb64(signature)):
        raise Problem("trustee.unknown")
    return trustee


def _check_clock(request: Mapping[str, Any], now: datetime) -> None:
    """An old request may not be played again, and a trustee with a wrong clock must be told so."""
    told = datetime.fromisoformat(str(request["at"]))
    if abs(told - now) > CLOCK_LIMIT:
        raise Problem("trustee.clock", told=told, now=now)


async def _take_cosignature(work: Work, trustee: Trustee, given: Mapping[str, Any]) -> None:
    size, line = int(given["size"]), str(given["line"])
    checkpoint = await work.session.get(Checkpoint, size)
    if checkpoint is None:
        raise Problem("trustee.checkpoint", size=size)
    text = parse_note(checkpoint.note).text
    signature = parse_note(f"{text}\n{line}").signatures[0]
    time = verify_cosignature(text, signature, parse_vkey(trustee.vkey))
    await evidence.add_cosignature(
        work.session, size, trustee.name, datetime.fromtimestamp(time, work.ctx.now.tzinfo), line
    )
    await work.notify("cosigned", str(size))


async def _reply(session: AsyncSession, trustee: Trustee, known: int, desk: Exchange) -> dict[str, Any]:
    policy = await published_policy(session, desk.keys, desk.log_name)
    newest = await evidence.latest(session)
    consistency: list[bytes] = []
    if newest is not None and 0 < known < newest.size:
        consistency = await store.prove_consistency(session, known, newest.size)
    owed = [await _shown(session, duty) for duty in await duties.pending(session, trustee.name)]
    return {
        "policy": policy,
        "checkpoint": None if newest is None else newest.note,
        "consistency": [b64(step) for step in consistency],
        "duties": [one for one in owed if one is not None],
    }


async def _shown(session: AsyncSession, duty: Duty) -> dict[str, Any] | None:
    """A duty with the proofs it rests on; held back while they do not exist yet."""
    lines = duty.payload.get("lines", [])
    earliest = await _earliest(session, duty) if duty.kind == duties.RELEASE else None
    shown = []
    for line_id in lines:
        proof = await evidence.evidence(session, await session.get_one(Line, line_id), earliest=earliest)
        if proof is None:
            return None
        shown.append(proof)
    return {"id": duty.id, "kind": duty.kind, "subject": duty.subject, "payload": duty.payload, "evidence": shown}


async def _earliest(session: AsyncSession, duty: Duty) -> datetime:
    """A release rests on a checkpoint made at or after the keyset's deadline."""
    keyset = await session.get_one(Keyset, duty.subject)
    signed_keyset(keyset)
    return keyset.deadline
