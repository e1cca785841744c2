"""Consortia are read alike by Python, by the engine that seals them and by the checks of evidence."""

import sys
from pathlib import Path

import pytest
from playwright.async_api import Browser
from sealing_stage import an_engine, engine_served

sys.path.append(str(Path(__file__).resolve().parents[1] / "spec"))

from test_consortium import FAULTS, JOINT, changed

pytestmark = [pytest.mark.browser, pytest.mark.soak]

BOTH = """
async (all) => {
  const { requireConsortium } = await import("/static/t/js/verify/consortium.js");
  const fault = (joint) => { try { requireConsortium(joint); return null; } catch (error) { return error.facts.field; } };
  return all.map(fault);
}
"""
SEAL = "(all) => all.map((one) => m.consortium.consortiumFault(one))"


async def test_every_faulty_consortium_is_refused_with_the_same_field_in_the_browser(browser: Browser) -> None:
    cases = [dict(JOINT), *(changed(place, value) for _, place, value in FAULTS)]
    fields = [None, *(field for field, _, _ in FAULTS)]
    with engine_served() as origin:
        async with an_engine(browser, origin) as page:
            assert await page.evaluate(BOTH, cases) == fields
            # What is typed comes as texts in their places; only their content can be wrong.
            texts = [at for at, (_, place, value) in enumerate(FAULTS, 1) if isinstance(value, str) and place != "more"]
            typed = [cases[at] for at in [0, *texts]]
            assert await page.evaluate(SEAL, typed) == [fields[at] for at in [0, *texts]]
