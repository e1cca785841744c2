"""Certificates handed in with an application: sealed one by one, opened by its reviewers alone."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.sealing import open_text, seal_text
from expertpool.experts.tables import ApplicationFile, ExpertApplication
from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.problems import Problem
from infra.objects import Objects

BUCKET = "expert-files"
FILE, NAME = "expert application file", "expert application file name"
MOST, LARGEST = 6, 4 << 20
LONGEST_NAME = 80
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""What a file begins with, and what it is then."""


class Sent(NamedTuple):
    """A file as it came: its name and its bytes."""

    name: str
    data: bytes


def check_files(files: Sequence[Sent]) -> None:
    """`file.many` for more than six, `file.size` for an empty one or more than 4 MB, `file.kind` unless PDF, JPEG or PNG."""
    if len(files) > MOST:
        raise Problem("file.many", most=MOST)
    for one in files:
        if not 0 < len(one.data) <= LARGEST:
            raise Problem("file.size", most=LARGEST >> 20)
        if kind_of(one.data) is None:
            raise Problem("file.kind")


def kind_of(data: bytes) -> str | None:
    """The media type by how the bytes begin, whatever the name says."""
    return next((kind for beginning, kind in KINDS.items() if data.startswith(beginning)), None)


async def keep_files(
    work: Work, objects: Objects, keys: KeyService, application: ExpertApplication, files: Sequence[Sent]
) -> None:
    """Keep the files of an application in their order; what lies in the store is sealed for its row.

    What was put before a transaction that fails stays behind unnamed and unreadable. Refuses what `check_files` refuses.
    """
    check_files(files)
    for place, one in enumerate(files, 1):
        file_id = work.ctx.new_id("certificate")
        sealed = keys.wrap(FILE, file_id, one.data, work.ctx.random)
        version = await objects.put(BUCKET, file_id, sealed)
        name = "".join(sign for sign in one.name if sign.isprintable())[-LONGEST_NAME:]
        kept = ApplicationFile(
            id=file_id,
            region=application.region,
            application=application.id,
            place=place,
            sealed_name=seal_text(keys, NAME, file_id, name, work.ctx.random),
            version=version,
            size=len(one.data),
            digest=sha256(one.data).digest(),
            at=work.ctx.now,
        )
        work.session.add(kept)


async def files_of(session: AsyncSession, application_id: str) -> Sequence[ApplicationFile]:
    """The files of an application in their order."""
    found = select(ApplicationFile).where(ApplicationFile.application == application_id)
    return (await session.scalars(found.order_by(ApplicationFile.place))).all()


def name_of_file(keys: KeyService, file: ApplicationFile) -> str:
    """The name it came under, unsealed."""
    return open_text(keys, NAME, file.id, file.sealed_name)


async def opened(objects: Objects, keys: KeyService, file: ApplicationFile) -> bytes:
    """The file as it came; `objects.missing`, `file.altered` where it is not the one whose hash was kept."""
    data = keys.unwrap(FILE, file.id, await objects.get(BUCKET, file.id, file.version))
    if sha256(data).digest() != file.digest:
        raise Problem("file.altered")
    return data
