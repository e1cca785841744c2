"""The Verify page judges labels of blind parts, and reserve prices, as the command line does."""

import pytest
from browser_hall import Hall
from playwright.async_api import Browser
from test_verify_checks import differing, on_page
from verify_cases import checked, evidence_case, forged, told

# isort: split
from forged_blind import BLIND, blind
from forged_reserves import RESERVES, reserved, unopened

pytestmark = [pytest.mark.browser, pytest.mark.soak]


async def test_labels_of_blind_parts_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(blind().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(blind().evidence())[0])
    assert await differing(page, list(forged(BLIND, blind))) == []
    await page.context.close()


async def test_reserve_prices_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    files = [reserved().evidence(), unopened().evidence()]
    results = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in results] == ["holds", "holds"]
    assert [[step["name"] for step in one["steps"]] for one in results] == [told(data)[0] for data in files]
    assert await differing(page, list(forged(RESERVES, reserved))) == []
    await page.context.close()
