"""An upheld objection has the same committee evaluate again 复评: what stood is set aside and stays readable (TBR 54, 81)."""

import json
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from typing import cast as typed

import httpx
import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import submitted
from judging import Panel, a_panel, enter_experts
from judging_room import policy, sealed_evidence
from objecting import awarded, raised
from scenes import Hall

from infra.kernel.canonical import b64
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.archive.verify import Step, verify_evidence
from trading.evaluation.again import require_reopenable
from trading.evaluation.drafts import own_drafts
from trading.evaluation.evidence import recompute
from trading.evaluation.tables import Evaluation
from trading.objections.actions import answer_objection
from trading.publication.actions import publish_candidates
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.ways.actions import Signed, reevaluate
from trading.ways.rules import Grounds, Way, way_message

pytestmark = pytest.mark.soak
REASONS = "异议成立：第一候选人的技术方案照抄他人，评标委员会应当重新评审"


@dataclass
class Again:
    """A section that was evaluated twice: what was tried, what stood in between, pages and evidence."""

    hall: Hall
    section: str
    panel: Panel
    first: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    drafts: list[int] = field(default_factory=list)
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        self.refusals[name] = await refused(call)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def again(hall: Hall) -> Again:
    await enter_experts(hall)
    section = await hall.a_tender(4)
    for number in range(1, 5):
        await submitted(hall, section, f"bidder{number}")
    await hall.reach(section, SectionState.OPENED)
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    for login in ("procurer", "proxy"):
        hall.signers[login] = await hall.give_key(login, f"{login}-ways")
    found = Again(hall, section, panel)
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    await _to_the_decision(found)
    await _in_between(found)
    await _evaluate_again(found)
    return found


async def _to_the_decision(found: Again) -> None:
    hall, section = found.hall, found.section
    evidence = (await found.panel.evaluation()).evidence
    found.first, found.kept = list(evidence["out"]["order"]), dict(evidence)
    await found.refuse("before the candidates", reopened(found, "directive", ()))
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    await raised(hall, section, "bidder2")
    await found.refuse("while an objection is open", reopened(found))
    async with hall.database.work(hall.actor("agent")) as work:
        await answer_objection(work, section, 1, "异议成立", upheld=True)
    await found.refuse("by the agent", reopened(found, login="agent"))
    await found.refuse("by the agent's own people", reopened(found, login="proxy"))
    await found.refuse("on a directive, over the objection", reopened(found, "directive", ()))
    await found.refuse("because somebody renounced", reopened(found, "renounced"))
    await found.refuse("without reasons", reopened(found, reasons=" "))
    await found.refuse("signed as an end", reopened(found, way=Way.RETENDER))
    path, signer = f"/sections/{section}/award/way", hall.signers["procurer"]
    message = await _message(found, Way.REEVALUATE, Grounds("objection-upheld", (1,), REASONS))
    assert signer.certificate is not None
    key = {"certificate": b64(signer.certificate), "signature": b64(signer.sign(message))}
    async with await hall.client("procurer") as own:
        found.pages["the form"] = await own.get(path)
        told = {"way": "re-evaluate", "cause": "objection-upheld", "reasons": REASONS}
        found.pages["decided"] = await own.post(path, data={**told, **key})
        found.pages["decided again"] = await own.post(path, data={**told, **key})


async def _in_between(found: Again) -> None:
    """What judges find before them, and what everybody may read, while the second evaluation runs."""
    hall, path = found.hall, f"/sections/{found.section}"
    async with hall.database.reading() as session:
        for number in range(1, 6):
            drafts = await own_drafts(session, hall.keys.service, found.panel.seat(number).id)
            found.drafts.append(sum(len(row) for row in drafts.values()))
    found.events.append((await hall.section(found.section)).state)
    async with await hall.client() as anybody:
        for name, tail in (
            ("overview", ""), ("marks", "/marks"), ("evaluation file", "/evaluation.json"), ("result file", "/result.json"),
            ("log", "/log"), ("first evaluation", "/evaluations/1"), ("second evaluation", "/evaluations/2"),
            ("first file", "/evaluations/1/evaluation.json"), ("no such file", "/evaluations/0/evaluation.json"),
        ):  # fmt: skip
            found.pages[f"between: {name}"] = await anybody.get(path + tail)
    async with await hall.client("bidder1") as bidder, await hall.client("agent") as agent:
        found.pages["between: a bidder's own page"] = await bidder.get(f"{path}/mine")
        found.pages["between: the agent's desk"] = await agent.get(f"{path}/award")
        found.pages["between: the committee"] = await agent.get(f"{path}/panel")


async def _evaluate_again(found: Again) -> None:
    hall, panel, best = found.hall, found.panel, found.first[0]
    sheet = await panel.sheet()
    for item in sheet[best]:
        sheet[best][item] = "1"
    for number in range(1, 6):
        await panel.lock(number, sheet)
        if number == 3:
            async with await hall.client() as anybody:
                found.pages["three locked: marks"] = await anybody.get(f"/sections/{found.section}/marks")
                found.pages["three locked: overview"] = await anybody.get(f"/sections/{found.section}")
    await hall.reach(found.section, SectionState.MARKED)
    for number in range(1, 6):
        await panel.sign(number)
    found.second = list((await panel.evaluation()).evidence["out"]["order"])
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, found.section)
    ends = (await hall.section(found.section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.due()
    await awarded(hall, found.section)
    async with await hall.client() as anybody:
        for name, tail in (("overview", ""), ("marks", "/marks"), ("first evaluation", "/evaluations/1")):
            found.pages[f"after: {name}"] = await anybody.get(f"/en/sections/{found.section}{tail}")
    found.steps = list(verify_evidence(await sealed_evidence(hall, found.section), await policy(hall)))


async def _message(found: Again, way: Way, grounds: Grounds) -> bytes:
    async with found.hall.database.reading() as session:
        evaluation = await session.get_one(Evaluation, found.section)
    return way_message(found.section, evaluation.digest, way, None, grounds)


async def reopened(
    found: Again, cause: str = "objection-upheld", numbers: tuple[int, ...] = (1,), *, login: str = "procurer",
    reasons: str = REASONS, way: Way = Way.REEVALUATE,
) -> None:  # fmt: skip
    hall, signer = found.hall, found.hall.signers.get(login, found.hall.signers["procurer"])
    message = await _message(found, way, Grounds(cause, numbers, reasons))
    assert signer.certificate is not None
    key = Signed(signer.certificate, signer.sign(message))
    async with hall.database.work(hall.actor(login)) as work:
        await reevaluate(work, hall.authority, hall.keys.service, found.section, cause, reasons, key)


@pytest.mark.parametrize(
    ("tried", "code"),
    [
        ("before the candidates", "way.not-now"),
        ("while an objection is open", "way.objection-open"),
        ("by the agent", "permission.denied"),
        ("by the agent's own people", "way.entity"),
        ("on a directive, over the objection", "way.cause"),
        ("because somebody renounced", "way.cause"),
        ("without reasons", "way.reasons"),
        ("signed as an end", "signing.bad-signature"),
    ],
)
async def test_a_second_evaluation_is_refused(again: Again, tried: str, code: str) -> None:
    assert again.refusals[tried] == code


@pytest.mark.parametrize(
    "facts", [{"blind": ["technical"], "two_envelope": False}, {"blind": [], "two_envelope": True}]
)
async def test_what_judges_must_not_know_cannot_be_marked_again(facts: dict[str, Any]) -> None:
    with pytest.raises(Problem, match=r"way\.known"):
        require_reopenable(typed(Section, SimpleNamespace(id="YH-1/01", **facts)))


async def test_the_procuring_entity_decides_it_by_its_form_once(again: Again) -> None:
    assert 'value="re-evaluate"' in again.pages["the form"].text
    assert again.pages["decided"].status_code == 303
    assert again.pages["decided again"].status_code in (409, 422)
    assert again.events == [SectionState.EVALUATING]


async def test_every_judge_begins_from_the_own_earlier_marks(again: Again) -> None:
    assert len(set(again.drafts)) == 1 and again.drafts[0] > 0


async def test_while_it_runs_everybody_reads_the_first_evaluation_and_nothing_of_the_second(again: Again) -> None:
    shown = again.pages["between: first evaluation"]
    assert shown.status_code == 200 and "不作为" in shown.text
    assert again.pages["between: second evaluation"].status_code == 404
    assert again.pages["between: no such file"].status_code == 404
    for name in ("evaluation file", "result file"):
        assert again.pages[f"between: {name}"].status_code == 404
    assert REASONS in again.pages["between: overview"].text
    for name in ("marks", "overview"):
        assert again.pages[f"three locked: {name}"].status_code == 200
    assert "尚未公布" in again.pages["three locked: marks"].text
    for name in ("a bidder's own page", "the agent's desk", "the committee", "log"):
        assert again.pages[f"between: {name}"].status_code == 200


async def test_the_first_evaluation_stays_and_recomputes(again: Again) -> None:
    kept = json.loads(again.pages["between: first file"].content)
    assert kept == again.kept
    assert recompute({name: value for name, value in kept.items() if name != "out"})["out"] == kept["out"]


async def test_the_second_evaluation_decides_and_the_evidence_proves_both(again: Again) -> None:
    assert again.first[0] != again.second[0]
    names = [step.name for step in again.steps]
    assert [dict(step.facts) for step in again.steps if step.name == "set-aside"] == [
        {"round": 1, "cause": "objection-upheld"}
    ]
    assert names.count("evaluation") == 2 and names[-2:] == ["result", "page"]


async def test_afterwards_both_evaluations_are_read_by_everybody(again: Again) -> None:
    assert "This evaluation does not count." in again.pages["after: first evaluation"].text
    assert "The committee evaluates again" in again.pages["after: overview"].text
    assert "does not count" not in again.pages["after: marks"].text


async def test_every_bidder_is_told_that_the_committee_evaluates_again(again: Again) -> None:
    lines = await again.hall.lines(Event.EVALUATION_REOPENED)
    assert [one.subject for one in lines] == [again.section]
