"""A government purchase from its notice to the challenge 政府采购公开招标: qualification, review, result notice (M87, GPR)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from envelopes import submitted
from judging import a_panel, enter_experts
from judging_room import OBJECTIVE, Room, policy, room_of, sealed_evidence
from purchase_scene import LOGINS, PRICES, V1, Purchase, a_purchase
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import read
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence
from trading.contracts.actions import Terms, publish_contract
from trading.evaluation.queries import committee_of, opened_bids
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.objections.actions import answer_objection, object_to_result
from trading.publication.actions import publish_candidates
from trading.regimes.china import SHANGHAI
from trading.regimes.regime import Rule
from trading.regimes.rules import PURCHASES_SHOWN
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=4) as found:
        await enter_experts(found)
        for login in ("procurer", "agent"):
            found.signers[login] = await found.give_key(login, f"{login}-purchase")
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall) -> Purchase:
    found = await a_purchase(hall)
    panel = await a_panel(hall, found.section)
    await found.refuse("too early to sit", panel.sign_in(1))
    bids = (await room_of(hall, found.section, panel, LOGINS)).bids
    await found.refuse("the agent", found.qualify((bids["bidder4"],), login="agent"))
    await found.refuse("a bidder's key", found.qualify((), signer="bidder1"))
    await found.qualify((bids["bidder4"],))
    await found.refuse("twice", found.qualify(()))
    for number in range(1, 6):
        await panel.sign_in(number)
    found.panel, room = panel, await room_of(hall, found.section, panel, LOGINS)
    found.bids = room.bids
    await _judge(found, room)
    await found.note()
    await found.refuse("candidates", found.publish(publish_candidates))
    await found.refuse("award before the review", found.publish(keys=hall.keys.service))
    await found.refuse("too early to challenge", _challenge(found))
    await found.confirm()
    await found.note()
    await found.refuse("without names", found.publish())
    await found.publish(keys=hall.keys.service)
    await found.note()
    found.evidence = await sealed_evidence(hall, found.section)
    for step in verify_evidence(found.evidence, await policy(hall)):
        found.steps[step.name] = step.facts
    return found


async def _judge(found: Purchase, room: Room) -> None:
    panel, hall = room.panel, found.hall
    valid = {bid for login, bid in room.bids.items() if login != "bidder4"}
    async with hall.database.reading() as session:
        assert {bid.id for bid in (await committee_of(session, found.section)).qualified} == valid
    for number in range(1, 6):
        rows = {bid: {"q2": "pass"} for bid in valid}
        for bid, row in rows.items():
            await panel.save(number, bid, row)
        await panel.lock_answers(number, rows)
    await hall.until(lambda: _examined(hall, found.section))
    marks = {room.bids[one]: {"o1": {"mark": mark, "ground": "业绩证明"}} for one, mark in OBJECTIVE.items()}
    await panel.resolve({"kind": "objective", "marks": marks}, (1, 2, 3, 4, 5))
    for number in range(1, 6):
        await panel.lock(number, room.sheet(number))
    await hall.reach(found.section, SectionState.MARKED)
    for number in range(1, 6):
        await panel.sign(number)


async def _examined(hall: Hall, section: str) -> bool:
    return bool(await hall.lines(Event.EXAMINATION_SETTLED, section=section))


async def _challenge(found: Purchase, login: str = "bidder1") -> int:
    async with found.hall.database.work(found.hall.actor(login)) as work:
        return (await object_to_result(work, found.section, "中标人的技术参数不满足招标文件要求")).number


def test_a_purchase_goes_from_the_report_to_its_award_without_candidates_in_publicity(told: Purchase) -> None:
    assert told.states == [SectionState.REPORTED, SectionState.DETERMINED, SectionState.NOTIFIED]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("too early to sit", "qualification.waiting"),
        ("the agent", "permission.denied"),
        ("a bidder's key", "signing.bad-signature"),
        ("twice", "qualification.examined"),
        ("candidates", "candidates.none-here"),
        ("award before the review", "workflow.not-now"),
        ("too early to challenge", "result-objection.closed"),
        ("without names", "award.no-names"),
    ],
)
def test_what_comes_at_the_wrong_time_or_from_the_wrong_side_is_refused(told: Purchase, name: str, code: str) -> None:
    assert told.refusals[name].code == code


def test_the_verifier_accepts_the_whole_purchase(told: Purchase) -> None:
    assert {"committee", "evaluation", "review", "result", "page"} <= told.steps.keys()
    assert told.steps["committee"]["rejected"] == 1
    assert told.steps["result"]["winner"] == cast.BIDDERS[2].body.name


def test_who_did_not_qualify_is_told_with_its_reason_in_the_evaluation(told: Purchase) -> None:
    evaluation = read(unpack(told.evidence)["evaluation.json"])
    assert evaluation["rejected"] == {
        told.bids["bidder4"]: "M87 63(3): 资格审查 具备招标文件规定的资格条件: 未提供有效的资格证明"
    }


async def test_the_result_notice_names_every_judge_and_tells_the_period_and_the_challenge(told: Purchase) -> None:
    hall = told.hall
    async with hall.database.reading() as session:
        rows = (await session.execute(Notice.__table__.select().where(Notice.section == told.section))).mappings()
        notices = {row["kind"]: row for row in rows}
    [line] = await hall.lines(Event.AWARD_PUBLISHED, section=told.section)
    facts = notices[NoticeKind.AWARD]["facts"]
    assert NoticeKind.CANDIDATES not in notices
    assert sorted(line.facts["result"]["judges"]) == ["J1", "J2", "J3", "J4", "J5"]
    assert set(facts["judges"].split("、")) <= {expert.name for expert in cast.EXPERTS}
    assert len(facts["judges"].split("、")) == 5
    assert facts["plan_number"] and facts["winner"] == cast.BIDDERS[2].body.name
    ends, until = (datetime.fromisoformat(facts[name]) for name in ("notice_ends", "challenge_until"))
    assert notices[NoticeKind.AWARD]["published_at"] < ends < until


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def silent(hall: Hall) -> Purchase:
    """Nobody confirms the report; then the result is challenged in time, answered, and challenged too late."""
    found = await a_purchase(hall)
    panel = await a_panel(hall, found.section)
    bids = (await room_of(hall, found.section, panel, LOGINS)).bids
    await found.qualify((bids["bidder4"],))
    for number in range(1, 6):
        await panel.sign_in(number)
    found.panel, found.bids = panel, bids
    await _judge(found, Room(hall, found.section, panel, bids))
    await hall.reach(found.section, SectionState.DETERMINED)
    await found.refuse("confirmed too late", found.confirm())
    await found.publish(keys=hall.keys.service)
    number = await _challenge(found)
    async with hall.database.work(hall.actor("agent")) as work:
        await answer_objection(work, found.section, number, "经核查，中标人响应招标文件，质疑不成立", upheld=False)
    [award] = await hall.lines(Event.AWARD_PUBLISHED, section=found.section)
    await hall.wait_until(datetime.fromisoformat(award.facts["result"]["challenge_until"]))
    await found.refuse("challenged too late", _challenge(found, "bidder2"))
    found.evidence = await sealed_evidence(hall, found.section)
    for step in verify_evidence(found.evidence, await policy(hall)):
        found.steps[step.name] = step.facts
    return found


async def test_silence_for_the_whole_review_determines_the_first_of_the_ranking(silent: Purchase) -> None:
    [line] = await silent.hall.lines(Event.WINNER_DETERMINED, section=silent.section)
    assert line.facts["silent"] is True
    assert [one["rank"] for one in line.facts["candidates"]] == [1, 2, 3]
    assert silent.refusals["confirmed too late"].code == "review.not-now"
    assert silent.steps["result"]["winner"] == cast.BIDDERS[2].body.name


async def test_a_result_is_challenged_for_seven_working_days_after_its_notice_and_not_longer(silent: Purchase) -> None:
    [raised] = await silent.hall.lines(Event.RESULT_OBJECTED, section=silent.section)
    assert raised.facts["number"] == 1
    assert len(await silent.hall.lines(Event.RESULT_OBJECTION_ANSWERED, section=silent.section)) == 1
    assert silent.refusals["challenged too late"].code == "result-objection.closed"
    assert (await silent.hall.section(silent.section)).state == SectionState.NOTIFIED


async def test_a_contract_that_is_published_late_needs_reasons_which_are_published(
    silent: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, today = silent.hall, datetime.now(SHANGHAI).date()
    long_ago = PURCHASES_SHOWN.parameter(Rule.CONTRACT_PUBLISHED)._replace(value=-800_000)
    monkeypatch.setitem(PURCHASES_SHOWN.parameters, Rule.CONTRACT_PUBLISHED, long_ago)  # type: ignore[arg-type]
    terms = Terms(fen(PRICES["bidder3"]), today, period="三十日内交货", payments="验收后一次付清", late_why="")
    with pytest.raises(Problem, match=r"contract\.published-late"):
        async with hall.database.work(hall.actor("agent")) as work:
            await publish_contract(work, silent.section, terms)
    async with hall.database.work(hall.actor("agent")) as work:
        notice = await publish_contract(work, silent.section, terms._replace(late_why="财政系统停机"))
    assert notice.facts["late_why"] == "财政系统停机"


async def test_nobody_examines_before_the_opening_nor_where_nothing_is_asked(hall: Hall) -> None:
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    found = Purchase(hall)
    [found.section] = await hall.tenders(1, 4, V1, purchase=True, budget=fen("20000000.00"))
    await found.refuse("before the opening", found.qualify(()))
    for number in range(1, 4):
        await submitted(hall, found.section, f"bidder{number}")
    await hall.reach(found.section, SectionState.OPENED)
    await found.refuse("nothing to examine", found.qualify(()))
    await found.refuse("by a proxy of the agent", found.qualify((), login="proxy"))
    assert {name: one.code for name, one in found.refusals.items()} == {
        "before the opening": "qualification.not-now",
        "nothing to examine": "qualification.none",
        "by a proxy of the agent": "qualification.entity",
    }
    async with await hall.client("procurer") as client:
        answer = await client.post(f"/en/sections/{found.section}/qualification", data={"answers": "{}"})
        assert (answer.status_code, "holds no key to sign with" in answer.text) == (422, True)
        assert "examines nothing here" in (await client.get(f"/en/sections/{found.section}/qualification")).text


async def test_with_fewer_than_three_qualified_nothing_is_evaluated(hall: Hall) -> None:
    found = await a_purchase(hall)
    async with hall.database.reading() as session:
        bids = [bid.id for bid in await opened_bids(session, found.section)]
    await found.qualify((bids[0], bids[1]))
    failed = await hall.section(found.section)
    assert (failed.state, failed.failed_why) == (SectionState.FAILED, "too-few-qualified")
    steps = {one.name for one in verify_evidence(await sealed_evidence(hall, found.section), await policy(hall))}
    assert "unqualified" in steps and "evaluation" not in steps


async def test_a_bid_that_fails_responsiveness_may_leave_too_few_as_well(hall: Hall) -> None:
    found = await a_purchase(hall, ("bidder1", "bidder2", "bidder3"))
    panel = await a_panel(hall, found.section)
    await found.qualify(())
    for number in range(1, 6):
        await panel.sign_in(number)
    bids = (await room_of(hall, found.section, panel)).bids
    why = {"reason": "交货期超出招标文件规定", "pages": []}
    for number in range(1, 6):
        rows: dict[str, Any] = {bid: {"q2": why if bid == bids["bidder1"] else "pass"} for bid in bids.values()}
        for bid, row in rows.items():
            await panel.save(number, bid, row)
        await panel.lock_answers(number, rows)
    await hall.reach(found.section, SectionState.FAILED)
    assert (await hall.section(found.section)).failed_why == "too-few-valid"
    steps = {one.name for one in verify_evidence(await sealed_evidence(hall, found.section), await policy(hall))}
    assert "failed" in steps
