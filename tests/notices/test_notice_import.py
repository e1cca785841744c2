"""Notices of another system come in verbatim, once; broken lines are named and the rest goes in."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes_of_notices import REGION, a_file, a_line, take_over
from sqlalchemy import func, select

from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from trading.notices.importing import BATCH, LONGEST_LINE, import_file, parse_period
from trading.notices.queries import NoticeFilter, find_notices, get_notice, versions
from trading.notices.tables import Notice


async def all_notices(database: Database) -> list[Notice]:
    async with database.reading() as session:
        return list(await session.scalars(select(Notice).order_by(Notice.source, Notice.version)))


async def journal_lines(database: Database) -> list[Line]:
    async with database.reading() as session:
        return list(await session.scalars(select(Line).where(Line.event == "notice.imported")))


async def test_a_line_becomes_a_notice_verbatim(database: Database, tmp_path: Path) -> None:
    line = a_line(remark="附件 3 份")
    summary = await take_over(database, a_file(tmp_path, line))
    assert (summary.read, summary.new, summary.broken) == (1, 1, [])
    (notice,) = await all_notices(database)
    assert (notice.title, notice.project, notice.region) == (line["title"], line["project"], REGION)
    assert (notice.origin, notice.source, notice.version) == ("yunhu", line["notice_path"], 1)
    assert notice.candidates == [
        {"rank": rank, **candidate} for rank, candidate in enumerate(line["candidates"], start=1)
    ]
    assert notice.facts == {
        "date": "2025-06-13",
        "publicity_period": line["publicity_period"],
        "publicity_starts_at": "2025-06-13T10:00:00+00:00",
        "others": {"remark": "附件 3 份"},
    }
    assert notice.published_at == datetime(2025, 6, 12, 16, tzinfo=UTC)
    assert notice.closes_at == datetime(2025, 6, 16, 10, tzinfo=UTC)


async def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = a_file(tmp_path, *[a_line(number) for number in range(BATCH + 20)], b"broken", a_line(3))
    first = await take_over(database, path)
    assert (first.read, first.new, first.unchanged, len(first.broken)) == (BATCH + 22, BATCH + 20, 1, 1)
    before = [(notice.id, notice.superseded_at) for notice in await all_notices(database)]
    second = await take_over(database, path)
    assert (second.new, second.versions, second.unchanged, len(second.broken)) == (0, 0, BATCH + 21, 1)
    assert [(notice.id, notice.superseded_at) for notice in await all_notices(database)] == before
    assert len(await journal_lines(database)) == 2


async def test_changed_content_is_a_new_version_and_the_old_one_stays(database: Database, tmp_path: Path) -> None:
    await take_over(database, a_file(tmp_path, a_line(1), a_line(2)))
    summary = await take_over(database, a_file(tmp_path, a_line(1), a_line(2, project="更正后的项目")))
    assert (summary.new, summary.unchanged, summary.versions) == (0, 1, 1)
    _, old, new = await all_notices(database)
    assert (new.corrects, new.version, new.superseded_at) == (old.id, 2, None)
    assert old.superseded_at is not None
    async with database.reading() as session:
        for shown in (old, new):
            same = await get_notice(session, shown.id)
            assert [version.id for version in await versions(session, same)] == [old.id, new.id]
        page = await find_notices(session, NoticeFilter(), utc_now())
    assert {notice.version for notice in page.items} == {1, 2}
    assert page.total == 2


async def test_content_that_returns_to_its_first_form_is_a_third_version(database: Database, tmp_path: Path) -> None:
    for title in ("甲公示", "乙公示", "甲公示"):
        await take_over(database, a_file(tmp_path, a_line(title=title)))
    assert [notice.title for notice in await all_notices(database)] == ["甲公示", "乙公示", "甲公示"]


async def test_the_same_path_of_two_origins_is_two_notices(database: Database, tmp_path: Path) -> None:
    for origin in ("yunhu", "qingshi"):
        assert (await take_over(database, a_file(tmp_path, a_line()), origin)).new == 1


async def test_the_order_of_keys_is_no_change(database: Database, tmp_path: Path) -> None:
    await take_over(database, a_file(tmp_path, a_line()))
    turned = dict(reversed(a_line().items()))
    assert (await take_over(database, a_file(tmp_path, turned))).unchanged == 1


async def test_a_path_that_comes_twice_with_other_content_is_broken(database: Database, tmp_path: Path) -> None:
    path = a_file(tmp_path, a_line(1), a_line(2), a_line(1, title="另一份公示"))
    for new in (2, 0):
        summary = await take_over(database, path)
        assert summary.new == new
        assert [(broken.line, broken.problem.code) for broken in summary.broken] == [(3, "import.twice")]


BROKEN = [
    (b"", None),
    (b"   ", None),
    (b"no json", "json.bad"),
    (b'{"date": "2025-06-13"', "json.bad"),
    (b"\xff\xfe", "json.bad"),
    (b"[" * 100_000, "json.bad"),
    (b'{"title": "a", "title": "b"}', "json.bad"),
    (b"[]", "import.not-an-object"),
    (b"null", "import.not-an-object"),
    (a_line(date="13.06.2025"), "import.date"),
    (a_line(date="0001-01-01"), "import.date"),
    (a_line(title=None), "import.field"),
    (a_line(title="  "), "import.field"),
    (a_line(title="长" * 501), "notice.title"),
    (a_line(project=7), "import.field"),
    (a_line(notice_path="/" * 1001), "import.field"),
    (a_line(publicity_period=None), "import.field"),
    (a_line(candidates=None), "import.field"),
    (a_line(candidates={}), "import.field"),
    (a_line(candidates=["甲"]), "import.field"),
    (a_line(candidates=[{"bidder": "甲"}]), "import.field"),
    (a_line(candidates=[{"bidder": "甲", "price_text": 5}]), "import.field"),
    (a_line(candidates=[{"bidder": "甲", "price_text": "5", "rank": "一"}]), "import.field"),
    (a_line(title="a\0b"), "json.bad"),
    (a_line(more={"deep": ["\0"]}), "json.bad"),
    (json.dumps(a_line(title="\ud800")).encode(), "json.bad"),
    (a_line(price=1.5), "json.float"),
    (a_line(price=2**80), "json.bad"),
    (json.dumps(a_line(more="x" * LONGEST_LINE)).encode(), "import.line-too-long"),
]


async def test_every_broken_line_is_named_and_the_rest_goes_in(database: Database, tmp_path: Path) -> None:
    summary = await take_over(database, a_file(tmp_path, a_line(1), *[line for line, _ in BROKEN], a_line(2)))
    expected = [(number, code) for number, (_, code) in enumerate(BROKEN, 2) if code]
    assert [(broken.line, broken.problem.code) for broken in summary.broken] == expected
    assert summary.new == 2
    assert [notice.source for notice in await all_notices(database)] == ["/jyxx/1.html", "/jyxx/2.html"]


async def test_an_escaped_backslash_before_u0000_is_no_nul(database: Database, tmp_path: Path) -> None:
    summary = await take_over(database, a_file(tmp_path, a_line(title="a\\u0000b")))
    assert summary.new == 1
    assert [notice.title for notice in await all_notices(database)] == ["a\\u0000b"]


async def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "windows.jsonl"
    rows = [json.dumps(a_line(number), ensure_ascii=False) for number in (1, 2)]
    path.write_text("\r\n".join(rows), encoding="utf-8-sig")
    assert (await take_over(database, path)).new == 2


async def test_an_empty_file_leaves_no_trace(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"")
    assert (await take_over(database, path)).read == 0
    assert await journal_lines(database) == []


async def test_a_batch_leaves_one_journal_line_with_its_counts(database: Database, tmp_path: Path) -> None:
    await take_over(database, a_file(tmp_path, a_line(1), a_line(2)))
    await take_over(database, a_file(tmp_path, a_line(2, project="更正"), a_line(3)))
    facts = [(line.subject, line.facts["new"], line.facts["versions"]) for line in await journal_lines(database)]
    assert facts == [("import/yunhu", 2, 0), ("import/yunhu", 1, 1)]


async def test_a_bidder_imports_nothing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"permission.denied"):
        await import_file(database, Actor("a", Role.BIDDER, "o"), a_file(tmp_path, a_line()), origin="x", region=REGION)
    async with database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(Notice))).scalar_one() == 0


async def test_the_progress_told_is_the_whole_file(database: Database, tmp_path: Path) -> None:
    path = a_file(tmp_path, *[a_line(number) for number in range(2 * BATCH)], b"broken", a_line(1))
    told: list[int] = []
    await import_file(database, SYSTEM, path, origin="yunhu", region=REGION, advanced=told.append)
    assert sum(told) == path.stat().st_size
    assert len(told) == 3


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("2025年06月13日 18时00分至2025年06月16日 18时30分", "13T18:00:00", "16T18:30:00"),
        ("2025年6月13日18时至2025年6月16日9时5分止", "13T18:00:00", "16T09:05:00"),
        ("2025年06月13日至2025年06月16日", "13T00:00:00", "17T00:00:00"),
        ("2025年06月13日 08时00分至2025年06月16日 24时00分", "13T08:00:00", "17T00:00:00"),
        ("2025-06-13 08:30:00～2025-06-16 23:59:59", "13T08:30:00", "16T23:59:59"),
        ("２０２５年６月１３日 ８：３０ 至 ２０２５年６月１６日 １７：３０", "13T08:30:00", "16T17:30:00"),
        ("2025/06/13 08:30 - 2025/06/16 17:30", "13T08:30:00", "16T17:30:00"),
    ],
)
def test_a_period_is_two_instants_of_china_in_utc(text: str, starts: str, ends: str) -> None:
    period = parse_period(text)
    expected = [datetime.fromisoformat(f"2025-06-{time}+08:00").astimezone(UTC) for time in (starts, ends)]
    assert [period.starts, period.ends] == expected
    assert period.note is None


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("三日", "unread"),
        ("自发布之日起3日", "unread"),
        ("2025年06月31日 18时00分至2025年07月16日 18时00分", "unread"),
        ("2025年06月13日 25时00分至2025年06月16日 18时00分", "unread"),
        ("2025年06月13日 24时30分至2025年06月16日 18时00分", "unread"),
        ("2025年06月13日 18时00分", "unread"),
        ("9999年12月30日至9999年12月31日", "unread"),
        ("2025年06月16日 18时00分至2025年06月13日 18时00分", "backwards"),
    ],
)
async def test_a_period_that_cannot_be_read_stays_verbatim_with_a_note(
    database: Database, tmp_path: Path, text: str, note: str
) -> None:
    assert parse_period(text) == (None, None, note)
    await take_over(database, a_file(tmp_path, a_line(publicity_period=text)))
    (notice,) = await all_notices(database)
    assert (notice.facts["publicity_period"], notice.facts["publicity_note"]) == (text, note)
    assert notice.closes_at is None


@given(st.text(st.sampled_from("0123456789年月日时分至- :./～\n一"), max_size=60))
def test_no_text_of_a_period_breaks_the_reader(text: str) -> None:
    period = parse_period(text)
    assert (period.starts is None) == (period.ends is None) == (period.note is not None)
