"""A file of 2 GiB sealed in the browser, with its sealed copy on disk, in flat memory (ux.md, screen 22)."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from browser_hall import ARGUMENTS, chromium
from playwright.async_api import Browser
from sealing_stage import CODE, Custody, a_tab, bidder_salt, engine_served, told
from test_sealing_worker import START

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SIZE = int(os.environ.get("OPENHALL_SEAL_BYTES", 2 << 30))
BOUND = 256 << 20
PICK = "document.body.append(Object.assign(document.createElement('input'), { type: 'file' }))"
SEAL = """
async () => {
  const source = document.querySelector("input").files[0];
  const sealed = await w.ask("seal", asked(source));
  return { size: sealed.size, blocks: sealed.leaves.length, stored: sealed.stored };
}
"""


def family(root: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield root
    with suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def memory(root: int) -> int:
    """Bytes of their own that the browser's processes hold."""
    held = 0
    for process in family(root):
        with suppress(OSError):
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
            held += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
    return held


def started_with(folder: Path) -> int:
    """The browser that this test started for its own profile."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (place / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={folder}".encode() in words and not any(w.startswith(b"--type=") for w in words):
                return int(place.name)
    raise AssertionError("the browser is not there")


async def test_requirement_04_two_gib_are_sealed_in_flat_memory(browser: Browser, tmp_path: Path) -> None:
    with (tmp_path / "large.bin").open("wb") as file:
        for number in range(SIZE >> 28):
            file.seek(number << 28)
            file.write(os.urandom(1 << 16))
        file.truncate(SIZE)
    profile = tmp_path / "profile"
    context = await browser.browser_type.launch_persistent_context(
        str(profile), executable_path=chromium(), args=ARGUMENTS
    )
    with engine_served() as origin:
        page = await a_tab(context, origin + "/")
        given = {"keyset": Custody().keyset.encode(), "salt": bidder_salt(), "code": CODE}
        await page.evaluate(START, told(given))
        await page.evaluate("async () => w.ask('seal', asked(large(64 << 20), { part: 'warm' }))")
        await page.evaluate(PICK)
        await page.set_input_files("input", tmp_path / "large.bin")
        root = started_with(profile)
        before, most, begun = memory(root), 0, time.perf_counter()
        sealing: asyncio.Task[dict[str, Any]] = asyncio.create_task(page.evaluate(SEAL))
        while not sealing.done():
            most = max(most, memory(root))
            await asyncio.sleep(0.2)
        found, seconds = await sealing, time.perf_counter() - begun
        await context.close()
    grown = most - before
    print(f"\nsealed {SIZE / 1e6:.0f} MB in {seconds:.0f} s; memory grown by at most {grown / 1e6:.0f} MB")
    assert found["stored"] and found["blocks"] == -(-found["size"] // (8 << 20)) and found["size"] > SIZE
    assert grown < BOUND
