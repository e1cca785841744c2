"""Proof of one journal line: there once the quorum has signed, dated, counted by distinct signers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.canonical import parse, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.tlog import entry
from infra.tlog.evidence import add_cosignature, evidence, latest
from infra.tlog.policy import Policy
from infra.tlog.proof import parse_proof, verify_proof
from infra.tlog.sequencer import LogKeys, beat
from infra.tlog.tables import Checkpoint, Cosignature

NOW = datetime(2026, 12, 1, tzinfo=UTC)


async def a_line(database: Database) -> int:
    async with database.work(SYSTEM) as work:
        line = work.record(Event.NOTICE_PUBLISHED, "notice-1", section="YH-1/01")
        await work.session.flush()
        return line.id


async def sign(database: Database, size: int, trustee: str, at: datetime = NOW) -> None:
    async with database.work(SYSTEM) as work:
        await add_cosignature(work.session, size, trustee, at, "")


async def proof(database: Database, line: int, signers: int = 2, earliest: datetime | None = None) -> Any:
    async with database.reading() as session:
        return await evidence(session, await session.get_one(Line, line), signers, earliest)


async def test_there_is_no_proof_before_the_line_is_sequenced(database: Database, log_keys: LogKeys) -> None:
    await beat(database, log_keys)
    line = await a_line(database)
    assert await proof(database, line, 0) is None
    await beat(database, log_keys)
    assert await proof(database, line, 0) is not None


async def test_there_is_no_proof_before_the_quorum_has_signed(database: Database, log_keys: LogKeys) -> None:
    line = await a_line(database)
    await beat(database, log_keys)
    assert await proof(database, line) is None
    await sign(database, 8, "a")
    assert await proof(database, line) is None
    await sign(database, 8, "b")
    assert await proof(database, line) is not None


async def test_one_trustee_counts_once(database: Database, log_keys: LogKeys) -> None:
    line = await a_line(database)
    await beat(database, log_keys)
    for _ in range(3):
        await sign(database, 8, "a")
    async with database.reading() as session:
        assert (await session.execute(select(Checkpoint.signers))).scalar() == 1
    assert await proof(database, line) is None


async def test_a_cosignature_under_no_checkpoint_is_not_kept(database: Database) -> None:
    await sign(database, 8, "a")
    async with database.reading() as session:
        assert (await session.execute(select(Cosignature.size))).all() == []


async def test_the_proof_holds_under_the_logs_key(database: Database, log_keys: LogKeys) -> None:
    line = await a_line(database)
    await beat(database, log_keys)
    shown = await proof(database, line, 0)
    leaf = entry.entry(unb64(shown["salt"]), parse(shown["event"].encode()))
    assert verify_proof(parse_proof(shown["proof"]), leaf, Policy(log=log_keys.key.verifier)).size == 8


async def test_a_dated_proof_needs_enough_signatures_of_that_time_not_just_a_late_checkpoint(
    database: Database, log_keys: LogKeys
) -> None:
    line = await a_line(database)
    await beat(database, log_keys)
    async with database.reading() as session:
        newest = await latest(session)
    assert newest is not None
    earliest = newest.at
    await sign(database, 8, "a", earliest - timedelta(seconds=1))
    await sign(database, 8, "b", earliest)
    assert await proof(database, line, 2, earliest) is None
    await sign(database, 8, "c", earliest + timedelta(seconds=1))
    assert await proof(database, line, 2, earliest) is not None
    assert await proof(database, line, 2, earliest + timedelta(hours=1)) is None


async def test_the_newest_checkpoint_with_a_quorum_is_not_simply_the_newest(
    database: Database, log_keys: LogKeys
) -> None:
    for _ in range(3):
        await beat(database, log_keys)
    for trustee in ("a", "b"):
        await sign(database, 16, trustee)
    async with database.reading() as session:
        newest, cosigned = await latest(session), await latest(session, 2)
    assert newest is not None and cosigned is not None
    assert (newest.size, cosigned.size) == (24, 16)
