"""Who acts, when, and where chance comes from: the three things no rule may fetch for itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The roles of docs/glossary.md; one person may hold several memberships, but acts in one role at a time."""

    PUBLIC = "public"
    BIDDER = "bidder"
    PROCURING = "procuring"
    AGENT = "agent"
    CENTRE = "centre"
    SUPERVISOR = "supervisor"
    JUDGE = "judge"
    EXPERT = "expert"
    POOL = "pool"
    TRUSTEE = "trustee"
    SYSTEM = "system"
    SYSTEM_ADMIN = "system-admin"
    SECURITY_ADMIN = "security-admin"
    AUDIT_ADMIN = "audit-admin"


@dataclass(frozen=True)
class Actor:
    """The one who acts. `id` is the account's id, `organisation` the id of the body acted for, if any."""

    id: str
    role: Role
    organisation: str | None = None
    region: str | None = None


PUBLIC = Actor("public", Role.PUBLIC)
SYSTEM = Actor("system", Role.SYSTEM)


@dataclass(frozen=True)
class Context:
    """What a use-case is given: actor, time (UTC, the database's clock) and a source of random bytes."""

    actor: Actor
    now: datetime
    random: Callable[[int], bytes] = field(repr=False)
    address: str | None = None
    mode: str = "production"

    def new_id(self, prefix: str) -> str:
        """A fresh identifier of 100 random bits that tells nothing about order or number: `bid-k3v…`."""
        letters = "0123456789abcdefghjkmnpqrstvwxyz"
        bits = int.from_bytes(self.random(13)) >> 4
        return prefix + "-" + "".join(letters[bits >> 5 * place & 31] for place in range(20))
