"""Registration, profile, review, keys and second factors in a browser: policy kept, nobody barred, forms that work."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pyotp
import pytest
import pytest_asyncio
from browser_hall import Hall, opened
from playwright.async_api import Browser, Page, expect
from portal import Made, served
from registration_scene import PASSWORD, Desk, an_application, at_the_desk, in_days
from test_public_screens import barriers

from infra.db.work import Database
from infra.embedded.databases import create_database, drop_database
from infra.embedded.postgres import ROLE, EmbeddedPostgres

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SMALL = """
Array.from(document.querySelectorAll("main a, main button, main summary, main input:not([type=hidden]):not(.vh), main select"))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height && (box.height < 24 || (one.matches(".btn--primary,.btn--seal") && box.height < 44));
  })
  .map((one) => one.outerHTML.slice(0, 120))
"""


@dataclass(frozen=True)
class Office:
    """The served desk: a body with a change under review, an applicant, a returned one, a clerk; ids of versions."""

    hall: Hall
    desk: Desk
    versions: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(browser: Browser, postgres: EmbeddedPostgres, template: str) -> AsyncIterator[Office]:
    await create_database(postgres.admin_dsn, "registration_screens", template, ROLE)
    address = postgres.address.of("registration_screens")
    database = Database(address.sqlalchemy, mode="demo")
    async with at_the_desk(database) as desk:
        server = served(address, keys=desk.stack.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield Office(Hall(origin, Made("", "", "")), desk, await _furnish(desk))
        await asyncio.to_thread(server.__exit__, None, None, None)
    await database.close()
    await drop_database(postgres.admin_dsn, "registration_screens")


async def _furnish(desk: Desk) -> list[str]:
    body = await desk.a_body(licence_valid_until_0=in_days(20))
    returned, clerk = await desk.applied(login="sun", name="退回示例有限公司"), await desk.clerk()
    await clerk.give_back(await clerk.first_waiting(), licences="证书编号与名称不符")
    assert "退回" in (await returned.get("/company")).text
    code = re.search(r'name="credit_code"[^>]*value="([^"]+)"', (await body.get("/company/change")).text)
    assert code
    await body.post("/company/change", an_application(credit_code=code[1], legal_representative="钱进"))
    await desk.applied(login="qian", name="东江路桥工程有限公司", legal_representative="钱进")
    return await clerk.waiting()


async def entered(page: Page, office: Office, login: str, prefix: str = "") -> None:
    """Sign in by the form."""
    await page.goto(f"{office.hall.origin}{prefix}/login?next=/account")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/account")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("language", "width", "large"),
    [("zh", 1440, False), ("zh", 390, True), ("en", 390, False), ("en", 1440, True)],
)
async def test_registration_screens_keep_the_policy_fit_and_bar_nobody(
    browser: Browser, office: Office, language: str, width: int, large: bool
) -> None:
    prefix = "/en" if language == "en" else ""
    screens = {
        None: ["/register", "/login"],
        "zhao": ["/company", "/company/change", "/company/people/new", "/account"],
        "sun": ["/company", "/company/change", "/account"],
        "clerk": [
            "/centre/registrations",
            "/centre/registrations?state=returned&kind=agent",
            f"/centre/registrations/{office.versions[0]}",
            "/account",
        ],
    }
    wrong: dict[str, object] = {}
    for login, paths in screens.items():
        page = await opened(browser, office.hall, width=width, large=large)
        spoken: list[str] = []
        if login is not None:
            await entered(page, office, login, prefix)
        page.on("console", lambda message, spoken=spoken: spoken.append(message.text))
        page.on("pageerror", lambda error, spoken=spoken: spoken.append(str(error)))
        for path in paths:
            await page.goto(office.hall.origin + prefix + path, wait_until="load")
            found = {
                "violations": await page.evaluate("window.violations"),
                "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                "barriers": await barriers(page),
                "small": await page.evaluate(SMALL) if width == 390 else [],
                "console": [*spoken],
            }
            spoken.clear()
            wrong |= {f"{login} {path} {what}": value for what, value in found.items() if value}
        await page.context.close()
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


@pytest.mark.soak
async def test_one_registers_by_the_form_and_a_refusal_takes_the_focus(browser: Browser, office: Office) -> None:
    page = await opened(browser, office.hall, width=390)
    await page.goto(office.hall.origin + "/register")
    told = an_application(login="li", name="新来的有限公司", credit_code="91110000600037341X")
    for name, value in told.items():
        if value and name not in ("centre", "kind_bidder", "consent"):
            await page.fill(f"#{name}", value)
    await page.check("#consent")
    await page.click("text=提交申请 >> nth=-1")
    await expect(page.locator(".errsum")).to_be_focused()
    await expect(page.locator("#credit_code")).to_have_attribute("aria-invalid", "true")
    await page.fill("#credit_code", an_application()["credit_code"])
    await page.fill("#password", PASSWORD)
    await page.click("main form button >> text=提交申请")
    await page.wait_for_url("**/company")
    await expect(page.locator("main")).to_contain_text("审核中")
    await page.context.close()


async def test_a_key_is_made_in_the_browser_and_a_lost_one_replaced(browser: Browser, office: Office) -> None:
    page = await opened(browser, office.hall)
    await entered(page, office, "zhao")
    status, button = page.locator("key-enrolment [role=status]"), page.locator("key-enrolment button")
    for count in (1, 2):
        await button.click()
        await expect(status).to_have_text("本浏览器已有有效密钥。")
        await expect(page.locator("[data-here]:not([hidden])")).to_have_count(1)
        await expect(page.locator("main .tag--bad")).to_have_count(count - 1)
        await expect(button).to_be_hidden()
        if count == 1:
            await page.click("text=丢失或更换")
            await page.click("text=注销密钥 >> nth=-1")
            await page.wait_for_url("**/account*")
    assert await page.evaluate("window.violations") == []
    await page.context.close()


async def test_a_passkey_made_in_the_browser_opens_the_next_sign_in(browser: Browser, office: Office) -> None:
    hall = Hall(office.hall.origin.replace("127.0.0.1", "localhost"), office.hall.made)
    there = Office(hall, office.desk, office.versions)
    page = await opened(browser, hall)
    devices = await page.context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await entered(page, there, "sun")
    await page.goto(hall.origin + "/account")
    await page.click("text=添加验证方式")
    await page.select_option("#kind", "passkey")
    await page.fill("#factor_name", "安全密钥")
    await page.fill("#password_add", PASSWORD)
    await page.click("text=开始设置")
    await page.click("text=创建通行密钥")
    await expect(page.locator(".codes li")).to_have_count(10)
    await page.context.clear_cookies()
    await page.goto(hall.origin + "/login?next=/company")
    await page.fill("#login", "sun")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.click("text=使用通行密钥")
    await page.wait_for_url("**/company")
    assert await page.evaluate("window.violations") == []
    await page.context.close()


@pytest.mark.soak
async def test_a_code_generator_is_set_up_without_scripts_and_asked_for_at_the_next_sign_in(
    browser: Browser, office: Office
) -> None:
    page = await opened(browser, office.hall, width=390, scripts=False)
    await entered(page, office, "qian")
    await page.goto(office.hall.origin + "/account")
    await page.click("text=添加验证方式")
    await page.fill("#factor_name", "手机")
    await page.fill("#password_add", PASSWORD)
    await page.click("text=开始设置")
    secret = ((await page.locator(".secret").text_content()) or "").replace(" ", "")
    await page.fill("#one_time_code", pyotp.TOTP(secret).now())
    await page.click("main form button")
    codes = await page.locator(".codes li").all_text_contents()
    assert len(codes) == 10
    await page.context.clear_cookies()
    await page.goto(office.hall.origin + "/login")
    await page.fill("#login", "qian")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.fill("#one_time_code", codes[0])
    await page.press("#one_time_code", "Enter")
    await page.wait_for_url("**/company")
    await page.context.close()
