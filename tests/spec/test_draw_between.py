"""What changes in the pool between the freeze and the call: the draw stays as frozen, who left it is not called (TBR 46)."""

from datetime import date, timedelta

import pytest
import pytest_asyncio
from calling import PLACE, call_of, called, everybody_told, opened_section, ordered, phone
from judging import QUOTA, draw_in, enter_experts, frozen, seat_rows, the_draw
from scenes import Hall
from sqlalchemy import func, select, update

from expertpool.directory.employers import Step, merge
from expertpool.directory.tables import Employer
from expertpool.draw.limits import awaited, pass_limit
from expertpool.draw.ordering import order_draw
from expertpool.draw.reveal import EXPERT
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Drawing, Seat
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import fix_meeting
from expertpool.invitations.sealing import expert_of
from expertpool.invitations.tables import Invitation
from infra.custody import duties
from infra.custody.tables import Duty
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.timers_table import Timer
from trading.evaluation.panel import request_panel
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from web.demo import cast
from web.reply.calling import invite

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> list[str]:
    await enter_experts(hall)
    return [await opened_section(hall) for _ in range(2)]


async def holder(hall: Hall, seat: Seat) -> str:
    return hall.keys.service.unwrap(EXPERT, seat.id, seat.sealed_expert).decode()


async def revealed(hall: Hall, section: str) -> str:
    """A section's draw, ordered without a time and a place, so that nobody is called yet."""
    async with hall.database.work(hall.actor("agent")) as work:
        draw = (await request_panel(work, section, quota=QUOTA, alternates=2)).id
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, draw)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    for _ in range(3):
        await hall.step()
    return draw


async def test_whoever_left_the_pool_after_the_draw_is_not_called_and_the_next_alternate_is(
    hall: Hall, sections: list[str]
) -> None:
    draw = await revealed(hall, sections[0])
    [seat] = [one for one in await seat_rows(hall, sections[0]) if one.number == 2]
    gone = await holder(hall, seat)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Expert).where(Expert.id == gone).values(state="removed"))
    async with hall.database.work(hall.actor("centre")) as work:
        await fix_meeting(work, draw, work.ctx.now + timedelta(hours=20), PLACE, 1800)
    await hall.until(lambda: everybody_told(hall, sections[0]))
    calls = [await call_of(hall, sections[0], number) for number in range(1, 6)]
    assert gone not in {expert_of(hall.keys.service, one) for one in calls}
    [found] = await hall.lines(Event.RECUSAL_FOUND, section=sections[0])
    assert found.facts == {"judge": "J2", "kind": "standing"}
    [line] = await hall.lines(Event.JUDGE_REPLACED, section=sections[0])
    assert (line.facts["judge"], line.facts["reason"]) == ("J2", "recusal") and line.facts["alternate"]
    async with hall.database.reading() as session:
        counted = select(func.count()).where(Drawing.draw == draw, Drawing.place == 2)
        assert (await session.execute(counted)).scalar_one() == 1


async def test_the_job_that_calls_runs_twice_at_once_and_calls_once(hall: Hall, sections: list[str]) -> None:
    before = len(await hall.lines(Event.INVITATION_SENT, section=sections[0]))
    await invite(hall.stack, f"{sections[0]}/1")
    await invite(hall.stack, f"{sections[0]}/1")
    assert len(await hall.lines(Event.INVITATION_SENT, section=sections[0])) == before


async def test_a_step_lasts_as_long_as_the_rule_set_says(hall: Hall, sections: list[str]) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        draw = (await request_panel(work, sections[1], quota=QUOTA, alternates=2)).id
    hall.absent.add("centre")
    try:
        async with hall.database.work(hall.actor("centre")) as work:
            await order_draw(work, draw)
        await hall.until(lambda: draw_in(hall, draw, DrawState.FROZEN))
        found = await the_draw(hall, draw)
        async with hall.database.reading() as session:
            [told] = (await awaited(session, [found])).values()
            due = (await session.execute(select(Timer.due_at).where(Timer.subject == draw))).scalar_one()
        limit = regime_of(await hall.section(sections[1]), "demo").count(Rule.DRAW_STEP_LIMIT)
        assert found.step_seconds == limit and told.until == due and told.bodies
    finally:
        hall.absent.discard("centre")
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))


@pytest.mark.usefixtures("sections")
async def test_silence_after_the_commitments_names_a_body_that_does_not_release_its_key(hall: Hall) -> None:
    draw = await frozen(hall, "YH-DB-SILENT/01")
    while not await draw_in(hall, draw, DrawState.COMMITTED):
        await hall.beat()
        await hall.poll_all()
    async with hall.database.work(SYSTEM) as work:
        keyset = (await work.session.get_one(Draw, draw)).keyset
        owed = select(func.count()).where(Duty.kind == duties.RELEASE, Duty.subject == keyset, Duty.answer.is_(None))
        assert (await work.session.execute(owed)).scalar_one() >= 2
        await pass_limit(work, draw)
    [line] = await hall.lines(Event.DRAW_FAILED, section="YH-DB-SILENT/01")
    assert line.facts["reason"] == "draw.silent" and line.facts["party"] in ("agent", "centre", "supervisor")
    for _ in range(6):
        await hall.step()
    assert await draw_in(hall, draw, DrawState.FAILED) and await seat_rows(hall, "YH-DB-SILENT/01") == []


@pytest.mark.usefixtures("sections")
async def test_an_identity_corrected_after_the_freeze_is_called_as_the_same_person(hall: Hall) -> None:
    draw = await ordered(hall, "YH-DB-CORRECTED/01")
    await hall.until(lambda: draw_in(hall, draw, DrawState.FROZEN))
    async with hall.database.work(SYSTEM) as work:
        marks = [(one, mark) for one, mark in await work.session.execute(select(Expert.id, Expert.fingerprint))]
        await work.session.execute(update(Expert).values(fingerprint=func.sha256(Expert.fingerprint)))
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    await hall.until(lambda: everybody_told(hall, "YH-DB-CORRECTED/01"))
    async with hall.database.work(SYSTEM) as work:
        for expert, mark in marks:
            await work.session.execute(update(Expert).where(Expert.id == expert).values(fingerprint=mark))
    for seat in await seat_rows(hall, "YH-DB-CORRECTED/01"):
        call = await call_of(hall, "YH-DB-CORRECTED/01", seat.number)
        assert expert_of(hall.keys.service, call) == await holder(hall, seat)
        assert (await phone(hall, "YH-DB-CORRECTED/01", seat.number)).text


@pytest.mark.usefixtures("sections")
async def test_employers_merged_after_the_freeze_leave_the_draw_as_frozen(hall: Hall) -> None:
    draw = await ordered(hall, "YH-DB-MERGED/01")
    await hall.until(lambda: draw_in(hall, draw, DrawState.FROZEN))
    [line] = await hall.lines(Event.DRAW_FROZEN, section="YH-DB-MERGED/01")
    async with hall.database.work(Actor("clerk1", Role.POOL, None, cast.REGION)) as work:
        named = (
            select(Expert.employer).where(Expert.employer.is_not(None)).distinct().order_by(Expert.employer).limit(2)
        )
        old, new = (await work.session.execute(named)).scalars()
        work.session.add_all([Employer(code=code, name=f"单位 {code}", search="") for code in (old, new)])
        await work.session.flush()
        assert await merge(work, hall.keys.service, old, new, Step("合并批复", date(2026, 3, 1))) > 0
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    assert [line.facts["seats"] for line in await hall.lines(Event.DRAW_REVEALED, section="YH-DB-MERGED/01")] == [5]
    assert [one.id for one in await hall.lines(Event.DRAW_FROZEN, section="YH-DB-MERGED/01")] == [line.id]
    assert len(await seat_rows(hall, "YH-DB-MERGED/01")) == 5
    again = await called(hall, "YH-DB-AFTER/01")
    async with hall.database.reading() as session:
        told = (await session.execute(select(func.count()).where(Invitation.draw == again))).scalar_one()
    assert told == 5
