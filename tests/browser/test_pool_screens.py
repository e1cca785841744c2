"""The pool's screens in a real browser: application, two reviews, an expert's page; axe, width, size of targets."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from inspection import WIDE, Inspector
from playwright.async_api import Browser, Page
from pool_scene import Office, a_profile, an_application, an_office
from portal import served
from registration_scene import PASSWORD

from expertpool.experts.life import change, move
from infra.db.work import Database
from infra.settings import DatabaseAddress

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(loop_scope="session")
async def office(fresh_database: DatabaseAddress) -> AsyncIterator[tuple[Office, str]]:
    """A pool office, and where it is served."""
    database = Database(fresh_database.sqlalchemy, mode="demo")
    async with an_office(database) as found:
        with served(fresh_database, keys=found.stack.keys) as origin:
            yield found, origin
    await database.close()


async def signed_in(browser: Browser, origin: str, login: str) -> Page:
    """A page of this clerk."""
    page = await (await browser.new_context(viewport=WIDE)).new_page()
    await page.goto(f"{origin}/login")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("form button.btn--primary")
    return page


async def test_an_expert_applies_and_two_clerks_enter_the_application(
    office: tuple[Office, str], browser: Browser
) -> None:
    _, origin = office
    eye = Inspector()
    page = await (await browser.new_context(viewport=WIDE)).new_page()
    await page.goto(f"{origin}/experts/application")
    await eye.look(page, "pool-application")
    await page.evaluate("document.querySelectorAll('[required]').forEach((one) => one.removeAttribute('required'))")
    await page.click("button.btn--lg")
    assert await page.evaluate("document.activeElement.className") == "errsum"
    await eye.look(page, "pool-application-refused")
    for name, value in an_application(title="equal").items():
        field = page.locator(f"[name='{name}']")
        kind = await field.evaluate("one => one.type")
        if kind == "checkbox":
            await field.check()
        elif kind.startswith("select"):
            await field.select_option(value)
        else:
            await field.fill(value)
    await page.click("button.btn--lg")
    await eye.look(page, "pool-application-received")
    first, second = await signed_in(browser, origin, "pool1"), await signed_in(browser, origin, "pool2")
    await first.goto(f"{origin}/pool/applications")
    await eye.look(first, "pool-applications")
    await first.click("table a")
    await eye.look(first, "pool-first-review")
    await first.fill("#private_equal", "主持过三座水厂的设计")
    await first.click("form[action$='/first'] button")
    await second.goto(first.url)
    await eye.look(second, "pool-second-review")
    await second.click("form[action$='/second'] button")
    await second.click("a[href^='/pool/expert-']")
    await eye.look(second, "pool-expert-new")
    assert (eye.barred, eye.narrow, eye.policy) == ([], [], [])


async def test_an_experts_page_versions_and_standing_bar_nobody(office: tuple[Office, str], browser: Browser) -> None:
    scene, origin = office
    eye, profile = Inspector(), a_profile()
    expert = await scene.entered(**vars(profile))
    async with scene.database.work(scene.actors["pool1"]) as work:
        await change(work, scene.keys, expert, replace(profile, years=15), "满十五年")
        await move(work, expert, "suspend", basis="TBR 71", reason="两次无故缺席")
    page = await signed_in(browser, origin, "pool1")
    for name, path in (
        ("pool-expert", f"/pool/{expert}"),
        ("pool-versions", f"/pool/{expert}/versions"),
        ("pool-change", f"/pool/{expert}/change"),
        ("pool-standing", f"/pool/{expert}/standing/removal"),
        ("pool-appraisals", "/pool/appraisals"),
    ):
        await page.goto(origin + path)
        await eye.look(page, name)
    assert (eye.barred, eye.narrow, eye.policy) == ([], [], [])
