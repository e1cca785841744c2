"""The results as the public reads them: words before they are public, one language or the other, on paper, as a table."""

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest
from section_story import Story

from web.demo import cast
from web.public.table import csv_line

CSS = Path(__file__).resolve().parents[2] / "web" / "static" / "css" / "section.css"


async def read(story: Story, path: str) -> str:
    async with await story.hall.client() as client:
        return unescape((await client.get(path)).text)


async def test_before_the_opening_the_page_of_marks_says_until_when_they_are_not_public(story: Story) -> None:
    page = await read(story, f"/sections/{story.running}/marks")
    deadline = (await story.hall.section(story.running)).deadline
    assert deadline is not None
    assert "评分尚未公布" in page
    assert "不早于" in page and 'data-until="' in page


async def test_requirement_24_switching_the_language_keeps_the_page_and_its_filters(story: Story) -> None:
    page = await read(story, f"/sections/{story.finished}/marks?bid=bid-1")
    link = re.search(r'href="(/preferences\?language=en[^"]*)"', page)
    assert link
    async with await story.hall.client() as client:
        answer = await client.get(link[1])
    assert answer.headers["location"] == f"/en/sections/{story.finished}/marks?bid=bid-1"


async def test_requirement_24_times_follow_the_language_and_amounts_are_grouped(story: Story) -> None:
    chinese, english = [await read(story, f"{prefix}/sections/{story.finished}") for prefix in ("", "/en")]
    assert re.search(r"\d{4}-\d\d-\d\d 周[一二三四五六日] \d\d:\d\d", chinese)
    assert re.search(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w* \d{1,2} \w+ \d{4}, \d\d:\d\d", english)
    assert not re.search(r"周[一二三四五六日]", english)
    assert "9,850,000.00" in chinese and "9,850,000.00" in english


@pytest.mark.parametrize("path", ["", "/marks"])
async def test_requirement_25_score_sheet_and_record_are_printed_with_the_hash_of_the_report(
    story: Story, path: str
) -> None:
    page = await read(story, f"/sections/{story.finished}{path}")
    assert story.panel is not None
    digest = (await story.panel.evaluation()).digest.hex()
    printed = re.search(r'<p class="printed[^>]*>(.*?)</p>', page, re.S)
    assert printed and digest in printed[1]
    assert "@media print{.printed{display:block" in CSS.read_text("utf-8")


async def test_the_table_of_marks_begins_with_a_byte_order_mark_and_holds_every_single_mark(story: Story) -> None:
    async with await story.hall.client() as client:
        answer = await client.get(f"/sections/{story.finished}/marks.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 5 * 5 * len(cast.METHOD["items"])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_of_a_table_is_taken_for_a_formula(text: str) -> None:
    [[cell]] = csv.reader(io.StringIO(csv_line([text]), newline=""))
    assert cell == "'" + text
