"""One exchange with a trustee: its co-signature and answers come in, the newest checkpoint and its duties go out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import PlatformKeys
from infra.crypto.sign import labelled, verify_ed25519
from infra.custody import duties
from infra.custody.actions import signed_keyset
from infra.custody.bell import Bell, heard
from infra.custody.policy import published_policy
from infra.custody.records import record_key
from infra.custody.release import note_refused_key
from infra.custody.reports import report_of, take_report
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.kernel.canonical import b64, parse, unb64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from infra.tlog import evidence, store
from infra.tlog.cosignature import verify_cosignature
from infra.tlog.note import parse_note, parse_vkey
from infra.tlog.tables import Checkpoint

log = logging.getLogger("openhall.custody")

REQUEST_LABEL = "openhall trustee request/v1"
LOCKED_LABEL = "openhall trustee locked/v1"
LOCKED = "trustee-locked/v1"
LOCKED_SHAPE: Mapping[str, Any] = {"trustee": str, "at": str, "readiness": dict}
SHAPE: Mapping[str, Any] = {
    "trustee": str,
    "at": str,
    "size": int,
    "cosignature": dict | None,
    "answers": list,
    "refused": dict,
}
Taker = Callable[[Work, Duty, dict[str, Any]], Awaitable[None]]
Refusal = Callable[[Work, Duty, str], Awaitable[None]]


@dataclass(frozen=True)
class Exchange:
    """How answers of each kind are taken, what follows from refusals, and what the policy that a trustee pins at first
    contact is made of.
    """

    takers: Mapping[str, Taker]
    keys: PlatformKeys
    log_name: str
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    repeats: Mapping[str, Taker] = field(default_factory=dict)
    """What follows from a second answer to a duty that was answered before: it is refused in any case."""


async def exchange(
    database: Database, desk: Exchange, body: bytes, signature: str, bell: Bell | None = None, patience: float = 0.0
) -> dict[str, Any]:
    """Serve one signed request. Each answer is a transaction of its own: one bad answer never undoes another.

    With a `bell` the reply waits for news, at most `patience` seconds: for a checkpoint that this trustee has not signed,
    or a duty that it has not just refused.
    """
    request = _request(body)
    actor = Actor(request["trustee"], Role.TRUSTEE)
    if request["format"] == LOCKED:
        return await _hear_locked(database, actor, request, body, signature)
    async with database.work(actor) as work:
        trustee = await _authentic(work.session, request, body, signature)
        refusal = await take_report(work, trustee, _told_at(request, work.ctx.now), report_of(request))
        if refusal is None and request["cosignature"] is not None:
            await _take_cosignature(work, trustee, request["cosignature"])
    # Kept first, refused then: a trustee that is turned away must be seen to be there.
    if refusal is not None:
        raise refusal
    for item in request["answers"]:
        try:
            await _take_answer(database, desk, actor, item)
        except Problem as problem:
            log.warning("an answer of %s was refused: %s", trustee.name, problem)
            async with database.work(actor) as work:
                await note_refused_key(work, str(item["duty"]), problem.code)
            if problem.code == "duty.answered":
                await _take_repeat(database, desk, actor, item)
    for duty_id, code in request["refused"].items():
        log.warning("%s refused duty %s: %s", trustee.name, duty_id, code)
        await _take_refusal(database, desk, trustee, str(duty_id), str(code)[:40])
    return await _news(database, desk, trustee, request, bell, patience)


async def _news(
    database: Database, desk: Exchange, trustee: Trustee, request: Mapping[str, Any], bell: Bell | None, patience: float
) -> dict[str, Any]:
    """The reply, as soon as there is something in it that the trustee has not answered for."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    later = report_of(request).get("records") is not None
    while True:
        rung = None if bell is None else await bell.listening()
        async with database.reading() as session:
            newest = await evidence.latest(session)
            owed = await _owed(session, trustee, later)
            grown = newest is not None and newest.size > request["size"]
            left = until - loop.time()
            if rung is None or left <= 0 or grown or any(one["id"] not in request["refused"] for one in owed):
                return await _reply(session, newest, owed, request["size"], desk)
        await heard(rung, left)


def _request(body: bytes) -> dict[str, Any]:
    request = parse(body)
    locked = isinstance(request, dict) and request.get("format") == LOCKED
    shape = LOCKED_SHAPE if locked else SHAPE
    sound = isinstance(request, dict) and all(isinstance(request.get(name), kind) for name, kind in shape.items())
    if not sound or "\0" in request["trustee"] or not all(map(_is_answer, request.get("answers", ()))):
        raise Problem("request.fields", expected=", ".join(sorted(shape)))
    found: dict[str, Any] = {"format": "", **request}
    return found


def _is_answer(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("duty"), str)
        and "\0" not in item["duty"]
        and isinstance(item.get("answer"), dict)
    )


async def _take_answer(database: Database, desk: Exchange, actor: Actor, item: Mapping[str, Any]) -> None:
    async with database.work(actor) as work:
        duty = await duties.take(work, actor.id, item["duty"])
        try:
            await desk.takers[duty.kind](work, duty, item["answer"])
        except (KeyError, TypeError, ValueError) as error:
            raise Problem("trustee.answer", trustee=actor.id, kind=duty.kind) from error


async def _take_repeat(database: Database, desk: Exchange, actor: Actor, item: Mapping[str, Any]) -> None:
    async with database.work(actor) as work:
        duty = await work.session.get(Duty, item["duty"])
        if duty is None or duty.trustee != actor.id or duty.kind not in desk.repeats:
            return
        try:
            await desk.repeats[duty.kind](work, duty, item["answer"])
        except (KeyError, TypeError, ValueError, Problem) as error:
            log.warning("a second answer of %s is none: %s", actor.id, error)


async def _take_refusal(database: Database, desk: Exchange, trustee: Trustee, duty_id: str, code: str) -> None:
    """What follows from a refusal of that kind of duty, once: a duty that is not pending any more is passed over."""
    async with database.work(SYSTEM) as work:
        duty = await work.session.get(Duty, duty_id) if "\0" not in duty_id else None
        if duty is None or duty.trustee != trustee.name or duty.answer is not None or duty.kind not in desk.refusals:
            return
        await desk.refusals[duty.kind](work, duty, code)


async def _authentic(session: AsyncSession, request: Mapping[str, Any], body: bytes, signature: str) -> Trustee:
    trustee = await session.get(Trustee, request["trustee"])
    signed = labelled(REQUEST_LABEL, sha256(body).digest())
    if trustee is None or not verify_ed25519(trustee.signer, signed, unb64(signature)):
        raise Problem("trustee.unknown")
    return trustee


async def _hear_locked(
    database: Database, actor: Actor, request: Mapping[str, Any], body: bytes, signature: str
) -> dict[str, Any]:
    """A program that waits for its passphrase says so, under a key that opens nothing; it is told the time."""
    async with database.work(actor) as work:
        trustee = await work.session.get(Trustee, request["trustee"])
        signed = labelled(LOCKED_LABEL, sha256(body).digest())
        beacon = None if trustee is None else trustee.beacon
        if trustee is None or beacon is None or not verify_ed25519(beacon, signed, unb64(signature)):
            raise Problem("trustee.unknown")
        facts = report_of(request) | {"unlocked": False}
        refusal = await take_report(work, trustee, _told_at(request, work.ctx.now), facts)
    if refusal is not None:
        raise refusal
    return {"at": work.ctx.now.isoformat()}


def _told_at(request: Mapping[str, Any], now: datetime) -> datetime:
    """An old request may not be played again, and a trustee with a wrong clock must be told so: the time it states."""
    try:
        told = datetime.fromisoformat(request["at"])
        _ = told - now
    except (ValueError, TypeError) as error:
        raise Problem("trustee.clock", told=request["at"][:40], now=now) from error
    return told


async def _take_cosignature(work: Work, trustee: Trustee, given: Mapping[str, Any]) -> None:
    size, line = given.get("size"), given.get("line")
    checkpoint = await work.session.get(Checkpoint, size) if isinstance(size, int) and 0 < size < 2**63 else None
    if checkpoint is None or not isinstance(line, str):
        raise Problem("trustee.checkpoint", size=size)
    text = parse_note(checkpoint.note).text
    signatures = parse_note(f"{text}\n{line}").signatures
    if len(signatures) != 1:
        raise Problem("log.signature", name=trustee.name)
    time = verify_cosignature(text, signatures[0], parse_vkey(trustee.vkey))
    at = datetime.fromtimestamp(time, work.ctx.now.tzinfo)
    await evidence.add_cosignature(work.session, checkpoint.size, trustee.name, at, line)


async def _reply(
    session: AsyncSession, newest: Checkpoint | None, owed: list[dict[str, Any]], known: int, desk: Exchange
) -> dict[str, Any]:
    # Only a trustee that has signed nothing yet pins the policy; whoever has pinned it would not listen.
    policy = await published_policy(session, desk.keys, desk.log_name) if known == 0 else ""
    # Whoever was rebuilt from paper begins from what the others have co-signed.
    others = await evidence.latest(session, evidence.QUORUM) if known == 0 else None
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    consistency: list[bytes] = []
    if newest is not None and 0 < known < newest.size:
        consistency = await store.prove_consistency(session, known, newest.size)
    return {
        "at": now.isoformat(),
        "policy": policy,
        "checkpoint": None if newest is None else newest.note,
        "cosigned": None if others is None else await evidence.cosigned_note(session, others),
        "consistency": [b64(step) for step in consistency],
        "duties": owed,
    }


async def _owed(session: AsyncSession, trustee: Trustee, later: bool) -> list[dict[str, Any]]:
    """The duties that can be shown, each with its proofs; custodians are shown to whom a released key goes as well."""
    owed = await duties.pending(session, trustee.name, later=later)
    shown = [one for one in [await _shown(session, duty) for duty in owed] if one is not None]
    of_keys = [one for one in shown if one["kind"] in (duties.SIGN, duties.RELEASE)]
    recipient = await record_key(session) if of_keys else None
    for one in of_keys if recipient is not None else ():
        one["payload"] = {**one["payload"], "record_key": recipient}
    return shown


async def _shown(session: AsyncSession, duty: Duty) -> dict[str, Any] | None:
    """A duty with the proofs it rests on; held back while they do not exist yet."""
    lines = [await session.get_one(Line, number) for number in duty.payload.get("lines", [])]
    keyset = await _keyset_of(session, duty)
    earliest = _earliest(keyset, lines) if keyset is not None and duty.kind == duties.RELEASE else None
    shown = []
    for line in lines:
        proof = await evidence.evidence(session, line, earliest=earliest)
        if proof is None:
            return None
        shown.append(proof)
    payload = duty.payload if keyset is None else {**duty.payload, "document": keyset.document}
    return {"id": duty.id, "kind": duty.kind, "subject": duty.subject, "payload": payload, "evidence": shown}


async def _keyset_of(session: AsyncSession, duty: Duty) -> Keyset | None:
    """The published keyset that a release, a check or an extension is about: a trustee keeps no document it signed."""
    if duty.kind not in (duties.RELEASE, duties.EXTEND, duties.CHECK):
        return None
    wanted = select(Keyset).where(Keyset.digest == unb64(duty.payload["keyset"], 32))
    keyset: Keyset = (await session.execute(wanted)).scalar_one()
    signed_keyset(keyset)
    return keyset


def _earliest(keyset: Keyset, lines: Sequence[Line]) -> datetime:
    """A release rests on a checkpoint made at or after the deadline in force: the keyset's own, or a logged later one."""
    stated = [datetime.fromisoformat(line.facts["deadline"]) for line in lines if "deadline" in line.facts]
    return max([keyset.deadline, *stated])
