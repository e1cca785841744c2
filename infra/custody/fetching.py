"""Which trustee asks for what lies at a path, by its signature and by the clock."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto.sign import verify_ed25519
from infra.custody.tables import Trustee
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from infra.trustee.fetching import fetch_message

FRESH = timedelta(minutes=5)
"""How long a signed question may be used: as long as no clock of a trustee that is let in may be wrong."""


async def fetching_trustee(session: AsyncSession, name: str, at: str, signature: str, path: str) -> str | None:
    """The name of the enrolled trustee that signed this question a moment ago; None for anybody else."""
    trustee = await session.get(Trustee, name) if "\0" not in name else None
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    try:
        given, fresh = unb64(signature, 64), abs(datetime.fromisoformat(at) - now) <= FRESH
    except (Problem, TypeError, ValueError):
        return None
    if trustee is None or not fresh or not verify_ed25519(trustee.signer, fetch_message(name, at, path), given):
        return None
    return trustee.name
