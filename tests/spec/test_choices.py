"""The procuring entity chooses the winner among the candidates after their publicity, signed and with reasons (评定分离)."""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace

import httpx
import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import submitted
from judging import a_panel, enter_experts
from judging_room import policy, sealed_evidence
from scenes import Hall

from infra.kernel.canonical import b64
from infra.kernel.context import Role
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.choice.actions import Signed, choose_winner
from trading.choice.rules import choice_message
from trading.evaluation.tables import Evaluation
from trading.messages.rules import AUDIENCES
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.states import SectionState
from trading.ways.actions import Signed as WaySigned
from trading.ways.actions import pass_over
from trading.ways.rules import Grounds, Way, way_message
from web.demo import cast

pytestmark = pytest.mark.soak
REASONS = "经定标委员会票决，三票同意：该候选人的项目班子与本项目最相符"


@dataclass
class Chosen:
    """One section in which the second was chosen, dropped out, and the third was chosen; what was refused, and pages."""

    hall: Hall
    section: str
    order: list[str]
    refusals: dict[str, str] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        self.refusals[name] = await refused(call)

    async def over(self) -> None:
        """The publicity's time is over, and what falls due has happened."""
        ends = (await self.hall.section(self.section)).publicity_ends
        assert ends is not None
        await self.hall.wait_until(ends)
        await self.hall.due()
        assert (await self.hall.section(self.section)).state == SectionState.DETERMINED

    async def message(self, bid: str, reasons: str = REASONS) -> bytes:
        async with self.hall.database.reading() as session:
            evaluation = await session.get_one(Evaluation, self.section)
        return choice_message(self.section, evaluation.digest, bid, reasons)

    async def choose(self, bid: str, *, login: str = "procurer", reasons: str = REASONS, signed: str = "") -> None:
        """Choose a bid, signed by the login's key, or over another bid."""
        signer = self.hall.signers.get(login, self.hall.signers["procurer"])
        assert signer.certificate is not None
        key = Signed(signer.certificate, signer.sign(await self.message(signed or bid, reasons)))
        async with self.hall.database.work(self.hall.actor(login)) as work:
            await choose_winner(work, self.hall.authority, self.section, bid, reasons, key)

    async def award(self) -> None:
        async with self.hall.database.work(self.hall.actor("agent")) as work:
            await publish_award(work, self.section)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chosen(hall: Hall) -> Chosen:
    await enter_experts(hall)
    section, ranked = await hall.a_tender(4, by_choice=True), await hall.a_tender(4)
    for number in range(1, 5):
        await submitted(hall, section, f"bidder{number}")
    await hall.reach(section, SectionState.OPENED)
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    await hall.bring("stranger", Role.PROCURING, "另一家招标人（示例）", cast.code(9))
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    for login in ("procurer", "stranger", "proxy"):
        hall.signers[login] = await hall.give_key(login, f"{login}-choices")
    found = Chosen(hall, section, list((await panel.evaluation()).evidence["out"]["order"]))
    await found.refuse("of a section whose first wins", choose_in(hall, ranked))
    await _first(found)
    await _again(found)
    return found


async def choose_in(hall: Hall, section: str) -> None:
    """Choose in a section whose notice leaves nothing to choose."""
    async with hall.database.work(hall.actor("procurer")) as work:
        await choose_winner(work, hall.authority, section, "bid-1", REASONS, Signed(b"", bytes(64)))


async def _first(found: Chosen) -> None:
    hall, order = found.hall, found.order
    await found.refuse("before the candidates", found.choose(order[1]))
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, found.section)
    await found.refuse("in the publicity", found.choose(order[1]))
    async with await hall.client("procurer") as own:
        found.pages["in the publicity"] = await own.get(f"/sections/{found.section}/award/choice")
    await found.over()
    await found.refuse("an award before the choice", found.award())
    tries = {
        "by the agent": found.choose(order[1], login="agent"),
        "by another procuring entity": found.choose(order[1], login="stranger"),
        "by the procuring agent's own people": found.choose(order[1], login="proxy"),
        "of a bid that is no candidate": found.choose(order[3]),
        "without reasons": found.choose(order[1], reasons=" "),
        "signed for another bid": found.choose(order[1], signed=order[0]),
    }
    for name, tried in tries.items():
        await found.refuse(name, tried)
    await _by_form(found)
    await found.refuse("a second time", found.choose(order[0]))


async def _by_form(found: Chosen) -> None:
    path, procurer = f"/sections/{found.section}/award/choice", found.hall.signers["procurer"]
    assert procurer.certificate is not None
    told = {"bid": found.order[1], "reasons": REASONS}
    key = {
        "certificate": b64(procurer.certificate),
        "signature": b64(procurer.sign(await found.message(found.order[1]))),
    }
    async with await found.hall.client("agent") as agent, await found.hall.client("procurer") as own:
        found.pages["award, due"] = await own.get(f"/sections/{found.section}/award")
        found.pages["to the agent"] = await agent.get(path)
        found.pages["to the procuring entity"] = await own.get(path)
        found.pages["sent by the agent"] = await agent.post(path, data={**told, **key})
        found.pages["without a key"] = await own.post(path, data=told)
        found.pages["without reasons"] = await own.post(path, data={**told, **key, "reasons": " "})
        found.pages["of nobody"] = await own.post(path, data={**told, **key, "bid": "bid-of-nobody"})
        found.pages["signed"] = await own.post(path, data={**told, **key})
        found.pages["afterwards"] = await own.get(path)
    async with await found.hall.client() as anybody:
        found.pages["public, chosen"] = await anybody.get(f"/sections/{found.section}")


async def _again(found: Chosen) -> None:
    hall, section, second = found.hall, found.section, found.order[1]
    signer = hall.signers["procurer"]
    async with hall.database.reading() as session:
        digest = (await session.get_one(Evaluation, section)).digest
    message = way_message(section, digest, Way.NEXT, second, Grounds("renounced", (), "放弃中标"))
    assert signer.certificate is not None
    async with hall.database.work(hall.actor("procurer")) as work:
        key = WaySigned(signer.certificate, signer.sign(message))
        await pass_over(work, hall.authority, section, second, "renounced", "放弃中标", key)
    await found.over()
    await found.refuse("an award after the chosen one dropped out", found.award())
    await found.refuse("of the one who dropped out", found.choose(second))
    await found.choose(found.order[2])
    await found.award()
    await found.refuse("after the award", found.choose(found.order[0]))
    async with await hall.client() as anybody:
        found.pages["public"] = await anybody.get(f"/sections/{section}")
        found.pages["public, English"] = await anybody.get(f"/en/sections/{section}")


@pytest.mark.parametrize(
    ("tried", "code"),
    [
        ("of a section whose first wins", "choice.not-left"),
        ("before the candidates", "choice.not-now"),
        ("in the publicity", "choice.not-now"),
        ("an award before the choice", "award.not-chosen"),
        ("by the agent", "permission.denied"),
        ("by another procuring entity", "section.unknown"),
        ("by the procuring agent's own people", "choice.entity"),
        ("of a bid that is no candidate", "choice.candidate"),
        ("without reasons", "choice.reasons"),
        ("signed for another bid", "signing.bad-signature"),
        ("a second time", "choice.made"),
        ("an award after the chosen one dropped out", "award.not-chosen"),
        ("of the one who dropped out", "choice.candidate"),
        ("after the award", "choice.not-now"),
    ],
)
async def test_a_choice_is_refused(chosen: Chosen, tried: str, code: str) -> None:
    assert chosen.refusals[tried] == code


@pytest.mark.parametrize(
    ("tried", "status", "said"),
    [
        ("sent by the agent", 403, "不能查看此页面"),
        ("without a key", 422, "定标没有签名"),
        ("without reasons", 422, "须写明定标理由"),
        ("of nobody", 422, "不在候选人之列"),
        ("signed", 303, ""),
    ],
)
async def test_the_form_of_the_choice_is_answered_in_words(chosen: Chosen, tried: str, status: int, said: str) -> None:
    answer = chosen.pages[tried]
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


async def test_only_the_procuring_entity_is_offered_the_choice_and_only_when_it_is_due(chosen: Chosen) -> None:
    assert 'id="choice"' not in chosen.pages["to the agent"].text
    assert 'id="choice"' not in chosen.pages["in the publicity"].text
    assert 'id="choice"' in chosen.pages["to the procuring entity"].text
    assert 'id="choice"' not in chosen.pages["afterwards"].text
    assert 'id="publish-award"' not in chosen.pages["award, due"].text


async def test_everybody_reads_at_once_who_was_chosen_and_why(chosen: Chosen) -> None:
    assert REASONS in chosen.pages["public, chosen"].text
    assert REASONS in chosen.pages["public"].text and "评定分离" in chosen.pages["public"].text
    assert "The winner was chosen" in chosen.pages["public, English"].text


async def test_the_procuring_side_is_told_and_the_bidders_with_the_award(chosen: Chosen) -> None:
    assert AUDIENCES[Event.WINNER_CHOSEN] == AUDIENCES[Event.REPORT_RETURNED]


async def test_the_chosen_candidate_wins_and_the_evidence_proves_it(chosen: Chosen) -> None:
    [line] = await chosen.hall.lines(Event.AWARD_PUBLISHED, section=chosen.section)
    assert (line.facts["winner"]["bid"], line.facts["winner"]["rank"]) == (chosen.order[2], 3)
    data = await sealed_evidence(chosen.hall, chosen.section)
    steps = {step.name: dict(step.facts) for step in verify_evidence(data, await policy(chosen.hall))}
    assert steps["choice"] == {"winner": line.facts["winner"]["bidder"], "rank": 3}
    assert steps["ways"] == {"passed": 1}
