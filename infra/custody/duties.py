"""Duties: what the platform asks of one trustee, and the one answer it gives."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.custody.tables import Duty, Trustee
from infra.db.work import Work
from infra.kernel.problems import Problem

KEY = "keyset-key"
SIGN = "keyset-sign"
EXTEND = "keyset-extend"
RELEASE = "release"
COMMIT = "draw-commit"
ESCROW = "draw-escrow"
AUDIT = "pool-audit"
RECORD_KEY = "record-key"
CHECK = "release-check"
LATER = (RECORD_KEY, CHECK)
"""What nothing waits for: shown after all else, and not to programs from before there were records."""
MOST_LATER = 50


async def trustees(session: AsyncSession) -> list[Trustee]:
    """All enrolled trustees in byte order of their names: the custodian order of every keyset."""
    return list((await session.execute(select(Trustee).order_by(Trustee.name))).scalars())


async def ask(work: Work, trustee: str, kind: str, subject: str, **payload: Any) -> None:
    """Ask a trustee once; asking the same again changes nothing."""
    known = select(Duty.id).where(Duty.trustee == trustee, Duty.kind == kind, Duty.subject == subject)
    if (await work.session.execute(known)).scalar() is not None:
        return
    work.session.add(
        Duty(
            id=work.ctx.new_id("duty"),
            trustee=trustee,
            kind=kind,
            subject=subject,
            payload=payload,
            asked_at=work.ctx.now,
        )
    )
    await work.notify("duty")


async def take(work: Work, trustee: str, duty_id: str) -> Duty:
    """The trustee's own pending duty, locked; `duty.unknown` for anything else, `duty.answered` for a second answer."""
    locked = select(Duty).where(Duty.id == duty_id, Duty.trustee == trustee).with_for_update()
    duty = (await work.session.execute(locked)).scalar_one_or_none()
    if duty is None:
        raise Problem("duty.unknown", duty=duty_id)
    if duty.answer is not None:
        raise Problem("duty.answered", duty=duty_id)
    return duty


def settle(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """Keep the answer of a duty."""
    duty.answer, duty.answered_at = answer, work.ctx.now


async def answers(session: AsyncSession, kind: str, subject: str) -> dict[str, dict[str, Any]]:
    """Every answer given so far, by trustee."""
    given = select(Duty.trustee, Duty.answer).where(
        Duty.kind == kind, Duty.subject == subject, Duty.answer.is_not(None)
    )
    return {trustee: answer for trustee, answer in await session.execute(given) if answer is not None}


async def pending(session: AsyncSession, trustee: str, *, later: bool = False) -> list[Duty]:
    """What the trustee still owes, oldest first; with `later` also the oldest of what nothing waits for, at the end."""
    owed = select(Duty).where(Duty.trustee == trustee, Duty.answer.is_(None)).order_by(Duty.asked_at, Duty.id)
    found = list((await session.execute(owed.where(Duty.kind.not_in(LATER)))).scalars())
    if later:
        found += (await session.execute(owed.where(Duty.kind.in_(LATER)).limit(MOST_LATER))).scalars()
    return found
