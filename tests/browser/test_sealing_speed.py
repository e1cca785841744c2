"""How fast this browser seals, against the browser's own encryption alone; printed, for a machine's speed is no test's."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import pytest
from browser_hall import ARGUMENTS, chromium
from playwright.async_api import Browser
from sealing_stage import CODE, LARGE, Custody, a_tab, bidder_salt, engine_served, told
from test_sealing_two_gib import PICK
from test_sealing_worker import START

from infra.crypto.seal_suite import SM2, X25519

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SIZE, TURNS = 512 << 20, 3
SMALL = 16 << 20
"""Of the suite whose cipher browsers do not have."""
ALONE = b"""
self.onmessage = async ({ data: size }) => {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const batch = new Uint8Array(1 << 20);
  const chunk = (at) => batch.subarray(at << 14, (at + 1) << 14);
  const one = (_, at) => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, chunk(at));
  const begun = performance.now();
  for (let at = 0; at < size; at += batch.length) await Promise.all(Array.from({ length: 64 }, one));
  self.postMessage(size / 1000 / (performance.now() - begun));
};
"""
READY = """
() => {
  const alone = new Worker("/large/alone.js", { type: "module" });
  window.encrypted = (size) => new Promise((resolve) => {
    alone.onmessage = ({ data }) => resolve(data);
    alone.postMessage(size);
  });
  window.sealed = async (size, plan) => {
    const source = document.querySelector("input").files[0].slice(0, size);
    const begun = performance.now();
    await w.ask("seal", asked(source, { plan }));
    return size / 1000 / (performance.now() - begun);
  };
}
"""


def line(name: str, rates: list[float], alone: list[float]) -> str:
    """Median rate and ratio, and the best ratio, of turns that were taken by turns."""
    ratios = [rate / other for rate, other in zip(rates, alone, strict=True)]
    return f"{name}: {median(rates):.0f} MB/s, {median(ratios):.2f} of encryption alone (best {max(ratios):.2f})"


@pytest.mark.parametrize(("suite", "size"), [(X25519, SIZE), (SM2, SMALL)])
async def test_the_speed_of_sealing_is_told(browser: Browser, tmp_path: Path, suite: str, size: int) -> None:
    (tmp_path / "file.bin").write_bytes(os.urandom(1 << 20) * (size >> 20))
    LARGE["/large/alone.js"] = ALONE
    custody = Custody(suite=suite)
    context = await browser.browser_type.launch_persistent_context(
        str(tmp_path / "profile"), executable_path=chromium(), args=ARGUMENTS
    )
    with engine_served() as origin:
        page = await a_tab(context, f"{origin}/")
        await page.evaluate(START, told({"keyset": custody.keyset.encode(), "salt": bidder_salt(), "code": CODE}))
        await page.evaluate(PICK)
        await page.set_input_files("input", tmp_path / "file.bin")
        await page.evaluate(READY)
        ways: dict[str, Callable[[], Awaitable[float]]] = {
            "encryption alone": lambda: page.evaluate("encrypted", size),
            "sealed, no copy": lambda: page.evaluate("(size) => sealed(size, null)", size),
            "sealed, with its copy": lambda: page.evaluate("(size) => sealed(size, 'speed')", size),
        }
        await page.evaluate("() => Promise.all([encrypted(1 << 20), sealed(1 << 20, null)])")
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, way in ways.items():
                rates[name].append(await way())
        await context.close()
    alone = rates["encryption alone"]
    print(f"\n{custody.keyset.suite}, {size >> 20} MiB, load {os.getloadavg()[0]:.1f}")
    for name, found in rates.items():
        print(line(name, found, alone))
    assert all(rate > 0 for found in rates.values() for rate in found)
