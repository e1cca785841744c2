"""What was sealed elsewhere is looked through in the bid room before a byte is sent: every refusal, with its code."""

import pytest
from playwright.async_api import Browser
from sealing_stage import CODE, Custody, a_bid, a_manifest, an_engine, engine_served, told

pytestmark = pytest.mark.browser

TRY = """
async (told) => {
  const keyset = await m.keyset.parseKeyset(un(told.keyset));
  const files = { "manifest.json": un(told.manifest), "technical.sealed": un(told.container) };
  const given = { parts: ["technical"], creditCode: told.code, factor: false };
  const tried = (more, changed = {}, names = Object.keys(files)) => code(() => {
    const chosen = names.map((name) => new File([{ ...files, ...changed }[name]], name));
    return m.adopting.readSealed(chosen, [keyset], { ...given, ...more });
  });
  const longer = new Uint8Array([...files["technical.sealed"], 0]);
  return {
    sound: await tried({}),
    "no manifest": await tried({}, {}, ["technical.sealed"]),
    "no container": await tried({}, {}, ["manifest.json"]),
    "other parts": await tried({ parts: ["commercial", "technical"] }),
    "another bidder's": await tried({ creditCode: "91420500MA4900002X" }),
    "a factor is asked for": await tried({ factor: true }),
    "too long": await tried({}, { "technical.sealed": longer }),
    "too short": await tried({}, { "technical.sealed": files["technical.sealed"].slice(0, -1) }),
    "unsealed": await tried({}, { "technical.sealed": new Uint8Array(900) }),
    "no manifest inside": await tried({}, { "manifest.json": new Uint8Array(3) }),
  };
}
"""


async def test_what_is_not_this_bid_sealed_for_this_section_is_refused_before_it_is_sent(browser: Browser) -> None:
    container, sealed = a_bid()
    given = {"keyset": Custody().keyset.encode(), "manifest": a_manifest(sealed).encode(), "container": container}
    with engine_served() as origin:
        async with an_engine(browser, origin) as page:
            found = await page.evaluate(TRY, {**told(given), "code": CODE})
    assert found == {
        "sound": "nothing",
        "no manifest": "plan.no-manifest",
        "no container": "plan.missing",
        "other parts": "plan.other-parts",
        "another bidder's": "seal.bidder",
        "a factor is asked for": "seal.bidder",
        "too long": "seal.extended",
        "too short": "seal.truncated",
        "unsealed": "seal.version",
        "no manifest inside": "seal.manifest",
    }
