"""Time tokens on the Verify page: what belongs to the evidence is told, every forgery is refused as by the command."""

from dataclasses import replace

import pytest
from browser_hall import Hall
from playwright.async_api import Browser
from test_verify_checks import differing, on_page
from verify_cases import checked, evidence_case, forged

from infra.auth.time_stamps import read_anchors
from infra.tlog.policy import format_policy

# isort: split
from evidence_scenes import the_policy
from forged_times import NAME, TIMES, stamped_scene, stamper

pytestmark = pytest.mark.browser


async def test_tokens_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(stamped_scene().evidence())])
    facts = {step["name"]: step["facts"] for step in good["steps"]}
    assert good["verdict"] == "holds" and facts["times"] == {"tokens": 2}
    named = replace(the_policy(), timestamps={NAME: read_anchors(stamper().folder)["ca"]})
    [also] = await checked(page, [evidence_case(stamped_scene().evidence(), format_policy(named).encode())])
    assert also["verdict"] == "holds"
    assert await differing(page, list(forged(TIMES, stamped_scene))) == []
    await page.context.close()
