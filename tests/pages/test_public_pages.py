"""The public pages: home, list and search, one notice, help; all of it without scripts."""

import csv
import gzip
import io
import re
from html import unescape
from posixpath import dirname, normpath

import httpx
import pytest
from page_site import Site

from web.static import tree

BOTH = ("", "/en")


async def test_the_home_page_shows_todays_figures_and_the_newest_notices(visitor: httpx.AsyncClient) -> None:
    text = (await visitor.get("/")).text
    assert "老旧小区改造（城东片区）监理二标段招标公告" in text
    assert "市图书馆新馆施工中标候选人公示" in text
    assert "48 小时内截止 <b>2</b>" in text


async def test_a_superseded_version_stands_in_no_list(visitor: httpx.AsyncClient) -> None:
    text = (await visitor.get("/notices?kind=tender-notice")).text
    assert "施工一标段招标公告（更正）" in text
    assert "施工一标段招标公告<" not in text


@pytest.mark.parametrize(
    ("tab", "there", "absent"),
    [("results", "市图书馆新馆", "终止公告</a>"), ("changes", "终止公告", "市图书馆新馆施工中标候选人公示</a></td>")],
)
async def test_a_tab_shows_its_kinds_alone(visitor: httpx.AsyncClient, tab: str, there: str, absent: str) -> None:
    text = (await visitor.get(f"/?tab={tab}")).text
    table = text[text.index('id="notices"') : text.index("</table>", text.index('id="notices"'))]
    assert there in table
    assert absent not in table


async def test_every_deadline_stands_with_its_absolute_time_and_offset(visitor: httpx.AsyncClient, site: Site) -> None:
    text = (await visitor.get(f"/notices/{site.made.candidates}")).text
    assert re.search(r"<count-down[^>]+data-until=\"\d{4}-\d\d-\d\dT[\d:]+Z\"[^>]*>2 天 23 时</count-down>", text)
    assert re.search(r"<time[^>]+>\d{4}-\d\d-\d\d 周. \d\d:\d\d UTC\+8</time>", text)


async def test_a_price_is_shown_verbatim_and_never_as_markup(visitor: httpx.AsyncClient, site: Site) -> None:
    text = (await visitor.get(f"/notices/{site.made.candidates}")).text
    assert "下浮率20.50%" in text
    assert "8343824.12" in text
    assert "云湖路桥 &lt;b&gt;有限公司&lt;/b&gt;" in text


async def test_a_replaced_version_leads_to_the_one_in_force_and_shows_no_running_deadline(
    visitor: httpx.AsyncClient, site: Site
) -> None:
    text = (await visitor.get(f"/notices/{site.made.tender}")).text
    assert "此版本已被更正" in text
    assert f"/notices/{site.made.corrected}" in text
    assert "<count-down" not in text


@pytest.mark.parametrize("words", ["一标", "改造（城", "湖大", "图书馆 候选人", "YH-GC-2026-1211"])
async def test_neighbouring_characters_find_a_notice(visitor: httpx.AsyncClient, words: str) -> None:
    text = (await visitor.get("/notices", params={"q": words})).text
    assert "/notices/notice-" in text
    assert "没有符合条件的公告" not in text


async def test_a_choice_stands_as_a_chip_that_takes_it_away(visitor: httpx.AsyncClient) -> None:
    text = (await visitor.get("/notices?q=%E5%85%AC%E5%91%8A&kind=tender-notice&page=7")).text
    chips = [unescape(path) for path in re.findall(r'class="chip" href="([^"]+)"', text)]
    assert chips == ["/notices?kind=tender-notice", "/notices?q=%E5%85%AC%E5%91%8A"]


async def test_nothing_found_suggests_looser_searches(visitor: httpx.AsyncClient) -> None:
    text = (await visitor.get("/en/notices?q=%E5%85%AC%E5%91%8A+zzqq&kind=award")).text
    assert "No notice fits these choices" in text
    assert "The same words without any filter" in text
    assert "/en/notices?q=zzqq" in text


@pytest.mark.parametrize(
    "query",
    [
        "kind=x",
        "page=0",
        "page=-1",
        "page=99999999",
        "region=١٢٣٤٥٦",
        "q=%00",
        "q=" + "%27" * 300,
        "order=drop",
        "q=%F0%9F%98%80",
    ],
)
async def test_a_strange_query_is_answered_by_a_list(visitor: httpx.AsyncClient, query: str) -> None:
    assert (await visitor.get(f"/notices?{query}")).status_code == 200


async def test_the_csv_is_the_filtered_list_and_no_formula(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/notices?kind=candidates")).text
    link = re.search(r'href="(/notices\.csv[^"]*)"', page)
    assert link
    answer = await visitor.get(unescape(link[1]))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[0][3] == "名称"
    assert "下浮率20.50%" in rows[1][-1]
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row)


def scripts_of(page: str) -> set[str]:
    """The files of scripts that a page loads, with everything that these import."""
    waiting, found = re.findall(r'<script[^>]* src="/static/[^/]+/([^"]+)"', page), set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            imported = re.findall(r'from "(\.[^"]+)"|import "(\.[^"]+)"', tree()[1][name].body.decode())
            waiting += [normpath(f"{dirname(name)}/{one or other}") for one, other in imported]
    return found


@pytest.mark.parametrize("path", ["/", "/notices", "/sealing", "/login", "/verify"])
async def test_a_page_is_light(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert len(gzip.compress(answer.content)) <= 60_000
    assert sum(len(tree()[1][name].packed or tree()[1][name].body) for name in scripts_of(answer.text)) <= 40_000


async def test_a_page_comes_packed(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/")).headers["content-encoding"] == "gzip"


async def test_a_static_file_is_kept_for_ever_under_the_address_of_its_content(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/")).text
    sheet = re.search(r'href="(/static/[0-9a-f]{16}/css/ui\.css)"', page)
    assert sheet
    assert "immutable" in (await visitor.get(sheet[1])).headers["cache-control"]
    stale = await visitor.get("/static/0000000000000000/css/ui.css")
    assert stale.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("prefix", BOTH)
async def test_no_page_has_inline_style_or_script(visitor: httpx.AsyncClient, site: Site, prefix: str) -> None:
    for path in ("", "/notices", f"/notices/{site.made.candidates}", "/login", "/sealing", "/nowhere"):
        text = (await visitor.get(prefix + path or "/")).text
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", text)


async def test_the_demo_is_marked_on_every_page(visitor: httpx.AsyncClient) -> None:
    for path in ("/", "/notices", "/login", "/sealing", "/nowhere"):
        assert "demo-band" in (await visitor.get(path)).text


async def test_the_time_is_told_in_milliseconds_and_never_kept(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answer.json()["now"])
    assert answer.headers["cache-control"] == "no-store"
