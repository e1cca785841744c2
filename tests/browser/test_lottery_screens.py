"""Lotteries, pairs, leanings, an expert's fees and standing in a real browser: axe, width, and the result recomputed."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from door_scene import an_opened_section
from judge_stage import Site
from judging import a_panel, enter_experts
from playwright.async_api import Browser, Page, expect
from portal import served
from scenes import Hall, a_hall
from sqlalchemy import select, update
from stdnum.cn import uscc
from test_public_screens import barriers

from expertpool.appraisal import actions
from expertpool.appraisal.tables import Hearing, PairCount
from expertpool.attendance.paying import PAYEE, payee_tag
from expertpool.attendance.rules import day_of
from expertpool.attendance.tables import FeeLine, FeeRate
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Seat
from expertpool.experts.tables import Expert
from expertpool.lotteries.actions import freeze, open_lottery
from expertpool.lotteries.limits import pass_limit
from expertpool.lotteries.rules import Entry
from expertpool.lotteries.tables import LotteryAttempt
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM, Actor, Role
from infra.objects import Objects
from trading.evaluation.marks import judge_id
from trading.evaluation.pairing import count_region
from trading.evaluation.tables import Evaluation
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]
PICTURES = os.environ.get("OPENHALL_PICTURES")
NAMES = ("云湖建工集团有限公司", "宜坤建设有限公司", "云湖路桥有限公司", "北岸市政工程有限责任公司", "东山园林有限公司")


def code_of(number: int) -> str:
    body = f"91420500MA{number:07d}"
    return body + uscc.calc_check_digit(body)


ENTRIES = sorted(Entry(code_of(number), name) for number, name in enumerate(NAMES))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(
    postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser
) -> AsyncIterator[tuple[Site, dict[str, str]]]:
    """A drawn, a failed, a running and an open lottery; a determined section; an expert with fees and a sanction."""
    async with a_hall(postgres, template, objects) as hall:
        found = {name: await a_lottery(hall, name) for name in ("drawn", "failed", "open")}
        found |= await a_determined_section(hall)
        found["running"] = await a_lottery(hall, "running")
        address = hall.stack.settings.database
        assert address is not None
        with served(address, objects=hall.objects, keys=hall.keys) as origin:
            yield Site(hall, origin, found["section"], browser), found


async def a_lottery(hall: Hall, kind: str) -> str:
    async with hall.database.work(hall.actor("centre")) as work:
        subject = {"drawn": "云湖大道北延工程一标段述标顺序", "failed": "集市展位抽签"}.get(kind, "展位抽签")
        basis = "《云湖市公共资源交易规则》第 18 条"
        made = await open_lottery(work, subject=subject, basis=basis, places=2, waiting=1, entries=ENTRIES)
        if kind == "open":
            return made.id
        draw = (await freeze(work, made.id)).id

    async def revealed() -> bool:
        async with hall.database.reading() as session:
            return (await session.get_one(LotteryAttempt, draw)).state == "revealed"

    if kind == "drawn":
        await hall.until(revealed)
    elif kind == "failed":
        hall.absent.add("agent")
        for _ in range(3):
            await hall.step()
        async with hall.database.work(SYSTEM) as work:
            await pass_limit(work, draw)
        hall.absent.clear()
    return made.id


async def a_determined_section(hall: Hall) -> dict[str, str]:
    await enter_experts(hall)
    section = await an_opened_section(hall)
    panel = await a_panel(hall, section)
    marks = {
        judge_id(seat.number): {f"bid-{bid}": {"a": str(60 + bid if seat.number > 1 else 90)} for bid in range(24)}
        for seat in panel.seats
    }
    first = panel.seats[0]
    expert = hall.keys.service.unwrap(EXPERT, first.id, first.sealed_expert).decode()
    hall.actors["expert"] = Actor("account-expert", Role.EXPERT, None, cast.REGION)
    await (await hall.client("expert")).aclose()
    async with hall.database.work(SYSTEM) as work:
        now = work.ctx.now
        await work.session.execute(update(Section).where(Section.id == section).values(state=SectionState.DETERMINED))
        await work.session.execute(update(Seat).values(signed_in_at=now, certificate=b"certificate"))
        evaluation = Evaluation(
            section=section,
            region=cast.REGION,
            evidence={"marks": marks},
            report="{}",
            digest=bytes(32),
            published_at=now,
        )
        work.session.add(evaluation)
        account = hall.accounts["expert"].id
        await work.session.execute(update(Expert).where(Expert.id == expert).values(account=account))
    await count_region(hall.database, hall.objects, hall.keys, cast.REGION)
    await some_fees(hall, section, expert)
    return {"section": section, "sanction": await a_sanction(hall, expert)}


async def some_fees(hall: Hall, section: str, expert: str) -> None:
    keys = hall.keys.service
    async with hall.database.work(SYSTEM) as work:
        now = work.ctx.now
        flagged = select(PairCount.tag).order_by(PairCount.tag).limit(4).scalar_subquery()
        values = {"draws": 40, "observed": 9, "expected": 2.4, "tail": 0.0009, "flagged": True}
        await work.session.execute(update(PairCount).where(PairCount.tag.in_(flagged)).values(values))
        rate = {"minutes": 60, "amount": 15000, "travel": 0, "source": "示例", "entered_by": "x", "entered_at": now}
        work.session.add(FeeRate(id="rate", region=cast.REGION, valid_from=now.date() - timedelta(days=90), **rate))
        await work.session.flush()
        for row, fen, tax in (("fee-1", 120_000, 8_000), ("fee-2", 450_000, 72_000)):
            work.session.add(
                FeeLine(
                    id=row, region=cast.REGION, section=section, seat=row, number=1, rate="rate", days=1, minutes=485,
                    sealed_payee=keys.wrap(PAYEE, row, expert.encode().ljust(256, b"\0"), work.ctx.random),
                    payee_tag=payee_tag(keys, expert, day_of(now)), amount=fen, tax=tax, settled_at=now,
                )
            )  # fmt: skip


async def a_sanction(hall: Hall, expert: str) -> str:
    async with hall.database.work(hall.actor("supervisor")) as work:
        earliest = work.ctx.now + timedelta(days=5)
        made = await actions.notice_sanction(
            work,
            expert,
            "suspension",
            "未按规定的评审标准打分（TBR 71）。",
            months=6,
            held_from=earliest,
            earliest=earliest,
        )
        past = {"noticed_at": work.ctx.now - timedelta(days=9), "held_from": work.ctx.now - timedelta(seconds=1)}
        await work.session.flush()
        await work.session.execute(update(Hearing).where(Hearing.sanction == made.id).values(past))
    async with hall.database.work(hall.actor("supervisor")) as work:
        await actions.hear(work, made.id, "当天身体不适。")
        await actions.decide(work, made.id, "事实清楚，予以暂停。", work.ctx.now + timedelta(days=180))
    return made.id


SCREENS = {
    "lotteries": ("", "/lotteries"),
    "lotteries-none": ("", "/lotteries?q=没有"),
    "lottery-drawn": ("", "/lotteries/{drawn}"),
    "lottery-failed": ("", "/lotteries/{failed}"),
    "lottery-running": ("", "/en/lotteries/{running}"),
    "lottery-desk": ("centre", "/centre/lotteries"),
    "lottery-new": ("centre", "/centre/lotteries/new"),
    "lottery-open": ("centre", "/centre/lotteries/{open}"),
    "lottery-again": ("centre", "/centre/lotteries/{failed}"),
    "lottery-repeat": ("supervisor", "/supervision/lotteries/{failed}"),
    "68-pairs": ("supervisor", "/supervision/pairs"),
    "68-pairs-none": ("supervisor", "/supervision/pairs?flagged=yes&kind=expert"),
    "68-leanings": ("supervisor", "/supervision/judges/leanings"),
    "68-judges": ("supervisor", "/en/supervision/judges"),
    "68-sanction": ("supervisor", "/supervision/sanctions/{sanction}"),
    "47-own-fees": ("expert", "/expert/fees"),
    "47-own-fees-none": ("expert", "/en/expert/fees?year=2020"),
    "47-standing": ("expert", "/expert/standing"),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_every_screen_is_sound_at_both_widths(site: tuple[Site, dict[str, str]], name: str) -> None:
    stage, found = site
    login, path = SCREENS[name]
    for width in (1440, 390):
        page = await a_page(stage, login, width)
        answer = await page.goto(stage.url(path.format(**found)))
        assert answer is not None and answer.status == 200
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        assert await barriers(page) == [], name
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)


async def test_a_lottery_is_recomputed_in_the_page(site: tuple[Site, dict[str, str]]) -> None:
    stage, found = site
    page = await a_page(stage, "", 390)
    await page.goto(stage.url(f"/lotteries/{found['drawn']}"))
    await page.get_by_role("button", name="在此重新计算").click()
    await expect(page.locator("output[data-tone=ok]")).to_contain_text("结果一致")


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_lotterys_file_is_checked_on_the_verify_page_and_a_changed_one_answered_in_words(
    site: tuple[Site, dict[str, str]], width: int
) -> None:
    stage, found = site
    page = await a_page(stage, "", width)
    async with await stage.hall.client() as client:
        told = (await client.get(f"/lotteries/{found['drawn']}/lottery-1.json")).content
        early = (await client.get(f"/lotteries/{found['running']}/lottery-1.json")).content
    changed = told.replace(NAMES[0].encode(), "云湖建工集团".encode(), 1)
    cases = {
        "recomputed": (told, "抽中了谁、次序如何，均可由公开名单、承诺和种子推得。"),
        "failed": (changed, "抽签文件与冻结的名单不符，位置 $.entries。"),
        "unusable": (early, "这份抽签文件是抽签之前下载的，尚无结果可核验。"),
    }
    await page.goto(stage.url("/verify"))
    for tone, (data, words) in cases.items():
        file = {"name": "lottery-1.json", "mimeType": "application/json", "buffer": data}
        await page.set_input_files("#files", file)  # type: ignore[arg-type]
        verdict = page.locator(f"#verify-outcome [data-tone={tone}]")
        await expect(verdict).to_contain_text(words)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"verify-lottery-{tone}-{width}.png", full_page=True)
        assert await barriers(page) == [], tone
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tone
    assert await page.evaluate("window.violations") == []


async def test_a_file_is_read_into_the_form_and_a_refused_form_has_the_focus(site: tuple[Site, dict[str, str]]) -> None:
    stage, _ = site
    page = await a_page(stage, "centre", 1440)
    await page.goto(stage.url("/centre/lotteries/new"))
    lines = "\n".join(f"{code},{name}" for code, name in ENTRIES)
    file = {"name": "entries.csv", "mimeType": "text/csv", "buffer": f"{lines}\n{ENTRIES[0].code},x".encode("gb18030")}
    await page.set_input_files("#entries-file", file)  # type: ignore[arg-type]
    assert NAMES[0] in await page.input_value("#entries")
    for name, value in {"subject": "展位抽签", "basis": "规则", "places": "2", "waiting": "1"}.items():
        await page.fill(f"#{name}", value)
    await page.locator("form .btn--primary").click()
    assert await page.evaluate("document.activeElement.className") == "errsum"
    assert await barriers(page) == [] and "第 6 行" in await page.inner_text("#entries-error")
    await page.fill("#entries", lines)
    await page.locator("form .btn--primary").click()
    await page.wait_for_url("**/centre/lotteries/20*")


async def a_page(stage: Site, login: str, width: int) -> Page:
    """A signed-in page, or a visitor's where no login is given."""
    return await stage.page(login or None, width)
