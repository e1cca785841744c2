"""Taking in a file of experts: tried without a trace, handed in by one clerk, released by another, done in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.employers import note_employers
from expertpool.directory.lines import Line, laid_over, read_lines
from expertpool.directory.sheet_files import read_rows
from expertpool.directory.tables import ExpertImport, ImportLine
from expertpool.experts.life import change, enter
from expertpool.experts.rules import Profile
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
    expert: str
    profile: Profile | None


def lines_of(data: bytes, region: str) -> list[Line]:
    """The lines of a file for a region and what lies below it.

    `import.…` for what is no table, has no lines, more than 100,000, or lacks a column.
    """
    lines = read_lines(read_rows(data), under(region))
    if not 0 < len(lines) <= MOST_LINES:
        raise Problem("import.lines", most=MOST_LINES)
    return lines


async def tried(session: AsyncSession, keys: KeyService, lines: Sequence[Line]) -> Report:
    """What taking the lines in would do; nothing is written."""
    report = Report(len(lines), broken=[line for line in lines if line.profile is None])
    for batch in _batches([line for line in lines if line.profile is not None]):
        known = await _known(session, keys, batch)
        for line in batch:
            _count(report, line, known, keys)
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


async def take_in(database: Database, keys: KeyService, import_id: str) -> None:
    """The job: 500 lines a transaction, from where it stood; called again after the end it does nothing."""
    async with database.reading() as session:
        kept = await session.get_one(ExpertImport, import_id)
    if kept.finished_at is not None or kept.sealed is None or kept.released_by is None:
        return
    lines = lines_of(keys.unwrap(LABEL, kept.id, kept.sealed), kept.region)
    actor = Actor(kept.released_by, Role.POOL, None, kept.region)
    for batch in _batches(lines[kept.done :]):
        async with database.work(actor) as work:
            await _take(work, keys, import_id, batch, (kept.by, kept.released_by))
    async with database.work(actor) as work:
        row = await _locked(work, import_id)
        if row.finished_at is None:
            row.finished_at, row.sealed = work.ctx.now, None
            counts = {name: getattr(row, name) for name in ("lines", "entered", "changed", "same", "broken")}
            work.record(Event.EXPERTS_IMPORTED, row.id, region=row.region, digest=row.digest.hex(), **counts)


async def taken(database: Database, keys: KeyService, actor: Actor, data: bytes, lines: Sequence[Line]) -> Report:
    """Take lines in at once, as the system does at the terminal; the same file a second time changes nothing."""
    report = Report(len(lines), broken=[line for line in lines if line.profile is None])
    for batch in _batches([line for line in lines if line.profile is not None]):
        async with database.work(actor) as work:
            await _each(work, keys, batch, None, report)
    async with database.work(actor) as work:
        counts = {name: getattr(report, name) for name in ("lines", "entered", "changed", "same")}
        digest = sha256(data).digest().hex()
        work.record(Event.EXPERTS_IMPORTED, digest[:32], digest=digest, broken=len(report.broken), **counts)
    return report


async def imports(session: AsyncSession) -> Sequence[ExpertImport]:
    """The files handed in, the newest first, a hundred at most."""
    return (await session.scalars(select(ExpertImport).order_by(ExpertImport.at.desc()).limit(100))).all()


async def import_of(session: AsyncSession, import_id: str, most: int) -> tuple[ExpertImport, Sequence[ImportLine]]:
    """One file and the first of its broken lines; `import.unknown`."""
    kept = None if "\0" in import_id else await session.get(ExpertImport, import_id)
    if kept is None:
        raise Problem("import.unknown")
    broken = select(ImportLine).where(ImportLine.file == import_id).order_by(ImportLine.line).limit(most)
    return kept, (await session.scalars(broken)).all()


async def _take(work: Work, keys: KeyService, import_id: str, batch: Sequence[Line], by: tuple[str, str]) -> None:
    row = await _locked(work, import_id)
    report = Report(broken=[line for line in batch if line.profile is None])
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


async def _each(
    work: Work, keys: KeyService, lines: Sequence[Line], by: tuple[str, str] | None, report: Report
) -> None:
    known = await _known(work.session, keys, lines)
    employers = {one.employer: one.employer_name for one in (line.profile for line in lines) if one and one.employer}
    await note_employers(work.session, {code: name for code, name in employers.items() if code})
    for line in lines:
        assert line.profile is not None
        try:
            there = known.get(fingerprint(keys, line.profile.identity))
            if there is None:
                await enter(work, keys, line.profile, reviewers=by)
            elif (profile := _renewed(there, line.profile)) != there.profile:
                await change(work, keys, there.expert, profile, REASON)
        except Problem as problem:
            if not problem.code.startswith("expert."):
                raise
            report.broken.append(Line(line.number, None, "identity", problem.code))
        else:
            _count(report, line, known, keys)


def _count(report: Report, line: Line, known: dict[bytes, _Known], keys: KeyService) -> None:
    assert line.profile is not None
    there = known.get(fingerprint(keys, line.profile.identity))
    if there is None:
        report.entered += 1
    elif _renewed(there, line.profile) == there.profile:
        report.same += 1
    else:
        report.changed += 1


def _renewed(there: _Known, profile: Profile) -> Profile:
    return profile if there.profile is None else laid_over(there.profile, profile)


def _batches(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    return (lines[at : at + BATCH] for at in range(0, len(lines), BATCH))


async def _known(session: AsyncSession, keys: KeyService, lines: Sequence[Line]) -> dict[bytes, _Known]:
    """Who of these people is in the pool, with the newest profile."""
    prints = [fingerprint(keys, line.profile.identity) for line in lines if line.profile is not None]
    newest = (ExpertVersion.expert == Expert.id) & (ExpertVersion.number == Expert.version)
    found = select(Expert.fingerprint, Expert.id, ExpertVersion).outerjoin(ExpertVersion, newest)
    rows = await session.execute(found.where(Expert.fingerprint.in_(prints)))
    return {mark: _Known(expert, profile_of(keys, version) if version else None) for mark, expert, version in rows}


async def _locked(work: Work, import_id: str) -> ExpertImport:
    kept = None if "\0" in import_id else await work.session.get(ExpertImport, import_id, with_for_update=True)
    if kept is None:
        raise Problem("import.unknown")
    return kept
