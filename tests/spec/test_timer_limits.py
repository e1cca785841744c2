"""Legal time: when the effect of a limit runs, its own transaction stands after the limit."""

from scenes import Hall

from infra.kernel.context import SYSTEM
from infra.timers import _claim, schedule


async def test_a_limit_reached_after_a_transaction_began_is_left_to_the_next_one(hall: Hall) -> None:
    async with hall.database.work(SYSTEM) as older:
        async with hall.database.work(SYSTEM) as work:
            due = await work.clock()
            await schedule(work, due, "test.limit", "a limit")
        assert older.ctx.now < due
        assert await _claim(older, ["test.limit"]) is None
    async with hall.database.work(SYSTEM) as newer:
        assert await _claim(newer, ["test.limit"]) is not None
