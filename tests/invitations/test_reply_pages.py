"""Screen 38 on a phone and screen 60 at the desk: what they show, what they refuse, and what they never say."""

import re
from dataclasses import replace

import httpx
import pytest
from calling import PLACE, call_of, code, form_of, identity
from scenes import Hall
from sqlalchemy import select, text, update

from expertpool.experts.tables import Expert
from expertpool.invitations.rules import in_groups
from expertpool.invitations.sealing import expert_of
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Invitation
from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.gateways import SIGNATURE, signature
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from infra.settings import GatewayAddress
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast
from web.reply.guessing import MOST_WRONG, PAUSE, Guesses

pytestmark = pytest.mark.soak
WAITING = "/expert/invitations?show=waiting"


async def sent(hall: Hall, path: str, **fields: str) -> httpx.Response:
    async with await hall.client() as client:
        return await client.post(path, data={**await form_of(client), **fields})


async def seen(hall: Hall, login: str | None, path: str) -> httpx.Response:
    async with await hall.client(login) as client:
        return await client.get(path)


async def test_requirement_22_the_page_asks_for_a_code_and_its_script_takes_it_from_the_fragment(
    hall: Hall, section: str
) -> None:
    page = await seen(hall, None, "/reply")
    assert page.status_code == 200 and "js/reply/fragment.js" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_a_code_shows_time_and_place_and_never_the_project(hall: Hall, section: str) -> None:
    page = await sent(hall, "/reply", private_code=await code(hall, section, 1))
    assert page.status_code == 200 and PLACE in page.text and "<count-down" in page.text
    title = (await hall.section(section)).title
    assert not [secret for secret in (section, section.partition("/")[0], title) if secret in page.text]


async def test_an_unknown_code_is_refused_beside_its_field_with_what_was_typed(hall: Hall, section: str) -> None:
    page = await sent(hall, "/reply", private_code="AAAA-BBBB-CCCC")
    assert page.status_code == 404 and 'value="AAAA-BBBB-CCCC"' in page.text and "private_code-error" in page.text
    long = await sent(hall, "/reply", private_code="A" * 1000)
    odd = await sent(hall, "/reply", private_code="\ud800".encode("utf-8", "surrogatepass").decode("latin-1"))
    assert {long.status_code, odd.status_code} == {404}


async def test_an_acceptance_answers_303_to_an_address_that_holds_no_code(hall: Hall, section: str) -> None:
    mine = await code(hall, section, 1)
    answered = await sent(hall, "/reply/answer", private_code=mine, answer="yes")
    assert (answered.status_code, answered.headers["location"]) == (303, "/reply/accepted")
    assert (await call_of(hall, section, 1)).state == InvitationState.ACCEPTED
    assert (await seen(hall, None, "/reply/accepted")).status_code == 200
    again = await sent(hall, "/reply", private_code=mine)
    assert 'id="accept"' not in again.text and 'id="decline"' in again.text


async def test_declining_without_a_reason_shows_the_form_again(hall: Hall, section: str) -> None:
    page = await sent(hall, "/reply/answer", private_code=await code(hall, section, 2), answer="no", private_note="忙")
    assert page.status_code == 422 and "kind-error" in page.text and "忙" in page.text
    unknown = await sent(hall, "/reply/answer", private_code="AAAABBBBCCCC", answer="yes")
    assert unknown.status_code == 404


async def test_a_declined_code_shows_that_nothing_is_left_to_do(hall: Hall, section: str) -> None:
    mine = await code(hall, section, 3)
    answered = await sent(hall, "/reply/answer", private_code=mine, answer="no", kind="ill")
    assert answered.headers["location"] == "/reply/declined"
    page = await sent(hall, "/reply", private_code=mine)
    assert 'id="accept"' not in page.text and 'id="decline"' not in page.text
    late = await sent(hall, "/reply/answer", private_code=mine, answer="yes")
    assert late.status_code == 409


async def test_no_other_outcome_has_a_page(hall: Hall, section: str) -> None:
    assert (await seen(hall, None, "/reply/refused")).status_code == 404


async def test_the_draw_room_tells_states_by_seat_and_proofs_and_no_second_of_an_answer(
    hall: Hall, section: str
) -> None:
    page = await seen(hall, "centre", f"/sections/{section}/seats")
    call = await call_of(hall, section, 1)
    assert page.status_code == 200 and "已接受" in page.text and "种子" in page.text
    assert call.answered_at is not None and call.answered_at.isoformat()[:19] not in page.text
    assert not re.search("call-[0-9a-z]{20}|expert-[0-9a-z]{20}", page.text)


async def test_the_draw_room_is_for_the_centre_alone(hall: Hall, section: str) -> None:
    for login in ("agent", "bidder1"):
        assert (await seen(hall, login, f"/sections/{section}/seats")).status_code in (403, 404)
    assert (await seen(hall, None, f"/sections/{section}/seats")).status_code in (303, 401)


@pytest.mark.parametrize(("login", "status"), [("bidder1", 404), (None, 404)])
async def test_a_stranger_hears_nothing_of_a_draw(hall: Hall, section: str, login: str | None, status: int) -> None:
    assert (await seen(hall, login, f"/live/draw:{section}")).status_code == status


async def test_time_and_place_are_refused_beside_their_fields(hall: Hall, section: str) -> None:
    async with await hall.client("centre") as client:
        answer = await client.post(f"/sections/{section}/seats/calls", data={"meet_at": "soon", "place": PLACE})
        assert answer.status_code == 422
        answer = await client.post(
            f"/sections/{section}/seats/calls", data={"meet_at": "2020-01-01T09:00", "place": PLACE}
        )
        assert answer.status_code == 422
        told = await client.post(
            f"/sections/{section}/seats/calls", data={"meet_at": "2099-01-01T09:00", "place": PLACE}
        )
        assert told.status_code == 409
        window = await client.post(
            f"/sections/{section}/seats/calls",
            data={"meet_at": "2099-01-01T09:00", "place": PLACE, "window": "never"},
        )
        assert window.status_code == 422
        nowhere = await client.post(
            f"/sections/{section}/seats/calls", data={"meet_at": "2099-01-01T09:00", "place": " "}
        )
        assert nowhere.status_code == 422


async def test_a_signed_report_is_taken_whatever_it_refers_to_and_a_broken_one_refused(
    hall: Hall, section: str
) -> None:
    address = GatewayAddress("https://sms.example.org/", "a secret of both")
    stack = replace(hall.stack, settings=replace(hall.stack.settings, gateways={"sms": address}))
    told = {}
    async with await replace(hall, stack=stack).client() as client:
        for body in (b'{"ref": "r-1", "state": "delivered"}', b'{"ref": "r-1", "state": "lost"}', b"[]", b"{"):
            headers = {SIGNATURE: signature(address.secret, body), "content-type": "application/json"}
            told[body] = (await client.post("/api/gateways/sms", content=body, headers=headers)).status_code
    assert list(told.values()) == [204, 422, 422, 422]


async def test_a_report_without_the_gateways_signature_is_refused(hall: Hall, section: str) -> None:
    async with await hall.client() as client:
        answer = await client.post("/api/gateways/sms", json={"ref": "r", "state": "delivered"})
    assert answer.status_code == 403


async def test_an_expert_finds_the_own_invitations_and_nobody_elses_without_a_word_about_the_project(
    hall: Hall, section: str
) -> None:
    call = await call_of(hall, section, 1)
    drawn = await known_to(hall, expert_of(hall.keys.service, call), "drawn")
    page, waiting = await seen(hall, drawn, "/expert/invitations"), await seen(hall, drawn, WAITING)
    assert page.status_code == 200 and PLACE in page.text and "您已接受" in page.text
    assert PLACE not in waiting.text and page.headers["cache-control"] == "no-store"
    secrets = (section, section.partition("/")[0], (await hall.section(section)).title, call.id, call.seat)
    assert not [one for one in (*secrets, await code(hall, section, 1)) if one in page.text]
    other = await known_to(hall, await undrawn(hall, section), "undrawn")
    empty = await seen(hall, other, "/expert/invitations")
    assert empty.status_code == 200 and PLACE not in empty.text
    assert (await seen(hall, await known_to(hall, None, "unlinked"), "/expert/invitations")).status_code == 404
    assert (await seen(hall, "centre", "/expert/invitations")).status_code == 403


async def test_looking_at_own_invitations_leaves_no_line_beside_a_section(hall: Hall, section: str) -> None:
    async with hall.database.reading() as session:
        looks = (await session.execute(text("SELECT to_jsonb(a)::text FROM access_log a"))).scalars().all()
        lines = (await session.execute(text("SELECT to_jsonb(j)::text FROM journal j WHERE section IS NOT NULL"))).all()
    account = hall.accounts["drawn"].id
    assert not [one for one in looks if account in one] and not [one for (one,) in lines if account in one]


async def test_the_note_of_who_declined_opens_to_the_supervisor_with_the_marks_and_each_look_is_recorded(
    hall: Hall, section: str
) -> None:
    words = "与投标人的负责人是同学"
    await sent(
        hall,
        "/reply/answer",
        private_code=await code(hall, section, 4),
        answer="no",
        kind="conflict",
        private_note=words,
    )
    path = f"/sections/{section}/decline-notes"
    early = await seen(hall, "supervisor", path)
    assert early.status_code == 200 and words not in early.text and "1 份说明" in early.text
    assert [(await seen(hall, login, path)).status_code for login in ("centre", "agent", "bidder1")] == [403] * 3
    async with hall.database.work(SYSTEM) as work:
        was = (await work.session.get_one(Section, section)).state
        await work.session.execute(update(Section).where(Section.id == section).values(state=SectionState.MARKED))
    late = await seen(hall, "supervisor", path)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Section).where(Section.id == section).values(state=was))
        looks = select(AccessLine.facts).where(AccessLine.read == Read.DECLINE_NOTES).order_by(AccessLine.id)
        facts = (await work.session.execute(looks)).scalars().all()
    assert words in late.text and late.headers["cache-control"] == "no-store"
    assert facts == [{"notes": 0}, *[{"code": "page.not-yours"}] * 3, {"notes": 1}]


async def known_to(hall: Hall, expert: str | None, login: str) -> str:
    """A login for this expert's account; an account that is nobody's where there is none."""
    hall.actors[login] = Actor(f"account-{login}", Role.EXPERT, None, cast.REGION)
    await (await hall.client(login)).aclose()
    async with hall.database.work(SYSTEM) as work:
        account = hall.accounts[login].id
        await work.session.execute(update(Expert).where(Expert.id == (expert or "")).values(account=account))
    return login


async def undrawn(hall: Hall, section: str) -> str:
    """An expert who was never invited."""
    async with hall.database.reading() as session:
        calls = (await session.execute(select(Invitation))).scalars().all()
        called = [expert_of(hall.keys.service, one) for one in calls]
        return (await session.execute(select(Expert.id).where(Expert.id.not_in(called)).limit(1))).scalar_one()


def test_five_wrong_codes_begin_a_pause_for_their_address_alone() -> None:
    guesses = Guesses()
    for moment in range(MOST_WRONG):
        guesses.require("203.0.113.9", float(moment))
        guesses.count("203.0.113.9", float(moment))
    with pytest.raises(Problem, match=r"invitation\.too-many"):
        guesses.require("203.0.113.9", 5.0)
    guesses.require("203.0.113.10", 5.0)
    guesses.require(None, 5.0)
    guesses.require("203.0.113.9", PAUSE + 0.5)


async def test_the_phones_of_a_demonstration_show_text_and_code_and_no_number_and_exist_nowhere_else(
    hall: Hall, section: str
) -> None:
    page = await seen(hall, None, "/demo/phones")
    assert page.status_code == 200 and in_groups(await code(hall, section, 1)) in page.text
    for number in range(1, 6):
        assert (await call_of(hall, section, number)).id not in page.text
    real = replace(hall.stack, settings=replace(hall.stack.settings, mode="production"))
    async with await replace(hall, stack=real).client() as client:
        assert (await client.get("/demo/phones")).status_code == 404


async def test_the_card_of_a_demonstration_is_told_for_a_reply_code_only_and_nowhere_else(
    hall: Hall, section: str
) -> None:
    mine = await code(hall, section, 1)
    number = await identity(hall, await call_of(hall, section, 1))
    assert number not in (await seen(hall, None, "/demo/phones")).text
    async with await hall.client() as client:
        form = await form_of(client, "/demo/phones")
        shown = await client.post("/demo/phones/card", data={**form, "private_code": mine})
        assert shown.status_code == 200 and number in shown.text
        unknown = await client.post("/demo/phones/card", data={**form, "private_code": "AAAA-BBBB-CCCC"})
        assert unknown.status_code == 404 and number not in unknown.text
    real = replace(hall.stack, settings=replace(hall.stack.settings, mode="production"))
    async with await replace(hall, stack=real).client() as client:
        form = await form_of(client)
        assert (await client.post("/demo/phones/card", data={**form, "private_code": mine})).status_code == 404
