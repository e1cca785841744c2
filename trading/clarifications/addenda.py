"""An addendum 补遗: drafted from the version in force, issued as the next one; what was issued before stays readable."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.work import Database, Work
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.blind.rules import require_blindable
from trading.clarifications.answering import prepared, publish, resume
from trading.clarifications.extending import amend, bidding_section, correct_tender, extend
from trading.clarifications.rules import check_clarified, written
from trading.clarifications.subscribing import tell_subscribers
from trading.clarifications.tables import Addendum, AddendumDraft
from trading.evaluation.method import check_method
from trading.notices.tables import Notice
from trading.sections.actions import examined, fingerprint, issued, regime_of, stamp
from trading.sections.drafting import (
    BUCKET,
    CLAUSES,
    LARGEST,
    MOST_FILES,
    checked_fields,
    checked_file_name,
    file_key,
)
from trading.sections.queries import find_own_section
from trading.sections.tables import Document, Section
from trading.sections.terms import checked_ceiling

VERB = "addendum.publish"


class Terms(NamedTuple):
    """What an addendum says of itself: what changes, whether that touches the preparation of bids, why; a later deadline."""

    summary: str
    affects: bool
    reasons: str
    deadline: datetime | None


class Content(NamedTuple):
    """The document as the addendum makes it; `text` is the file of its clauses, `clauses` the same one by one."""

    method: dict[str, Any]
    labels: dict[str, dict[str, Any]]
    text: str
    clauses: Sequence[Sequence[str]]
    ceiling: Fen | None
    examination: Sequence[dict[str, Any]] = ()


async def read_addendum(session: AsyncSession, section: Section) -> AddendumDraft | None:
    """The addendum that is being written, None where none is."""
    return await session.get(AddendumDraft, section.id)


async def save_addendum(work: Work, section_id: str, fields: Mapping[str, str], terms: Mapping[str, str]) -> None:
    """Keep what was typed, right or wrong; the first time the files of the version in force come with it."""
    section, _ = await bidding_section(work, section_id, VERB)
    draft = await _draft(work, section)
    draft.fields, draft.terms, draft.saved_at = checked_fields(fields), checked_fields(terms), work.ctx.now
    work.record(Event.DRAFT_SAVED, section_id, region=section.region)


async def drop_addendum(work: Work, section_id: str) -> None:
    """Throw the draft away; nothing of it was ever published."""
    section, _ = await bidding_section(work, section_id, VERB)
    draft = await work.session.get(AddendumDraft, section_id)
    if draft is not None:
        await work.session.delete(draft)
    work.record(Event.DRAFT_SAVED, section_id, region=section.region)


async def attach_to_addendum(
    database: Database,
    objects: Objects,
    actor: Actor,
    section_id: str,
    name: str,
    data: bytes,
    address: str | None = None,
) -> None:
    """Add a file, or put another in the place of the one of that name; `document.file-…` refuses."""
    entry = {"name": checked_file_name(name), "size": len(data), "sha256": sha256(data).hexdigest()}
    if not 0 < len(data) <= LARGEST:
        raise Problem("document.file-size", name=name[:80], size=len(data), largest=LARGEST // 1024 // 1024)
    async with database.reading() as session:
        await find_own_section(session, actor, section_id)
    await objects.put(BUCKET, file_key(str(entry["sha256"])), data)
    async with database.work(actor, address) as work:
        section, _ = await bidding_section(work, section_id, VERB)
        draft = await _draft(work, section)
        others = [one for one in draft.files if one["name"] != entry["name"]]
        if len(others) >= MOST_FILES:
            raise Problem("document.file-count", most=MOST_FILES)
        draft.files, draft.saved_at = [*others, entry], work.ctx.now
        work.record(Event.FILE_ATTACHED, section_id, region=section.region, name=entry["name"], sha256=entry["sha256"])


async def detach_from_addendum(work: Work, section_id: str, name: str) -> None:
    """Take a file out of the next version; `document.file-unknown` where it has none of that name."""
    section, _ = await bidding_section(work, section_id, VERB)
    draft = await _draft(work, section)
    left = [one for one in draft.files if one["name"] != name]
    if len(left) == len(draft.files):
        raise Problem("document.file-unknown", name=name[:80])
    draft.files, draft.saved_at = left, work.ctx.now
    work.record(Event.FILE_DETACHED, section_id, region=section.region, name=name)


async def publish_addendum(
    database: Database,
    objects: Objects,
    actor: Actor,
    section_id: str,
    content: Content,
    terms: Terms,
    saved_at: datetime | None,
    address: str | None = None,
) -> Addendum:
    """Issue the next version of the document, with the prepared answers and, where given, a later deadline.

    `addendum.nothing-changed`, `addendum.too-late` (TBR 21), `addendum.summary`, `addendum.reasons`, `document.changed`,
    `extension.…` and what `check_method` refuses.
    """
    data = content.text.encode()
    async with database.reading() as session:
        await find_own_section(session, actor, section_id)
    if data:
        await objects.put(BUCKET, file_key(sha256(data).hexdigest()), data)
    async with database.work(actor, address) as work:
        section, now = await bidding_section(work, section_id, VERB)
        draft = await work.session.get(AddendumDraft, section_id)
        if draft is None or draft.saved_at != saved_at:
            raise Problem("document.changed", section=section_id)
        found = await _issue(work, section, _files(draft, data), content, terms, now)
        await work.session.delete(draft)
        return found


async def _issue(
    work: Work, section: Section, files: list[dict[str, Any]], content: Content, terms: Terms, now: datetime
) -> Addendum:
    summary, reasons = written(terms.summary, "addendum.summary"), written(terms.reasons, "addendum.reasons")
    regime = regime_of(section, work.ctx.mode)
    require_blindable(check_method(content.method, regime, content.labels, content.examination).method, section.blind)
    document = await work.session.get_one(Document, section.id, with_for_update=True)
    before = document.digest
    told = {item: dict(names) for item, names in content.labels.items()}
    ceiling = checked_ceiling(content.ceiling)
    if fingerprint(content.method, told, files, ceiling, content.examination) == before:
        raise Problem("addendum.nothing-changed", section=section.id)
    assert section.deadline is not None
    check_clarified(regime, now, terms.deadline or section.deadline, affects=terms.affects)
    moved_from = section.deadline
    if terms.deadline is not None and terms.deadline != section.deadline:
        await extend(work, section, terms.deadline, reasons, now)
    answered = await prepared(work, section.id)
    for question in answered:
        check_clarified(regime, now, section.deadline, affects=bool(question.affects))
    _renew(work, section, document, content, told, files, now)
    notice = await _notices(
        work, section, document, before, moved_from, terms._replace(summary=summary, reasons=reasons)
    )
    found = _addendum(section, document, terms._replace(summary=summary, reasons=reasons), notice, now)
    await work.session.flush()
    work.session.add(found)
    _record(work, section, document, before, found)
    await work.session.flush()
    await publish(work, section, answered, document.version)
    await resume(work, section)
    await tell_subscribers(work, section.id, Event.ADDENDUM_PUBLISHED)
    return found


def _renew(
    work: Work,
    section: Section,
    document: Document,
    content: Content,
    labels: dict[str, Any],
    files: list[dict[str, Any]],
    now: datetime,
) -> None:
    section.ceiling = content.ceiling
    document.method, document.labels, document.files = content.method, labels, files
    document.version, document.frozen_at = document.version + 1, now
    document.examination = [*content.examination]
    document.digest = fingerprint(content.method, labels, files, content.ceiling, content.examination)
    work.session.add(issued(section, document, content.clauses))


async def _notices(
    work: Work, section: Section, document: Document, before: bytes, moved_from: datetime, terms: Terms
) -> Notice:
    """The amendment that tells what changed, and the tender notice anew with what holds now."""
    assert section.deadline is not None
    ceiling = None if section.ceiling is None else yuan(Fen(section.ceiling))
    moved = {} if section.deadline == moved_from else {"previous_deadline": stamp(moved_from)}
    facts = {
        "summary": terms.summary,
        "reason": terms.reasons,
        "affects": "是" if terms.affects else "否",
        "addendum": str(document.version),
        "document": b64(document.digest),
        "previous_document": b64(before),
        **moved,
    }
    title = f"{section.title}变更公告（第{document.version - 1}次）"
    notice = await amend(work, section, title, {**facts, "ceiling": ceiling})
    now = {"deadline": stamp(section.deadline), "document": b64(document.digest), "ceiling": ceiling}
    await correct_tender(work, section, now)
    return notice


def _addendum(section: Section, document: Document, terms: Terms, notice: Notice, now: datetime) -> Addendum:
    assert section.deadline is not None
    return Addendum(
        section=section.id,
        region=section.region,
        version=document.version,
        summary=terms.summary,
        affects=terms.affects,
        reasons=terms.reasons,
        deadline=section.deadline,
        notice=notice.id,
        published_at=now,
    )


def _record(work: Work, section: Section, document: Document, before: bytes, found: Addendum) -> None:
    work.record(
        Event.ADDENDUM_PUBLISHED,
        section.id,
        section=section.id,
        region=section.region,
        version=document.version,
        method=document.method,
        labels=document.labels,
        files=document.files,
        ceiling=None if section.ceiling is None else yuan(Fen(section.ceiling)),
        document=b64(document.digest),
        previous=b64(before),
        summary=found.summary,
        affects=found.affects,
        reasons=found.reasons,
        deadline=stamp(found.deadline),
        **examined(document.examination),
    )


def _files(draft: AddendumDraft, data: bytes) -> list[dict[str, Any]]:
    files = [one for one in draft.files if one["name"] != CLAUSES]
    if data:
        files.insert(0, {"name": CLAUSES, "size": len(data), "sha256": sha256(data).hexdigest()})
    if not files:
        raise Problem("document.empty", section=draft.section)
    return files


async def _draft(work: Work, section: Section) -> AddendumDraft:
    found = await work.session.get(AddendumDraft, section.id)
    if found is None:
        document = await work.session.get_one(Document, section.id)
        found = AddendumDraft(
            section=section.id, region=section.region, fields={}, terms={}, files=document.files, saved_at=work.ctx.now
        )
        work.session.add(found)
    return found
