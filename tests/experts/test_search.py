"""The directory finds by filters and by what is known whole, a page at a time, within the region."""

import pytest
from pool import CITY, COST, DEEP, FAR, KEYS, OTHER_CITY, WORKS, put

from expertpool.directory.employers import note_employers
from expertpool.directory.search import PAGE, Asked, Found, find, person_key
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem

PROVINCE = "420000"
CODE = "91420100MA4KXXXX3A"


async def found(database: Database, asked: Asked, region: str = PROVINCE) -> Found:
    async with database.reading(Actor("clerk", Role.POOL, None, region)) as session:
        return await find(session, region, asked)


async def numbers(database: Database, asked: Asked, region: str = PROVINCE) -> list[int]:
    return [int(one.id[-4:]) for one in (await found(database, asked, region)).rows]


async def a_pool(database: Database) -> None:
    await put(database, 1, specialties=(DEEP, COST), employer=CODE)
    await put(database, 2, region=OTHER_CITY, title="equal")
    await put(database, 3, state="suspended")
    await put(database, 4, specialties=(COST,), region=FAR)
    async with database.work(SYSTEM) as work:
        await note_employers(work.session, {CODE: "云湖市政工程设计院"})


async def test_filters_narrow_the_directory_each_by_itself_and_together(database: Database) -> None:
    await a_pool(database)
    for asked, expected in (
        (Asked(), [2, 1, 3]),
        (Asked(newest=True), [3, 2, 1]),
        (Asked(profession=WORKS), [2, 1, 3]),
        (Asked(profession=DEEP), [1]),
        (Asked(profession="A"), [2, 1, 3]),
        (Asked(profession=WORKS, state="suspended"), [3]),
        (Asked(profession=WORKS, title="equal"), [2]),
        (Asked(state="active"), [2, 1]),
        (Asked(state="suspended", region="4299"), [3]),
        (Asked(title="senior", region="4201"), []),
        (Asked(region=OTHER_CITY), [2]),
        (Asked(profession=COST, newest=True), [1]),
        (Asked(words="市政 设计"), [1]),
        (Asked(words=CODE.lower()), [1]),
        (Asked(words=CODE, profession=WORKS), [1]),
        (Asked(words=f"e-{CITY}-000003"), [3]),
        (Asked(words="nobody's firm"), []),
        (Asked(words="!"), []),
        (Asked(who="x"), []),
    ):
        assert await numbers(database, asked) == expected, asked


async def test_a_person_is_found_by_the_whole_of_what_is_known_and_by_nothing_less(database: Database) -> None:
    await a_pool(database)
    for words in ("专家3", " 专家3 ", "1380000 0003"):
        assert await numbers(database, Asked(who=person_key(KEYS, words))) == [3], words
    assert await numbers(database, Asked(who=person_key(KEYS, "专家"))) == []
    assert await numbers(database, Asked(who=person_key(KEYS, "专家4"))) == []
    for words in ("", "  ", "x" * 101):
        with pytest.raises(Problem, match=r"directory\.person"):
            person_key(KEYS, words)


async def test_the_key_of_a_person_does_not_hold_what_was_typed(database: Database) -> None:
    key = person_key(KEYS, "13800000003")
    assert len(key) == 65 and "13800000003" not in key


async def test_pages_meet_without_gap_or_repeat_in_both_directions(database: Database) -> None:
    for number in range(1, 2 * PAGE + 8):
        await put(database, number, region=(CITY, OTHER_CITY)[number % 2])
    for profession, newest in (("", False), (WORKS, False), ("", True)):
        pages, asked = [], Asked(profession=profession, newest=newest)
        while True:
            one = await found(database, asked)
            pages.append([row.id for row in one.rows])
            if one.following is None:
                break
            asked = Asked(profession=profession, newest=newest, after=one.following)
        assert [len(page) for page in pages] == [PAGE, PAGE, 7] and len({row for page in pages for row in page}) == 107
        assert one.total == 107
        back = []
        while one.preceding is not None:
            one = await found(database, Asked(profession=profession, newest=newest, before=one.preceding))
            back.append([row.id for row in one.rows])
        assert back == pages[-2::-1]
        assert one.following is not None


async def test_a_key_or_a_filter_from_outside_the_region_shows_nobody_of_it(database: Database) -> None:
    await a_pool(database)
    for key in ("330100~expert-0004", "330100~", "999999~"):
        assert set(await numbers(database, Asked(after=key))) <= {1, 2, 3}
        assert set(await numbers(database, Asked(before=key))) <= {1, 2, 3}
    assert await numbers(database, Asked(before="999999~")) == [2, 1, 3]
    assert await numbers(database, Asked(region="3301")) == []
    assert await numbers(database, Asked(region="42", after=f"{OTHER_CITY}~expert-0002")) == [1, 3]
    assert await numbers(database, Asked(region=OTHER_CITY, before=f"{CITY}~expert-0003")) == [2]


async def test_a_key_that_is_none_is_refused(database: Database) -> None:
    for asked in (Asked(after="x"), Asked(after="tomorrow~x", newest=True), Asked(before="420100~\0")):
        with pytest.raises(Problem, match=r"directory\.page"):
            await found(database, asked)
