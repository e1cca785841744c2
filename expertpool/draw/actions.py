"""A draw from request to result: frozen, committed to by three bodies, opened in one act, drawn, seats sealed."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.audit import redraw_message
from expertpool.draw.limits import STEP, allow_step
from expertpool.draw.needs import parse_need
from expertpool.draw.pools import freeze_pool
from expertpool.draw.promising import commit_lines
from expertpool.draw.standing import vacancies
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.tables import Expert
from infra.auth.certification import refuse_revoked
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.crypto.sign import labelled, seal_to, verify_ed25519
from infra.custody import duties
from infra.custody.actions import request_keyset, signed_keyset
from infra.custody.release import ask_for_release
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical, digest, unb64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.trustee.duties import AUDIT_LABEL, BODIES, COMMIT_LABEL, audit_info

COMMITTED = "draw.committed"
ENDED = (DrawState.REVEALED, DrawState.DISCLOSED, DrawState.FAILED)
LONGEST_REASON = 2000
MOST = 99


async def request_draw(
    work: Work,
    section: str,
    *,
    quota: Mapping[str, int],
    alternates: int,
    avoid: list[str],
    region: str,
    representatives: int = 0,
    step: timedelta = STEP,
) -> Draw:
    """Ask for experts by specialty; `trading.evaluation.panel` guards who may ask, when, and for how many.

    Before anything is frozen asking again replaces the request. A further draw needs the supervisor's signed reason
    (`draw.repeated`) and ends the committee of the one before. Each step may last `step`, then its silent body is named.
    `draw.request`, `draw.specialty-unknown`, `draw.running`.
    """
    require(work.ctx.actor, "draw.request")
    draw = await next_attempt(work, section, region)
    check_counts(draw.id, quota, alternates)
    await _check_specialties(work.session, quota, region)
    beside = {"representatives": representatives} if representatives else {}
    draw.request = {
        "quota": dict(quota), "alternates": alternates, "avoid": sorted(set(avoid)), "region": region, **beside
    }  # fmt: skip
    draw.step_seconds = int(step.total_seconds())
    request = b64(digest(draw.request))
    work.record(Event.DRAW_REQUESTED, draw.id, section=section, region=region, request=request, **beside)
    await work.session.flush()
    return draw


async def allow_redraw(
    work: Work,
    authority: bytes,
    section: str,
    reason: str,
    certificate: bytes,
    signature: bytes,
    *,
    supplement: bool = False,
) -> None:
    """The supervisor's signed reason for the next attempt, published at once (TBR 46: nobody draws until it suits).

    With `supplement` it may only fill vacant seats: `supplement.none` where there are none. `draw.unknown` without a draw,
    `draw.running` while one is under way, `redraw.reason`, `redraw.given`, `signing.…`.
    """
    require(work.ctx.actor, "redraw.allow")
    last = await _last_attempt(work.session, section)
    if last is None:
        raise Problem("draw.unknown", draw=section)
    if last.state not in ENDED:
        raise Problem("draw.running", draw=last.id)
    if last.repeat_reason is not None:
        raise Problem("redraw.given", draw=last.id)
    if not is_written(reason, LONGEST_REASON):
        raise Problem("redraw.reason", most=LONGEST_REASON)
    if supplement and not await vacancies(work.session, section):
        raise Problem("supplement.none", section=section)
    allowed = f"{section}/{last.number + 1}"
    message = redraw_message(allowed, reason, supplement=supplement)
    signer = verify_signature(authority, certificate, signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).account != work.ctx.actor.id:
        raise Problem("signing.bad-signature", serial=signer.serial)
    last.repeat_reason, last.repeat_supplement = reason, supplement
    work.record(
        Event.REDRAW_ALLOWED,
        allowed,
        section=section,
        region=last.region,
        reason=reason,
        certificate=b64(certificate),
        signature=b64(signature),
        **({"supplement": True} if supplement else {}),
    )


async def freeze_draw(work: Work, objects: Objects, keys: KeyService, draw_id: str) -> Draw:
    """Step 1: list the eligible, freeze, log `draw.frozen`, ask for the escrow keyset and the supervisor's audit.

    `draw.too-few` before anything is kept. The job `freeze-draw` calls it; see `ordering.freeze_ordered`.
    """
    require(work.ctx.actor, "draw.freeze")
    draw = await _locked(work, draw_id)
    state = LIFE.move("freeze", DrawState(draw.state), work.ctx.actor.role)
    pool = await freeze_pool(work, objects, keys, draw)
    draw.state, draw.frozen_at = state, work.ctx.now
    keyset = await request_keyset(
        work, draw.section, draw.number, work.ctx.now.replace(microsecond=0),
        event=COMMITTED, minimum=len(BODIES), region=draw.region,
    )  # fmt: skip
    draw.keyset = keyset.id
    supervisor = (await bodies(work.session))["supervisor"]
    head = seal_to(supervisor.sealing, canonical(pool.for_audit), audit_info(draw_id), work.ctx.random)
    await duties.ask(
        work, supervisor.name, duties.AUDIT, draw_id, draw=draw_id, frozen=pool.facts, pool=b64(head)
    )  # fmt: skip
    work.record(Event.DRAW_FROZEN, draw_id, section=draw.section, region=draw.region, frozen=pool.facts)
    await allow_step(work, draw)
    return draw


async def take_audit(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """The supervisor has checked pool, pseudonyms and weights, and signed; only now are the bodies asked to commit."""
    draw = await _locked(work, duty.subject)
    supervisor = await work.session.get_one(Trustee, duty.trustee)
    signature = unb64(str(answer.get("signature")), 64)
    signed = labelled(AUDIT_LABEL, sha256(canonical(duty.payload["frozen"])).digest())
    if not verify_ed25519(supervisor.signer, signed, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"signature": b64(signature)})
    work.record(
        Event.DRAW_AUDITED, draw.id, section=draw.section, region=draw.region, signature=b64(signature)
    )  # fmt: skip
    await allow_step(work, draw)
    lines = await commit_lines(work.session, Event.DRAW_FROZEN, duty.subject)
    for trustee in (await bodies(work.session)).values():
        await duties.ask(work, trustee.name, duties.COMMIT, duty.subject, draw=duty.subject, lines=lines)


async def take_commitment(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """Step 2: one body's commitment; with the third, escrows are asked for (each body sees all three proven first)."""
    draw = await _locked(work, duty.subject)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    commitment, signature = _signed_commitment(trustee, duty, answer)
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


async def note_second_commitment(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """A body that has committed and signs another commitment is refused by the caller; that it did is logged once.

    `trustee.answer` for what this body has not signed. A lottery's is not noted here.
    """
    draw = await work.session.get(Draw, duty.subject, with_for_update=True)
    if draw is None:
        return
    trustee = await work.session.get_one(Trustee, duty.trustee)
    commitment, signature = _signed_commitment(trustee, duty, answer)
    subject = f"{draw.id}/{trustee.body}"
    noted = select(Line.id).where(Line.event == Event.DRAW_COMMITMENT_CHANGED, Line.subject == subject)
    same = duty.answer is not None and duty.answer.get("commitment") == commitment.hex()
    if same or (await work.session.execute(noted)).first() is not None:
        return
    work.record(
        Event.DRAW_COMMITMENT_CHANGED,
        subject,
        section=draw.section,
        region=draw.region,
        draw=draw.id,
        party=trustee.body,
        commitment=commitment.hex(),
        signature=b64(signature),
    )


def _signed_commitment(trustee: Trustee, duty: Duty, answer: dict[str, Any]) -> tuple[bytes, bytes]:
    """32 bytes and the body's signature over them for this draw; `trustee.answer`."""
    commitment, signature = bytes.fromhex(str(answer.get("commitment"))), unb64(str(answer.get("signature")), 64)
    signed = labelled(COMMIT_LABEL, sha256(duty.subject.encode() + commitment).digest())
    if len(commitment) != 32 or not verify_ed25519(trustee.signer, signed, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    return commitment, signature


async def ask_for_escrows(work: Work, draw: Draw) -> None:
    """Ask each body to seal its r to the trustees, once commitments and the escrow keyset stand."""
    keyset = await work.session.get_one(Keyset, draw.keyset)
    given = await duties.answers(work.session, duties.COMMIT, draw.id)
    if keyset.published_at is None or len(given) < len(BODIES):
        return
    subjects = [f"{draw.id}/{body}" for body in BODIES]
    lines = [line.id for line in await _lines(work.session, Event.DRAW_COMMITMENT_GIVEN, subjects)]
    for trustee in (await bodies(work.session)).values():
        await duties.ask(work, trustee.name, duties.ESCROW, draw.id, draw=draw.id, keyset=keyset.document, lines=lines)
    await allow_step(work, draw)


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
    await allow_step(work, draw)


async def bodies(session: AsyncSession) -> dict[str, Trustee]:
    """The trustee of each body in the draw's fixed order of parties; `trustee.missing` where one is not enrolled."""
    enrolled = {one.body: one for one in await duties.trustees(session)}
    if missing := [body for body in BODIES if body not in enrolled]:
        raise Problem("trustee.missing", body=", ".join(missing))
    return {body: enrolled[body] for body in BODIES}


async def _last_attempt(session: AsyncSession, section: str) -> Draw | None:
    attempts = select(Draw).where(Draw.section == section).order_by(Draw.number.desc()).limit(1).with_for_update()
    return (await session.execute(attempts)).scalar_one_or_none()


async def next_attempt(work: Work, section: str, region: str, *, supplement: bool = False) -> Draw:
    """The request that may still be replaced, or the attempt the supervisor's reason allows; a whole one ends the committee.

    `draw.running`, `draw.repeated`; `supplement.only` or `supplement.whole` where the other kind was allowed.
    """
    last = await _last_attempt(work.session, section)
    if last is not None and last.state == DrawState.REQUESTED:
        _require_kind(last.id, supplement, last.supplement)
        return last
    number = 1 if last is None else last.number + 1
    if last is not None and last.state not in ENDED:
        raise Problem("draw.running", draw=last.id)
    if last is not None and last.repeat_reason is None:
        raise Problem("draw.repeated", section=section, number=number)
    _require_kind(f"{section}/{number}", supplement, last is not None and last.repeat_supplement)
    if last is not None and not supplement:
        await work.session.execute(delete(Seat).where(Seat.section == section))
    draw = Draw(
        id=f"{section}/{number}",
        section=section,
        number=number,
        region=region,
        state=DrawState.REQUESTED,
        request={},
        requested_at=work.ctx.now,
    )
    work.session.add(draw)
    return draw


def _require_kind(draw_id: str, wanted: bool, allowed: bool) -> None:
    if allowed and not wanted:
        raise Problem("supplement.only", draw=draw_id)
    if wanted and not allowed:
        raise Problem("supplement.whole", draw=draw_id)


def check_counts(draw_id: str, quota: Mapping[str, int], alternates: int) -> None:
    """`draw.request` unless every count lies between one, of alternates none, and ninety-nine."""
    counts = [*quota.values(), alternates + 1]
    if not quota or any(isinstance(count, bool) or not 1 <= count <= MOST for count in counts):
        raise Problem("draw.request", draw_id=draw_id)


async def _check_specialties(session: AsyncSession, quota: Mapping[str, int], region: str) -> None:
    plain = {name for name in quota if "@" not in name}
    for need in set(quota) - plain:
        parse_need(need)
    named = select(func.unnest(Expert.specialties)).where(Expert.available, Expert.region == region).distinct()
    known = set((await session.execute(named)).scalars())
    if unknown := sorted(plain - known):
        raise Problem("draw.specialty-unknown", specialties=", ".join(unknown), region=region)


async def _locked(work: Work, draw_id: str) -> Draw:
    draw = await work.session.get(Draw, draw_id, with_for_update=True)
    if draw is None:
        raise Problem("draw.unknown", draw=draw_id)
    return draw


async def _lines(session: AsyncSession, event: Event, subjects: list[str]) -> list[Line]:
    """The one line of such an event about each subject, in the order of the subjects."""
    found = (await session.execute(select(Line).where(Line.event == event, Line.subject.in_(subjects)))).scalars()
    lines = {line.subject: line for line in found}
    return [lines[subject] for subject in subjects]
