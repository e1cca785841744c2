"""Web sessions: a random token in the browser, its hash in the database, one role at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import delete, update

from infra.auth.second_factor.queries import STAFF, factors_of
from infra.auth.tables import FOR_A_BODY, Account, Membership, WebSession
from infra.db.work import Database, Work
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)
REMEMBERED = timedelta(days=1)
"""So long an ended session still tells whose it was, so that typed input finds its way back."""

_BODIES = ", ".join(repr(str(role)) for role in sorted(FOR_A_BODY))
# Asked at every request of somebody signed in, so without the ORM, and once for all who ask together; nothing of the
# answer is kept for the next ones.
FIND = f"""
SELECT web.csrf, web.token_hash, web.last_seen, account.id, account.login, account.name,
       membership.id, membership.role, membership.region, body.id, body.credit_code, body.name,
       web.seat, web.seat_region,
       CASE WHEN web.membership IS NULL THEN (
           SELECT min(sole.id) FROM memberships AS sole
           WHERE sole.account = web.account
             AND sole.ended_at IS NULL AND (sole.valid_until IS NULL OR sole.valid_until > $2)
           HAVING count(*) = 1 AND bool_and(sole.role IN ({_BODIES}))
       ) END
FROM web_sessions AS web
LEFT JOIN accounts AS account ON account.id = web.account
LEFT JOIN memberships AS membership ON membership.id = web.membership
     AND membership.ended_at IS NULL AND (membership.valid_until IS NULL OR membership.valid_until > $2)
LEFT JOIN organisations AS body ON body.id = membership.organisation
WHERE web.token_hash = ANY($1) AND web.expires_at > $2 AND web.last_seen > $3 AND account.disabled_at IS NULL
"""

# A sign of life that is lost with the machine harms nobody: it does not wait for the disk.
TOUCH = """
WITH hasty AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE web_sessions SET last_seen = clock_timestamp() FROM hasty WHERE token_hash = $1
"""

OWNER = "SELECT coalesce(account, seat) FROM web_sessions WHERE token_hash = $1"


class Person(NamedTuple):
    """The account behind a session; a judge's seat has no login and no name."""

    id: str
    login: str
    name: str


class Capacity(NamedTuple):
    """The membership in which the person acts."""

    id: str
    role: Role
    region: str


class Body(NamedTuple):
    """The organisation acted for."""

    id: str
    credit_code: str
    name: str


@dataclass(frozen=True)
class SignedIn:
    """Who stands behind a request; with several memberships and none chosen the actor's role is `public`.

    `only` is the one mandate of somebody who has chosen none: `take_only` takes it up.
    """

    actor: Actor
    account: Person
    membership: Capacity | None
    organisation: Body | None
    csrf: str
    token_hash: bytes
    last_seen: datetime
    only: str | None = None

    @property
    def must_choose(self) -> bool:
        """Whether a role has still to be chosen before anything can be done."""
        return self.membership is None

    def due_to_touch(self, now: datetime) -> bool:
        """Whether `touch` should be called: the last sign of life is a minute old."""
        return now - self.last_seen >= SEEN_EVERY


async def find_session(database: Database, token: str, now: datetime) -> SignedIn | None:
    """The signed-in person of a cookie's token; None when unknown, expired, idle for two hours or disabled."""
    row = await database.together.ask(FIND, partial(_found, database), (token_hash(token), now))
    return None if row is None else _signed_in(tuple(row))


async def open_session(work: Work, account: Account | Person, membership: Membership | None) -> str:
    """Store a fresh session and return its token (256 random bits, hex); the caller records the journal line."""
    token = work.ctx.random(32).hex()
    _add(work, token, account=account.id, membership=membership.id if membership else None)
    await work.session.execute(delete(WebSession).where(WebSession.expires_at <= work.ctx.now - REMEMBERED))
    return token


async def open_seat_session(work: Work, seat: str, region: str) -> str:
    """Store a fresh session of a judge's seat and return its token; an earlier one of this seat is dead."""
    token = work.ctx.random(32).hex()
    await end_seat_sessions(work, seat)
    _add(work, token, seat=seat, seat_region=region)
    return token


async def end_seat_sessions(work: Work, seat: str) -> None:
    """End whatever session a judge's seat has."""
    await work.session.execute(delete(WebSession).where(WebSession.seat == seat))


async def former_owner(database: Database, token: str) -> str | None:
    """The account or seat of a session that may be over by now, for a day: who may have its typed input back."""
    async with database.bare() as connection:
        found: str | None = await connection.fetchval(OWNER, token_hash(token))
    return found


async def touch(database: Database, signed_in: SignedIn) -> None:
    """Note a sign of life at once; the gate calls it when `due_to_touch` says so."""
    async with database.bare() as connection:
        await connection.execute(TOUCH, signed_in.token_hash)


async def choose_membership(work: Work, signed_in: SignedIn, membership_id: str) -> str:
    """Act in another of one's own roles from now on: a new token, the old one is dead.

    `membership.unknown`, `membership.over`; `second-factor.needed` for a role of staff outside the demonstration.
    """
    membership = None if "\0" in membership_id else await work.session.get(Membership, membership_id)
    if membership is None or membership.account != signed_in.account.id:
        raise Problem("membership.unknown", id=membership_id)
    if not membership.lasts(work.ctx.now):
        raise Problem("membership.over", role=str(membership.role))
    staff = work.ctx.mode != "demo" and membership.role in STAFF
    if staff and not (await factors_of(work.session, membership.account)).authenticators:
        raise Problem("second-factor.needed")
    await _end(work, signed_in)
    work.record(Event.ACCOUNT_SIGNED_IN, signed_in.account.id, region=membership.region, role=str(membership.role))
    return await open_session(work, signed_in.account, membership)


async def take_only(work: Work, signed_in: SignedIn) -> None:
    """Act in the only mandate there is, for a session that was opened before it was given; of two at once one does it."""
    unchosen = WebSession.token_hash == signed_in.token_hash, WebSession.membership.is_(None)
    taking = update(WebSession).where(*unchosen).values(membership=signed_in.only).returning(WebSession.membership)
    if await work.session.scalar(taking) is not None:
        membership = await work.session.get_one(Membership, signed_in.only)
        work.record(Event.ACCOUNT_SIGNED_IN, signed_in.account.id, region=membership.region, role=str(membership.role))


async def leave_role(work: Work, membership: Membership) -> None:
    """Whatever session acts in this role acts in none from now on."""
    acting = update(WebSession).where(WebSession.membership == membership.id)
    await work.session.execute(acting.values(membership=None))


async def sign_out(work: Work, signed_in: SignedIn) -> None:
    """End this session; its token is worthless afterwards."""
    await _end(work, signed_in)
    work.record(Event.ACCOUNT_SIGNED_OUT, signed_in.account.id)


def token_hash(token: str) -> bytes:
    """SHA-256 of a session token: what the database keeps."""
    return sha256(b"web-session/v1\0" + token.encode("utf-8", "replace")).digest()


def _add(work: Work, token: str, **owner: str | None) -> None:
    now = work.ctx.now
    work.session.add(
        WebSession(
            token_hash=token_hash(token),
            csrf=work.ctx.random(32).hex(),
            created_at=now,
            expires_at=now + LIFETIME,
            last_seen=now,
            **owner,
        )
    )


async def _end(work: Work, signed_in: SignedIn) -> None:
    await work.session.execute(delete(WebSession).where(WebSession.token_hash == signed_in.token_hash))


async def _found(database: Database, asked: Sequence[tuple[bytes, datetime]]) -> dict[tuple[bytes, datetime], Any]:
    """The row of each (token's hash, time) whose session lasts, by the latest of the times."""
    last = max(now for _, now in asked)
    async with database.bare() as connection:
        rows = await connection.fetch(FIND, [token for token, _ in asked], last, last - IDLE)
    lasting = {row["token_hash"]: row for row in rows}
    return {one: lasting.get(one[0]) for one in asked}


def _signed_in(row: tuple[Any, ...]) -> SignedIn:
    csrf, token, last_seen = row[:3]
    if row[12] is not None:
        seat, region = row[12:14]
        judge = Capacity(seat, Role.JUDGE, region)
        return SignedIn(
            Actor(seat, Role.JUDGE, None, region), Person(seat, "", ""), judge, None, csrf, token, last_seen
        )
    person = Person(*row[3:6])
    capacity = None if row[6] is None else Capacity(row[6], Role(row[7]), row[8])
    body = None if row[9] is None else Body(*row[9:12])
    actor = Actor(person.id, Role.PUBLIC)
    if capacity is not None:
        actor = Actor(person.id, capacity.role, body.id if body else None, capacity.region)
    return SignedIn(actor, person, capacity, body, csrf, token, last_seen, row[14])
