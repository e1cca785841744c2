"""Any neighbouring characters of a text find it; nothing else does."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from infra.db.work import Database
from trading.notices.search import LONGEST_QUERY, fold, search_query, search_vector

TITLES = st.text(
    st.one_of(
        st.sampled_from("宜昌市夷陵区道路工程中标候选人公示（一期）()［］、·“”—+-/'\\ :&|!<>*\t　ＥＰＣepc0２㎡①K0"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=40,
)


async def found(database: Database, fields: list[str], queries: list[str]) -> list[bool | None]:
    """For every query whether PostgreSQL finds the fields by it; None for a query with nothing to look for."""
    asked = [search_query(query) for query in queries]
    telling = [query for query in asked if query is not None]
    vector = cast(search_vector(fields), TSVECTOR)
    async with database.reading() as session:
        columns = [vector.bool_op("@@")(cast(query, TSQUERY)).label(f"q{n}") for n, query in enumerate(telling)]
        answers = iter((await session.execute(select(func.now(), *columns))).one()[1:])
    return [None if query is None else next(answers) for query in asked]


def letters(text: str) -> str:
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] not in "PSZ")


async def test_every_pair_of_neighbours_and_every_single_character_finds_a_text(database: Database) -> None:
    @settings(max_examples=40, deadline=None)
    @given(TITLES)
    def check(title: str) -> None:
        drawn.append(title)

    drawn: list[str] = []
    check()
    for title in drawn:
        queries = [title[at : at + length] for length in (1, 2) for at in range(len(title) - length + 1)]
        answers = await found(database, [title], queries)
        assert [query for query, answer in zip(queries, answers, strict=True) if answer is False] == []
        assert all(answer or not fold(query) for query, answer in zip(queries, answers, strict=True))


async def test_a_phrase_finds_exactly_the_texts_whose_letters_hold_it(database: Database) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.text("道路工(）a1", min_size=1, max_size=12), st.text("道路工(）a1", min_size=1, max_size=4))
    def check(title: str, query: str) -> None:
        drawn.append((title, query))

    drawn: list[tuple[str, str]] = []
    check()
    for title, query in drawn:
        asked = letters(query) if len(letters(query)) > 1 else fold(query)
        held = letters(title) if len(letters(query)) > 1 else fold(title)
        assert await found(database, [title], [query]) == [asked in held], (title, query)


@pytest.mark.parametrize(
    ("title", "query", "answer"),
    [
        ("云湖大道（一期）道路工程", "大道一期", True),
        ("云湖大道（一期）道路工程", "大道（一期）道", True),
        ("云湖大道（一期）道路工程", "大道(一", True),
        ("云湖大道（一期）道路工程", "）道", True),
        ("云湖大道（一期）道路工程", "道工", False),
        ("云湖大道（一期）道路工程", "云湖 工程", True),
        ("云湖大道（一期）道路工程", "云湖 - 工程", True),
        ("云湖大道（一期）道路工程", "云湖 桥梁", False),
        ("市医院ＥＰＣ总承包 10 号楼", "epc", True),
        ("市医院ＥＰＣ总承包 10 号楼", "包10号", True),
        ("市医院ＥＰＣ总承包 10 号楼", "PE", False),
        ("G328 云湖段（K0+000–K4+260）", "K0+000", True),
        ("G328 云湖段（K0+000–K4+260）", "+000", True),
        ("it's a \\ title:*", "'s", True),
        ("it's a \\ title:*", "\\", True),
        ("一", "一", True),
        ("一", "二", False),
    ],
)
async def test_what_a_visitor_types_finds_what_is_meant(
    database: Database, title: str, query: str, answer: bool
) -> None:
    assert await found(database, [title], [query]) == [answer]


async def test_a_phrase_never_reaches_from_one_field_into_the_next(database: Database) -> None:
    fields = ["云湖大道", "建工集团"]
    assert await found(database, fields, ["道建", "大道", "建工", "大道 建工"]) == [False, True, True, True]


@pytest.mark.parametrize("nothing", ["", "  ", "\t\u3000", "\0", "\ud800", "\u200b"])
def test_a_query_of_blanks_asks_for_nothing(nothing: str) -> None:
    assert search_query(nothing) is None


async def test_long_texts_and_queries_are_cut_not_refused(database: Database) -> None:
    fields = ["长" * 5000, *["公司名称" * 10] * 500]
    assert await found(database, fields, ["长" * 10 * LONGEST_QUERY, "公司名称公司"]) == [True, True]
