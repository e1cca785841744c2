"""A body that experts work for is renamed or merged after a freeze: the draw stands, the look afterwards sees today."""

from datetime import date

import pytest
import pytest_asyncio
from judging import QUOTA, Panel, draw_in, enter_experts, evidence_in
from judging_room import opened
from scenes import Hall
from sqlalchemy import select

from expertpool.directory.employers import Step, merge, note_employers, rename
from expertpool.draw.actions import freeze_draw
from expertpool.draw.evidence import recompute
from expertpool.draw.reveal import EXPERT
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from expertpool.experts.tables import Expert
from expertpool.recusal.ties import excluded
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from trading.evaluation.panel import involved, request_panel
from trading.evaluation.queries import seats_of
from trading.evaluation.rescreen import rescreen
from trading.sections.queries import public_section
from web.demo import cast

pytestmark = pytest.mark.soak

DAY = date(2026, 3, 1)
CLERK = Actor("account-pool", Role.POOL, None, cast.REGION)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> list[str]:
    await enter_experts(hall)
    found = await opened(hall, 2)
    named = {code: f"云湖单位{place}" for place, code in enumerate(await employers(hall))}
    async with hall.database.work(SYSTEM) as work:
        await note_employers(work.session, named | {hall.bodies["bidder1"].credit_code: "云湖投标单位"})
    return found


async def employers(hall: Hall) -> list[str]:
    async with hall.database.reading() as session:
        found = await session.scalars(select(Expert.employer).where(Expert.employer.is_not(None)).distinct())
        return sorted(one for one in found if one)


async def frozen(hall: Hall, section: str) -> str:
    async with hall.database.work(hall.actor("agent")) as work:
        draw = (await request_panel(work, section, quota=QUOTA, alternates=1)).id
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, draw)
    return draw


async def revealed(hall: Hall, section: str, draw: str) -> Panel:
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    await looked(hall, section)
    async with hall.database.reading() as session:
        return Panel(hall, section, await seats_of(session, section))


async def looked(hall: Hall, section: str) -> None:
    """The second look, and the looks that each replacement asks for."""
    for _ in range(4):
        async with hall.database.work(SYSTEM) as work:
            await rescreen(work, hall.keys, section)


async def test_a_renamed_employer_changes_neither_the_draw_nor_who_sits(hall: Hall, sections: list[str]) -> None:
    draw = await frozen(hall, sections[0])
    for place, code in enumerate(await employers(hall)):
        async with hall.database.work(CLERK) as work:
            assert await rename(work, hall.keys.service, code, f"云湖更名单位{place}", Step("更名", DAY)) > 0
    panel = await revealed(hall, sections[0], draw)
    assert await hall.lines(Event.JUDGE_REPLACED, section=sections[0]) == []
    assert not [seat for seat in panel.seats if seat.vacant_since]
    evidence = await evidence_in(hall, draw)
    assert recompute(evidence) == evidence


async def test_whoever_works_for_what_a_bidder_was_merged_into_after_the_freeze_makes_room(
    hall: Hall, sections: list[str]
) -> None:
    draw, bidder = await frozen(hall, sections[1]), hall.bodies["bidder1"].credit_code
    first, *others = await employers(hall)
    for old, new in zip((bidder, first, *others), (first, *others), strict=False):
        async with hall.database.work(CLERK) as work:
            await merge(work, hall.keys.service, old, new, Step("合并", DAY))
    panel = await revealed(hall, sections[1], draw)
    found = await hall.lines(Event.RECUSAL_FOUND, section=sections[1])
    gone = await hall.lines(Event.JUDGE_REPLACED, section=sections[1])
    assert {line.facts["kind"] for line in found} == {"employed"} and len(gone) == len(found) > 0
    keys = hall.keys.service
    sitting = [keys.unwrap(EXPERT, one.id, one.sealed_expert).decode() for one in panel.seats if not one.vacant_since]
    async with hall.database.reading() as session:
        employed = select(Expert.id).where(Expert.id.in_(sitting), Expert.employer.is_not(None))
        assert (await session.scalars(employed)).all() == []
    evidence = await evidence_in(hall, draw)
    assert recompute(evidence) == evidence


async def test_the_blind_filter_leaves_them_out_of_the_next_pool(hall: Hall, sections: list[str]) -> None:
    async with hall.database.reading() as session:
        section = await public_section(session, sections[1])
        assert set(await involved(session, section)) >= set(await employers(hall))
        asked = await session.get_one(Draw, f"{sections[1]}/1")
        working = set(await session.scalars(select(Expert.id).where(Expert.employer.is_not(None))))
        assert await excluded(session, hall.keys.service, asked) >= working
