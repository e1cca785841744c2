"""The pool as a file: the columns of an import, with number and state before them, a batch at a time."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from io import StringIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.lines import COLUMNS
from expertpool.directory.sheet_files import escaped
from expertpool.directory.workbook import workbook_out
from expertpool.experts.rows import profile_in_row
from expertpool.experts.rules import Profile
from expertpool.experts.tables import Expert, ExpertVersion
from expertpool.experts.versions import profile_of
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event

BATCH = 500
HEADINGS = ("number", "state", *COLUMNS)

Cells = tuple[str, ...]


def note_export(work: Work) -> None:
    """That the pool of the actor's region is taken away as a file, recorded before its first line."""
    require(work.ctx.actor, "expert.export")
    work.record(Event.EXPERTS_EXPORTED, work.ctx.new_id("export"), region=work.ctx.actor.region)


async def lines_out(session: AsyncSession, keys: KeyService) -> AsyncIterator[bytes]:
    """CSV in UTF-8 with a mark of its encoding: everybody the session sees, by number; no cell is a formula.

    Of times drawn, leave or invitations it holds nothing.
    """
    yield b"\xef\xbb\xbf" + _row(HEADINGS)
    async for batch in _batches(session, keys):
        yield b"".join(_row(escaped(cells)) for cells in batch)


def sheets_out(session: AsyncSession, keys: KeyService) -> AsyncIterator[bytes]:
    """The same as an XLSX workbook."""
    return workbook_out(HEADINGS, _batches(session, keys))


async def _batches(session: AsyncSession, keys: KeyService) -> AsyncIterator[list[Cells]]:
    newest = (ExpertVersion.expert == Expert.id) & (ExpertVersion.number == Expert.version)
    found = select(Expert, ExpertVersion).outerjoin(ExpertVersion, newest).order_by(Expert.number)
    rows = await session.stream(found.execution_options(yield_per=BATCH))
    async for batch in rows.partitions(BATCH):
        yield await asyncio.to_thread(_told, keys, [(expert, version) for expert, version in batch])
        session.expunge_all()


def _told(keys: KeyService, rows: Sequence[tuple[Expert, ExpertVersion | None]]) -> list[Cells]:
    return [
        (
            expert.number or "",
            str(expert.state),
            *_cells(profile_of(keys, version) if version else profile_in_row(keys, expert)),
        )
        for expert, version in rows
    ]


def _cells(profile: Profile) -> Cells:
    kind, _, number = profile.identity.partition(":")
    told = {
        "name": profile.name,
        "identity": number,
        "title": str(profile.title),
        "years": str(profile.years),
        "region": profile.region,
        "professions": ";".join(profile.professions),
        "identity_type": kind,
        "phone": profile.phone,
        "email": profile.email,
        "bank": profile.bank,
        "employer": profile.employer or "",
        "employer_name": profile.employer_name,
        "certificates": ";".join(
            "|".join(filter(None, (one.kind, one.number, one.until.isoformat() if one.until else "")))
            for one in profile.certificates
        ),
    }
    return tuple(told[name] for name in COLUMNS)


def _row(cells: Sequence[str]) -> bytes:
    file = StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(cells)
    return file.getvalue().encode()
