"""Typed input that outlives its session: kept for a day, given back to the one who typed it."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import KeptInput
from infra.db.work import Work

KEPT_FOR = timedelta(days=1)
SECRET = ("password", "slip", "one_time", "private_", "form_")
"""Beginnings of the names of fields that are never kept."""


async def keep_input(work: Work, owner: str, path: str, fields: Mapping[str, str]) -> str:
    """Keep what was typed for `path`; secrets and what is personal are left out. Returns its id."""
    await work.session.execute(delete(KeptInput).where(KeptInput.kept_at <= work.ctx.now - KEPT_FOR))
    harmless = {name: value for name, value in fields.items() if not name.startswith(SECRET)}
    kept = KeptInput(id=work.ctx.new_id("kept"), owner=owner, path=path, fields=harmless, kept_at=work.ctx.now)
    work.session.add(kept)
    return kept.id


async def kept_input(session: AsyncSession, owner: str, path: str, kept_id: str) -> dict[str, str]:
    """What this owner had typed for this path; nothing where it is somebody else's, of another form, or gone."""
    found = None if "\0" in kept_id else await session.get(KeptInput, kept_id)
    if found is None or found.owner != owner or found.path != path:
        return {}
    return {str(name): str(value) for name, value in found.fields.items()}
