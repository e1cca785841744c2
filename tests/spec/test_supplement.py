"""A supplementary draw 补抽: vacant seats only, beside those who sit, told in the evidence and checked (TBR 46, M87 49)."""

from datetime import timedelta

import pytest
import pytest_asyncio
from bidding_scene import refused
from calling import PLACE
from judging import Panel, draw_in, enter_experts, seat_rows, the_draw
from judging_room import Room, award, opened, policy, room_of, sealed_evidence
from scenes import Hall
from sqlalchemy import select, update
from test_panel import REASON, _a_supervisor_who_signs, ask

from expertpool.draw.audit import redraw_message
from expertpool.draw.called import called_before, called_by, whole_request
from expertpool.draw.ordering import order_draw
from expertpool.draw.reveal import EXPERT
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Alternate
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import fix_meeting
from expertpool.invitations.tables import Invitation
from infra.auth.tables import Account
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.evaluation.panel import allow_redraw
from trading.evaluation.supplementing import request_supplement
from web.demo import cast

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("short_signing")]


async def fill(hall: Hall, section: str, login: str = "agent", alternates: int = 1) -> str:
    """The vacant seats are asked for; the draw's id."""
    async with hall.database.work(hall.actor(login)) as work:
        at = work.ctx.now + timedelta(hours=2)
        draw = await request_supplement(
            work, hall.keys.service, section, alternates=alternates, evaluation_at=at, place=PLACE
        )
    return draw.id


async def allow(hall: Hall, section: str, number: int, *, supplement: bool = True, signed: bool = True) -> None:
    signer = hall.signers["supervisor"]
    assert signer.certificate is not None
    signature = signer.sign(redraw_message(f"{section}/{number}", REASON, supplement=signed))
    async with hall.database.work(hall.actor("supervisor")) as work:
        await allow_redraw(work, hall.authority, section, REASON, signer.certificate, signature, supplement=supplement)


async def experts_of(hall: Hall, section: str) -> dict[int, str]:
    """The id of whoever holds each seat."""
    keys = hall.keys.service
    return {
        seat.number: keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode()
        for seat in await seat_rows(hall, section)
        if seat.vacant_since is None
    }


class Told:
    """What was seen on the way."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.before: dict[int, str] = {}
        self.waiting: set[str] = set()
        self.codes: dict[str, str] = {}
        self.vacant: list[int] = []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall) -> Told:
    await enter_experts(hall)
    await _a_supervisor_who_signs(hall)
    [section] = await opened(hall, 1)
    found = Told(Room(hall, section, Panel(hall, section, []), {}))
    await _two_seats_fall_vacant(hall, section, found)
    await _supplement(hall, section, found)
    panel = found.room.panel
    await panel.refresh()
    for number in found.vacant:
        await panel.sign_in(number)
    keys, found.room = panel.keys, await room_of(hall, section, panel)
    found.room.panel.keys = keys
    await panel.resolve(found.room.finding(), (1, 2, 3, 4, 5))
    await panel.conclude({number: found.room.sheet(number) for number in range(1, 6)})
    await award(found.room)
    return found


async def _two_seats_fall_vacant(hall: Hall, section: str, told: Told) -> None:
    """One judge of each profession leaves, and nobody waits for the works seat; the first draw had one alternate each."""
    first = await ask(hall, section)
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, first.id)
    await hall.until(lambda: draw_in(hall, first.id, DrawState.REVEALED))
    panel = told.room.panel
    await panel.refresh()
    told.codes["none vacant"] = await refused(allow(hall, section, 2))
    for number in range(1, 6):
        await panel.sign_in(number)
    works = [seat.number for seat in panel.seats if seat.specialty == cast.WORKS]
    await panel.leave(works[0])
    await panel.sign_in(works[0])
    await panel.leave(works[1])
    await panel.leave(works[2])
    told.vacant = sorted(works[1:])
    told.before = await experts_of(hall, section)


async def _supplement(hall: Hall, section: str, told: Told) -> None:
    told.codes["without a reason"] = await refused(fill(hall, section))
    told.codes["another kind than was signed"] = await refused(allow(hall, section, 2, signed=False))
    await allow(hall, section, 2)
    told.codes["a whole committee"] = await refused(ask(hall, section))
    told.codes["by the centre"] = await refused(fill(hall, section, "centre"))
    draw = await fill(hall, section)
    assert draw == await fill(hall, section)
    told.codes["a whole committee once asked"] = await refused(ask(hall, section))
    async with hall.database.work(hall.actor("centre")) as work:
        await fix_meeting(work, draw, work.ctx.now + timedelta(hours=2), PLACE, 1800)
        await order_draw(work, draw)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    for _ in range(4):
        await hall.step()


@pytest.mark.usefixtures("told")
async def test_a_supplement_that_the_pool_cannot_serve_fails_in_words_and_leaves_the_committee_as_it_was(
    hall: Hall,
) -> None:
    [section] = await opened(hall, 1)
    seen = Told(Room(hall, section, Panel(hall, section, []), {}))
    await _two_seats_fall_vacant(hall, section, seen)
    await allow(hall, section, 2)
    draw, works = await fill(hall, section), Expert.specialties.contains([cast.WORKS])
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Expert).where(works).values(available=False))
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, draw)
    await hall.until(lambda: draw_in(hall, draw, DrawState.FAILED))
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Expert).where(works).values(available=True))
    [refusal] = await hall.lines(Event.DRAW_REFUSED, section=section)
    [failure] = await hall.lines(Event.DRAW_FAILED, section=section)
    assert refusal.facts["specialty"] == cast.WORKS and refusal.facts["eligible"] < refusal.facts["needed"]
    assert (failure.facts["reason"], failure.facts["party"]) == ("supplement.too-few", "")
    assert await experts_of(hall, section) == seen.before
    async with hall.database.reading() as session:
        hall.accounts["supervisor"] = await session.get_one(Account, hall.actor("supervisor").id)
    for login, path in (("agent", "panel"), ("supervisor", "redraw")):
        async with await hall.client(login) as client:
            page = (await client.get(f"/sections/{section}/{path}")).text
        assert "未能补抽" in page and "重新组建评标委员会" in page
        assert f"“{cast.WORKS}”可抽取的单位不足：有 {refusal.facts['eligible']} 个" in page
    async with await hall.client() as client:
        page = (await client.get(f"/sections/{section}/draws")).text
    assert "未能补抽" in page and cast.WORKS not in page
    await allow(hall, section, 3, supplement=False, signed=False)
    assert (await ask(hall, section)).id == f"{section}/3"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("none vacant", "supplement.none"),
        ("without a reason", "draw.repeated"),
        ("another kind than was signed", "signing.bad-signature"),
        ("a whole committee", "supplement.only"),
        ("a whole committee once asked", "supplement.only"),
        ("by the centre", "permission.denied"),
    ],
)
async def test_what_is_refused_around_a_supplement(told: Told, what: str, code: str) -> None:
    assert told.codes[what] == code


async def test_seats_keep_their_numbers_and_whoever_sits_stays(told: Told) -> None:
    after = await experts_of(told.room.hall, told.room.section)
    assert {number: expert for number, expert in after.items() if number not in told.vacant} == told.before
    seats = {seat.number: seat for seat in await seat_rows(told.room.hall, told.room.section)}
    assert sorted(seats) == [1, 2, 3, 4, 5]
    assert {seats[number].draw for number in told.vacant} == {f"{told.room.section}/2"}
    assert {seats[number].specialty for number in told.vacant} == {cast.WORKS}


async def test_nobody_is_called_twice_and_nobody_comes_from_an_employer_that_sits_or_waits(told: Told) -> None:
    hall, section = told.room.hall, told.room.section
    first, second = await the_draw(hall, f"{section}/1"), await the_draw(hall, f"{section}/2")
    keys = hall.keys.service
    assert not set(called_by(keys, first)) & set(called_by(keys, second))
    assert called_before(keys, second) == frozenset(called_by(keys, first))
    async with hall.database.reading() as session:
        employers = {one.id: one.employer or one.id for one in (await session.execute(select(Expert))).scalars()}
    after = await experts_of(hall, section)
    assert len({employers[expert] for expert in after.values()}) == 5


async def test_the_request_names_no_employer_of_those_who_sit_in_clear(told: Told) -> None:
    hall = told.room.hall
    draw = await the_draw(hall, f"{told.room.section}/2")
    whole = whole_request(hall.keys.service, draw)
    assert whole["seated"] and not set(whole["seated"]) & set(draw.request["avoid"])
    assert "seated" not in draw.request and len(whole["salt"]) == 64


async def test_only_the_new_seats_are_invited(told: Told) -> None:
    hall = told.room.hall
    async with hall.database.reading() as session:
        rows = await session.execute(select(Invitation.number).where(Invitation.section == told.room.section))
        assert sorted(rows.scalars()) == told.vacant


async def test_alternates_of_the_supplement_wait_behind_those_of_the_first_draw(told: Told) -> None:
    hall, section = told.room.hall, told.room.section
    async with hall.database.reading() as session:
        rows = (await session.execute(select(Alternate).where(Alternate.draw.startswith(section)))).scalars().all()
    left = [(one.draw, one.specialty) for one in rows if one.taken_at is None]
    assert sorted(left) == [(f"{section}/1", cast.COST), (f"{section}/2", cast.WORKS)]


async def test_the_evidence_of_a_supplemented_committee_holds(told: Told) -> None:
    data = await sealed_evidence(told.room.hall, told.room.section)
    assert [step.name for step in verify_evidence(data, await policy(told.room.hall))][-1] == "page"


async def test_the_log_says_which_seats_are_drawn_for(told: Told) -> None:
    hall, section = told.room.hall, told.room.section
    asked = await hall.lines(Event.DRAW_REQUESTED, section=section)
    assert [line.facts.get("seats") for line in asked] == [None, told.vacant, told.vacant]
    [allowed] = await hall.lines(Event.REDRAW_ALLOWED, section=section)
    assert allowed.facts["supplement"] is True
