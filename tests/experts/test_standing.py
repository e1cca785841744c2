"""An expert's life: suspended, removed, admitted again, lapsed; each step with its ground, its reason and a leaf."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pool_scene import Office, refusal
from sqlalchemy import func, select, text

from expertpool.experts.life import END, LAPSE, end_suspension, lapse_overdue, move
from expertpool.experts.register import appraisals_due, standings_of
from expertpool.experts.tables import Expert
from infra.auth.keys import PlatformKeys
from infra.auth.tables import Membership
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Role
from infra.kernel.events import Event
from infra.timers import run_due
from infra.timers_table import Timer
from web.demo import cast
from web.demo.people import bring_experts

EFFECTS = {LAPSE: lapse_overdue, END: end_suspension}
GROUND: dict[str, Any] = {"basis": "TBR 71", "reason": "两次无故缺席"}


async def step(office: Office, expert: str, verb: str, login: str = "pool1", **told: Any) -> str:
    """Take a step; the state it leads to."""
    async with office.database.work(office.actors[login]) as work:
        await move(work, expert, verb, **GROUND | told)
    return (await office.expert(expert)).state


async def sooner(office: Office) -> None:
    """Let everything that is scheduled fall due now."""
    async with office.database.work(SYSTEM) as work:
        await work.session.execute(text("UPDATE timers SET due_at = now() - interval '1 second' WHERE done_at IS NULL"))
    await run_due(office.database, EFFECTS)


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (("suspend",), "suspended"),
        (("suspend", "resume"), "active"),
        (("remove",), "removed"),
        (("suspend", "remove"), "removed"),
        (("remove", "readmit"), "active"),
        (("appraise",), "active"),
    ],
)
async def test_each_step_leads_where_the_table_says_and_leaves_a_leaf(
    office: Office, verbs: tuple[str, ...], state: str
) -> None:
    expert = await office.entered()
    for verb in verbs:
        found = await step(office, expert, verb)
    assert found == state
    async with office.database.reading() as session:
        steps = await standings_of(session, expert)
        lines = (
            await session.scalars(select(Line).where(Line.subject == expert, Line.event != "expert.entered"))
        ).all()
    assert [one.verb for one in reversed(steps)] == list(verbs)
    assert len(lines) == len(verbs) and all(line.salt is not None for line in lines)
    assert "缺席" not in str([line.facts for line in lines])


@pytest.mark.parametrize("verb", ["resume", "readmit"])
async def test_what_is_not_now_is_refused(office: Office, verb: str) -> None:
    assert await refusal(step(office, await office.entered(), verb)) == "workflow.not-now"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"reason": " "}, "expert.reason"),
        ({"basis": ""}, "expert.basis"),
        ({"basis": "长" * 501}, "expert.basis"),
    ],
)
async def test_a_step_needs_ground_and_reason(office: Office, told: dict[str, str], code: str) -> None:
    assert await refusal(step(office, await office.entered(), "suspend", **told)) == code


@pytest.mark.parametrize("days", [-1, 0, 3000])
async def test_a_suspension_ends_after_today_and_within_five_years(office: Office, days: int) -> None:
    expert = await office.expert(await office.entered())
    until = expert.entered_at + timedelta(days=days)
    assert await refusal(step(office, expert.id, "suspend", until=until)) == "expert.until"
    assert (
        await refusal(step(office, expert.id, "remove", until=expert.entered_at + timedelta(days=9))) == "expert.until"
    )


async def test_a_suspension_for_a_time_ends_by_itself_and_an_older_one_ends_no_newer(office: Office) -> None:
    expert = await office.expert(await office.entered())
    until = expert.entered_at + timedelta(days=30)
    await step(office, expert.id, "suspend", until=until)
    await step(office, expert.id, "resume")
    await step(office, expert.id, "suspend")
    await sooner(office)
    assert (await office.expert(expert.id)).state == "suspended"
    await step(office, expert.id, "resume")
    await step(office, expert.id, "suspend", until=until)
    await sooner(office)
    assert (await office.expert(expert.id)).state == "active"


@pytest.mark.parametrize(("login", "verb"), [("centre1", "suspend"), ("supervisor1", "appraise"), ("pool1", "lapse")])
async def test_who_may_not_is_refused(office: Office, login: str, verb: str) -> None:
    assert await refusal(step(office, await office.entered(), verb, login)) == "permission.denied"


async def test_the_supervisor_may_suspend_and_another_region_finds_nobody(office: Office) -> None:
    expert = await office.entered()
    assert await refusal(step(office, expert, "suspend", "pool3")) == "expert.unknown"
    assert await step(office, expert, "suspend", "supervisor1") == "suspended"


async def test_an_entry_without_an_appraisal_in_time_lapses_once_and_is_admitted_again(office: Office) -> None:
    late, appraised = await office.entered(), await office.entered()
    async with office.database.work(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE experts SET valid_until = now() - interval '1 minute' WHERE id = :id"), {"id": late}
        )
    await sooner(office)
    await sooner(office)
    assert ((await office.expert(late)).state, (await office.expert(appraised)).state) == ("lapsed", "active")
    async with office.database.reading() as session:
        lapsed = select(func.count()).select_from(Line).where(Line.event == Event.EXPERT_LAPSED)
        assert await session.scalar(lapsed) == 1
    assert await step(office, late, "readmit") == "active"
    again = (await office.expert(late)).valid_until
    assert again is not None and again > (await office.expert(late)).entered_at + timedelta(days=364)


async def test_one_timer_serves_everybody_whose_year_ends_on_the_same_day(office: Office) -> None:
    await office.entered()
    await office.entered()
    async with office.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Timer).where(Timer.verb == LAPSE)) == 1


async def test_the_office_sees_whose_appraisal_is_due_within_fifteen_days(office: Office) -> None:
    expert = await office.expert(await office.entered())
    assert expert.valid_until is not None

    async def due(days: int, login: str = "pool1") -> list[str]:
        assert expert.valid_until is not None
        async with office.database.reading(office.actors[login]) as session:
            found = await appraisals_due(session, office.actors[login], expert.valid_until - timedelta(days=days), 1)
        return [one.id for one in found.items]

    assert (await due(16), await due(14), await due(14, "pool3")) == ([], [expert.id], [])


async def test_whoever_comes_back_from_a_suspension_overdue_has_fifteen_days(office: Office) -> None:
    expert = await office.entered()
    await step(office, expert, "suspend")
    async with office.database.work(SYSTEM) as work:
        await work.session.execute(text("UPDATE experts SET valid_until = now()"))
    await step(office, expert, "resume")
    async with office.database.reading() as session:
        left = select(Expert.valid_until - func.now()).where(Expert.id == expert)
        assert timedelta(days=14) < (await session.scalar(left) or timedelta(0)) <= timedelta(days=15)


@pytest.mark.soak
async def test_the_demonstration_has_two_who_keep_its_pool_and_experts_with_accounts(
    database: Database, tmp_path: Path
) -> None:
    keys = PlatformKeys.load_or_create(tmp_path)
    for _ in range(2):
        await bring_experts(database, keys)
    async with database.reading() as session:
        kept = (await session.scalars(select(Membership.role))).all()
        numbers = (await session.scalars(select(Expert.number).where(Expert.account.is_not(None)))).all()
    assert kept.count(Role.POOL) == 2 and len(numbers) == len(cast.EXPERT_LOGINS) and None not in numbers
