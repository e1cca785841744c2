"""The edge: the only place where the clock and chance are read; everything below is given a Context."""

import secrets
from datetime import UTC, datetime

from infra.kernel.context import Actor, Context


def random_bytes(size: int) -> bytes:
    """Cryptographic random bytes from the operating system."""
    return secrets.token_bytes(size)


def utc_now() -> datetime:
    """This machine's clock in UTC; legal time is the database's, see infra.db.work."""
    return datetime.now(UTC)


def context(actor: Actor, now: datetime | None = None, address: str | None = None) -> Context:
    """A context for work outside the database, or with the database's own time given."""
    return Context(actor, now or utc_now(), random_bytes, address)
