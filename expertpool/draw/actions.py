"""A draw from request to result: frozen, committed to by three bodies, opened in one act, drawn, seats sealed."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.draw.audit import make_request, told
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw
from expertpool.experts.actions import identity_of
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.crypto.sign import labelled, seal_to, verify_ed25519
from infra.custody import duties
from infra.custody.actions import request_keyset, signed_keyset
from infra.custody.release import ask_for_release
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical, digest, read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import AUDIT_LABEL, BODIES, COMMIT_LABEL, audit_info

POOL = "draw pool"
COMMITTED = "draw.committed"


async def request_draw(
    work: Work, section: str, *, quota: Mapping[str, int], alternates: int, avoid: list[str], region: str
) -> Draw:
    """Ask for experts by specialty. A second draw of a section needs the supervisor's reason: `draw.repeated` refuses it."""
    require(work.ctx.actor, "draw.request")
    number = len((await work.session.execute(select(Draw.id).where(Draw.section == section))).all()) + 1
    if number > 1:
        raise Problem("draw.repeated", section=section, number=number)
    request = {"quota": dict(quota), "alternates": alternates, "avoid": sorted(set(avoid)), "region": region}
    draw = Draw(
        id=f"{section}/{number}",
        section=section,
        number=number,
        region=region,
        state=DrawState.REQUESTED,
        request=request,
        requested_at=work.ctx.now,
    )
    work.session.add(draw)
    work.record(Event.DRAW_REQUESTED, draw.id, section=section, region=region, request=b64(digest(request)))
    await work.session.flush()
    return draw


async def freeze_draw(work: Work, keys: KeyService, draw_id: str) -> Draw:
    """Step 1: list the eligible, freeze, log `draw.frozen`, ask for the escrow keyset and the supervisor's audit."""
    require(work.ctx.actor, "draw.freeze")
    draw = await _locked(work, draw_id)
    state = LIFE.move("freeze", DrawState(draw.state), work.ctx.actor.role)
    pool = await _pool(work.session, keys, draw.region)
    frozen = rules.freeze(_request(draw), pool, work.ctx.random)
    sealed = canonical(frozen.document() | {"records": [told(record) for record in pool]})
    draw.sealed_pool = keys.wrap(POOL, draw_id, sealed, work.ctx.random)
    draw.state, draw.frozen_at = state, work.ctx.now
    keyset = await request_keyset(
        work, draw.section, draw.number, work.ctx.now.replace(microsecond=0),
        event=COMMITTED, minimum=len(BODIES), region=draw.region,
    )  # fmt: skip
    draw.keyset = keyset.id
    supervisor = await duties.trustee_of(work.session, "supervisor")
    pool_for_audit = seal_to(
        supervisor.sealing, canonical({**read(sealed), "request": draw.request}), audit_info(draw_id), work.ctx.random
    )
    await duties.ask(
        work, supervisor.name, duties.AUDIT, draw_id, draw=draw_id, frozen=frozen.facts, pool=b64(pool_for_audit)
    )
    work.record(Event.DRAW_FROZEN, draw_id, section=draw.section, region=draw.region, frozen=frozen.facts)
    return draw


async def take_audit(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """The supervisor has checked pool, pseudonyms and weights; only now are the bodies asked to commit."""
    supervisor = await work.session.get_one(Trustee, duty.trustee)
    signature = unb64(str(answer.get("signature")), 64)
    signed = labelled(AUDIT_LABEL, sha256(canonical(duty.payload["frozen"])).digest())
    if not verify_ed25519(supervisor.signer, signed, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"signature": b64(signature)})
    frozen_line = await _line(work.session, Event.DRAW_FROZEN, duty.subject)
    for body in BODIES:
        trustee = await duties.trustee_of(work.session, body)
        await duties.ask(work, trustee.name, duties.COMMIT, duty.subject, draw=duty.subject, lines=[frozen_line.id])


async def take_commitment(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """Step 2: one body's commitment; with the third, escrows are asked for (each body sees all three proven first)."""
    draw = await _locked(work, duty.subject)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    commitment, signature = bytes.fromhex(str(answer.get("commitment"))), unb64(str(answer.get("signature")), 64)
    signed = labelled(COMMIT_LABEL, sha256(draw.id.encode() + commitment).digest())
    if len(commitment) != 32 or not verify_ed25519(trustee.signer, signed, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"commitment": commitment.hex()})
    work.record(
        Event.DRAW_COMMITMENT_GIVEN,
        f"{draw.id}/{trustee.body}",
        section=draw.section,
        region=draw.region,
        draw=draw.id,
        party=trustee.body,
        commitment=commitment.hex(),
        signature=b64(signature),
    )
    await work.session.flush()
    if len(await duties.answers(work.session, duties.COMMIT, draw.id)) == len(BODIES):
        await ask_for_escrows(work, draw)


async def ask_for_escrows(work: Work, draw: Draw) -> None:
    """Ask each body to seal its r to the trustees, once commitments and the escrow keyset stand."""
    keyset = await work.session.get_one(Keyset, draw.keyset)
    given = await duties.answers(work.session, duties.COMMIT, draw.id)
    if keyset.published_at is None or len(given) < len(BODIES):
        return
    lines = [(await _line(work.session, Event.DRAW_COMMITMENT_GIVEN, f"{draw.id}/{body}")).id for body in BODIES]
    for body in BODIES:
        trustee = await duties.trustee_of(work.session, body)
        await duties.ask(work, trustee.name, duties.ESCROW, draw.id, draw=draw.id, keyset=keyset.document, lines=lines)


async def take_escrow(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """One body's escrow; with the third, `draw.committed` releases the escrow keyset."""
    draw = await _locked(work, duty.subject)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    container = unb64(str(answer.get("container")))
    duties.settle(work, duty, {"container": b64(container)})
    work.record(
        Event.DRAW_ESCROW_GIVEN,
        f"{draw.id}/{trustee.body}",
        section=draw.section,
        region=draw.region,
        draw=draw.id,
        party=trustee.body,
        container=b64(container),
    )
    await work.session.flush()
    given = await duties.answers(work.session, duties.ESCROW, draw.id)
    if len(given) < len(BODIES):
        return
    draw.state = LIFE.move("commit", DrawState(draw.state), work.ctx.actor.role)
    keyset = await work.session.get_one(Keyset, draw.keyset)
    line = work.record(
        Event.DRAW_COMMITTED,
        draw.id,
        section=draw.section,
        region=draw.region,
        outcome="open",
        keyset=b64(signed_keyset(keyset).digest),
        escrows=sorted(sha256(unb64(one["container"])).hexdigest() for one in given.values()),
    )
    await work.session.flush()
    await ask_for_release(work, keyset, line.id)


async def _pool(session: AsyncSession, keys: KeyService, region: str) -> list[rules.Record]:
    eligible = select(Expert).where(Expert.available, Expert.region == region).order_by(Expert.id)
    return [
        rules.Record(identity_of(keys, one), one.employer, tuple(one.specialties), one.drawn_last_year)
        for one in (await session.execute(eligible)).scalars()
    ]


def _request(draw: Draw) -> rules.Request:
    return make_request(draw.id, draw.request)


async def _locked(work: Work, draw_id: str) -> Draw:
    draw = await work.session.get(Draw, draw_id, with_for_update=True)
    if draw is None:
        raise Problem("draw.unknown", draw=draw_id)
    return draw


async def _line(session: AsyncSession, event: Event, subject: str) -> Line:
    found = select(Line).where(Line.event == event, Line.subject == subject).order_by(Line.id).limit(1)
    return (await session.execute(found)).scalar_one()
