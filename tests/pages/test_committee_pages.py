"""Asking, freezing, a seat nobody can fill, another draw, the leader, and the rarer motions, as the pages answer them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from envelopes import submitted
from judge_hall import METHOD
from judge_hall import Story as Room
from judge_machine import Machine
from judging import Panel, draw_in, enter_experts
from scenes import Hall, a_hall

from expertpool.draw.actions import freeze_draw
from expertpool.draw.audit import redraw_message
from expertpool.draw.states import DrawState
from infra.auth.accounts import create_account
from infra.edge import utc_now
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.objects import Objects
from trading.evaluation.queries import seats_of
from trading.evaluation.seating import declare_conflict
from trading.evaluation.slips import print_slip
from trading.sections.states import SectionState
from web.demo import cast
from web.problems import sentences
from web.procurement.times import time_to_type

pytestmark = pytest.mark.soak

TERMS = {"evaluation_at": time_to_type(utc_now() + timedelta(hours=2)), "place": "云湖市公共资源交易中心三楼报到台"}
QUOTA = {"quota-A08": "3", "quota-A06": "2"} | TERMS
REASON = "席位空缺且没有候补"


@dataclass
class Story:
    """One section before its committee, and every answer on the way by name."""

    hall: Hall
    section: str
    room: Room
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    async def see(self, name: str, login: str, tail: str, *, whole: str = "") -> httpx.Response:
        async with await self.hall.client(login) as client:
            self.answers[name] = await client.get(whole or f"/sections/{self.section}/{tail}")
        return self.answers[name]

    async def send(self, name: str, login: str, tail: str, **fields: str) -> httpx.Response:
        async with await self.hall.client(login) as client:
            self.answers[name] = await client.post(f"/sections/{self.section}/{tail}", data=fields)
        return self.answers[name]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Story]:
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        found = await _tell(hall)
        yield found
        for machine in found.room.machines:
            await machine.client.aclose()


async def _tell(hall: Hall) -> Story:
    await enter_experts(hall)
    section = await hall.a_tender(2, METHOD)
    for number in range(1, 4):
        await submitted(hall, section, f"bidder{number}")
    await hall.reach(section, SectionState.OPENED)
    story = Story(hall, section, Room(hall, section))
    await _officials(hall)
    await _before_the_draw(story)
    await _a_vacant_seat(story)
    await _another_draw(story)
    await _sit_down(story)
    await _elect(story)
    await _move(story)
    return story


async def _officials(hall: Hall) -> None:
    body = hall.bodies["supervisor"].id
    for login, region in (("supervisor", cast.REGION), ("far", "420500")):
        async with hall.database.work(SYSTEM) as work:
            account = await create_account(
                work, login=login, name=login, password="a-long-enough-password", role=Role.SUPERVISOR, region=region,
                organisation=body,
            )  # fmt: skip
        hall.accounts[login], hall.actors[login] = account, Actor(account.id, Role.SUPERVISOR, body, region)
    hall.signers["supervisor"] = await hall.give_key("supervisor", "supervisor")


async def _before_the_draw(story: Story) -> None:
    await story.see("nobody asked for", "agent", "panel")
    await story.see("redraw before any draw", "supervisor", "redraw")
    await story.send("a reason before any draw", "supervisor", "redraw", **_allowed(story, 1))
    for login in ("centre", "supervisor", "far"):
        await story.see(f"evaluations of {login}", login, "", whole="/evaluations")
    await story.see("evaluations of the agent", "agent", "", whole="/evaluations")
    await story.see("evaluations that are reported", "centre", "", whole="/evaluations?state=reported")
    await story.send("alternates in words", "agent", "panel", alternates="zwei", **QUOTA)
    await story.send("a negative number", "agent", "panel", alternates="-1", **QUOTA)
    await story.send("more than there are", "agent", "panel", alternates="0", **TERMS, **{"quota-A08": "31"})
    await story.send("two judges", "agent", "panel", alternates="0", **TERMS, **{"quota-A08": "2"})
    await story.send("ordering nothing", "centre", "seats/ordered")


async def _draw(story: Story, number: int, alternates: str) -> None:
    """The agent asks, the system freezes, the rest goes by itself; nobody is called, so slips are printed as they stand."""
    await story.send(f"asked {number}", "agent", "panel", alternates=alternates, **QUOTA)
    await story.see(f"the agent waits {number}", "agent", "panel?forms=ask")
    await story.see(f"the centre may order {number}", "centre", "seats")
    async with story.hall.database.work(SYSTEM) as work:
        await freeze_draw(work, story.hall.objects, story.hall.keys.service, f"{story.section}/{number}")
    await story.see(f"the agent's form goes {number}", "agent", "panel?forms=ask")
    await story.see(f"the draw runs {number}", "centre", "seats?forms=none")
    await story.hall.until(lambda: draw_in(story.hall, f"{story.section}/{number}", DrawState.REVEALED))
    await story.see(f"the seats are there {number}", "centre", "seats?forms=none")
    await story.see(f"nothing new {number}", "centre", "seats?forms=by-slips")


async def _a_vacant_seat(story: Story) -> None:
    await _draw(story, 1, "0")
    hall, panel = story.hall, await _panel(story)
    async with hall.database.work(panel.actor(5)) as work:
        await declare_conflict(work, hall.keys, panel.slip(5))
    await story.see("a seat is vacant", "centre", "seats")
    await story.send("a slip of a vacant seat", "centre", "seats/slips", seat="5", reason="遗失")
    async with hall.database.work(hall.actor("centre")) as work:
        await print_slip(work, hall.keys.service, story.section, 1)
    async with hall.database.work(hall.actor("centre")) as work:
        try:
            await print_slip(work, hall.keys.service, story.section, 1)
        except Exception as error:
            story.codes["a slip printed again"] = getattr(error, "code", "")


async def _another_draw(story: Story) -> None:
    await story.see("a further draw may be allowed", "supervisor", "redraw")
    signed = _allowed(story, 2)
    await story.send("allowed without a key", "supervisor", "redraw", reason=REASON)
    await story.send("allowed without a reason", "supervisor", "redraw", **_allowed(story, 2, " "))
    await story.send("another reason than was signed", "supervisor", "redraw", **{**signed, "reason": "别的理由"})
    await story.send("allowed from far away", "far", "redraw", **signed)
    await story.send("allowed by the agent", "agent", "redraw", **signed)
    await story.send("allowed", "supervisor", "redraw", **signed)
    await story.send("allowed twice", "supervisor", "redraw", **signed)
    await story.see("the redraw page afterwards", "supervisor", "redraw?forms=allow")
    await _draw(story, 2, "1")


def _allowed(story: Story, number: int, reason: str = REASON) -> dict[str, str]:
    signer = story.hall.signers["supervisor"]
    assert signer.certificate is not None
    signature = signer.sign(redraw_message(f"{story.section}/{number}", reason))
    return {"reason": reason, "certificate": b64(signer.certificate), "signature": b64(signature)}


async def _panel(story: Story) -> Panel:
    async with story.hall.database.reading() as session:
        return Panel(story.hall, story.section, await seats_of(session, story.section))


async def _sit_down(story: Story) -> None:
    panel = await _panel(story)
    for number in range(1, 6):
        machine = story.room.machine()
        story.room.machines.append(machine)
        await machine.take(panel.slip(number))
        machine.seat = panel.seat(number).id
        if number == 1:
            story.answers["a vote too early"] = await _vote(machine, "1", "1")
    await story.see("all have come", "centre", "seats?forms=slips")
    await story.hall.until(lambda: _checked(story.room.machines[0]))


async def _checked(machine: Machine) -> bool:
    return 'data-bid="' in (await machine.client.get("/judge/marks")).text


async def _vote(machine: Machine, candidate: str, number: str) -> httpx.Response:
    return await machine.post("/judge/leader", "/judge/leader", candidate=candidate, round=number)


async def _elect(story: Story) -> None:
    one, two = story.room.machines[:2]
    story.answers["a vote"] = await _vote(one, "3", "1")
    story.answers["a vote twice"] = await _vote(one, "2", "1")
    story.answers["a vote for nobody"] = await _vote(two, "9", "1")


async def _move(story: Story) -> None:
    """Once a bid is rejected, too few are valid: the judges argue whether competition is lacking."""
    one, machines = story.room.machines[0], story.room.machines
    story.answers["the committee with enough bids"] = await one.client.get("/judge/committee")
    story.answers["competition with enough bids"] = await _motion(
        one, kind="competition", lacking="yes", **_why("competition")
    )
    bids = re.findall(r'data-bid="([^"]+)"', (await one.client.get("/judge/marks")).text)
    panel = await _panel(story)
    panel.keys = {number: machine.key for number, machine in enumerate(machines, 1)}
    finding = {bid: {"o1": {"mark": "18", "ground": "第 3 页"}} for bid in bids}
    await panel.resolve({"kind": "objective", "marks": finding}, (1, 2, 3, 4, 5))
    await panel.resolve({"kind": "rejection", "bid": bids[0], "article": "TBR 51(3)", "reasons": "资格不符"}, (1, 2, 3))
    story.answers["the committee with too few bids"] = await one.client.get("/judge/committee")
    story.answers["competition without reasons"] = await _motion(one, kind="competition", lacking="yes")
    story.answers["a competition to sign"] = await _motion(one, kind="competition", lacking="no", **_why("competition"))
    story.answers["a replacement of a stranger"] = await _motion(
        one, kind="replacement", judge="J9", **_why("replacement")
    )
    story.answers["a replacement without reasons"] = await _motion(one, kind="replacement", judge="J2")
    story.answers["a replacement to sign"] = await _motion(one, kind="replacement", judge="J2", **_why("replacement"))


def _why(kind: str) -> dict[str, str]:
    return {f"reasons-{kind}": "报价彼此接近\r\n仍有竞争"}


async def _motion(machine: Machine, **fields: str) -> httpx.Response:
    return await machine.post("/judge/committee/motion", "/judge/committee", **fields)


REFUSED = {
    "a reason before any draw": (404, "draw.unknown"),
    "evaluations of the agent": (403, "page.not-yours"),
    "alternates in words": (422, "panel.number"),
    "a negative number": (422, "panel.number"),
    "more than there are": (409, "panel.pool"),
    "two judges": (422, "panel.size"),
    "ordering nothing": (404, "draw.unknown"),
    "a slip of a vacant seat": (409, "seat.vacant"),
    "allowed without a key": (422, "redraw.no-key"),
    "allowed without a reason": (422, "redraw.reason"),
    "another reason than was signed": (422, "signing.bad-signature"),
    "allowed from far away": (404, "section.unknown"),
    "allowed by the agent": (403, "page.not-yours"),
    "allowed twice": (409, "redraw.given"),
    "a vote too early": (409, "leader.not-open"),
    "a vote twice": (409, "leader.voted"),
    "a vote for nobody": (422, "leader.candidate"),
    "competition with enough bids": (409, "competition.enough"),
    "competition without reasons": (422, "resolution.reasons"),
    "a replacement of a stranger": (422, "replacement.judge"),
    "a replacement without reasons": (422, "resolution.reasons"),
}


def said(code: str) -> re.Pattern[str]:
    """What a refusal says in Chinese, whatever its facts are."""
    words = re.split(r"\{\w+\}", sentences()[code].zh[0])
    return re.compile(".*?".join(re.escape(word) for word in words), re.S)


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_what_is_refused_around_a_committee_is_refused_in_words(story: Story, what: str) -> None:
    status, code = REFUSED[what]
    answer = story.answers[what]
    assert sentences()[code].status == status
    assert (answer.status_code, bool(said(code).search(answer.text))) == (status, True), answer.text[:3000]


def test_a_slip_is_printed_once(story: Story) -> None:
    assert story.codes["a slip printed again"] == "slip.printed"


async def test_the_pages_of_a_draw_turn_by_themselves(story: Story) -> None:
    for name, path, trigger in (
        ("the draw runs 1", "seats", "live:refresh from:body, every 10s"),
        ("the agent's form goes 1", "panel", "every 2s"),
    ):
        assert f'hx-get="/sections/{story.section}/{path}?forms=' in story.answers[name].text
        assert f'hx-trigger="{trigger}"' in story.answers[name].text


async def test_a_form_is_exchanged_only_when_another_is_due(story: Story) -> None:
    there = {name: 'id="forms"' in answer.text for name, answer in story.answers.items()}
    assert not there["the agent waits 1"] and there["the agent's form goes 1"]
    assert "quota-A08" not in story.answers["the agent's form goes 1"].text
    assert there["the seats are there 1"] and not there["nothing new 1"]
    assert 'name="by"' in story.answers["the seats are there 1"].text


async def test_no_page_of_a_draw_names_anybody_before_the_sign_in(story: Story) -> None:
    names = {expert.name for expert in cast.EXPERTS}
    early = [name for name in story.answers if re.search(r"[12]$", name)] + ["a seat is vacant"]
    assert [name for name in early if any(f'"zh-CN">{one}<' in story.answers[name].text for one in names)] == []
    assert sum(story.answers["all have come"].text.count(f'"zh-CN">{one}<') for one in names) == 5


async def test_a_seat_without_an_alternate_is_vacant_and_needs_another_draw(story: Story) -> None:
    assert "空缺，须再次抽取" in story.answers["a seat is vacant"].text


async def test_the_supervisor_allows_another_draw_once_one_has_ended_and_its_reason_is_shown(story: Story) -> None:
    before, may = story.answers["redraw before any draw"].text, story.answers["a further draw may be allowed"].text
    assert 'id="redraw"' not in before and 'id="redraw"' in may and "签名并准许第 2 次抽取" in may
    afterwards = story.answers["the redraw page afterwards"].text
    assert REASON in afterwards and 'id="redraw"' not in afterwards and 'id="forms"' in afterwards
    assert story.answers["allowed"].status_code == 303 and story.answers["asked 2"].status_code == 303


@pytest.mark.parametrize(("login", "tail"), [("centre", "seats"), ("supervisor", "redraw")])
async def test_the_evaluations_of_a_region_lead_where_the_role_acts(story: Story, login: str, tail: str) -> None:
    assert f'href="/sections/{story.section}/{tail}"' in story.answers[f"evaluations of {login}"].text


async def test_evaluations_show_no_other_region_and_no_other_state(story: Story) -> None:
    for name in ("evaluations of far", "evaluations that are reported"):
        assert story.section not in story.answers[name].text and "没有" in story.answers[name].text


async def test_whether_competition_is_lacking_is_asked_only_with_too_few_valid_bids(story: Story) -> None:
    enough, few = (story.answers[f"the committee with {name} bids"].text for name in ("enough", "too few"))
    assert 'value="competition"' not in enough and 'value="competition"' in few


async def test_a_rarer_motion_is_shown_once_more_as_it_will_be_signed(story: Story) -> None:
    for kind in ("competition", "replacement"):
        answer = story.answers[f"a {kind} to sign"]
        assert answer.status_code == 200 and "报价彼此接近" in answer.text
        assert f"&#34;kind&#34;: &#34;{kind}&#34;" in answer.text
