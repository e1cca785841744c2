"""The evaluation report as a PDF: for everybody with the candidates, for nobody else before, the same bytes each time."""

import re

import pytest
from section_story import Story

from trading.report.sheets import Chapter, Sheets, sheets_pdf
from trading.sections.states import SectionState

SHEETS = Sheets(
    "评标报告",
    [("标段", "第三水厂 <01> & 02")],
    [Chapter("评标排名", ["名次", "投标人"], [[str(place), "示例公司" * 8] for place in range(90)], (0.1, 0.9))],
    f"SHA-256 {'ab' * 32}",
    "第 {number} 页，共 {all} 页",
)


def drawn(data: bytes) -> list[bytes]:
    """What each sheet draws, in order."""
    return re.findall(rb"\nstream\r?\n(.*?)endstream", data, re.DOTALL)


def test_the_same_words_give_the_same_bytes() -> None:
    assert sheets_pdf(SHEETS) == sheets_pdf(SHEETS)


def test_every_sheet_carries_the_hash_of_what_was_signed() -> None:
    sheets = drawn(sheets_pdf(SHEETS))
    assert len(sheets) > 1
    assert all(SHEETS.foot.encode() in one for one in sheets)


async def test_with_the_candidates_everybody_may_take_the_report_away(story: Story) -> None:
    assert story.panel is not None
    path = f"/sections/{story.finished}/report.pdf"
    async with await story.hall.client() as client:
        first, again, english = [await client.get(one) for one in (path, path, f"/en{path}")]
    digest = (await story.panel.evaluation()).digest.hex()
    assert first.headers["content-type"] == "application/pdf"
    assert first.content == again.content != english.content
    assert all(digest.encode() in one for one in drawn(first.content))


@pytest.mark.parametrize("login", [None, "agent", "bidder1", "supervisor"])
async def test_before_there_is_a_report_nobody_gets_one(story: Story, login: str | None) -> None:
    assert (await story.hall.section(story.opened)).state == SectionState.OPENED
    async with await story.hall.client(login) as client:
        answer = await client.get(f"/sections/{story.opened}/report.pdf")
    assert answer.status_code == 404
    assert "评标报告尚未公开" in answer.text
