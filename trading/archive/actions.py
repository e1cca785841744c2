"""Sealing a section's evidence: the file is built from the journal, its index is logged, and the seal closes it."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import PlatformKeys
from infra.custody.duties import RELEASE
from infra.custody.tables import Duty, Keyset
from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.jobs import NotYetError
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.archive.bundle import INDEX, SEAL, index_of, pack, unpack
from trading.archive.members import event_member, members_of
from trading.sections.queries import lock_section
from trading.sections.tables import Section

BUCKET = "archive"
PATIENCE = {True: timedelta(minutes=1), False: timedelta(hours=1)}


async def archive_section(
    database: Database, objects: Objects, keys: PlatformKeys, log_name: str, section_id: str
) -> None:
    """Build, log and seal the evidence file of a finished section; safe to run again at any point."""
    line = await _logged(database, section_id)
    if line is None:
        await _build(database, objects, keys, log_name, section_id)
        raise NotYetError("the index is logged, but not co-signed yet")
    async with database.reading() as session:
        section = await session.get_one(Section, section_id)
        if section.evidence is not None:
            return
        seal = await event_member(session, line)
    members = unpack(await objects.get(BUCKET, draft_key(section_id)))
    members[SEAL] = canonical(seal)
    version = await objects.put(BUCKET, final_key(section_id), pack(members))
    async with database.work(SYSTEM) as work:
        (await lock_section(work.session, section_id)).evidence = version


async def evidence_file(objects: Objects, section: Section) -> bytes:
    """The sealed evidence file; `section.no-evidence` before the section is archived."""
    if section.evidence is None:
        raise Problem("section.no-evidence", section=section.id)
    return await objects.get(BUCKET, final_key(section.id), section.evidence)


def draft_key(section_id: str) -> str:
    """Where the unsealed file stands."""
    return f"{section_id}/unsealed.zip"


def final_key(section_id: str) -> str:
    """Where the sealed file stands."""
    return f"{section_id}/evidence.zip"


async def _build(database: Database, objects: Objects, keys: PlatformKeys, log_name: str, section_id: str) -> None:
    async with database.work(SYSTEM) as work:
        section = await lock_section(work.session, section_id)
        if await _find(work.session, section_id) is not None:
            return
        await _require_quiet(work, section_id)
        members = await members_of(work.session, objects, keys, log_name, section)
        members[INDEX] = index_of(members)
        await objects.put(BUCKET, draft_key(section_id), pack(members))
        work.record(
            Event.SECTION_ARCHIVED,
            section_id,
            section=section_id,
            region=section.region,
            index=b64(sha256(members[INDEX]).digest()),
        )


async def _require_quiet(work: Work, section_id: str) -> None:
    """A custodian that has not released yet may still do so, and its event belongs into the file; but not for ever."""
    waited_for = work.ctx.now - PATIENCE[work.ctx.mode == "demo"]
    owed = (
        select(func.count())
        .select_from(Duty)
        .join(Keyset, Keyset.id == Duty.subject)
        .where(Keyset.section == section_id, Duty.kind == RELEASE, Duty.answer.is_(None), Duty.asked_at > waited_for)
    )
    if (await work.session.execute(owed)).scalar_one():
        raise NotYetError("a custodian's release is still to come")


async def _logged(database: Database, section_id: str) -> Line | None:
    async with database.reading() as session:
        return await _find(session, section_id)


async def _find(session: AsyncSession, section_id: str) -> Line | None:
    found = select(Line).where(Line.subject == section_id, Line.event == Event.SECTION_ARCHIVED)
    return (await session.execute(found)).scalar_one_or_none()
