"""The list of names: whole, signed by two, printed with hash and page numbers; and the pages of the door."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from door_scene import Door
from sqlalchemy import select, update

from expertpool.attendance.actions import payee
from expertpool.attendance.rules import list_message
from expertpool.attendance.tables import Attendance, AttendanceList
from expertpool.draw.tables import Draw
from expertpool.experts.tables import Expert
from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.auth.key_signer import KeyFileSigner
from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.queries import seats_of
from trading.evaluation.roster import sign_list, the_list
from trading.evaluation.slips import names_of_present
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast

pytestmark = pytest.mark.soak

WRONG: list[dict[str, str]] = [
    {"amount": "x"}, {"amount": "0"}, {"travel": "-1"}, {"unit": "week"}, {"day": "2020-13-01"}, {"source": " "},
]  # fmt: skip
ODD = ("from=yesterday", "to=2020-02-30", "from=2020-02-02&to=2020-02-01")
KEYS: dict[str, KeyFileSigner] = {}


async def names(door: Door) -> list[str]:
    async with door.hall.database.reading() as session:
        return list((await names_of_present(session, door.hall.keys.service, door.section)).values())


async def look(door: Door, login: str, tail: str) -> httpx.Response:
    async with await door.hall.client(login) as client:
        return await client.get(f"/en/sections/{door.section}/{tail}")


async def send(door: Door, login: str, tail: str, **fields: str) -> httpx.Response:
    async with await door.hall.client(login) as client:
        return await client.post(f"/en/sections/{door.section}/{tail}", data=fields)


async def shown(door: Door) -> bytes:
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        return (await the_list(work.session, door.section, work.ctx.now)).digest


async def sign(door: Door, login: str, list_is: bytes | None = None, over: bytes | None = None) -> bool:
    """Sign the list as it stands; `list_is` and `over` let one sign another."""
    if login not in KEYS:
        await (await door.hall.client(login)).aclose()
        door.hall.actors[login] = replace(door.hall.actor(login), id=door.hall.accounts[login].id)
        KEYS[login] = await door.hall.give_key(login, login)
    signer = KEYS[login]
    given = list_is or await shown(door)
    mark = signer.sign(list_message(door.section, over or given))
    async with door.hall.database.work(door.hall.actor(login)) as work:
        assert signer.certificate is not None
        return await sign_list(work, door.hall.authority, door.section, given, signer.certificate, mark)


async def code_of_refusal(door: Door, login: str, **how: bytes) -> str:
    with pytest.raises(Problem) as told:
        await sign(door, login, **how)
    return told.value.code


async def test_the_door_lets_in_through_its_page_and_keeps_neither_code_nor_card(door: Door) -> None:
    page = await look(door, "centre", "check-in")
    assert page.status_code == 200 and 'name="private_code"' in page.text
    code, card = door.codes[1], door.cards[1]
    undeclared = await send(door, "centre", "check-in", private_code=code, private_identity=card)
    assert undeclared.status_code == 422 and code not in undeclared.text and card not in undeclared.text
    wrong = await send(door, "centre", "check-in", private_code=code, private_identity="1", commitment="yes")
    assert wrong.status_code == 403 and code not in wrong.text
    came = await send(
        door, "centre", "check-in", private_code=code, private_identity=card, commitment="yes", locker="7"
    )
    assert came.status_code == 303 and code not in came.headers["location"]


@pytest.mark.parametrize("login", ["agent", "supervisor", "bidder1"])
async def test_nobody_but_the_centre_sees_the_door(door: Door, login: str) -> None:
    assert (await look(door, login, "check-in")).status_code == 403


async def test_the_list_is_signed_by_nobody_before_every_seat_has_signed_in(door: Door) -> None:
    assert await code_of_refusal(door, "centre") == "list.waiting"
    told = await look(door, "supervisor", "attendance/list")
    assert told.status_code == 200 and 'id="list"' not in told.text


async def test_the_list_is_signed_by_nobody_before_the_day(door: Door) -> None:
    await door.panel.refresh()
    for number in range(1, 6):
        await door.panel.sign_in(number)
    assert await move(door, timedelta(days=2)) == "list.early"


async def test_a_list_signed_by_one_shows_no_name(door: Door) -> None:
    await move(door, timedelta(minutes=1))
    assert await sign(door, "centre") is False
    assert await code_of_refusal(door, "centre") == "list.signed"
    pages = [await look(door, login, "attendance/list") for login in ("centre", "supervisor")]
    assert [name for name in await names(door) for page in pages if name in page.text] == []
    assert (await look(door, "centre", "attendance/list/print")).status_code == 409


async def test_another_list_than_the_one_shown_and_another_signature_are_refused(door: Door) -> None:
    assert await code_of_refusal(door, "supervisor", list_is=bytes(32)) == "list.changed"
    assert await code_of_refusal(door, "supervisor", over=bytes(32)) == "signing.bad-signature"
    assert await code_of_refusal(door, "agent") == "permission.denied"


async def test_requirement_18_two_signatures_unlock_the_list_and_each_look_is_recorded(door: Door) -> None:
    signer, list_is = KEYS["supervisor"], await shown(door)
    assert signer.certificate is not None
    sent = await send(
        door, "supervisor", "attendance/list", digest=list_is.hex(),
        certificate=b64(signer.certificate),
        signature=b64(signer.sign(list_message(door.section, list_is))),
    )  # fmt: skip
    assert sent.status_code == 303
    page = await look(door, "supervisor", "attendance/list")
    assert all(name in page.text for name in await names(door)) and len(await names(door)) == 5
    async with door.hall.database.reading() as session:
        looks = (await session.execute(select(AccessLine).where(AccessLine.read == Read.SEAT_LIST))).scalars().all()
        line = (await session.execute(select(Line).where(Line.event == Event.LIST_UNLOCKED))).scalars().one()
    assert looks[-1].facts == {"seats": [1, 2, 3, 4, 5]}
    assert (line.facts["judges"], len(line.facts["signatures"])) == (5, 2)
    assert not any(name in str(line.facts) for name in await names(door))


async def test_the_printed_sheets_carry_the_hash_and_the_page(door: Door) -> None:
    sheet = await look(door, "centre", "attendance/list/print")
    assert sheet.status_code == 200 and sheet.headers["cache-control"] == "no-store"
    assert (await shown(door)).hex() in sheet.text and "Page 1 of 1" in sheet.text


async def test_no_page_of_attendance_shows_a_card_or_a_name(door: Door) -> None:
    pages = [await look(door, login, "attendance") for login in ("centre", "supervisor")]
    assert {page.status_code for page in pages} == {200}
    told = "".join(page.text for page in pages)
    assert [
        secret for secret in (*door.cards.values(), *door.codes.values(), *await names(door)) if secret in told
    ] == []
    assert not re.search(r"\d\d:\d\d:\d\d", re.sub(r"<server-clock.*?</server-clock>", "", told, flags=re.S))


async def test_refused_tries_are_told_to_the_supervisor_alone(door: Door) -> None:
    assert "1 try at the door was refused." in (await look(door, "supervisor", "attendance")).text
    assert "refused" not in (await look(door, "centre", "attendance")).text


async def test_signing_out_through_the_page(door: Door) -> None:
    assert (await send(door, "centre", "attendance/departures", seat="1")).status_code == 303
    twice = await send(door, "centre", "attendance/departures", seat="1")
    assert twice.status_code == 409 and 'href="#seat-1"' in twice.text and 'id="seat-1-error"' in twice.text
    assert (await send(door, "centre", "attendance/departures", seat="x")).status_code == 404
    assert (await send(door, "supervisor", "attendance/departures", seat="1")).status_code == 403


async def test_a_replaced_holder_makes_another_list_that_nobody_has_signed(door: Door) -> None:
    before = await shown(door)
    await door.panel.leave(5)
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        now = await the_list(work.session, door.section, work.ctx.now)
        seats = await seats_of(work.session, door.section)
        kept = (await work.session.execute(select(AttendanceList.digest))).scalars().all()
    assert now.digest != before and not now.unlocked and now.wanting == "waiting" and before in kept
    assert len(seats) == 5
    assert (await look(door, "centre", "attendance/list/print")).status_code == 409


async def move(door: Door, ahead: timedelta) -> str | None:
    """Let the evaluation begin so far from now; what the centre's signature is refused with, if the day is not come."""
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        begins = work.ctx.now + ahead
        await work.session.execute(update(Draw).where(Draw.section == door.section).values(evaluation_at=begins))
    return await code_of_refusal(door, "centre") if ahead > timedelta(days=1) else None


async def an_own_page(door: Door, login: str, expert: str) -> str:
    """An expert's page of fees, as the expert with an account of that login sees it."""
    door.hall.actors[login] = Actor(f"account-{login}", Role.EXPERT, None, cast.REGION)
    async with await door.hall.client(login) as client:
        async with door.hall.database.work(SYSTEM) as work:
            account = door.hall.accounts[login].id
            await work.session.execute(update(Expert).where(Expert.id == expert).values(account=account))
        page = await client.get("/en/expert/fees")
    assert page.status_code == 200 and door.section not in page.text
    return page.text


async def attended_by(door: Door, seat: int) -> str:
    async with door.hall.database.reading() as session:
        wanted = select(Attendance).where(Attendance.section == door.section, Attendance.number == seat).limit(1)
        return payee(door.hall.keys.service, (await session.execute(wanted)).scalar_one())


async def test_fees_are_settled_after_the_evaluation_by_the_dated_rate_and_told_to_the_tax_office(door: Door) -> None:
    assert (await send(door, "centre", "fees")).status_code == 409
    async with door.hall.database.work(door.hall.actor("centre")) as work:
        await work.session.execute(update(Section).where(Section.id == door.section).values(state=SectionState.MARKED))
        await work.session.execute(update(Attendance).values(minutes=125))
    came = await attended_by(door, 1)
    async with door.hall.database.reading() as session:
        other = (await session.execute(select(Expert.id).where(Expert.id != came, Expert.account.is_(None)))).scalars()
        stranger = other.first() or ""
    before = await an_own_page(door, "judge-1", came)
    async with door.hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Attendance).values(payee_tag=None))
    untagged = await an_own_page(door, "judge-1", came)
    assert all("2.1" in page and "to be settled" in page for page in (before, untagged))
    assert "No day of yours waits to be settled" in await an_own_page(door, "stranger", stranger)
    assert (await send(door, "centre", "fees")).status_code == 409
    rate = {"day": "2020-01-01", "unit": "hour", "amount": "400.00", "travel": "50", "source": "市财政局规定"}
    async with await door.hall.client("centre") as client:
        refused = [await client.post("/en/centre/fees", data=rate | wrong) for wrong in WRONG]
        entered = await client.post("/en/centre/fees", data=rate)
        twice = await client.post("/en/centre/fees", data=rate)
        foreseen = await client.get(f"/en/sections/{door.section}/fees")
        settled = await client.post(f"/en/sections/{door.section}/fees")
        page = await client.get(f"/en/sections/{door.section}/fees")
        again = await client.post(f"/en/sections/{door.section}/fees")
        late = await client.post("/en/centre/fees", data=rate | {"day": "2020-01-02"})
        told = await client.get("/en/centre/fees.csv")
        odd = [await client.get(f"/en/centre/fees.csv?{one}") for one in ODD]
        rates = await client.get("/en/centre/fees")
    after = await an_own_page(door, "judge-1", came)
    assert "No day of yours waits to be settled" in after and "1160.00" in after
    assert "第 61 号" in rates.text and "Quick deduction" in rates.text
    assert [one.status_code for one in refused] == [422] * len(WRONG)
    assert [one.status_code for one in odd] == [422] * len(ODD)
    assert all('id="to-error"' in one.text or 'id="from-error"' in one.text for one in odd)
    assert [entered.status_code, twice.status_code, settled.status_code, again.status_code] == [303, 409, 303, 409]
    assert late.status_code == 422 and told.status_code == 200
    assert "壹仟贰佰伍拾元整" in foreseen.text and "1250.00" in page.text
    row = told.content.decode("utf-8-sig").splitlines()[1]
    assert door.cards[1] in row and "1250.00,90.00,1160.00" in row and door.section not in told.text
    assert door.cards[1] not in page.text
    async with door.hall.database.reading() as session:
        looks = (await session.execute(select(AccessLine.facts).where(AccessLine.read == Read.FEES))).scalars().all()
    assert looks == [{"lines": 1}]
