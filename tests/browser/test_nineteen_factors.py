"""Five judges mark eleven bids by a table of nineteen factors, each alone in a browser, until the public result recomputes."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from judge_stage import Site, a_site
from playwright.async_api import Browser, Page, Response, expect
from test_judges_in_the_browser import PATIENCE, drawn, seated
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.evaluation.score_table import Taken, factors_of, taken
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(900)]

REAL = Path(__file__).resolve().parents[2] / "../shared/data/comprehensive-scoring-table.json"
BIDS, JUDGES, FACTORS = 11, 5, 19
TOO_LOW = "重难点分析空泛"
LONG = 240_000


def a_table() -> Taken:
    """The real table where it lies beside the project, otherwise one of the same build: 16 items, 2 examined, the price."""
    if REAL.exists():
        return taken(factors_of(json.loads(REAL.read_text(), parse_float=Decimal)))
    examined = [
        {"dimension": "初步评审", "factor": name, "max": 0, "bands": []} for name in ("形式评审标准", "资格评审标准")
    ]
    most = ("1.5", "0.5", "0.5", "0.5", "1.5", "1.5", "1", "1", "0.5", "1.5")
    bands = [{"grade": "优", "range": ["0.3", "1.5"]}, {"grade": "差", "range": ["0", "0.3"]}]
    judged = [
        {"dimension": "技术部分", "factor": f"技术措施 {place}", "max": one, "bands": bands}
        for place, one in enumerate(most, 1)
    ]
    found = [
        {"dimension": "商务部分", "factor": f"业绩 {place}", "max": one, "bands": [{"grade": "有", "range": one}]}
        for place, one in enumerate(("0.5", "2", "2", "1.5", "3", "1"), 1)
    ]
    price = {"dimension": "报价部分", "factor": "投标报价", "max": "80", "bands": []}
    return taken(factors_of([*examined, *judged, *found, price]))


def a_method(table: Taken) -> dict[str, Any]:
    """The table as a method; a factor that only takes points away gets half a point of the price's, so that all 19 count."""
    items = [{**one, "max": "0.5"} if one["max"] == "0" else dict(one) for one in table.items]
    weight = Decimal(100) - sum((Decimal(one["max"]) for one in items), Decimal(0))
    return {**cast.METHOD, "items": items, "price": {**cast.METHOD["price"], "weight": f"{weight:f}"}}


def a_label_each(table: Taken) -> dict[str, Any]:
    """The factors' names and bands, but for a band below nothing."""
    without = {one["id"] for one in table.items if one["max"] == "0"}
    return {
        item: {name: value for name, value in told.items() if name != "bands" or item not in without}
        for item, told in table.labels.items()
    }


@dataclass
class Day:
    """The judges' pages, what each browser received until all had locked, and what was seen on the way."""

    site: Site
    method: dict[str, Any]
    judges: list[Page] = field(default_factory=list)
    received: dict[int, list[str]] = field(default_factory=dict)
    barred: dict[str, list[str]] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def judged_items(self) -> list[dict[str, Any]]:
        return [one for one in self.method["items"] if one["kind"] == "subjective"]

    async def look(self, page: Page, name: str, width: int, height: int = 900) -> None:
        """A picture, and what bars somebody from the page."""
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(800)
        await page.screenshot(path=self.folder / f"{name}-{width}.png", full_page=width < 500)
        if found := await barriers(page):
            self.barred[f"{name} {width}"] = found

    def listen(self, judge: int, page: Page) -> None:
        """Keep everything in words that this judge's browser receives."""
        kept = self.received.setdefault(judge, [])

        async def keep(answer: Response) -> None:
            kind = answer.headers.get("content-type", "")
            if answer.url.startswith(self.site.origin) and kind.startswith(("text/html", "application/json")):
                try:
                    kept.append(await answer.text())
                except Exception as error:  # a page that was left before its answer had come
                    kept.append(f"unread: {type(error).__name__}")

        page.on("response", lambda answer: asyncio.ensure_future(keep(answer)))


def reason(judge: int) -> str:
    return f"独有理由{judge}{judge}{judge}：进度措施具体，资源配置合理"


def a_mark(most: str, judge: int, bid: int, place: int) -> str:
    """At most three steps of a tenth below the most, in full width now and then."""
    mark = f"{Decimal(most) - Decimal((judge + bid + place) % 3) / 10:f}"
    return mark.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) if (bid + place) % 7 == 0 else mark


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(
    postgres: EmbeddedPostgres,
    template: str,
    objects: Objects,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Day]:
    table = a_table()
    method = a_method(table)
    terms = {
        "method": method,
        "labels": a_label_each(table),
        "examination": [{**one, "clause": f"2.1.{place}"} for place, one in enumerate(table.examination, 1)],
    }
    async with a_site(postgres, template, objects, browser, bidders=BIDS, **terms) as site:
        codes = await drawn(site)
        found = Day(site, method, folder=tmp_path_factory.mktemp("day"))
        for number, code in enumerate(codes, 1):
            page = await seated(site, code)
            found.listen(number, page)
            found.judges.append(page)
        await site.checked()
        await _evaluated(found)
        yield found


async def _evaluated(day: Day) -> None:
    site = day.site
    await asyncio.gather(*(_examine(site, page) for page in day.judges))
    await _find(day)
    await asyncio.gather(*(_mark(day, number) for number in range(1, JUDGES + 1)))
    await _look_around(day)
    for number in range(1, JUDGES):
        await _lock(day, number)
    for number in range(1, JUDGES + 1):
        await day.judges[number - 1].goto(site.url("/judge/committee"))
        await day.judges[number - 1].goto(site.url("/judge/report"))
    await day.judges[-1].goto(site.url("/judge/marks"))
    for number in day.received:
        day.received[number].append("— until here nobody may know anything of a peer —")
    await _lock(day, JUDGES)
    await _explain(day)
    await site.reach(SectionState.MARKED)
    for page in day.judges:
        await page.goto(site.url("/judge/report"))
        if page is day.judges[0]:
            await day.look(page, "report", 1366)
        await page.click("form[data-sign=report] .btn--primary")
        await expect(page.locator(".seats li", has_text="已签署").first).to_be_visible(timeout=PATIENCE)
    await site.reach(SectionState.REPORTED)


async def _examine(site: Site, page: Page) -> None:
    await page.goto(site.url("/judge/examination"))
    for number in range(await page.locator(".bench__bids li").count()):
        await page.locator(".bench__bids a").nth(number).click()
        await page.locator(".exam__all summary").click()
        await page.check("#one_time_sure")
        await page.locator("[name=one_time_all]").click()
        await page.wait_for_load_state("load")
    await page.goto(site.url("/judge/examination/lock"))
    await page.click("form[data-sign=examination] .btn--seal")
    await expect(page.locator("form[data-sign=examination]")).to_have_count(0, timeout=PATIENCE)


async def _open(day: Day, page: Page) -> None:
    """Marking is open once the majority's examination stands in the co-signed log."""
    for _ in range(240):
        await page.goto(day.site.url("/judge/marks"))
        if await page.locator("input.mark").count():
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("the examination was not settled")


async def _find(day: Day) -> None:
    """The first judge moves what follows from the bids; all others read it and agree."""
    mover = day.judges[0]
    await _open(day, mover)
    await mover.goto(day.site.url("/judge/committee"))
    most = {one["id"]: one["max"] for one in day.method["items"]}
    fields = await mover.locator("table.findings input[name^=mark-]").all()
    assert len(fields) == BIDS * len([one for one in day.method["items"] if one["kind"] == "objective"])
    for place, one in enumerate(fields):
        name = str(await one.get_attribute("name"))
        await one.fill(most[name.rpartition("-")[2]] if place % 4 else "0.1")
        await mover.locator(f"[name='ground-{name.removeprefix('mark-')}']").fill(f"商务标第 {place + 1} 页")
    await day.look(mover, "committee", 1366)
    await mover.locator("table.findings").locator("xpath=ancestor::form").locator(".btn--primary").click()
    await mover.click("form[data-sign=resolution] .btn--primary")
    await expect(mover.locator("form[data-sign=resolution]")).to_have_count(0, timeout=PATIENCE)
    for page in day.judges[1:]:
        await page.goto(day.site.url("/judge/committee"))
        await page.click("form[data-sign=resolution] .btn--primary")
        await expect(page.locator("form[data-sign=resolution]")).to_have_count(0, timeout=PATIENCE)


async def _mark(day: Day, judge: int) -> None:
    """Every item of every bid by keyboard: Enter leads on from item to item."""
    page = day.judges[judge - 1]
    await _open(day, page)
    sheets = page.locator("section.sheet")
    assert await sheets.count() == BIDS
    for bid in range(BIDS):
        await page.locator("a[data-show]").nth(bid).click()
        fields = sheets.nth(bid).locator("input.mark")
        assert await fields.count() == len(day.judged_items)
        await fields.first.focus()
        for place, item in enumerate(day.judged_items):
            low = (judge, bid, place) == (JUDGES, 0, 0)
            await page.keyboard.type("0.2" if low else a_mark(item["max"], judge, bid, place))
            if low or place == 0:
                await page.locator(".more textarea").fill(TOO_LOW if low else reason(judge))
                await fields.nth(place).focus()
            await page.keyboard.press("Enter")
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=LONG)


async def _look_around(day: Day) -> None:
    """The bench as it is when all is marked: one bid, one item across all, two bids side by side; what is impossible."""
    page = day.judges[0]
    await page.goto(day.site.url("/judge/marks"))
    await day.look(page, "bench-bid", 1920, 1000)
    await day.look(page, "bench-bid", 1366, 768)
    field_ = page.locator("input.mark >> visible=true").first
    kept = await field_.input_value()
    await field_.fill("99")
    await field_.blur()
    await expect(field_).to_have_attribute("aria-invalid", "true")
    await page.reload()
    await expect(page.locator("input.mark >> visible=true").first).to_have_value(kept, timeout=PATIENCE)
    await page.locator("button[data-view=item]").click()
    await expect(page.locator("input.mark >> visible=true")).to_have_count(BIDS)
    await day.look(page, "bench-item", 1366, 768)
    await page.locator("button[data-view=pair]").click()
    await expect(page.locator("section.sheet >> visible=true")).to_have_count(2)
    await day.look(page, "bench-pair", 1920, 1000)
    await page.goto(day.site.url("/judge/lock"))
    await day.look(page, "lock", 1366, 768)


async def _lock(day: Day, judge: int) -> None:
    page = day.judges[judge - 1]
    await page.goto(day.site.url("/judge/lock"))
    await page.click("form[data-sign=lock] .btn--seal")
    await expect(page.locator("form[data-sign=lock]")).to_have_count(0, timeout=PATIENCE)


async def _explain(day: Day) -> None:
    """Whoever lies far from the others says why: the last judge surely does, of the others perhaps somebody."""
    for page in reversed(day.judges):
        for _ in range(120 if page is day.judges[-1] else 1):
            await page.goto(day.site.url("/judge/explanations"))
            if await page.locator("form[data-sign=explanation]").count():
                break
            await asyncio.sleep(0.25)
        for area in await page.locator("form[data-sign=explanation] textarea").all():
            await area.fill("该投标未分析本工程难点，按差档给分")
        if await page.locator("form[data-sign=explanation]").count():
            await page.click("form[data-sign=explanation] .btn--primary")
            await expect(page.locator("form[data-sign=explanation]")).to_have_count(0, timeout=PATIENCE)


async def test_all_nineteen_factors_counted(day: Day) -> None:
    assert len(day.method["items"]) + 2 + 1 == FACTORS
    assert sum(Decimal(one["max"]) for one in day.method["items"]) + Decimal(day.method["price"]["weight"]) == 100


async def test_no_judges_browser_received_anything_of_a_peer_before_all_had_locked(day: Day) -> None:
    for judge, answers in day.received.items():
        border = next(place for place, one in enumerate(answers) if one.startswith("— until here"))
        before = "\n".join(answers[:border])
        assert len(answers[:border]) > 10 and (reason(judge) in before or judge == JUDGES)
        peers = [reason(other) for other in range(1, JUDGES + 1) if other != judge]
        assert [one for one in [*peers, *([TOO_LOW] if judge != JUDGES else [])] if one in before] == []


async def test_axe_finds_nothing_on_bench_views_lock_committee_and_report(day: Day) -> None:
    assert day.barred == {}


async def test_the_published_result_has_every_mark_and_recomputes(day: Day, tmp_path: Path) -> None:
    site = day.site
    page = await site.page()
    await page.goto(site.url(f"/sections/{site.section}/marks"))
    told = await (await page.request.get(site.url(f"/sections/{site.section}/result.json"))).text()
    assert [judge for judge in range(1, JUDGES + 1) if reason(judge) not in told] == []
    assert TOO_LOW in told
    await day.look(page, "results", 390)
    await day.look(page, "results", 1366)
    assert {name: found for name, found in day.barred.items() if name.startswith("results")} == {}
    answer = await page.request.get(site.url(f"/sections/{site.section}/evaluation.json"))
    file = tmp_path / "evaluation.json"
    file.write_bytes(await answer.body())
    document = json.loads(file.read_text())
    assert {len(rows) for rows in document["marks"].values()} == {BIDS}
    assert {len(row) for rows in document["marks"].values() for row in rows.values()} == {len(day.judged_items)}
    run = subprocess.run(
        [Path(sys.executable).with_name("openhall"), "recompute", "evaluation", file],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    shown = await page.goto(site.url(f"/sections/{site.section}"))
    assert shown is not None and shown.status == 200
    ranking = await page.locator("main").inner_text()
    order = document["out"]["order"]
    assert len(order) == BIDS and document["out"]["total"][order[0]] in ranking
