"""What people do at their browsers, step by step, as they would: fill in, press, read what comes."""

import asyncio
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from browser_hall import LISTEN
from calling import call_of, code, everybody_told, identity
from city import City
from inspection import PICTURES, WIDE
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from infra.embedded.children import openhall
from trading.opening.form import make_form
from web.client import Bidder
from web.demo.people import PASSWORD
from web.i18n import ZONE, Language, catalogue

PASSPHRASE = "湖面无风 八个字"


@dataclass
class Desk:
    """One person at one browser."""

    city: City
    context: BrowserContext
    page: Page

    async def go(self, path: str) -> Page:
        """Open an address of the site."""
        await self.page.goto(self.city.origin + path)
        return self.page

    async def fill(self, **fields: str) -> None:
        """Fill in fields by their ids."""
        for name, text in fields.items():
            await self.page.locator(f"#{name}").fill(text)

    async def press(self, message: str) -> None:
        """Press the first button of the page whose words are this msgid's in Chinese."""
        await self.page.locator("main").locator("button, a.btn").filter(has_text=said(message)).first.click()
        await self.page.wait_for_load_state("load")

    async def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in at the sign-in page."""
        await self.go("/login")
        await self.fill(login=login, password=password)
        await self.page.locator("main button.btn--primary").click()
        await self.page.wait_for_url(lambda url: "/login" not in url)


def said(message: str) -> str:
    """The Chinese words of a msgid."""
    return catalogue(Language.ZH).gettext(message)


class Desks:
    """Every browser of the story; closed together, each leaving a picture of its last page where pictures are kept."""

    def __init__(self, city: City, browser: Browser) -> None:
        self._city, self._browser = city, browser
        self._desks: list[Desk] = []

    async def one(self, login: str | None = None) -> Desk:
        """Somebody at a browser of their own, signed in where a login is given."""
        context = await self._browser.new_context(viewport=WIDE, locale="zh-CN", accept_downloads=True)
        await context.add_init_script(LISTEN)
        desk = Desk(self._city, context, await context.new_page())
        self._desks.append(desk)
        if login is not None:
            await desk.sign_in(login)
        return desk

    async def close(self) -> None:
        """Everybody leaves."""
        for number, desk in enumerate(self._desks):
            if PICTURES is not None and not desk.page.is_closed():
                await desk.page.screenshot(path=PICTURES / f"last-{number}.png", full_page=True)
            await desk.context.close()


async def register(desk: Desk, login: str, password: str, *, name: str, credit_code: str) -> None:
    """Hand in the application of a bidder."""
    page = await desk.go("/register")
    await page.check("#kind_bidder")
    await desk.fill(
        name=name, credit_code=credit_code, region="429900", address="云湖市滨湖路 8 号", legal_representative="陆明远",
        contact_name="秦若川", contact_phone="0000-23456789", licence_name_0="市政公用工程施工总承包贰级",
        licence_number_0="D242000001", licence_valid_until_0="2029-12-31", person_name="秦若川",
        mandate_scope="投标、签名及本平台全部事项", mandate_until="2027-12-31", login=login, password=password,
    )  # fmt: skip
    await page.check("#consent")
    await desk.press("Hand in the application")
    await page.wait_for_url("**/company*")


async def accept_registration(desk: Desk, name: str) -> None:
    """The clerk opens the waiting application and accepts it."""
    await desk.go("/centre/registrations")
    await desk.page.click(f"text={name}")
    await desk.press("Accept")
    await desk.go("/centre/registrations?state=accepted")
    await expect(desk.page.locator("main table")).to_contain_text(name)


def keep(folder: Path, name: str, content: bytes) -> Path:
    """A file on the person's own disk."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


async def submit_project(desk: Desk, code: str, name: str, other: str) -> None:
    """The agent registers a project for a procuring entity."""
    await desk.go("/projects/new")
    await desk.fill(code=code, name=name, other=other, mandate="委托代理协议 2026-31 号")
    await desk.press("Submit to the centre")
    await desk.page.wait_for_url(f"**/projects/{code}")


async def accept_project(desk: Desk, code: str) -> None:
    """The clerk accepts it."""
    await desk.go(f"/centre/projects/{code}")
    await desk.press("Accept the project")


async def add_section(desk: Desk, code: str, title: str, ceiling: str) -> None:
    """The agent adds section 01 with a ceiling in yuan."""
    await desk.go(f"/projects/{code}/sections/new")
    await desk.fill(number="01", title=title, ceiling=ceiling)
    await desk.press("Add the section")
    await desk.page.wait_for_url(f"**/sections/{code}/01/**")


async def freeze_the_document(desk: Desk, section: str, template: str) -> None:
    """A template, a look at the preview, frozen."""
    page = await desk.go(f"/sections/{section}/document")
    await page.click(f'button[value="template:{template}"]')
    await page.wait_for_load_state("load")
    await desk.press("Save and look at it")
    await page.wait_for_url("**/document/preview")
    await desk.press("Freeze the document")


async def ask_for_keys(desk: Desk, section: str, deadline: datetime) -> None:
    """A keyset for this deadline; returns when the three trustees have published it."""
    page = await desk.go(f"/sections/{section}/notice")
    local = deadline.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")
    await page.locator("#deadline").fill(local)
    await page.locator("#sale_ends").fill(local)
    await desk.press("Ask the three trustees")
    await expect(page.locator("#trustees")).to_contain_text(said("Keyset published"), timeout=30_000)


async def publish_the_notice(desk: Desk, section: str, fields: Mapping[str, str]) -> None:
    """Fill in the notice, look at it, publish."""
    page = await desk.go(f"/sections/{section}/notice")
    for name, text in fields.items():
        if await page.locator(f"#{name}").count():
            await page.locator(f"#{name}").fill(text)
    await page.click('button[value="preview"]')
    await page.wait_for_url("**/notice/preview")
    await desk.press("Publish the notice")


async def fill_in_the_bid(desk: Desk, section: str, files: Path, price: str) -> None:
    """Price form, files by slot, sealed with a passphrase, the kit saved and read back, a signing key made."""
    page = await desk.go(f"/sections/{section}/bid")
    await expect(page.locator("#room")).to_be_visible()
    await desk.fill(price=price, duration="300", quality="合格", leader="陆明远")
    for part in ("commercial", "technical"):
        await page.locator(f"#file-{part}").set_input_files(files / f"{part}.pdf")
    await page.locator("#passphrase").fill(PASSPHRASE)
    await page.locator("#passphrase-again").fill(PASSPHRASE)
    await page.locator("#seal-button").click()
    await expect(page.locator("#kit-form")).to_be_visible(timeout=60_000)
    async with page.expect_download() as saved:
        await page.locator("#kit-save").click()
    kit = files / "kit.json"
    await (await saved.value).save_as(kit)
    await page.locator("#kit-file").set_input_files(kit)
    await page.locator("#kit-passphrase").fill(PASSPHRASE)
    await page.locator("#kit-button").click()
    await expect(page.locator("#submit-ready")).to_be_visible(timeout=60_000)
    if await page.locator("#key-missing").is_visible():
        await page.locator("#key-button").click()
    await expect(page.locator("#key-there")).to_be_visible(timeout=30_000)


async def hand_in_the_bid(desk: Desk) -> None:
    """Sign, upload, hand in; the receipt page comes."""
    await desk.page.locator("#submit-button").click()
    await desk.page.wait_for_url("**/receipt", timeout=60_000)


async def die_in_the_upload(desk: Desk, section: str) -> None:
    """Begin to hand in, lose the tab after the first block, and come back in another one."""
    second_block = asyncio.Event()
    blocks = 0

    async def let_one_through(route: Route) -> None:
        nonlocal blocks
        blocks += 1
        if blocks == 1:
            await route.continue_()
        else:
            second_block.set()

    await desk.page.route("**/blocks/*", let_one_through)
    await desk.page.locator("#submit-button").click()
    await asyncio.wait_for(second_block.wait(), 60)
    await desk.page.close()
    desk.page = await desk.context.new_page()
    await desk.go(f"/sections/{section}/bid")
    await expect(desk.page.locator("#submit-ready")).to_be_visible(timeout=30_000)


async def bid_at_the_terminal(city: City, login: str, section: str, price: str) -> None:
    """`openhall seal`, then the bidder's program uploads, hands in and fetches the receipt."""
    files, signer = city.files(login), city.people.signers[login]
    (files / "opening-form.json").write_bytes(make_form(price, "310", "合格", "顾长风"))
    bidder = Bidder(city.origin, signer)
    try:
        await bidder.sign_in(login, PASSWORD)
        (files / "keyset.json").write_bytes(await bidder.keyset(section))
        named = {"commercial": "commercial.pdf", "opening-form": "opening-form.json", "technical": "technical.pdf"}
        parts = [word for part, name in named.items() for word in ("--part", f"{part}={files / name}")]
        command = openhall(
            "seal", "--keyset", str(files / "keyset.json"), "--section", section, "--bidder",
            city.people.body(login).credit_code, *parts, "--out", str(files / "sealed"),
        )  # fmt: skip
        ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        await bidder.receipt(await bidder.bid(section, files / "sealed"), 60)
    finally:
        await bidder.close()


async def ask_for_judges(agent: Desk, clerk: Desk, section: str) -> None:
    """The agent asks for a committee that meets in an hour, the clerk orders the draw, and all are told by message."""
    page = await agent.go(f"/sections/{section}/panel")
    await page.locator("#quota-A08").fill("3")
    await page.locator("#quota-A06").fill("2")
    await page.locator("#alternates").fill("1")
    await page.locator("#evaluation_at").fill((datetime.now(ZONE) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    await page.locator("#place").fill("云湖市公共资源交易中心三楼报到台")
    await agent.press("Ask for the committee")
    await clerk.go(f"/sections/{section}/seats")
    await clerk.page.locator("#order").click()
    for _ in range(240):
        if await everybody_told(agent.city.stack, section):
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("nobody was called")


async def accept_the_call(phone: Desk, section: str, number: int) -> None:
    """The holder of a seat opens the link of the message and says yes."""
    await phone.go(f"/reply#{await code(phone.city.stack, section, number)}")
    await phone.page.locator("#accept").click()
    await phone.page.wait_for_url("**/reply/accepted")


async def check_in(clerk: Desk, section: str, number: int) -> None:
    """At the door: reply code, identity card, commitment."""
    stack = clerk.city.stack
    await clerk.go(f"/sections/{section}/check-in")
    await clerk.fill(
        private_code=await code(stack, section, number),
        private_identity=await identity(stack, await call_of(stack, section, number)),
    )
    await clerk.page.locator("#commitment").check()
    await clerk.page.locator("main .btn--primary.btn--lg").click()
    await clerk.page.wait_for_load_state("load")


async def print_the_slips(clerk: Desk, section: str) -> list[str]:
    """The codes of all five slips, as they are handed out."""
    await clerk.go(f"/sections/{section}/seats")
    await clerk.page.locator("#print").click()
    await expect(clerk.page.locator(".slip-card__code")).to_have_count(5)
    return [text.strip() for text in await clerk.page.locator(".slip-card__code").all_text_contents()]


async def take_the_seat(judge: Desk, slip: str) -> None:
    """The code of the slip, no conflict with anybody, a key made here."""
    page = await judge.go("/judge")
    await page.locator("#slip").fill(slip)
    await judge.press("Go on")
    for one in await page.locator('input[type="radio"][value="no"]').all():
        await one.check()
    await judge.press("Declare and take the seat")
    await expect(page.locator("#room-state")).to_be_visible(timeout=30_000)


async def come_back(judge: Desk, slip: str) -> None:
    """The session is lost; the same code at the same machine leads back to the seat."""
    await judge.context.clear_cookies()
    page = await judge.go("/judge")
    await page.locator("#slip").fill(slip)
    await judge.press("Go on")
    await judge.press("Come back")
    await expect(page.locator("#room-state")).to_be_visible(timeout=30_000)


async def examine(judge: Desk) -> None:
    """Every bid passes every item of the examination; signed and locked."""
    page = await judge.go("/judge/examination")
    for number in range(await page.locator(".bench__bids li").count()):
        await page.locator(".bench__bids a").nth(number).click()
        await page.locator(".exam__all summary").click()
        await page.check("#one_time_sure")
        await page.locator("[name=one_time_all]").click()
        await page.wait_for_load_state("load")
    await judge.go("/judge/examination/lock")
    await judge.press("Sign and lock my examination")
    await expect(page.locator("form[data-sign=examination]")).to_have_count(0, timeout=30_000)


async def until_marking_is_open(judge: Desk) -> None:
    """The majority's result is settled once every lock stands in the co-signed log."""
    for _ in range(120):
        page = await judge.go("/judge/marks")
        if await page.locator("input.mark").count():
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("the examination was not settled")


async def mark(judge: Desk, marks: list[str]) -> None:
    """Every item of every bid, half a point less from bid to bid, the first with a reason; returns when all is saved."""
    page = await judge.go("/judge/marks")
    sheets = page.locator("section[data-bid]")
    for number in range(await sheets.count()):
        await page.locator(f'a[href="#bid-{number + 1}"]').click()
        fields = sheets.nth(number).locator("input.mark")
        for place in range(await fields.count()):
            await fields.nth(place).fill(f"{Decimal(marks[place]) - Decimal(number) / 2:f}")
            if not place:
                await page.locator(".more textarea").fill("重点难点有具体措施，步骤完整")
                await fields.nth(place).focus()
            await fields.nth(place).press("Enter")
    await expect(page.locator("#saved[data-state=saved]")).to_be_visible(timeout=30_000)


async def lock(judge: Desk) -> None:
    """Sign and lock."""
    await judge.go("/judge/lock")
    await judge.press("Sign and lock my marks")
    await expect(judge.page.locator("main")).to_contain_text(said("Your marks are locked"), timeout=30_000)


async def sign_the_report(judge: Desk) -> None:
    """Sign the report once it is there."""
    for _ in range(120):
        await judge.go("/judge/report")
        if await judge.page.locator("form[data-sign=report]").count():
            break
        await asyncio.sleep(0.5)
    await judge.press("Sign the report")


async def verified(desk: Desk, *files: Path) -> str:
    """The verdict of the Verify page on these files, judged by the platform's published policy."""
    page = await desk.go("/verify")
    await page.locator("#files").set_input_files([str(file) for file in files])
    outcome = page.locator("#verify-outcome")
    await expect(outcome.locator("h2").first).to_be_visible(timeout=120_000)
    return (await outcome.text_content()) or ""


async def take_the_receipt(desk: Desk, folder: Path) -> Path:
    """The receipt's file from the receipt page."""
    async with desk.page.expect_download() as taken:
        await desk.page.locator('a[href$="receipt.json"]').first.click()
    path = folder / "receipt.json"
    await (await taken.value).save_as(path)
    return path


async def take_the_evidence(desk: Desk, section: str, folder: Path) -> Path:
    """`evidence.zip` from the section's page, once it is sealed."""
    for _ in range(120):
        answer = await desk.context.request.get(f"{desk.city.origin}/sections/{section}/evidence.zip")
        if answer.ok:
            return keep(folder, "evidence.zip", await answer.body())
        await asyncio.sleep(0.5)
    raise AssertionError("no evidence came")
