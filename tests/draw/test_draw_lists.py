"""Lists of draws, evaluations and lotteries go on by their address: each row once, none left out, also among equal times."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from scenes import Hall, a_hall
from sqlalchemy import insert, text

from expertpool.draw.tables import Draw
from expertpool.lotteries.tables import Lottery
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.evaluation.foresight import AT_ONCE
from web.demo import cast

pytestmark = pytest.mark.soak

MANY = 45
NEXT, AFTER = r'rel="next" href="([^"]+)"', r'href="([^"]*after=[^"]*)"'
COPIES = text(
    "INSERT INTO sections SELECT (jsonb_populate_record(s, jsonb_build_object('id', 'YH-LIST-' || lpad(n::text, 4, '0') || "
    "'/01'))).* FROM sections s, generate_series(0, :last) n WHERE s.id = :one"
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    """Forty-five attempts of as many sections, always nine at one time; one more of another region."""
    async with a_hall(postgres, template, objects) as found:
        section = await found.a_draft()
        async with found.database.work(SYSTEM) as work:
            now = work.ctx.now
            told = {"number": 1, "state": "requested", "request": {"quota": {cast.WORKS: 3}, "alternates": 1}}
            rows = [
                {"id": f"YH-LIST-{place:04d}/01/1", "section": f"YH-LIST-{place:04d}/01", "region": cast.REGION, **told}
                | {"requested_at": now - timedelta(hours=place // 9)}
                for place in range(MANY)
            ]
            far = {**rows[0], "id": "FAR-LIST/01/1", "section": "FAR-LIST/01", "region": "330100"}
            await work.session.execute(insert(Draw), [*rows, far])
            await work.session.execute(COPIES, {"last": MANY - 1, "one": section})
            lot = {"subject": "展位抽签", "basis": "规则", "places": 1, "waiting": 0, "attempts": 0, "opened_by": "x"}
            lot |= {"entries": [["a", "b"]] * 2, "opened_at": now, "region": cast.REGION}
            lots = [{"id": f"2026-LIST{place:04d}", **lot} for place in range(MANY)]
            await work.session.execute(insert(Lottery), lots)
        yield found


async def pages(client: httpx.AsyncClient, path: str, onward: str = NEXT) -> list[str]:
    """The pages one after the other, as long as a link leads on; a loop would not end by itself."""
    found: list[str] = []
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200 and len(found) < 9
        found.append(answer.text)
        link = re.search(onward, answer.text)
        path = link[1].replace("&amp;", "&") if link else ""
    return found


def listed(found: list[str], form: str) -> list[str]:
    """What each page lists, each once in its order."""
    return [one for page in found for one in dict.fromkeys(re.findall(form, page))]


async def test_draws_before_the_supervising_body_go_on_after_the_last_one_shown(hall: Hall) -> None:
    async with await hall.client("supervisor") as client:
        found = await pages(client, "/supervision/draws")
        narrowed = await pages(client, "/supervision/draws?view=running")
        again = await client.get("/supervision/draws?after=2099-01-01T00:00:00%2B00:00~x&q=YH-LIST-0001")
    seen = listed(found, r"/supervision/draws/(YH-LIST-\d{4}/01)")
    assert len(found) == 3 and len(seen) == len(set(seen)) == MANY
    assert "FAR-LIST" not in "".join(found) and listed(narrowed, r"YH-LIST-\d{4}") == []
    assert 'href="/supervision/draws?q=YH-LIST-0001"' in again.text


@pytest.mark.parametrize("after", ["x", "2026-11-23~x", "2026-11-23T00:00:00~x", "~", "2026-11-23T00:00:00+00:00~%00"])
async def test_a_place_that_is_none_begins_at_the_newest(hall: Hall, after: str) -> None:
    async with await hall.client("supervisor") as client:
        answer = await client.get(f"/supervision/draws?after={after}")
    assert answer.status_code == 200 and len(listed([answer.text], r"/supervision/draws/(YH-LIST-\d{4}/01)")) == 20


async def test_evaluations_go_on_after_the_last_one_shown(hall: Hall) -> None:
    async with await hall.client("centre") as client:
        found = await pages(client, "/evaluations", AFTER)
        stray = await client.get("/evaluations?after=%00")
    seen = listed(found, r"YH-LIST-\d{4}/01")
    assert AT_ONCE < MANY and len(found) == 2 and len(seen) == len(set(seen)) == MANY
    assert seen == sorted(seen, reverse=True) and stray.status_code == 200


async def test_lotteries_go_on_page_by_page_and_keep_the_filter(hall: Hall) -> None:
    async with await hall.client("centre") as client:
        found = await pages(client, "/centre/lotteries?state=open")
        none = await client.get("/centre/lotteries?page=9")
    seen = listed(found, r"/centre/lotteries/(2026-LIST\d{4})")
    assert len(found) == 3 and len(seen) == len(set(seen)) == MANY
    assert none.status_code == 200 and "没有符合条件的抽签" in none.text
    async with await hall.client() as client:
        assert "2026-LIST" not in (await client.get("/lotteries")).text
