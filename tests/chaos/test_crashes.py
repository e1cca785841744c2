"""What crashes is done again, and what must happen once happens once."""

import asyncio

import pytest
import pytest_asyncio
from envelopes import submitted
from scenes import Hall
from sqlalchemy import select, text

from infra import jobs, timers
from infra.db.work import Work
from infra.jobs import NotYetError, enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers import schedule
from infra.timers_table import Timer
from trading.opening.closing import close_section
from trading.opening.opening import open_section
from trading.sections.states import SectionState
from web.wiring import EFFECTS

pytestmark = pytest.mark.soak

BIDDERS = [f"bidder{number}" for number in range(1, 8)]


async def all_bid(hall: Hall, section: str) -> None:
    await asyncio.gather(*(submitted(hall, section, login) for login in BIDDERS))


async def count(hall: Hall, section: str, *events: Event) -> int:
    return len(await hall.lines(*events, section=section))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> dict[str, str]:
    """Two tenders with seven bids each that end together: for a dying timer and for a dying opening."""
    found = dict(zip(("timer", "opening"), await hall.tenders(2, 5), strict=True))
    for section in found.values():
        await all_bid(hall, section)
    await hall.jobs()
    return found


# ---- a transaction that dies between effect and done-mark -----------------------------------------------------------


async def test_a_closing_that_dies_before_its_done_mark_has_not_happened_and_then_happens_once(
    hall: Hall, sections: dict[str, str]
) -> None:
    section = sections["timer"]
    deadline = (await hall.section(section)).deadline
    assert deadline is not None

    async def dying(work: Work, subject: str) -> None:
        await close_section(work, subject)
        if subject == section:
            await work.session.flush()
            raise ConnectionError("the worker is gone")

    await hall.wait_until(deadline)
    await timers.run_due(hall.database, {"section.close": dying})
    assert await count(hall, section, Event.SECTION_CLOSED) == 0
    assert await hall.in_state(section, SectionState.BIDDING)
    while await hall.in_state(section, SectionState.BIDDING):
        await hall.due()
        await asyncio.sleep(0.05)
    await hall.due()
    assert await count(hall, section, Event.SECTION_CLOSED) == 1


async def test_a_failed_effect_stays_pending_with_its_trouble(hall: Hall) -> None:
    async def broken(work: Work, subject: str) -> None:
        raise RuntimeError("no paper")

    async with hall.database.work(SYSTEM) as work:
        await schedule(work, work.ctx.now, "test.broken", "it")
    await timers.run_due(hall.database, {"test.broken": broken})
    async with hall.database.reading() as session:
        timer = (await session.execute(select(Timer).where(Timer.verb == "test.broken"))).scalar_one()
    assert (timer.done_at, timer.tries, timer.trouble) == (None, 1, "RuntimeError: no paper")


async def test_a_due_effect_runs_once_though_many_workers_ask(hall: Hall) -> None:
    ran: list[str] = []

    async def effect(work: Work, subject: str) -> None:
        ran.append(subject)
        await asyncio.sleep(0.01)

    async with hall.database.work(SYSTEM) as work:
        for number in range(5):
            await schedule(work, work.ctx.now, "test.many", f"subject {number}")
    await asyncio.gather(*(timers.run_due(hall.database, {"test.many": effect}) for _ in range(4)))
    assert sorted(ran) == [f"subject {number}" for number in range(5)]


async def test_one_failing_effect_does_not_hold_up_the_next(hall: Hall) -> None:
    ran: list[str] = []

    async def effect(work: Work, subject: str) -> None:
        if subject == "bad":
            raise RuntimeError
        ran.append(subject)

    async with hall.database.work(SYSTEM) as work:
        for subject in ("bad", "good"):
            await schedule(work, work.ctx.now, "test.mixed", subject)
    await timers.run_due(hall.database, {"test.mixed": effect})
    assert ran == ["good"]


async def test_timers_outlive_a_database_that_cuts_every_connection(hall: Hall) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(timers.run_forever(hall.database, EFFECTS, stop))
    await asyncio.sleep(0.05)
    async with hall.database.reading() as session:
        cut = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await session.execute(cut)
    await asyncio.sleep(0.2)
    assert not running.done()
    stop.set()
    await running
    await hall.database.engine.dispose()


# ---- an opening that crashes in the middle --------------------------------------------------------------------------


async def test_an_opening_that_crashes_in_the_middle_opens_every_bid_exactly_once(
    hall: Hall, sections: dict[str, str]
) -> None:
    section = sections["opening"]
    while await count(hall, section, Event.KEY_RELEASED) < 2:
        await hall.due()
        await hall.beat()
        await hall.poll_all()
    for wanted in (1, 3, 5):
        opening = asyncio.create_task(open_section(hall.database, hall.objects, hall.keys, section))
        while await count(hall, section, Event.BID_OPENED) < wanted:
            await asyncio.sleep(0)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    await open_section(hall.database, hall.objects, hall.keys, section)
    assert await hall.in_state(section, SectionState.OPENED)
    opened = [line.subject for line in await hall.lines(Event.BID_OPENED, section=section)]
    assert len(opened) == len(set(opened)) == len(BIDDERS)
    assert await count(hall, section, Event.SECTION_OPENED) == 1


async def test_two_openings_at_once_open_every_bid_exactly_once(hall: Hall, sections: dict[str, str]) -> None:
    section = sections["timer"]
    while await count(hall, section, Event.KEY_RELEASED) < 2:
        await hall.due()
        await hall.beat()
        await hall.poll_all()
    await asyncio.gather(*(open_section(hall.database, hall.objects, hall.keys, section) for _ in range(3)))
    opened = [line.subject for line in await hall.lines(Event.BID_OPENED, section=section)]
    assert len(opened) == len(set(opened)) == len(BIDDERS)
    assert await count(hall, section, Event.SECTION_OPENED) == 1


# ---- the job queue --------------------------------------------------------------------------------------------------


async def test_a_job_exists_only_if_its_use_case_committed(hall: Hall) -> None:
    with pytest.raises(RuntimeError):
        await _enqueue_and_fail(hall)
    async with hall.database.reading() as session:
        assert (await session.execute(text("SELECT 1 FROM pgqueuer WHERE entrypoint = 'test-lost'"))).first() is None


async def _enqueue_and_fail(hall: Hall) -> None:
    async with hall.database.work(SYSTEM) as work:
        await enqueue(work, "test-lost", n=1)
        raise RuntimeError


async def test_a_job_is_tried_until_its_ground_is_there_and_until_it_succeeds(hall: Hall) -> None:
    tries: list[str] = []
    done = asyncio.Event()

    async def task(payload: dict[str, str]) -> None:
        tries.append(payload["what"])
        if len(tries) == 1:
            raise NotYetError("not yet")
        if len(tries) == 2:
            raise RuntimeError("a fault")
        done.set()

    async with hall.database.work(SYSTEM) as work:
        await enqueue(work, "test-stubborn", what="this")
    assert hall.stack.settings.database is not None
    stop = asyncio.Event()
    serving = asyncio.create_task(jobs.run_forever(hall.stack.settings.database.dsn, {"test-stubborn": task}, stop))
    await asyncio.wait_for(done.wait(), 20)
    stop.set()
    await serving
    assert tries == ["this"] * 3


async def test_the_queue_is_served_again_after_its_connection_was_cut(hall: Hall) -> None:
    done: list[int] = []

    async def task(payload: dict[str, int]) -> None:
        done.append(payload["n"])

    assert hall.stack.settings.database is not None
    stop = asyncio.Event()
    serving = asyncio.create_task(jobs.run_forever(hall.stack.settings.database.dsn, {"test-cut": task}, stop))
    for number in (1, 2):
        async with hall.database.work(SYSTEM) as work:
            await enqueue(work, "test-cut", n=number)
        for _ in range(1000):
            if len(done) == number:
                break
            await asyncio.sleep(0.02)
        async with hall.database.reading() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await hall.database.engine.dispose()
    stop.set()
    await serving
    assert done == [1, 2]
