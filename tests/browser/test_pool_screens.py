"""The pool's screens in a real browser: application, two reviews, an expert's page; axe, width, size of targets."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
import pytest_asyncio
from inspection import WIDE, Inspector
from playwright.async_api import Browser, Page
from pool_files import cells, csv_of
from pool_scene import REGION, Office, a_profile, an_application, an_office
from portal import served
from registration_scene import PASSWORD

from expertpool.directory.employers import Step, rename
from expertpool.directory.importing import hand_in, lines_of, take_in, taken
from expertpool.experts.letters import issue_letter, printed_code
from expertpool.experts.life import change, move
from infra.auth.organisations import checked_credit_code
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.settings import DatabaseAddress
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]
BODY = checked_credit_code(cast.code(2))


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


async def a_pool_of_files(scene: Office) -> str:
    """Thirty experts of three bodies, one of them renamed, and a file that waits for its release; the file's id."""
    lines = csv_of(*(cells(number, region=REGION) for number in range(1, 30)), cells(31, region=REGION, years="x"))
    await taken(scene.database, scene.keys, SYSTEM, lines, lines_of(lines, REGION))
    file = csv_of(*(cells(number, region=REGION, years="13") for number in range(1, 40)))
    async with scene.database.work(scene.actors["pool1"]) as work:
        step = Step("市场监管部门准予变更登记", date(2026, 3, 1))
        await rename(work, scene.keys, BODY, "东江勘测院（示例）", step)
        return (await hand_in(work, scene.keys, file, lines_of(file, REGION))).id


async def test_the_lists_of_the_pool_office_and_their_forms_bar_nobody(
    office: tuple[Office, str], browser: Browser
) -> None:
    scene, origin = office
    eye, file = Inspector(), await a_pool_of_files(scene)
    page = await signed_in(browser, origin, "pool2")
    for name, path in (
        ("pool-directory", "/pool"),
        ("pool-directory-empty", "/pool?words=没有这一单位"),
        ("pool-imports", "/pool/imports"),
        ("pool-import-waits", f"/pool/imports/{file}"),
        ("pool-employers", "/pool/employers"),
        ("pool-employer", f"/pool/employers/{BODY}"),
        ("pool-employer-merger", f"/pool/employers/{BODY}/merger"),
        ("pool-professions", "/pool/professions"),
        ("pool-external", "/pool/external"),
    ):
        await page.goto(origin + path)
        await eye.look(page, name)
    assert (eye.barred, eye.narrow, eye.policy) == ([], [], [])


async def test_a_released_file_shows_by_itself_how_far_it_is(office: tuple[Office, str], browser: Browser) -> None:
    scene, origin = office
    eye, file = Inspector(), await a_pool_of_files(scene)
    page = await signed_in(browser, origin, "pool2")
    await page.goto(f"{origin}/pool/imports/{file}")
    await page.click("form[action$='/release'] button")
    await page.locator("#progress .tag--info").wait_for()
    await take_in(scene.database, scene.keys, file)
    await page.locator("#progress .tag--ok").wait_for()
    await eye.look(page, "pool-import-done")
    assert (eye.barred, eye.narrow, eye.policy) == ([], [], [])


async def test_an_expert_takes_an_account_by_the_letter_and_reads_what_became_of_the_entry(
    office: tuple[Office, str], browser: Browser
) -> None:
    scene, origin = office
    eye, own = Inspector(), await scene.entered()
    async with scene.database.work(scene.actors["pool1"]) as work:
        await move(work, own, "suspend", basis="TBR 71", reason="两次无故缺席")
        code = printed_code(scene.keys, await issue_letter(work, scene.keys, own))
    page = await signed_in(browser, origin, "pool2")
    for name, path in (("pool-expert-suspended", f"/pool/{own}"), ("pool-letter", f"/pool/{own}/letter")):
        await page.goto(origin + path)
        await eye.look(page, name)
    visitor = await (await browser.new_context(viewport=WIDE)).new_page()
    await visitor.goto(f"{origin}/experts/account")
    await eye.look(visitor, "expert-account")
    number = (await scene.expert(own)).number or ""
    for name, value in (("private_code", code), ("number", number), ("login", "water1")):
        await visitor.fill(f"[name={name}]", value)
    for name in ("password", "password_again"):
        await visitor.fill(f"[name={name}]", PASSWORD)
    await visitor.click("button.btn--lg")
    await visitor.wait_for_url("**/login**")
    await visitor.fill("input[name=login]", "water1")
    await visitor.fill("input[name=password]", PASSWORD)
    await visitor.click("form button.btn--primary")
    await visitor.locator("details summary").last.click()
    await eye.look(visitor, "expert-own")
    assert (eye.barred, eye.narrow, eye.policy) == ([], [], [])
