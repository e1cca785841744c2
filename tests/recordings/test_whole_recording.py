"""A whole evaluation recorded by two cameras and a browser, with an outage and a crash; watched, handed out, verified."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import test_recording_verified as tampering
from envelopes import submitted
from judging import Panel, a_panel, enter_experts
from playwright.async_api import Browser, Page, async_playwright
from reasons import explained
from recording_scene import Cameras, Room, until
from scenes import Hall, a_hall

from infra.crypto.sign import ed25519_public, sign_ed25519
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import read
from infra.objects import Objects
from trading.evaluation.saving import save_mark
from trading.recordings import ledger
from trading.recordings.actions import open_recording, stop_recording
from trading.recordings.cameras import enter_camera
from trading.recordings.discs import VERIFIER, Shown, lay_out, lay_out_stream, read_iso
from trading.recordings.queries import streams_of, unexplained
from trading.recordings.tables import Recording, RecordingKind, RecordingState
from trading.sections.states import SectionState
from trading.venues.actions import enter_room
from trading.venues.tables import RoomKind
from web.security import session_cookie_name
from web.server import serve, take_port

FAKES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PLAIN = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
LISTEN = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));"""
OUTAGE = 14.0
BRIGHT = """async (video) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 18 });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 32, 18);
  return Math.max(...pen.getImageData(0, 0, 32, 18).data.filter((_, at) => at % 4 < 3));
}"""
pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(420)]


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass
class Site:
    """A hall with one opened section behind the platform's own server, and a Chromium with false devices."""

    hall: Hall
    origin: str
    section: str
    browser: Browser
    recording: str = ""

    async def page(self, login: str, path: str, width: int = 1440) -> Page:
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", accept_downloads=True
        )
        await context.add_init_script(LISTEN)
        cookie = {"name": session_cookie_name(False), "value": await self.hall._token(login), "url": self.origin}
        await context.add_cookies([{**cookie, "httpOnly": True}])  # type: ignore[list-item]
        page = await context.new_page()
        await page.goto(self.origin + path)
        return page


@asynccontextmanager
async def a_site(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        await enter_experts(hall)
        section = await hall.a_tender(3)
        for number in range(1, 4):
            await submitted(hall, section, f"bidder{number}")
        deadline = (await hall.section(section)).deadline
        assert deadline is not None
        await hall.wait_until(deadline)
        await hall.reach(section, SectionState.OPENED)
        with take_port("127.0.0.1", 0) as place:
            origin = f"http://127.0.0.1:{place.getsockname()[1]}"
            ready = asyncio.Event()
            stack = replace(hall.stack, settings=replace(hall.stack.settings, origin=origin))
            serving = asyncio.create_task(serve(stack, place, ready=ready.set))
            await ready.wait()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium(), args=[*PLAIN, *FAKES])
                try:
                    yield Site(hall, origin, section, browser)
                finally:
                    await browser.close()
            serving.cancel()
            await asyncio.wait([serving])


@asynccontextmanager
async def turning_wheels(hall: Hall) -> AsyncIterator[None]:
    async def turn() -> None:
        while True:
            await hall.step()
            await asyncio.sleep(0.1)

    wheels = asyncio.create_task(turn())
    try:
        yield
    finally:
        wheels.cancel()
        with suppress(asyncio.CancelledError):
            await wheels


async def begun(site: Site, *urls: str) -> None:
    """A room with these cameras, and a recording of the section in it."""
    hall = site.hall
    async with hall.database.work(hall.actor("centre")) as work:
        room = await enter_room(work, "评标一室", RoomKind.EVALUATION, 9, region=work.ctx.actor.region)
        for label, url in zip(("东北角", "西南角"), urls, strict=True):
            await enter_camera(work, hall.keys.service, room.id, label, url)
    async with hall.database.work(hall.actor("centre")) as work:
        made = await open_recording(work, hall.keys.service, site.section, room.id, RecordingKind.EVALUATION)
    site.recording = made.id


async def record_in_the_browser(site: Site, page: Page | None = None) -> Page:
    page = page or await site.page("centre", f"/recorder/{site.recording}")
    await page.click("#choose")
    await page.wait_for_selector("#preview:visible")
    await page.click("#record:enabled")
    await page.wait_for_selector("#recorder[data-now=recording]")
    return page


async def mark(site: Site, panel: Panel, number: int) -> None:
    """A judge gives every mark, and locks."""
    sheet = await panel.sheet()
    for bid, items in sheet.items():
        for item, value in items.items():
            await save_mark(site.hall.database, site.hall.keys.service, panel.actor(number), bid, item, value, 0)
    await panel.lock(number, sheet)


async def whole_evaluation(site: Site, second: Cameras) -> Page:
    """Judges sign in, mark and lock; meanwhile one camera fails for a while, and the recorder's tab dies."""
    panel = await a_panel(site.hall, site.section)
    for number in range(1, 6):
        await panel.sign_in(number)
    await mark(site, panel, 1)
    await mark(site, panel, 2)
    page = await record_in_the_browser(site)
    await asyncio.sleep(5)
    second.off()
    began = time.monotonic()
    await asyncio.sleep(4)
    await mark(site, panel, 3)
    async with await site.hall.client("supervisor") as client:
        answer = await client.get(f"/recordings/{site.recording}/watch", params={"why": "现场监督"})
        assert answer.status_code == 200 and "评委1" in answer.text and "暂存打分" not in answer.text, (
            "marks are not public yet"
        )
    async with await site.hall.client("centre") as client:
        assert (await client.get(f"/recordings/{site.recording}/watch", params={"why": "看看"})).status_code == 403
    dying = await page.context.new_cdp_session(page)
    with suppress(Exception):
        await asyncio.wait_for(dying.send("Page.crash"), 2)
    again = await page.context.new_page()
    await page.close()
    await again.goto(f"{site.origin}/recorder/{site.recording}")
    await record_in_the_browser(site, again)
    await asyncio.sleep(max(0.0, OUTAGE - (time.monotonic() - began)))
    second.on()
    await asyncio.sleep(6)
    for number in (4, 5):
        await mark(site, panel, number)
    async with turning_wheels(site.hall):
        while not await site.hall.in_state(site.section, SectionState.MARKED):
            await asyncio.sleep(0.1)
    for number in range(1, 6):
        await panel.sign(number)
    await again.click("#stop")
    await again.wait_for_selector("#recorder[data-now=idle]")
    await again.wait_for_selector("#recorder[data-waiting='0']", timeout=30_000)
    return again


async def closed(site: Site) -> None:
    """The centre stops it and says why the gaps; the recorder closes it when everything is stored."""
    hall, centre = site.hall, site.hall.actor("centre")
    async with hall.database.work(centre) as work:
        await stop_recording(work, site.recording)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        async with hall.database.reading() as session:
            found = await session.get_one(Recording, site.recording)
            gaps = await unexplained(session, found)
        if found.state == RecordingState.CLOSED:
            return
        for stream, gap in gaps:
            await explained(hall, "centre", site.recording, stream, gap.seq, "西南角摄像机断电，已更换电源")
        await asyncio.sleep(0.5)
    raise TimeoutError("the recording was not closed")


async def state_of(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(
        """() => ({ moment: Number(document.getElementById("watch").dataset.moment),
        tiles: [...document.querySelectorAll(".watch__tile")].map((one) => ({
          stream: one.dataset.stream, state: one.dataset.state,
          words: one.querySelector(".watch__gap").hidden ? "" : one.querySelector(".watch__gap").textContent,
          at: one.querySelector("video").currentTime, shown: one.querySelector("video").readyState })) })"""
    )
    return found


async def go(page: Page, moment: int) -> None:
    await page.evaluate(
        """(moment) => { const seek = document.getElementById("seek");
        seek.value = moment; seek.dispatchEvent(new Event("input")); }""",
        moment,
    )


@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
async def test_a_whole_evaluation_is_recorded_watched_handed_out_and_every_tampering_named(
    postgres: EmbeddedPostgres, template: str, objects: Objects, films: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first, second = Cameras(films), Cameras(films)
    first.on()
    second.on()
    try:
        async with a_site(postgres, template, objects) as site:
            await begun(site, first.url(), second.url("b.mp4"))
            room = Room(site.hall, tmp_path, site.recording)
            recorder, stop = room.recorder(), asyncio.Event()
            running = asyncio.create_task(recorder.run(stop))
            await until(lambda: len(recorder.held) == 2 and all(one.stored >= 2 for one in recorder.held.values()))
            await whole_evaluation(site, second)
            await closed(site)
            stop.set()
            await running
            page = await watched(site, tmp_path)
            await page.context.close()
            disc, told = await handed_out(site, tmp_path)
            verified(disc, told, tmp_path, monkeypatch)
    finally:
        first.off()
        second.off()


async def watched(site: Site, folder: Path) -> Page:
    """The supervising body plays over the gap without a stall, and goes from a mark to the picture."""
    page = await site.page("supervisor", f"/recordings/{site.recording}")
    await page.fill("#why", "投诉核查 2026-17")
    await page.click("form[action$='/watch'] button")
    await page.wait_for_selector("#watch[data-ready=yes]", timeout=30_000)
    told = json.loads(
        await page.evaluate("fetch(location.pathname.replace(/watch$/, 'timeline.json')).then((one) => one.text())")
    )
    away = next(one for one in told["sources"] if one["label"] == "西南角")
    here = next(one for one in told["sources"] if one["label"] == "东北角")
    gap = next(one for one in away["gaps"] if one["until"] and one["until"] - one["since"] > 10_000)
    assert gap["words"] == "西南角摄像机断电，已更换电源"
    await go(page, gap["since"] - 3000)
    await page.wait_for_selector("#watch[data-ready=yes]")
    await page.click("#play")
    began, samples = time.monotonic(), []
    length = (gap["until"] - gap["since"]) / 1000 + 7
    while time.monotonic() - began < length:
        samples.append((time.monotonic() - began, await state_of(page)))
        await asyncio.sleep(0.25)
        if len(samples) == 20:
            await page.screenshot(path=folder / "watch-gap-1440.png", full_page=True)
    await page.click("#play")
    steady(samples, gap, away["stream"], here["stream"])
    await from_a_mark(page, site)
    await page.screenshot(path=folder / "watch-mark-1440.png", full_page=True)
    assert await page.evaluate("window.violations") == []
    await page.set_viewport_size({"width": 390, "height": 900})
    await page.screenshot(path=folder / "watch-390.png", full_page=True)
    return page


def steady(samples: list[tuple[float, dict[str, Any]]], gap: dict[str, Any], away: str, here: str) -> None:
    """The clock ran as time does, over both ends of the gap; the gap was told while it lasted, the other picture went on."""
    (first, begun), (last, done) = samples[0], samples[-1]
    assert begun["moment"] < gap["since"] and done["moment"] > gap["until"]
    assert (done["moment"] - begun["moment"]) / 1000 > 0.85 * (last - first), "it stalled"
    for at, told in samples:
        tiles = {one["stream"]: one for one in told["tiles"]}
        if gap["since"] + 1500 < told["moment"] < gap["until"] - 1500:
            assert tiles[away]["state"] == "gap" and gap["words"] in tiles[away]["words"], at
            assert tiles[here]["shown"] >= 2 and not tiles[here]["words"], at
    assert {one["stream"]: one["words"] for one in done["tiles"]}[away] == ""


async def from_a_mark(page: Page, site: Site) -> None:
    """Every published mark stands beside the picture; a click shows its second, quickly."""
    marks = page.locator("#moments li[data-group=marks] button", has_text="评委1")
    assert await marks.count() > 3
    seconds = []
    for place in range(3):
        button = marks.nth(place * 2)
        wanted = int(await button.get_attribute("data-at") or 0)
        began = time.monotonic()
        await button.click()
        await page.wait_for_function(
            """(wanted) => { const root = document.getElementById("watch");
            const videos = [...root.querySelectorAll(".watch__tile video")].slice(0, 2);
            return Number(root.dataset.moment) === wanted && root.dataset.ready === "yes"
              && videos.every((one) => one.readyState >= 2 && !one.seeking); }""",
            arg=wanted,
        )
        seconds.append(time.monotonic() - began)
    print("from a mark to the picture, s:", [round(one, 3) for one in seconds])
    videos = page.locator(".watch__tile video")
    assert await videos.nth(0).evaluate(BRIGHT) > 20, "a picture, not a black surface"
    async with site.hall.database.reading() as session:
        assert {one.mandatory for one in await streams_of(session, site.recording)} == {True, False}


async def handed_out(site: Site, folder: Path) -> tuple[Path, Path]:
    """The disc image as the supervising body takes it, unpacked; and what the public page publishes."""
    page = await site.page("supervisor", f"/recordings/{site.recording}")
    assert await page.locator("section[aria-labelledby=viewings-title] tbody tr").count() >= 1
    await page.select_option("#form", "iso")
    await page.fill("#export_words", "函〔2026〕8 号")
    await page.click("form[action$='/exports'] button")
    async with turning_wheels(site.hall):
        await page.wait_for_selector("#exports a[download]", timeout=60_000)
    await page.screenshot(path=folder / "exports-1440.png", full_page=True)
    async with page.expect_download() as waiting:
        await page.click("#exports a[download]")
    await (await waiting.value).save_as(folder / "disc.iso")
    await page.context.close()
    public = await site.browser.new_context(locale="zh-CN")
    page = await public.new_page()
    await page.goto(f"{site.origin}/sections/{site.section}/recordings")
    assert "西南角摄像机断电，已更换电源" in await page.inner_text("main") and await page.locator("video").count() == 0
    await page.screenshot(path=folder / "public-1440.png", full_page=True)
    async with page.expect_download() as waiting:
        await page.click("a[href$='published.json']")
    await (await waiting.value).save_as(folder / "published.json")
    await public.close()
    read_iso(folder / "disc.iso", folder / "disc")
    return folder / "disc", folder / "published.json"


def verified(disc: Path, told: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled verifier, run by a bare Python elsewhere, passes the disc and names all six tamperings."""

    def run(place: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(place / VERIFIER), str(place), "--published", str(told)]
        return subprocess.run(command, cwd="/", env={}, capture_output=True, text=True, check=False)

    whole = run(disc)
    assert whole.returncode == 0, whole.stderr
    document = json.loads((disc / "recording.json").read_text("utf-8"))
    camera = next(one["header"] for one in document["streams"] if one["header"]["label"] == "西南角")
    monkeypatch.setattr(tampering, "PARTS", f"streams/{camera['stream']}")
    monkeypatch.setattr(tampering, "CHAIN", f"streams/{camera['stream']}/chain.jsonl")
    six = ("part-changed", "row-dropped", "parts-swapped", "gap-removed", "tail-cut")
    for code in six:
        shutil.copytree(disc, folder / code)
        tampering.TAMPERINGS[code](folder / code)
        named = run(folder / code)
        assert named.returncode == 1 and code in named.stderr, (code, named.stderr)
    replaced(disc, folder / "chain-replaced")
    named = run(folder / "chain-replaced")
    assert named.returncode == 1 and "chain-replaced" in named.stderr, named.stderr


def replaced(disc: Path, folder: Path) -> None:
    """The whole recording chained and signed anew over one other picture, in itself without a fault."""
    shutil.copytree(disc, folder)
    document, key = read((disc / "recording.json").read_bytes()), bytes(range(32))
    streams, changed = [], False
    for one in document["streams"]:
        header, place = one["header"], folder / "streams" / one["header"]["stream"]
        head, rows = ledger.begin(header), list[ledger.Row]()
        for line in (place / "chain.jsonl").read_bytes().splitlines():
            entry = read(line)["entry"]
            if entry["kind"] == "segment" and not changed:
                changed, path = True, place / f"{entry['seq']:012d}.mp4"
                data = path.read_bytes()[:-1] + b"\x00"
                path.write_bytes(data)
                entry |= {"sha256": sha256(data).hexdigest()}
            head = ledger.follow(head, entry)
            rows.append(ledger.Row(entry, head.chain))
        parts = {int(path.stem) for path in place.glob("*.mp4")}
        lay_out_stream(folder, Shown(header, rows), parts)
        streams.append(ledger.Stream(header, head, [row for row in rows if row.entry["kind"] == "event"]))
    facts = {name: document[name] for name in ("recording", "section", "room", "kind", "opened", "closed")}
    told = ledger.document(facts, streams, document["said"], ed25519_public(key))
    lay_out(folder, told, sign_ed25519(key, ledger.signed_bytes(told)), {"recording": document["recording"]})
