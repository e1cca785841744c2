"""Reasons, pages and explanations beside the marks: on the result page, in the table, on the bidder's own page, small."""

import csv
import gzip
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from section_story import Story, plain
from test_section_methods import evaluated, visit

from infra.kernel.canonical import canonical
from trading.publication.given import Given, Pin
from trading.publication.queries import Answers, Dossier
from web.demo import cast
from web.public.sections import marks_page, overview_page

SUBJECTIVE = {"group": "technical", "kind": "subjective", "max": "5", "step": "0.5"}
FRAME: dict[str, Any] = {"judges": {}, "tie": ["joint"], "places": 2}
REASON = "施工方案第 28 页对深基坑支护的计算完整，监测点布置偏少，应急预案只列了名称"


async def page_of(story: Story, path: str, login: str | None = None) -> str:
    async with await story.hall.client(login) as client:
        return str((await client.get(path)).text)


async def a_large_one(story: Story) -> tuple[Dossier, Given]:
    """Eleven bids, nineteen items, five judges, and a reason for every other mark."""
    bids, judges = [f"bid-{number:02d}" for number in range(11)], [f"J{number}" for number in range(1, 6)]
    items: list[dict[str, Any]] = [{**SUBJECTIVE, "id": f"t{number}"} for number in range(19)]
    given = {
        "method": {"price": {"kind": "lowest_price_first", "weight": "5"}, "items": items, **FRAME},
        "bids": {bid: {"price": f"{1000 + place}.00"} for place, bid in enumerate(bids)},
        "marks": {judge: {bid: {item["id"]: "3.5" for item in items} for bid in bids} for judge in judges},
        "rejected": {},
    }
    found = await evaluated(story.hall, story.finished, given, {bid: f"第 {bid} 公司" for bid in bids})
    cells = [(judge, bid, item["id"]) for judge in judges for bid in bids for item in items]
    return found, Given(reasons={cell: f"{REASON}（{place}）" for place, cell in enumerate(cells[::2])})


async def a_small_one(story: Story, given: Given, report: str = "", **more: Any) -> str:
    document = {
        "method": {
            "price": {"kind": "lowest_price_first", "weight": "95"},
            "items": [{**SUBJECTIVE, "id": "t1"}],
            **FRAME,
        },
        "bids": {"a": {"price": "100.00"}, "b": {"price": "101.00"}},
        "marks": {f"J{judge}": {"a": {"t1": "4"}, "b": {"t1": "1.5"}} for judge in (1, 2, 3)},
        "rejected": {},
    }
    found = await evaluated(story.hall, story.finished, document, {"a": "甲公司", "b": "乙公司"})
    assert found.evaluation is not None
    found.evaluation.report = report
    here = visit(f"/sections/{found.section.id}/marks")
    return str(marks_page(here, True, replace(found, **more), [], None, None, given).content)


async def test_every_reason_stands_on_the_result_page_under_its_judges_number(story: Story) -> None:
    text = await page_of(story, f"/en/sections/{story.finished}/marks")
    marks = 5 * 5 * len(cast.METHOD["items"])
    assert text.count("酌情扣分") == marks
    targets, links = re.findall(r' id="(why-[^"]+)"', text), re.findall(r'href="#(why-[^"]+)"', text)
    assert len(set(targets)) == marks
    assert sorted(links) == sorted(targets)


async def test_the_table_of_marks_states_the_reason_of_every_mark(story: Story) -> None:
    text = (await page_of(story, f"/en/sections/{story.finished}/marks.csv")).lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows and all(row["Reason"] == f"{row['Item']} 酌情扣分" for row in rows)


@pytest.mark.parametrize("path", ["", "/marks", "/marks.csv"])
async def test_nothing_of_reasons_is_told_before_the_marks_are_public(story: Story, path: str) -> None:
    text = await page_of(story, f"/sections/{story.opened}{path}")
    assert "酌情" not in text and "why-" not in text and "data-recompute" not in text


async def test_the_bidders_own_page_shows_the_reasons_of_the_own_marks_and_the_first_ranks_total(story: Story) -> None:
    losers = []
    for login in ("bidder1", "bidder2"):
        text = await page_of(story, f"/en/sections/{story.finished}/mine", login)
        assert text.count("酌情扣分") == 5 * len(cast.METHOD["items"])
        losers += [text] if "Rank 1:" in text else []
    assert losers


async def test_pages_quotes_and_explanations_stand_beside_the_mark_and_silence_is_told(story: Story) -> None:
    given = Given(
        pins={("J1", "a", "t1"): (Pin("technical", 28, "支护<b>计算书"),)},
        explanations={("J2", "b", "t1"): "见第 31 页", ("J3", "b", "t1"): ""},
    )
    html = await a_small_one(story, given)
    text = plain(html)
    assert "Technical part p. 28" in text and "支护&lt;b&gt;计算书" in html
    assert "Asked why it lies far from the others: 见第 31 页" in text
    assert "Asked why it lies far from the others: said nothing in time" in text
    assert html.count("far apart") == 1


async def test_of_sheets_of_marks_alone_the_page_says_nothing_more(story: Story) -> None:
    html = await a_small_one(story, Given())
    assert "<details" not in html.partition('id="matrix"')[2].partition("</table>")[0]
    assert "data-seek" not in html and "far apart" not in html


async def test_dissent_stands_with_the_marks_too(story: Story) -> None:
    html = await a_small_one(story, Given(), answers=Answers(("J1", "J2"), {"J3": "技术标扣分依据不足"}))
    assert "Dissent of judge 3" in plain(html) and "技术标扣分依据不足" in html


async def test_what_was_failed_in_the_examination_stands_with_judge_reason_page_and_ground(story: Story) -> None:
    item = {
        "id": "q1",
        "stage": "form",
        "zh": "投标函签字盖章",
        "en": "Signed",
        "clause": "2.1.1",
        "ground": "TBR 51(1)",
    }
    failed = {"J2": {"reason": "未见签章", "pages": [{"part": "technical", "page": 3}]}}
    finding = {"q1": {"failed": failed, "passed": ["J1", "J3"], "rejects": False}}
    result = {"format": "examination/v1", "items": [item], "findings": {"b": finding}, "rejected": {}}
    text = plain(await a_small_one(story, Given(), canonical({"examination": result}).decode()))
    assert "2.1.1 Signed · 1 failed it, 2 passed it" in text
    assert "Judge 2 未见签章 Technical part p. 3" in text


async def test_where_nothing_was_examined_item_by_item_the_page_says_nothing_of_it(story: Story) -> None:
    assert "examined-title" not in await a_small_one(story, Given(), "{}")


async def test_judges_stay_numbers_with_the_article_that_says_so(story: Story) -> None:
    text = plain(await page_of(story, f"/en/sections/{story.finished}/marks"))
    assert "judges appear by number; their names stay secret" in text


async def test_parts_and_spread_are_drawn_with_a_name_and_the_figures_stand_in_tables(story: Story) -> None:
    overview = await page_of(story, f"/en/sections/{story.finished}")
    marks = await page_of(story, f"/en/sections/{story.finished}/marks")
    assert 'aria-labelledby="totals-name"' in overview and overview.count('class="subjective"') >= 5
    assert marks.count('<figure class="spread">') == len(cast.METHOD["items"])
    assert marks.count("<circle") == 5 * len(cast.METHOD["items"])


async def test_eleven_bids_nineteen_items_and_five_judges_with_reasons_stay_light(story: Story) -> None:
    found, given = await a_large_one(story)
    path = f"/sections/{found.section.id}"
    marks = str(marks_page(visit(path + "/marks"), True, found, [], None, "bid-03", given).content)
    overview = str(overview_page(visit(path), True, found, [], None).content)
    assert marks.count('class="who"') == 1 and marks.count(REASON) > 40
    whole = str(marks_page(visit(path + "/marks"), True, found, [], None, None).content)
    assert whole.count('class="who"') == 11
    assert max(len(gzip.compress(page.encode())) for page in (marks, overview, whole)) <= 60_000
