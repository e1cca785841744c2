"""A lottery is opened at the centre's desk, its list frozen for all to read, drawn by three bodies, repeated for a reason."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.actions import bodies
from expertpool.draw.audit import CODE, redraw_message
from expertpool.draw.promising import commit_lines
from expertpool.lotteries.entries import MOST
from expertpool.lotteries.limits import allow_step
from expertpool.lotteries.rules import Entry, freeze_lottery, make_request
from expertpool.lotteries.states import ENDED, LIFE, LotteryState
from expertpool.lotteries.tables import Lottery, LotteryAttempt
from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.custody import duties
from infra.custody.actions import request_keyset
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES, LOTTERY

COMMITTED = "lottery.committed"
LONGEST_TEXT = 300
LONGEST_REASON = 2000
LAST = 99
"""The last number an attempt may have: a keyset's round has two digits."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def series(lottery: str) -> str:
    """The name under which a lottery stands in the log and before the trustees, where sections have theirs."""
    return LOTTERY + lottery


async def open_lottery(
    work: Work, *, subject: str, basis: str, places: int, waiting: int, entries: list[Entry]
) -> Lottery:
    """A lottery whose list may still be written, seen at the centre's desk alone. `lottery.text`, `lottery.places`."""
    require(work.ctx.actor, "lottery.run")
    region = work.ctx.actor.region
    if not is_written(subject, LONGEST_TEXT) or not is_written(basis, LONGEST_TEXT):
        raise Problem("lottery.text", most=LONGEST_TEXT)
    _check_places(places, waiting, len(entries))
    assert region is not None
    lottery = Lottery(
        id=f"{work.ctx.now:%Y}-" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in work.ctx.random(8)),
        subject=subject.strip(),
        basis=basis.strip(),
        places=places,
        waiting=waiting,
        entries=[list(one) for one in sorted(entries)],
        attempts=0,
        opened_by=work.ctx.actor.id,
        opened_at=work.ctx.now,
        region=region,
    )
    work.session.add(lottery)
    work.record(Event.LOTTERY_OPENED, lottery.id, region=region)
    await work.session.flush()
    return lottery


async def write_entries(work: Work, lottery_id: str, entries: list[Entry], places: int, waiting: int) -> None:
    """Replace list and places of a lottery that is not frozen yet; `lottery.frozen` afterwards, `lottery.places`."""
    require(work.ctx.actor, "lottery.run")
    lottery = await _locked(work, lottery_id)
    if lottery.attempts:
        raise Problem("lottery.frozen", lottery=lottery_id)
    _check_places(places, waiting, len(entries))
    lottery.entries, lottery.places, lottery.waiting = [list(one) for one in sorted(entries)], places, waiting
    work.record(Event.LOTTERY_ENTERED, lottery.id, region=lottery.region)


async def freeze(work: Work, lottery_id: str) -> LotteryAttempt:
    """Step 1 in public: the list with every leaf and salt, the event `lottery.frozen`, commitments and keyset asked for.

    `lottery.running` while an attempt is under way, `lottery.repeated` without the supervisor's reason for another.
    """
    require(work.ctx.actor, "lottery.run")
    lottery = await _locked(work, lottery_id)
    number = await _next_number(work.session, lottery)
    state = LIFE.move("freeze", LotteryState.OPEN, work.ctx.actor.role)
    entries = [Entry(code, name) for code, name in lottery.entries]
    request = make_request(lottery.subject, lottery.basis, lottery.places, lottery.waiting, entries)
    draw_id = f"{series(lottery.id)}/{number}"
    frozen = await asyncio.to_thread(freeze_lottery, draw_id, request, code=CODE, random=work.ctx.random)
    keyset = await request_keyset(
        work, series(lottery.id), number, work.ctx.now.replace(microsecond=0),
        event=COMMITTED, minimum=len(BODIES), region=lottery.region,
    )  # fmt: skip
    attempt = LotteryAttempt(
        id=draw_id,
        lottery=lottery.id,
        number=number,
        state=state,
        request=request,
        pool=frozen.document(),
        keyset=keyset.id,
        frozen_at=work.ctx.now,
        region=lottery.region,
    )
    work.session.add(attempt)
    lottery.attempts = number
    work.record(Event.LOTTERY_FROZEN, draw_id, section=series(lottery.id), region=lottery.region, frozen=frozen.facts)
    await work.session.flush()
    lines = await commit_lines(work.session, Event.LOTTERY_FROZEN, draw_id)
    for trustee in (await bodies(work.session)).values():
        await duties.ask(work, trustee.name, duties.COMMIT, draw_id, draw=draw_id, lines=lines)
    await allow_step(work, draw_id)
    return attempt


async def allow_repeat(
    work: Work, authority: bytes, lottery_id: str, reason: str, certificate: bytes, signature: bytes
) -> None:
    """The supervisor's signed reason for the next attempt, published at once as that of a draw is.

    `lottery.running`, `redraw.given`, `redraw.reason`, `lottery.last` after 99 attempts, `signing.…`.
    """
    require(work.ctx.actor, "redraw.allow")
    lottery = await _locked(work, lottery_id)
    last = await _last(work.session, lottery)
    if last is None or last.state not in ENDED:
        raise Problem("lottery.running", lottery=lottery_id)
    if last.repeat_reason is not None:
        raise Problem("redraw.given", draw=last.id)
    if not is_written(reason, LONGEST_REASON):
        raise Problem("redraw.reason", most=LONGEST_REASON)
    if last.number >= LAST:
        raise Problem("lottery.last", most=LAST)
    allowed = f"{series(lottery.id)}/{last.number + 1}"
    signer = verify_signature(authority, certificate, signature, redraw_message(allowed, reason), work.ctx.now)
    if (await refuse_revoked(work.session, signer)).account != work.ctx.actor.id:
        raise Problem("signing.bad-signature", serial=signer.serial)
    last.repeat_reason = reason
    work.record(
        Event.REDRAW_ALLOWED,
        allowed,
        section=series(lottery.id),
        region=lottery.region,
        reason=reason,
        certificate=b64(certificate),
        signature=b64(signature),
    )


def _check_places(places: int, waiting: int, entries: int) -> None:
    if entries > MOST:
        raise Problem("lottery.too-many", most=MOST)
    if not 1 <= places <= MOST or not 0 <= waiting <= MOST or places + waiting > entries or entries < 2:
        raise Problem("lottery.places", places=places, waiting=waiting, entries=entries)


async def _locked(work: Work, lottery_id: str) -> Lottery:
    lottery = await work.session.get(Lottery, lottery_id, with_for_update=True)
    if lottery is None:
        raise Problem("page.unknown", path=f"/lotteries/{lottery_id}")
    return lottery


async def _last(session: AsyncSession, lottery: Lottery) -> LotteryAttempt | None:
    return await session.get(LotteryAttempt, f"{series(lottery.id)}/{lottery.attempts}")


async def _next_number(session: AsyncSession, lottery: Lottery) -> int:
    last = await _last(session, lottery)
    if last is not None and last.state not in ENDED:
        raise Problem("lottery.running", lottery=lottery.id)
    if last is not None and last.repeat_reason is None:
        raise Problem("lottery.repeated", number=last.number + 1)
    return lottery.attempts + 1
