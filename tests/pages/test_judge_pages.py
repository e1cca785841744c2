"""Slips, the door, the bench, the committee and the lock, as the pages answer them."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from envelopes import plaintexts
from judge_hall import Story, mark
from judge_story import CODE, tell
from leaks import found_in
from scenes import a_hall
from sqlalchemy import select

from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.events import Event
from infra.objects import Objects
from trading.sections.states import SectionState
from web.demo import cast
from web.problems import sentences

pytestmark = pytest.mark.soak

REFUSED = {
    "slips by the agent": (403, "page.not-yours"),
    "seats from another region": (404, "section.unknown"),
    "slips from another region": (404, "section.unknown"),
    "slips printed twice": (409, "slip.none"),
    "a slip replaced without a reason": (422, "slip.reason"),
    "a slip of no seat": (404, "seat.none"),
    "a time gone by": (422, "sign-in.past"),
    "no time": (422, "sign-in.time"),
    "absent too early": (409, "seat.not-due"),
    "a wrong slip": (404, "seat.unknown"),
    "a long slip": (404, "seat.unknown"),
    "no answer for a party": (422, "seat.undeclared"),
    "a conflict declared": (409, "seat.conflict"),
    "no key": (422, "seat.no-key"),
    "leaving unsure": (422, "seat.unsure"),
    "a used slip": (409, "seat.taken"),
    "the leaver's slip": (404, "seat.unknown"),
    "an older challenge": (409, "seat.challenge"),
    "a challenge used twice": (409, "seat.challenge"),
    "a machine without the key": (409, "seat.elsewhere"),
    "above the most": (422, "evaluation.mark-range"),
    "off the step": (422, "evaluation.mark-step"),
    "no number": (422, "evidence.decimal"),
    "negative": (422, "evaluation.mark-range"),
    "empty": (422, "evidence.decimal"),
    "endless": (422, "marks.too-long"),
    "a reason too long": (422, "marks.reason"),
    "pins too many": (422, "marks.pins"),
    "a quotation too long": (422, "marks.pins"),
    "a page before the first": (422, "evidence.range"),
    "a pin of no part": (404, "paper.unknown"),
    "an unknown item": (422, "evaluation.item-unknown"),
    "an unknown bid": (422, "evaluation.bid-unknown"),
    "a mark of another shape": (422, "request.fields"),
    "a mark without a token": (403, "form.token"),
    "beyond a paper": (416, "paper.range"),
    "the price form": (404, "paper.unknown"),
    "a paper of nobody": (404, "paper.unknown"),
    "a viewer of nobody": (404, "paper.unknown"),
    "a paper for the centre": (403, "page.not-yours"),
    "too early to lock": (409, "finding.missing"),
    "a finding above the most": (422, "evaluation.mark-range"),
    "a rejection without reasons": (422, "resolution.reasons"),
    "a vote without a key": (422, "seat.no-key"),
    "a second vote": (404, "resolution.unknown"),
    "no candidate": (422, "leader.candidate"),
    "the wrong round": (409, "leader.round"),
    "a vote too many": (409, "leader.elected"),
    "the replaced slip": (404, "seat.unknown"),
    "other marks than the saved": (409, "marks.moved-on"),
    "a lock without a key": (422, "seat.no-key"),
    "a mark after the lock": (409, "marks.locked"),
    "a marked judge's slip": (409, "seat.marked"),
    "a signature without a key": (422, "seat.no-key"),
    "a signature with another's key": (422, "signing.bad-signature"),
    "a dissent without reasons": (422, "resolution.reasons"),
    "a signature is no dissent": (422, "signing.bad-signature"),
    "a dissent after the time": (409, "report.time-over"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Story]:
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        story = await tell(hall)
        yield story
        for machine in story.machines:
            await machine.client.aclose()


def said(code: str) -> re.Pattern[str]:
    """What a refusal says in Chinese, whatever its facts are."""
    words = re.split(r"\{\w+\}", sentences()[code].zh[0])
    return re.compile(".*?".join(re.escape(word) for word in words), re.S)


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_what_the_room_refuses_it_refuses_in_words(room: Story, what: str) -> None:
    status, code = REFUSED[what]
    answer = room.answers[what]
    assert (answer.status_code, bool(said(code).search(answer.text))) == (status, True), answer.text[:2000]


async def test_slips_are_printed_once_for_every_seat(room: Story) -> None:
    assert (
        len(set(re.findall(r'mono">([A-Z0-9]{4} [A-Z0-9]{4} [A-Z0-9]{4})<', room.answers["slips printed"].text))) == 5
    )
    assert room.answers["slips printed"].headers["cache-control"] == "no-store"


async def test_printing_slips_leaves_the_seats_in_the_access_log_and_a_refusal_its_code_but_no_slip(
    room: Story,
) -> None:
    asked = select(AccessLine).where(AccessLine.read == Read.SLIPS).order_by(AccessLine.id)
    async with room.hall.database.reading() as session:
        lines = list(await session.scalars(asked.where(AccessLine.section == room.section)))
    granted = [line for line in lines if line.outcome == "granted"]
    assert granted[0].facts == {"seats": [1, 2, 3, 4, 5]} and granted[0].role == "centre"
    assert {line.section for line in granted} == {room.section}
    refusals = [line.facts["code"] for line in lines if line.outcome == "refused"]
    assert {"page.not-yours", "section.unknown", "slip.none", "slip.reason", "seat.none"} <= set(refusals)
    codes = [code.replace(" ", "") for code in CODE.findall(room.answers["slips printed"].text)]
    told = " ".join(str(line.facts) + line.subject for line in lines)
    assert len(codes) == 5 and not any(code in told for code in codes)


async def test_a_name_is_unsealed_for_the_centre_when_its_holder_has_signed_in_and_not_before(room: Story) -> None:
    before, after = (room.answers[name].text for name in ("seats before anybody came", "seats when all have come"))
    names = {expert.name for expert in cast.EXPERTS}
    assert [name for name in names if f'"zh-CN">{name}<' in before] == []
    assert len(re.findall("|".join(f'"zh-CN">{name}<' for name in names), after)) == 5


async def test_a_slip_may_be_written_in_small_letters_with_blanks_and_hyphens(room: Story) -> None:
    assert 'data-door="take"' in room.answers["the declaration"].text


async def test_every_party_and_every_bidder_has_to_be_declared_on(room: Story) -> None:
    page = room.answers["the declaration"].text
    assert all(room.hall.bodies[login].name in page for login in ("procurer", "agent", "bidder1", "bidder2", "bidder3"))


async def test_whoever_declares_a_conflict_makes_room_for_the_next_alternate(room: Story) -> None:
    assert room.answers["left"].headers["location"] == "/judge/left"
    [replaced] = await room.hall.lines(Event.JUDGE_REPLACED, section=room.section)
    assert (replaced.facts["judge"], replaced.facts["reason"]) == ("J2", "conflict")


async def test_a_seat_taken_opens_the_room(room: Story) -> None:
    assert room.answers["the seat taken"].headers["location"] == "/judge"
    assert "评委1" in room.answers["the room"].text


async def test_logging_in_twice_ends_the_earlier_session_and_every_challenge_is_new(room: Story) -> None:
    first, second = room.notes["challenges"]
    assert first != second
    assert room.answers["back"].status_code == 303
    assert room.answers["the earlier session"].status_code == 303


async def test_a_judge_whose_session_is_over_is_led_to_the_door_and_not_to_a_password(room: Story) -> None:
    assert room.answers["the bench without a session"].headers["location"] == "/judge?next=%2Fjudge%2Fmarks"


async def test_a_new_slip_kills_the_session_and_keeps_the_marks(room: Story) -> None:
    assert room.answers["the bench of a replaced slip"].status_code == 303
    before, after = room.notes["marks over the new slip"]
    assert before == after and before


async def test_the_log_tells_why_a_slip_was_replaced(room: Story) -> None:
    [line] = await room.hall.lines(Event.SLIP_REPLACED, section=room.section)
    assert (line.facts, line.salt is not None) == ({"judge": "J5", "reason": "机器损坏"}, True)


async def test_requirement_14_a_mark_out_of_range_or_off_the_step_cannot_be_saved_and_the_previous_one_stays(
    room: Story,
) -> None:
    assert room.answers["saved again"].json() == {"mark": "13.5", "version": 2, "overtaken": None}
    assert room.notes["after the impossible ones"] == ["13.5", 2, "", []]


async def test_what_is_refused_of_a_reason_or_a_pin_leaves_nothing_behind(room: Story) -> None:
    assert room.notes["nothing kept of what was refused"] is None


async def test_a_reason_and_a_pinned_page_may_come_before_the_mark_and_stay_when_it_comes(room: Story) -> None:
    words = ["回退条件未写明", [{"part": "technical", "page": 2, "text": "停水切换"}]]
    assert room.notes["a reason without a mark"] == ["", 2, *words]
    assert room.notes["the mark joins them"] == ["16.5", 3, *words]


async def test_a_mark_in_full_width_signs_is_taken_for_what_it_says(room: Story) -> None:
    assert room.answers["full width"].json() == {"mark": "16.5", "version": 3, "overtaken": None}


async def test_before_all_have_locked_no_answer_to_anybody_else_holds_a_judges_reason(room: Story) -> None:
    told = room.notes["responses"]
    assert [who for who, text in told.items() if "回退条件未写明" in text and not who.startswith("J1 ")] == []
    assert found_in(room.notes["database"], ["回退条件未写明".encode()]) == []


async def test_of_two_tabs_the_mark_given_last_counts_and_the_tab_is_told_of_the_other(room: Story) -> None:
    assert room.answers["the other tab"].json() == {"mark": "14.0", "version": 3, "overtaken": "13.5"}


async def test_requirement_17_before_all_have_locked_no_answer_to_anybody_holds_a_peers_mark(room: Story) -> None:
    told = room.notes["responses"]
    leaks = [
        f"{who}: a mark of J{judge}"
        for who, text in told.items()
        for judge in range(1, 6)
        for place in range(3)
        if not who.startswith(f"J{judge} ") and mark(judge, place) in text
    ]
    assert leaks == []
    assert {"public stream", *(f"J{judge} stream" for judge in range(1, 6))} <= told.keys()
    assert all("id: 1\n" in text for who, text in told.items() if who.endswith(" stream")), (
        "what is streamed is looked at"
    )
    own = {
        who
        for who, text in told.items()
        for judge in range(2, 6)
        if who.startswith(f"J{judge} ") and mark(judge, 0) in text
    }
    assert {f"J{judge} /judge/marks" for judge in range(2, 6)} <= own, "the search finds one's own marks"


async def test_before_all_have_locked_no_mark_stands_in_clear_in_the_database(room: Story) -> None:
    marks = [mark(judge, place).encode() for judge in range(1, 6) for place in range(3)]
    assert found_in(room.notes["database"], marks) == []


async def test_before_all_have_locked_nobody_is_told_who_has(room: Story) -> None:
    page = room.notes["responses"]["J2 /judge"]
    assert "已锁定" in page
    assert not re.search(r"\d\s*(名|人|位)[^<]*锁定", page)


async def test_a_judge_reads_a_file_of_the_own_section_whole_or_by_range_and_the_reading_is_logged(room: Story) -> None:
    texts = [plaintexts(f"bidder{number}")["technical"] for number in (1, 2, 3)]
    whole = room.answers["a paper"]
    assert whole.content in texts
    assert whole.headers["content-type"] == "application/pdf"
    assert whole.headers["content-disposition"].startswith("inline")
    part = room.answers["a part of a paper"]
    assert (part.status_code, part.content) == (206, whole.content[2:10])
    assert part.headers["content-range"] == f"bytes 2-9/{len(whole.content)}"
    assert room.answers["the end of a paper"].content == whole.content[5:]
    lines = await room.hall.lines(Event.BID_READ, section=room.section)
    assert room.machines[0].seat in {line.actor for line in lines} <= {machine.seat for machine in room.machines}


async def test_one_opening_of_a_file_stands_for_its_ranges_and_everything_else_is_an_opening(room: Story) -> None:
    further = room.answers["a further part"]
    assert (further.status_code, further.content) == (206, room.answers["a paper"].content[3:6])
    assert "openhall-opening" not in further.headers
    counted = {name.partition(": ")[2]: both for name, both in room.notes.items() if name.startswith("readings: ")}
    once = dict.fromkeys(("anew", "another part", "another bid", "another judge", "a made-up opening"), (1, 1))
    assert counted == {"further": (0, 0)} | once


async def test_the_viewer_knows_the_files_of_one_bid_or_two_and_opens_none_by_itself(room: Story) -> None:
    one, two = room.answers["the viewer"].text, room.answers["two viewers"].text
    assert one.count("<bid-papers") == 1 and two.count("<bid-papers") == 2
    assert f'href="/judge/bids/{room.bids[0]}/technical"' in one and "opening-form" not in one
    assert f'href="/judge/bids/{room.bids[1]}/technical"' in two


async def test_the_public_is_led_to_the_door_before_a_file(room: Story) -> None:
    assert room.answers["a paper for the public"].status_code == 303


async def test_a_finding_moved_and_answered_by_all_counts(room: Story) -> None:
    assert room.answers["moved"].status_code == 303
    assert "18 / 20" in room.notes["responses"]["J2 /judge/marks"]


async def test_a_tie_is_voted_on_once_more_among_those_tied_and_the_leader_is_told(room: Story) -> None:
    second = room.answers["the second round"].text
    assert 'value="3"' in second and 'value="2"' in second and 'value="1"' not in second
    assert "评委3当选组长" in room.answers["the leader"].text


async def test_after_the_lock_the_sheet_is_read_only(room: Story) -> None:
    page = room.answers["the locked bench"].text
    assert mark(1, 0) in page and 'class="input mark' not in page


async def test_before_the_marks_are_published_there_is_no_report(room: Story) -> None:
    assert "评标报告尚未生成" in room.answers["a report too early"].text


async def test_drafts_are_gone_when_the_marks_are_published(room: Story) -> None:
    assert (await room.hall.section(room.section)).state == SectionState.REPORTED
    assert await room.machines[0].marks() == {}


async def test_the_report_is_shown_with_what_is_signed_and_each_answers_for_oneself(room: Story) -> None:
    assert "签署内容 SHA-256" in room.answers["the report"].text
    assert (room.answers["signed"].status_code, room.answers["dissented"].status_code) == (303, 303)
    page = room.answers["who has answered"].text
    assert page.count('tag--warn">有不同意见') == 1
    assert page.count('tag--ok">') >= 1


async def test_requirement_25_the_report_is_printed_with_the_hash_that_is_signed(room: Story) -> None:
    page = room.answers["the report"].text
    assert re.search(r'<p class="printed[^>]*>[^<]*SHA-256 [A-Za-z0-9+/]{43}=</p>', page)


async def test_requirement_02_the_report_tells_until_when_it_can_be_answered(room: Story) -> None:
    page = room.answers["the report"].text
    assert re.search(r"<count-down[^>]* data-until=", page)
    assert re.search(r"<b><time[^>]*>[^<]+ UTC\+8</time></b>", page)
    assert 'data-sign="dissent"' in page


async def test_when_the_signing_time_is_over_the_report_says_what_can_still_be_done(room: Story) -> None:
    page = room.answers["the report after the time"].text
    assert "签署时间已过" in page and "仍可签署" in page
    assert ('data-sign="report"' in page, 'data-sign="dissent"' in page) == (True, False)
    assert "仍可签署" in room.answers["the room after the time"].text


async def test_a_report_can_be_signed_after_the_time_until_the_candidates_are_published(room: Story) -> None:
    assert room.answers["a signature after the time"].status_code == 303
    assert 'data-sign="report"' not in room.answers["the report signed late"].text


async def test_requirement_01_what_a_judge_typed_when_the_session_ended_is_filled_in_after_coming_back(
    room: Story,
) -> None:
    assert room.answers["sent too late"].headers["location"].startswith("/judge?next=%2Fjudge%2Freport%3Fkept%3D")
    page = room.answers["typed again"].text
    assert "写到一半</textarea>" in page and "之前填写的内容已恢复" in page


async def test_whoever_sends_a_form_without_a_session_comes_back_to_the_page_it_stood_on(room: Story) -> None:
    assert room.answers["sent by nobody"].headers["location"] == "/judge?next=%2Fjudge%2Freport"


@pytest.mark.parametrize("name", ["the declaration", "a finding to sign", "the lock", "the report"])
async def test_requirement_18_what_a_judge_signs_says_what_follows_and_no_button_is_focused(
    room: Story, name: str
) -> None:
    page = room.answers[name].text
    assert 'class="notice notice--warn consequence"' in page and "autofocus" not in page


def test_the_committee_reads_what_the_machine_found_and_that_it_decides_nothing(room: Story) -> None:
    page = room.answers["machine checks"]
    assert page.status_code == 200
    assert "仅供参考" in page.text
    assert "投标人之间的关联" in page.text and "已开启的报价" in page.text
    assert "《招标投标法实施条例》第 40, 34 条" in page.text
    assert "127.0.0.1" not in page.text
