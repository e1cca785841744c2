"""The contract is recorded once, at the winning price, and everybody reads it (TBL 46, TBR 57)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from section_story import Story, plain, told

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.events import Event
from infra.kernel.money import yuan
from infra.objects import Objects
from trading.contracts.queries import awarded_in, contract_of
from trading.regimes.china import SHANGHAI

pytestmark = pytest.mark.soak
PATH = "/sections/{}/award/contract"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Story]:
    """A story of its own: others look at a section whose contract is still due."""
    async with told(postgres, template, objects) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def answers(story: Story) -> dict[str, httpx.Response]:
    """What the page answers before, to wrong forms, to the right one, and afterwards."""
    path, found = PATH.format(story.finished), {}
    async with story.hall.database.reading() as session:
        awarded = await awarded_in(session, story.finished)
    assert awarded is not None
    day = awarded.at.astimezone(SHANGHAI).date()
    price = f"{awarded.price // 100}.{awarded.price % 100:02}"
    right = {"amount": price, "signed_on": day.isoformat(), "period": "325 天", "payments": "按月进度支付 80%"}
    async with await story.hall.client("agent") as agent, await story.hall.client("bidder1") as bidder:
        found["before"] = await agent.get(path)
        found["by a bidder"] = await bidder.post(path, data=right)
        found["another price"] = await agent.post(path, data={**right, "amount": "1.00"})
        found["no number"] = await agent.post(path, data={**right, "amount": "很多"})
        found["no date"] = await agent.post(path, data={**right, "signed_on": "明天"})
        found["before the award"] = await agent.post(path, data={**right, "signed_on": f"{day - timedelta(days=1)}"})
        found["without words"] = await agent.post(path, data={**right, "payments": " "})
        found["not awarded"] = await agent.post(PATH.format(story.opened), data=right)
        plan = {"kind": "performance", "title": "主体结构完工", "due_on": day.isoformat(), "sum": ""}
        found["planned before"] = await agent.post(f"{path}/milestones", data=plan)
        found["right"] = await agent.post(path, data=right)
        found["again"] = await agent.post(path, data=right)
        found["afterwards"] = await agent.get(path)
        found["not awarded yet"] = await agent.get(PATH.format(story.opened))
        await _milestones(found, agent, bidder, path, plan, price)
    async with await story.hall.client() as anybody:
        found["public"] = await anybody.get(f"/sections/{story.finished}/contract")
        found["delivery"] = await anybody.get(f"/en/sections/{story.finished}/contract")
        found["log"] = await anybody.get(f"/sections/{story.finished}/log")
    return found


async def _milestones(
    found: dict[str, httpx.Response],
    agent: httpx.AsyncClient,
    bidder: httpx.AsyncClient,
    path: str,
    plan: dict[str, str],
    price: str,
) -> None:
    """Two milestones: the first is reached, the second waits; and every wrong way."""
    pay = {**plan, "kind": "payment", "title": "首期付款", "sum": price}
    done = {"reached": "1", "done_on": plan["due_on"], "words": "经监理确认"}
    found["planned by a bidder"] = await bidder.post(f"{path}/milestones", data=plan)
    for name, data in (
        ("no title", {**plan, "title": " "}),
        ("no kind", {**plan, "kind": "party"}),
        ("no due day", {**plan, "due_on": "明天"}),
        ("too much", {**pay, "sum": "99999999.00"}),
        ("no sum", {**pay, "sum": ""}),
        ("a sum", {**plan, "sum": "1.00"}),
        ("planned", plan),
        ("payment", pay),
        ("paid twice", pay),
    ):
        found[name] = await agent.post(f"{path}/milestones", data=data)
    for name, data in (
        ("no such", {**done, "reached": "7"}),
        ("nonsense", {**done, "reached": "一"}),
        ("too late", {**done, "done_on": "2999-01-01"}),
        ("no words", {**done, "words": ""}),
        ("done", done),
        ("done again", done),
    ):
        found[name] = await agent.post(f"{path}/reached", data=data)
    found["milestones"] = await agent.get(path)


async def test_the_page_tells_until_when_the_contract_is_due(answers: dict[str, httpx.Response]) -> None:
    words = plain(answers["before"].text)
    assert answers["before"].status_code == 200
    assert "合同签订截止" in words and "30 日" in words and "登记合同" in words


async def test_a_contract_that_is_not_the_winning_bid_is_refused_in_words(
    story: Story, answers: dict[str, httpx.Response]
) -> None:
    async with story.hall.database.reading() as session:
        awarded = await awarded_in(session, story.finished)
    assert awarded is not None
    assert f"与中标价 {yuan(awarded.price)} 元不一致" in plain(answers["another price"].text)
    assert 'value="1.00"' in answers["another price"].text
    assert "签订日期应在" in answers["before the award"].text
    assert "合同期限和付款方式须填写" in answers["without words"].text
    assert "尚未发布中标结果" in answers["not awarded"].text
    assert "已经公告" in answers["again"].text
    wrong = ("another price", "no number", "no date", "before the award", "without words", "not awarded", "again")
    assert {name: answers[name].status_code for name in wrong} == {
        name: 409 if name in ("not awarded", "again") else 422 for name in wrong
    }
    assert answers["by a bidder"].status_code == 403


async def test_the_contract_is_recorded_once_and_logged(story: Story, answers: dict[str, httpx.Response]) -> None:
    assert answers["right"].status_code == 303
    async with story.hall.database.reading() as session:
        contract = await contract_of(session, story.finished)
        awarded = await awarded_in(session, story.finished)
    lines = await story.hall.lines(Event.CONTRACT_PUBLISHED, section=story.finished)
    assert contract is not None and awarded is not None and contract.amount == awarded.price
    assert [(line.facts["winner"], line.facts["late"]) for line in lines] == [(awarded.winner, False)]
    assert "登记并公告" not in answers["afterwards"].text and "按月进度支付" in answers["afterwards"].text


async def test_everybody_reads_the_contract(answers: dict[str, httpx.Response]) -> None:
    words = plain(answers["public"].text)
    assert "合同公告" in words and "325 天" in words and "按月进度支付 80%" in words
    assert answers["log"].status_code == 200


async def test_before_the_award_there_is_no_form(answers: dict[str, httpx.Response]) -> None:
    assert "登记并公告" not in answers["not awarded yet"].text


async def test_a_wrong_milestone_is_refused_and_what_was_typed_is_kept(answers: dict[str, httpx.Response]) -> None:
    codes = {
        "planned before": 409, "planned by a bidder": 403, "no title": 422, "no kind": 422, "no due day": 422,
        "too much": 422, "no sum": 422, "a sum": 422, "paid twice": 422, "no such": 404, "nonsense": 404,
        "too late": 422, "no words": 422, "done again": 409,
    }  # fmt: skip
    assert {name: answers[name].status_code for name in codes} == codes
    assert 'value="99999999.00"' in answers["too much"].text and "首期付款" in answers["too much"].text


async def test_milestones_are_logged_and_public_with_how_they_stand(
    story: Story, answers: dict[str, httpx.Response]
) -> None:
    assert [answers[name].status_code for name in ("planned", "payment", "done")] == [303, 303, 303]
    planned = await story.hall.lines(Event.MILESTONE_PLANNED, section=story.finished)
    [done] = await story.hall.lines(Event.MILESTONE_DONE, section=story.finished)
    assert [(line.facts["number"], line.facts["kind"]) for line in planned] == [(1, "performance"), (2, "payment")]
    assert "amount" not in planned[0].facts and planned[1].facts["amount"]
    assert (done.facts["number"], done.facts["late"], done.facts["words"]) == (1, False, "经监理确认")
    words = plain(answers["delivery"].text)
    assert "1 主体结构完工 Work or delivery 经监理确认" in words and "reached in time" in words
    assert "2 首期付款 Payment" in words and "to come" in words


async def test_only_milestones_that_wait_can_be_told_to_be_reached(answers: dict[str, httpx.Response]) -> None:
    choice = answers["milestones"].text.partition('name="reached"')[2].partition("</select>")[0]
    assert "2 · 首期付款" in choice and "1 · 主体结构完工" not in choice
