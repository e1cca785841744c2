"""What became of a notice: what a correction changed, whether its tender was ended, where to ask; all on its own page."""

import re
from contextlib import suppress

import httpx
import pytest
from page_site import Site
from section_story import Story

from infra.kernel.context import SYSTEM
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.queries import ending_of
from trading.notices.tables import Notice
from trading.publication.queries import dossier
from web.i18n import Language
from web.public.notice_facts import in_words
from web.visit import Visit


class UndoneError(Exception):
    """Raised to leave no trace of what a test wrote."""


async def test_a_corrected_notice_tells_what_it_changed_and_what_stood_before(
    visitor: httpx.AsyncClient, site: Site
) -> None:
    text = (await visitor.get(f"/notices/{site.made.corrected}")).text
    table = text[text.index("changes-title") : text.index("</table>", text.index("changes-title"))]
    assert "本次更正内容" in table
    assert re.search(r"<del>[^<]*招标公告</del>", table)
    assert re.search(r"<ins>[^<]*（更正）</ins>", table)
    assert re.search(r"<del>\d{4}-\d\d-\d\d 周. \d\d:\d\d UTC\+8</del>", table)
    assert "资格要求" not in table


async def test_a_first_version_changed_nothing(visitor: httpx.AsyncClient, site: Site) -> None:
    assert "changes-title" not in (await visitor.get(f"/notices/{site.made.tender}")).text


async def test_the_notice_of_a_failed_tender_says_so_with_the_reason_and_counts_no_deadline_down(story: Story) -> None:
    async with story.hall.database.reading() as session:
        notices = {notice.kind: notice.id for notice in (await dossier(session, story.failed)).notices}
    async with await story.hall.client() as client:
        tender = (await client.get(f"/notices/{notices[NoticeKind.TENDER]}")).text
        failed = (await client.get(f"/notices/{notices[NoticeKind.FAILED]}")).text
    assert "本次招标已流标" in tender
    assert "截止时有效投标少于规定份数" in tender
    assert f'href="/notices/{notices[NoticeKind.FAILED]}"' in tender
    assert "<count-down" not in tender
    assert "本次招标已流标" not in failed


@pytest.mark.parametrize(("project", "found"), [("YH-CG-9001", True), ("YH-CG-9002", False)])
async def test_a_termination_ends_the_notices_of_its_own_project_alone(site: Site, project: str, found: bool) -> None:
    with suppress(UndoneError):
        async with site.database.work(SYSTEM) as work:

            async def publish(kind: NoticeKind, code: str) -> Notice:
                return await publish_notice(
                    work, kind=kind, category=Category.PROCUREMENT, region="420500", title=code, project=code
                )

            tender = await publish(NoticeKind.TENDER, "YH-CG-9001")
            ended = await publish(NoticeKind.TERMINATED, project)
            ending = await ending_of(work.session, tender)
            assert (ending is not None and ending.id == ended.id) is found
            assert await ending_of(work.session, ended) is None
            raise UndoneError


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ceiling", "12800000.00", "12,800,000.00 元"),
        ("price", "起始价 2,460 万元", "起始价 2,460 万元"),
        ("scale", "9310000", "9310000"),
    ],
)
async def test_only_a_bare_amount_of_a_fact_that_is_an_amount_is_grouped(
    site: Site, name: str, value: str, told: str
) -> None:
    async with site.database.reading() as session:
        notice = await session.get_one(Notice, site.made.tender)
    visit = Visit(Language.ZH, "/", "", notice.published_at, False, None, None)
    assert in_words(visit, name, value) == told


@pytest.mark.parametrize("path", ["/", "/notices", "/nowhere", "/login"])
async def test_contacts_stand_in_one_place_on_every_page(visitor: httpx.AsyncClient, path: str) -> None:
    text = (await visitor.get(path)).text
    assert text.count('id="help"') == 1
    assert text.index("<footer") < text.index('id="help"')


@pytest.mark.parametrize(("path", "words"), [("/nowhere", "没有改动任何内容"), ("/broken", "无法确定内容是否已保存")])
async def test_requirement_25_an_error_tells_what_was_saved_and_where_to_ask(
    visitor: httpx.AsyncClient, path: str, words: str
) -> None:
    text = (await visitor.get(path)).text
    assert words in text
    assert 'href="#help"' in text
