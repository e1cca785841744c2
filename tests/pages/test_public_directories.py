"""Calendar, registered bodies, feed, contract and auctions: what anybody finds there, and what nobody does before its hour."""

from datetime import datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest
from portal import CREDIT_CODE
from section_story import Story, plain

from web.i18n import ZONE


async def test_the_calendar_shows_a_week_with_the_openings_announced(visitor: httpx.AsyncClient) -> None:
    now = datetime.now(ZONE)
    # The opening is in twenty minutes: late on a Sunday that is another week.
    days = {(now + timedelta(minutes=later)).date().isoformat() for later in (0, 20)}
    weeks = [(await visitor.get("/openings", params={"day": day})).text for day in sorted(days)]
    found = [week for week in weeks if "老旧小区改造（城东片区）监理二标段" in week]
    assert found and found[0].count("weekday__head") == 7


@pytest.mark.parametrize("query", ["day=nonsense", "day=99999-01-01", "day=0001-01-01", "view=month", "view=day&day="])
async def test_nonsense_in_the_calendars_address_shows_the_present(visitor: httpx.AsyncClient, query: str) -> None:
    assert (await visitor.get(f"/openings?{query}")).status_code == 200


async def test_a_day_without_openings_says_so_and_leads_on(visitor: httpx.AsyncClient) -> None:
    text = (await visitor.get("/openings?view=day&day=2031-01-05")).text
    assert "所选日期没有已公告的开标" in text
    assert "/notices?kind=tender-notice&amp;status=open" in text


async def test_a_body_is_found_by_name_and_by_credit_code(visitor: httpx.AsyncClient) -> None:
    for words in (CREDIT_CODE, CREDIT_CODE[4:9].lower()):
        assert f"/subjects/{CREDIT_CODE}" in (await visitor.get("/subjects", params={"q": words})).text


@pytest.mark.parametrize("words", ["%", "_", "\\", "\0", "'"])
async def test_signs_of_patterns_are_only_signs(visitor: httpx.AsyncClient, words: str) -> None:
    answer = await visitor.get("/subjects", params={"q": words})
    assert answer.status_code == 200
    assert ("没有名称或代码包含这些字" in answer.text) is (words != "\0")


@pytest.mark.parametrize("code", ["914403001922038216", "x", "%00", "a%2Fb"])
async def test_an_unknown_body_is_not_found(visitor: httpx.AsyncClient, code: str) -> None:
    assert (await visitor.get(f"/subjects/{code}")).status_code == 404


async def test_the_feed_is_the_filtered_list_with_absolute_links(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/notices.rss?kind=candidates")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    assert [one.findtext("title") for one in items] == ["市图书馆新馆施工中标候选人公示"]
    assert all((one.findtext("link") or "").startswith("http") for one in items)


async def test_auctions_say_that_none_runs(visitor: httpx.AsyncClient) -> None:
    assert "没有正在进行或已公告的竞价" in (await visitor.get("/auctions")).text


async def test_a_bidders_page_tells_of_opened_bids_only(story: Story) -> None:
    code = story.hall.bodies["bidder1"].credit_code
    async with await story.hall.client() as client:
        text = plain((await client.get(f"/subjects/{code}")).text)
        page = (await client.get(f"/subjects/{code}")).text
    assert f"/sections/{story.finished}" in page
    assert f"/sections/{story.opened}" in page
    assert f"/sections/{story.running}" not in page
    assert f"/sections/{story.failed}" not in page
    assert "没有记录不等于记录良好" in text


async def test_the_agents_page_lists_the_sections_it_runs(story: Story) -> None:
    code = story.hall.bodies["agent"].credit_code
    async with await story.hall.client() as client:
        page = (await client.get(f"/subjects/{code}")).text
    assert all(f"/sections/{one}" in page for one in (story.running, story.failed, story.opened, story.finished))


async def test_a_contract_that_is_not_signed_is_said_to_be_due(story: Story) -> None:
    async with await story.hall.client() as client:
        assert "合同尚未签订" in (await client.get(f"/sections/{story.finished}/contract")).text
        assert "尚未定标" in (await client.get(f"/sections/{story.running}/contract")).text
        assert (await client.get("/sections/YH-GC-1/01/contract")).status_code == 404
