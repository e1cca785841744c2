"""The object store: versions, ranges and locks over any S3, by the synchronous `minio` client in threads."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import BinaryIO, TypeVar, cast

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import MinioException, S3Error
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from infra.kernel.problems import Problem
from infra.settings import ObjectAddress

PART = 16 * 1024 * 1024
BINARY = "application/octet-stream"
T = TypeVar("T")


@dataclass(frozen=True)
class Stored:
    """One version of an object; `size` in bytes, `headers` as the store tells them (by `stat` only, in lower case)."""

    key: str
    size: int
    version: str | None
    etag: str | None
    modified: datetime | None
    headers: Mapping[str, str] = field(default_factory=dict)


class Objects:
    """Puts and gets objects; every refusal is `objects.…`. An object is there whole or not at all.

    A key may hold many versions: `put` names the version it wrote, and records must keep that name.
    """

    def __init__(self, address: ObjectAddress, *, threads: int = 16, connect: float = 3.0, read: float = 30.0) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="objects")
        # Only what changes nothing is asked twice; a put that was answered too late must not become two versions.
        again = urllib3.Retry(
            total=3,
            connect=3,
            read=0,
            redirect=0,
            backoff_factor=0.1,
            status_forcelist=(500, 502, 503, 504),
            allowed_methods={"GET", "HEAD"},
        )
        timeout = urllib3.Timeout(connect=connect, read=read)
        self._pool = urllib3.PoolManager(maxsize=threads, timeout=timeout, retries=again)
        self._minio = Minio(
            address.endpoint,
            access_key=address.access_key,
            secret_key=address.secret_key,
            secure=address.secure,
            region=address.region,
            http_client=self._pool,
        )

    async def ensure_bucket(self, name: str, lock: bool = False) -> None:
        """The bucket, versioned and with `lock` able to retain; `objects.bucket-without-lock` if made without."""
        await self._call(_ensure_bucket, name, lock, bucket=name)

    async def put(
        self,
        bucket: str,
        key: str,
        data: bytes | BinaryIO,
        size: int | None = None,
        *,
        kind: str = BINARY,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Store bytes, or exactly `size` bytes of a stream, as a new version; the version's name.

        `kind` is the media type, `headers` what the store tells besides to whoever fetches it (`Cache-Control`).
        `objects.incomplete` for a stream that is shorter or longer: then no version remains.
        """
        if isinstance(data, bytes):
            size, data = len(data), io.BytesIO(data)
        if size is None:
            raise ValueError("a stream is put with its size")
        return await self._call(_put, bucket, key, data, size, kind, dict(headers or {}), bucket=bucket, key=key)

    async def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """All bytes of a version (the newest when not named); `objects.missing`."""
        return await self._call(_get, bucket, key, version, 0, 0, bucket=bucket, key=key)

    async def get_range(self, bucket: str, key: str, version: str | None, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; `objects.incomplete` where the object is shorter."""
        if length == 0:
            return b""
        facts = {"bucket": bucket, "key": key, "expected": str(length), "found": "0"}
        data = await self._call(_get, bucket, key, version, offset, length, **facts)
        if len(data) != length:
            raise Problem("objects.incomplete", bucket=bucket, key=key, expected=length, found=len(data))
        return data

    async def stream(
        self,
        bucket: str,
        key: str,
        version: str | None = None,
        chunk: int = 1024 * 1024,
        *,
        offset: int = 0,
        length: int = 0,
    ) -> AsyncIterator[bytes]:
        """A version's bytes in pieces of at most `chunk`; close the iterator (aclosing) when leaving it early.

        From `offset` on, `length` bytes or, for 0, all that follow.
        """
        response = await self._call(_open, bucket, key, version, offset, length, bucket=bucket, key=key)
        try:
            while piece := await self._call(_read, response, chunk, bucket=bucket, key=key):
                yield piece
        finally:
            response.close()
            response.release_conn()

    async def delete(self, bucket: str, key: str, version: str) -> None:
        """Delete one version for good; `objects.locked` while it is retained. A missing one is no error."""
        await self._call(_delete, bucket, key, version, bucket=bucket, key=key)

    async def retain(self, bucket: str, key: str, version: str, until: datetime) -> None:
        """Lock a version until then (aware time) in COMPLIANCE mode: nobody can delete it or shorten the time."""
        if until.tzinfo is None:
            raise ValueError("retention needs an aware time")
        await self._call(_retain, bucket, key, version, until, bucket=bucket, key=key)

    async def retained_until(self, bucket: str, key: str, version: str) -> datetime | None:
        """Until when a version is locked in COMPLIANCE mode, else None."""
        return await self._call(_retained_until, bucket, key, version, bucket=bucket, key=key)

    async def hold(self, bucket: str, key: str, version: str, *, held: bool) -> None:
        """Put a version under legal hold, or end it: while it lasts nobody can delete it, whatever its retention."""
        await self._call(_hold, bucket, key, version, held, bucket=bucket, key=key)

    async def is_held(self, bucket: str, key: str, version: str) -> bool:
        """Whether a version is under legal hold."""
        return await self._call(_is_held, bucket, key, version, bucket=bucket, key=key)

    async def stat(self, bucket: str, key: str, version: str | None = None) -> Stored:
        """Size and version without the bytes; `objects.missing`."""
        return await self._call(_stat, bucket, key, version, bucket=bucket, key=key)

    async def exists(self, bucket: str, key: str, version: str | None = None) -> bool:
        """Whether the version (the newest when not named) is there."""
        try:
            await self.stat(bucket, key, version)
        except Problem as problem:
            if problem.code != "objects.missing":
                raise
            return False
        return True

    async def list(self, bucket: str, prefix: str = "") -> list[Stored]:
        """The newest version of every key that begins with `prefix`, in the keys' order."""
        return await self._call(_list, bucket, prefix, bucket=bucket)

    def close(self) -> None:
        """Let go of the threads and connections; calls under way are finished."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._pool.clear()

    async def _call(self, function: Callable[..., T], *values: object, **facts: str) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, partial(function, self._minio, *values))
        except S3Error as error:
            raise _problem(error, facts) from error
        except (HTTPError, MinioException, OSError) as error:
            raise Problem("objects.unreachable", why=type(error).__name__, **facts) from error


def _problem(error: S3Error, facts: dict[str, str]) -> Problem:
    match error.code:
        case "NoSuchKey" | "NoSuchVersion" | "NoSuchObject" | "MethodNotAllowed":
            return Problem("objects.missing", **facts)
        case "InvalidRange":
            return Problem("objects.incomplete", **facts)
        case "NoSuchBucket":
            return Problem("objects.no-bucket", **facts)
        case _:
            return Problem("objects.refused", why=f"{error.code}: {error.message}", **facts)


def _ensure_bucket(store: Minio, name: str, lock: bool) -> None:
    if not store.bucket_exists(name):
        try:
            store.make_bucket(name, object_lock=lock)
        except S3Error as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise
    if store.get_bucket_versioning(name).status != ENABLED:
        store.set_bucket_versioning(name, VersioningConfig(ENABLED))
    if lock:
        try:
            store.get_object_lock_config(name)
        except S3Error as error:
            raise Problem("objects.bucket-without-lock", bucket=name) from error


def _put(store: Minio, bucket: str, key: str, data: BinaryIO, size: int, kind: str, headers: dict[str, str]) -> str:
    counted = _Counted(data)
    told: dict[str, str | list[str] | tuple[str]] = {**headers}
    try:
        written = store.put_object(bucket, key, cast(BinaryIO, counted), size, kind, metadata=told, part_size=PART)
    except OSError as error:
        if counted.count < size:
            raise Problem("objects.incomplete", bucket=bucket, key=key, expected=size, found=counted.count) from error
        raise
    if data.read(1):
        store.remove_object(bucket, key, written.version_id)
        raise Problem("objects.incomplete", bucket=bucket, key=key, expected=size, found=size + 1)
    if written.version_id is None:
        raise Problem("objects.refused", bucket=bucket, key=key, why="the bucket keeps no versions")
    return written.version_id


class _Counted(io.RawIOBase):
    """Counts what was read, to tell a short stream from a broken connection."""

    def __init__(self, inner: BinaryIO) -> None:
        self.inner, self.count = inner, 0

    def read(self, size: int = -1, /) -> bytes:
        data = self.inner.read(size)
        self.count += len(data)
        return data


def _open(store: Minio, bucket: str, key: str, version: str | None, offset: int, length: int) -> BaseHTTPResponse:
    return store.get_object(bucket, key, offset=offset, length=length, version_id=version)


def _get(store: Minio, bucket: str, key: str, version: str | None, offset: int, length: int) -> bytes:
    response = _open(store, bucket, key, version, offset, length)
    try:
        return response.read()
    finally:
        response.close()
        response.release_conn()


def _read(_: Minio, response: BaseHTTPResponse, size: int) -> bytes:
    return response.read(size)


def _delete(store: Minio, bucket: str, key: str, version: str) -> None:
    try:
        store.remove_object(bucket, key, version)
    except S3Error as error:
        if error.code in {"NoSuchKey", "NoSuchVersion"}:
            return
        until = _retained_until(store, bucket, key, version)
        if until is None:
            raise
        raise Problem("objects.locked", bucket=bucket, key=key, until=until.isoformat()) from error


def _retain(store: Minio, bucket: str, key: str, version: str, until: datetime) -> None:
    store.set_object_retention(bucket, key, Retention(COMPLIANCE, until), version)


def _retained_until(store: Minio, bucket: str, key: str, version: str) -> datetime | None:
    try:
        found = store.get_object_retention(bucket, key, version)
    except S3Error as error:
        if error.code in {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}:
            return None
        raise
    return found.retain_until_date if found and found.mode == COMPLIANCE else None


def _hold(store: Minio, bucket: str, key: str, version: str, held: bool) -> None:
    change = store.enable_object_legal_hold if held else store.disable_object_legal_hold
    change(bucket, key, version)


def _is_held(store: Minio, bucket: str, key: str, version: str) -> bool:
    try:
        return store.is_object_legal_hold_enabled(bucket, key, version)
    except S3Error as error:
        if error.code in {"NoSuchObjectLegalHold", "NoSuchObjectLockConfiguration"}:
            return False
        raise


def _stat(store: Minio, bucket: str, key: str, version: str | None) -> Stored:
    found = store.stat_object(bucket, key, version_id=version)
    headers = {name.lower(): value for name, value in (found.metadata or {}).items()}
    return Stored(key, found.size or 0, found.version_id, found.etag, found.last_modified, headers)


def _list(store: Minio, bucket: str, prefix: str) -> list[Stored]:
    found = store.list_objects(bucket, prefix=prefix, recursive=True, include_version=True)
    return [
        Stored(one.object_name or "", one.size or 0, one.version_id, one.etag, one.last_modified)
        for one in found
        if one.is_latest == "true" and not one.is_delete_marker
    ]
