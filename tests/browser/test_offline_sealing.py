"""The offline sealing page: opened from disk, without a network, it seals what Python opens and the bid room takes over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import PASSPHRASE, PRICE, City, a_turning_city, enrol, hand_in
from playwright.async_api import Browser, Page, expect
from scenes import FAR
from sealing_stage import Custody
from stdnum.cn import uscc
from two_envelopes import a_two_envelope_tender, second_keyset

from infra.crypto.manifest import parse_manifest
from infra.crypto.seal import open_bytes
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_kit import read_kit
from infra.crypto.seal_suite import SM2, X25519
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.envelopes import listed
from trading.bidding.tables import Bid
from trading.opening.form import read_form, read_price
from web.bidder.offline import offline_page
from web.client import manifests_of
from web.commands.rehearsing import require_own
from web.i18n import Language

pytestmark = pytest.mark.browser

STEM = "91420500MA4900002"
CODE_OF = STEM + uscc.calc_check_digit(STEM)
COMMERCIAL, TECHNICAL = b"%PDF-1.7 offline " * 700, b"%PDF-1.7 technical offline " * 90_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 1) as found:
        yield found


async def sealed(page: Page, folder: Path, keyset: bytes, code: str, second: bytes | None = None) -> Path:
    """Everything the page makes from typed fields and two files, saved into a folder; `second` is the price's keyset."""
    out = folder / "sealed"
    out.mkdir()
    for name, content in (("keyset.json", keyset), ("c.pdf", COMMERCIAL), ("t.pdf", TECHNICAL)):
        (folder / name).write_bytes(content)
    await page.set_input_files("#keyset", folder / "keyset.json")
    if second is not None:
        (folder / "second-keyset.json").write_bytes(second)
        await page.set_input_files("#second-keyset", folder / "second-keyset.json")
    for name, text in (
        ("code", code),
        ("price", PRICE),
        ("duration", "300"),
        ("quality", "合格"),
        ("leader", "温如海"),
    ):
        await page.fill(f"#{name}", text)
    await page.set_input_files("#file-commercial", folder / "c.pdf")
    await page.set_input_files("#file-technical", folder / "t.pdf")
    await page.fill("#passphrase", PASSPHRASE)
    await page.fill("#passphrase-again", PASSPHRASE)
    await page.click("#offline-form button:not([type])")
    await page.wait_for_selector("#made:not([hidden]), .errsum", timeout=60_000)
    for link in await page.locator("#made-list a").all():
        async with page.expect_download() as download:
            await link.click()
        await (await download.value).save_as(out / (await link.inner_text()))
    return out


@pytest.mark.soak
async def test_a_bid_sealed_from_disk_without_a_network_is_handed_in_in_the_bid_room(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    [section] = city.sections
    code = city.hall.bodies["bidder1"].credit_code
    (tmp_path / "seal-offline.html").write_bytes(offline_page(Language.EN).body)
    context = await browser.new_context(offline=True, accept_downloads=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = await context.new_page()
    troubles: list[str] = []
    page.on("console", lambda told: troubles.append(told.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    await page.goto((tmp_path / "seal-offline.html").as_uri())
    out = await sealed(page, tmp_path, (await city.hall.keyset(section)).encode(), code)
    assert troubles == []
    await expect(page.locator("#keyset-told")).to_contain_text(f"Section {section}")
    await page.set_input_files("#kit-file", out / "kit.json")
    await page.fill("#kit-passphrase", "another")
    await page.click("#kit-form button")
    await expect(page.locator(".errsum")).to_contain_text(
        "The bid kit's passphrase is missing or wrong", timeout=60_000
    )
    await page.fill("#kit-passphrase", PASSPHRASE)
    await page.click("#kit-form button")
    await expect(page.locator("#kit-line")).to_have_text("completed", timeout=60_000)
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    await context.close()

    manifest = parse_manifest((out / "manifest.json").read_bytes())
    assert read_kit((out / "kit.json").read_bytes(), PASSPHRASE.encode()).manifest == manifest.digest
    assert [one.part for one in manifest.parts] == ["commercial", "opening-form", "technical"]

    context = await city.desk(browser, "bidder1")
    page = await city.room(context, section)
    await page.click("#elsewhere summary")
    files = [out / f"{one.part}.sealed" for one in manifest.parts]
    await page.set_input_files("#elsewhere-files", files)
    await page.click("#elsewhere-button")
    await expect(page.locator(".errsum")).to_contain_text("There is no manifest.json among the chosen files")
    await page.set_input_files("#elsewhere-files", [*files, out / "manifest.json"])
    await page.click("#elsewhere-button")
    await page.wait_for_selector("#kit-form:not([hidden])")
    await expect(page.locator("#kit-save")).to_be_hidden()
    await page.reload()
    await page.wait_for_selector("#room[data-ready]")
    await page.set_input_files("#kit-file", out / "kit.json")
    await page.fill("#kit-passphrase", PASSPHRASE)
    await page.click("#kit-button")
    await page.wait_for_selector("#submit-ready:not([hidden])")
    await enrol(page)
    await expect(page.locator("#submit-consequence")).to_contain_text("You hand in the sealed bid for section")
    await hand_in(page)
    assert await page.evaluate("window.violations") == []
    await context.close()


@pytest.mark.soak
async def test_both_envelopes_sealed_offline_are_handed_in_together_in_the_bid_room(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    section = await a_two_envelope_tender(city.hall, FAR)
    (tmp_path / "seal-offline.html").write_bytes(offline_page(Language.ZH).body)
    context = await browser.new_context(offline=True, accept_downloads=True)
    page = await context.new_page()
    await page.goto((tmp_path / "seal-offline.html").as_uri())
    keysets = ((await city.hall.keyset(section)).encode(), (await second_keyset(city.hall, section)).encode())
    out = await sealed(page, tmp_path, keysets[0], city.hall.bodies["bidder1"].credit_code, keysets[1])
    await context.close()

    context = await city.desk(browser, "bidder1")
    page = await city.room(context, section)
    await page.click("#elsewhere summary")
    assert await page.locator("#elsewhere a[download='second-keyset.json']").count() == 1
    files = [out / f"{one.part}.sealed" for manifest in manifests_of(out) for one in manifest.parts]
    manifests = [out / "manifest.json", out / "second-manifest.json"]
    await page.set_input_files("#elsewhere-files", [*files, *manifests])
    await page.click("#elsewhere-button")
    await page.wait_for_selector("#kit-form:not([hidden])")
    await page.set_input_files("#kit-file", out / "kit.json")
    await page.fill("#kit-passphrase", PASSPHRASE)
    await page.click("#kit-button")
    await page.wait_for_selector("#submit-ready:not([hidden])")
    await enrol(page)
    bid = await hand_in(page)
    async with city.hall.database.reading() as session:
        row = await session.get_one(Bid, bid)
    assert row.second_manifest == manifests[1].read_text("utf-8")
    assert await page.evaluate("window.violations") == []
    await context.close()


async def test_the_page_seals_the_price_of_two_envelopes_to_its_own_keyset_and_nowhere_else(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "seal-offline.html").write_bytes(offline_page(Language.ZH).body)
    context = await browser.new_context(offline=True, accept_downloads=True)
    page = await context.new_page()
    await page.goto((tmp_path / "seal-offline.html").as_uri())
    first, second = Custody(), Custody(round_="2", event="technical.locked")
    (tmp_path / "wrong.json").write_bytes(first.keyset.encode())
    await page.check("#factor")
    await page.set_input_files("#second-keyset", tmp_path / "wrong.json")
    await sealed(page, tmp_path, first.keyset.encode(), CODE_OF)
    await expect(page.locator(".errsum")).to_be_visible()
    assert await page.locator("#made-list a").count() == 0
    (tmp_path / "sealed").rmdir()
    out = await sealed(page, tmp_path, first.keyset.encode(), CODE_OF, second.keyset.encode())
    await context.close()
    manifests = manifests_of(out)
    assert [[one.part for one in manifest.parts] for manifest in manifests] == [
        ["commercial", "opening-form", "technical"],
        ["price"],
    ]
    kit = read_kit((out / "kit.json").read_bytes(), PASSPHRASE.encode())
    form, price = (out / "opening-form.sealed").read_bytes(), (out / "price.sealed").read_bytes()
    assert "price" not in read_form(open_bytes(form, first.keys(1, 3), kit.factor, first.keyset), first=True)
    assert read_price(open_bytes(price, second.keys(1, 2), kit.factor, second.keyset))["price"] == PRICE
    for keys, factor, code in ((first.keys(1, 3), kit.factor, "seal.wrap"), (second.keys(1, 3), None, "seal.bidder")):
        with pytest.raises(Problem) as told:
            open_bytes(price, keys, factor)
        assert told.value.code == code
    headers = [parse_header((out / f"{one.part}.sealed").read_bytes()) for one in listed(*manifests)]
    require_own(kit, manifests[0], headers, [one.part for one in listed(*manifests)])


@pytest.mark.soak
@pytest.mark.parametrize(("suite", "factor"), [(X25519, True), (SM2, False)])
async def test_what_the_page_seals_opens_in_python_and_nowhere_without_the_factor(
    browser: Browser, tmp_path: Path, suite: str, factor: bool
) -> None:
    (tmp_path / "seal-offline.html").write_bytes(offline_page(Language.ZH).body)
    context = await browser.new_context(offline=True, accept_downloads=True)
    page = await context.new_page()
    await page.goto((tmp_path / "seal-offline.html").as_uri())
    if factor:
        await page.check("#factor")
    custody = Custody(suite=suite)
    out = await sealed(page, tmp_path, custody.keyset.encode(), CODE_OF)
    await context.close()
    kit = read_kit((out / "kit.json").read_bytes(), PASSPHRASE.encode())
    assert (kit.factor is not None) == factor
    for part, content in (("commercial", COMMERCIAL), ("technical", TECHNICAL)):
        container = (out / f"{part}.sealed").read_bytes()
        assert open_bytes(container, custody.keys(1, 3), kit.factor, custody.keyset) == content
        if factor:
            with pytest.raises(Problem) as told:
                open_bytes(container, custody.keys(1, 3), None, custody.keyset)
            assert told.value.code == "seal.bidder"
