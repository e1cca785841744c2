"""The journal: the database itself refuses to change, delete or empty it; only a waiting line gets its leaf, once."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.tlog.sequencer import LogKeys, beat

CHANGES = (
    "UPDATE journal SET facts = '{}'",
    "UPDATE journal SET at = at - interval '1 second'",
    "UPDATE journal SET actor = 'nobody', section = NULL",
    "UPDATE journal SET salt = sha256('')",
    "DELETE FROM journal",
    "TRUNCATE journal",
    "UPDATE journal SET leaf = 1, number = 1, entry = sha256(''), preimage = '' WHERE subject = 'inner'",
)
ONCE_SEQUENCED = (
    "UPDATE journal SET leaf = NULL WHERE subject = 'leaf'",
    "UPDATE journal SET number = number + 1 WHERE subject = 'leaf'",
    "UPDATE journal SET entry = sha256(''), preimage = '{}' WHERE subject = 'leaf'",
)


async def written(database: Database) -> None:
    async with database.work(SYSTEM) as work:
        work.record(Event.ACCOUNT_CREATED, "inner", name="甲")
        work.record(Event.PROJECT_ACCEPTED, "leaf", name="甲")


async def refused(database: Database, change: str) -> None:
    with pytest.raises(DBAPIError, match="journal is append-only"):
        async with database.work(SYSTEM) as work:
            await work.session.execute(text(change))


@pytest.mark.parametrize("change", CHANGES)
async def test_the_database_refuses_to_change_or_empty_the_journal(database: Database, change: str) -> None:
    await written(database)
    await refused(database, change)


@pytest.mark.parametrize("change", [*CHANGES, *ONCE_SEQUENCED])
async def test_a_line_that_has_its_leaf_keeps_it(database: Database, log_keys: LogKeys, change: str) -> None:
    await written(database)
    await beat(database, log_keys)
    await refused(database, change)


async def test_an_update_that_changes_nothing_passes(database: Database) -> None:
    await written(database)
    async with database.work(SYSTEM) as work:
        await work.session.execute(text("UPDATE journal SET facts = facts"))
