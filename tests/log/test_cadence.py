"""The log's pace: by day, by night, in the demonstration; and it is the same whether anything happened or not."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from infra.db.work import Database
from infra.tlog.entry import batch_size
from infra.tlog.sequencer import LogKeys, run_forever
from infra.tlog.tables import Checkpoint
from trading.regimes.regime import DEMO
from trading.regimes.rules import REGIMES

PRODUCTION = "production"
DAY, NIGHT, SHORT = timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=0.5)
HOURS = [
    ("2026-12-01T06:59:59+08:00", NIGHT),
    ("2026-12-01T07:00:00+08:00", DAY),
    ("2026-12-01T20:59:59+08:00", DAY),
    ("2026-12-01T21:00:00+08:00", NIGHT),
    ("2026-12-01T16:00:00+00:00", NIGHT),
    ("2026-12-01T02:00:00+00:00", DAY),
]


@pytest.mark.parametrize(("at", "pace"), HOURS)
def test_the_log_goes_slower_by_the_night_of_shanghai(at: str, pace: timedelta) -> None:
    moment = datetime.fromisoformat(at)
    assert REGIMES.on(moment, mode=PRODUCTION).log_pace(moment) == pace
    assert REGIMES.on(moment, mode=DEMO).log_pace(moment) == SHORT


@pytest.mark.parametrize(("events", "leaves"), [(0, 8), (1, 8), (8, 8), (9, 64), (65, 512), (513, 4096), (4096, 4096)])
def test_a_batch_has_the_smallest_class_that_holds_it(events: int, leaves: int) -> None:
    assert batch_size(events) == leaves


async def test_the_sequencer_asks_for_the_pace_of_each_hour_by_the_databases_time(
    database: Database, log_keys: LogKeys
) -> None:
    asked: list[datetime] = []
    stop = asyncio.Event()

    def pace(at: datetime) -> timedelta:
        asked.append(at)
        if len(asked) == 3:
            stop.set()
        return timedelta(milliseconds=5)

    await asyncio.wait_for(run_forever(database, log_keys, pace, stop), 30)
    async with database.reading() as session:
        rows = (await session.execute(select(Checkpoint.at).order_by(Checkpoint.size))).scalars().all()
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    assert asked == list(rows) and len(asked) == 3
    assert all(at.tzinfo is not None and abs(now - at) < timedelta(minutes=1) for at in asked)
    assert asked[0].astimezone(UTC) <= asked[-1]
