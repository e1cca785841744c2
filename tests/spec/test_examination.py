"""The preliminary examination as a stage: each judge alone, disclosed when all have locked, settled by majority (TBR 51)."""

from typing import Any

import pytest
import pytest_asyncio
from envelopes import an_envelope, submitted
from judging import a_panel, enter_experts
from judging_room import Room, award, room_of, sealed_evidence, verified
from leaks import found_in, whole_database
from onlookers import walk
from scenes import Hall

from infra.crypto.sign import new_p256
from infra.edge import random_bytes
from infra.kernel.canonical import read
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.archive.bundle import unpack
from trading.examination.actions import settle_examination
from trading.opening.form import make_form
from trading.sections.states import SectionState

pytestmark = [pytest.mark.timeout(600), pytest.mark.soak]
"""The first test waits for the whole story, on a busy machine for minutes."""
METHOD = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [{"id": "t1", "group": "technical", "kind": "subjective", "max": "70"}],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}
ITEMS = [
    {
        "id": "q1",
        "stage": "form",
        "zh": "投标函签字盖章",
        "en": "Bid letter signed",
        "clause": "2.1.1",
        "ground": "TBR 51(1)",
    },
    {"id": "q2", "stage": "qualification", "zh": "资质等级", "en": "Grade", "clause": "2.1.2", "ground": "TBR 51(3)"},
]
LOGINS = ("bidder1", "bidder2", "bidder3", "bidder4")
MARKER = "盖章不全-Wombat-5519"
FAIL = {"reason": MARKER, "pages": [{"part": "commercial", "page": 3}]}
REFUSED = {
    "marks while it is open": "examination.open",
    "a motion while it is open": "examination.open",
    "an unknown bid": "examination.unknown",
    "an unknown item": "examination.unknown",
    "no reason": "examination.reason",
    "another's seat": "seat.unknown",
    "a lock with an answer missing": "examination.missing",
    "a lock of what is not saved": "examination.moved-on",
    "another's key": "signing.bad-signature",
    "a second lock": "examination.locked",
    "an answer after the lock": "examination.locked",
    "marks while a new judge examines": "examination.open",
    "a mark of a rejected bid": "evaluation.bid-unknown",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> list[str]:
    await enter_experts(hall)
    found = await hall.tenders(2, 4, METHOD, examination=ITEMS)
    for section in found:
        for place, login in enumerate(LOGINS):
            form = make_form(f"{9100000 + place * 10000}.00", "300", "合格", f"负责人{login}")
            await submitted(hall, section, login, await an_envelope(hall, section, login, form=form))
    deadline = (await hall.section(found[0])).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    for section in found:
        await hall.reach(section, SectionState.OPENED)
    return found


async def a_seated_room(hall: Hall, section: str) -> Room:
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    room = await room_of(hall, section, panel, LOGINS)
    return room


class Told:
    """What one examination showed on its way."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.database = b""
        self.pages: dict[str, bytes] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall, sections: list[str]) -> Told:
    """bidder4 is failed by three of five, bidder3 by two; then a judge leaves and the next one answers otherwise."""
    room = await a_seated_room(hall, sections[0])
    found, panel = Told(room), room.panel
    await _refusals(room)
    out, kept = room.bids["bidder4"], room.bids["bidder3"]
    for number in (1, 2, 3):
        await panel.examine(number, {out: {"q1": FAIL}, **({kept: {"q2": FAIL}} if number < 3 else {})})
    await panel.examine(4)
    await room.refuse("a second lock", panel.lock_answers(1, await panel.answers()))
    await room.refuse("an answer after the lock", panel.save(1, out, {"q1": "pass"}))
    for _ in range(2):
        await hall.step()
    found.database = await whole_database(hall)
    for login in (None, "agent", "centre", "bidder4"):
        pages = await walk(hall, room.section, login)
        found.pages |= {f"{login} {path}": page.encode() for path, page in pages.items()}
    await panel.examine(5)
    await hall.until(lambda: _settled(room, 1))
    await panel.leave(5)
    await panel.sign_in(5)
    await room.refuse("marks while a new judge examines", panel.lock(1, await _sheet(room)))
    await panel.examine(5, {kept: {"q2": FAIL}})
    await hall.until(lambda: _settled(room, 2))
    await panel.resolve(room.competition("bidder1", "bidder2", lacking=False))
    await room.refuse("a mark of a rejected bid", panel.lock(1, await _sheet(room, with_rejected=True)))
    await panel.conclude({number: await _sheet(room) for number in range(1, 6)})
    await award(room)
    return found


async def _refusals(room: Room) -> None:
    panel, bid = room.panel, room.bids["bidder1"]
    await room.refuse("marks while it is open", panel.lock(1, await _sheet(room)))
    await room.refuse("a motion while it is open", panel.move(1, room.rejection("bidder1")))
    await room.refuse("an unknown bid", panel.save(1, "bid-nobody", {"q1": "pass"}))
    await room.refuse("an unknown item", panel.save(1, bid, {"q9": "pass"}))
    await room.refuse("no reason", panel.save(1, bid, {"q1": {"reason": "", "pages": []}}))
    await room.refuse("another's seat", panel.save(1, bid, {"q1": "pass"}, seat=2))
    whole = await panel.answers()
    await room.refuse("a lock with an answer missing", panel.lock_answers(1, {**whole, bid: {"q1": "pass"}}))
    await room.refuse("a lock of what is not saved", panel.lock_answers(1, whole))
    for one, row in whole.items():
        await panel.save(1, one, row)
    await room.refuse("another's key", panel.lock_answers(1, whole, key=new_p256(random_bytes)))


async def _sheet(room: Room, *, with_rejected: bool = False) -> dict[str, dict[str, str]]:
    """Marks of whoever takes part in the end."""
    out = () if with_rejected else ("bidder3", "bidder4")
    return {bid: {"t1": str(50 + len(login))} for login, bid in room.bids.items() if login not in out}


async def _settled(room: Room, times: int) -> bool:
    return len(await room.hall.lines(Event.EXAMINATION_SETTLED, section=room.section)) == times


async def _results(room: Room) -> list[dict[str, Any]]:
    return [line.facts for line in await room.hall.lines(Event.EXAMINATION_SETTLED, section=room.section)]


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_what_the_examination_refuses(told: Told, what: str) -> None:
    assert told.room.refusals[what].code == REFUSED[what]


async def test_with_four_of_five_locked_no_answer_stands_in_clear_in_the_database(told: Told) -> None:
    assert found_in(told.database, [MARKER.encode()]) == []


async def test_with_four_of_five_locked_no_response_tells_an_answer(told: Told) -> None:
    assert [path for path, page in told.pages.items() if MARKER.encode() in page] == []


async def test_three_of_five_reject_a_bid_with_ground_clause_and_reasons_two_do_not(told: Told) -> None:
    first = (await _results(told.room))[0]["result"]
    assert first["rejected"] == {
        told.room.bids["bidder4"]: f"TBR 51(1): 2.1.1 投标函签字盖章: {MARKER} / {MARKER} / {MARKER}"
    }
    assert first["findings"][told.room.bids["bidder4"]]["q1"]["passed"] == ["J4", "J5"]


async def test_the_judge_who_takes_a_seat_answers_anew_and_the_result_is_settled_again(told: Told) -> None:
    second = (await _results(told.room))[1]
    assert sorted(second["result"]["rejected"]) == sorted(told.room.bids[one] for one in ("bidder3", "bidder4"))
    assert second["sheets_void"] is True


async def test_rejections_and_the_whole_result_stand_in_evaluation_and_report(told: Told) -> None:
    published = (await told.room.hall.lines(Event.MARKS_PUBLISHED, section=told.room.section))[0].facts
    second = (await _results(told.room))[1]["result"]
    assert published["evaluation"]["rejected"] == second["rejected"]
    assert published["report"]["examination"] == second


async def test_settling_twice_is_settling_once(told: Told) -> None:
    async with told.room.hall.database.work(SYSTEM) as work:
        await settle_examination(work, told.room.hall.keys.service, told.room.section)
    assert len(await _results(told.room)) == 2


async def test_the_evidence_of_an_examined_section_holds_and_discloses_the_answers(told: Told) -> None:
    assert "committee" in await verified(told.room)
    rows = read(unpack(await sealed_evidence(told.room.hall, told.room.section))["events.json"])
    assert sum("examination.settled" in one["event"] and MARKER in one["event"] for one in rows) == 2


@pytest.mark.soak
async def test_a_section_all_of_whose_bids_are_rejected_fails_and_its_evidence_holds(
    hall: Hall, sections: list[str]
) -> None:
    room = await a_seated_room(hall, sections[1])
    for number in range(1, 6):
        await room.panel.examine(number, {bid: {"q1": FAIL} for bid in room.bids.values()})
    await hall.reach(room.section, SectionState.FAILED)
    assert (await hall.section(room.section)).failed_why == "all-rejected"
    assert "failed" in await verified(room)
