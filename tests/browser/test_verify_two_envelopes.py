"""Two envelopes joined with labels, estimate and late keys on the Verify page: judged as by the command."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Site
from browser_hall import opened
from judging import enter_experts
from playwright.async_api import Browser
from scenes import a_hall
from two_rounds import Rounds, all_lock, finish, sealed_and_opened
from verify_cases import checked, evidence_case, forged, refused, told

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.archive.bundle import unpack
from trading.sections.states import SectionState

sys.path.insert(0, str(Path(__file__).parents[1] / "archive"))

from forged_late_seconds import LATE_SECONDS, late_second, never_second

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rounds(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Rounds]:
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        await enter_experts(hall)
        found = await sealed_and_opened(hall, blind=("technical",))
        hall.absent.add("supervisor")
        await all_lock(found)
        await hall.reach(found.section, SectionState.MARKED)
        hall.absent.clear()
        await finish(found)
        yield found


async def test_a_blind_part_and_an_estimate_in_two_envelopes_hold_as_by_the_command(
    browser: Browser, hall: Site, rounds: Rounds
) -> None:
    page = await opened(browser, hall)
    await page.goto(hall.origin + "/verify")
    data = rounds.evidence
    [found] = await checked(page, [evidence_case(data, unpack(data)["policy.txt"])])
    assert (found["verdict"], found["problem"]) == ("holds", None)
    steps = [step["name"] for step in found["steps"]]
    assert steps == told(data, rounds.policy)[0] and {"blind", "second", "reserve"} <= set(steps)
    await page.context.close()


async def test_second_keys_that_came_too_late_are_judged_as_by_the_command(browser: Browser, hall: Site) -> None:
    page = await opened(browser, hall)
    await page.goto(hall.origin + "/verify")
    files = [late_second().evidence(), never_second().evidence()]
    results = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in results] == ["holds", "holds"]
    assert [[step["name"] for step in one["steps"]] for one in results] == [told(data)[0] for data in files]
    cases = list(forged(LATE_SECONDS, late_second))
    found = await refused(page, [data for _, _, data in cases])
    assert dict(zip([name for name, _, _ in cases], found, strict=True)) == {name: code for name, code, _ in cases}
    await page.context.close()
