"""The committee 评标委员会: a lawful number, drawn when the rules allow it, its seats filled as drawn (TBL 37, TBR 46, 48)."""

from datetime import timedelta

import pytest
import pytest_asyncio
from bidding_scene import refused
from judging import QUOTA, Panel, a_panel, draw_in, enter_experts, evidence_in, frozen_facts, the_draw
from judging_room import PRICES, Room, a_room, award, opened, room_of, verified
from scenes import Hall
from sqlalchemy import func, select

from expertpool.draw.actions import freeze_draw
from expertpool.draw.audit import redraw_message
from expertpool.draw.reveal import EXPERT
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.rules import Tie, TieKind
from expertpool.experts.tables import Expert
from expertpool.recusal.ties import REVIEW, keep_ties
from infra.auth.accounts import create_account
from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from trading.evaluation.panel import allow_redraw, appoint_sign_in, request_panel
from trading.evaluation.queries import sheets_of
from trading.evaluation.reporting import settle_report
from trading.evaluation.rescreen import rescreen
from trading.evaluation.seating import replace_absent
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = [pytest.mark.usefixtures("short_signing"), pytest.mark.soak]

REASON = "候补专家已用尽，须重新抽取"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> list[str]:
    await enter_experts(hall)
    await hall.bring("stranger", Role.AGENT, "另一家招标代理（示例）", cast.code(9))
    await _a_supervisor_who_signs(hall)
    return await opened(hall, 4)


async def _a_supervisor_who_signs(hall: Hall) -> None:
    async with hall.database.work(SYSTEM) as work:
        account = await create_account(
            work, login="supervisor", name="监督员甲（示例）", password="a-long-enough-password",
            role=Role.SUPERVISOR, region=cast.REGION, organisation=hall.bodies["supervisor"].id,
        )  # fmt: skip
    hall.actors["supervisor"] = Actor(account.id, Role.SUPERVISOR, hall.bodies["supervisor"].id, cast.REGION)
    hall.signers["supervisor"] = await hall.give_key("supervisor", "supervisor")


async def ask(
    hall: Hall, section: str, login: str = "agent", quota: dict[str, int] | None = None, alternates: int = 1
) -> Draw:
    async with hall.database.work(hall.actor(login)) as work:
        return await request_panel(work, section, quota=quota or QUOTA, alternates=alternates)


async def allow(hall: Hall, section: str, reason: str = REASON, *, login: str = "supervisor", number: int = 2) -> None:
    """The supervisor's signed reason for a further draw, in the name of any login."""
    signer = hall.signers["supervisor"]
    assert signer.certificate is not None
    signature = signer.sign(redraw_message(f"{section}/{number}", reason))
    async with hall.database.work(hall.actor(login)) as work:
        await allow_redraw(work, hall.authority, section, reason, signer.certificate, signature)


async def appoint(hall: Hall, section: str, seconds: float, login: str = "centre") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await appoint_sign_in(work, section, work.ctx.now + timedelta(seconds=seconds))


async def call(hall: Hall, section: str, login: str = "centre") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await replace_absent(work, hall.keys, section)


async def alternates_of(hall: Hall, section: str) -> dict[str, list[str]]:
    """The drawn alternates' leaves by specialty, in drawn order."""
    out = (await evidence_in(hall, f"{section}/1"))["out"]
    return {name: [row[0] for row in out if row[1] == name and len(row) == 3] for name in QUOTA}


async def replaced(hall: Hall, section: str) -> list[Line]:
    return await hall.lines(Event.JUDGE_REPLACED, section=section)


async def test_a_panel_is_asked_for_by_the_sections_own_procurers_only(hall: Hall, sections: list[str]) -> None:
    assert await refused(ask(hall, sections[0], "stranger")) == "section.unknown"
    assert await refused(ask(hall, "YH-NO-SUCH/01")) == "section.unknown"
    assert await refused(ask(hall, sections[0], "centre")) == "permission.denied"


async def test_a_panel_is_not_drawn_while_bids_can_still_change(hall: Hall, sections: list[str]) -> None:
    assert await refused(ask(hall, await hall.a_tender(60))) == "panel.not-now"


@pytest.mark.parametrize(
    ("quota", "code"),
    [
        ({cast.WORKS: 3}, "panel.size"),
        ({cast.WORKS: 4, cast.COST: 2}, "panel.even"),
        ({cast.WORKS: 6, cast.COST: -1}, "draw.request"),
        ({cast.WORKS: 3, "B09": 2}, "draw.specialty-unknown"),
    ],
)
async def test_a_panel_has_a_lawful_number_of_known_specialties(
    hall: Hall, sections: list[str], quota: dict[str, int], code: str
) -> None:
    assert await refused(ask(hall, sections[0], quota=quota)) == code


async def test_fewer_than_no_alternates_are_refused(hall: Hall, sections: list[str]) -> None:
    assert await refused(ask(hall, sections[0], alternates=-1)) == "draw.request"


async def test_before_the_draw_there_is_nobody_to_appoint_or_to_draw_again(hall: Hall, sections: list[str]) -> None:
    assert await refused(appoint(hall, sections[0], 60)) == "draw.unknown"
    assert await refused(allow(hall, sections[0])) == "draw.unknown"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def vacated(hall: Hall, sections: list[str]) -> Room:
    """An absent judge, two conflicts, alternates used up; then a second draw, marks and award."""
    section = sections[0]
    first = await ask(hall, section, quota={cast.WORKS: 5})
    again = await ask(hall, section)
    assert (first.id, again.request["quota"]) == (again.id, QUOTA)
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, again.id)
    room = Room(hall, section, Panel(hall, section, []), {})
    await room.refuse("asked while it runs", ask(hall, section))
    await room.refuse("allowed while it runs", allow(hall, section))
    await hall.until(lambda: draw_in(hall, again.id, DrawState.REVEALED))
    panel = room.panel
    await panel.refresh()
    works = [seat.number for seat in panel.seats if seat.specialty == cast.WORKS]
    absent = next(seat.number for seat in panel.seats if seat.specialty == cast.COST)
    await _miss(room, absent)
    await panel.sign_in(absent)
    assert await hall.in_state(section, SectionState.EVALUATING)
    await panel.leave(works[0])
    await room.refuse("marks with an empty seat", panel.lock(absent, {}))
    await panel.sign_in(works[0])
    await panel.leave(works[1])
    await room.refuse("marks with a vacant seat", panel.lock(absent, {}))
    await room.refuse("asked without a reason", ask(hall, section))
    await room.refuse("allowed by the centre", allow(hall, section, login="centre"))
    await room.refuse("allowed without words", allow(hall, section, " "))
    await room.refuse("allowed for another number", allow(hall, section, number=3))
    await allow(hall, section)
    await room.refuse("allowed twice", allow(hall, section))
    return room


async def _miss(room: Room, absent: int) -> None:
    """All but one sign in by the appointed time; the system calls the alternate."""
    hall, section, panel = room.hall, room.section, room.panel
    for number in range(1, 6):
        if number != absent:
            await panel.sign_in(number)
    await room.refuse("absent without an appointment", call(hall, section))
    await room.refuse("appointed in the past", appoint(hall, section, -1))
    await room.refuse("appointed by the agent", appoint(hall, section, 60, "agent"))
    await appoint(hall, section, 0.6)
    await room.refuse("appointed anew", appoint(hall, section, 60))
    late = panel.slip(absent)
    await hall.until(lambda: replaced(hall, section))
    await room.refuse("a slip after the time", panel.sign_in(absent, slip=late))
    await room.refuse("absent twice", call(hall, section))
    await panel.refresh()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("asked while it runs", "draw.running"),
        ("allowed while it runs", "draw.running"),
        ("absent without an appointment", "seat.not-due"),
        ("appointed in the past", "sign-in.past"),
        ("appointed by the agent", "permission.denied"),
        ("appointed anew", "sign-in.running"),
        ("a slip after the time", "seat.unknown"),
        ("absent twice", "seat.not-due"),
        ("marks with an empty seat", "panel.incomplete"),
        ("marks with a vacant seat", "panel.incomplete"),
        ("asked without a reason", "draw.repeated"),
        ("allowed by the centre", "permission.denied"),
        ("allowed without words", "redraw.reason"),
        ("allowed for another number", "signing.bad-signature"),
        ("allowed twice", "redraw.given"),
    ],
)
async def test_what_is_refused_around_seats_and_further_draws(vacated: Room, what: str, code: str) -> None:
    assert vacated.refusals[what].code == code


async def test_a_vacant_seat_goes_to_the_next_alternate_of_its_specialty_in_drawn_order(vacated: Room) -> None:
    waiting = await alternates_of(vacated.hall, vacated.section)
    lines = await replaced(vacated.hall, vacated.section)
    assert [(line.facts["reason"], line.facts["specialty"], line.facts["alternate"]) for line in lines] == [
        ("absent", cast.COST, waiting[cast.COST][0]),
        ("conflict", cast.WORKS, waiting[cast.WORKS][0]),
        ("conflict", cast.WORKS, None),
    ]


async def test_parties_and_bidders_are_avoided_without_anybody_asking(vacated: Room) -> None:
    hall = vacated.hall
    frozen = await frozen_facts(hall, f"{vacated.section}/1")
    asked = (await the_draw(hall, f"{vacated.section}/1")).request["avoid"]
    involved = {hall.bodies[login].credit_code for login in ("procurer", "agent", *PRICES)}
    assert set(asked) == involved and len(frozen["avoid"]) == len(involved)


async def test_the_reason_for_a_further_draw_is_public_at_once(vacated: Room) -> None:
    [line] = await vacated.hall.lines(Event.REDRAW_ALLOWED, section=vacated.section)
    assert line.facts["reason"] == REASON and Event.REDRAW_ALLOWED.kind.opens == "at-once"


@pytest.mark.soak
async def test_a_second_draw_seats_a_new_committee_and_the_evidence_shows_both_draws_and_a_late_signature(
    vacated: Room,
) -> None:
    hall, section = vacated.hall, vacated.section
    panel = await a_panel(hall, section)
    assert {seat.draw for seat in panel.seats} == {f"{section}/2"}
    await _look_again(panel)
    for number in range(1, 6):
        await panel.sign_in(number)
    async with hall.database.reading() as session:
        assert (await session.execute(select(func.count()).where(Seat.section == section))).scalar() == 5
    room = await room_of(hall, section, panel)
    await panel.resolve(room.finding(), (1, 2, 3, 4, 5))
    for number in range(1, 6):
        await panel.lock(number, room.sheet(number))
    await hall.reach(section, SectionState.MARKED)
    for number in range(1, 5):
        await panel.sign(number)
    async with hall.database.work(SYSTEM) as work:
        await settle_report(work, section)
    await panel.sign(5)
    await award(room)
    assert (await verified(room))[-1] == "page"


async def _look_again(panel: Panel) -> None:
    """The first judge turns out to be tied to a bidder, and the next alternate takes the seat."""
    hall, seat, keys = panel.hall, panel.seat(1), panel.hall.keys.service
    async with hall.database.work(SYSTEM) as work:
        expert = await work.session.get_one(Expert, keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode())
        await keep_ties(work, keys, expert, [Tie(hall.bodies["bidder1"].credit_code, TieKind.KIN)], REVIEW)
        await rescreen(work, hall.keys, panel.section)
    await panel.refresh()
    assert (await replaced(hall, panel.section))[-1].facts["reason"] == "recusal"


@pytest.mark.soak
async def test_a_judge_who_leaves_by_resolution_takes_votes_and_the_sheets_resting_on_them_along(
    hall: Hall, sections: list[str]
) -> None:
    section = sections[1]
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    room = await room_of(hall, section, panel)
    two = ("bidder1", "bidder2")
    rejection = await panel.resolve(room.rejection("bidder3"), (1, 2, 5))
    await panel.resolve(room.competition(*two, lacking=False))
    finding = room.finding()
    del finding["marks"][room.bids["bidder3"]]
    found = await panel.resolve(finding, (1, 2, 3, 4, 5))
    for number in (1, 2, 3, 4):
        await panel.lock(number, room.sheet(number, *two))
    leaving = {"kind": "replacement", "judge": "J5", "reasons": "擅离职守"}
    assert await refused(panel.move(1, leaving | {"judge": "J9"})) == "replacement.judge"
    assert await refused(panel.move(1, leaving | {"judge": "J4"})) == "seat.marked"
    await panel.resolve(leaving)
    async with hall.database.reading() as session:
        assert await sheets_of(session, section) == []
    gone = panel.actor(5)
    await panel.refresh()
    assert gone.id != panel.seat(5).id
    await panel.sign_in(5)
    assert await refused(panel.lock(1, room.sheet(1, *two))) == "resolution.pending"
    await panel.vote(5, rejection)
    await panel.vote(5, found)
    await panel.conclude({number: room.sheet(number, *two) for number in range(1, 6)})
    await award(room)
    assert (await verified(room))[-1] == "page"


@pytest.mark.soak
async def test_after_a_failed_draw_the_next_attempt_needs_the_reason_and_the_evidence_shows_the_failure(
    hall: Hall, sections: list[str]
) -> None:
    section = sections[3]
    first = await ask(hall, section)
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, first.id)
    hall.absent.add("centre")
    while not await draw_in(hall, first.id, DrawState.FAILED):
        await hall.turn("centre")
        for answer in hall.trustees["centre"].answers:
            if "container" in answer["answer"]:
                answer["answer"]["container"] = b64(b"nothing sealed at all")
        await hall.step()
    hall.absent.clear()
    assert await refused(ask(hall, section)) == "draw.repeated"
    await allow(hall, section, "受托人封存的随机数打不开")
    room = await a_room(hall, section)
    assert {seat.draw for seat in room.panel.seats} == {f"{section}/2"}
    await room.panel.resolve(room.finding(), (1, 2, 3, 4, 5))
    await room.panel.conclude({number: room.sheet(number) for number in range(1, 6)})
    await award(room)
    assert (await verified(room))[-1] == "page"


async def test_whoever_has_locked_marks_does_not_leave_any_more(hall: Hall, sections: list[str]) -> None:
    section = sections[2]
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    room = await room_of(hall, section, panel)
    await panel.resolve(room.finding(), (1, 2, 3, 4, 5))
    await panel.lock(1, room.sheet(1))
    assert await refused(panel.leave(1)) == "seat.marked"


async def test_the_systems_job_finds_nothing_to_do_the_second_time(hall: Hall, vacated: Room) -> None:
    before = len(await replaced(hall, vacated.section))
    async with hall.database.work(SYSTEM) as work:
        await replace_absent(work, hall.keys, vacated.section)
    assert len(await replaced(hall, vacated.section)) == before
