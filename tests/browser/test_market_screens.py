"""The marketplace's public pages in a browser: policy, fit, barriers, in both widths and languages; looked at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from inspection import OVERFLOW, barriers
from playwright.async_api import Browser
from portal import Made, served
from scenes import a_hall
from sqlalchemy import select

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from marketplace.agencies.tables import Agency
from web.demo.market import bring_market

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def market(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[tuple[str, list[str]]]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        await bring_market(hall.database)
        async with hall.database.reading() as session:
            wanted = select(Agency.id).where(Agency.grade.is_not(None)).order_by(Agency.score.desc())
            best = list(await session.scalars(wanted.limit(40)))
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield origin, [best[0], best[12], best[39]]
        await asyncio.to_thread(server.__exit__, None, None, None)


async def test_the_pages_of_the_marketplace_fit_and_bar_nobody(
    browser: Browser, market: tuple[str, list[str]], tmp_path: Path
) -> None:
    origin, ids = market
    side = "&".join(f"agency={one}" for one in ids)
    paths = {
        "home": "/market", "found": "/market/agencies?item=ASM-006", "none": "/market/agencies?q=xyz&grade=A",
        "one": f"/market/agencies/{ids[0]}", "compare": f"/market/compare?item=ASM-006&{side}", "method": "/market/rating",
    }  # fmt: skip
    wrong: dict[str, object] = {}
    for name, path in paths.items():
        for width, prefix in ((1440, ""), (390, "/en")):
            page = await opened(browser, Served(origin, Made("", "", "")), width=width)
            answer = await page.goto(origin + prefix + path, wait_until="load")
            assert answer is not None and answer.status == 200, path
            found = (await page.evaluate("violations"), await page.evaluate(OVERFLOW), await barriers(page))
            if any(found):
                wrong[f"{name} {width}"] = found
            await page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
            await page.context.close()
    assert wrong == {}
