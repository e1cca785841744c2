"""A lottery from the centre's desk to the public page: frozen for all to read, drawn by three bodies, repeated for a reason."""

import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from calling import form_of
from scenes import Hall, a_hall
from second_draw import second_draw
from sqlalchemy import select, update
from stdnum.cn import uscc

from expertpool.draw.audit import redraw_message
from expertpool.lotteries.actions import allow_repeat, freeze, open_lottery, series, write_entries
from expertpool.lotteries.drawing import reveal
from expertpool.lotteries.limits import LIMIT, pass_limit
from expertpool.lotteries.rules import Entry, recompute_lottery, winners
from expertpool.lotteries.tables import Lottery, LotteryAttempt
from infra.custody.tables import Duty
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.timers_table import Timer

pytestmark = pytest.mark.soak

NAMES = ("云湖建工集团有限公司", "宜坤建设有限公司", "云湖路桥有限公司", "北岸市政有限公司", "东山园林有限公司")


def code_of(number: int) -> str:
    body = f"91420500MA{number:07d}"
    return body + uscc.calc_check_digit(body)


ENTRIES = sorted(Entry(code_of(number), name) for number, name in enumerate(NAMES))
LINES = "\n".join(f"{code},{name}" for code, name in ENTRIES)
SUBJECT = "述标顺序"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects) as found:
        yield found


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(Problem) as told:
        await call
    return told.value.code


async def sent(client: httpx.AsyncClient, page: str, path: str, **fields: str) -> httpx.Response:
    return await client.post(path, data={**await form_of(client, page), **fields})


async def opened(hall: Hall, places: int = 2, waiting: int = 1) -> str:
    async with hall.database.work(hall.actor("centre")) as work:
        return (
            await open_lottery(
                work, subject=SUBJECT, basis="交易中心规则第 5 条", places=places, waiting=waiting, entries=ENTRIES
            )
        ).id


async def frozen(hall: Hall, lottery: str) -> str:
    async with hall.database.work(hall.actor("centre")) as work:
        return (await freeze(work, lottery)).id


async def attempt(hall: Hall, draw: str) -> LotteryAttempt:
    async with hall.database.reading() as session:
        return await session.get_one(LotteryAttempt, draw)


async def reached(hall: Hall, draw: str, state: str) -> None:
    async def there() -> bool:
        return (await attempt(hall, draw)).state == state

    await hall.until(there)


async def test_a_lottery_is_opened_frozen_and_drawn_at_the_desk_and_anybody_recomputes_it(hall: Hall) -> None:
    centre, public = await hall.client("centre"), await hall.client()
    fields = {"subject": SUBJECT, "basis": "规则", "entries": LINES, "places": "2", "waiting": "1"}
    answer = await sent(centre, "/centre/lotteries/new", "/centre/lotteries", **fields)
    assert answer.status_code == 303, answer.text
    desk = answer.headers["location"]
    lottery = desk.rpartition("/")[2]
    assert (await public.get(f"/lotteries/{lottery}")).status_code == 404
    assert (
        SUBJECT not in (await public.get("/lotteries")).text and SUBJECT in (await centre.get("/centre/lotteries")).text
    )
    assert (await sent(centre, desk, f"{desk}/freeze")).status_code == 303
    page = (await public.get(f"/lotteries/{lottery}")).text
    assert all(one.name in page and one.code in page for one in ENTRIES) and "lottery__drawn" not in page
    early = json.loads((await public.get(f"/lotteries/{lottery}/lottery-1.json")).content)
    assert "evidence" not in early and len(early["entries"]) == 5
    await reached(hall, f"{series(lottery)}/1", "revealed")
    told = json.loads((await public.get(f"/lotteries/{lottery}/lottery-1.json")).content)
    assert recompute_lottery(told) == told and told["entries"] == early["entries"] and told["frozen"] == early["frozen"]
    assert second_draw(told["evidence"]) == (told["evidence"]["out"], told["evidence"]["reasons"])
    page = (await public.get(f"/lotteries/{lottery}")).text
    assert told["evidence"]["seed"] in page and page.count("<li") >= 3 and 'data-recompute="' in page
    drawn = [one.name for one in winners(told)]
    assert [page.index(f">{name}<") for name in drawn] == sorted(page.index(f">{name}<") for name in drawn)
    await centre.aclose()
    await public.aclose()


async def test_the_log_holds_list_commitments_escrows_and_result_for_everybody(hall: Hall) -> None:
    lottery = await opened(hall)
    draw = await frozen(hall, lottery)
    await reached(hall, draw, "revealed")
    events = [
        Event.LOTTERY_FROZEN, Event.LOTTERY_COMMITMENT_GIVEN, Event.LOTTERY_ESCROW_GIVEN, Event.LOTTERY_COMMITTED,
        Event.LOTTERY_REVEALED,
    ]  # fmt: skip
    lines = await hall.lines(*events, section=series(lottery))
    assert [line.event for line in lines] == [events[0], *[events[1]] * 3, *[events[2]] * 3, events[3], events[4]]
    assert all(line.salt is not None for line in lines)
    row = await attempt(hall, draw)
    assert lines[0].facts["frozen"] == row.pool["facts"] and lines[-1].facts["seed"] in (row.told or b"").decode()
    await hall.beat()
    public = await hall.client()
    page = (await public.get(f"/lotteries/{lottery}")).text
    assert page.count("/log/leaves/") >= 3
    await public.aclose()


async def test_a_second_reveal_changes_nothing(hall: Hall) -> None:
    draw = await frozen(hall, await opened(hall))
    await reached(hall, draw, "revealed")
    before = (await attempt(hall, draw)).told
    async with hall.database.work(SYSTEM) as work:
        await reveal(work, hall.keys, draw)
    assert (await attempt(hall, draw)).told == before
    assert len(await hall.lines(Event.LOTTERY_REVEALED, section=draw.rpartition("/")[0])) == 1


async def test_nothing_is_entered_after_the_freeze_and_nothing_frozen_twice(hall: Hall) -> None:
    lottery = await opened(hall)
    async with hall.database.work(hall.actor("centre")) as work:
        await write_entries(work, lottery, ENTRIES[:4], 1, 0)
    draw = await frozen(hall, lottery)
    assert len((await attempt(hall, draw)).request["entries"]) == 4
    async with hall.database.work(hall.actor("centre")) as work:
        assert await refused(write_entries(work, lottery, ENTRIES, 1, 0)) == "lottery.frozen"
        assert await refused(freeze(work, lottery)) == "lottery.running"
    await reached(hall, draw, "revealed")
    async with hall.database.work(hall.actor("centre")) as work:
        assert await refused(freeze(work, lottery)) == "lottery.repeated"


@pytest.mark.parametrize(("places", "waiting"), [(0, 0), (6, 0), (5, 1), (1, 5)])
async def test_a_lottery_of_fewer_entries_than_places_is_not_opened(hall: Hall, places: int, waiting: int) -> None:
    assert await refused(opened(hall, places, waiting)) == "lottery.places"


async def test_only_the_centre_runs_a_lottery(hall: Hall) -> None:
    lottery = await opened(hall)
    for login in ("supervisor", "bidder1"):
        async with hall.database.work(hall.actor(login)) as work:
            assert await refused(freeze(work, lottery)) == "permission.denied"
    for login in ("agent", "bidder1", None):
        client = await hall.client(login)
        assert (await client.get(f"/centre/lotteries/{lottery}")).status_code in (303, 403)
        await client.aclose()


@pytest.mark.parametrize(
    ("field", "value", "field_error"),
    [
        ("entries", LINES + "\n" + LINES.splitlines()[0], "entries"),
        ("entries", f"{code_of(1)},甲,2\n{code_of(2)},乙", "entries"),
        ("entries", "", "places"),
        ("places", "two", "places"),
        ("waiting", "-1", "waiting"),
        ("places", "6", "places"),
        ("subject", " ", "subject"),
    ],
)
async def test_a_refused_form_keeps_what_was_typed_and_says_where(
    hall: Hall, field: str, value: str, field_error: str
) -> None:
    centre = await hall.client("centre")
    fields = {"subject": SUBJECT, "basis": "规则", "entries": LINES, "places": "2", "waiting": "1", field: value}
    answer = await sent(centre, "/centre/lotteries/new", "/centre/lotteries", **fields)
    assert answer.status_code == 422
    assert f'id="{field_error}-error"' in answer.text and f'href="#{field_error}"' in answer.text
    assert fields["basis"] in answer.text
    await centre.aclose()


async def test_a_silent_body_ends_the_attempt_by_name_and_another_needs_the_supervisors_signed_reason(
    hall: Hall,
) -> None:
    lottery = await opened(hall)
    hall.absent.add("agent")
    draw = await frozen(hall, lottery)
    for _ in range(4):
        await hall.step()
    async with hall.database.work(SYSTEM) as work:
        assert (await work.session.execute(select(Timer.verb).where(Timer.subject == draw))).scalar_one() == LIMIT
        await pass_limit(work, draw)
    hall.absent.clear()
    failed = await attempt(hall, draw)
    assert (failed.state, failed.failed_why, failed.failed_party) == ("failed", "draw.silent", "agent")
    async with hall.database.reading() as session:
        owed = select(Duty).where(Duty.answer.is_(None), Duty.subject.in_((draw, failed.keyset)))
        assert (await session.execute(owed)).all() == []
    public = await hall.client()
    assert "招标代理" in (await public.get(f"/lotteries/{lottery}")).text
    async with hall.database.work(hall.actor("centre")) as work:
        assert await refused(freeze(work, lottery)) == "lottery.repeated"
    client, reason = await hall.client("supervisor"), "代理机构程序中断"
    hall.actors["supervisor"] = replace(hall.actor("supervisor"), id=hall.accounts["supervisor"].id)
    signer = await hall.give_key("supervisor", "supervisor")
    assert signer.certificate is not None
    signature = signer.sign(redraw_message(f"{series(lottery)}/2", reason))
    path = f"/supervision/lotteries/{lottery}"
    told = {"reason": reason, "certificate": b64(signer.certificate), "signature": b64(signature)}
    assert (await sent(client, path, path, **{**told, "signature": ""})).status_code == 422
    assert (await sent(client, path, path, **{**told, "reason": "other"})).status_code == 422
    assert (await sent(client, path, path, **told)).status_code == 303
    async with hall.database.work(hall.actor("supervisor")) as work:
        again = allow_repeat(work, hall.authority, lottery, reason, signer.certificate, signature)
        assert await refused(again) == "redraw.given"
    second = await frozen(hall, lottery)
    assert second == f"{series(lottery)}/2"
    await reached(hall, second, "revealed")
    page = (await public.get(f"/lotteries/{lottery}")).text
    assert reason in page and "lottery-1.json" not in page and "lottery-2.json" in page
    await public.aclose()
    await client.aclose()


async def test_a_repeat_is_not_allowed_while_an_attempt_runs_nor_by_anybody_else(hall: Hall) -> None:
    lottery = await opened(hall)
    draw = await frozen(hall, lottery)
    for login, code in (("supervisor", "lottery.running"), ("centre", "permission.denied")):
        async with hall.database.work(hall.actor(login)) as work:
            assert await refused(allow_repeat(work, hall.authority, lottery, "x", b"", b"")) == code
    await reached(hall, draw, "revealed")
    async with hall.database.work(hall.actor("supervisor")) as work:
        assert await refused(allow_repeat(work, hall.authority, lottery, " ", b"", b"")) == "redraw.reason"


async def test_an_escrow_that_contradicts_its_commitment_ends_the_attempt_by_name(hall: Hall) -> None:
    draw = await frozen(hall, await opened(hall))
    await reached(hall, draw, "committed")
    async with hall.database.work(SYSTEM) as work:
        duty = select(Duty).where(Duty.kind == "draw-commit", Duty.subject == draw).order_by(Duty.trustee).limit(1)
        one = (await work.session.execute(duty)).scalar_one()
        await work.session.execute(update(Duty).where(Duty.id == one.id).values(answer={"commitment": "00" * 32}))
    await reached(hall, draw, "failed")
    failed = await attempt(hall, draw)
    assert failed.failed_why == "draw.contradiction" and failed.failed_party in ("agent", "centre", "supervisor")
    assert failed.told is None


async def test_another_region_neither_sees_nor_changes_a_list_that_is_being_written(hall: Hall) -> None:
    lottery = await opened(hall)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Lottery).where(Lottery.id == lottery).values(region="110000"))
    centre = await hall.client("centre")
    assert (await centre.get(f"/centre/lotteries/{lottery}")).status_code == 404
    async with hall.database.work(hall.actor("centre")) as work:
        assert await refused(write_entries(work, lottery, ENTRIES, 1, 0)) == "page.unknown"
    await centre.aclose()


async def test_the_list_is_filtered_paged_and_says_when_nothing_fits(hall: Hall) -> None:
    public = await hall.client()
    assert "没有符合" in (await public.get("/lotteries?q=没有这样的事项")).text
    assert SUBJECT in (await public.get("/lotteries?state=failed")).text
    assert (await public.get("/lotteries?page=99999&state=nonsense")).status_code == 200
    assert (await public.get("/en/lotteries?q=%00")).status_code == 200
    for path in ("/lotteries/%00", "/lotteries/none", "/lotteries/none/lottery-1.json"):
        assert (await public.get(path)).status_code == 404
    await public.aclose()
