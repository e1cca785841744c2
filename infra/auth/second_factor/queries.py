"""What an account proves itself with, and whether a right password is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.second_factor.tables import Authenticator, RecoveryCode
from infra.auth.tables import ADMINISTRATORS, Membership
from infra.kernel.context import Role

STAFF = ADMINISTRATORS | {Role.CENTRE, Role.SUPERVISOR, Role.POOL}
"""Roles that need a second factor outside the demonstration; judges sign in by slips, everybody else may have one."""


class Next(StrEnum):
    """What follows a right password."""

    OPEN = "open"
    PROVE = "prove"
    ENROL = "enrol"


@dataclass(frozen=True)
class Factors:
    """An account's confirmed authenticators, oldest first, and how many recovery codes are unused."""

    authenticators: Sequence[Authenticator]
    recovery_codes: int

    @property
    def generators(self) -> list[Authenticator]:
        """Those that give one-time codes."""
        return [one for one in self.authenticators if one.kind == "totp"]

    @property
    def passkeys(self) -> list[Authenticator]:
        """The passkeys."""
        return [one for one in self.authenticators if one.kind == "passkey"]

    @property
    def credentials(self) -> list[bytes]:
        """The credential ids of the passkeys."""
        return [one.credential for one in self.passkeys if one.credential is not None]


async def factors_of(session: AsyncSession, account: str) -> Factors:
    """What this account has confirmed."""
    confirmed = select(Authenticator).where(Authenticator.account == account, Authenticator.confirmed_at.is_not(None))
    unused = select(func.count()).where(RecoveryCode.account == account, RecoveryCode.used_at.is_(None))
    found = (await session.scalars(confirmed.order_by(Authenticator.created_at))).all()
    return Factors(found, await session.scalar(unused) or 0)


async def is_staff(session: AsyncSession, account: str) -> bool:
    """Whether one of the account's roles needs a second factor."""
    staff = select(Membership.id).where(
        Membership.account == account, Membership.role.in_(STAFF), Membership.ended_at.is_(None)
    )
    return await session.scalar(staff.limit(1)) is not None


async def after_password(session: AsyncSession, account: str, mode: str) -> Next:
    """Whether a right password opens a session, asks for the second factor, or first for setting one up (not in demo)."""
    if (await factors_of(session, account)).authenticators:
        return Next.PROVE
    return Next.ENROL if mode != "demo" and await is_staff(session, account) else Next.OPEN
