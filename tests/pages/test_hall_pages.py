"""The opening hall over HTTP: what spectators, bidders and the host see and may do, before, during and after the opening."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio
from envelopes import an_envelope, submitted
from onlookers import NOISE
from scenes import Hall, a_hall
from section_story import plain
from sqlalchemy import select

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.channels import section_channel
from infra.kernel.context import Role
from infra.live_table import LiveEvent
from infra.objects import Objects
from trading.bidding.tables import BidBlock
from trading.bidding.uploads import BUCKET, block_key
from trading.opening.form import FORM
from trading.opening.queries import opening_progress
from trading.opening.tables import OpeningRecord
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = pytest.mark.soak

PRICES = {1: "9,850,000.00", 2: "9,620,000.00", 3: "9,480,000.00"}
ONLOOKERS = (None, "bidder5", "agent", "procurer", "centre", "supervisor")
WATCHED = ("/hall", "/hall/screen", "/opening-record", "/host", "/host/note")
WORDS = "玖佰捌拾伍万元整"


@dataclass
class Stage:
    """Openings and what was answered at each moment, by name."""

    hall: Hall
    running: str
    waiting: str
    few: str
    lost: str = ""
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    async def get(self, name: str, path: str, login: str | None = None) -> httpx.Response:
        async with await self.hall.client(login) as client:
            self.pages[name] = await client.get(path)
        return self.pages[name]

    async def post(self, name: str, path: str, login: str, **fields: str) -> httpx.Response:
        async with await self.hall.client(login) as client:
            self.pages[name] = await client.post(path, data=fields)
        return self.pages[name]

    def text(self, name: str) -> str:
        return plain(self.pages[name].text)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Stage]:
    async with a_hall(postgres, template, objects, bidders=5) as hall:
        await hall.bring("otheragent", Role.AGENT, "云湖别家招标代理有限公司（示例）", cast.code(990))
        found = Stage(hall, await hall.a_tender(900), *await hall.tenders(2, 6))
        await _before(found)
        deadline = (await hall.section(found.waiting)).deadline
        assert deadline is not None
        await hall.wait_until(deadline)
        await _lose_one(found)
        await _wait(found)
        await _decide(found)
        await _answer(found)
        yield found


async def _before(found: Stage) -> None:
    hall = found.hall
    await _watch(found, 0)
    for section in (found.running, found.waiting):
        for number in (1, 2, 3):
            await submitted(hall, section, f"bidder{number}")
    await submitted(hall, found.few, "bidder1")
    found.lost = (await submitted(hall, found.waiting, "bidder4", await an_envelope(hall, found.waiting, "bidder4"))).id
    await hall.step()
    await _watch(found, 3)
    path = f"/sections/{found.running}"
    await found.get("before", f"{path}/hall")
    await found.get("before, own", f"{path}/hall", "bidder1")
    await found.get("before, host", f"{path}/host", "centre")
    await found.get("before, screen", f"{path}/hall/screen")
    await found.get("before, record", f"{path}/opening-record")
    await found.get("before, confirming", f"{path}/hall/confirmation", "bidder1")
    await found.post("before, note", f"{path}/host/note", "agent", kind="note", text="今天很好")


async def _watch(found: Stage, bids: int) -> None:
    """Everything about the hall of the running section as every onlooker gets it."""
    for login in ONLOOKERS:
        for path in WATCHED:
            await found.get(f"{bids} {login} {path}", f"/sections/{found.running}{path}", login)


async def _lose_one(found: Stage) -> None:
    async with found.hall.database.reading() as session:
        wanted = select(BidBlock).where(BidBlock.bid == found.lost, BidBlock.part == FORM)
        block = (await session.execute(wanted)).scalar_one()
    await found.hall.objects.delete(BUCKET, block_key(found.lost, FORM, 0), block.version)


async def _wait(found: Stage) -> None:
    """Three bids are read out; the store has lost the form of the fourth."""
    hall, path = found.hall, f"/sections/{found.waiting}"

    async def told() -> bool:
        async with hall.database.reading() as session:
            progress = await opening_progress(session, found.waiting)
        return progress.announced == 3 and progress.waiting == 1

    await hall.until(told)
    async with hall.database.reading() as session:
        kinds = select(LiveEvent.kind).where(LiveEvent.channel == section_channel(found.waiting))
        found.told = list((await session.execute(kinds.order_by(LiveEvent.number))).scalars())
    await found.get("waiting", f"{path}/hall")
    await found.get("waiting, own", f"{path}/hall", "bidder4")
    await found.get("waiting, en", f"/en{path}/hall")
    await found.get("waiting, host", f"{path}/host", "centre")
    await found.get("waiting, agent", f"{path}/host", "agent")
    await found.get("waiting, screen", f"{path}/hall/screen")
    await found.get("few", f"/sections/{found.few}/hall")
    await found.get("few, host", f"/sections/{found.few}/host", "agent")
    await found.post("objected", f"{path}/hall/objection", "bidder2", reasons="请核对第二家的工期")


async def _decide(found: Stage) -> None:
    hall, path = found.hall, f"/sections/{found.waiting}"
    cause = f"{path}/host/causes/{found.lost}"
    await found.get("cause", cause, "centre")
    await found.get("cause, agent", cause, "agent")
    await found.post("cause, none", cause, "centre", cause="", reasons="存储损坏")
    await found.post("cause, silent", cause, "centre", cause="platform", reasons=" ")
    await found.post("cause, blame", cause, "centre", cause="bidder", reasons="怪投标人")
    await found.get("decision, early", f"{path}/host/decision", "centre")
    await found.post("decided", cause, "centre", cause="platform", reasons="存储日志显示对象丢失，投标人无过错")
    await found.post("decided twice", cause, "centre", cause="platform", reasons="再来一次")
    await hall.reach(found.waiting, SectionState.OPENED)


async def _answer(found: Stage) -> None:
    path = f"/sections/{found.waiting}"
    await found.get("opened", f"{path}/hall", "bidder1")
    await found.get("confirming", f"{path}/hall/confirmation", "bidder1")
    await found.post("badly signed", f"{path}/hall/confirmation", "bidder1", signature="eA==", certificate="eA==")
    await found.post("confirmed", f"{path}/hall/confirmation", "bidder1")
    await found.get("confirmed, own", f"{path}/hall", "bidder1")
    await found.post("objected, silent", f"{path}/hall/objection", "bidder2", reasons="")
    raised = re.search(r'id="(objection-[a-z0-9]+)"', found.pages["opened"].text)
    assert raised is not None
    objection = f"{path}/host/objections/{raised[1]}"
    await found.get("host", f"{path}/host", "agent")
    await found.get("answering", objection, "agent")
    await found.post("answered, silent", objection, "agent", answer="")
    await found.post("answered", objection, "agent", answer="与密封文件一致")
    await found.post("answered twice", objection, "agent", answer="再说一遍")
    await found.post("paused", f"{path}/host/note", "centre", kind="pause", text="现场停电")
    await found.get("paused, hall", f"{path}/hall")
    await found.post("resumed", f"{path}/host/note", "centre", kind="resume", text="恢复供电")
    await found.post("noted", f"{path}/host/note", "agent", kind="note", text="请核对记录")
    await found.get("end", f"{path}/hall")
    await found.get("record", f"{path}/opening-record")
    await found.get("record, en", f"/en{path}/opening-record")
    await found.get("screen", f"{path}/hall/screen")


# ---- before the deadline --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WATCHED)
@pytest.mark.parametrize("login", ONLOOKERS)
async def test_before_the_deadline_the_hall_is_the_same_with_no_bid_and_with_three(
    stage: Stage, login: str | None, path: str
) -> None:
    looks = [stage.pages[f"{bids} {login} {path}"] for bids in (0, 3)]
    assert looks[0].status_code == looks[1].status_code
    # The size of the log differs between any two looks.
    first, later = [NOISE.sub("~", re.sub("条目 .*?·", "", look.text)) for look in looks]
    assert first == later


@pytest.mark.parametrize("name", ["before", "before, host", "before, screen"])
async def test_before_the_deadline_no_number_and_no_name_stands_anywhere(stage: Stage, name: str) -> None:
    page = stage.pages[name]
    assert page.status_code == 200
    for number in range(1, 6):
        assert stage.hall.bodies[f"bidder{number}"].name not in page.text
    assert not any(price in page.text for price in PRICES.values())
    assert "尚未唱标" in page.text or name != "before"


async def test_requirement_02_the_hall_shows_the_deadline_with_offset_and_countdown(stage: Stage) -> None:
    deadline = (await stage.hall.section(stage.running)).deadline
    assert deadline is not None
    stamp = deadline.isoformat(timespec="seconds").replace("+00:00", "Z")
    for name in ("before", "before, screen", "before, host"):
        page = stage.pages[name].text
        assert f'<count-down class="num" data-until="{stamp}">' in page
        assert "UTC+8" in page and f'datetime="{stamp}"' in page


async def test_a_bidder_sees_its_own_sealed_bid_and_no_other(stage: Stage) -> None:
    page = stage.text("before, own")
    assert "已密封。无需到场" in page
    assert all(stage.hall.bodies[f"bidder{number}"].name not in page for number in (2, 3, 4, 5))


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("before, record", 404, "还没有开标记录"),
        ("before, confirming", 404, "还没有开标记录"),
        ("before, note", 409, "现在不能在标段"),
    ],
)
async def test_before_the_deadline_there_is_nothing_to_answer_to(
    stage: Stage, name: str, status: int, words: str
) -> None:
    assert stage.pages[name].status_code == status
    assert words in stage.text(name)


# ---- a bid that does not open ---------------------------------------------------------------------------------------


async def test_requirement_10_what_does_not_open_is_told_with_cause_side_and_what_remains_possible(
    stage: Stage,
) -> None:
    for name in ("waiting", "waiting, own"):
        page = stage.text(name)
        assert "原因在平台" in page
        assert "平台会尽快重试" in page and "交易中心可以书面认定责任方" in page
    assert "the cause lies with the platform" in stage.text("waiting, en")


async def test_requirement_11_one_bids_failure_holds_up_no_other(stage: Stage) -> None:
    assert stage.told.count("bid.opened") == 3
    assert stage.told.count("bid.unopened") == 1
    page = stage.text("waiting")
    for number, price in PRICES.items():
        assert stage.hall.bodies[f"bidder{number}"].name in page and price in page


async def test_prices_are_told_in_figures_and_in_words(stage: Stage) -> None:
    for name in ("waiting", "waiting, screen", "record"):
        assert PRICES[1] in stage.text(name) and WORDS in stage.text(name)


async def test_only_the_centre_is_offered_a_decision(stage: Stage) -> None:
    link = f"/host/causes/{stage.lost}"
    assert link in stage.pages["waiting, host"].text
    assert link not in stage.pages["waiting, agent"].text
    assert stage.pages["cause, agent"].status_code == 403


async def test_for_lost_bytes_only_the_platform_can_be_named(stage: Stage) -> None:
    assert 'value="platform"' in stage.pages["cause"].text
    assert 'value="bidder"' not in stage.pages["cause"].text
    assert stage.pages["cause, blame"].status_code == 422


async def test_a_section_with_too_few_bids_shows_no_bidder(stage: Stage) -> None:
    for name in ("few", "few, host"):
        assert stage.pages[name].status_code == 200
        assert stage.hall.bodies["bidder1"].name not in stage.pages[name].text
        assert "流标" in stage.text(name)


# ---- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["objected", "decided", "confirmed", "answered", "paused", "resumed", "noted"])
async def test_a_form_that_is_taken_answers_303(stage: Stage, name: str) -> None:
    assert stage.pages[name].status_code == 303


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("cause, none", 422, "不能认定为"),
        ("cause, silent", 422, "须写明理由"),
        ("decided twice", 409, "没有待认定的原因"),
        ("decision, early", 409, "没有等待决定的开标"),
        ("badly signed", 422, "证书"),
        ("objected, silent", 422, "须写明内容"),
        ("answered, silent", 422, "须写明内容"),
        ("answered twice", 409, "已经答复"),
    ],
)
async def test_a_form_that_is_refused_is_shown_again_with_the_reason(
    stage: Stage, name: str, status: int, words: str
) -> None:
    assert stage.pages[name].status_code == status
    assert words in stage.text(name)


@pytest.mark.parametrize("name", ["cause", "confirming", "answering"])
async def test_requirement_18_what_cannot_be_undone_says_so_and_no_button_is_focused(stage: Stage, name: str) -> None:
    page = stage.pages[name].text
    assert 'class="notice notice--warn consequence"' in page
    assert "data-needs-live" in page
    assert not re.search(r"<button[^>]*autofocus", page)
    assert name != "confirming" or WORDS in page


async def test_what_is_said_stands_in_the_hall(stage: Stage) -> None:
    assert "现场停电" in stage.text("paused, hall") and "已暂停" in stage.text("paused, hall")
    assert "请核对记录" in stage.text("end") and "与密封文件一致" in stage.text("end")
    assert "请核对记录" in stage.text("screen")


async def test_a_bidder_sees_what_is_next_and_then_that_it_has_confirmed(stage: Stage) -> None:
    assert "/hall/confirmation" in stage.pages["opened"].text
    assert "您已确认开标记录" in stage.text("confirmed, own")
    assert "/hall/confirmation" not in stage.pages["confirmed, own"].text


# ---- the record -----------------------------------------------------------------------------------------------------


async def test_requirement_25_the_record_prints_with_its_hash_and_tells_every_bid_and_answer(stage: Stage) -> None:
    async with stage.hall.database.reading() as session:
        record = await session.get_one(OpeningRecord, stage.waiting)
    page = stage.pages["record"].text
    assert page.count(record.digest.hex()) == 2 and 'class="printed mono"' in page
    for number in (1, 2, 3, 4):
        assert stage.hall.bodies[f"bidder{number}"].name in page
    assert "请核对第二家的工期" in page and "存储日志显示对象丢失" in page
    assert stage.pages["record, en"].status_code == 200


# ---- strangers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("otheragent", "/host", 404),
        ("otheragent", "/host/note", 404),
        ("bidder1", "/host", 403),
        ("supervisor", "/host", 403),
        (None, "/host", 303),
        ("bidder5", "/hall/confirmation", 404),
        ("bidder5", "/hall/objection", 404),
        ("agent", "/hall/confirmation", 403),
        ("centre", "/host/causes/bid-nobody", 404),
        ("agent", "/host/objections/objection-nobody", 404),
    ],
)
async def test_a_stranger_finds_nothing(stage: Stage, login: str | None, path: str, status: int) -> None:
    assert (await stage.get("stranger", f"/sections/{stage.waiting}{path}", login)).status_code == status


@pytest.mark.parametrize("path", ["/hall", "/hall/screen", "/opening-record", "/host"])
async def test_a_section_that_is_not_there_has_no_hall(stage: Stage, path: str) -> None:
    draft = await stage.hall.a_draft()
    for section in (draft, "YH-NOWHERE/01"):
        assert (await stage.get("nothing", f"/sections/{section}{path}", "centre")).status_code == 404
