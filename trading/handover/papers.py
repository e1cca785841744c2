"""The papers of a section's archive out of the rows and the store: what is there, by item, with digest and size.

All of it is public or has been: what nobody may read yet (a committee before the marks) does not count as there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.disclosing import BUCKET as DRAWS
from expertpool.draw.disclosing import evidence_key
from infra.db.journal import Line
from infra.kernel.canonical import b64, canonical
from infra.kernel.events import Event
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.archive.actions import BUCKET as ARCHIVE
from trading.archive.actions import final_key
from trading.archive.handover import EVIDENCE, WITHIN, Item
from trading.clarifications.queries import versions_of
from trading.contracts.queries import milestones_of
from trading.handover.rules import Kept
from trading.inquiries.queries import inquiries_of
from trading.letters.tables import ResultLetter
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.opening.record import record_document
from trading.publication.queries import Dossier, announced_draws, readable_lines
from trading.review.queries import RENEWED
from trading.sections.actions import stamp
from trading.sections.drafting import BUCKET as DOCUMENTS
from trading.sections.drafting import file_key

KINDS: Mapping[NoticeKind, Item] = {
    NoticeKind.CANDIDATES: Item.CANDIDATES,
    NoticeKind.AWARD: Item.AWARD,
    NoticeKind.FAILED: Item.FAILURE,
    NoticeKind.CONTRACT: Item.CONTRACT,
}
REVIEWED = (Event.REPORT_CONFIRMED, *RENEWED)


class Stored(NamedTuple):
    """Where a file lies that is never held in memory as a whole."""

    bucket: str
    key: str
    version: str | None


@dataclass
class Papers:
    """What is there by item; the bytes of small files by name, the place of large ones; what the store has lost."""

    held: dict[Item, list[Kept]] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)
    lost: set[Item] = field(default_factory=set)

    def write(self, item: Item, name: str, content: bytes) -> None:
        """A small file."""
        self.written[name] = content
        self.keep(item, Kept(name, sha256(content).hexdigest(), len(content)))

    def keep(self, item: Item, kept: Kept) -> None:
        """A file that is there."""
        self.held.setdefault(item, []).append(kept)

    def names(self) -> Iterator[Kept]:
        """Every file of its own, each once."""
        found = {kept.name: kept for files in self.held.values() for kept in files}
        yield from (kept for name, kept in sorted(found.items()) if not name.startswith(WITHIN))


async def papers_of(session: AsyncSession, objects: Objects, found: Dossier) -> Papers:
    """Everything that is there of a section now."""
    papers = Papers()
    lines = [line for line in await readable_lines(session, found) if line.leaf is not None and line.preimage]
    await _notices(session, found, papers)
    await _document(session, objects, found, papers)
    _opening(found, lines, papers)
    await _draws(session, objects, found, lines, papers)
    await _evaluation(session, found, lines, papers)
    await _letters(session, found, papers)
    await _milestones(session, found, papers)
    if found.section.evidence is not None:
        await _evidence(objects, found, papers)
    papers.write(Item.JOURNAL, "journal.jsonl", b"".join(_logged(line) for line in lines))
    return papers


async def _notices(session: AsyncSession, found: Dossier, papers: Papers) -> None:
    """Every version of every notice, verbatim."""
    wanted = select(Notice).where(Notice.section == found.section.id).order_by(Notice.published_at, Notice.id)
    for one in (await session.execute(wanted)).scalars():
        told = {
            "id": one.id,
            "kind": str(one.kind),
            "title": one.title,
            "project": one.project,
            "section": one.section,
            "published_at": stamp(one.published_at),
            "closes_at": None if one.closes_at is None else stamp(one.closes_at),
            "facts": one.facts,
            "candidates": one.candidates,
            "version": one.version,
            "corrects": one.corrects,
        }
        papers.write(KINDS.get(NoticeKind(one.kind), Item.NOTICE), f"notices/{one.id}.json", canonical(told))


async def _document(session: AsyncSession, objects: Objects, found: Dossier, papers: Papers) -> None:
    """Every version of the tender document with its files; a file that the store has lost is told."""
    for one in await versions_of(session, found.section.id):
        told = {
            "version": one.version,
            "method": one.method,
            "labels": one.labels,
            "examination": one.examination,
            "files": one.files,
            "ceiling": None if one.ceiling is None else str(one.ceiling),
            "clauses": one.clauses,
            "digest": one.digest.hex(),
            "issued_at": stamp(one.issued_at),
        }
        papers.write(Item.DOCUMENT, f"document/version-{one.version}.json", canonical(told))
        for file in one.files:
            name = f"document/{file['sha256'][:16]}-{file['name']}"
            if name in papers.stored:
                continue
            if await _size(objects, DOCUMENTS, file_key(file["sha256"])) != file["size"]:
                papers.lost.add(Item.DOCUMENT)
                continue
            papers.stored[name] = Stored(DOCUMENTS, file_key(file["sha256"]), None)
            papers.keep(Item.DOCUMENT, Kept(name, file["sha256"], file["size"]))


def _opening(found: Dossier, lines: Sequence[Line], papers: Papers) -> None:
    """The frozen list (hashes alone) and the opening record, both as the log has them."""
    facts = {line.event: line.facts for line in lines}
    closing, opened = facts.get(Event.SECTION_CLOSED), facts.get(Event.SECTION_OPENED)
    if closing is not None:
        papers.write(Item.BIDS, "bids.json", canonical({"section": found.section.id, "bids": closing["bids"]}))
    if closing is not None and opened is not None:
        record = record_document(found.section.id, closing, opened["record"])
        papers.write(Item.OPENING, "opening-record.json", record)


async def _draws(
    session: AsyncSession, objects: Objects, found: Dossier, lines: Sequence[Line], papers: Papers
) -> None:
    """Each revealed draw, by the hash that was logged when it was disclosed; its file stands inside the evidence."""
    told = {line.subject: line.facts["evidence"] for line in lines if line.event == Event.DRAW_DISCLOSED}
    for draw in await announced_draws(session, found):
        size = await _size(objects, DRAWS, evidence_key(draw)) if draw.id in told else None
        if size is None:
            papers.lost.add(Item.DRAW)
        else:
            papers.keep(Item.DRAW, Kept(f"{WITHIN}draw-{draw.number}.json", told[draw.id], size))


async def _evaluation(session: AsyncSession, found: Dossier, lines: Sequence[Line], papers: Papers) -> None:
    """Marks, report with what was said to it, inquiries: with the marks, not before."""
    if found.evaluation is not None:
        marks = canonical(found.evaluation.evidence)
        kept = Kept(f"{WITHIN}evaluation.json", sha256(marks).hexdigest(), len(marks))
        papers.keep(Item.MARKS, kept)
        papers.write(Item.REPORT, "report.json", found.evaluation.report.encode())
        reviewed = [
            {"event": line.event, "at": stamp(line.at), **line.facts} for line in lines if line.event in REVIEWED
        ]
        if reviewed:
            papers.write(Item.REVIEW, "review.json", canonical(reviewed))
    asked = await inquiries_of(session, found.section.id) if found.judged else []
    if asked:
        names = ("number", "bid", "judge", "ground", "question", "state", "refusal", "answer")
        papers.write(
            Item.INQUIRIES, "inquiries.json", canonical([{n: getattr(one, n) for n in names} for one in asked])
        )


async def _letters(session: AsyncSession, found: Dossier, papers: Papers) -> None:
    """The letters' hashes as logged with the award: what they say is for their addressees alone."""
    wanted = select(ResultLetter.bid, ResultLetter.digest).where(ResultLetter.section == found.section.id)
    letters = {bid: b64(digest) for bid, digest in await session.execute(wanted)}
    if letters:
        papers.write(Item.LETTERS, "letters.json", canonical(letters))


async def _milestones(session: AsyncSession, found: Dossier, papers: Papers) -> None:
    """What was told of the contract's performance."""
    rows = [
        {
            "number": one.number,
            "kind": one.kind,
            "title": one.title,
            "due_on": one.due_on.isoformat(),
            "amount": None if one.amount is None else yuan(Fen(one.amount)),
            "done_on": None if one.done_on is None else one.done_on.isoformat(),
            "words": one.words,
        }
        for one in await milestones_of(session, found.section.id)
    ]
    if rows:
        papers.write(Item.CONTRACT, "milestones.json", canonical(rows))


async def _evidence(objects: Objects, found: Dossier, papers: Papers) -> None:
    """The sealed evidence; its digest is made from the store's bytes each time, for that is what is handed over."""
    place = Stored(ARCHIVE, final_key(found.section.id), found.section.evidence)
    hashed, size = sha256(), 0
    try:
        async for piece in objects.stream(*place):
            hashed.update(piece)
            size += len(piece)
    except Problem as problem:
        if problem.code != "objects.missing":
            raise
        papers.lost.add(Item.EVIDENCE)
        return
    papers.stored[EVIDENCE] = place
    papers.keep(Item.EVIDENCE, Kept(EVIDENCE, hashed.hexdigest(), size))


def _logged(line: Line) -> bytes:
    told: dict[str, Any] = {
        "leaf": line.leaf,
        "number": line.number,
        "event": line.preimage,
        "salt": b64(line.salt or b""),
    }
    return canonical(told) + b"\n"


async def _size(objects: Objects, bucket: str, key: str) -> int | None:
    try:
        return (await objects.stat(bucket, key)).size
    except Problem as problem:
        if problem.code != "objects.missing":
            raise
        return None
