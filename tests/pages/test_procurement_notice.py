"""Keyset, notice, halls and award by forms: periods in words before anything is sent, and who may see what."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from procurement_scene import ZONE, Office
from scenes import a_hall
from sqlalchemy import select

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import Role
from infra.objects import Objects
from trading.sections.states import SectionState
from trading.venues.actions import enter_room
from trading.venues.tables import Booking, Room, RoomKind
from web.demo import cast

pytestmark = pytest.mark.soak

PAGES = ("manage", "document", "document/preview", "document/files", "notice", "notice/preview", "venue", "award")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Office]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        await hall.bring("stranger", Role.AGENT, "别家招标代理公司", cast.code(330))
        async with hall.database.work(hall.actor("centre")) as work:
            for name, kind in (("一厅", RoomKind.OPENING), ("二厅", RoomKind.OPENING), ("评标室", RoomKind.EVALUATION)):
                await enter_room(work, name, kind, 20, region=cast.REGION)
        opened = Office(hall)
        yield opened
        await opened.close()


def typed(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def ahead(seconds: float) -> str:
    return typed(datetime.now(ZONE) + timedelta(seconds=seconds))


async def keyset_of(office: Office, section: str) -> str | None:
    return (await office.hall.section(section)).keyset


async def room_called(office: Office, name: str) -> str:
    async with office.hall.database.reading() as session:
        return (await session.execute(select(Room.id).where(Room.name == name))).scalar_one()


async def booking_of(office: Office, section: str) -> Booking:
    async with office.hall.database.reading() as session:
        wanted = select(Booking).where(Booking.section == section).order_by(Booking.asked_at.desc())
        return (await session.execute(wanted)).scalars().first()


async def test_too_short_a_period_is_told_in_days_before_the_trustees_are_asked(office: Office) -> None:
    section = await office.frozen()
    answer = await office.send(f"/sections/{section}/notice/keyset", deadline=ahead(1), sale_ends=ahead(1))
    assert answer.status_code == 422 and re.search(r"短 ?\d+|\d+ ?[日天]", answer.text)
    assert "errsum" in answer.text and 'aria-invalid="true"' in answer.text
    assert await keyset_of(office, section) is None


@pytest.mark.parametrize("text", ["", "明天", "2026-13-01T09:30", "2026-11-23T09:30:00+08:00"])
async def test_a_time_that_cannot_be_read_is_refused_at_its_field(office: Office, text: str) -> None:
    section = await office.frozen()
    answer = await office.send(f"/sections/{section}/notice/keyset", deadline=text, sale_ends=ahead(600))
    assert answer.status_code == 422 and 'id="deadline-error"' in answer.text
    assert await keyset_of(office, section) is None


async def test_the_page_shows_who_of_the_three_trustees_has_signed(office: Office) -> None:
    section = await office.frozen()
    office.hall.absent.add("supervisor")
    await office.done(f"/sections/{section}/notice/keyset", deadline=ahead(600), sale_ends=ahead(600))
    await office.hall.step()
    page = (await office.see(f"/sections/{section}/notice")).text
    office.hall.absent.clear()
    assert page.count("tag--ok") == 2 and "hx-trigger" in page
    await office.hall.until(lambda: office.hall._published(section))
    page = (await office.see(f"/sections/{section}/notice")).text
    assert page.count("tag--ok") == 7 and "hx-trigger" not in page


async def test_a_notice_is_published_only_when_nothing_keeps_it_back(office: Office) -> None:
    section = await office.keyed()
    path = f"/sections/{section}/notice"
    await office.done(path, action="save", **cast.FIELDS | {"scope": ""})
    preview = (await office.see(path + "/preview")).text
    assert "consequence" not in preview
    assert (await office.send(path + "/preview")).status_code == 422
    await office.done(path, action="save", **cast.FIELDS)
    preview = (await office.see(path + "/preview")).text
    assert "consequence" in preview and "壹仟万元整" in preview and "autofocus" not in preview
    await office.done(path + "/preview")
    assert (await office.send(path + "/preview")).status_code == 409
    assert (await office.send(path, action="save", **cast.FIELDS)).status_code == 409


async def test_another_deadline_is_chosen_with_another_keyset_and_the_notice_names_the_new_one(office: Office) -> None:
    section = await office.keyed(600)
    first = await keyset_of(office, section)
    at = await office.ask(section, 900)
    assert await keyset_of(office, section) != first
    await office.done(f"/sections/{section}/notice", action="preview", **cast.FIELDS)
    await office.done(f"/sections/{section}/notice/preview")
    assert (await office.hall.section(section)).deadline == at


async def test_a_keyset_is_not_asked_for_before_the_document_is_frozen(office: Office) -> None:
    page = (await office.see(f"/sections/{await office.drafted()}/notice")).text
    assert re.search(r"<button[^>]*disabled", page)


@pytest.mark.parametrize("page", PAGES)
async def test_a_strangers_section_is_not_there(office: Office, page: str) -> None:
    section = await office.drafted()
    assert (await office.see(f"/sections/{section}/{page}", "stranger")).status_code == 404
    assert (await office.see(f"/sections/{section}/{page}", "bidder1")).status_code == 403
    assert (await office.see(f"/sections/{section}/{page}", "procurer")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["manage", "document", "document/preview", "document/files/removal", "notice", "notice/keyset", "venue", "award"],
)
async def test_a_stranger_changes_nothing(office: Office, path: str) -> None:
    section = await office.drafted()
    assert (await office.send(f"/sections/{section}/{path}", "stranger", title="x", name="x")).status_code == 404
    assert (await office.send(f"/sections/{section}/{path}", "centre")).status_code == 403


async def test_projects_of_others_are_not_there_and_the_queue_is_the_centres(office: Office) -> None:
    code = await office.submitted()
    assert (await office.see(f"/projects/{code}", "stranger")).status_code == 404
    assert (await office.see(f"/projects/{code}/sections/new", "stranger")).status_code == 404
    assert code not in (await office.see("/projects", "stranger")).text
    assert (await office.see("/centre/projects", "agent")).status_code == 403
    assert (await office.send(f"/centre/projects/{code}", "agent", action="accept")).status_code == 403


async def test_a_project_goes_back_with_reasons_and_comes_again(office: Office) -> None:
    code = await office.submitted()
    refusal = await office.send(f"/centre/projects/{code}", "centre", action="return", reasons=" ")
    assert refusal.status_code == 422 and 'id="reasons-error"' in refusal.text
    await office.done(f"/centre/projects/{code}", "centre", action="return", reasons="缺少委托合同编号")
    assert "缺少委托合同编号" in (await office.see("/projects")).text
    edit = (await office.see(f"/projects/{code}/edit")).text
    assert "缺少委托合同编号" in edit and cast.PROCURER.name in edit
    told = {"name": "云湖第三水厂扩建", "other": cast.PROCURER.credit_code, "category": "construction"}
    await office.done(f"/projects/{code}/edit", **told)
    assert code in (await office.see("/centre/projects", "centre")).text


async def test_a_refused_registration_keeps_what_was_typed(office: Office) -> None:
    answer = await office.send(
        "/projects/new", code="yh-1!", name="保留的名称", other="没有这家", category="construction"
    )
    assert answer.status_code == 422 and "保留的名称" in answer.text
    assert 'href="#code"' in answer.text and 'href="#other"' in answer.text


async def test_the_tree_is_searched_filtered_and_empty_in_words(office: Office) -> None:
    code = await office.accepted()
    assert code in (await office.see(f"/projects?q={code}&state=accepted&order=name")).text
    assert "没有符合条件的项目" in (await office.see(f"/projects?q={code}&state=returned")).text
    assert "贵单位还没有项目" in (await office.see("/projects", "stranger")).text
    for odd in ("page=0", "page=abc", "state=dice", "order=dice", "q=%00"):
        assert (await office.see(f"/projects?{odd}")).status_code == 200


async def test_the_tree_says_what_comes_next_and_by_whom(office: Office) -> None:
    section = await office.drafted()
    page = (await office.see(f"/projects/{section.split('/')[0]}")).text
    assert "编制并固化招标文件" in page and "贵方" in page
    await office.done(f"/sections/{section}/document", action="template:benchmark")
    await office.freeze(section)
    assert "请受托方生成本标段密钥" in (await office.see(f"/projects/{section.split('/')[0]}")).text


async def test_a_hall_is_booked_moved_confirmed_and_given_back(office: Office) -> None:
    section = await office.published()
    one, two = await room_called(office, "一厅"), await room_called(office, "二厅")
    deadline = (await office.hall.section(section)).deadline
    start = typed(deadline - timedelta(minutes=10))
    path = f"/sections/{section}/venue"
    await office.done(path, room=one, start=start, minutes="60")
    booking = await booking_of(office, section)
    await office.done(path, room=two, start=start, minutes="60", booking=booking.id)
    board = (await office.see("/centre/board?day=" + start[:10], "centre")).text
    assert section in board and "二厅" in board
    await office.done(f"/centre/bookings/{booking.id}", "centre", action="confirm")
    assert (await booking_of(office, section)).state == "confirmed"
    await office.done(path + "/cancellation", booking=booking.id)
    assert (await booking_of(office, section)).state == "cancelled"


async def test_a_taken_hall_and_a_missed_deadline_are_told_at_the_field(office: Office) -> None:
    section, other = await office.published(), await office.drafted()
    one = await room_called(office, "一厅")
    deadline = (await office.hall.section(section)).deadline
    late = await office.send(
        f"/sections/{section}/venue", room=one, start=typed(deadline + timedelta(hours=2)), minutes="60"
    )
    assert late.status_code == 422 and 'id="start-error"' in late.text
    await office.done(f"/sections/{section}/venue", room=one, start=typed(deadline), minutes="60")
    taken = await office.send(f"/sections/{other}/venue", room=one, start=typed(deadline), minutes="60")
    assert taken.status_code == 409 and 'id="room-error"' in taken.text
    assert section not in re.sub(r"<form.*?</form>", "", taken.text, flags=re.S)
    wrong = await office.send(f"/sections/{other}/venue", room=one, start=typed(deadline), minutes="7")
    assert wrong.status_code == 422


async def test_the_centre_assigns_another_hall_and_enters_rooms(office: Office) -> None:
    section = await office.drafted()
    bench = await room_called(office, "评标室")
    await office.done(f"/sections/{section}/venue", room=bench, start=ahead(90000), minutes="60")
    booking = await booking_of(office, section)
    assert (await office.see(f"/centre/bookings/{booking.id}", "centre")).status_code == 200
    assert (await office.see(f"/centre/bookings/{booking.id}", "agent")).status_code == 403
    path = f"/centre/bookings/{booking.id}"
    moved = await office.send(path, "centre", action="assign", room="room-none", start=ahead(95000), minutes="60")
    assert moved.status_code == 404
    await office.done(path, "centre", action="assign", room=bench, start=ahead(95000), minutes="30")
    assert (await booking_of(office, section)).state == "confirmed"
    assert (await office.send("/centre/board", "centre", name="", kind="opening-hall", seats="9")).status_code == 422
    assert (await office.send("/centre/board", "centre", name="新厅", kind="cellar", seats="9")).status_code == 422
    await office.done("/centre/board", "centre", name="新厅", kind="opening-hall", seats="9")
    assert (await office.see("/centre/board?day=nonsense", "centre")).status_code == 200


async def test_only_the_centre_of_the_region_hears_of_its_rooms(office: Office) -> None:
    for login, status in (("agent", 404), ("bidder1", 404)):
        assert (await office.see(f"/live/venues:{cast.REGION}", login)).status_code == status


@pytest.mark.parametrize("action", ["candidates", "award", "dance", ""])
async def test_nothing_is_awarded_before_its_time(office: Office, action: str) -> None:
    section = await office.published()
    answer = await office.send(f"/sections/{section}/award", action=action)
    assert answer.status_code in (409, 422) and "errsum" in answer.text
    assert (await office.hall.section(section)).state == SectionState.BIDDING


@pytest.mark.parametrize("page", ["/projects", "/projects/new", *(f"/sections/{{}}/{page}" for page in PAGES)])
async def test_every_page_speaks_english_too(office: Office, page: str) -> None:
    section: Any = office.__dict__.setdefault("english", None) or await office.published()
    office.__dict__["english"] = section
    answer = await office.see("/en" + page.format(section))
    assert answer.status_code == 200 and 'lang="en"' in answer.text
