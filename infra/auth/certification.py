"""Certifying a signing key: the owner proves the key, the authority binds it, the row keeps it until it is revoked."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.authority import Authority
from infra.auth.permissions import PERMISSIONS, require
from infra.auth.signing import Certified, possession
from infra.auth.tables import FOR_A_BODY, Account, Organisation, SigningKey
from infra.crypto.sign import verify_p256
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

LIFETIME = timedelta(days=365)
SIGNERS = PERMISSIONS["signing-key.certify"] - {Role.SYSTEM, Role.JUDGE}
"""Who has keys certified from an account; a judge's key is made for one seat, where the judge sits."""

PLACES = ("browser", "file")
REASONS = ("lost", "exposed", "left", "replaced")
"""Why a key is revoked: codes and no free text, since the public log tells them."""


async def certify_key(
    work: Work,
    authority: Authority,
    public_key: bytes,
    proof: bytes,
    pseudonym: str | None = None,
    *,
    place: str = "file",
) -> SigningKey:
    """Certify the acting person's P-256 key for a year, in the name of the body acted for, else of the person.

    With a `pseudonym` (a judge's, for one section) the certificate shows nothing but it. `proof` is the signature over
    `possession`; `place` tells where the private half lives. `signing.no-proof`, `.bad-key`, `.known`, `.place`.
    """
    actor = work.ctx.actor
    require(actor, "signing-key.certify")
    if place not in PLACES:
        raise Problem("signing.place", place=place[:20])
    if not verify_p256(public_key, possession(actor.id, public_key), proof):
        raise Problem("signing.no-proof")
    if await work.session.scalar(select(SigningKey.id).where(SigningKey.public_key == public_key)):
        raise Problem("signing.known")
    body = actor.organisation if actor.role in FOR_A_BODY and pseudonym is None else None
    subject, serial = await _named(work, body, pseudonym)
    key = SigningKey(
        id=work.ctx.new_id("key"),
        organisation=body,
        account=None if body else actor.id,
        serial=serial,
        public_key=public_key,
        certificate=authority.certify(
            public_key,
            subject=subject,
            serial=serial,
            not_before=work.ctx.now - timedelta(minutes=1),
            not_after=work.ctx.now + LIFETIME,
            random=work.ctx.random,
        ),
        certified_by=actor.id,
        place=place,
        created_at=work.ctx.now,
    )
    work.session.add(key)
    await work.session.flush()
    work.record(Event.SIGNING_KEY_CERTIFIED, key.id, serial=serial, certificate=b64(key.certificate))
    return key


async def revoke_key(work: Work, key_id: str, reason: str = "replaced") -> None:
    """End a key, one's own, one's organisation's, or as security administrator any; `signing.unknown` for others'.

    What was signed before stays valid, bids already sealed too. `signing.reason` unless it is one of `REASONS`.
    """
    actor = work.ctx.actor
    require(actor, "signing-key.revoke")
    if reason not in REASONS:
        raise Problem("signing.reason")
    key = None if "\0" in key_id else await work.session.get(SigningKey, key_id, with_for_update=True)
    if key is None or not (_owns(actor.id, actor.organisation, key) or actor.role == "security-admin"):
        raise Problem("signing.unknown", id=key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_reason = work.ctx.now, reason
        work.record(Event.SIGNING_KEY_REVOKED, key.id, serial=key.serial, reason=reason)


async def own_keys(session: AsyncSession, actor: Actor) -> Sequence[SigningKey]:
    """The keys of the body acted for, or of the person, newest first, revoked ones last."""
    body = actor.organisation if actor.role in FOR_A_BODY else None
    own = SigningKey.organisation == body if body else SigningKey.account == actor.id
    newest_first = (SigningKey.revoked_at.is_not(None), SigningKey.created_at.desc())
    return (await session.scalars(select(SigningKey).where(own).order_by(*newest_first))).all()


async def refuse_revoked(session: AsyncSession, certified: Certified) -> SigningKey:
    """The row of a certified key that is still good; `signing.unknown` or `signing.revoked`."""
    key: SigningKey | None = await session.scalar(select(SigningKey).where(SigningKey.public_key == certified.key))
    if key is None:
        raise Problem("signing.unknown", id=certified.serial)
    if key.revoked_at is not None:
        raise Problem("signing.revoked", at=key.revoked_at.isoformat())
    return key


async def _named(work: Work, body: str | None, pseudonym: str | None) -> tuple[str, str]:
    if pseudonym is not None:
        return pseudonym, pseudonym
    if body is not None:
        organisation = await work.session.get_one(Organisation, body)
        return organisation.name, organisation.credit_code
    account = await work.session.get(Account, work.ctx.actor.id)
    return (account.name if account else work.ctx.actor.id), work.ctx.actor.id


def _owns(account: str, organisation: str | None, key: SigningKey) -> bool:
    return key.account == account or (organisation is not None and key.organisation == organisation)
