"""Projects 项目 and sections 标段: accepted by the centre, run by the procuring side, unknown to strangers."""

from typing import Any

import pytest
from bidding_scene import refused
from scenes import TENDERS, Hall

from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.money import fen
from trading.projects.actions import accept_project
from trading.sections.actions import create_section, freeze_document
from trading.sections.states import SectionState
from web.demo import cast


async def accept(hall: Hall, code: str, login: str = "centre", **changed: Any) -> None:
    given: dict[str, Any] = {"procuring_entity": hall.bodies["procurer"], "agent": hall.bodies["agent"], **changed}
    async with hall.database.work(hall.actor(login)) as work:
        await accept_project(work, code, "云湖第三水厂", **given)


async def create(
    hall: Hall, project: str, number: str = "01", login: str = "agent", follows: str | None = None
) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await create_section(work, project, number, "施工 01 标段", ceiling=fen("100.00"), follows=follows)


async def freeze(hall: Hall, section: str, login: str = "agent", **changed: Any) -> None:
    given = {"method": cast.METHOD, "labels": cast.LABELS, "files": [], **changed}
    async with hall.database.work(hall.actor(login)) as work:
        await freeze_document(work, section, **given)


def new_code() -> str:
    return f"YH-P-{next(TENDERS):04d}"


async def test_an_accepted_project_is_logged_with_who_stands_behind_it(hall: Hall) -> None:
    code = new_code()
    await accept(hall, code, investment_code="2509-320193-89-01-544060")
    [line] = [one for one in await hall.lines(Event.PROJECT_ACCEPTED) if one.subject == code]
    assert line.facts["procuring_entity"] == cast.PROCURER.credit_code
    assert line.facts["agent"] == cast.AGENT.credit_code


@pytest.mark.parametrize("code", ["", "yh-1", "-YH", "YH/1", "YH 1", "云湖", "Y" * 65, "YH\n"])
async def test_a_project_code_has_one_form(hall: Hall, code: str) -> None:
    assert await refused(accept(hall, code)) == "project.code"


@pytest.mark.parametrize("code", ["2509-320193-89-01-54406", "250932019389015440600000", "2509-320193-89-01-54406x"])
async def test_an_investment_code_has_one_form(hall: Hall, code: str) -> None:
    assert await refused(accept(hall, new_code(), investment_code=code)) == "project.investment-code"


async def test_a_project_is_accepted_once(hall: Hall) -> None:
    code = new_code()
    await accept(hall, code)
    assert await refused(accept(hall, code)) == "project.known"


async def test_a_procuring_entity_is_not_its_own_agent(hall: Hall) -> None:
    assert await refused(accept(hall, new_code(), agent=hall.bodies["procurer"])) == "project.agent"


@pytest.mark.parametrize("login", ["agent", "procurer", "supervisor", "bidder1"])
async def test_only_the_centre_accepts_projects(hall: Hall, login: str) -> None:
    assert await refused(accept(hall, new_code(), login)) == "permission.denied"


@pytest.mark.parametrize("login", ["centre", "supervisor", "bidder1"])
async def test_only_the_procuring_side_creates_sections(hall: Hall, login: str) -> None:
    code = new_code()
    await accept(hall, code)
    assert await refused(create(hall, code, login=login)) == "permission.denied"


async def test_a_stranger_agent_finds_neither_project_nor_section(hall: Hall) -> None:
    section = await hall.a_draft()
    await hall.bring("stranger", Role.AGENT, "另一代理公司", cast.code(300))
    assert await refused(create(hall, section.split("/")[0], "02", "stranger")) == "project.unknown"
    assert await refused(freeze(hall, section, "stranger")) == "section.unknown"


async def test_an_unknown_project_and_an_unknown_section_are_unknown(hall: Hall) -> None:
    assert await refused(create(hall, "NO-SUCH")) == "project.unknown"
    assert await refused(freeze(hall, "NO-SUCH/01")) == "section.unknown"


@pytest.mark.parametrize("number", ["", "a", "0 1", "0/1", "1" * 65])
async def test_a_section_number_has_one_form(hall: Hall, number: str) -> None:
    code = new_code()
    await accept(hall, code)
    assert await refused(create(hall, code, number)) == "section.code"


async def test_a_section_number_is_taken_once(hall: Hall) -> None:
    section = await hall.a_draft()
    assert await refused(create(hall, section.split("/")[0])) == "section.known"


@pytest.mark.parametrize("previous", ["{code}/01", "{code}/99", "YH-ELSEWHERE/01", "\0"])
async def test_only_a_failed_section_of_the_same_project_is_called_anew(hall: Hall, previous: str) -> None:
    code = new_code()
    await accept(hall, code)
    await create(hall, code)
    assert await refused(create(hall, code, "02", follows=previous.format(code=code))) == "section.follows"


async def test_a_document_is_frozen_once(hall: Hall) -> None:
    section = await hall.a_draft()
    await freeze(hall, section)
    assert await refused(freeze(hall, section)) == "workflow.not-now"
    assert (await hall.section(section)).state == SectionState.READY


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tie": ["price", "lot"]}, "method.lot-forbidden"),
        ({"tie": ["joint", "price"]}, "method.tie-after-end"),
        ({"price": {**cast.METHOD["price"], "weight": "40"}}, "method.points"),
        ({"price": {"kind": "random", "weight": "50"}}, "evidence.word"),
    ],
)
async def test_a_method_that_may_not_decide_is_not_frozen(hall: Hall, change: dict[str, Any], code: str) -> None:
    section = await hall.a_draft()
    assert await refused(freeze(hall, section, method={**cast.METHOD, **change})) == code
    assert (await hall.section(section)).state == SectionState.DRAFT
