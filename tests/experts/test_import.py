"""Files of experts: line by line, dry or in earnest, twice to no effect, whatever programme wrote them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from io import BytesIO
from resource import RUSAGE_SELF, getrusage
from time import monotonic
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from pool import KEYS, put
from pool_files import HEADINGS, cells, csv_of, resident
from sqlalchemy import func, select, text

from expertpool.directory.eligible import reach
from expertpool.directory.importing import JOB, MOST_LINES, hand_in, lines_of, release, take_in, taken, tried
from expertpool.directory.sheet_files import escaped, read_rows
from expertpool.directory.tables import Employer, ExpertImport, ImportLine
from expertpool.directory.workbook import workbook_out
from expertpool.draw.needs import parse_need
from expertpool.experts.life import enter
from expertpool.experts.sealing import IDENTITY_LABEL, fingerprint, seal_text
from expertpool.experts.tables import Expert, ExpertVersion
from expertpool.experts.versions import is_whole, profile_of
from expertpool.recusal.tables import ExpertTie
from expertpool.recusal.ties import ties_of
from infra.auth.organisations import checked_credit_code
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from web.demo import cast

PROVINCE = "990000"
FIRST, SECOND = (Actor(f"clerk{number}", Role.POOL, None, PROVINCE) for number in (1, 2))


def xlsx_of(sheet: str, strings: str | None = None) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if strings is not None:
            archive.writestr("xl/sharedStrings.xml", strings)
    return file.getvalue()


def sheet_of(*rows: Sequence[str], formula: tuple[int, int] | None = None) -> str:
    def cell(row: int, column: int, value: str) -> str:
        place = f"{chr(65 + column)}{row}"
        made = "<f>A1</f>" if formula == (row, column) else ""
        return f'<c r="{place}" t="str">{made}<v>{value}</v></c>'

    told = "".join(
        f'<row r="{at}">{"".join(cell(at, column, value) for column, value in enumerate(row) if value)}</row>'
        for at, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="x"><sheetData>{told}</sheetData></worksheet>'


def wrong(data: bytes) -> list[tuple[int, str, str]]:
    return [(line.number, line.column, line.code) for line in lines_of(data, PROVINCE) if line.profile is None]


def test_every_line_is_told_its_own_fault_by_line_column_and_code_without_its_words() -> None:
    data = csv_of(
        cells(1),
        cells(2, identity=resident(2)[:-1] + ("0" if resident(2)[-1] != "0" else "1")),
        cells(3, title="professor"),
        cells(4, years="7"),
        cells(5, years="many"),
        cells(6, region="330100"),
        cells(7, region="99"),
        cells(8, professions="D01"),
        cells(9, employer="91990100000000000X"),
        cells(10, phone="12"),
        cells(11, name=" "),
        cells(1, name="他人"),
        cells(12, name="=1+1"),
    )
    assert wrong(data) == [
        (3, "identity", "expert.check-digit"),
        (4, "title", "import.title"),
        (5, "years", "expert.years"),
        (6, "years", "import.number"),
        (7, "region", "import.region"),
        (8, "region", "organisation.region"),
        (9, "professions", "expert.specialty"),
        (10, "employer", "expert.employer"),
        (11, "phone", "registration.phone"),
        (12, "name", "expert.name"),
        (13, "identity", "import.twin"),
        (14, "name", "import.formula"),
    ]
    assert not any("professor" in str(line) for line in lines_of(data, PROVINCE) if line.profile is None)


@pytest.mark.parametrize(
    "told",
    ["注册造价工程师", "|N-1", "注册造价工程师| ", "a|b|c|d", "a|b|2030-02-30", f"a|{'9' * 81}", "a|b;" * 13],
    ids=["no number", "no kind", "a blank number", "four parts", "no such day", "a long number", "thirteen"],
)
def test_certificates_in_another_form_are_told_at_their_column(told: str) -> None:
    [sound] = lines_of(certified("注册造价工程师|N-1|2030-01-31; 监理工程师|N-2"), PROVINCE)
    assert sound.profile is not None and [one.number for one in sound.profile.certificates] == ["N-1", "N-2"]
    assert wrong(certified(told)) == [(2, "certificates", "import.certificate")]


def certified(told: str) -> bytes:
    return csv_of([*cells(1), told], headings=[*HEADINGS, "certificates"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_in_the_encodings_of_the_country(encoding: str) -> None:
    [line] = lines_of(csv_of(cells(1), encoding=encoding), PROVINCE)
    assert line.profile is not None and line.profile.name == "导入1" and line.profile.professions == ("A06", "A0804")


def test_chinese_headings_are_understood() -> None:
    headings = ["姓名", "证件号码", "职称", "从业年限", "行政区划", "专业", "工作单位代码", "工作单位", "手机"]
    [line] = lines_of(csv_of(cells(1), headings=headings), PROVINCE)
    assert line.profile is not None and line.profile.employer == checked_credit_code(cast.code(2))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.file"),
        (b"\xff\xfe" + "name".encode("utf-16-le"), "import.encoding"),
        ("姓名\n".encode("big5") + b"\x80\x81\xff\n", "import.encoding"),
        (b"\x00\x01\x02", "import.encoding"),
        (b'name,"identity\n', "import.file"),
        (b"name,name\n", "import.headings"),
        (b"name,years\n1,2\n", "import.columns"),
        (csv_of(), "import.lines"),
        (b"PK\3\4 no archive", "import.file"),
        (xlsx_of("<worksheet><sheetData><row>"), "import.file"),
        (xlsx_of('<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'), "import.file"),
        (xlsx_of("<worksheet><sheetData><c r='A1'><v>1</v></c></sheetData></worksheet>"), "import.file"),
        (
            xlsx_of('<worksheet><row><c t="s"><v>7</v></c></row></worksheet>', "<sst><si><t>a</t></si></sst>"),
            "import.file",
        ),
        (xlsx_of("<worksheet>" + " " * (65 << 20) + "</worksheet>"), "import.too-large"),
    ],
    ids=range(14),
)
def test_what_is_no_table_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        lines_of(data, PROVINCE)
    assert refused.value.code == code


def test_a_workbook_says_the_same_as_the_csv_and_a_formula_is_no_value() -> None:
    rows = (HEADINGS, cells(1), cells(2))
    book = lines_of(xlsx_of(sheet_of(*rows)), PROVINCE)
    assert [line.profile for line in book] == [line.profile for line in lines_of(csv_of(*rows[1:]), PROVINCE)]
    assert wrong(xlsx_of(sheet_of(*rows, formula=(3, 0)))) == [(3, "name", "import.formula")]


def test_shared_strings_are_read_without_the_readings_of_their_signs() -> None:
    strings = "<sst><si><t>na</t><t>me</t></si><si><r><t>王</t></r><rPh><t>wang</t></rPh></si></sst>"
    sheet = '<worksheet><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="4"><c r="A4" t="s"><v>1</v></c></row></worksheet>'
    [row] = read_rows(xlsx_of(sheet, strings))
    assert (row.line, row.texts) == (4, {"name": "王"})


def test_an_export_gives_no_spreadsheet_anything_to_compute() -> None:
    assert escaped(["=1", "+1", "-1", "@a", "\tb", "王", ""]) == ["'=1", "'+1", "'-1", "'@a", "'\tb", "王", ""]


async def a_book(*rows: Sequence[str], most: int = 10) -> bytes:
    async def batches() -> AsyncIterator[list[Sequence[str]]]:
        for row in rows:
            yield [row]

    return b"".join([piece async for piece in workbook_out(HEADINGS, batches(), most=most)])


async def test_a_workbook_that_goes_out_holds_texts_alone_and_reads_the_same_again() -> None:
    odd = cells(1, name="<王&\x0b>", employer_name="=1+1", phone="")
    book = await a_book(odd, cells(2))
    with ZipFile(BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert sorted(archive.namelist())[0] == "[Content_Types].xml" and archive.testzip() is None
    assert "<f" not in sheet and 't="n"' not in sheet and sheet.count('t="inlineStr"') == 3 * len(HEADINGS)
    assert "&apos;=1+1" in sheet or "'=1+1" in sheet
    rows = [row.texts for row in read_rows(book)]
    assert (rows[0]["name"], rows[0]["employer_name"], rows[1]["name"]) == ("<王&>", "=1+1", "导入2")


async def test_a_workbook_goes_on_in_a_further_sheet_when_one_is_full_and_may_be_empty() -> None:
    with ZipFile(BytesIO(await a_book(*(cells(number) for number in range(5)), most=2))) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml").decode().count("<row>") for number in (1, 2, 3)]
        assert sheets == [3, 3, 2] and archive.read("xl/workbook.xml").decode().count("<sheet ") == 3
    assert list(read_rows(await a_book())) == []


async def rows_in(database: Database) -> tuple[int, int, int]:
    async with database.reading() as session:
        counted = [
            await session.scalar(select(func.count()).select_from(one)) for one in (Expert, ExpertVersion, Employer)
        ]
    return counted[0] or 0, counted[1] or 0, counted[2] or 0


async def test_a_dry_run_tells_what_would_happen_and_writes_nothing(database: Database) -> None:
    data = csv_of(cells(1), cells(2), cells(3, years="x"))
    async with database.reading() as session:
        report = await tried(session, KEYS, lines_of(data, PROVINCE))
    assert (report.lines, report.entered, report.changed, report.same, len(report.broken)) == (3, 2, 0, 0, 1)
    assert await rows_in(database) == (0, 0, 0)


async def test_the_same_file_twice_changes_nothing_and_a_blank_takes_nothing_away(database: Database) -> None:
    first = csv_of(cells(1), cells(2))
    report = await taken(database, KEYS, SYSTEM, first, lines_of(first, PROVINCE))
    assert (report.entered, report.changed, report.same, report.broken) == (2, 0, 0, [])
    assert await rows_in(database) == (2, 2, 2)
    again = await taken(database, KEYS, SYSTEM, first, lines_of(first, PROVINCE))
    assert (again.entered, again.changed, again.same) == (0, 0, 2)
    assert await rows_in(database) == (2, 2, 2)
    other = csv_of(cells(1, years="13", phone="", employer="", employer_name=""), cells(2, phone=""))
    third = await taken(database, KEYS, SYSTEM, other, lines_of(other, PROVINCE))
    assert third.broken == []
    assert (third.entered, third.changed, third.same) == (0, 1, 1)
    async with database.reading() as session:
        newest = (await session.scalars(select(ExpertVersion).where(ExpertVersion.number == 2))).one()
        assert (profile_of(KEYS, newest).years, profile_of(KEYS, newest).phone) == (13, "13800000001")
        assert await reach(session, [parse_need("A08@99"), parse_need("A0804@990100")], None) == {
            "A08@99": (2, 2),
            "A0804@990100": (2, 2),
        }


async def handed_in(database: Database, data: bytes) -> str:
    async with database.work(FIRST) as work:
        return (await hand_in(work, KEYS, data, lines_of(data, PROVINCE))).id


async def test_a_file_is_taken_in_when_another_clerk_releases_it_once(database: Database) -> None:
    data = csv_of(cells(1), cells(2, years="x"), cells(3))
    file = await handed_in(database, data)
    await take_in(database, KEYS, file)
    assert await rows_in(database) == (0, 0, 0)
    with pytest.raises(Problem, match=r"import\.same-clerk"):
        async with database.work(FIRST) as work:
            await release(work, file)
    async with database.work(SECOND) as work:
        await release(work, file)
    for _ in range(2):
        await take_in(database, KEYS, file)
    async with database.reading() as session:
        row = await session.get_one(ExpertImport, file)
        assert (row.entered, row.changed, row.same, row.broken, row.done, row.sealed) == (2, 0, 0, 1, 3, None)
        [broken] = (await session.scalars(select(ImportLine))).all()
        assert (broken.line, broken.column, broken.code) == (3, "years", "import.number")
        jobs = await session.execute(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = :job"), {"job": JOB})
        assert jobs.scalar_one() == 1
    with pytest.raises(Problem, match=r"import\.released"):
        async with database.work(SECOND) as work:
            await release(work, file)
    with pytest.raises(Problem, match=r"import\.known"):
        await handed_in(database, data)


async def test_another_regions_clerk_finds_no_file_to_release(database: Database) -> None:
    file = await handed_in(database, csv_of(cells(1)))
    for name in (file, "x", "\0"):
        with pytest.raises(Problem, match=r"import\.unknown"):
            async with database.work(Actor("clerk3", Role.POOL, None, "420000")) as work:
                await release(work, name)


async def test_who_stands_in_another_regions_pool_is_told_by_line_and_the_others_go_in(database: Database) -> None:
    there = csv_of(cells(1, region="420100"))
    await taken(database, KEYS, SYSTEM, there, lines_of(there, "420000"))
    file = await handed_in(database, csv_of(cells(1), cells(2)))
    async with database.work(SECOND) as work:
        await release(work, file)
    await take_in(database, KEYS, file)
    async with database.reading() as session:
        row = await session.get_one(ExpertImport, file)
        assert (row.entered, row.broken, row.done) == (1, 1, 2)
        assert (await session.scalars(select(ImportLine.code))).all() == ["expert.known"]


async def test_a_file_half_taken_in_goes_on_where_it_stood(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expertpool.directory.importing.BATCH", 2)
    file = await handed_in(database, csv_of(*(cells(number) for number in range(1, 6))))
    async with database.work(SECOND) as work:
        await release(work, file)
        row = await work.session.get_one(ExpertImport, file)
        row.done, row.entered = 2, 2
    await take_in(database, KEYS, file)
    async with database.reading() as session:
        row = await session.get_one(ExpertImport, file)
        assert (row.done, row.entered, row.finished_at is not None) == (5, 5, True)
    assert (await rows_in(database))[0] == 3


async def test_a_file_that_two_workers_take_up_is_taken_in_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expertpool.directory.importing.BATCH", 2)
    file = await handed_in(database, csv_of(*(cells(number) for number in range(1, 6))))
    async with database.work(SECOND) as work:
        await release(work, file)
    await asyncio.gather(*(take_in(database, KEYS, file) for _ in range(2)))
    async with database.reading() as session:
        row = await session.get_one(ExpertImport, file)
        assert (row.done, row.entered, row.same, row.finished_at is not None) == (5, 5, 0, True)
        told = select(func.count()).select_from(Line).where(Line.event == "experts.imported")
        assert await session.scalar(told) == 1
    assert await rows_in(database) == (5, 5, 3)


async def test_an_import_killed_at_the_terminal_is_run_again_and_does_the_rest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expertpool.directory.importing.BATCH", 2)
    data = csv_of(*(cells(number) for number in range(1, 6)))
    lines, told = lines_of(data, PROVINCE), []

    def killed(done: int) -> None:
        told.append(done)
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await taken(database, KEYS, SYSTEM, data, lines, killed)
    report = await taken(database, KEYS, SYSTEM, data, lines)
    assert (told, report.entered, report.same) == ([2, 4], 1, 4)
    assert await rows_in(database) == (5, 5, 3)


async def test_every_line_of_a_file_leaves_the_same_trace_as_an_entry_by_hand(database: Database) -> None:
    data = csv_of(cells(1), cells(2))
    await taken(database, KEYS, SYSTEM, data, lines_of(data, PROVINCE))
    [by_file, _] = lines_of(data, PROVINCE)
    assert by_file.profile is not None
    async with database.work(SYSTEM) as work:
        await enter(work, KEYS, replace(by_file.profile, identity=f"resident:{resident(3)}"), reviewers=None)
    async with database.reading() as session:
        experts = (await session.scalars(select(Expert).order_by(Expert.number))).all()
        versions = (await session.scalars(select(ExpertVersion))).all()
        facts = (await session.scalars(select(Line.facts).where(Line.event == "expert.entered"))).all()
    assert len({(len(one.name), len(one.identity), len(one.sealed_contact or b"")) for one in experts}) == 1
    assert [one.number[-6:] for one in experts if one.number] == ["000001", "000002", "000003"]
    assert all(one.valid_until and one.entered_at < one.valid_until for one in experts)
    assert sorted(one["digest"] for one in facts) == sorted(one.digest.hex() for one in versions)
    assert all(is_whole(KEYS, one) for one in versions) and len(facts) == 3


async def test_who_was_entered_before_versions_were_kept_gets_the_first_when_a_file_brings_the_second(
    database: Database,
) -> None:
    expert = await put(database, 1, specialties=("A0804",), region="990100")
    identity = "DEMO000001"
    headings = [*HEADINGS, "identity_type"]
    row = [*cells(1, identity=identity, region="990100"), "passport"]
    async with database.work(SYSTEM) as work:
        known = await work.session.get_one(Expert, expert)
        known.fingerprint = fingerprint(KEYS, f"passport:{identity}")
        known.identity = seal_text(KEYS, IDENTITY_LABEL, expert, f"passport:{identity}", work.ctx.random)
    data = csv_of(row, headings=headings)
    report = await taken(database, KEYS, SYSTEM, data, lines_of(data, PROVINCE))
    assert (report.entered, report.changed, report.broken) == (0, 1, [])
    async with database.reading() as session:
        versions = (await session.scalars(select(ExpertVersion).order_by(ExpertVersion.number))).all()
        assert [one.number for one in versions] == [1, 2]
        assert [profile_of(KEYS, one).name for one in versions] == ["专家1", "导入1"]
        assert (await session.get_one(Expert, expert)).version == 2


async def test_an_employer_left_in_a_file_stays_a_tie_of_the_expert(database: Database) -> None:
    for file in (csv_of(cells(1), cells(2)), csv_of(cells(1, employer=cast.code(9)), cells(2))):
        await taken(database, KEYS, SYSTEM, file, lines_of(file, PROVINCE))
    async with database.reading() as session:
        [tie] = (await session.scalars(select(ExpertTie))).all()
        told = (await ties_of(session, KEYS, [tie.expert]))[tie.expert]
    assert [one.code for one in told] == [checked_credit_code(cast.code(2))]


@pytest.mark.soak
@pytest.mark.soak
def test_one_line_more_than_a_hundred_thousand_is_refused_and_none_at_all_too() -> None:
    bad = ["a"] * len(HEADINGS)
    assert len(lines_of(csv_of(*([bad] * 3)), PROVINCE)) == 3
    for rows in ([bad] * (MOST_LINES + 1), []):
        with pytest.raises(Problem) as told:
            lines_of(csv_of(*rows), PROVINCE)
        assert (told.value.code, told.value.facts) == ("import.lines", {"most": 100_000})


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_a_hundred_thousand_lines_are_taken_in_with_what_is_wrong_named(database: Database) -> None:
    rows = [cells(number, years="x" if number % 1000 == 0 else "12") for number in range(MOST_LINES)]
    data, began = csv_of(*rows), monotonic()
    lines = lines_of(data, PROVINCE)
    read = monotonic()
    async with database.work(FIRST) as work:
        kept = await hand_in(work, KEYS, data, lines)
    async with database.work(SECOND) as work:
        await release(work, kept.id)
    await take_in(database, KEYS, kept.id)
    peak = getrusage(RUSAGE_SELF).ru_maxrss >> 10
    print(f"100,000 lines: read in {read - began:.0f} s, taken in {monotonic() - read:.0f} s, peak {peak} MB")
    async with database.reading() as session:
        row = await session.get_one(ExpertImport, kept.id)
        assert (row.lines, row.entered, row.broken, row.done) == (100_000, 99_900, 100, 100_000)
        assert await session.scalar(select(func.count()).select_from(ImportLine)) == 100
    assert (await rows_in(database))[0] == 99_900
