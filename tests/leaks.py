"""Looking for what must not be there: every value of every table, every object, in plain, hex and base64."""

from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress

from scenes import Hall
from sqlalchemy import text

from infra.objects import Objects


def spellings(secret: bytes) -> list[bytes]:
    """A secret as it is, in hex, in base64 at each of the three alignments, and as JSON would escape it."""
    found = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    for shift in range(3):
        whole = b64encode(bytes(shift) + secret)
        # Only the characters that depend on nothing but the secret.
        found.append(whole[4 if shift else 0 : len(whole) - 4])
    with suppress(UnicodeDecodeError):
        found.append(secret.decode().encode("ascii", "backslashreplace"))
    return [one for one in found if len(one) >= 8]


def found_in(data: bytes, secrets: Iterable[bytes]) -> list[bytes]:
    """Which of the secrets stand in the data in any spelling."""
    return [secret for secret in secrets if any(one in data for one in spellings(secret))]


async def whole_database(hall: Hall) -> bytes:
    """Every row of every table as text, bytes in hex as PostgreSQL writes them."""
    tables = text(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    rows: list[str] = []
    async with hall.database.reading() as session:
        for (table,) in list(await session.execute(tables)):
            rows += [row for (row,) in await session.execute(text(f"SELECT t::text FROM {table} t"))]
            # JSON once more as it was stored, for what a row's text form quotes.
            rows += [str(row) for (row,) in await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))]
    return "\n".join(rows).encode()


async def whole_store(objects: Objects, *buckets: str) -> bytes:
    """Every object, name and bytes."""
    found: list[bytes] = []
    for bucket in buckets:
        for one in await objects.list(bucket):
            found += [one.key.encode(), await objects.get(bucket, one.key, one.version)]
    return b"\n".join(found)
