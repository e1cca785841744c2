"""An invited tender told by the real parts: the document and the bidding are for those invited alone, the list for nobody."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import an_envelope, prepared, submitted
from judging import a_panel, enter_experts
from judging_room import policy, sealed_evidence
from scenes import Hall
from sqlalchemy import select

from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.clarifications.asking import ask
from trading.clarifications.extending import extend_deadline
from trading.invited.actions import invite, invite_everybody
from trading.messages.tables import Message
from trading.messages.telling import tell_news
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.publication.actions import publish_award, publish_candidates
from trading.publication.logged import disclosed_of
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast

pytestmark = pytest.mark.soak
WHY = "隧道穿越岩溶区，具备同类业绩的单位很少"
GROUND = "TBR 8(1)"
OF_THE_DOCUMENT = "第三章第七条的注浆压力改正"
GUESTS = ("bidder1", "bidder2", "bidder3", "bidder4")
STRANGER = "bidder5"
CODES = [cast.code(100 + number) for number in range(1, 6)]
DOCUMENT = ("/tender-document", "/tender-document/1", "/clarifications")


@dataclass
class Tender:
    """One section by invitation, from its draft to its opening: pages and refusals."""

    hall: Hall
    section: str = ""
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    amended: dict[str, Any] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)

    async def look(self, name: str, path: str, login: str | None = None, **form: str) -> None:
        async with await self.hall.client(login) as client:
            if form:
                self.pages[name] = await client.post(path, data=form)
            else:
                self.pages[name] = await client.get(path)

    async def everywhere(self, stage: str) -> None:
        """What the public and a bidder who was not invited can read."""
        for path in ("", "/log", *DOCUMENT):
            await self.look(f"{stage}{path}", f"/sections/{self.section}{path}")
            await self.look(f"{stage}, stranger{path}", f"/sections/{self.section}{path}", STRANGER)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tender(hall: Hall) -> Tender:
    found = Tender(hall)
    await enter_experts(hall)
    for login in (*GUESTS, STRANGER):
        async with await hall.client(login):
            pass
    found.section = await hall._a_document(cast.METHOD)
    await _name(found)
    await hall._keysets([found.section], 30 * hall.pace)
    await _to_publish(found)
    await hall.publish(found.section)
    await hall.step()
    await _while_bidding(found)
    deadline = (await hall.section(found.section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(found.section, SectionState.OPENED)
    await found.everywhere("opened")
    await _to_award(found)
    return found


async def _name(found: Tender) -> None:
    path, codes = f"/sections/{found.section}/invited", "\n".join(CODES[:4])
    form = {"ground": GROUND, "reasons": WHY, "codes": codes}
    await found.look("draft", path, "agent")
    await found.look("two", path, "agent", **form | {"codes": "\n".join(CODES[:2])})
    await found.look("no ground", path, "agent", **form | {"ground": ""})
    await found.look("no reasons", path, "agent", **form | {"reasons": " "})
    await found.look("a code of nobody", path, "agent", **form | {"codes": codes + "\n91420500MA49000999"})
    await found.look("the agent itself", path, "agent", **form | {"codes": f"{codes}\n{cast.AGENT.credit_code}"})
    await found.look("by a bidder", path, "bidder1", **form)
    await found.look("named", path, "agent", **form)
    await found.look("the list", path, "procurer")
    await found.look("open again", path, "agent", ground="open")
    async with found.hall.database.reading() as session:
        section = await session.get_one(Section, found.section)
        assert (section.invited_by, section.invited_why) == (None, None)
    await found.look("named again", path, "agent", **form)
    await found.look("before the notice", f"/sections/{found.section}/notice", "agent")


async def _to_publish(found: Tender) -> None:
    hall = found.hall

    async def by(login: str) -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await invite(work, found.section, GROUND, WHY, CODES[:4])

    found.refusals["by a stranger"] = await refused(by("bidder1"))


async def _while_bidding(found: Tender) -> None:
    hall, section = found.hall, found.section
    await found.everywhere("bidding")
    for path in DOCUMENT:
        await found.look(f"guest{path}", f"/sections/{section}{path}", "bidder1")
        await found.look(f"supervisor{path}", f"/sections/{section}{path}", "supervisor")
        await found.look(f"agent{path}", f"/sections/{section}{path}", "agent")
    await found.look("room of a guest", f"/sections/{section}/bid", "bidder1")
    await found.look("room of a stranger", f"/sections/{section}/bid", STRANGER)
    await found.look("asking as a stranger", f"/sections/{section}/ask", STRANGER)
    await found.look("home", "/")
    await found.look("notices", "/notices")
    await found.look("list afterwards", f"/sections/{section}/invited", "agent")
    envelope = await an_envelope(hall, section, STRANGER)
    found.refusals["a bid"] = await refused(prepared(hall, section, STRANGER, envelope))

    async def question(login: str) -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await ask(work, section, "question", "工期是否含节假日？")

    async def change() -> None:
        async with hall.database.work(hall.actor("agent")) as work:
            await invite(work, section, GROUND, WHY, CODES)

    async def reopen() -> None:
        async with hall.database.work(hall.actor("agent")) as work:
            await invite_everybody(work, section)

    found.refusals["a question"] = await refused(question(STRANGER))
    found.refusals["one more"] = await refused(change())
    found.refusals["open after all"] = await refused(reopen())
    await question("bidder1")
    for login in GUESTS[:3]:
        await submitted(hall, section, login)
    await hall.until(lambda: _told(found))
    await _extended(found)


async def _extended(found: Tender) -> None:
    """The deadline moved by some seconds, for reasons that tell of the document."""
    hall = found.hall
    before = (await hall.section(found.section)).deadline
    assert before is not None
    async with hall.database.work(hall.actor("agent")) as work:
        await extend_deadline(work, found.section, before + timedelta(seconds=3), OF_THE_DOCUMENT)
    async with hall.database.reading() as session:
        wanted = select(Notice.facts).where(Notice.section == found.section, Notice.kind == NoticeKind.AMENDMENT)
        found.amended = (await session.execute(wanted)).scalar_one()
        found.logged = {line.event for line in await disclosed_of(session, found.section, 100)}


async def _to_award(found: Tender) -> None:
    hall, section = found.hall, found.section
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.due()
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)


async def _told(found: Tender) -> bool:
    hall = found.hall
    async with hall.database.work(SYSTEM) as work:
        await tell_news(work)
    async with hall.database.reading() as session:
        wanted = select(Message.account).where(Message.event == Event.BIDDERS_INVITED)
        accounts = set(await session.scalars(wanted))
    names = {account.id: login for login, account in hall.accounts.items()}
    found.told = {names[one] for one in accounts}
    return bool(found.told)


@pytest.mark.parametrize(
    ("tried", "status", "said"),
    [
        ("two", 422, "至少须邀请 3 家"),
        ("no ground", 422, "未选择可以邀请招标的情形"),
        ("no reasons", 422, "没有写明采用邀请招标的理由"),
        ("a code of nobody", 422, "不是本平台的注册投标人"),
        ("the agent itself", 422, "不能受邀投标"),
        ("by a bidder", 403, ""),
        ("named", 303, ""),
        ("open again", 303, ""),
        ("named again", 303, ""),
    ],
)
async def test_the_form_of_the_invited_is_answered_in_words(tender: Tender, tried: str, status: int, said: str) -> None:
    answer = tender.pages[tried]
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


async def test_a_refused_form_keeps_what_was_typed(tender: Tender) -> None:
    assert WHY in tender.pages["two"].text
    assert CODES[1] in tender.pages["two"].text


@pytest.mark.parametrize(
    ("tried", "code"),
    [
        ("by a stranger", "permission.denied"),
        ("a bid", "bid.not-invited"),
        ("a question", "bid.not-invited"),
        ("one more", "section.published"),
        ("open after all", "section.published"),
    ],
)
async def test_who_was_not_invited_and_what_comes_too_late_is_refused(tender: Tender, tried: str, code: str) -> None:
    assert tender.refusals[tried] == code


@pytest.mark.parametrize("path", DOCUMENT)
async def test_the_document_is_for_those_invited_alone_until_the_opening(tender: Tender, path: str) -> None:
    found = {
        name: tender.pages[f"{name}{path}"]
        for name in ("bidding", "bidding, stranger", "guest", "agent", "supervisor", "opened")
    }
    assert {name: page.status_code for name, page in found.items()} == {
        "bidding": 403, "bidding, stranger": 403, "guest": 200, "agent": 200, "supervisor": 200, "opened": 200,
    }  # fmt: skip
    assert "只向受邀投标人提供" in found["bidding"].text


async def test_everybody_reads_that_the_tender_is_by_invitation_by_which_article_and_why(tender: Tender) -> None:
    for name in ("bidding", "bidding, stranger", "opened"):
        text = tender.pages[name].text
        assert "邀请招标" in text
        assert WHY in text


async def test_nobody_outside_learns_before_the_opening_whom_it_invites_or_what_is_marked(tender: Tender) -> None:
    names = [tender.hall.bodies[login].name for login in GUESTS]
    for name, page in tender.pages.items():
        if name.startswith("bidding") or name in ("home", "notices"):
            for secret in (*CODES[:4], *names, "投标邀请书已发出"):
                assert secret not in page.text.replace(tender.hall.bodies[STRANGER].name, ""), (name, secret)
    assert cast.LABELS["t1"]["zh"] not in tender.pages["bidding"].text
    assert cast.LABELS["t1"]["zh"] not in tender.pages["bidding/log"].text


async def test_the_invitations_go_to_those_invited_and_to_nobody_else(tender: Tender) -> None:
    assert tender.told == set(GUESTS)


async def test_a_stranger_is_told_at_the_door_of_the_bid_room(tender: Tender) -> None:
    assert tender.pages["asking as a stranger"].status_code == 403
    assert tender.pages["room of a guest"].status_code == 200
    assert (
        tender.pages["room of a stranger"].status_code,
        "不在受邀之列" in tender.pages["room of a stranger"].text,
    ) == (
        403,
        True,
    )


async def test_after_the_opening_the_log_tells_everybody_whom_it_invited(tender: Tender) -> None:
    assert "投标邀请书已发出" in tender.pages["opened/log"].text
    [line] = await tender.hall.lines(Event.BIDDERS_INVITED, section=tender.section)
    assert [one["credit_code"] for one in line.facts["invited"]] == sorted(CODES[:4])


async def test_a_change_tells_others_no_more_than_that_there_is_one(tender: Tender) -> None:
    assert set(tender.amended) == {"deadline", "previous_deadline"}


async def test_the_log_keeps_the_document_shut_before_the_closing_wherever_it_is_read(tender: Tender) -> None:
    assert str(Event.NOTICE_PUBLISHED) in tender.logged
    assert not tender.logged & {Event.DOCUMENT_FROZEN, Event.BIDDERS_INVITED}


async def test_the_evidence_proves_that_nobody_else_handed_in(tender: Tender) -> None:
    data = await sealed_evidence(tender.hall, tender.section)
    steps = {step.name: dict(step.facts) for step in verify_evidence(data, await policy(tender.hall))}
    assert (steps["invited"], steps["bids"]["submitted"]) == ({"invited": 4}, 3)
