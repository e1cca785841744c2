"""The draft of a tender document: what was typed is saved as it is, files are kept under their hash, until it is frozen."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.work import Database, Work
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.sections.actions import freeze_document, own_section
from trading.sections.queries import find_own_section
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section, SectionDraft

BUCKET = "documents"
LARGEST = 20 * 1024 * 1024
MOST_FILES = 20
LONGEST_NAME = 120
LONGEST_FIELD = 20_000
MOST_FIELDS = 3000
CLAUSES = "招标文件正文.txt"
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]+")

Labels = Mapping[str, Mapping[str, Any]]


async def save_fields(work: Work, section_id: str, fields: Mapping[str, str]) -> SectionDraft:
    """Keep what was typed into the document builder, right or wrong; `section.settled` once the document is frozen."""
    section = await drafted(work, section_id)
    draft = await _draft_of(work, section)
    draft.fields = checked_fields(fields)
    return _saved(work, draft)


async def save_notice(work: Work, section_id: str, fields: Mapping[str, str]) -> SectionDraft:
    """Keep what was typed into the notice; `section.published` once it is out."""
    section = await own_section(work, section_id, "document.draft")
    if section.state not in (SectionState.DRAFT, SectionState.READY):
        raise Problem("section.published", section=section_id)
    draft = await _draft_of(work, section)
    draft.notice = checked_fields(fields)
    return _saved(work, draft)


async def attach_file(
    database: Database,
    objects: Objects,
    actor: Actor,
    section_id: str,
    name: str,
    data: bytes,
    address: str | None = None,
) -> dict[str, Any]:
    """Store a file of the tender document; its {name, size, sha256}. A second one of that name takes the first's place.

    `document.file-…` refuses an empty, too large or badly named file and one too many.
    """
    entry: dict[str, Any] = {"name": checked_file_name(name), "size": len(data), "sha256": sha256(data).hexdigest()}
    if not 0 < len(data) <= LARGEST:
        raise Problem("document.file-size", name=name[:80], size=len(data), largest=LARGEST // 1024 // 1024)
    async with database.reading() as session:
        await find_own_section(session, actor, section_id)
    # Kept under its hash, before anything names it: putting it twice changes nothing, losing the row loses no bytes.
    await objects.put(BUCKET, file_key(entry["sha256"]), data)
    async with database.work(actor, address) as work:
        draft = await _draft_of(work, await drafted(work, section_id))
        others = [one for one in draft.files if one["name"] != entry["name"]]
        if len(others) >= MOST_FILES:
            raise Problem("document.file-count", most=MOST_FILES)
        draft.files, draft.saved_at = [*others, entry], work.ctx.now
        work.record(Event.FILE_ATTACHED, section_id, region=draft.region, name=entry["name"], sha256=entry["sha256"])
    return entry


async def detach_file(work: Work, section_id: str, name: str) -> None:
    """Take a file out of the draft; `document.file-unknown` where it has none of that name."""
    draft = await _draft_of(work, await drafted(work, section_id))
    left = [one for one in draft.files if one["name"] != name]
    if len(left) == len(draft.files):
        raise Problem("document.file-unknown", name=name[:80])
    draft.files, draft.saved_at = left, work.ctx.now
    work.record(Event.FILE_DETACHED, section_id, region=draft.region, name=name)


async def freeze_draft(
    database: Database,
    objects: Objects,
    actor: Actor,
    section_id: str,
    *,
    method: dict[str, Any],
    labels: Labels,
    clauses: str,
    headed: Sequence[Sequence[str]] = (),
    examination: Sequence[dict[str, Any]] = (),
    saved_at: datetime | None,
    address: str | None = None,
) -> Document:
    """Freeze the draft: its files, its clauses as a file of their own, and the scoring method; see `freeze_document`.

    `headed` are the same clauses one by one, heading and text.

    `saved_at` is the draft that was looked at: `document.changed` where somebody has saved another since.
    """
    data = clauses.encode()
    async with database.reading() as session:
        await find_own_section(session, actor, section_id)
    if data:
        await objects.put(BUCKET, file_key(sha256(data).hexdigest()), data)
    async with database.work(actor, address) as work:
        draft = await _draft_of(work, await drafted(work, section_id))
        if draft.saved_at != saved_at:
            raise Problem("document.changed", section=section_id)
        files = [one for one in draft.files if one["name"] != CLAUSES]
        if data:
            files.insert(0, {"name": CLAUSES, "size": len(data), "sha256": sha256(data).hexdigest()})
        if not files:
            raise Problem("document.empty", section=section_id)
        told = {item: dict(names) for item, names in labels.items()}
        return await freeze_document(
            work, section_id, method=method, labels=told, files=files, clauses=headed, examination=examination
        )


async def read_draft(session: AsyncSession, section: Section) -> SectionDraft:
    """The section's draft, or an empty one that is not stored."""
    found = await session.get(SectionDraft, section.id)
    return found or SectionDraft(section=section.id, region=section.region, fields={}, files=[], notice={})


async def drafted(work: Work, section_id: str) -> Section:
    """The actor's own section, locked, in draft; `section.settled` otherwise."""
    section = await own_section(work, section_id, "document.draft")
    if section.state != SectionState.DRAFT:
        raise Problem("section.settled", section=section_id)
    return section


def file_key(digest: str) -> str:
    """Where the bytes with this SHA-256 (hex) lie in the bucket."""
    return f"sha256/{digest}"


def checked_file_name(name: str) -> str:
    """The last part of a file's name; `document.file-name` when nothing readable is left or it is too long."""
    last = name.replace("\\", "/").rpartition("/")[2].strip().strip(".")
    if not is_written(last, LONGEST_NAME) or not _NAME.fullmatch(last):
        raise Problem("document.file-name", name=name[:80], longest=LONGEST_NAME)
    return last


def checked_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The typed fields as they can be stored; `document.field` names one that is too long, `document.large` too many."""
    if len(fields) > MOST_FIELDS:
        raise Problem("document.large", most=MOST_FIELDS)
    for name, value in fields.items():
        if value and value.strip() and not is_written(value, LONGEST_FIELD):
            raise Problem("document.field", field=name[:40], longest=LONGEST_FIELD)
    return dict(fields)


async def _draft_of(work: Work, section: Section) -> SectionDraft:
    found = await work.session.get(SectionDraft, section.id)
    if found is None:
        found = SectionDraft(
            section=section.id, region=section.region, fields={}, files=[], notice={}, saved_at=work.ctx.now
        )
        work.session.add(found)
    return found


def _saved(work: Work, draft: SectionDraft) -> SectionDraft:
    draft.saved_at = work.ctx.now
    work.record(Event.DRAFT_SAVED, draft.section, region=draft.region)
    return draft
