"""Score tables on the document's desk: taken over, shown with their bands, refused in words, frozen and taken away again."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from procurement_scene import Office
from scenes import a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.sections.queries import document_of
from trading.sections.states import SectionState

TABLE = [
    {"dimension": "初步评审", "factor": "资格评审标准", "max": 0, "bands": []},
    {
        "dimension": "技术部分",
        "factor": "主要施工方法",
        "max": 20,
        "bands": [{"grade": "优", "range": [10.5, 20]}, {"grade": "良", "range": [5, 10.5]}],
    },
    {"dimension": "报价部分", "factor": "投标报价", "max": 80, "bands": []},
]
DEDUCTION = {"dimension": "技术部分", "factor": "总页数", "max": 0, "bands": [{"grade": "超页", "range": -1}]}
CSV = "评审部分,评分因素,满分,评分档,下限,上限,说明\r\n技术部分,方案,20,优,10,20,有针对性\r\n报价部分,报价,80,,,,\r\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Office]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        opened = Office(hall)
        yield opened
        await opened.close()


async def given(office: Office, section: str, data: bytes) -> httpx.Response:
    client = await office.client("agent")
    return await client.post(f"/sections/{section}/document/table", files={"file": ("表.json", data)})


async def with_table(office: Office, table: object = TABLE) -> str:
    section = await office.drafted()
    answer = await given(office, section, json.dumps(table, ensure_ascii=False).encode())
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sections/{section}/document#items")
    return section


async def test_a_table_becomes_items_with_bands_a_price_and_examination_items(office: Office) -> None:
    section = await with_table(office)
    page = (await office.see(f"/sections/{section}/document")).text
    for field, value in {
        "price-weight": "80",
        "item-1-zh": "主要施工方法",
        "item-1-band-1-from": "10.5",
        "item-1-band-2-word": "良",
        "check-1-zh": "资格评审标准",
    }.items():
        assert re.search(rf'name="{field}" value="{re.escape(value)}"', page), field
    assert "100 分" in page and "没有写明招标文件条款号" in page


async def test_a_document_with_bands_and_examination_items_is_frozen_and_shown_to_everybody(office: Office) -> None:
    section = await with_table(office)
    path = f"/sections/{section}/document"
    text = (await office.see(path)).text
    fields = dict(re.findall(r'<input class="input" id="[^"]+" name="([^"]+)" value="([^"]*)"', text))
    chosen = {"price-kind": "lowest_price_first", "item-1-group": "technical", "item-1-kind": "subjective"}
    check = {"check-1-clause": "2.1.2", "check-1-stage": "qualification", "check-1-ground": "TBR 51(3)"}
    more = {"tie-1": "price", "clause-1-title": "须知", "clause-1-text": "按平台规定递交。"}
    await office.done(path, action="save", **fields | chosen | check | more | {"item-1-reasons": "70"})
    await office.freeze(section)
    async with office.hall.database.reading() as session:
        found = await document_of(session, section)
    assert found.examination == [
        {"id": "q1", "stage": "qualification", "zh": "资格评审标准", "clause": "2.1.2", "ground": "TBR 51(3)"}
    ]
    assert [band["word"] for band in found.labels["t1"]["bands"]] == ["优", "良"]
    assert found.labels["t1"]["reasons_below"] == "0.7"
    page = (await office.see(path)).text
    assert "资格评审标准" in page and "10.5–20" in page and "70 %" in page
    told = await office.see(path + "/table/json")
    assert [row["factor"] for row in told.json()] == ["资格评审标准", "主要施工方法", "投标报价"]


async def test_a_factor_that_only_takes_points_away_is_named_until_it_is_examined_instead(office: Office) -> None:
    section = await with_table(office, [*TABLE, DEDUCTION])
    path = f"/sections/{section}/document"
    page = (await office.see(path)).text
    assert "“总页数 t2”的满分为 0 或为负" in page
    fields = dict(re.findall(r'<input class="input" id="[^"]+" name="([^"]+)" value="([^"]*)"', page))
    assert await office.done(path, action="examine:2", **fields) == path + "#checks"
    page = (await office.see(path)).text
    assert 'name="check-2-zh" value="总页数"' in page and "的满分为 0 或为负" not in page


async def test_bands_are_added_and_dropped_by_buttons_alone(office: Office) -> None:
    section = await with_table(office)
    path = f"/sections/{section}/document"
    fields = dict(re.findall(r'name="(item-[^"]+)" value="([^"]*)"', (await office.see(path)).text))
    assert await office.done(path, action="add:band-1", **fields) == path + "#bands-1"
    assert 'name="item-1-band-3-word"' in (await office.see(path)).text
    await office.done(path, action="drop:band-1-1", **fields)
    page = (await office.see(path)).text
    assert 'name="item-1-band-1-word" value="良"' in page and 'name="item-1-band-2-word"' not in page


async def test_a_table_of_lines_is_read_and_every_format_can_be_taken_away_and_read_again(office: Office) -> None:
    section = await office.drafted()
    assert (await given(office, section, CSV.encode("gb18030"))).status_code == 303
    for kind in ("csv", "xlsx", "json"):
        told = await office.see(f"/sections/{section}/document/table/{kind}")
        assert told.headers["content-disposition"].startswith("attachment")
        assert (await given(office, section, told.content)).status_code == 303
    page = (await office.see(f"/sections/{section}/document")).text
    assert 'name="item-1-zh" value="方案"' in page and 'value="有针对性"' in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[1", "不是能读懂的评分表"),
        (b"[]", "没有一个评分因素"),
        ("评分因素,满分\r\n方案,10\r\n".encode(), "缺少列"),
        ('[{"dimension":"技术","factor":"方案","max":"十"}]'.encode(), "“十”，不是数字"),
        (b'[{"factor": 1e999999}]', "不是"),
    ],
    ids=["broken", "empty", "headings", "number", "endless"],
)
async def test_what_is_no_table_is_refused_in_words_and_changes_nothing(
    office: Office, data: bytes, words: str
) -> None:
    section = await office.drafted()
    answer = await given(office, section, data)
    assert answer.status_code == 422 and words in answer.text
    assert 'name="item-1-id"' not in (await office.see(f"/sections/{section}/document")).text


async def test_a_frozen_document_takes_no_table_and_a_stranger_sees_none(office: Office) -> None:
    section = await office.frozen()
    assert (await given(office, section, CSV.encode())).status_code == 409
    assert (await office.hall.section(section)).state == SectionState.READY
    assert (await office.see(f"/sections/{section}/document/table/json", "bidder1")).status_code == 403
    assert (await office.see(f"/sections/{section}/document/table/pdf")).status_code == 404
    assert "接管" not in (await office.see(f"/sections/{section}/document/table")).text
