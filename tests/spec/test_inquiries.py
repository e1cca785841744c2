"""Written inquiries 询标: drafted by a judge, sent by the leader, answered once, signed and in time; else silence is logged."""

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
from envelopes import certificate_of
from judging import enter_experts
from judging_room import Room, a_room, award, opened, verified
from leaks import found_in
from onlookers import walk
from scenes import Hall
from sqlalchemy import select

from infra.auth.key_signer import KeyFileSigner
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.evaluation.leader import vote_for_leader
from trading.inquiries.actions import (
    answer_inquiry,
    draft_inquiry,
    end_inquiry,
    refuse_inquiry,
    send_inquiry,
    send_proposed,
)
from trading.inquiries.rules import reply_message
from trading.inquiries.tables import Inquiry
from trading.messages.tables import Message
from trading.messages.telling import tell_news
from trading.regimes.regime import Parameter, Rule
from trading.regimes.rules import DEMONSTRATION
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak
QUESTION = "技术文件第 12 页所列工期与投标函不一致，请书面说明以何为准。"
ANSWER = "以投标函载明的工期为准，第 12 页所列系笔误。"
LOW = "贵方报价明显低于其他报价，请书面说明其合理性。"
REFUSED_WHY = "所问内容与评审无关"
SECONDS = 12
CHANGED = {Rule.INQUIRY_WINDOW: SECONDS, Rule.LOW_MEAN: "0.95"}


@pytest.fixture(scope="module")
def changed_rules() -> Iterator[None]:
    """A rule set with little time to answer, in which a price below 95 % of the mean counts as abnormally low."""
    with pytest.MonkeyPatch.context() as patch:
        for rule, value in CHANGED.items():
            known: Parameter = DEMONSTRATION.parameters[rule]
            patch.setitem(DEMONSTRATION.parameters, rule, known._replace(value=type(known.value)(value)))  # type: ignore[arg-type, call-arg]
        yield


class Asking:
    """A room in which judges and bidders act upon inquiries."""

    def __init__(self, room: Room) -> None:
        self.room, self.hall, self.panel = room, room.hall, room.panel

    def seat(self, judge: int) -> str:
        return self.panel.seat(judge).id

    async def elect(self, leader: int) -> None:
        for judge in range(1, 6):
            async with self.hall.database.work(self.panel.actor(judge)) as work:
                await vote_for_leader(work, self.seat(judge), leader, 1)

    async def draft(self, judge: int, key: str, question: str = QUESTION, ground: str = "unclear") -> str:
        async with self.hall.database.work(self.panel.actor(judge)) as work:
            row = await draft_inquiry(work, self.hall.keys.service, self.seat(judge), key, ground, question)
        return row.id

    async def send(self, judge: int, inquiry: str) -> None:
        async with self.hall.database.work(self.panel.actor(judge)) as work:
            await send_inquiry(work, self.seat(judge), inquiry)

    async def propose(self, judge: int, login: str, question: str = LOW) -> None:
        async with self.hall.database.work(self.panel.actor(judge)) as work:
            await send_proposed(work, self.seat(judge), self.room.bids[login], question)

    async def refuse(self, judge: int, inquiry: str, reasons: str) -> None:
        async with self.hall.database.work(self.panel.actor(judge)) as work:
            await refuse_inquiry(work, self.seat(judge), inquiry, reasons)

    async def answer(
        self, login: str, inquiry: str, *, signs: str | None = None, told: str = ANSWER, signed: str | None = None
    ) -> None:
        """`signs`: whose key signs; `signed`: what it signs in place of what is told."""
        row = await self.row(inquiry)
        signer: KeyFileSigner = self.hall.signers[signs or login]
        signature = signer.sign(reply_message(inquiry, row.bid, row.question, signed or told))
        async with self.hall.database.work(self.hall.actor(login)) as work:
            await answer_inquiry(work, self.hall.authority, inquiry, told, signature, certificate_of(signer))

    async def row(self, inquiry: str) -> Inquiry:
        async with self.hall.database.reading() as session:
            return await session.get_one(Inquiry, inquiry)

    async def of_bid(self, login: str) -> Inquiry:
        async with self.hall.database.reading() as session:
            found = await session.execute(select(Inquiry).where(Inquiry.bid == self.room.bids[login]))
            return found.scalar_one()

    async def end(self, inquiry: str) -> None:
        async with self.hall.database.work(SYSTEM) as work:
            await end_inquiry(work, inquiry)

    async def killed_at_the_end(self, inquiry: str) -> None:
        """The effect of the time's end, whose transaction is lost."""

        async def die() -> None:
            async with self.hall.database.work(SYSTEM) as work:
                await end_inquiry(work, inquiry)
                raise InterruptedError

        with pytest.raises(InterruptedError):
            await die()

    async def pages(self, *logins: str | None) -> bytes:
        found = [(await walk(self.hall, self.room.section, login)).values() for login in logins]
        return "\n".join(page for pages in found for page in pages).encode()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall, changed_rules: None) -> dict[str, Any]:
    """V1's room: bidder 1 is asked by judge 2 and answers, the machine asks bidder 2, who is silent, 3 is not asked."""
    await enter_experts(hall)
    room = await a_room(hall, (await opened(hall, 1))[0])
    asking, sheet = Asking(room), room.sheet(1)
    await room.panel.resolve(room.finding(), (1, 2, 3))
    for judge in (4, 5):
        await room.panel.vote(judge, 1)
    facts: dict[str, Any] = {"room": room, "asking": asking}
    await _drafted_and_sent(asking, facts)
    await _answered(asking, facts)
    await room.refuse("marks while a low price is not asked about", room.panel.lock(1, sheet))
    await room.refuse("a proposal sent by another judge", asking.propose(2, "bidder2"))
    await room.refuse("a proposal about a price that is not low", asking.propose(1, "bidder3"))
    await room.refuse("a proposal about what was asked", asking.propose(1, "bidder1"))
    await asking.propose(1, "bidder2")
    await room.refuse("marks while a bidder may answer", room.panel.lock(1, sheet))
    silent = await asking.of_bid("bidder2")
    assert silent.due_at is not None
    facts["kept from others"] = await asking.pages(None, "agent", "centre", "supervisor", "bidder3")
    await hall.wait_until(silent.due_at)
    await room.refuse("an answer at the deadline, before the timer", asking.answer("bidder2", silent.id))
    await asking.killed_at_the_end(silent.id)
    facts["after the kill"] = (await asking.row(silent.id)).state
    for _ in range(2):
        await asking.end(silent.id)
    await hall.due()
    await room.refuse("an answer after the deadline", asking.answer("bidder2", silent.id))
    await room.panel.lock(1, sheet)
    await room.refuse("a draft after the first lock", asking.draft(2, room.bids["bidder3"]))
    for judge in range(2, 6):
        await room.panel.lock(judge, room.sheet(judge))
    await hall.reach(room.section, SectionState.MARKED)
    await room.refuse("a draft when the marks are out", asking.draft(2, room.bids["bidder3"]))
    async with await hall.client(None) as client:
        facts["published"] = await client.get(f"/sections/{room.section}/inquiries")
    for judge in range(1, 6):
        await room.panel.sign(judge)
    await award(room)
    return facts


async def _drafted_and_sent(asking: Asking, facts: dict[str, Any]) -> None:
    room, bid = asking.room, asking.room.bids["bidder1"]
    await room.refuse("no question", asking.draft(2, bid, " "))
    await room.refuse("another ground", asking.draft(2, bid, ground="curiosity"))
    await room.refuse("no such bid", asking.draft(2, "bid-none"))
    facts["asked"] = drafted = await asking.draft(2, bid)
    unwanted = await asking.draft(3, room.bids["bidder3"], ground="error")
    await room.refuse("sent before there is a leader", asking.send(1, drafted))
    await asking.elect(1)
    await room.refuse("sent by its own author", asking.send(2, drafted))
    await room.refuse("marks while a draft waits", room.panel.lock(1, room.sheet(1)))
    await room.refuse("an answer before it was sent", asking.answer("bidder1", drafted))
    await room.refuse("refused without a reason", asking.refuse(1, unwanted, ""))
    await asking.refuse(1, unwanted, REFUSED_WHY)
    await room.refuse("sent after it was refused", asking.send(1, unwanted))
    await room.refuse("no such inquiry", asking.send(1, "inquiry-none"))
    await asking.send(1, drafted)
    await room.refuse("sent twice", asking.send(1, drafted))


async def _answered(asking: Asking, facts: dict[str, Any]) -> None:
    room, hall, asked = asking.room, asking.hall, facts["asked"]
    async with await hall.client("bidder1") as client:
        facts["page before"] = await client.get(f"/bids/{room.bids['bidder1']}/inquiries")
    async with await hall.client("bidder3") as client:
        facts["page of another"] = await client.get(f"/bids/{room.bids['bidder1']}/inquiries")
        facts["page unasked"] = await client.get(f"/bids/{room.bids['bidder3']}/inquiries")
    await room.refuse("another bidder's answer", asking.answer("bidder2", asked))
    await room.refuse("an answer signed by another body", asking.answer("bidder1", asked, signs="bidder2"))
    await room.refuse("other words than were signed", asking.answer("bidder1", asked, signed="另有说明"))
    await room.refuse("no words", asking.answer("bidder1", asked, told="  "))
    async with await hall.client("bidder1") as client:
        form = {"inquiry": asked, f"answer-{asked}": ANSWER}
        facts["answer without a key"] = await client.post(f"/bids/{room.bids['bidder1']}/inquiries", data=form)
    await asking.answer("bidder1", asked)
    await room.refuse("a second answer", asking.answer("bidder1", asked))
    async with await hall.client("bidder1") as client:
        facts["page after"] = await client.get(f"/bids/{room.bids['bidder1']}/inquiries")


REFUSED = {
    "no question": "inquiry.question",
    "another ground": "inquiry.ground",
    "no such bid": "inquiry.bid",
    "sent before there is a leader": "inquiry.leader",
    "sent by its own author": "inquiry.leader",
    "marks while a draft waits": "inquiry.open",
    "an answer before it was sent": "inquiry.unknown",
    "refused without a reason": "inquiry.reasons",
    "sent after it was refused": "workflow.not-now",
    "no such inquiry": "inquiry.unknown",
    "sent twice": "workflow.not-now",
    "another bidder's answer": "inquiry.unknown",
    "an answer signed by another body": "signing.not-yours",
    "other words than were signed": "signing.bad-signature",
    "no words": "inquiry.answer",
    "a second answer": "inquiry.answered",
    "marks while a low price is not asked about": "inquiry.unasked",
    "a proposal sent by another judge": "inquiry.leader",
    "a proposal about a price that is not low": "inquiry.not-low",
    "a proposal about what was asked": "inquiry.not-low",
    "marks while a bidder may answer": "inquiry.open",
    "an answer at the deadline, before the timer": "inquiry.late",
    "an answer after the deadline": "inquiry.late",
    "a draft after the first lock": "inquiry.too-late",
    "a draft when the marks are out": "inquiry.not-open",
}


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_what_is_refused_of_inquiries(told: dict[str, Any], what: str) -> None:
    assert told["room"].refusals[what].code == REFUSED[what]


async def test_only_the_bidder_asked_reads_the_question_and_nobody_learns_who_asks(told: dict[str, Any]) -> None:
    assert QUESTION in told["page before"].text
    assert "J2" not in told["page before"].text
    assert told["page of another"].status_code == 404
    assert told["page unasked"].status_code == 200
    assert QUESTION not in told["page unasked"].text


async def test_the_bidder_reads_its_own_answer_and_gets_no_form_for_another(told: dict[str, Any]) -> None:
    assert ANSWER in told["page after"].text
    assert "data-inquiry" not in told["page after"].text


async def test_an_answer_sent_without_a_signature_is_refused_in_words_and_keeps_what_was_typed(
    told: dict[str, Any],
) -> None:
    answer = told["answer without a key"]
    assert answer.status_code == 422 and "回复没有签名" in answer.text
    assert ANSWER in answer.text and "data-inquiry" in answer.text


async def test_before_the_marks_nobody_else_reads_question_or_answer(told: dict[str, Any]) -> None:
    words = [QUESTION, ANSWER, LOW, REFUSED_WHY, told["asked"]]
    assert found_in(told["kept from others"], [word.encode() for word in words]) == []


async def test_with_the_marks_everybody_reads_questions_answers_and_silence(told: dict[str, Any]) -> None:
    assert told["published"].status_code == 200
    page = told["published"].text
    assert [word for word in (QUESTION, ANSWER, LOW, REFUSED_WHY) if word not in page] == []


async def test_silence_is_logged_once_though_a_worker_was_killed_and_the_timer_came_twice(told: dict[str, Any]) -> None:
    assert told["after the kill"] == "sent"
    room = told["room"]
    [line] = await room.hall.lines(Event.INQUIRY_UNANSWERED, section=room.section)
    assert line.subject == room.bids["bidder2"]


async def test_the_bidder_asked_and_no_other_is_told_at_once(told: dict[str, Any]) -> None:
    hall = told["room"].hall
    async with hall.database.work(SYSTEM) as work:
        await tell_news(work)
    async with hall.database.reading() as session:
        wanted = select(Message.subject, Message.account).where(Message.event == Event.INQUIRY_SENT)
        found = {tuple(row) for row in await session.execute(wanted)}
    # Bidders 1 and 3 have opened pages, so they have accounts; bidder 2 has none.
    assert found == {(told["room"].bids["bidder1"], hall.accounts["bidder1"].id)}
    assert "bidder3" in hall.accounts


async def test_the_evidence_of_such_an_evaluation_verifies(told: dict[str, Any]) -> None:
    assert "inquiries" in await verified(told["room"])
