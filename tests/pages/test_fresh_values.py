"""What is kept is bounded, made once, and given up when its version or its time has passed; a page's clock runs on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.i18n import Language
from web.public.fresh import Fresh
from web.render import render
from web.sheet import Moving, Sheet
from web.visit import Visit

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Maker:
    """Makes 1, 2, 3 …; fails while `broken`."""

    def __init__(self) -> None:
        self.made = 0
        self.broken = False

    async def __call__(self) -> int:
        await asyncio.sleep(0)
        if self.broken:
            raise ValueError("broken")
        self.made += 1
        return self.made


@pytest.mark.parametrize(
    ("version", "later", "made"),
    [(1, 0 * SECOND, 1), (0, 59 * SECOND, 1), (1, 59 * SECOND, 1), (2, 0 * SECOND, 2), (1, 60 * SECOND, 2)],
)
async def test_a_value_serves_until_its_version_or_its_time_has_passed(
    version: int, later: timedelta, made: int
) -> None:
    fresh, maker = Fresh[int](10), Maker()
    await fresh.get("key", 1, NOON, 60, maker)
    assert await fresh.get("key", version, NOON + later, 60, maker) == made


async def test_a_value_that_ends_by_itself_is_not_used_afterwards() -> None:
    fresh, maker = Fresh[int](10, ends=lambda _: NOON + 5 * SECOND), Maker()
    await fresh.get("key", 1, NOON, 60, maker)
    assert await fresh.get("key", 1, NOON + 4 * SECOND, 60, maker) == 1
    assert await fresh.get("key", 1, NOON + 5 * SECOND, 60, maker) == 2


async def test_nothing_is_kept_for_no_time() -> None:
    fresh, maker = Fresh[int](10), Maker()
    assert [await fresh.get("key", 1, NOON, 0, maker) for _ in range(3)] == [1, 2, 3]


async def test_many_who_ask_at_once_wait_for_one() -> None:
    fresh, maker = Fresh[int](10), Maker()
    assert set(await asyncio.gather(*(fresh.get("key", 1, NOON, 60, maker) for _ in range(20)))) == {1}


async def test_where_making_fails_the_next_one_tries() -> None:
    fresh, maker = Fresh[int](10), Maker()
    maker.broken = True
    failed = await asyncio.gather(*(fresh.get("key", 1, NOON, 60, maker) for _ in range(3)), return_exceptions=True)
    maker.broken = False
    assert all(isinstance(one, ValueError) for one in failed)
    assert await fresh.get("key", 1, NOON, 60, maker) == 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12)), max_size=60))
async def test_what_is_kept_never_takes_more_than_its_room(asked: list[tuple[int, int]]) -> None:
    fresh = Fresh[int](20, size=lambda value: value)
    for key, size in asked:

        async def make(size: int = size) -> int:
            return size

        await fresh.get(key, 1, NOON, 60, make)
        assert sum(one.size for one in fresh._made.values()) == fresh._taken <= 20
    assert fresh._making == {}


async def test_what_was_asked_for_longest_ago_goes_first() -> None:
    fresh, maker = Fresh[int](2), Maker()
    for key in ("a", "b", "a", "c"):
        await fresh.get(key, 1, NOON, 60, maker)
    assert list(fresh._made) == ["a", "c"]


def a_sheet(until: datetime, now: datetime = NOON) -> Sheet:
    moving = Moving()
    return Sheet(f"<b>{moving.clock()}</b> <i>{moving.left(until)}</i>", moving, Language.EN, now)


def test_the_clock_and_the_countdowns_of_a_kept_page_run_on() -> None:
    sheet = a_sheet(NOON + 90 * SECOND)
    assert sheet.at(NOON).decode() == "<b>Mon 23 Nov 2026, 12:00:00</b> <i>1 min 30 s</i>"
    assert sheet.at(NOON + 31 * SECOND).decode() == "<b>Mon 23 Nov 2026, 12:00:31</b> <i>0 min 59 s</i>"


@pytest.mark.parametrize(
    ("until", "ends"),
    [(timedelta(minutes=5), timedelta(minutes=5)), (timedelta(days=3), timedelta(hours=12))],
    ids=["a deadline passes", "the day is over in China"],
)
def test_a_page_ends_when_a_deadline_passes_or_the_day_is_over(until: timedelta, ends: timedelta) -> None:
    assert a_sheet(NOON + until).ends == NOON + ends


def test_the_tag_of_a_page_changes_with_its_words_and_countdowns_but_not_with_the_second() -> None:
    far, near = a_sheet(NOON + timedelta(days=3, minutes=30)), a_sheet(NOON + timedelta(minutes=3))
    assert far.tag(NOON) == far.tag(NOON + SECOND)
    assert near.tag(NOON) != near.tag(NOON + SECOND)
    assert far.tag(NOON) != far.tag(NOON + 60 * SECOND)
    assert far.tag(NOON) != near.tag(NOON)


def test_a_page_with_a_form_of_ones_own_is_personal() -> None:
    visit = Visit(Language.ZH, "/login", "", NOON, False, "key", None)
    told = {"target": "/", "login": "", "told": None, "demo_logins": {}, "demo_password": ""}
    assert render(visit, "account/login.html", demo=True, **told).personal
    assert not render(visit, "public/sealing.html", demo=True).personal
