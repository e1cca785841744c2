"""The list of names `list/v1` 签到名单: whole, on the day, and unlocked by two signatures."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.queries import people
from expertpool.attendance.rules import day_of, list_message
from expertpool.attendance.tables import AttendanceList, ListSignature
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Draw, Seat
from infra.auth.certification import refuse_revoked
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64, digest
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

PARTIES = (Role.CENTRE, Role.SUPERVISOR)


class Named(NamedTuple):
    """One line of the unlocked list: the seat's number, its specialty, and the name and identity of its holder."""

    number: int
    specialty: str
    name: str
    identity: str


class Standing(NamedTuple):
    """The list as it stands: its digest, why it cannot be signed yet, its row, who has signed it and when."""

    digest: bytes
    wanting: str | None
    row: AttendanceList | None
    signed: dict[str, datetime]

    @property
    def unlocked(self) -> bool:
        """Whether both have signed exactly these rows."""
        return self.row is not None and self.row.unlocked_at is not None


def list_digest(section: str, seats: Sequence[Seat]) -> bytes:
    """SHA-256 of canonical `{seats: [{judge, sealed}], section}`; `sealed` is the SHA-256 of who is sealed to the seat.

    A vacant seat stands with the digest of nothing: no name, and no gap in the numbers.
    """
    rows = [{"judge": f"J{seat.number}", "sealed": sha256(seat.sealed_expert).hexdigest()} for seat in seats]
    return digest({"seats": rows, "section": section})


async def standing(session: AsyncSession, section: str, seats: Sequence[Seat], now: datetime) -> Standing:
    """The list over the section's present seats, by number; a replaced holder makes another list of it."""
    list_is = list_digest(section, seats)
    wanted = select(AttendanceList).where(AttendanceList.section == section, AttendanceList.digest == list_is)
    row = (await session.execute(wanted)).scalar_one_or_none()
    found = select(ListSignature.role, ListSignature.signed_at).where(ListSignature.list == (row.id if row else ""))
    signed = {role: at for role, at in await session.execute(found)}
    return Standing(list_is, await _wanting(session, seats, now), row, signed)


async def sign_list(
    work: Work,
    authority: bytes,
    section: str,
    seats: Sequence[Seat],
    shown: bytes,
    certificate: bytes,
    signature: bytes,
) -> bool:
    """Sign the list whose digest was shown, as the trading centre or the supervising body; whether it is unlocked now.

    `list.waiting` until every seat has signed in or is vacant, `list.early` before the day, `list.changed` when the
    seats are others by now, `list.signed` for the same party twice, `signing.…`.
    """
    require(work.ctx.actor, "list.sign")
    now = await standing(work.session, section, seats, work.ctx.now)
    if now.wanting is not None:
        raise Problem("list.early" if now.wanting == "early" else "list.waiting")
    if now.digest != shown:
        raise Problem("list.changed")
    role = work.ctx.actor.role
    if role in now.signed:
        raise Problem("list.signed", at=now.signed[role])
    signer = verify_signature(authority, certificate, signature, list_message(section, shown), work.ctx.now)
    if (await refuse_revoked(work.session, signer)).account != work.ctx.actor.id:
        raise Problem("signing.bad-signature", serial=signer.serial)
    row = now.row or await _new_list(work, section, seats, shown)
    work.session.add(
        ListSignature(
            list=row.id, region=row.region, role=role, account=work.ctx.actor.id, certificate=certificate,
            signature=signature, signed_at=work.ctx.now,
        )
    )  # fmt: skip
    await work.session.flush()
    return await _unlock(work, row, len(seats))


async def named(session: AsyncSession, keys: KeyService, seats: Sequence[Seat]) -> list[Named]:
    """The names of whoever holds these seats, by number; the caller has made sure that the list is unlocked."""
    held = {seat.id: keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode() for seat in seats if seat.signed_in_at}
    known = await people(session, keys, set(held.values()))
    return [Named(seat.number, seat.specialty, *known[held[seat.id]]) for seat in seats if seat.id in held]


async def _wanting(session: AsyncSession, seats: Sequence[Seat], now: datetime) -> str | None:
    if not seats or any(seat.signed_in_at is None and seat.vacant_since is None for seat in seats):
        return "waiting"
    begins = await session.scalar(select(Draw.evaluation_at).where(Draw.id == seats[0].draw))
    return "early" if begins is not None and day_of(now) < day_of(begins) else None


async def _new_list(work: Work, section: str, seats: Sequence[Seat], list_is: bytes) -> AttendanceList:
    row = AttendanceList(
        id=work.ctx.new_id("list"), region=seats[0].region, section=section, draw=seats[0].draw, digest=list_is,
        made_at=work.ctx.now,
    )  # fmt: skip
    work.session.add(row)
    await work.session.flush()
    return row


async def _unlock(work: Work, row: AttendanceList, judges: int) -> bool:
    found = (await work.session.execute(select(ListSignature).where(ListSignature.list == row.id))).scalars()
    signatures = {one.role: {"certificate": b64(one.certificate), "signature": b64(one.signature)} for one in found}
    if len(signatures) < len(PARTIES):
        return False
    row.unlocked_at = work.ctx.now
    work.record(
        Event.LIST_UNLOCKED,
        row.draw,
        section=row.section,
        region=row.region,
        judges=judges,
        digest=row.digest.hex(),
        signatures=[signatures[role] for role in PARTIES],
    )
    return True
