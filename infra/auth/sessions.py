"""Web sessions: a random token in the browser, its hash in the database, one role at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Account, Membership, Organisation, WebSession
from infra.db.work import Work
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """Who stands behind a request; with several memberships and none chosen the actor's role is `public`."""

    actor: Actor
    account: Account
    membership: Membership | None
    organisation: Organisation | None
    csrf: str
    token_hash: bytes
    last_seen: datetime

    @property
    def must_choose(self) -> bool:
        """Whether a role has still to be chosen before anything can be done."""
        return self.membership is None

    def due_to_touch(self, now: datetime) -> bool:
        """Whether `touch` should be called: the last sign of life is a minute old."""
        return now - self.last_seen >= SEEN_EVERY


async def find_session(session: AsyncSession, token: str, now: datetime) -> SignedIn | None:
    """The signed-in person of a cookie's token; None when unknown, expired, idle for two hours or disabled."""
    row = (
        await session.execute(
            select(WebSession, Account, Membership, Organisation)
            .join(Account, Account.id == WebSession.account)
            .outerjoin(Membership, Membership.id == WebSession.membership)
            .outerjoin(Organisation, Organisation.id == Membership.organisation)
            .where(
                WebSession.token_hash == token_hash(token),
                WebSession.expires_at > now,
                WebSession.last_seen > now - IDLE,
                Account.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    return None if row is None else _signed_in(*row)


async def open_session(work: Work, account: Account, membership: Membership | None) -> str:
    """Store a fresh session and return its token (256 random bits, hex); the caller records the journal line."""
    token = work.ctx.random(32).hex()
    now = work.ctx.now
    work.session.add(
        WebSession(
            token_hash=token_hash(token),
            account=account.id,
            membership=membership.id if membership else None,
            csrf=work.ctx.random(32).hex(),
            created_at=now,
            expires_at=now + LIFETIME,
            last_seen=now,
        )
    )
    await work.session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    return token


async def touch(work: Work, signed_in: SignedIn) -> None:
    """Note a sign of life; pages call it when `due_to_touch` says so."""
    await work.session.execute(
        update(WebSession).where(WebSession.token_hash == signed_in.token_hash).values(last_seen=work.ctx.now)
    )


async def choose_membership(work: Work, signed_in: SignedIn, membership_id: str) -> str:
    """Act in another of one's own roles from now on: a new token, the old one is dead; `membership.unknown`."""
    membership = None if "\0" in membership_id else await work.session.get(Membership, membership_id)
    if membership is None or membership.account != signed_in.account.id:
        raise Problem("membership.unknown", id=membership_id)
    await _end(work, signed_in)
    work.record(Event.ACCOUNT_SIGNED_IN, signed_in.account.id, region=membership.region, role=str(membership.role))
    return await open_session(work, signed_in.account, membership)


async def sign_out(work: Work, signed_in: SignedIn) -> None:
    """End this session; its token is worthless afterwards."""
    await _end(work, signed_in)
    work.record(Event.ACCOUNT_SIGNED_OUT, signed_in.account.id)


def token_hash(token: str) -> bytes:
    """SHA-256 of a session token: what the database keeps."""
    return sha256(b"web-session/v1\0" + token.encode("utf-8", "replace")).digest()


async def _end(work: Work, signed_in: SignedIn) -> None:
    await work.session.execute(delete(WebSession).where(WebSession.token_hash == signed_in.token_hash))


def _signed_in(
    row: WebSession, account: Account, membership: Membership | None, organisation: Organisation | None
) -> SignedIn:
    actor = (
        Actor(account.id, Role(membership.role), membership.organisation, membership.region)
        if membership
        else Actor(account.id, Role.PUBLIC)
    )
    return SignedIn(actor, account, membership, organisation, row.csrf, row.token_hash, row.last_seen)
