"""Messages follow the journal: to whom it concerns, once each, to nobody else; letters go out after them."""

import asyncio
import smtplib
import socketserver
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar

import httpx
import pytest
import pytest_asyncio
from envelopes import submitted
from scenes import Hall, a_hall
from sqlalchemy import func, select, text, update

from infra.db.journal import Line
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.mail import Letter, MailRefusedError, SmtpPost, composed
from infra.objects import Objects
from infra.settings import mail_address
from trading.messages.mailing import MOST_TRIES, send_waiting
from trading.messages.rules import AUDIENCES, Audience
from trading.messages.tables import Mail, Message, MessageCursor
from trading.messages.telling import SETTLES_AFTER, tell_news

BROWSER = {"accept": "text/html"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    """A hall in which agent, centre and both bidders have accounts, and one bid stands in one section."""
    async with a_hall(postgres, template, objects, bidders=2) as opened:
        for login in ("agent", "centre", "bidder1", "bidder2"):
            await (await opened.client(login)).aclose()
        section = await opened.a_tender(900)
        await submitted(opened, section, "bidder1")
        await tell(opened)
        yield opened


async def tell(hall: Hall) -> int:
    async with hall.database.work(SYSTEM) as work:
        return await tell_news(work)


async def told(hall: Hall, login: str) -> list[str]:
    """The events somebody was told of, in order."""
    wanted = select(Message.event).where(Message.account == hall.accounts[login].id).order_by(Message.line)
    async with hall.database.reading() as session:
        return list(await session.scalars(wanted))


async def letters(hall: Hall) -> list[Mail]:
    async with hall.database.reading() as session:
        return list(await session.scalars(select(Mail).order_by(Mail.message)))


async def journal(hall: Hall, event: Event, subject: str) -> None:
    async with hall.database.work(SYSTEM) as work:
        work.record(event, subject)


def test_what_happens_to_a_bid_before_the_opening_is_told_to_its_bidder_alone() -> None:
    early = (Event.BID_STARTED, Event.BID_SUBMITTED, Event.BID_REPLACED, Event.BID_WITHDRAWN, Event.BID_REFUSED)
    assert {audience for event in early for audience in AUDIENCES.get(event, ())} == {Audience.OWN_BIDDER}


def test_of_what_is_disclosed_with_the_marks_only_an_inquiry_is_told_before_and_only_to_whom_it_asks() -> None:
    told = {event for event in Event if event.kind.opens == "marks-published"} & set(AUDIENCES)
    assert set(AUDIENCES[Event.RECORDING_GAPPED]) == {Audience.CENTRE, Audience.SUPERVISOR}, "who watches the rooms"
    sealed = {Event.EVALUATION_PAUSED, Event.EVALUATION_RESUMED}
    assert {who for event in sealed for who in AUDIENCES[event]} == {Audience.PROCURERS, Audience.SUPERVISOR}, (
        "a pause says nothing of a mark"
    )
    told -= {Event.RECORDING_GAPPED, *sealed}
    assert told == {Event.INQUIRY_SENT, Event.INQUIRY_UNANSWERED}
    assert {audience for event in told for audience in AUDIENCES[event]} == {Audience.OWN_BIDDER}


async def test_a_bid_is_told_to_its_own_bidder_and_to_nobody_else(hall: Hall) -> None:
    assert "bid.submitted" in await told(hall, "bidder1")
    for login in ("bidder2", "agent", "centre"):
        assert not [event for event in await told(hall, login) if event.startswith("bid.")]


async def test_a_notice_is_told_to_the_agent_who_procures_and_not_to_strangers(hall: Hall) -> None:
    assert "notice.published" in await told(hall, "agent")
    assert "notice.published" not in await told(hall, "bidder2")


async def test_the_journal_is_told_once_however_often_it_is_read(hall: Hall) -> None:
    before = [await told(hall, login) for login in hall.accounts]
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(MessageCursor).values(settled=0))
    assert await tell(hall) == 0
    assert [await told(hall, login) for login in hall.accounts] == before
    assert len({mail.message for mail in await letters(hall)}) == len(await letters(hall))


async def test_a_line_that_commits_after_a_later_one_is_told_too(hall: Hall) -> None:
    person = hall.accounts["bidder2"].id
    async with hall.database.work(SYSTEM) as slow:
        slow.record(Event.PASSWORD_CHANGED, person)
        await slow.session.flush()
        await journal(hall, Event.SECOND_FACTOR_ADDED, person)
        await tell(hall)
        await let_settle(hall)
        assert (await told(hall, "bidder2"))[-1] == "second-factor.added"
    await tell(hall)
    assert (await told(hall, "bidder2"))[-2:] == ["password.changed", "second-factor.added"]


async def test_lines_are_settled_once_nobody_can_still_come_before_them(hall: Hall) -> None:
    await journal(hall, Event.PASSWORD_CHANGED, "nobody")
    await tell(hall)
    await let_settle(hall)
    async with hall.database.reading() as session:
        cursor = (await session.scalars(select(MessageCursor))).one()
        assert cursor.settled == (await session.execute(select(func.max(Line.id)))).scalar_one()


async def let_settle(hall: Hall) -> None:
    """As if the time of settling had passed, twice: once for what was seen, once for what came meanwhile."""
    for _ in range(2):
        async with hall.database.work(SYSTEM) as work:
            await work.session.execute(update(MessageCursor).values(seen_at=work.ctx.now - 2 * SETTLES_AFTER))
        await tell(hall)


async def test_only_one_teller_works_at_a_time(hall: Hall) -> None:
    await journal(hall, Event.PASSWORD_CHANGED, hall.accounts["centre"].id)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(select(MessageCursor).with_for_update())
        assert await tell(hall) == 0
    assert await tell(hall) == 1


async def test_the_bell_counts_what_is_unread_and_the_list_shows_it(hall: Hall) -> None:
    client = await hall.client("bidder1")
    shown = (await client.get("/messages", headers=BROWSER)).text
    unread = len(await told(hall, "bidder1"))
    assert f'bell__count num">{unread}<' in shown
    english = (await client.get("/en/messages", headers=BROWSER)).text
    assert "Bid submitted" in english
    await client.aclose()


async def test_reading_a_message_leads_on_and_takes_it_from_the_bell(hall: Hall) -> None:
    client = await hall.client("agent")
    number = (await own(hall, "agent"))[0].id
    answer = await client.post(f"/messages/{number}/read")
    assert answer.status_code == 303 and answer.headers["location"].startswith("/")
    assert (await own(hall, "agent"))[0].read_at is not None
    await client.post("/messages/read")
    assert all(message.read_at for message in await own(hall, "agent"))
    assert "消息已全部阅读" in (await client.get("/messages?show=unread")).text
    await client.aclose()


async def own(hall: Hall, login: str) -> list[Message]:
    async with hall.database.reading() as session:
        rows = select(Message).where(Message.account == hall.accounts[login].id).order_by(Message.id)
        return list(await session.scalars(rows))


async def test_somebody_elses_message_is_not_found(hall: Hall) -> None:
    client = await hall.client("bidder2")
    number = (await own(hall, "bidder1"))[0].id
    assert (await client.post(f"/messages/{number}/read")).status_code == 404
    assert (await client.post("/messages/999999/read")).status_code == 404
    await client.aclose()


async def test_who_has_no_messages_is_told_so_in_words(hall: Hall) -> None:
    await (await hall.client("supervisor")).aclose()
    client = await hall.client("supervisor")
    assert "暂无消息" in (await client.get("/messages", headers=BROWSER)).text
    await client.aclose()


async def test_messages_are_for_the_signed_in_and_the_outbox_for_the_centre(hall: Hall) -> None:
    async with await hall.client() as visitor:
        assert (await visitor.get("/messages", headers=BROWSER)).status_code == 303
    async with await hall.client("bidder1") as bidder:
        assert (await bidder.get("/messages/outbox", headers=BROWSER)).status_code == 403


async def test_a_demonstration_keeps_its_letters_and_shows_them_without_names_or_prices(hall: Hall) -> None:
    await hall.jobs()
    assert {mail.state for mail in await letters(hall)} == {"kept"}
    async with await hall.client("centre") as centre:
        shown = (await centre.get("/messages/outbox", headers=BROWSER)).text
        beyond = (await centre.get("/messages/outbox?page=999", headers=BROWSER)).text
    assert "@demo.invalid" in shown and "@demo.invalid" in beyond
    assert hall.bodies["bidder1"].name not in shown


class Refusing:
    """A post that fails in one way."""

    def __init__(self, failure: Exception) -> None:
        self.failure, self.asked = failure, 0

    async def deliver(self, letter: Letter) -> bool:
        self.asked += 1
        raise self.failure


def plain(mail: Mail, message: Message) -> Letter:
    return Letter(mail.id, mail.address, message.event, "")


async def one_waiting(hall: Hall) -> str:
    """A letter that waits."""
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(text("DELETE FROM mails"))
        message = (await work.session.scalars(select(Message).limit(1))).one()
        mail = Mail(id=work.ctx.new_id("mail"), message=message.id, address="a@b.example", queued_at=work.ctx.now)
        work.session.add(mail)
        return mail.id


async def test_a_letter_that_fails_for_a_while_waits_and_is_given_up_after_twenty_tries(hall: Hall) -> None:
    await one_waiting(hall)
    post = Refusing(smtplib.SMTPServerDisconnected("gone"))
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(OSError, match="gone"):
            await send_waiting(hall.database, post, plain)
    await send_waiting(hall.database, post, plain)
    (mail,) = await letters(hall)
    assert (mail.state, mail.tries, mail.why) == ("failed", MOST_TRIES, "gone")
    await send_waiting(hall.database, post, plain)
    assert post.asked == MOST_TRIES


async def test_a_letter_that_is_refused_for_good_is_not_tried_again(hall: Hall) -> None:
    await one_waiting(hall)
    await send_waiting(hall.database, Refusing(MailRefusedError("550 no such box")), plain)
    (mail,) = await letters(hall)
    assert (mail.state, mail.tries) == ("failed", 1)


class _Server(socketserver.StreamRequestHandler):
    """As much of SMTP as handing in one letter needs; an address at `nobody` is refused for good."""

    taken: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                rows = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                self.taken.append("".join(rows))
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("550 no such box" if "nobody@" in line else "250 fine")

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def a_mail_server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


async def test_a_letter_reaches_a_mail_server_and_a_second_copy_can_be_known() -> None:
    letter = Letter("mail-1", "someone@b.example", "开标已完成", "正文\nhttps://hall.example/sections/X/01")
    with a_mail_server() as port:
        post = SmtpPost(mail_address(f"smtp://127.0.0.1:{port}?from=hall@example.org"))
        assert await post.deliver(letter)
        with pytest.raises(MailRefusedError, match="550"):
            await post.deliver(letter._replace(to="nobody@b.example"))
    assert "Message-ID: <mail-1@example.org>" in _Server.taken[0]
    assert composed(letter, "hall@example.org")["Message-ID"] == "<mail-1@example.org>"


async def test_a_mail_server_that_is_not_there_is_a_failure_that_may_pass() -> None:
    post = SmtpPost(mail_address("smtp://127.0.0.1:1?from=hall@example.org"))
    with pytest.raises(OSError):
        await asyncio.wait_for(post.deliver(Letter("mail-2", "a@b.example", "x", "y")), 10)


def test_settling_waits_longer_than_a_transaction_should_take() -> None:
    assert timedelta(seconds=1) < SETTLES_AFTER < timedelta(minutes=1)


async def test_a_page_for_a_program_is_not_asked_for_a_bell(hall: Hall) -> None:
    async with await hall.client("bidder1") as client:
        answer: httpx.Response = await client.get("/api/bids/none", headers={"accept": "application/json"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("text", "encryption", "port"),
    [
        ("smtps://u:p@mail.example?from=a@b.example", "tls", 465),
        ("smtp://mail.example?from=a@b.example", "starttls", 587),
        ("smtp://127.0.0.1:2525?from=a@b.example", "none", 2525),
    ],
)
def test_mail_leaves_the_machine_encrypted_only(text: str, encryption: str, port: int) -> None:
    address = mail_address(text)
    assert (address.encryption, address.port) == (encryption, port)


@pytest.mark.parametrize(
    "text", ["mail.example", "smtps://mail.example", "http://x?from=a@b.c", "smtp://h:x?from=a@b.c"]
)
def test_a_mail_address_that_cannot_be_read_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(Problem, match=r"settings\.bad-mail-url"):
        mail_address(text)
