"""An invitation is answered once, in time, by whoever holds its code; whoever does not come makes room (TBL 37, TBR 46)."""

import pytest
from calling import call_of, code, everybody_told, let_pass, phone, reply
from judging import seat_rows
from scenes import Hall
from sqlalchemy import func, select

from expertpool.draw.tables import Drawing
from expertpool.invitations.actions import invite_seats
from expertpool.invitations.answering import answer
from expertpool.invitations.queries import code_for
from expertpool.invitations.rules import call_at
from expertpool.invitations.sealing import NOTE, open_text
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Invitation
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

pytestmark = pytest.mark.soak


async def refusal(call: object) -> str:
    with pytest.raises(Problem) as told:
        await call  # type: ignore[misc]
    return told.value.code


async def test_every_drawn_expert_is_invited_and_the_log_counts_them(hall: Hall, section: str) -> None:
    lines = await hall.lines(Event.INVITATION_SENT, section=section)
    assert [line.facts for line in lines] == [{"judge": f"J{number}"} for number in range(1, 6)]


async def test_inviting_twice_invites_nobody_again(hall: Hall, section: str) -> None:
    async with hall.database.work(SYSTEM) as work:
        call = call_at(work.ctx.now, work.ctx.now, "Nowhere", (await call_of(hall, section, 1)).ends_at - work.ctx.now)
        assert await invite_seats(work, hall.keys, f"{section}/1", call) == 0


async def test_the_message_tells_time_place_and_code_and_no_project(hall: Hall, section: str) -> None:
    message, call = await phone(hall, section, 1), await call_of(hall, section, 1)
    assert call.place in message.text and "答复码" in message.text
    tender, title = section.partition("/")[0], (await hall.section(section)).title
    assert not [secret for secret in (section, tender, title, "评标室") if secret in message.text]


async def test_an_accepted_code_leads_to_the_seat_and_an_unanswered_one_does_not(hall: Hall, section: str) -> None:
    mine, other = await code(hall, section, 1), await code(hall, section, 2)
    await reply(hall, mine)
    seat = next(one for one in await seat_rows(hall, section) if one.number == 1)
    async with hall.database.reading() as session:
        assert (await code_for(session, hall.keys.service, mine))[0] == seat.id
        assert await refusal(code_for(session, hall.keys.service, other)) == "invitation.unknown"


async def test_the_same_answer_again_is_no_error_and_is_logged_once(hall: Hall, section: str) -> None:
    mine = await code(hall, section, 1)
    before = await hall.lines(Event.INVITATION_ACCEPTED, section=section)
    await reply(hall, mine.lower())
    assert len(await hall.lines(Event.INVITATION_ACCEPTED, section=section)) == len(before)


async def test_one_who_declines_makes_room_for_the_next_alternate_who_is_invited(hall: Hall, section: str) -> None:
    before = await call_of(hall, section, 3)
    declined = await code(hall, section, 3)
    await reply(hall, declined, accepts=False, kind="ill", note="住院")
    await hall.jobs()
    await hall.until(lambda: everybody_told(hall, section))
    after = await call_of(hall, section, 3)
    assert after.seat != before.seat and after.code_hash != before.code_hash
    replaced = (await hall.lines(Event.JUDGE_REPLACED, section=section))[-1]
    assert (replaced.facts["judge"], replaced.facts["reason"]) == ("J3", "declined")
    assert await refusal(reply(hall, declined)) == "invitation.over"
    await reply(hall, declined, accepts=False, kind="ill")


async def test_one_who_declines_the_call_at_once_does_not_count_as_drawn(hall: Hall, section: str) -> None:
    async with hall.database.reading() as session:
        counted = select(func.count()).where(Drawing.draw == f"{section}/1", Drawing.place == 3)
        assert (await session.execute(counted)).scalar_one() == 1


async def test_the_note_of_one_who_declines_is_sealed(hall: Hall, section: str) -> None:
    async with hall.database.reading() as session:
        found = (await session.execute(select(Invitation).where(Invitation.state == "declined").limit(1))).scalar_one()
    assert found.sealed_note is not None and "住院".encode() not in found.sealed_note
    assert open_text(hall.keys.service, NOTE, found.id, found.sealed_note) == "住院"


async def test_one_who_has_accepted_may_still_decline(hall: Hall, section: str) -> None:
    mine = await code(hall, section, 4)
    await reply(hall, mine)
    await reply(hall, mine, accepts=False, kind="away")
    assert (await call_of(hall, section, 4)).state == InvitationState.DECLINED
    assert await refusal(reply(hall, mine)) == "invitation.answered"

    async def both_counted() -> bool:
        async with hall.database.reading() as session:
            counted = select(func.count()).where(Drawing.draw == f"{section}/1", Drawing.place == 4)
            return (await session.execute(counted)).scalar_one() == 2

    await hall.until(both_counted)
    await hall.until(lambda: everybody_told(hall, section))


async def test_declining_takes_a_reason(hall: Hall, section: str) -> None:
    assert await refusal(reply(hall, await code(hall, section, 2), accepts=False)) == "invitation.kind"
    too_long = reply(hall, await code(hall, section, 2), accepts=False, kind="other", note="x" * 501)
    assert await refusal(too_long) == "invitation.note"


async def test_nobody_answers_with_anothers_code(hall: Hall, section: str) -> None:
    mine = await call_of(hall, section, 1)
    async with hall.database.work(Actor(mine.id, Role.EXPERT, None, mine.region)) as work:
        assert await refusal(answer(work, await code(hall, section, 2), accepts=True)) == "invitation.unknown"


async def test_whoever_does_not_answer_in_time_makes_room_for_the_next_alternate(hall: Hall, section: str) -> None:
    silent = await call_of(hall, section, 5)
    late = await code(hall, section, 5)
    await let_pass(hall, silent)
    assert await refusal(reply(hall, late)) == "invitation.over"
    await hall.step()
    await hall.until(lambda: everybody_told(hall, section))
    assert (await call_of(hall, section, 5)).seat != silent.seat
    unanswered = await hall.lines(Event.INVITATION_UNANSWERED, section=section)
    assert [line.facts["judge"] for line in unanswered] == ["J5"]


async def test_a_conflict_declared_in_the_reply_makes_room_for_the_next_alternate_and_is_logged_as_that(
    hall: Hall, section: str
) -> None:
    before, mine = await call_of(hall, section, 2), await code(hall, section, 2)
    await reply(hall, mine, accepts=False, kind="conflict", note="曾任一投标人的监事")
    await hall.jobs()
    await hall.until(lambda: everybody_told(hall, section))
    assert (await call_of(hall, section, 2)).seat != before.seat
    declined = [line.facts for line in await hall.lines(Event.INVITATION_DECLINED, section=section)]
    assert declined[-1] == {"judge": "J2", "kind": "conflict"}
    replaced = [line.facts for line in await hall.lines(Event.JUDGE_REPLACED, section=section)]
    assert [one["reason"] for one in replaced if one["judge"] == "J2"] == ["declined"]
    async with hall.database.reading() as session:
        kept = await session.get_one(Invitation, before.id)
    assert kept.sealed_note is not None and open_text(hall.keys.service, NOTE, kept.id, kept.sealed_note)[:2] == "曾任"
    assert await refusal(reply(hall, mine)) == "invitation.over"


async def test_no_line_of_an_answer_names_an_account_or_an_address(hall: Hall, section: str) -> None:
    lines = await hall.lines(Event.INVITATION_ACCEPTED, Event.INVITATION_DECLINED, section=section)
    assert lines and all(line.actor.startswith("call-") and line.address is None for line in lines)


async def test_all_that_is_sealed_is_of_one_length(hall: Hall, section: str) -> None:
    async with hall.database.reading() as session:
        lengths = select(func.length(Invitation.sealed_expert), func.length(Invitation.sealed_code)).distinct()
        assert len((await session.execute(lengths)).all()) == 1
