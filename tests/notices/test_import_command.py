"""`openhall import notices` tells what it did and ends with 0, 1 for broken lines, 2 when nothing could be done."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scenes_of_notices import a_file, a_line
from sqlalchemy import func, select, text

from infra.db.work import Database
from trading.notices.tables import Notice

PROGRAM = Path(sys.executable).with_name("openhall")


async def run(database: Database, *words: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command, on this test's database."""
    url = database.engine.url.render_as_string(hide_password=False)
    ran = await asyncio.to_thread(
        subprocess.run,
        [PROGRAM, "import", "notices", *words],
        env=os.environ | {"OPENHALL_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


async def test_good_lines_end_with_0_and_the_second_time_nothing_is_new(database: Database, tmp_path: Path) -> None:
    path = a_file(tmp_path, a_line(1), a_line(2))
    code, told, progress = await run(database, path)
    prices = "prices: total 2, discount 2, unit-rates 0, prose 0\n"
    assert (code, told) == (0, "read 2, new 2, unchanged 0, versions 0, broken 0\n" + prices)
    assert "importing: 100 %" in progress
    code, told, _ = await run(database, path)
    assert (code, told) == (0, "read 2, new 0, unchanged 2, versions 0, broken 0\n" + prices)


@pytest.mark.soak
async def test_a_broken_line_is_named_with_number_and_reason_and_ends_with_1(
    database: Database, tmp_path: Path
) -> None:
    code, told, errors = await run(database, a_file(tmp_path, a_line(1), b"no json", a_line(2, date="soon")))
    assert (code, told.splitlines()[0]) == (1, "read 3, new 1, unchanged 0, versions 0, broken 2")
    assert "line 2: json.bad: " in errors
    assert "line 3: import.date: “soon” is not a date." in errors


@pytest.mark.soak
async def test_origin_region_and_category_are_what_was_said(database: Database, tmp_path: Path) -> None:
    path = a_file(tmp_path, a_line(1))
    await run(database, path, "--origin", "yichang", "--region", "420500", "--category", "procurement")
    async with database.reading() as session:
        notice = (await session.scalars(select(Notice))).one()
    assert (notice.origin, notice.region, notice.category) == ("yichang", "420500", "procurement")


WRONG = (("--region", "42"), ("--category", "nonsense"), ("--what",))


@pytest.mark.parametrize("words", [("--origin", "a b"), *(pytest.param(one, marks=pytest.mark.soak) for one in WRONG)])
@pytest.mark.soak
async def test_a_wrong_option_ends_with_2_and_changes_nothing(
    database: Database, tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, told, errors = await run(database, a_file(tmp_path, a_line(1)), *words)
    assert (code, told) == (2, "")
    assert errors
    async with database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(Notice))).scalar_one() == 0


@pytest.mark.soak
async def test_a_missing_file_ends_with_2(database: Database, tmp_path: Path) -> None:
    assert (await run(database, tmp_path / "none.jsonl"))[0] == 2


@pytest.mark.soak
async def test_a_database_without_tables_ends_with_2_and_the_remedy(database: Database, tmp_path: Path) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE notices CASCADE"))
    code, _, errors = await run(database, a_file(tmp_path, a_line(1)))
    assert code == 2
    assert "openhall migrate" in errors
