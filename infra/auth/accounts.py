"""Accounts and memberships: created by administrators, signed in to by people, locked for a while when guessed at."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from unicodedata import normalize

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.organisations import checked_region
from infra.auth.passwords import checked_password, hashed, matches
from infra.auth.permissions import require
from infra.auth.second_factor.queries import Next, after_password
from infra.auth.sessions import SignedIn, open_session
from infra.auth.tables import (
    ADMINISTRATORS,
    FOR_A_BODY,
    GRANTABLE,
    Account,
    Membership,
    Organisation,
    SignInCount,
    WebSession,
)
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
    account = await new_account(work, login, name, password)
    if role is not None:
        await _grant(work, account, role, region or "", organisation)
    work.record(Event.ACCOUNT_CREATED, account.id, region=region, role=str(role or ""))
    return account


async def new_account(work: Work, login: str, name: str, password: str) -> Account:
    """An account without any role, for a use-case that records why; `login.form`, `login.taken`, `password.length`."""
    folded = checked_login(login)
    added = insert(Account).values(
        id=work.ctx.new_id("account"),
        login=folded,
        name=name.strip() or login,
        password_hash=await hashed(checked_password(password), work.ctx.random(16)),
        created_at=work.ctx.now,
    )
    unless_taken = added.on_conflict_do_nothing(index_elements=[Account.login]).returning(Account)
    account: Account | None = await work.session.scalar(unless_taken)
    if account is None:
        raise Problem("login.taken", login=folded)
    return account


async def grant(work: Work, account_id: str, role: Role, region: str, organisation: str | None = None) -> Membership:
    """Give an account a further role, or one again that it gave up; `membership.exclusive` beside an administrator's."""
    account = await work.session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise Problem("account.unknown", id=account_id)
    membership = await _grant(work, account, role, region, organisation)
    work.record(Event.MEMBERSHIP_GRANTED, account.id, region=region, role=str(role), membership=membership.id)
    return membership


async def sign_in(database: Database, login: str, password: str, address: str | None = None) -> str:
    """Check a password and return a session token; `sign-in.code-needed` for an account with a second factor.

    The role is chosen already where there is only one. Other refusals are those of `prove_password`.
    """
    account = await prove_password(database, login, password, address)
    async with database.work(Actor(account.id, Role.PUBLIC), address) as work:
        await forget_tries(work, login, address)
        if await after_password(work.session, account.id, work.ctx.mode) is not Next.OPEN:
            raise Problem("sign-in.code-needed")
        return await opened(work, account)


async def prove_password(database: Database, login: str, password: str, address: str | None = None) -> Account:
    """The account whose password this is.

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
    return account


async def opened(work: Work, account: Account) -> str:
    """A session for somebody who has proven who it is, in the only role where there is only one."""
    own = await choices(work.session, account.id)
    only = own[0].membership if len(own) == 1 else None
    work.record(Event.ACCOUNT_SIGNED_IN, account.id, role=str(only.role) if only else "")
    return await open_session(work, account, only)


async def change_password(work: Work, signed_in: SignedIn, password: str) -> None:
    """Give oneself another password; every other session of the account ends. `password.length`."""
    account = await work.session.get_one(Account, signed_in.account.id, with_for_update=True)
    account.password_hash = await hashed(checked_password(password), work.ctx.random(16))
    others = delete(WebSession).where(WebSession.account == account.id, WebSession.token_hash != signed_in.token_hash)
    await work.session.execute(others)
    work.record(Event.PASSWORD_CHANGED, account.id, account=account.id)


async def forget_tries(work: Work, login: str, address: str | None) -> None:
    """A right password clears the count of the wrong ones before it."""
    await forget_keys(work, *_counted(login, address))


async def forget_keys(work: Work, *keys: bytes) -> None:
    """Clear the counts under these keys."""
    await work.session.execute(delete(SignInCount).where(SignInCount.key.in_(keys)))


async def count_try(work: Work, key: bytes, allowed: int) -> datetime | None:
    """Count one more try under a key; the end of the lock when there were too many within a quarter of an hour."""
    added = insert(SignInCount).values(key=key, tries=1, since=work.ctx.now)
    counted = added.on_conflict_do_update(
        index_elements=[SignInCount.key], set_={"tries": SignInCount.tries + 1}
    ).returning(SignInCount.tries, SignInCount.since)
    await work.session.execute(delete(SignInCount).where(SignInCount.since <= work.ctx.now - WINDOW))
    tries, since = (await work.session.execute(counted)).one()
    return since + WINDOW if tries > allowed else None


async def choices(session: AsyncSession, account_id: str) -> list[Choice]:
    """The roles an account may act in by now, in a steady order; what has ended or run out is none."""
    rows = await session.execute(
        select(Membership, Organisation)
        .outerjoin(Organisation, Organisation.id == Membership.organisation)
        .where(Membership.account == account_id, lasting())
        .order_by(Membership.role, Organisation.name, Membership.id)
    )
    return [Choice(membership, organisation) for membership, organisation in rows]


def lasting() -> ColumnElement[bool]:
    """The memberships that count, by the database's clock: not ended and not run out."""
    return and_(
        Membership.ended_at.is_(None), or_(Membership.valid_until.is_(None), Membership.valid_until > func.now())
    )


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
    held = (await work.session.scalars(select(Membership).where(Membership.account == account.id))).all()
    # Who was an administrator never becomes another one: no person has two of these roles, not even in turn.
    counting = {Role(one.role) for one in held if one.lasts(work.ctx.now) or {one.role, role} <= ADMINISTRATORS}
    check_together(counting | {role})
    membership = next((m for m in held if (m.role, m.organisation, m.region) == (role, organisation, region)), None)
    if membership is None:
        membership = Membership(
            id=work.ctx.new_id("member"), account=account.id, organisation=organisation, role=role,
            region=checked_region(region),
        )  # fmt: skip
    elif membership.lasts(work.ctx.now):
        raise Problem("membership.known", role=str(role))
    membership.valid_until = membership.ended_at = None
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
    anywhere = await count_try(work, keys[0], TRIES_FROM_ANYWHERE)
    here = await count_try(work, keys[1], TRIES_FROM_ONE_ADDRESS)
    return max(filter(None, (anywhere, here)), default=None)
