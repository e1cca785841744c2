"""Object storage: versions, ranges, retention, and no object that is only half there."""

import asyncio
import io
import socket
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from infra.kernel.problems import Problem
from infra.objects import PART, Objects
from infra.settings import ObjectAddress

BUCKET = "storage"
ABSENT = "0" * 32


@pytest_asyncio.fixture(autouse=True)
async def bucket(objects: Objects) -> None:
    await objects.ensure_bucket(BUCKET, lock=True)


def later(**delta: float) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


async def test_every_put_is_a_version_that_stays_readable(objects: Objects) -> None:
    first, second = await objects.put(BUCKET, "twice", b"one"), await objects.put(BUCKET, "twice", b"two")
    assert await objects.get(BUCKET, "twice", first) == b"one"
    assert await objects.get(BUCKET, "twice", second) == await objects.get(BUCKET, "twice") == b"two"


async def test_a_retained_version_cannot_be_deleted_and_its_time_cannot_be_shortened(objects: Objects) -> None:
    version, until = await objects.put(BUCKET, "kept", b"bid"), later(hours=1).replace(microsecond=0)
    await objects.retain(BUCKET, "kept", version, until)
    with pytest.raises(Problem, match=r"objects.locked"):
        await objects.delete(BUCKET, "kept", version)
    with pytest.raises(Problem, match=r"objects.refused"):
        await objects.retain(BUCKET, "kept", version, until - timedelta(minutes=30))
    assert await objects.retained_until(BUCKET, "kept", version) == until
    assert await objects.get(BUCKET, "kept", version) == b"bid"


async def test_a_version_can_be_deleted_when_its_time_has_passed(objects: Objects) -> None:
    version, until = await objects.put(BUCKET, "short", b"x"), later(seconds=2)
    await objects.retain(BUCKET, "short", version, until)
    await asyncio.sleep((until - later()).total_seconds() + 0.1)
    await objects.delete(BUCKET, "short", version)
    assert not await objects.exists(BUCKET, "short", version)


async def test_a_version_without_retention_is_deleted_and_deleting_it_again_is_no_error(objects: Objects) -> None:
    version = await objects.put(BUCKET, "free", b"x")
    await objects.delete(BUCKET, "free", version)
    await objects.delete(BUCKET, "free", version)
    assert not await objects.exists(BUCKET, "free")


async def test_a_range_is_exactly_the_bytes_asked_for(objects: Objects) -> None:
    data = bytes(range(256)) * 400
    version = await objects.put(BUCKET, "range", data)
    assert await objects.get_range(BUCKET, "range", version, 70_001, 1_234) == data[70_001:71_235]
    assert await objects.get_range(BUCKET, "range", version, 5, 0) == b""


@pytest.mark.parametrize(("offset", "length"), [(90, 11), (100, 1), (5000, 7)])
async def test_a_range_past_the_end_is_told(objects: Objects, offset: int, length: int) -> None:
    version = await objects.put(BUCKET, "hundred", bytes(100))
    with pytest.raises(Problem, match=r"objects.incomplete"):
        await objects.get_range(BUCKET, "hundred", version, offset, length)


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1])
async def test_a_stream_comes_back_byte_for_byte(objects: Objects, size: int) -> None:
    data = bytes(index % 251 for index in range(4096)) * (size // 4096 + 1)
    version = await objects.put(BUCKET, "stream", io.BytesIO(data[:size]), size)
    async with aclosing(objects.stream(BUCKET, "stream", version)) as pieces:
        assert b"".join([piece async for piece in pieces]) == data[:size]


@pytest.mark.parametrize(("size", "told"), [(10, 11), (10, 9), (PART + 5, PART + 9)])
async def test_a_stream_of_another_size_than_told_leaves_nothing(objects: Objects, size: int, told: int) -> None:
    with pytest.raises(Problem, match=r"objects.incomplete"):
        await objects.put(BUCKET, f"half-{size}-{told}", io.BytesIO(bytes(size)), told)
    assert await objects.list(BUCKET, f"half-{size}-{told}") == []


@pytest.mark.parametrize("version", [None, ABSENT, "no version at all"])
async def test_what_is_not_there_is_missing(objects: Objects, version: str | None) -> None:
    with pytest.raises(Problem, match=r"objects.missing"):
        await objects.get(BUCKET, "absent", version)
    assert not await objects.exists(BUCKET, "absent", version)


async def test_a_list_has_the_newest_version_of_every_key_under_the_prefix(objects: Objects) -> None:
    await objects.put(BUCKET, "开标/乙", b"old")
    versions = [await objects.put(BUCKET, key, b"new") for key in ("开标/乙", "开标/丙/一", "评标/甲")]
    found = await objects.list(BUCKET, "开标/")
    assert {(one.key, one.version, one.size) for one in found} == {
        ("开标/乙", versions[0], 3),
        ("开标/丙/一", versions[1], 3),
    }


async def test_a_bucket_made_without_lock_is_not_taken_for_one_with(objects: Objects) -> None:
    await objects.ensure_bucket("unlocked")
    with pytest.raises(Problem, match=r"objects.bucket-without-lock"):
        await objects.ensure_bucket("unlocked", lock=True)


async def test_a_bucket_is_never_made_by_a_slip(objects: Objects) -> None:
    with pytest.raises(Problem, match=r"objects.no-bucket"):
        await objects.put("never-made", "key", b"x")


async def test_a_store_that_never_answers_is_given_up(objects: Objects) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = Objects(ObjectAddress(f"127.0.0.1:{mute.getsockname()[1]}", "access", "secret"), connect=0.2, read=0.2)
        with pytest.raises(Problem, match=r"objects.unreachable"):
            await client.put(BUCKET, "key", b"x")
        client.close()


async def test_many_calls_at_once_are_all_answered(objects: Objects) -> None:
    versions = await asyncio.gather(*(objects.put(BUCKET, f"many/{n}", str(n).encode()) for n in range(60)))
    found = await asyncio.gather(*(objects.get(BUCKET, f"many/{n}", version) for n, version in enumerate(versions)))
    assert found == [str(n).encode() for n in range(60)]
