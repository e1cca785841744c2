"""Projects on their way into the centre 进场受理: submitted by either side, returned with reasons, accepted."""

from typing import Any

import pytest
from bidding_scene import refused
from scenes import TENDERS, Hall

from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.money import Fen, fen
from trading.projects.actions import Particulars, accept_submitted, resubmit_project, return_project, submit_project
from trading.projects.queries import (
    ProjectFilter,
    bodies_to_choose,
    count_states,
    find_body,
    find_project,
    list_projects,
    suggested_code,
)
from trading.projects.states import ProjectState
from trading.sections.actions import change_section, create_section, freeze_document
from web.demo import cast


def new_code() -> str:
    return f"YH-S-2026-{next(TENDERS):04d}"


def told(hall: Hall, other: str = "procurer", **changed: Any) -> Particulars:
    return Particulars(
        **{"name": "云湖第三水厂", "other": hall.bodies[other], "mandate": "委托合同 2026-17", **changed}
    )


async def submit(hall: Hall, login: str = "agent", code: str | None = None, **changed: Any) -> str:
    code = code or new_code()
    async with hall.database.work(hall.actor(login)) as work:
        await submit_project(work, code, told(hall, **changed))
    return code


async def give_back(hall: Hall, code: str, login: str = "centre", reasons: str = "缺委托合同") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await return_project(work, code, reasons)


async def accept(hall: Hall, code: str, login: str = "centre") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await accept_submitted(work, code)


async def again(hall: Hall, code: str, login: str = "agent", **changed: Any) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await resubmit_project(work, code, told(hall, **changed))


async def state_of(hall: Hall, code: str) -> str:
    async with hall.database.reading() as session:
        return (await find_project(session, hall.actor("agent"), code)).state


@pytest.mark.parametrize(("login", "other"), [("agent", "procurer"), ("procurer", "agent")])
async def test_either_side_submits_a_project_and_both_bodies_stand_in_their_places(
    hall: Hall, login: str, other: str
) -> None:
    code = await submit(hall, login, other=other)
    async with hall.database.reading() as session:
        project = await find_project(session, hall.actor(login), code)
    assert (project.procuring_entity, project.agent) == (hall.bodies["procurer"].id, hall.bodies["agent"].id)
    assert project.state == ProjectState.SUBMITTED and project.accepted_at is None


@pytest.mark.parametrize("login", ["centre", "supervisor", "bidder1"])
async def test_only_the_procuring_side_submits_projects(hall: Hall, login: str) -> None:
    assert await refused(submit(hall, login)) == "permission.denied"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code": "yh-1"}, "project.code"),
        ({"name": " "}, "project.name"),
        ({"name": "长" * 201}, "project.name"),
        ({"other": "agent"}, "project.agent"),
        ({"mandate": "长" * 2001}, "project.mandate"),
        ({"category": "land"}, "project.category"),
        ({"investment_code": "2509"}, "project.investment-code"),
    ],
)
async def test_what_is_amiss_with_a_project_is_refused(hall: Hall, changed: dict[str, Any], code: str) -> None:
    assert await refused(submit(hall, **changed)) == code


async def test_a_code_is_taken_once(hall: Hall) -> None:
    code = await submit(hall)
    assert await refused(submit(hall, code=code)) == "project.known"


async def test_a_returned_project_says_why_and_may_be_submitted_again(hall: Hall) -> None:
    code = await submit(hall)
    await give_back(hall, code)
    assert await state_of(hall, code) == ProjectState.RETURNED
    await again(hall, code, name="云湖第三水厂扩建")
    assert await state_of(hall, code) == ProjectState.SUBMITTED


async def test_a_project_is_returned_with_reasons_only(hall: Hall) -> None:
    code = await submit(hall)
    assert await refused(give_back(hall, code, reasons="  ")) == "project.reasons"


@pytest.mark.parametrize("login", ["agent", "procurer", "supervisor", "bidder1"])
async def test_only_the_centre_accepts_and_returns(hall: Hall, login: str) -> None:
    code = await submit(hall)
    assert await refused(accept(hall, code, login)) == "permission.denied"
    assert await refused(give_back(hall, code, login)) == "permission.denied"


async def test_acceptance_is_logged_and_happens_once(hall: Hall) -> None:
    code = await submit(hall)
    await accept(hall, code)
    lines = [one for one in await hall.lines(Event.PROJECT_ACCEPTED) if one.subject == code]
    assert [one.facts["agent"] for one in lines] == [cast.AGENT.credit_code]
    assert await refused(accept(hall, code)) == "workflow.not-now"
    assert await refused(give_back(hall, code)) == "workflow.not-now"
    assert await refused(again(hall, code)) == "workflow.not-now"


async def test_a_submitted_project_is_no_leaf_of_the_public_log(hall: Hall) -> None:
    code = await submit(hall)
    await hall.beat()
    [line] = [one for one in await hall.lines(Event.PROJECT_SUBMITTED) if one.subject == code]
    assert line.salt is None and line.leaf is None


async def test_no_section_is_added_before_the_centre_has_accepted(hall: Hall) -> None:
    code = await submit(hall)
    async with hall.database.work(hall.actor("agent")) as work:
        assert await refused(create_section(work, code, "01", "施工")) == "project.not-accepted"


async def test_a_stranger_finds_no_project_that_is_not_its_own(hall: Hall) -> None:
    code = await submit(hall)
    await hall.bring("other-agent", Role.AGENT, "东江招标代理公司", cast.code(321))
    async with hall.database.reading() as session:
        assert await refused(find_project(session, hall.actor("other-agent"), code)) == "project.unknown"
        assert await refused(find_project(session, hall.actor("bidder1"), code)) == "project.unknown"
        assert (await list_projects(session, hall.actor("other-agent"), ProjectFilter())).total == 0
        assert await count_states(session, hall.actor("bidder1")) == {}
    assert await refused(again(hall, code, "other-agent")) == "project.unknown"


async def test_a_list_is_narrowed_ordered_and_paged(hall: Hall) -> None:
    codes = [await submit(hall, name=f"分页项目 {number:02d}") for number in range(23)]
    async with hall.database.reading() as session:
        asked = ProjectFilter(q="分页项目", order="code")
        first = await list_projects(session, hall.actor("centre"), asked)
        last = await list_projects(session, hall.actor("centre"), ProjectFilter(q="分页项目", order="code", page=99))
        none = await list_projects(session, hall.actor("centre"), ProjectFilter(q="分页项目", state="accepted"))
    assert [one.id for one in (*first.projects, *last.projects)] == codes
    assert (first.total, first.pages, last.page, none.total) == (23, 2, 2, 0)


async def test_a_body_is_found_by_credit_code_name_or_a_part_that_only_one_has(hall: Hall) -> None:
    async with hall.database.reading() as session:
        for text in (cast.PROCURER.credit_code.lower(), cast.PROCURER.name, "水务建设"):
            assert (await find_body(session, text)).id == hall.bodies["procurer"].id
        assert await refused(find_body(session, "云湖")) == "project.body-several"
        for nobody in ("没有这家", "", "%", "\0"):
            assert await refused(find_body(session, nobody)) == "project.body-unknown"


async def test_the_other_side_is_chosen_among_bodies_that_act_in_that_role(hall: Hall) -> None:
    await (await hall.client("procurer")).aclose()
    async with hall.database.reading() as session:
        assert [one.id for one in await bodies_to_choose(session, hall.actor("agent"))] == [hall.bodies["procurer"].id]


async def test_the_next_free_code_follows_the_newest_of_the_year(hall: Hall) -> None:
    async with hall.database.work(hall.actor("centre")) as work:
        assert await suggested_code(work.session, "110000", work.ctx.now) == f"110000-GC-{work.ctx.now.year}-0001"
    year = work.ctx.now.year
    await submit(hall, code=f"ZZ-GC-{year}-0099")
    async with hall.database.reading() as session:
        assert await suggested_code(session, cast.REGION, work.ctx.now) == f"ZZ-GC-{year}-0100"


async def change(hall: Hall, section: str, login: str = "agent", **changed: Any) -> None:
    given = {"title": "改名后的标段", "ceiling": fen("5000000.00"), "parts": ("opening-form", "technical"), **changed}
    async with hall.database.work(hall.actor(login)) as work:
        await change_section(work, section, **given)


async def test_a_section_in_draft_is_changed_and_the_change_is_logged(hall: Hall) -> None:
    section = await hall.a_draft()
    await change(hall, section)
    found = await hall.section(section)
    assert (found.title, found.ceiling, found.parts) == ("改名后的标段", 500000000, ["opening-form", "technical"])
    [line] = await hall.lines(Event.SECTION_CHANGED, section=section)
    assert line.facts == {"title": "改名后的标段"} and line.salt is not None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": ""}, "section.title"),
        ({"ceiling": Fen(0)}, "section.ceiling"),
        ({"ceiling": Fen(-5)}, "section.ceiling"),
        ({"ceiling": Fen(10**18)}, "section.ceiling"),
        ({"parts": ("technical",)}, "section.parts"),
        ({"parts": ("opening-form", "financial")}, "section.parts"),
        ({"parts": ("bill", "opening-form"), "two_envelope": True}, "section.bill"),
        ({"suite": "SM2-SM4CBC-SM3"}, "section.suite"),
        ({"login": "centre"}, "permission.denied"),
    ],
)
async def test_a_change_that_makes_no_section_is_refused(hall: Hall, changed: dict[str, Any], code: str) -> None:
    assert await refused(change(hall, await hall.a_draft(), **changed)) == code


async def test_a_frozen_section_is_changed_no_more(hall: Hall) -> None:
    section = await hall.a_draft()
    async with hall.database.work(hall.actor("agent")) as work:
        await freeze_document(work, section, method=cast.METHOD, labels=cast.LABELS, files=[])
    assert await refused(change(hall, section)) == "section.settled"
