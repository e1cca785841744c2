"""The document builder by forms: templates, rows without scripts, conflicts in words, files, and the freeze."""

import re
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
import pytest_asyncio
from procurement_scene import Office
from scenes import a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.regimes.rules import DEMONSTRATION
from trading.sections.drafting import LARGEST
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import Document, DocumentVersion, SectionDraft
from trading.sections.templates import TEMPLATES, templates_for

pytestmark = pytest.mark.soak

BUILDER = {
    "price-kind": "lowest_price_first",
    "price-weight": "40",
    "item-1-id": "t1",
    "item-1-zh": "方案",
    "item-1-group": "technical",
    "item-1-kind": "subjective",
    "item-1-max": "60",
    "item-1-step": "0.5",
    "tie-1": "price",
    "places": "2",
    "clause-1-title": "须知",
    "clause-1-text": "按平台规定递交。",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Office]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        opened = Office(hall)
        yield opened
        await opened.close()


async def saved(office: Office, section: str) -> SectionDraft:
    async with office.hall.database.reading() as session:
        return await session.get_one(SectionDraft, section)


async def frozen(office: Office, section: str) -> Document:
    async with office.hall.database.reading() as session:
        return await document_of(session, section)


@pytest.mark.parametrize("name", templates_for(DEMONSTRATION))
async def test_each_template_can_be_frozen_as_it_is(office: Office, name: str) -> None:
    section = await office.frozen(name)
    found = await frozen(office, section)
    assert (found.method, found.labels) == (TEMPLATES[name].method, TEMPLATES[name].labels)
    assert (await office.hall.section(section)).state == SectionState.READY


async def test_rows_are_added_and_dropped_by_buttons_alone(office: Office) -> None:
    path = f"/sections/{await office.drafted()}/document"
    await office.done(path, action="save", **BUILDER)
    assert await office.done(path, action="add:item", **BUILDER) == path + "#items"
    page = (await office.see(path)).text
    assert 'name="item-2-id" value="t2"' in page and 'value="drop:item-2"' in page
    assert await office.done(path, action="add:clause", **BUILDER) == path + "#clauses"
    assert 'name="clause-2-title"' in (await office.see(path)).text
    await office.done(path, action="drop:item-1", **BUILDER, **{"item-2-id": "t9", "item-2-zh": "后一项"})
    page = (await office.see(path)).text
    assert 'name="item-1-id" value="t9"' in page and 'name="item-2-id"' not in page


async def test_a_draft_is_saved_whatever_is_wrong_with_it(office: Office) -> None:
    section = await office.drafted()
    path = f"/sections/{section}/document"
    await office.done(path, action="save", **BUILDER | {"price-weight": "四十", "item-1-max": ""})
    assert (await saved(office, section)).fields["price-weight"] == "四十"
    page = (await office.see(path)).text
    assert "“四十”不是数字" in page and 'href="#price-weight"' in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"price-weight": "30"}, "90"),
        ({"item-1-step": "0.7"}, "0.7"),
        ({"item-2-id": "t1", "item-2-zh": "重复", "item-2-max": "0"}, "t1"),
        ({"tie-2": "price"}, "price"),
        ({"tie-1": "joint", "tie-2": "price"}, "joint"),
        ({"tie-1": "dice"}, "dice"),
        ({"price-kind": "lowest_evaluated"}, "评分项"),
        ({"price-kind": "dice"}, "dice"),
        ({"item-1-zh": ""}, "没有中文名称"),
        ({"places": "1.5"}, "不是整数"),
        ({"places": "7"}, "7"),
    ],
)
async def test_a_conflict_keeps_the_document_from_being_frozen_and_is_told(
    office: Office, changed: dict[str, str], words: str
) -> None:
    section = await office.drafted()
    path = f"/sections/{section}/document"
    row = {"item-2-group": "technical", "item-2-kind": "subjective"} if "item-2-id" in changed else {}
    await office.done(path, action="preview", **BUILDER | changed | row)
    preview = (await office.see(path + "/preview")).text
    told = re.search(r'<ul class="dots">(.*?)</ul>', preview, re.S)
    assert told and words in told[1]
    answer = await office.send(path + "/preview", saved_at="")
    assert answer.status_code == 200 and (await office.hall.section(section)).state == SectionState.DRAFT


async def test_the_preview_shows_what_everybody_will_see_and_says_what_freezing_means(office: Office) -> None:
    section = await office.drafted("9310000.05")
    path = f"/sections/{section}/document"
    await office.done(path, action="template:benchmark")
    page = (await office.see(path + "/preview")).text
    assert "施工组织设计" in page and "17–20" in page and "营业执照、资质等级符合要求" in page
    assert "玖佰叁拾壹万元零伍分" in page and "consequence" in page and "autofocus" not in page


async def test_what_was_changed_after_the_preview_is_not_frozen(office: Office) -> None:
    section = await office.drafted()
    path = f"/sections/{section}/document"
    await office.done(path, action="save", **BUILDER)
    seen = re.search(r'name="saved_at" value="([^"]+)"', (await office.see(path + "/preview")).text)
    assert seen
    await office.done(path, action="save", **BUILDER | {"clause-1-text": "另一条"})
    answer = await office.send(path + "/preview", saved_at=seen[1])
    assert answer.status_code == 409 and "又被修改" in answer.text
    assert (await office.hall.section(section)).state == SectionState.DRAFT


async def test_clauses_are_frozen_as_a_file_of_their_own_that_the_public_fetches(office: Office) -> None:
    section = await office.drafted()
    await office.done(f"/sections/{section}/document", action="save", **BUILDER)
    await office.freeze(section)
    [file] = (await frozen(office, section)).files
    path = f"/files/{file['sha256']}-{file['name']}"
    assert (await office.see(f"/sections/{section}{path}", "bidder1")).status_code == 404
    own = await office.see(f"/sections/{section}/document{path}")
    assert "按平台规定递交" in own.text and sha256(own.content).hexdigest() == file["sha256"]
    assert (await office.see(f"/sections/{section}/document{path}", "bidder1")).status_code == 403


async def test_each_clause_has_an_address_on_the_public_page_once_the_notice_is_out(office: Office) -> None:
    section = await office.published()
    path = f"/sections/{section}/tender-document"
    page = (await office.see(path, "bidder1")).text
    titles = [title for title, _ in TEMPLATES["benchmark"].clauses]
    places = re.findall(r'<li id="clause-(\d+)".*?</span> (.*?)</a>', page, re.S)
    assert places == [(str(number), title) for number, title in enumerate(titles, 1)]
    assert "17–20" in page and (await office.see(f"/sections/{section}", "bidder1")).text.count(path) >= 2
    assert (await office.see(f"/en{path}", "bidder1")).status_code == 200


async def test_before_the_notice_nobody_reads_the_clauses(office: Office) -> None:
    section = await office.frozen()
    assert (await office.see(f"/sections/{section}/tender-document", "bidder1")).status_code == 404


@pytest.mark.parametrize("before_versions", [True, False])
async def test_clauses_that_are_not_the_frozen_files_are_not_shown(office: Office, before_versions: bool) -> None:
    section = await office.published()
    async with office.hall.database.work(SYSTEM) as work:
        version = await work.session.get_one(DocumentVersion, (section, 1))
        version.clauses = None if before_versions else [["投标人须知", "改过的条款"]]
        draft = await work.session.get_one(SectionDraft, section)
        draft.fields = {**draft.fields, "clause-1-text": "改过的条款"}
    page = (await office.see(f"/sections/{section}/tender-document", "bidder1")).text
    assert "改过的条款" not in page and 'id="clause-1"' not in page and "正文见所附文件" in page


async def attach(office: Office, section: str, name: str, data: bytes) -> int:
    client = await office.client("agent")
    answer = await client.post(f"/sections/{section}/document/files", files={"file": (name, data)})
    return answer.status_code


async def test_files_are_attached_replaced_and_taken_away(office: Office) -> None:
    section = await office.drafted()
    assert await attach(office, section, "图纸.pdf", b"one") == 303
    assert await attach(office, section, "../清单.xlsx", b"two") == 303
    assert await attach(office, section, "图纸.pdf", b"three") == 303
    files = {one["name"]: one for one in (await saved(office, section)).files}
    assert set(files) == {"图纸.pdf", "清单.xlsx"} and files["图纸.pdf"]["sha256"] == sha256(b"three").hexdigest()
    await office.done(f"/sections/{section}/document/files/removal", name="图纸.pdf")
    assert [one["name"] for one in (await saved(office, section)).files] == ["清单.xlsx"]
    gone = await office.send(f"/sections/{section}/document/files/removal", name="图纸.pdf")
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("name", "data"), [("空.pdf", b""), ("大.pdf", b"x" * (LARGEST + 1)), ("a?b.pdf", b"x"), ("..", b"x")]
)
async def test_a_file_that_cannot_be_kept_is_refused_in_words(office: Office, name: str, data: bytes) -> None:
    assert await attach(office, await office.drafted(), name, data) in (413, 422)


async def test_a_frozen_document_is_shown_and_changed_no_more(office: Office) -> None:
    section = await office.frozen()
    path = f"/sections/{section}/document"
    page = (await office.see(path)).text
    assert "施工组织设计" in page and 'id="builder"' not in page
    assert (await office.send(path, action="save", **BUILDER)).status_code == 409
    assert await attach(office, section, "迟.pdf", b"x") == 409


async def test_a_published_file_is_fetched_by_anybody_under_its_hash(office: Office) -> None:
    section = await office.published()
    [file] = (await frozen(office, section)).files
    page = (await office.see(f"/sections/{section}", "bidder1")).text
    links = re.findall(r'href="(/sections/[^"]+/files/[^"]+)"', page)
    assert len(links) == 1
    async with await office.hall.client() as anybody:
        answer = await anybody.get(links[0])
        other = await anybody.get(f"/sections/{section}/files/{'0' * 64}-{file['name']}")
    assert (
        sha256(answer.content).hexdigest() == file["sha256"]
        and answer.headers["content-disposition"][:10] == "attachment"
    )
    assert other.status_code == 404
