"""Signing in by two steps: a right password opens a session, or waits ten minutes for the second factor."""

from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import delete

from infra.auth.accounts import TRIES_FROM_ONE_ADDRESS, count_try, forget_keys, forget_tries, opened, prove_password
from infra.auth.keys import KeyService
from infra.auth.second_factor import actions
from infra.auth.second_factor.passkeys import Party
from infra.auth.second_factor.queries import Next, after_password
from infra.auth.second_factor.tables import Authenticator, PendingSignIn
from infra.auth.tables import Account
from infra.db.work import Database, Work
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

WAITS = timedelta(minutes=10)


class Begun(NamedTuple):
    """What a right password has brought: a session's token, or the token of a sign-in that waits for its next step."""

    then: Next
    token: str


class Waiting(NamedTuple):
    """A sign-in that waits: whose, for which challenge, and what is being set up (`None` where one only proves)."""

    account: Account
    challenge: bytes
    enrolling: Authenticator | None


async def begin_sign_in(
    database: Database, service: KeyService | None, login: str, password: str, address: str | None = None
) -> Begun:
    """Check the password; `sign-in.refused`, `sign-in.locked` as `prove_password` tells them."""
    account = await prove_password(database, login, password, address)
    async with database.work(Actor(account.id, Role.PUBLIC), address) as work:
        await forget_tries(work, login, address)
        then = await after_password(work.session, account.id, work.ctx.mode)
        if then is Next.OPEN:
            return Begun(then, await opened(work, account))
        return Begun(then, await _wait(work, service, account, then))


async def find_waiting(database: Database, token: str) -> Waiting:
    """The sign-in of this token; `sign-in.begin-again` where its ten minutes are over or nobody began it."""
    async with database.work(Actor("public", Role.PUBLIC)) as work:
        pending = await _pending(work, token)
        account = await work.session.get_one(Account, pending.account)
        enrolling = await work.session.get(Authenticator, pending.enrolling) if pending.enrolling else None
        return Waiting(account, pending.challenge, enrolling)


async def finish_by_code(
    database: Database, service: KeyService, token: str, code: str, address: str | None = None
) -> str:
    """The session's token for a right code; `second-factor.code`, `sign-in.locked` after five wrong ones."""
    account = await _counted(database, token, address)
    try:
        async with database.work(Actor(account, Role.PUBLIC), address) as work:
            await _unenrolled(work, token)
            await actions.prove_by_code(work, service, account, code)
            return await _finish(work, account, token)
    except Problem as problem:
        await _refused(database, account, problem, address)
        raise


async def finish_by_passkey(
    database: Database, service: KeyService, token: str, party: Party, answer: str, address: str | None = None
) -> str:
    """The session's token for a passkey's right answer; `second-factor.passkey`, `sign-in.locked`."""
    account = await _counted(database, token, address)
    try:
        async with database.work(Actor(account, Role.PUBLIC), address) as work:
            pending = await _unenrolled(work, token)
            await actions.prove_by_passkey(work, service, account, party, pending.challenge, answer)
            return await _finish(work, account, token)
    except Problem as problem:
        await _refused(database, account, problem, address)
        raise


async def finish_enrolment(
    database: Database, service: KeyService, token: str, code: str, address: str | None = None
) -> tuple[str, list[str]]:
    """The session's token and the recovery codes, once the new generator has given a right code."""
    account = await _counted(database, token, address)
    async with database.work(Actor(account, Role.PUBLIC), address) as work:
        pending = await _pending(work, token)
        if pending.enrolling is None:
            raise Problem("sign-in.begin-again")
        authenticator = await actions.find_unconfirmed(work, account, pending.enrolling)
        recovery = await actions.confirm_code(work, service, authenticator, code)
        return await _finish(work, account, token), recovery


async def sign_in_by_program(
    database: Database, service: KeyService | None, login: str, password: str, code: str, address: str | None = None
) -> str:
    """Both steps at once, for a program: `sign-in.code-needed` where a code is due, `sign-in.enrol-first`."""
    begun = await begin_sign_in(database, service, login, password, address)
    if begun.then is Next.OPEN:
        return begun.token
    if begun.then is Next.ENROL or service is None:
        raise Problem("sign-in.enrol-first")
    if not code:
        raise Problem("sign-in.code-needed")
    return await finish_by_code(database, service, begun.token, code, address)


async def _wait(work: Work, service: KeyService | None, account: Account, then: Next) -> str:
    token = work.ctx.random(32).hex()
    await work.session.execute(delete(PendingSignIn).where(PendingSignIn.expires_at <= work.ctx.now))
    enrolling = None
    if then is Next.ENROL and service is not None:
        enrolling = (await actions.begin(work, service, account.id, "totp", account.login)).id
    work.session.add(
        PendingSignIn(
            token_hash=_hash(token),
            account=account.id,
            challenge=work.ctx.random(32),
            enrolling=enrolling,
            expires_at=work.ctx.now + WAITS,
        )
    )
    return token


async def _pending(work: Work, token: str) -> PendingSignIn:
    found = await work.session.get(PendingSignIn, _hash(token), with_for_update=True)
    if found is None or found.expires_at <= work.ctx.now:
        raise Problem("sign-in.begin-again")
    return found


async def _unenrolled(work: Work, token: str) -> PendingSignIn:
    """The pending sign-in, unless it has a factor to set up first: nothing else finishes that one."""
    pending = await _pending(work, token)
    if pending.enrolling is not None:
        raise Problem("sign-in.begin-again")
    return pending


async def _counted(database: Database, token: str, address: str | None) -> str:
    """Count one more try at the second step, in a transaction of its own, so that a refusal cannot undo it."""
    async with database.work(Actor("public", Role.PUBLIC), address) as work:
        account = (await _pending(work, token)).account
        locked = await count_try(work, _key(account), TRIES_FROM_ONE_ADDRESS)
    if locked is not None:
        raise Problem("sign-in.locked", until=locked)
    return account


async def _finish(work: Work, account_id: str, token: str) -> str:
    account = await work.session.get_one(Account, account_id)
    if account.disabled_at is not None:
        raise Problem("sign-in.begin-again")
    await work.session.delete(await _pending(work, token))
    await work.session.flush()
    await forget_keys(work, _key(account_id))
    return await opened(work, account)


async def _refused(database: Database, account: str, problem: Problem, address: str | None) -> None:
    if problem.code.startswith("second-factor."):
        async with database.work(Actor(account, Role.PUBLIC), address) as work:
            work.record(Event.SECOND_FACTOR_REFUSED, account, account=account)


def _hash(token: str) -> bytes:
    return sha256(b"pending-sign-in/v1\0" + token.encode("utf-8", "replace")).digest()


def _key(account: str) -> bytes:
    return sha256(b"second-factor/v1\0" + account.encode()).digest()
