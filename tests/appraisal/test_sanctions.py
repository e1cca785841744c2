"""Ratings and events by seat; a sanction only after notice, hearing and decision, with an appeal to somebody else."""

import re
from datetime import datetime
from math import exp

import pytest
from judging import Panel
from sanctioning import (
    an_expert,
    as_,
    decided,
    evaluated,
    heard,
    noticed,
    paid,
    pass_the_notice,
    points,
    rated,
    refused,
    reported,
    state_of,
)
from sqlalchemy import select, update

from expertpool.appraisal import actions
from expertpool.appraisal.queries import sanctions_of
from expertpool.appraisal.rules import QUESTIONS
from expertpool.appraisal.states import HearingState
from expertpool.appraisal.tables import AppraisalEvent, ExpertLeaning, PairCount, Rating
from expertpool.draw.reveal import EXPERT as SEAT_EXPERT
from expertpool.draw.tables import Seat
from expertpool.experts.tables import Expert
from infra.access.tables import AccessLine
from infra.auth.accounts import create_account
from infra.db.journal import Line
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from trading.evaluation.appraising import earliest_hearing
from trading.evaluation.leanings import own_leanings
from trading.evaluation.pairing import ask_for_count, count_region
from trading.evaluation.tables import Evaluation
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast

pytestmark = pytest.mark.soak


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


async def test_nothing_of_an_undetermined_section_is_counted(panel: Panel) -> None:
    hall = panel.hall
    await evaluated(panel)
    assert await count_region(hall.database, hall.objects, hall.keys, cast.REGION) == 0
    async with hall.database.reading() as session:
        assert (await session.execute(select(PairCount))).all() == []
        assert (await session.execute(select(ExpertLeaning))).all() == []


async def test_points_are_told_by_expert_only_when_the_result_is_determined(panel: Panel) -> None:
    hall = panel.hall
    async with await hall.client("supervisor") as client:
        assert "3 / 12" not in (await client.get("/en/supervision/sanctions")).text
        async with hall.database.work(hall.actor("centre")) as work:
            await work.session.execute(update(Section).values(state=SectionState.DETERMINED))
        page = await client.get("/en/supervision/sanctions")
    assert "3 / 12" in page.text and panel.section not in page.text


async def test_pairs_of_determined_sections_are_counted_with_their_chances_and_twice_is_once(panel: Panel) -> None:
    hall = panel.hall
    for _ in range(2):
        # five with the agent, with three bidders, and with one another
        assert await count_region(hall.database, hall.objects, hall.keys, cast.REGION) == 5 + 15 + 10
    async with hall.database.reading() as session:
        rows = (await session.execute(select(PairCount))).scalars().all()
    assert {(row.kind, row.draws, row.observed, row.flagged) for row in rows} == {
        (kind, 1, 1, False) for kind in ("agent", "bidder", "expert")
    }
    assert all(0 < row.expected < 1 and abs(float(row.tail) - (1 - exp(-float(row.expected)))) < 1e-4 for row in rows)
    whole = {row.tag: row.expected for row in rows if row.kind == "agent"}
    assert len(whole) == 5 and all(float(one) < 0.5 for one in whole.values())


async def test_the_supervisor_reads_pairs_and_leanings_by_number_and_nobody_else_does(panel: Panel) -> None:
    hall = panel.hall
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(PairCount).where(PairCount.kind == "agent").values(draws=40, flagged=True))
    async with await hall.client("supervisor") as client:
        page = (await client.get("/en/supervision/pairs")).text
        assert page.count("sample too small") == 25 and page.count("above its rate") == 5
        assert hall.bodies["agent"].name in page and panel.section not in page and "30 pairs" in page
        flagged = (await client.get("/en/supervision/pairs?flagged=yes&kind=agent&order=draws")).text
        assert "5 pairs" in flagged and "Expert and expert</span>" not in flagged
        assert "No pair fits" in (await client.get("/en/supervision/pairs?kind=expert&flagged=yes")).text
        assert (await client.get("/supervision/pairs?page=9999&order=nonsense&kind=x")).status_code == 200
        page = (await client.get("/en/supervision/judges/leanings")).text
        assert page.count("> leans<") + page.count("leans</span>") == 5 and "5 experts" in page
        token = re.search(r'name="form_token" value="([^"]+)"', (await client.get("/supervision/pairs")).text)
        assert token is not None
        asked = await client.post("/supervision/pairs", data={"form_token": token[1]})
        assert asked.status_code == 303
    for login in ("centre", "agent", "bidder1"):
        async with await hall.client(login) as client:
            for path in ("/supervision/pairs", "/supervision/judges/leanings"):
                assert (await client.get(path)).status_code == 403
    assert await refused(as_(panel, "centre", ask_for_count)) == "permission.denied"
    async with hall.database.reading() as session:
        looks = select(AccessLine).where(AccessLine.subject == "/supervision/pairs")
        assert len((await session.execute(looks)).scalars().all()) >= 5


async def test_an_expert_sees_the_own_leaning_alone(panel: Panel) -> None:
    hall = panel.hall
    async with hall.database.reading() as session:
        seat = (await session.execute(select(Seat).where(Seat.number == 1))).scalar_one()
        expert = hall.keys.service.unwrap(SEAT_EXPERT, seat.id, seat.sealed_expert).decode()
        [own] = await own_leanings(session, hall.keys.service, expert)
        assert (own.marks, own.sections, own.apart) == (24, 1, 10) and own.low is not None and own.low > 0
        assert await own_leanings(session, hall.keys.service, "another") == []


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
        await work.session.execute(
            update(Evaluation).where(Evaluation.section == panel.section).values(evidence={"marks": marks})
        )
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


async def test_an_expert_reads_the_own_fees_alone_with_the_rule_of_the_tax_and_no_project(panel: Panel) -> None:
    hall = panel.hall
    async with hall.database.reading() as session:
        account = hall.accounts["expert"].id
        expert = (await session.execute(select(Expert.id).where(Expert.account == account))).scalar_one()
    await paid(panel, expert, "one", 90, tagged=True)
    await paid(panel, expert, "two", 120, tagged=False)
    await paid(panel, "another-expert", "three", 6000, tagged=True)
    async with await hall.client("expert") as client:
        page = (await client.get("/en/expert/fees")).text
        assert page.count("960.00") == 2 and "1920.00" in page and "3.5" in page and "6960" not in page
        assert "第 61 号" in page and panel.section not in page
        assert "Nothing was settled for you in 2020" in (await client.get("/en/expert/fees?year=2020")).text
        for year in ("1999", "9999", "x", "２０２０"):
            assert page.count("960.00") == (await client.get(f"/en/expert/fees?year={year}")).text.count("960.00")
    async with await hall.client("stranger") as client:
        assert "Nothing was settled for you" in (await client.get("/en/expert/fees")).text
    async with await hall.client("supervisor") as client:
        assert (await client.get("/en/expert/fees")).status_code == 403


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
