"""Recording reads: in the request that reads, before anything is shown; a read that cannot be recorded is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.rules import Outcome, Read, entry, told
from infra.access.tables import AccessLine
from infra.db.work import Database, Work
from infra.kernel.context import Actor
from infra.kernel.problems import Problem

LONGEST = 200


class Look:
    """One read while it goes on: the session to read with, and what is to be said of it once it is known."""

    def __init__(self, work: Work, subject: str, section: str | None, facts: dict[str, Any]) -> None:
        self.work = work
        self.subject = subject
        self.section = section
        self.region: str | None = None
        self.facts = facts

    @property
    def session(self) -> AsyncSession:
        """The session of the read's own transaction, confined to the reader's region."""
        return self.work.session


@asynccontextmanager
async def recorded(
    database: Database,
    actor: Actor,
    address: str | None,
    read: Read,
    subject: str,
    *,
    section: str | None = None,
    **facts: Any,
) -> AsyncIterator[Look]:
    """Read inside; leaving the block commits the access line, so nothing can be shown that was not recorded.

    A refusal inside is recorded as such and raised again. Facts are canonical JSON values.
    """
    try:
        async with database.work(actor, address) as work:
            look = Look(work, subject, section, facts)
            yield look
            note(work, read, look.subject, section=look.section, region=look.region, **look.facts)
    except Problem as problem:
        await refused(database, actor, address, read, subject, section=section, code=problem.code)
        raise


async def refused(
    database: Database,
    actor: Actor,
    address: str | None,
    read: Read,
    subject: str,
    *,
    section: str | None = None,
    code: str,
) -> None:
    """Record that a read was refused, and with which problem's code, in a transaction of its own."""
    async with database.work(actor, address) as work:
        note(work, read, subject, section=section, outcome=Outcome.REFUSED, code=code)


def note(
    work: Work,
    read: Read,
    subject: str,
    *,
    section: str | None = None,
    region: str | None = None,
    outcome: Outcome = Outcome.GRANTED,
    **facts: Any,
) -> None:
    """Add the access line to a transaction that reads; it stands or falls with it."""
    ctx = work.ctx
    line: dict[str, Any] = {
        "at": ctx.now,
        "actor": ctx.actor.id,
        "role": ctx.actor.role,
        "address": ctx.address,
        "read": read,
        "subject": _kept(subject, LONGEST),
        "section": None if section is None else _kept(section, 129),
        "outcome": outcome,
        "facts": facts,
    }
    salt = ctx.random(32)
    place = region or ctx.actor.region or ""
    work.session.add(AccessLine(**line, region=place, salt=salt, entry=entry(salt, told(line))))


def _kept(text: str, most: int) -> str:
    """What the database can hold of something that a stranger typed."""
    return text.replace("\0", "").encode(errors="replace").decode()[:most]
