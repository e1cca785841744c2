"""Ratings and events by seat; a sanction only after notice, hearing and decision, with an appeal to somebody else."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

import pytest
from judging import Panel
from sqlalchemy import select, update

from expertpool.appraisal import actions
from expertpool.appraisal.queries import points_of, sanctions_of
from expertpool.appraisal.rules import QUESTIONS
from expertpool.appraisal.states import HearingState
from expertpool.appraisal.tables import AppraisalEvent, Hearing, Rating
from expertpool.attendance.queries import every_region
from expertpool.experts.tables import Expert
from infra.auth.accounts import create_account
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.appraising import earliest_hearing, rate, report
from trading.evaluation.tables import Evaluation
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast

pytestmark = pytest.mark.soak

GOOD = dict.fromkeys(QUESTIONS, 4)


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(Problem) as told:
        await call
    return told.value.code


async def as_(panel: Panel, login: str, act: Any) -> Any:
    """One act of somebody in a transaction of its own."""
    async with panel.hall.database.work(panel.hall.actor(login)) as work:
        return await act(work)


async def rated(panel: Panel, login: str, number: int = 1, marks: dict[str, int] = GOOD, words: str = "") -> None:
    await as_(panel, login, lambda work: rate(work, panel.section, number, marks, words))


async def reported(panel: Panel, number: int, kind: str, account: str = "第二天缺席") -> None:
    keys = panel.hall.keys.service
    await as_(panel, "centre", lambda work: report(work, keys, panel.section, number, kind, account))


async def test_nobody_is_rated_before_the_marks_are_published(panel: Panel) -> None:
    assert await refused(rated(panel, "agent")) == "rating.early"
    assert await refused(reported(panel, 1, "absence")) == "rating.early"
    async with panel.hall.database.work(panel.hall.actor("centre")) as work:
        await work.session.execute(update(Section).values(state=SectionState.MARKED))


async def test_each_body_rates_a_seat_once_and_names_no_expert(panel: Panel) -> None:
    for login in ("agent", "centre", "procurer"):
        await rated(panel, login, words="认真")
    assert await refused(rated(panel, "agent")) == "rating.given"
    assert await refused(rated(panel, "agent", 2, {})) == "rating.marks"
    assert await refused(rated(panel, "agent", 2, words="x" * 2001)) == "rating.words"
    assert await refused(rated(panel, "agent", 9)) == "seat.none"
    assert await refused(rated(panel, "supervisor", 2)) == "permission.denied"
    assert await refused(rated(panel, "bidder1", 2)) == "permission.denied"
    async with panel.hall.database.reading() as session:
        rows = (await session.execute(select(Rating))).scalars().all()
        lines = (await session.execute(select(Line).where(Line.event == Event.JUDGE_RATED))).scalars().all()
    assert len(rows) == len(lines) == 3
    assert {line.section for line in lines} == {None} and all(line.salt is None for line in lines)


async def test_an_event_counts_once_it_is_confirmed_and_the_section_is_determined(panel: Panel) -> None:
    await reported(panel, 1, "absence")
    assert await refused(reported(panel, 1, "absence")) == "appraisal.told"
    assert await refused(reported(panel, 1, "yawning")) == "appraisal.kind"
    assert await refused(reported(panel, 1, "leading", " ")) == "appraisal.account"
    async with panel.hall.database.reading() as session:
        event = (await session.execute(select(AppraisalEvent))).scalars().one()
    assert await points(panel, [panel.section]) == {}
    assert (
        await refused(as_(panel, "supervisor", lambda work: actions.confirm_event(work, "none"))) == "appraisal.unknown"
    )
    assert (
        await refused(as_(panel, "centre", lambda work: actions.confirm_event(work, event.id))) == "permission.denied"
    )
    await as_(panel, "supervisor", lambda work: actions.confirm_event(work, event.id))
    again = as_(panel, "supervisor", lambda work: actions.confirm_event(work, event.id))
    assert await refused(again) == "appraisal.confirmed"
    assert await points(panel, []) == {}
    assert list((await points(panel, [panel.section])).values()) == [3]


async def test_points_are_told_by_expert_only_when_the_result_is_determined(panel: Panel) -> None:
    hall = panel.hall
    async with await hall.client("supervisor") as client:
        assert "3 / 12" not in (await client.get("/en/supervision/sanctions")).text
        async with hall.database.work(hall.actor("centre")) as work:
            await work.session.execute(update(Section).values(state=SectionState.DETERMINED))
        page = await client.get("/en/supervision/sanctions")
    assert "3 / 12" in page.text and panel.section not in page.text


async def points(panel: Panel, determined: list[str]) -> dict[str, int]:
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        return await points_of(work.session, panel.hall.keys.service, work.ctx.now, determined)


async def an_expert(panel: Panel) -> Expert:
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work, every_region(work.session):
        found = select(Expert).where(Expert.account.is_(None), Expert.state == "active").order_by(Expert.id)
        return (await work.session.execute(found.limit(1))).scalar_one()


async def noticed(panel: Panel, expert: str, kind: str = "suspension", months: int = 6, **changed: Any) -> str:
    async def act(work: Work) -> str:
        earliest = work.ctx.now + timedelta(days=5)
        told = {"held_from": earliest, "earliest": earliest, "reason": "TBR 71"} | changed
        reason = str(told.pop("reason"))
        return (await actions.notice_sanction(work, expert, kind, reason, months=months, **told)).id  # type: ignore[arg-type]

    found: str = await as_(panel, "supervisor", act)
    return found


async def test_a_notice_needs_a_reason_a_kind_months_and_time_before_the_hearing(panel: Panel) -> None:
    expert = (await an_expert(panel)).id
    now = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    assert await refused(noticed(panel, expert, reason=" ")) == "sanction.reason"
    assert await refused(noticed(panel, expert, "fine")) == "sanction.kind"
    assert await refused(noticed(panel, expert, months=0)) == "sanction.months"
    assert await refused(noticed(panel, expert, "warning", months=1)) == "sanction.months"
    assert await refused(noticed(panel, expert, held_from=now)) == "sanction.short-notice"
    assert await refused(noticed(panel, "nobody")) == "expert.unknown"


def test_a_hearing_is_announced_five_working_days_before() -> None:
    friday = datetime.fromisoformat("2026-11-20T02:00:00+00:00")
    assert earliest_hearing(friday, "production").isoformat() == "2026-11-27T16:00:00+00:00"


async def test_nothing_takes_effect_before_the_hearing_and_the_decision(panel: Panel) -> None:
    expert = await an_expert(panel)
    sanction = await noticed(panel, expert.id)
    assert await refused(noticed(panel, expert.id)) == "sanction.running"
    assert await refused(decided(panel, sanction)) == "workflow.not-now"
    assert await refused(heard(panel, sanction)) == "hearing.early"
    await pass_the_notice(panel, sanction)
    assert await refused(heard(panel, sanction, " ")) == "hearing.words"
    await heard(panel, sanction)
    assert await state_of(panel, expert.id) == "active"
    assert await refused(decided(panel, sanction, days=None)) == "sanction.until"
    await decided(panel, sanction)
    assert await state_of(panel, expert.id) == "suspended"
    await appealed_and_settled(panel, expert, sanction)


async def appealed_and_settled(panel: Panel, expert: Expert, sanction: str) -> None:
    """The expert alone appeals, once; another person than decided reverses it, and the suspension ends."""
    async with panel.hall.database.work(SYSTEM) as work:
        account = await create_account(
            work, login="expert-own", name="e", password="a-long-enough-password", role=Role.EXPERT, region=cast.REGION
        )
        await work.session.execute(update(Expert).where(Expert.id == expert.id).values(account=account.id))
    panel.hall.actors["expert"] = Actor(account.id, Role.EXPERT, None, cast.REGION)
    panel.hall.actors["stranger"] = Actor("account-else", Role.EXPERT, None, cast.REGION)
    words = lambda work: actions.appeal(work, sanction, "事实不清")  # noqa: E731
    assert await refused(as_(panel, "stranger", words)) == "sanction.unknown"
    assert await refused(as_(panel, "supervisor", words)) == "permission.denied"
    await as_(panel, "expert", words)
    assert await refused(as_(panel, "expert", words)) == "workflow.not-now"
    reverse = lambda work: actions.settle_appeal(work, sanction, "证据不足", upheld=False)  # noqa: E731
    assert await refused(as_(panel, "supervisor", reverse)) == "hearing.same-person"
    await as_(panel, "other supervisor", reverse)
    assert await state_of(panel, expert.id) == "active"
    async with panel.hall.database.reading() as session:
        assert [one.hearing.state for one in await sanctions_of(session, expert.id)] == [HearingState.REVERSED]
        kinds = (Event.SANCTION_NOTICED, Event.SANCTION_DECIDED, Event.SANCTION_APPEALED)
        lines = (await session.execute(select(Line).where(Line.event.in_(kinds)))).scalars().all()
    assert lines and all(
        line.salt is not None and line.section is None and set(line.facts) == {"digest"} for line in lines
    )


async def test_a_warning_is_heard_too_and_may_be_dropped(panel: Panel) -> None:
    expert = await an_expert(panel)
    sanction = await noticed(panel, expert.id, "warning", 0)
    await pass_the_notice(panel, sanction)
    await heard(panel, sanction)
    await as_(panel, "supervisor", lambda work: actions.drop(work, sanction, "情节轻微"))
    assert await state_of(panel, expert.id) == "active"
    assert await refused(decided(panel, sanction)) == "sanction.until"
    assert await refused(decided(panel, sanction, days=None)) == "workflow.not-now"
    assert await refused(as_(panel, "centre", lambda work: actions.drop(work, sanction, "x"))) == "permission.denied"
    assert await refused(heard(panel, "none")) == "sanction.unknown"


async def test_the_pages_show_what_their_readers_may_do(panel: Panel) -> None:
    for login, path, status in (
        ("agent", f"/en/sections/{panel.section}/panel/rating", 200),
        ("supervisor", "/en/supervision/judges", 200),
        ("supervisor", "/en/supervision/sanctions", 200),
        ("supervisor", "/en/supervision/sanctions/none", 404),
        ("centre", "/en/supervision/judges", 403),
        ("bidder1", f"/en/sections/{panel.section}/panel/rating", 403),
    ):
        async with await panel.hall.client(login) as client:
            assert (await client.get(path)).status_code == status, path


async def test_deviations_of_published_marks_are_shown_by_seat_with_the_sample_named_small(panel: Panel) -> None:
    marks = {f"J{place}": {"b1": {"t1": mark}} for place, mark in enumerate(("8", "8", "8.5", "9", "9", "8", "5"), 1)}
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        work.session.add(
            Evaluation(
                section=panel.section, region=cast.REGION, evidence={"marks": marks}, report="", digest=bytes(32),
                published_at=work.ctx.now,
            )
        )  # fmt: skip
    async with await panel.hall.client("supervisor") as client:
        page = await client.get("/en/supervision/judges")
    assert page.status_code == 200 and "8.42 (-40.59 %)" in page.text and "sample too small (under 20)" in page.text
    assert "95 % interval" in page.text


async def test_experts_read_their_own_standing_alone(panel: Panel) -> None:
    for login, told in (("expert", "证据不足"), ("stranger", "No sanction is under way or stands against you.")):
        actor = panel.hall.actor(login)
        async with panel.hall.database.work(SYSTEM) as work:
            name = f"page-{login}"
            account = await create_account(
                work, login=name, name=name, password="a-long-enough-password", role=Role.EXPERT, region=cast.REGION
            )
            await work.session.execute(update(Expert).where(Expert.account == actor.id).values(account=account.id))
        panel.hall.accounts[login] = account
        async with await panel.hall.client(login) as client:
            page = await client.get("/en/expert/standing")
        assert page.status_code == 200 and told in page.text


async def test_a_rating_and_a_notice_through_their_pages(panel: Panel) -> None:
    expert = await an_expert(panel)
    async with await panel.hall.client("procurer") as client:
        path = f"/en/sections/{panel.section}/panel/rating"
        sent = {f"{name}-4": "5" for name in QUESTIONS} | {"judge": "4"}
        assert [(await client.post(path, data=sent)).status_code for _ in range(2)] == [303, 409]
        assert (await client.post(path, data={"judge": "x"})).status_code in (404, 422)
    told = {"expert": expert.number or "", "kind": "warning", "months": "0", "private_reason": "迟到", "held_from": "x"}
    async with await panel.hall.client("supervisor") as client:
        assert (await client.post("/en/supervision/sanctions", data=told)).status_code == 422
        sent = told | {"held_from": "2030-01-01T09:00"}
        noticed_at = await client.post("/en/supervision/sanctions", data=sent)
        assert noticed_at.status_code == 303
        page = await client.get(noticed_at.headers["location"])
        assert page.status_code == 200 and "迟到" in page.text
        early = await client.post(noticed_at.headers["location"], data={"step": "hear", "private_words": "无"})
        assert early.status_code == 409


async def heard(panel: Panel, sanction: str, said: str = "当天因病") -> None:
    await as_(panel, "supervisor", lambda work: actions.hear(work, sanction, said))


async def decided(panel: Panel, sanction: str, days: int | None = 180) -> None:
    async def act(work: Work) -> None:
        until = None if days is None else work.ctx.now + timedelta(days=days)
        await actions.decide(work, sanction, "事实清楚", until)

    await as_(panel, "supervisor", act)


async def pass_the_notice(panel: Panel, sanction: str) -> None:
    """The time of the notice passes."""
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        past = {"noticed_at": work.ctx.now - timedelta(days=9), "held_from": work.ctx.now - timedelta(seconds=1)}
        await work.session.execute(update(Hearing).where(Hearing.sanction == sanction).values(past))


async def state_of(panel: Panel, expert: str) -> str:
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        return (await work.session.get_one(Expert, expert)).state
