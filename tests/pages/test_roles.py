"""For whom one acts: taken up by itself where there is one answer, asked in words where there are several, given up."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from registration_scene import PASSWORD, Desk, Visitor, an_application, at_the_desk, in_days

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from trading.messages.telling import tell_news

MEMBER = re.compile(r'name="membership" value="(member-\w+)"')
RESIGNATION = re.compile(r"/account/role/(member-\w+)/resignation")


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with at_the_desk(database) as found:
        yield found


async def accepted(desk: Desk, **changes: str) -> Visitor:
    """An applicant in the very session of the application, which the centre has accepted meanwhile."""
    applicant, clerk = await desk.applied(**changes), await desk.clerk()
    assert (await clerk.accept(await clerk.first_waiting())).status_code == 303
    return applicant


async def a_further_person(body: Visitor, login: str = "qian") -> None:
    told = {
        "name": "钱工",
        "login": login,
        "password": PASSWORD,
        "role": "bidder",
        "scope": "投标",
        "until": in_days(9),
    }
    assert (await body.post("/company/people", told, "/company/people/new")).status_code == 303


async def test_who_waited_signed_in_acts_as_soon_as_the_centre_has_accepted(desk: Desk) -> None:
    applicant = await accepted(desk)
    assert "生效" in (await applicant.get("/company")).text
    assert (await applicant.get("/company/people/new")).status_code == 200
    assert (await applicant.get("/desk")).status_code == 200


async def test_with_two_roles_the_profile_asks_for_which_in_words_and_comes_back(desk: Desk) -> None:
    applicant = await accepted(desk, kind_agent="yes")
    asked = await applicant.get("/company")
    assert asked.headers["location"] == "/account/role?next=%2Fcompany"
    question = await applicant.get(asked.headers["location"])
    assert "选择代表谁办理" in question.text and len(set(MEMBER.findall(question.text))) == 2
    chosen = MEMBER.findall(question.text)[0]
    answer = await applicant.post("/account/role", {"membership": chosen, "next": "/company"}, "/account/role")
    assert answer.headers["location"] == "/company"
    assert "生效" in (await applicant.get("/company")).text


async def test_a_page_that_needs_a_role_leads_to_the_question_and_a_form_is_told_in_words(desk: Desk) -> None:
    applicant = await accepted(desk, kind_agent="yes")
    asked = await applicant.get("/en/company/people/new?x=1")
    assert asked.headers["location"] == "/en/account/role?next=%2Fcompany%2Fpeople%2Fnew%3Fx%3D1"
    refused = await applicant.post("/company/people", {}, "/account")
    assert refused.status_code == 403 and 'href="/account/role"' in refused.text
    program = await applicant.http.get("/bids", headers={"accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (403, "session.choose-role")


async def test_the_workbench_is_the_first_page_and_leads_on_whoever_acts_for_nobody(desk: Desk) -> None:
    visitor = await desk.stranger()
    assert (await visitor.sign_in("clerk", next="")).headers["location"] == "/desk"
    assert (await visitor.get("/login")).headers["location"] == "/desk"
    assert (await (await desk.applied()).get("/desk")).headers["location"] == "/company"
    both = await desk.stranger()
    assert (await both.post("/register", an_application(login="li", kind_agent="yes"))).status_code == 303
    clerk = await desk.clerk()
    for version in await clerk.waiting():
        await clerk.accept(version)
    assert (await both.get("/desk")).headers["location"] == "/account/role"


async def test_the_applicant_is_told_of_the_acceptance(desk: Desk) -> None:
    applicant = await accepted(desk)
    async with desk.database.work(SYSTEM) as work:
        await tell_news(work)
    text = (await applicant.get("/messages")).text
    assert "单位已登记" in text
    number = re.search(r"/messages/(\d+)/read", text)
    assert number
    read = await applicant.post(f"/messages/{number[1]}/read", {}, "/messages")
    assert read.headers["location"] == "/company"
    assert "云湖新建设有限公司" in (await (await desk.clerk()).get("/messages")).text, "a clerk reads who applied"


async def test_a_role_is_given_up_after_its_consequence_was_read(desk: Desk) -> None:
    body = await accepted(desk)
    await a_further_person(body)
    other = await desk.visitor("qian")
    [path] = set(RESIGNATION.findall((await other.get("/account")).text))
    page = await other.get(f"/account/role/{path}/resignation")
    assert "自此刻起，您不能再以该身份办理任何事项" in page.text and "autofocus" not in page.text
    answer = await other.post(f"/account/role/{path}/resignation", {})
    assert answer.headers["location"] == "/account"
    assert "暂无" in (await body.get("/company")).text or "已结束" in (await body.get("/company")).text
    assert (await other.get("/bids")).headers["location"].startswith("/account/role")
    assert (await other.get(f"/account/role/{path}/resignation")).status_code == 404


async def test_the_last_who_may_act_cannot_give_up_and_reads_why(desk: Desk) -> None:
    body = await accepted(desk)
    [path] = set(RESIGNATION.findall((await body.get("/account")).text))
    answer = await body.post(f"/account/role/{path}/resignation", {})
    assert answer.status_code == 409 and "最后一位" in answer.text and 'role="alert"' in answer.text
    clerk = await desk.clerk()
    [own] = set(RESIGNATION.findall((await clerk.get("/account")).text))
    answer = await clerk.post(f"/account/role/{own}/resignation", {})
    assert answer.status_code == 409 and "本地区最后一位" in answer.text


async def test_a_strangers_role_is_not_to_be_found(desk: Desk) -> None:
    body, clerk = await accepted(desk), await desk.clerk()
    [own] = set(RESIGNATION.findall((await clerk.get("/account")).text))
    assert (await body.get(f"/account/role/{own}/resignation")).status_code == 404
