"""A result that cannot stand goes on by a signed decision: the next candidate after a new publicity, or no award (TBR 55)."""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace

import httpx
import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import submitted
from judging import a_panel, enter_experts
from judging_room import policy, sealed_evidence
from objecting import raised
from scenes import Hall

from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Role
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.evaluation.tables import Evaluation
from trading.messages.rules import AUDIENCES
from trading.notices.kinds import NoticeKind
from trading.objections.actions import answer_objection
from trading.publication.actions import end_publicity, publish_award, publish_candidates
from trading.publication.queries import dossier
from trading.sections.actions import create_section
from trading.sections.queries import followers_of, lock_section
from trading.sections.states import SectionState
from trading.ways.actions import Signed, pass_over, retender
from trading.ways.rules import Grounds, Way, way_message
from web.demo import cast
from web.desk.of_sections import running_sections

pytestmark = pytest.mark.soak
REASONS = "经查，该候选人的业绩材料不实"


@dataclass
class Went:
    """Two results: one handed on twice, one ended; what was refused on the way, and pages."""

    hall: Hall
    handed: str
    ended: str
    order: list[str]
    refusals: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    benches: list[list[int]] = field(default_factory=list)
    followers: list[tuple[str, ...]] = field(default_factory=list)

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        self.refusals[name] = await refused(call)

    async def over(self) -> None:
        """The publicity's time is over, and what falls due has happened."""
        ends = (await self.hall.section(self.handed)).publicity_ends
        assert ends is not None
        await self.hall.wait_until(ends)
        await self.hall.due()

    async def state(self) -> str:
        return (await self.hall.section(self.handed)).state


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def went(hall: Hall) -> Went:
    await enter_experts(hall)
    [handed, ended] = [await hall.a_tender(4), await hall.a_tender(4)]
    for section in (handed, ended):
        for number in range(1, 5):
            await submitted(hall, section, f"bidder{number}")
    orders = [await _reported(hall, section) for section in (handed, ended)]
    await hall.bring("stranger", Role.PROCURING, "另一家招标人（示例）", cast.code(9))
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    for login in ("procurer", "stranger", "proxy"):
        hall.signers[login] = await hall.give_key(login, f"{login}-ways")
    found = Went(hall, handed, ended, orders[0])
    await _hand_on(found)
    await _end(found)
    return found


async def _reported(hall: Hall, section: str) -> list[str]:
    await hall.reach(section, SectionState.OPENED)
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    return list((await panel.evaluation()).evidence["out"]["order"])


async def _hand_on(found: Went) -> None:
    hall, section, order = found.hall, found.handed, found.order
    await found.refuse("before the candidates", passing(hall, section, order[0], "renounced"))
    await _publish(hall, section)
    await raised(hall, section, "bidder2")
    await found.refuse("while an objection is open", passing(hall, section, order[0], "renounced"))
    async with hall.database.work(hall.actor("agent")) as work:
        await answer_objection(work, section, 1, "异议成立，材料不实", upheld=True)
    await found.over()
    found.states["after an upheld objection"] = await found.state()
    await found.refuse("an award over it", award(hall, section))
    tries = {
        "by the agent": passing(hall, section, order[0], login="agent"),
        "by another procuring entity": passing(hall, section, order[0], login="stranger"),
        "by the procuring agent's own people": passing(hall, section, order[0], login="proxy"),
        "for another cause than the objection": passing(hall, section, order[0], "renounced", ()),
        "for no known cause": passing(hall, section, order[0], "too-dear"),
        "without reasons": passing(hall, section, order[0], reasons=" "),
        "of a bid that is no candidate": passing(hall, section, order[3]),
        "signed for another bid": passing(hall, section, order[0], signed=order[1]),
    }
    for name, tried in tries.items():
        await found.refuse(name, tried)
    async with hall.database.reading() as session:
        found.benches.append([one.upheld for one in await running_sections(session, hall.actor("procurer"))])
    await _by_form(found)
    async with hall.database.reading() as session:
        found.benches.append([one.upheld for one in await running_sections(session, hall.actor("procurer"))])
    await found.refuse("an award in the new publicity", award(hall, section))
    await found.over()
    found.states["after the new publicity"] = await found.state()
    await found.refuse("the same candidate again", passing(hall, section, order[0], "renounced", ()))
    await passing(hall, section, order[1], "renounced", ())
    await found.over()
    await found.refuse("the last candidate", passing(hall, section, order[2], "renounced", ()))
    await award(hall, section)
    await found.refuse("after the award", passing(hall, section, order[2], "renounced", ()))
    async with await hall.client() as anybody:
        found.pages["public"] = await anybody.get(f"/sections/{section}")
    async with await hall.client("bidder1") as bidder:
        found.pages["to a bidder"] = await bidder.get(f"/sections/{section}/mine")


async def _by_form(found: Went) -> None:
    path, procurer = f"/sections/{found.handed}/award/way", found.hall.signers["procurer"]
    message = await _message(
        found.hall, found.handed, Way.NEXT, found.order[0], Grounds("objection-upheld", (1,), REASONS)
    )
    assert procurer.certificate is not None
    told = {"way": "next", "bid": found.order[0], "cause": "objection-upheld", "reasons": REASONS}
    key = {"certificate": b64(procurer.certificate), "signature": b64(procurer.sign(message))}
    async with await found.hall.client("agent") as agent, await found.hall.client("procurer") as own:
        found.pages["to the agent"] = await agent.get(path)
        found.pages["to the procuring entity"] = await own.get(path)
        found.pages["sent by the agent"] = await agent.post(path, data={**told, **key})
        found.pages["without a key"] = await own.post(path, data=told)
        found.pages["without a way"] = await own.post(path, data={**told, **key, "way": ""})
        found.pages["without reasons"] = await own.post(path, data={**told, **key, "reasons": " "})
        found.pages["signed"] = await own.post(path, data={**told, **key})
        async with found.hall.database.work(SYSTEM) as work:
            await end_publicity(work, found.handed)
        found.states["in the new publicity"] = await found.state()
        found.pages["afterwards"] = await own.get(f"/sections/{found.handed}/award")


async def _end(found: Went) -> None:
    hall, section = found.hall, found.ended
    await _publish(hall, section)
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.due()
    await found.refuse("an end by the agent", ending(hall, section, login="agent"))
    await found.refuse("an end signed as a way to the next", ending(hall, section, way=Way.NEXT))
    await ending(hall, section)
    await found.refuse("an end a second time", ending(hall, section))
    await _call_anew(found)
    async with await hall.client() as anybody, await hall.client("procurer") as own:
        found.pages["ended, public"] = await anybody.get(f"/sections/{section}")
        found.pages["ended, marks"] = await anybody.get(f"/sections/{section}/marks")
        found.pages["ended, to the procuring entity"] = await own.get(f"/sections/{section}/award")
        found.pages["ended, the page of the decision"] = await own.get(f"/sections/{section}/award/way")


async def _call_anew(found: Went) -> None:
    """A draft that follows the ended section, and, as if it were that one published, the section that was awarded."""
    hall, project = found.hall, found.ended.partition("/")[0]
    async with hall.database.work(hall.actor("agent")) as work:
        await create_section(work, project, "02", "重新招标", follows=found.ended)
    async with hall.database.reading() as session:
        found.followers.append(await followers_of(session, found.ended))
    async with hall.database.work(SYSTEM) as work:
        (await lock_section(work.session, found.handed)).follows = found.ended
    async with hall.database.reading() as session:
        found.followers.append(await followers_of(session, found.ended))
    async with await hall.client("agent") as agent, await hall.client() as anybody:
        found.pages["form of a section"] = await agent.get(f"/projects/{project}/sections/new")
        found.pages["called anew, public"] = await anybody.get(f"/en/sections/{found.handed}")


async def _publish(hall: Hall, section: str) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)


async def award(hall: Hall, section: str) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)


async def _message(hall: Hall, section: str, way: Way, bid: str | None, grounds: Grounds) -> bytes:
    async with hall.database.reading() as session:
        evaluation = await session.get_one(Evaluation, section)
    return way_message(section, evaluation.digest, way, bid, grounds)


async def passing(
    hall: Hall, section: str, bid: str, cause: str = "objection-upheld", numbers: tuple[int, ...] = (1,), *,
    login: str = "procurer", reasons: str = REASONS, signed: str = "",
) -> None:  # fmt: skip
    """A candidate drops out, signed by the login's key, or over another bid."""
    signer = hall.signers.get(login, hall.signers["procurer"])
    message = await _message(hall, section, Way.NEXT, signed or bid, Grounds(cause, numbers, reasons))
    assert signer.certificate is not None
    key = Signed(signer.certificate, signer.sign(message))
    async with hall.database.work(hall.actor(login)) as work:
        await pass_over(work, hall.authority, section, bid, cause, reasons, key)


async def ending(hall: Hall, section: str, *, login: str = "procurer", way: Way = Way.RETENDER) -> None:
    signer = hall.signers["procurer"]
    message = await _message(hall, section, way, None, Grounds("force-majeure", (), REASONS))
    assert signer.certificate is not None
    key = Signed(signer.certificate, signer.sign(message))
    async with hall.database.work(hall.actor(login)) as work:
        await retender(work, hall.authority, section, "force-majeure", REASONS, key)


async def test_nothing_is_determined_while_an_upheld_objection_has_no_way_on(went: Went) -> None:
    assert went.states["after an upheld objection"] == SectionState.PUBLICITY
    assert went.refusals["an award over it"] == "award.objection-upheld"


@pytest.mark.parametrize(
    ("tried", "code"),
    [
        ("before the candidates", "way.not-now"),
        ("while an objection is open", "way.objection-open"),
        ("by the agent", "permission.denied"),
        ("by another procuring entity", "section.unknown"),
        ("by the procuring agent's own people", "way.entity"),
        ("for another cause than the objection", "way.cause"),
        ("for no known cause", "way.cause"),
        ("without reasons", "way.reasons"),
        ("of a bid that is no candidate", "way.candidate"),
        ("signed for another bid", "signing.bad-signature"),
        ("the same candidate again", "way.candidate"),
        ("the last candidate", "way.nobody-left"),
        ("after the award", "way.not-now"),
        ("an award in the new publicity", "award.publicity-running"),
        ("an end by the agent", "permission.denied"),
        ("an end signed as a way to the next", "signing.bad-signature"),
        ("an end a second time", "way.not-now"),
    ],
)
async def test_a_way_on_is_refused(went: Went, tried: str, code: str) -> None:
    assert went.refusals[tried] == code


@pytest.mark.parametrize(
    ("tried", "status", "said"),
    [
        ("sent by the agent", 403, "不能查看此页面"),
        ("without a key", 422, "没有收到招标人密钥"),
        ("without a way", 422, "没有选择后续处理方式"),
        ("without reasons", 422, "决定须写明理由"),
        ("signed", 303, ""),
    ],
)
async def test_the_form_of_a_way_on_is_answered_in_words(went: Went, tried: str, status: int, said: str) -> None:
    answer = went.pages[tried]
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


async def test_only_the_procuring_entity_is_offered_the_decision(went: Went) -> None:
    assert 'id="way"' not in went.pages["to the agent"].text
    assert 'id="way"' in went.pages["to the procuring entity"].text


async def test_a_candidate_who_drops_out_begins_a_new_publicity_of_those_who_are_left(went: Went) -> None:
    assert went.states["in the new publicity"] == SectionState.PUBLICITY
    assert went.states["after the new publicity"] == SectionState.DETERMINED
    async with went.hall.database.reading() as session:
        found = await dossier(session, went.handed)
    listed = [
        [one["bid"] for one in notice.candidates] for notice in found.notices if notice.kind == NoticeKind.CANDIDATES
    ]
    assert listed == [went.order[:3], went.order[1:3], went.order[2:3]]
    assert len(await went.hall.lines(Event.PUBLICITY_ENDED, section=went.handed)) == 2


async def test_the_first_who_is_left_wins_and_the_evidence_proves_it(went: Went) -> None:
    [line] = await went.hall.lines(Event.AWARD_PUBLISHED, section=went.handed)
    assert (line.facts["winner"]["bid"], line.facts["winner"]["rank"]) == (went.order[2], 3)
    data = await sealed_evidence(went.hall, went.handed)
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(went.hall))}
    assert steps["ways"] == {"passed": 2}
    assert steps["result"]["winner"] == line.facts["winner"]["bidder"]


async def test_everybody_reads_who_dropped_out_and_why(went: Went) -> None:
    assert REASONS in went.pages["public"].text and REASONS in went.pages["afterwards"].text
    assert REASONS in went.pages["to a bidder"].text


async def test_the_workbench_asks_for_a_decision_while_an_upheld_objection_has_none(went: Went) -> None:
    assert [sum(one) for one in went.benches] == [1, 0]


async def test_every_bidder_is_told_that_a_candidate_dropped_out() -> None:
    told = Event.CANDIDATE_PASSED_OVER
    assert AUDIENCES[told] == AUDIENCES[Event.CANDIDATES_PUBLISHED]


async def test_a_tender_that_awards_to_nobody_has_failed_with_its_reasons_and_its_evidence_holds(went: Went) -> None:
    section = await went.hall.section(went.ended)
    assert (section.state, section.failed_why) == (SectionState.FAILED, "no-award")
    assert REASONS in went.pages["ended, public"].text and REASONS in went.pages["ended, to the procuring entity"].text
    assert went.pages["ended, marks"].status_code == 200
    assert "目前没有" in went.pages["ended, the page of the decision"].text
    data = await sealed_evidence(went.hall, went.ended)
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(went.hall))}
    assert steps["no-award"] == {"cause": "force-majeure", "passed": 0}


async def test_a_tender_called_anew_and_the_failed_one_name_each_other_once_it_is_published(went: Went) -> None:
    assert went.followers == [(), (went.handed,)]
    [line] = await went.hall.lines(Event.SECTION_CREATED, section=went.ended.replace("/01", "/02"))
    assert line.facts["follows"] == went.ended
    assert f'<option value="{went.ended}"' in went.pages["form of a section"].text
    assert went.handed in went.pages["ended, public"].text and went.ended in went.pages["called anew, public"].text
