"""Entering experts into the pool; names and identities are sealed by the key service."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import select

from expertpool.draw.rules import IDENTITY
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem

NAME = "expert name"
IDENTITY_LABEL = "expert identity"


async def enter_expert(
    work: Work,
    keys: KeyService,
    *,
    name: str,
    identity: str,
    employer: str | None,
    specialties: Iterable[str],
    region: str,
) -> Expert:
    """Enter one expert. `identity` is `<type>:<number>`; `expert.identity`, `expert.known`, `expert.specialty` refuse."""
    require(work.ctx.actor, "expert.enter")
    listed = sorted(set(specialties))
    if not IDENTITY.fullmatch(identity):
        raise Problem("expert.identity")
    if not listed:
        raise Problem("expert.specialty")
    known_by = fingerprint(keys, identity)
    if await work.session.scalar(select(Expert.id).where(Expert.fingerprint == known_by)):
        raise Problem("expert.known")
    expert = Expert(
        id=(expert_id := work.ctx.new_id("expert")),
        region=region,
        name=keys.wrap(NAME, expert_id, name.encode(), work.ctx.random),
        identity=keys.wrap(IDENTITY_LABEL, expert_id, identity.encode(), work.ctx.random),
        fingerprint=known_by,
        employer=employer,
        specialties=listed,
        entered_at=work.ctx.now,
    )
    work.session.add(expert)
    work.record(Event.EXPERT_ENTERED, expert.id, region=region)
    return expert


def fingerprint(keys: KeyService, identity: str) -> bytes:
    """A keyed hash under which one person is found again without storing the number."""
    return sha256(keys.master + b"expert fingerprint\0" + identity.encode()).digest()


def name_of(keys: KeyService, expert: Expert) -> str:
    """The expert's name, unsealed."""
    return keys.unwrap(NAME, expert.id, expert.name).decode()


def identity_of(keys: KeyService, expert: Expert) -> str:
    """The expert's identity `<type>:<number>`, unsealed."""
    return keys.unwrap(IDENTITY_LABEL, expert.id, expert.identity).decode()
