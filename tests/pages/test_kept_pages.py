"""Public pages that are kept: never older than a publication, never another visitor's."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from applications import app_on
from page_reading import signed_in
from page_site import ORIGIN
from portal import Made, fill
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.db.work import Database
from infra.embedded.databases import create_database, drop_database
from infra.embedded.postgres import ROLE, EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.settings import Settings
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.tables import Notice
from web.state import Stack

LISTS = (
    "/",
    "/en",
    "/notices",
    "/en/notices?category=land",
    "/notices?q=湖滨",
    "/?tab=tenders",
    "/notices?status=open",
)
CLOCK = re.compile(r"<(server-clock|count-down).*?</\1>", re.S)


@dataclass(frozen=True)
class Process:
    """One web process that keeps pages for an hour."""

    database: Database
    app: Any

    def visitor(self) -> httpx.AsyncClient:
        """A fresh visitor."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


@dataclass(frozen=True)
class Pair:
    """Two web processes over one database with hand-made notices."""

    here: Process
    there: Process
    made: Made

    async def publish(self, title: str, **more: Any) -> Notice:
        """A notice published by the second process."""
        given = {
            "kind": NoticeKind.TENDER,
            "category": Category.LAND,
            "region": "420500",
            "project": title,
            "title": title,
        }
        async with self.there.database.work(SYSTEM) as work:
            return await publish_notice(work, **{**given, "closes_at": work.ctx.now.replace(year=2100), **more})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair(postgres: EmbeddedPostgres) -> AsyncIterator[Pair]:
    """The two processes; what a test publishes stays."""
    await create_database(postgres.admin_dsn, "kept_pages", None, ROLE)
    address = postgres.address.of("kept_pages")
    made = await fill(address)
    databases = [Database(address.sqlalchemy) for _ in range(2)]
    here, there = (
        Process(one, app_on(Stack(Settings(Path("unused"), origin=ORIGIN), one, pages_keep=3600))) for one in databases
    )
    yield Pair(here, there, made)
    for one in databases:
        await one.close()
    await drop_database(postgres.admin_dsn, "kept_pages")


@contextmanager
def asked(engine: AsyncEngine) -> Iterator[list[str]]:
    """What the database is asked meanwhile, apart from the version of the notices and the time."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "sum(changes)" not in statement and "clock_timestamp" not in statement:
            found.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield found
    event.remove(engine.sync_engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", [*LISTS, "/notices/{candidates}", "/sealing"])
async def test_a_page_is_made_once_for_all_visitors(pair: Pair, path: str) -> None:
    path = path.format(candidates=pair.made.candidates)
    async with pair.here.visitor() as first, pair.here.visitor() as second:
        one = await first.get(path)
        with asked(pair.here.database.engine) as statements:
            other = await second.get(path)
    assert statements == []
    assert CLOCK.sub("", one.text) == CLOCK.sub("", other.text)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("process", ["here", "there"])
async def test_a_published_notice_stands_on_every_list_at_once_in_this_process_and_in_others(
    pair: Pair, path: str, process: str
) -> None:
    title = f"湖滨 {process} {LISTS.index(path)} 招标公告"
    async with getattr(pair, process).visitor() as visitor:
        assert title not in (await visitor.get(path)).text
        await pair.publish(title)
        assert title in (await visitor.get(path)).text


async def test_a_replaced_notice_says_so_at_once(pair: Pair) -> None:
    old = await pair.publish("旧版招标公告")
    async with pair.here.visitor() as visitor:
        assert "此版本已被更正" not in (await visitor.get(f"/notices/{old.id}")).text
        await pair.publish("新版招标公告", corrects=old.id)
        assert "此版本已被更正" in (await visitor.get(f"/notices/{old.id}")).text


async def test_what_is_unknown_today_may_be_published_tomorrow(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        assert (await visitor.get("/notices/notice-none")).status_code == 404
        assert (await visitor.get("/notices/notice-none")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/notices", "/sealing"])
async def test_who_is_signed_in_is_neither_shown_a_kept_page_nor_kept(pair: Pair, path: str) -> None:
    async with pair.here.visitor() as visitor, pair.here.visitor() as person:
        before = await visitor.get(path)
        await signed_in(person)
        own = await person.get(path)
        after = await visitor.get(path)
    assert "王工" in own.text and "etag" not in own.headers
    assert own.headers["cache-control"] == "no-store"
    assert "王工" not in before.text + after.text


async def test_a_program_with_a_bearer_token_is_nobodys_kept_page(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        given = {"login": "bidder", "password": "a-long-enough-password"}
        token = (await visitor.post("/api/session", json=given)).json()["token"]
        assert "王工" in (await visitor.get("/sealing", headers={"authorization": f"Bearer {token}"})).text
        assert "王工" not in (await visitor.get("/sealing")).text


async def test_each_language_and_size_of_text_has_pages_of_its_own(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        plain, english = await visitor.get("/notices"), await visitor.get("/en/notices")
        large = await visitor.get("/notices", headers={"cookie": "openhall_text=large"})
        again = await visitor.get("/notices")
    assert 'data-text="large"' in large.text
    assert 'data-text="large"' not in plain.text + english.text + again.text
    assert 'lang="en"' in english.text
    assert {"Cookie", "Accept-Encoding"} == set(plain.headers["vary"].split(", "))


async def test_what_the_address_says_beside_the_search_makes_no_further_page(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        await visitor.get("/notices?kind=candidates&order=closes")
        with asked(pair.here.database.engine) as statements:
            answer = await visitor.get("/notices?utm=<script>&order=closes&page=1&kind=candidates&status=nonsense")
    assert statements == []
    assert "utm" not in answer.text


async def test_an_unchanged_page_is_not_sent_twice(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        for _ in range(2):  # The tag changes with the minute.
            first = await visitor.get("/sealing")
            second = await visitor.get("/sealing", headers={"if-none-match": first.headers["etag"]})
            if second.status_code == 304:
                break
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]
    assert "content-security-policy" in second.headers


async def test_a_changed_page_is_sent_again(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        first = await visitor.get("/notices")
        await pair.publish("又一份招标公告")
        second = await visitor.get("/notices", headers={"if-none-match": first.headers["etag"]})
    assert second.status_code == 200
    assert "又一份招标公告" in second.text


async def test_a_page_comes_whole_to_those_who_cannot_unpack(pair: Pair) -> None:
    async with pair.here.visitor() as visitor:
        packed = await visitor.get("/notices", headers={"accept-encoding": "gzip"})
        plain = await visitor.get("/notices", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert CLOCK.sub("", packed.text) == CLOCK.sub("", plain.text)
