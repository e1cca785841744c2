"""Taking in a file of experts: tried without a trace, handed in by one clerk, released by another, done in batches."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.employers import note_employers
from expertpool.directory.lines import Line, laid_over, read_lines
from expertpool.directory.sheet_files import Row, read_rows
from expertpool.directory.tables import ExpertImport, ImportLine
from expertpool.experts.many import Renewal, change_many, enter_many
from expertpool.experts.rows import profile_in_row
from expertpool.experts.rules import LAW, Admission, Profile
from expertpool.experts.sealing import fingerprint
from expertpool.experts.tables import Expert, ExpertVersion
from expertpool.experts.versions import profile_of
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.regions import under
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

JOB = "import-experts"
LABEL = "expert import"
REASON = "from an imported file"
BATCH = 500
MOST_LINES = 100_000


@dataclass
class Report:
    """What became of the lines of a file, or what would."""

    lines: int = 0
    entered: int = 0
    changed: int = 0
    same: int = 0
    broken: list[Line] = field(default_factory=list)


class _Known(NamedTuple):
    expert: Expert
    versioned: bool
    profile: Profile


class _Meant(NamedTuple):
    """A good line's number, who of the pool it is about, if anybody, and the profile that is to be in force."""

    line: int
    known: _Known | None
    profile: Profile

    @property
    def same(self) -> bool:
        return self.known is not None and self.profile == self.known.profile


Tell = Callable[[int], None]
"""Told how many lines are done."""


def lines_of(data: bytes, region: str, admission: Admission = LAW) -> list[Line]:
    """The lines of a file for a region and what lies below it.

    `import.…` for what is no table, has no lines, more than 100,000, or lacks a column.
    """
    lines = read_lines(_no_more(read_rows(data)), under(region), admission)
    if not lines:
        raise Problem("import.lines", most=MOST_LINES)
    return lines


def _no_more(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number > MOST_LINES:
            raise Problem("import.lines", most=MOST_LINES)
        yield row


async def tried(session: AsyncSession, keys: KeyService, lines: Sequence[Line]) -> Report:
    """What taking the lines in would do; nothing is written."""
    report = Report(len(lines), broken=[line for line in lines if line.profile is None])
    for batch in _batches([line for line in lines if line.profile is not None]):
        for one in await _meant(session, keys, batch):
            _count(report, one)
        session.expunge_all()
    return report


async def hand_in(work: Work, keys: KeyService, data: bytes, lines: Sequence[Line]) -> ExpertImport:
    """Keep a file, sealed, until another clerk releases it; `import.known` for a file that was handed in before."""
    require(work.ctx.actor, "expert.import")
    region = work.ctx.actor.region or ""
    digest = sha256(data).digest()
    before = select(ExpertImport.id).where(ExpertImport.region == region, ExpertImport.digest == digest)
    if await work.session.scalar(before):
        raise Problem("import.known")
    import_id = work.ctx.new_id("import")
    kept = ExpertImport(
        id=import_id, region=region, digest=digest, lines=len(lines), entered=0, changed=0, same=0, broken=0, done=0,
        by=work.ctx.actor.id, at=work.ctx.now, sealed=keys.wrap(LABEL, import_id, data, work.ctx.random),
    )  # fmt: skip
    work.session.add(kept)
    await work.session.flush()
    return kept


async def release(work: Work, import_id: str) -> None:
    """Another clerk lets the file be taken in: a job does it; `import.unknown`, `import.same-clerk`, `import.released`."""
    require(work.ctx.actor, "expert.import")
    kept = await _locked(work, import_id)
    if kept.by == work.ctx.actor.id:
        raise Problem("import.same-clerk")
    if kept.released_by is not None:
        raise Problem("import.released")
    kept.released_by = work.ctx.actor.id
    await enqueue(work, JOB, file=import_id)


async def take_in(database: Database, keys: KeyService, import_id: str, admission: Admission = LAW) -> None:
    """The job: 500 lines a transaction, from where it stood; called again after the end it does nothing."""
    async with database.reading() as session:
        kept = await session.get_one(ExpertImport, import_id)
    if kept.finished_at is not None or kept.sealed is None or kept.released_by is None:
        return
    lines = await asyncio.to_thread(lines_of, keys.unwrap(LABEL, kept.id, kept.sealed), kept.region, admission)
    actor = Actor(kept.released_by, Role.POOL, None, kept.region)
    done, going = kept.done, True
    for batch in _batches(lines[kept.done :]):
        async with database.work(actor) as work:
            going = await _take(work, keys, import_id, batch, done)
        done += len(batch)
        if not going:
            return
    async with database.work(actor) as work:
        row = await _locked(work, import_id)
        if row.finished_at is None:
            row.finished_at, row.sealed = work.ctx.now, None
            counts = {name: getattr(row, name) for name in ("lines", "entered", "changed", "same", "broken")}
            work.record(Event.EXPERTS_IMPORTED, row.id, region=row.region, digest=row.digest.hex(), **counts)


async def taken(
    database: Database, keys: KeyService, actor: Actor, data: bytes, lines: Sequence[Line], tell: Tell = lambda _: None
) -> Report:
    """Take lines in at once, as the system does at the terminal; the same file a second time changes nothing.

    Killed in the middle it is run again: what was done before stays as it is.
    """
    report = Report(len(lines), broken=[line for line in lines if line.profile is None])
    done = len(report.broken)
    for batch in _batches([line for line in lines if line.profile is not None]):
        async with database.work(actor) as work:
            await _each(work, keys, batch, None, report)
        tell(done := done + len(batch))
    if report.entered or report.changed:
        async with database.work(actor) as work:
            counts = {name: getattr(report, name) for name in ("lines", "entered", "changed", "same")}
            digest = sha256(data).digest().hex()
            work.record(Event.EXPERTS_IMPORTED, digest[:32], digest=digest, broken=len(report.broken), **counts)
    return report


async def imports(session: AsyncSession) -> Sequence[ExpertImport]:
    """The files handed in, the newest first, a hundred at most."""
    return (await session.scalars(select(ExpertImport).order_by(ExpertImport.at.desc()).limit(100))).all()


async def broken_lines(session: AsyncSession, import_id: str) -> Sequence[ImportLine]:
    """Every line of a file that was not taken, in order; `import.unknown`."""
    return (await import_of(session, import_id, MOST_LINES))[1]


async def import_of(session: AsyncSession, import_id: str, most: int) -> tuple[ExpertImport, Sequence[ImportLine]]:
    """One file and the first of its broken lines; `import.unknown`."""
    kept = None if "\0" in import_id else await session.get(ExpertImport, import_id)
    if kept is None:
        raise Problem("import.unknown")
    broken = select(ImportLine).where(ImportLine.file == import_id).order_by(ImportLine.line).limit(most)
    return kept, (await session.scalars(broken)).all()


async def _take(work: Work, keys: KeyService, import_id: str, batch: Sequence[Line], done: int) -> bool:
    """One batch; False where another worker has taken the file over and stands elsewhere by now."""
    row = await _locked(work, import_id)
    if row.done != done or row.finished_at is not None:
        return False
    report = Report(broken=[line for line in batch if line.profile is None])
    by = (row.by, row.released_by or "")
    await _each(work, keys, [line for line in batch if line.profile is not None], by, report)
    row.entered += report.entered
    row.changed += report.changed
    row.same += report.same
    row.broken += len(report.broken)
    row.done += len(batch)
    told = [
        {"file": import_id, "region": row.region, "line": line.number, "column": line.column, "code": line.code}
        for line in report.broken
    ]
    if told:
        await work.session.execute(insert(ImportLine), told)
    return True


async def _each(
    work: Work, keys: KeyService, lines: Sequence[Line], by: tuple[str, str] | None, report: Report
) -> None:
    meant = await _meant(work.session, keys, lines, lock=True)
    named = [(one.profile.employer, one.profile.employer_name) for one in meant]
    await note_employers(work.session, {code: name for code, name in named if code and name})
    new = [one for one in meant if one.known is None]
    entered = await enter_many(work, keys, [one.profile for one in new], reviewers=by)
    there = {one.line for one, taken in zip(new, entered, strict=True) if not taken}
    # Who stands in the pool of a region that is not seen from here.
    report.broken += [Line(number, None, "identity", "expert.known") for number in sorted(there)]
    renewals = [
        Renewal(one.known.expert, one.known.versioned, one.profile) for one in meant if one.known and not one.same
    ]
    await change_many(work, keys, renewals, REASON)
    for one in meant:
        if one.line not in there:
            _count(report, one)


def _count(report: Report, one: _Meant) -> None:
    if one.known is None:
        report.entered += 1
    elif one.same:
        report.same += 1
    else:
        report.changed += 1


def _batches(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    return (lines[at : at + BATCH] for at in range(0, len(lines), BATCH))


async def _meant(session: AsyncSession, keys: KeyService, lines: Sequence[Line], *, lock: bool = False) -> list[_Meant]:
    """Of each good line, who of the pool it is about, with the profile in force; `lock` keeps those rows as they are."""
    told = [(line, line.profile) for line in lines if line.profile is not None]
    prints = [fingerprint(keys, profile.identity) for _, profile in told]
    newest = (ExpertVersion.expert == Expert.id) & (ExpertVersion.number == Expert.version)
    found = select(Expert, ExpertVersion).outerjoin(ExpertVersion, newest).where(Expert.fingerprint.in_(prints))
    if lock:
        found = found.order_by(Expert.id).with_for_update(of=Expert)
    rows = (await session.execute(found)).all()
    known = await asyncio.to_thread(_opened, keys, [(expert, version) for expert, version in rows])
    return [_meaning(line, known.get(mark), profile) for (line, profile), mark in zip(told, prints, strict=True)]


def _meaning(line: Line, known: _Known | None, profile: Profile) -> _Meant:
    return _Meant(line.number, known, profile if known is None else laid_over(known.profile, profile))


def _opened(keys: KeyService, rows: Sequence[tuple[Expert, ExpertVersion | None]]) -> dict[bytes, _Known]:
    return {
        expert.fingerprint: _Known(
            expert, version is not None, profile_of(keys, version) if version else profile_in_row(keys, expert)
        )
        for expert, version in rows
    }


async def _locked(work: Work, import_id: str) -> ExpertImport:
    kept = None if "\0" in import_id else await work.session.get(ExpertImport, import_id, with_for_update=True)
    if kept is None:
        raise Problem("import.unknown")
    return kept
