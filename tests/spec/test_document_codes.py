"""A draft of a tender document: as it was looked at it is frozen, never empty, never with more files than may be."""

from datetime import datetime, timedelta

import pytest
from scenes import Hall

from infra.kernel.problems import Problem
from trading.sections.drafting import (
    LONGEST_FIELD,
    LONGEST_NAME,
    MOST_FIELDS,
    MOST_FILES,
    attach_file,
    checked_fields,
    checked_file_name,
    detach_file,
    freeze_draft,
    read_draft,
    save_notice,
)


async def code_of_freezing(hall: Hall, section: str, saved_at: datetime | None) -> str:
    with pytest.raises(Problem) as told:
        await freeze_draft(
            hall.database,
            hall.objects,
            hall.actor("agent"),
            section,
            method={},
            labels={},
            clauses="",
            saved_at=saved_at,
        )
    return told.value.code


async def saved(hall: Hall, section: str) -> datetime | None:
    async with hall.database.reading() as session:
        draft = await read_draft(session, await hall.section(section))
    return draft and draft.saved_at


async def test_a_draft_that_somebody_saved_since_or_that_holds_nothing_is_not_frozen(hall: Hall) -> None:
    section = await hall.a_draft()
    agent = hall.actor("agent")
    await attach_file(hall.database, hall.objects, agent, section, "图.pdf", b"%PDF")
    looked = await saved(hall, section)
    assert looked is not None
    assert await code_of_freezing(hall, section, looked - timedelta(seconds=1)) == "document.changed"
    async with hall.database.work(agent) as work:
        await detach_file(work, section, "图.pdf")
    assert await code_of_freezing(hall, section, looked) == "document.changed"
    assert await code_of_freezing(hall, section, await saved(hall, section)) == "document.empty"


async def test_a_document_holds_twenty_files_and_a_new_one_of_the_same_name_takes_the_olds_place(hall: Hall) -> None:
    section = await hall.a_draft()
    for number in range(MOST_FILES):
        await attach_file(hall.database, hall.objects, hall.actor("agent"), section, f"图{number}.pdf", b"%PDF")
    await attach_file(hall.database, hall.objects, hall.actor("agent"), section, "图3.pdf", b"%PDF-2")
    with pytest.raises(Problem) as told:
        await attach_file(hall.database, hall.objects, hall.actor("agent"), section, "多出.pdf", b"%PDF")
    assert (told.value.code, told.value.facts) == ("document.file-count", {"most": MOST_FILES})


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("document.field", {"clause-0": "字" * (LONGEST_FIELD + 1)}),
        ("document.large", {f"clause-{number}": "字" for number in range(MOST_FIELDS + 1)}),
    ],
)
def test_what_is_typed_into_a_builder_has_a_measure(code: str, fields: dict[str, str]) -> None:
    assert checked_fields({"clause-0": "字" * LONGEST_FIELD, "clause-1": " "})
    with pytest.raises(Problem) as told:
        checked_fields(fields)
    assert told.value.code == code


@pytest.mark.parametrize("name", ["", "..", "a\0b.pdf", "图" * (LONGEST_NAME + 1), "C:\\x\\", "a\nb.pdf"])
def test_a_file_whose_name_cannot_be_read_is_refused(name: str) -> None:
    assert checked_file_name("C:\\图纸\\总图.pdf") == "总图.pdf"
    with pytest.raises(Problem) as told:
        checked_file_name(name)
    assert told.value.code == "document.file-name"


async def test_after_its_notice_a_section_takes_no_other_notice(hall: Hall) -> None:
    section = await hall.a_tender(600)
    with pytest.raises(Problem) as told:
        async with hall.database.work(hall.actor("agent")) as work:
            await save_notice(work, section, {"name": "x"})
    assert told.value.code == "section.published"
