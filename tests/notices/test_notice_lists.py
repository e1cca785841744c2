"""Lists show current notices that fit, page by page, with counts that are true."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from trading.notices import queries
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.queries import (
    NoticeFilter,
    count_notices,
    find_notices,
    get_notice,
    home_figures,
    latest,
    openings,
)
from trading.notices.tables import Notice

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


async def a_notice(
    database: Database, title: str, *, published: datetime = NOW - timedelta(days=1), **more: Any
) -> Notice:
    """Publish a notice; `published` is set afterwards, since a use-case knows only the present."""
    given = {"kind": NoticeKind.TENDER, "category": Category.CONSTRUCTION, "region": "990100", "project": title}
    async with database.work(SYSTEM) as work:
        notice = await publish_notice(work, **{**given, "title": title, **more})
        await work.session.execute(update(Notice).where(Notice.id == notice.id).values(published_at=published))
    return notice


async def titles(database: Database, **wanted: Any) -> list[str]:
    async with database.reading() as session:
        return [notice.title for notice in (await find_notices(session, NoticeFilter(**wanted), NOW)).items]


@asynccontextmanager
async def five(database: Database) -> AsyncIterator[AsyncSession]:
    """A running and a closed tender, a land notice of another region, candidates in publicity, a termination."""
    day = timedelta(days=1)
    await a_notice(database, "道路招标", closes_at=NOW + day, published=NOW - 5 * day, section="T1/S1")
    await a_notice(database, "桥梁招标", closes_at=NOW - day, published=NOW - 4 * day)
    await a_notice(
        database, "地块出让", category=Category.LAND, region="990200", closes_at=NOW + 9 * day, published=NOW - 3 * day
    )
    await a_notice(
        database,
        "学校公示",
        kind=NoticeKind.CANDIDATES,
        closes_at=NOW + 2 * day,
        published=NOW - 2 * day,
        candidates=[{"rank": 1, "bidder": "青石建设有限公司", "price_text": "下浮率20%"}],
    )
    await a_notice(database, "医院终止", kind=NoticeKind.TERMINATED, published=NOW - day)
    async with database.reading() as session:
        yield session


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "医院终止 学校公示 地块出让 桥梁招标 道路招标"),
        ({"order": "published"}, "道路招标 桥梁招标 地块出让 学校公示 医院终止"),
        ({"order": "nonsense"}, "医院终止 学校公示 地块出让 桥梁招标 道路招标"),
        ({"order": "closes"}, "桥梁招标 道路招标 学校公示 地块出让 医院终止"),
        ({"kind": "tender-notice"}, "地块出让 桥梁招标 道路招标"),
        ({"kind": "nonsense\0"}, ""),
        ({"category": "land"}, "地块出让"),
        ({"category": "nonsense\0"}, ""),
        ({"region": "990200"}, "地块出让"),
        ({"status": "open"}, "学校公示 地块出让 道路招标"),
        ({"status": "closed"}, "桥梁招标"),
        ({"status": "nonsense"}, "医院终止 学校公示 地块出让 桥梁招标 道路招标"),
        ({"q": "招标"}, "桥梁招标 道路招标"),
        ({"q": "青石"}, "学校公示"),
        ({"q": "t1/s1"}, "道路招标"),
        ({"q": "招标", "status": "open", "kind": "tender-notice"}, "道路招标"),
    ],
)
async def test_a_list_shows_what_fits_in_the_order_asked_for(
    database: Database, wanted: dict[str, Any], expected: str
) -> None:
    async with five(database):
        assert await titles(database, **wanted) == expected.split()


async def test_pages_hold_every_notice_once_and_the_last_page_stands_for_those_beyond(database: Database) -> None:
    for number in range(7):
        await a_notice(database, f"公告{number}")
    async with database.reading() as session:
        pages = [await find_notices(session, NoticeFilter(page=page, size=3), NOW) for page in (1, 2, 3, 99, 0, -5)]
    assert [(page.page, page.pages, page.total, len(page.items)) for page in pages] == [
        (1, 3, 7, 3), (2, 3, 7, 3), (3, 3, 7, 1), (3, 3, 7, 1), (1, 3, 7, 3), (1, 3, 7, 3),
    ]  # fmt: skip
    assert len({notice.id for page in pages[:3] for notice in page.items}) == 7


async def test_an_empty_list_has_one_empty_page(database: Database) -> None:
    async with database.reading() as session:
        page = await find_notices(session, NoticeFilter(), NOW)
    assert (page.items, page.total, page.page, page.pages, page.more) == ([], 0, 1, 1, False)


async def test_beyond_the_limit_the_total_of_a_search_says_that_there_are_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED", 2)
    for number in range(3):
        await a_notice(database, f"公告{number}")
    async with database.reading() as session:
        page = await find_notices(session, NoticeFilter(q="公告", size=1), NOW)
        whole = await find_notices(session, NoticeFilter(size=1), NOW)
        counted = [(await count_notices(session, NoticeFilter(q=words), NOW)).more for words in ("公告", "公告1")]
    assert (page.total, page.pages, page.more) == (2, 2, True)
    assert (whole.total, whole.pages, whole.more) == (3, 3, False)
    assert counted == [True, False]


async def test_facets_count_what_each_choice_would_give(database: Database) -> None:
    async with five(database) as session:
        everything = (await count_notices(session, NoticeFilter(), NOW)).facets()
        land = (await count_notices(session, NoticeFilter(category="land", page=3), NOW)).facets(category="land")
        searched = (await count_notices(session, NoticeFilter(q="招标", status="open"), NOW)).facets()
    assert everything.kinds == {NoticeKind.TENDER: 3, NoticeKind.CANDIDATES: 1, NoticeKind.TERMINATED: 1}
    assert everything.categories == {Category.CONSTRUCTION: 4, Category.LAND: 1}
    assert (land.kinds, land.categories) == ({NoticeKind.TENDER: 1}, everything.categories)
    assert (searched.kinds, searched.categories) == ({NoticeKind.TENDER: 1}, {Category.CONSTRUCTION: 1})


async def test_the_home_page_counts_what_is_there(database: Database) -> None:
    async with five(database) as session:
        figures = await home_figures(session, NOW)
    assert figures == queries.HomeFigures(
        notices=5, open_tenders=2, closing_in_48_hours=1, openings_today=0, in_publicity=1, changed_in_30_days=1
    )


async def test_today_is_the_day_in_china(database: Database) -> None:
    for hours in (-10.1, -9.9, 13.9, 14.1):
        await a_notice(database, f"{hours}", closes_at=NOW + timedelta(hours=hours))
    async with database.reading() as session:
        assert (await home_figures(session, NOW)).openings_today == 2


async def test_openings_are_the_deadlines_of_tenders_soonest_first(database: Database) -> None:
    async with five(database) as session:
        found = await openings(session, NOW, NOW + timedelta(days=30))
    assert [notice.title for notice in found] == ["道路招标", "地块出让"]


async def test_the_latest_of_some_kinds(database: Database) -> None:
    async with five(database) as session:
        assert [n.title for n in await latest(session, (NoticeKind.TENDER,), 2)] == ["地块出让", "桥梁招标"]
        assert [n.title for n in await latest(session, (), 1)] == ["医院终止"]


async def test_a_correction_takes_the_place_of_its_predecessor(database: Database) -> None:
    old = await a_notice(database, "旧公告", section="T1/S1")
    new = await a_notice(database, "新公告", section="T1/S1", corrects=old.id)
    assert await titles(database) == ["新公告"]
    async with database.reading() as session:
        assert (await get_notice(session, old.id)).superseded_at is not None
        assert [n.id for n in await queries.section_notices(session, "T1/S1")] == [new.id]
        assert [n.version for n in await queries.versions(session, new)] == [1, 2]
    with pytest.raises(Problem, match=r"notice.superseded"):
        await a_notice(database, "又一份", corrects=old.id)
    with pytest.raises(Problem, match=r"notice.unknown"):
        await a_notice(database, "又一份", corrects="notice-none")


@pytest.mark.parametrize("wrong", ["notice-none", "", "\0", "x" * 5000])
async def test_an_unknown_notice_is_not_found(database: Database, wrong: str) -> None:
    with pytest.raises(Problem, match=r"notice.unknown"):
        async with database.reading() as session:
            await get_notice(session, wrong)


@pytest.mark.parametrize("title", ["", "  ", "长" * 501])
async def test_a_notice_has_a_title_that_search_can_hold(database: Database, title: str) -> None:
    with pytest.raises(Problem, match=r"notice.title"):
        await a_notice(database, title)


@pytest.mark.parametrize("order", ["-published", "published", "closes"])
async def test_going_on_from_notice_to_notice_meets_every_notice_once_in_either_direction(
    database: Database, order: str
) -> None:
    for number in range(7):
        ends = None if number % 3 == 0 else NOW + timedelta(hours=number % 2)
        await a_notice(database, f"公告{number}", closes_at=ends, published=NOW - timedelta(hours=number // 2))
    whole = await titles(database, order=order)
    async with database.reading() as session:
        page = await find_notices(session, NoticeFilter(order=order, size=3), NOW)
        onward = [page]
        while onward[-1].has_later:
            last = onward[-1].items[-1].id
            onward.append(await find_notices(session, NoticeFilter(order=order, size=3, after=last), NOW))
        back = [onward[-1]]
        while back[-1].has_earlier:
            first = back[-1].items[0].id
            back.append(await find_notices(session, NoticeFilter(order=order, size=3, before=first), NOW))
    assert [one.title for part in onward for one in part.items] == whole
    assert [one.title for part in reversed(back) for one in part.items] == whole
    assert [part.page for part in onward] == [1, None, None]


async def test_a_notice_published_meanwhile_neither_repeats_nor_hides_another(database: Database) -> None:
    for number in range(4):
        await a_notice(database, f"公告{number}", published=NOW - timedelta(hours=number))
    async with database.reading() as session:
        last = (await find_notices(session, NoticeFilter(size=2), NOW)).items[-1].id
    await a_notice(database, "新公告", published=NOW)
    assert await titles(database, size=2, after=last) == ["公告2", "公告3"]


@pytest.mark.parametrize("place", [{"after": "notice-none"}, {"before": "\0"}])
async def test_beside_an_unknown_notice_the_list_begins_at_its_start(database: Database, place: dict[str, str]) -> None:
    async with five(database):
        assert (await titles(database, **place))[0] == "医院终止"


async def test_pages_with_a_number_end_somewhere_and_the_list_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "REACH", 4)
    for number in range(6):
        await a_notice(database, f"公告{number}")
    async with database.reading() as session:
        last = await find_notices(session, NoticeFilter(page=9, size=2), NOW)
    assert (last.total, last.page, last.pages, last.has_earlier, last.has_later) == (6, 2, 2, True, True)
