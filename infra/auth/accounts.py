"""Accounts and memberships: created by administrators, signed in to by people, locked for a while when guessed at."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from unicodedata import normalize

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.organisations import checked_region
from infra.auth.passwords import checked_password, hashed, matches
from infra.auth.permissions import require
from infra.auth.sessions import open_session
from infra.auth.tables import ADMINISTRATORS, FOR_A_BODY, GRANTABLE, Account, Membership, Organisation, SignInCount
from infra.db.work import Database, Work
from infra.kernel.context import PUBLIC, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

WINDOW = timedelta(minutes=15)
TRIES_FROM_ONE_ADDRESS = 5
TRIES_FROM_ANYWHERE = 100
"""So many, and no fewer: a rival must not be able to lock a bidder out before a deadline from one machine."""

_LOGIN = re.compile(r"[\w.@+-]{2,64}")


class Choice(NamedTuple):
    """One role a person may act in, with the body acted for."""

    membership: Membership
    organisation: Organisation | None


async def create_account(
    work: Work,
    *,
    login: str,
    name: str,
    password: str,
    role: Role | None = None,
    region: str | None = None,
    organisation: str | None = None,
) -> Account:
    """Create an account, with a role also its first membership; `login.…`, `password.length`, `membership.…`."""
    require(work.ctx.actor, "account.create")
    account = Account(
        id=work.ctx.new_id("account"),
        login=checked_login(login),
        name=name.strip() or login,
        password_hash=await hashed(checked_password(password), work.ctx.random(16)),
        created_at=work.ctx.now,
    )
    if await work.session.scalar(select(Account.id).where(Account.login == account.login)):
        raise Problem("login.taken", login=account.login)
    work.session.add(account)
    await work.session.flush()
    if role is not None:
        await _grant(work, account, role, region or "", organisation)
    work.record(Event.ACCOUNT_CREATED, account.id, region=region, role=str(role or ""))
    return account


async def grant(work: Work, account_id: str, role: Role, region: str, organisation: str | None = None) -> Membership:
    """Give an account a further role; an administrator has that one role and no other (`membership.exclusive`)."""
    account = await work.session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise Problem("account.unknown", id=account_id)
    membership = await _grant(work, account, role, region, organisation)
    work.record(Event.MEMBERSHIP_GRANTED, account.id, region=region, role=str(role), membership=membership.id)
    return membership


async def sign_in(database: Database, login: str, password: str, address: str | None = None) -> str:
    """Check a password and return a session token; the role is chosen already where there is only one.

    `sign-in.refused` is the same, and as slow, for an unknown login, a wrong password and a disabled account;
    `sign-in.locked` after five tries from one address (or a hundred from anywhere) within a quarter of an hour. Tries
    are counted before the password is looked at, in a transaction of their own, so that a refusal cannot undo them.
    """
    keys = _counted(login, address)
    async with database.work(PUBLIC, address) as work:
        locked = await _count(work, keys)
    if locked is not None:
        raise Problem("sign-in.locked", until=locked)
    async with database.reading() as session:
        account = await _account_of(session, login)
    right = await matches(account.password_hash if account else None, password)
    if account is None or account.disabled_at is not None or not right:
        async with database.work(PUBLIC, address) as work:
            work.record(Event.SIGN_IN_REFUSED, "login-" + keys[0].hex()[:16])
        raise Problem("sign-in.refused")
    async with database.work(Actor(account.id, Role.PUBLIC), address) as work:
        for key in keys:
            await work.session.execute(delete(SignInCount).where(SignInCount.key == key))
        own = await choices(work.session, account.id)
        only = own[0].membership if len(own) == 1 else None
        work.record(Event.ACCOUNT_SIGNED_IN, account.id, role=str(only.role) if only else "")
        return await open_session(work, account, only)


async def choices(session: AsyncSession, account_id: str) -> list[Choice]:
    """The roles an account may act in, in a steady order."""
    rows = await session.execute(
        select(Membership, Organisation)
        .outerjoin(Organisation, Organisation.id == Membership.organisation)
        .where(Membership.account == account_id)
        .order_by(Membership.role, Organisation.name, Membership.id)
    )
    return [Choice(membership, organisation) for membership, organisation in rows]


def checked_login(login: str) -> str:
    """The login in its one form (NFKC, caseless); `login.form` unless it is 2 to 64 letters, digits or `.@+-_`."""
    folded = _folded(login)
    if not _LOGIN.fullmatch(folded):
        raise Problem("login.form", login=login[:80])
    return folded


def check_together(roles: Iterable[Role]) -> None:
    """Refuse a set of roles with an administrator's and any other: `membership.exclusive`; there is no superuser."""
    held = set(roles)
    if len(held) > 1 and held & ADMINISTRATORS:
        raise Problem("membership.exclusive", roles=", ".join(sorted(held)))


async def _grant(work: Work, account: Account, role: Role, region: str, organisation: str | None) -> Membership:
    require(work.ctx.actor, "membership.grant")
    if role not in GRANTABLE:
        raise Problem("membership.role", role=str(role))
    if organisation is None and role in FOR_A_BODY:
        raise Problem("membership.no-body", role=str(role))
    if organisation is not None and await work.session.get(Organisation, organisation) is None:
        raise Problem("organisation.unknown", id=organisation)
    held = await choices(work.session, account.id)
    check_together({Role(choice.membership.role) for choice in held} | {role})
    if (role, organisation, region) in {(m.role, m.organisation, m.region) for m, _ in held}:
        raise Problem("membership.known", role=str(role))
    membership = Membership(
        id=work.ctx.new_id("member"),
        account=account.id,
        organisation=organisation,
        role=role,
        region=checked_region(region),
    )
    work.session.add(membership)
    await work.session.flush()
    return membership


async def _account_of(session: AsyncSession, login: str) -> Account | None:
    folded = _folded(login)
    if not _LOGIN.fullmatch(folded):
        return None
    found: Account | None = await session.scalar(select(Account).where(Account.login == folded))
    return found


def _folded(login: str) -> str:
    return normalize("NFKC", login).strip().casefold()


def _counted(login: str, address: str | None) -> tuple[bytes, bytes]:
    name = _folded(login).encode("utf-8", "replace")
    place = (address or "").encode("utf-8", "replace")
    return sha256(b"sign-in/v1\0" + name).digest(), sha256(b"sign-in/v1\0" + name + b"\0" + place).digest()


async def _count(work: Work, keys: tuple[bytes, bytes]) -> datetime | None:
    """Count one more try under both keys; the end of the lock when there were too many."""
    now = work.ctx.now
    await work.session.execute(delete(SignInCount).where(SignInCount.since <= now - WINDOW))
    ends = []
    for key, allowed in zip(keys, (TRIES_FROM_ANYWHERE, TRIES_FROM_ONE_ADDRESS), strict=True):
        added = insert(SignInCount).values(key=key, tries=1, since=now)
        counted = added.on_conflict_do_update(
            index_elements=[SignInCount.key], set_={"tries": SignInCount.tries + 1}
        ).returning(SignInCount.tries, SignInCount.since)
        tries, since = (await work.session.execute(counted)).one()
        if tries > allowed:
            ends.append(since + WINDOW)
    return max(ends, default=None)
