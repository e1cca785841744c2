"""Where the log's files are mirrored to: a folder, or a bucket of the object store, written whole or not at all."""

import os
from collections.abc import Iterable
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Protocol

from infra.edge import utc_now
from infra.kernel.problems import Problem
from infra.objects import Objects, Stored
from web.api.log_files import Keeps, LogFile


class Target(Protocol):
    """A place for the log's files by the paths of docs/formats/log.md."""

    def has(self, path: str) -> bool:
        """Whether a file that never changes is there already."""

    async def write(self, path: str, file: LogFile) -> bool:
        """Whether the file had to be written; `log.export`, `log.export-differs`."""


class Folder:
    """A folder that any web server can serve."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, path: str) -> bool:
        """As `Target.has`."""
        return (self._folder / path).is_file()

    async def write(self, path: str, file: LogFile) -> bool:
        """As `Target.write`: a server beside sees no half of it."""
        place = self._folder / path
        try:
            if place.is_file() and place.read_bytes() == file.content:
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.with_name(f".{place.name}.new")
            beside.write_bytes(file.content)
            os.replace(beside, place)
        except OSError as error:
            raise Problem("log.export", folder=self._folder, why=error.strerror) from error
        return True


class Bucket:
    """Keys under a prefix of a bucket, each with its media type and how long caches may keep it.

    What never changes is written once; with `retained` the store itself refuses to delete it for so long.
    """

    def __init__(
        self, objects: Objects, bucket: str, prefix: str, known: Iterable[Stored], retained: timedelta | None = None
    ) -> None:
        self._objects, self._bucket, self._prefix, self._retained = objects, bucket, prefix, retained
        self._known = {one.key.removeprefix(prefix): one for one in known}

    def has(self, path: str) -> bool:
        """As `Target.has`."""
        return path in self._known

    async def write(self, path: str, file: LogFile) -> bool:
        """As `Target.write`; of what changes only the newest version stays."""
        before, ever = self._known.get(path), file.keeps is Keeps.EVER
        tag = md5(file.content, usedforsecurity=False).hexdigest()
        if before is not None and before.etag == tag:
            return False
        if before is not None and ever:
            raise Problem("log.export-differs", path=path)
        key = self._prefix + path
        headers = {"Cache-Control": file.keeps.value}
        version = await self._objects.put(self._bucket, key, file.content, kind=file.media_type, headers=headers)
        self._known[path] = Stored(key, len(file.content), version, tag, None)
        if before is not None and before.version is not None:
            await self._objects.delete(self._bucket, key, before.version)
        if ever and self._retained is not None:
            await self._objects.retain(self._bucket, key, version, utc_now() + self._retained)
        return True


async def bucket_target(objects: Objects, bucket: str, prefix: str, retained: timedelta | None = None) -> Bucket:
    """A bucket, made where there is none; `objects.…`. A prefix ends with a slash, as a folder's name would."""
    await objects.ensure_bucket(bucket, lock=retained is not None)
    place = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    return Bucket(objects, bucket, place, await objects.list(bucket, place), retained)
