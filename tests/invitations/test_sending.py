"""A message is tried with growing pauses, then by the next channel; what became of it is known by seat, never by name."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from calling import call_of, code, everybody_told, reply
from scenes import Hall
from sqlalchemy import select, update

from expertpool.experts.contact import Contact, seal_contact
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import call_off
from expertpool.invitations.queries import CANCEL
from expertpool.invitations.rules import PAUSES, code_hash, emptied, filled, in_groups, new_code, next_try
from expertpool.invitations.sealing import expert_of, message_of
from expertpool.invitations.sending import claim, delivered, dispatch
from expertpool.invitations.states import InvitationState, Replaced
from expertpool.invitations.tables import Dispatch, Invitation
from infra.edge import random_bytes, utc_now
from infra.gateways import SIGNATURE, Handed, HttpGateway, Kept, MailGateway, Outcome, Parcel, is_signed, signature
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.mail import Letter, MailRefusedError
from infra.settings import GatewayAddress, gateway_address
from trading.evaluation.seating import replace_unwilling
from web.reply.calling import gateways_of, message, withdrawal

pytestmark = pytest.mark.soak

ADDRESS = GatewayAddress("https://sms.example.org/send", "a secret of both")
PHONE, MAIL = "+86 139 0000 0007", "seven@example.org"
PARCEL = Parcel("dispatch-1", PHONE, "Subject", "Text")


class Line:
    """A gateway that answers as it is told and keeps what it was handed."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes, self.handed = list(outcomes), list[Parcel]()

    async def hand(self, parcel: Parcel) -> Handed:
        self.handed.append(parcel)
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.AWAY
        return Handed(outcome, f"ref-{parcel.id}" if outcome is Outcome.SENT else None)


def compose(one: Invitation, code: str | None) -> tuple[str, str]:
    return withdrawal(one) if code is None else message(one, code, "https://hall.example")


@pytest_asyncio.fixture
async def waiting(hall: Hall, section: str) -> Invitation:
    """The second seat's invitation as if no message had gone out yet; its expert has a phone and a mail address."""
    call = await call_of(hall, section, 2)
    async with hall.database.work(SYSTEM) as work:
        for one in (await work.session.execute(select(Dispatch).where(Dispatch.invitation == call.id))).scalars():
            await work.session.delete(one)
        expert = await work.session.get_one(Expert, expert_of(hall.keys.service, call))
        expert.sealed_contact = seal_contact(hall.keys.service, expert.id, Contact(PHONE, MAIL), work.ctx)
    return call


async def attempt(hall: Hall, call: Invitation, **lines: Line) -> list[Dispatch]:
    """One try of whatever is due now, all pauses over; the dispatches in turn."""
    async with hall.database.work(SYSTEM) as work:
        due = update(Dispatch).where(Dispatch.invitation == call.id, Dispatch.state == "queued")
        await work.session.execute(due.values(next_at=work.ctx.now))
    await dispatch(hall.database, hall.keys.service, lines, compose, call.id)
    async with hall.database.reading() as session:
        found = select(Dispatch).where(Dispatch.invitation == call.id).order_by(Dispatch.turn)
        return list((await session.execute(found)).scalars())


async def test_a_gateway_that_is_down_is_tried_four_times_then_the_next_channel_is_taken(
    hall: Hall, waiting: Invitation
) -> None:
    sms, mail = Line(), Line(Outcome.SENT)
    for _ in range(len(PAUSES) + 1):
        [one] = await attempt(hall, waiting, sms=sms, mail=mail)
    assert (one.state, one.why, one.tries) == ("failed", "gateway-silent", 4)
    assert {parcel.id for parcel in sms.handed} == {one.id} and len(sms.handed) == 4
    _, second = await attempt(hall, waiting, sms=sms, mail=mail)
    assert (second.channel, second.state) == ("mail", "sent") and mail.handed[0].to == MAIL


async def test_a_number_that_is_refused_goes_to_the_next_channel_at_once(hall: Hall, waiting: Invitation) -> None:
    sms, voice = Line(Outcome.REFUSED), Line(Outcome.SENT)
    await attempt(hall, waiting, sms=sms, voice=voice)
    first, second = await attempt(hall, waiting, sms=sms, voice=voice)
    assert (first.state, first.why, second.channel, second.state) == ("failed", "refused", "voice", "sent")
    async with hall.database.work(SYSTEM) as work:
        await delivered(work, "voice", str(second.gateway_ref), arrived=True)
        await delivered(work, "voice", "a reference nobody gave", arrived=True)
    assert (await attempt(hall, waiting, sms=sms, voice=voice))[1].state == "delivered"


@pytest.mark.parametrize(("account", "why"), [(True, "no-address"), (False, "nobody")])
async def test_an_expert_without_number_and_address_is_told_to_the_clerk_by_seat_and_never_by_name(
    hall: Hall, waiting: Invitation, account: bool, why: str
) -> None:
    expert = expert_of(hall.keys.service, waiting)
    async with hall.database.work(SYSTEM) as work:
        await (await hall.client("centre")).aclose()
        found = await work.session.get_one(Expert, expert)
        was = found.account
        found.sealed_contact = None
        found.account = hall.accounts["centre"].id if account else None
    gateway = HttpGateway(ADDRESS, httpx.MockTransport(lambda _: httpx.Response(500)))
    await dispatch(hall.database, hall.keys.service, {"sms": gateway}, compose, waiting.id)
    [one] = await attempt(hall, waiting)
    async with hall.database.work(SYSTEM) as work:
        (await work.session.get_one(Expert, expert)).account = was
    assert (one.state, one.why, one.tries) == ("failed", why, 1)
    async with await hall.client("centre") as client:
        page = (await client.get(f"/en/sections/{waiting.section}/seats")).text
    assert ("nobody can be reached by the system" in page) is (why == "nobody")
    assert ("Judges 2: the register holds no number" in page) is (why == "nobody")
    assert ("only the expert&#39;s own page shows it" in page) is (why == "no-address")
    assert expert not in page


async def test_a_message_that_did_not_arrive_goes_by_the_next_channel(hall: Hall, waiting: Invitation) -> None:
    sms, mail = Line(Outcome.SENT), Line(Outcome.SENT)
    [one] = await attempt(hall, waiting, sms=sms, mail=mail)
    async with hall.database.work(SYSTEM) as work:
        await delivered(work, "sms", str(one.gateway_ref), arrived=False)
    first, second = await attempt(hall, waiting, sms=sms, mail=mail)
    assert (first.why, second.channel) == ("undelivered", "mail")


async def test_nothing_is_sent_before_its_pause_is_over_and_nothing_after_it_was_taken(
    hall: Hall, waiting: Invitation
) -> None:
    sms = Line(Outcome.AWAY, Outcome.SENT)
    for _ in range(2):
        await dispatch(hall.database, hall.keys.service, {"sms": sms}, compose, waiting.id)
    assert len(sms.handed) == 1
    await attempt(hall, waiting, sms=sms)
    await attempt(hall, waiting, sms=sms)
    assert len(sms.handed) == 2


async def test_a_process_that_dies_while_sending_sends_once_more_under_the_same_id(
    hall: Hall, waiting: Invitation
) -> None:
    sms = Line(Outcome.SENT)
    async with hall.database.work(SYSTEM) as work:
        due = await claim(work, hall.keys.service, {"sms"}, compose, waiting.id)
    assert due is not None and await claimed_again(hall, waiting) is None
    [one] = await attempt(hall, waiting, sms=sms)
    assert (one.id, one.state, one.tries) == (due.parcel.id, "sent", 2) and sms.handed == [due.parcel]


async def test_nothing_is_sent_to_one_who_has_answered(hall: Hall, waiting: Invitation) -> None:
    async with hall.database.work(SYSTEM) as work:
        answered = update(Invitation).where(Invitation.id == waiting.id)
        await work.session.execute(answered.values(state="accepted", answered_at=work.ctx.now))
    assert await claimed_again(hall, waiting) is None
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(answered.values(state="sent", answered_at=None))


async def claimed_again(hall: Hall, call: Invitation) -> object:
    async with hall.database.work(SYSTEM) as work:
        return await claim(work, hall.keys.service, {"sms"}, compose, call.id)


async def test_no_journal_line_of_a_message_tells_number_code_or_person(hall: Hall, waiting: Invitation) -> None:
    await attempt(hall, waiting, sms=Line(Outcome.SENT))
    line = (await hall.lines(Event.DISPATCH_SETTLED))[-1]
    assert line.facts == {"channel": "sms", "state": "sent"} and line.subject.startswith("dispatch-")
    assert line.section is None


async def test_the_text_is_the_one_that_is_fixed(hall: Hall, waiting: Invitation) -> None:
    subject, text = message(waiting, "ABCDEFGHJKMN", "https://hall.example")
    assert subject == "评标邀请"
    assert "ABCD-EFGH-JKMN" in text and "https://hall.example/reply#ABCDEFGHJKMN" in text


async def test_an_http_gateway_signs_what_it_hands_over_and_keeps_the_reference() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ref": "r-7"})

    handed = await HttpGateway(ADDRESS, httpx.MockTransport(answer)).hand(PARCEL)
    assert handed == Handed(Outcome.SENT, "r-7")
    assert json.loads(seen[0].content) == {"id": PARCEL.id, "to": PHONE, "text": "Text"}
    assert is_signed({"sms": ADDRESS}, "sms", seen[0].headers[SIGNATURE], seen[0].content)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, Outcome.SENT), (400, Outcome.REFUSED), (404, Outcome.REFUSED), (429, Outcome.AWAY), (503, Outcome.AWAY)],
)
async def test_what_a_gateway_answers_decides_whether_it_is_tried_again(status: int, outcome: Outcome) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=b"no JSON"))
    assert await HttpGateway(ADDRESS, transport).hand(PARCEL) == Handed(outcome)


async def test_a_gateway_that_cannot_be_reached_is_tried_again_and_an_empty_number_never() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    gateway = HttpGateway(ADDRESS, httpx.MockTransport(broken))
    assert await gateway.hand(PARCEL) == Handed(Outcome.AWAY)
    assert await gateway.hand(PARCEL._replace(to="")) == Handed(Outcome.REFUSED)


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [(None, Outcome.SENT), (MailRefusedError("550"), Outcome.REFUSED), (OSError(), Outcome.AWAY)],
)
async def test_a_letter_is_a_message_like_another(trouble: Exception | None, outcome: Outcome) -> None:
    class Office:
        async def deliver(self, letter: Letter) -> bool:
            if trouble is not None:
                raise trouble
            return True

    assert await MailGateway(Office()).hand(PARCEL) == Handed(outcome)


async def withdrawn(hall: Hall, call: Invitation) -> list[Dispatch]:
    """What goes out to take an invitation back."""
    async with hall.database.reading() as session:
        found = select(Dispatch).where(Dispatch.invitation == call.id, Dispatch.purpose == CANCEL)
        return list((await session.execute(found)).scalars())


async def test_whoever_loses_the_seat_is_told_once_without_a_word_about_the_project(hall: Hall, section: str) -> None:
    lost, void = await call_of(hall, section, 3), await code(hall, section, 3)
    async with hall.database.work(SYSTEM) as work:
        await replace_unwilling(work, hall.keys, lost.seat, Replaced.RECUSAL)
    await hall.until(lambda: everybody_told(hall, section))
    await hall.step()
    [sent] = await withdrawn(hall, lost)
    text = message_of(hall.keys.service, sent).text
    assert sent.state == "kept" and "无须参加" in text and lost.place in text
    assert not [one for one in (section, (await hall.section(section)).title, void, "回避") if one in text]
    with pytest.raises(Problem, match=r"invitation\.over"):
        await reply(hall, void)


async def test_one_whose_call_was_never_handed_over_is_told_nothing(hall: Hall, section: str) -> None:
    lost = await call_of(hall, section, 4)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Dispatch).where(Dispatch.invitation == lost.id).values(tries=0))
        await replace_unwilling(work, hall.keys, lost.seat, Replaced.RECUSAL)
    await hall.until(lambda: everybody_told(hall, section))
    await hall.step()
    assert await withdrawn(hall, lost) == []


async def test_where_a_section_ends_everybody_who_is_awaited_is_told_and_ending_twice_is_once(
    hall: Hall, section: str
) -> None:
    calls = [await call_of(hall, section, number) for number in range(1, 6)]
    async with hall.database.work(SYSTEM) as work:
        for one in calls:
            await work.session.execute(update(Dispatch).where(Dispatch.invitation == one.id).values(tries=1))
    async with hall.database.work(SYSTEM) as work:
        assert (await call_off(work, section), await call_off(work, section)) == (5, 0)
    await hall.step()
    assert [[one.state for one in await withdrawn(hall, call)] for call in calls] == [["kept"]] * 5
    assert {(await call_of(hall, section, number)).state for number in range(1, 6)} == {InvitationState.WITHDRAWN}


async def test_nobody_but_the_system_calls_off(hall: Hall, section: str) -> None:
    with pytest.raises(Problem, match=r"permission\.denied"):
        async with hall.database.work(hall.actor("centre")) as work:
            await call_off(work, section)


async def test_a_demonstration_sends_nothing(hall: Hall) -> None:
    settings = replace(hall.stack.settings, gateways={"sms": ADDRESS})
    assert await gateways_of(settings)["sms"].hand(PARCEL) == Handed(Outcome.KEPT)
    assert isinstance(gateways_of(replace(settings, mode="production"))["sms"], HttpGateway)
    assert isinstance(gateways_of(replace(settings, mode="production", gateways={}))["sms"], Kept)


@pytest.mark.parametrize(
    "address",
    ["https://sms.example.org/", "ftp://:s@sms.example.org/", "http://:s@sms.example.org/", "https://u:s@h/", "x"],
)
def test_an_address_without_a_secret_or_unencrypted_is_refused(address: str) -> None:
    with pytest.raises(Problem, match=r"settings\.bad-gateway-url"):
        gateway_address(address)


def test_an_address_keeps_its_secret_out_of_the_url() -> None:
    found = gateway_address("https://:a%20b@sms.example.org:8443/v1?x=1")
    assert found == GatewayAddress("https://sms.example.org:8443/v1?x=1", "a b") and "a b" not in repr(found)


def test_codes_are_of_twelve_letters_that_cannot_be_mistaken_and_read_in_groups() -> None:
    code = new_code(random_bytes)
    assert len(code) == 12 and not set(code) & set("01ILOU")
    assert code_hash(in_groups(code).lower()) == code_hash(code)


def test_pauses_grow_and_end() -> None:
    now = utc_now()
    assert [next_try(tries, now) for tries in (1, 2, 3, 4)] == [
        *(now + timedelta(minutes=minutes) for minutes in (1, 5, 15)),
        None,
    ]


def test_what_is_filled_up_comes_back_and_tells_no_length() -> None:
    assert {len(filled(b"x" * size)) for size in (1, 100, 511, 512)} == {512}
    assert emptied(filled("张三".encode())) == "张三".encode()


def test_a_foreign_signature_does_not_fit() -> None:
    told = signature("another", b"{}")
    assert not is_signed({"sms": ADDRESS}, "sms", told, b"{}") and not is_signed({}, "sms", told, b"{}")
