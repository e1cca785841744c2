"""The pages of clarification: inbox, answer, addendum with its comparison, extension, versions, subscription, confirming."""

import re
from datetime import timedelta
from html import unescape

import pytest_asyncio
from clarifying import OBJECTION, QUESTION, REASONS, amended, asked
from envelopes import submitted
from leaks import found_in, whole_database
from procurement_scene import SAVED_AT, Office
from scenes import FAR, Hall
from sqlalchemy import select

from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.clarifications.subscribing import forget_subscribers, subscribe_address
from trading.clarifications.tables import Question, Subscription, SubscriptionLetter
from trading.sections.tables import Section
from web.procurement.times import time_to_type

HIDDEN = re.compile(r'<(?:input|textarea|select|option)[^>]*?name="([a-z0-9_-]+)"[^>]*?value="([^"]*)"')
AREA = re.compile(r'<textarea[^>]*name="([a-z0-9_-]+)"[^>]*>([^<]*)</textarea>')
CHOSEN = re.compile(r'<select[^>]*name="([a-z0-9_-]+)".*?<option value="([^"]*)" selected', re.DOTALL)
TERMS = {"summary": "下调限价，工期改为三百五十日", "affects": "no", "reason": REASONS, "ceiling": "9900000.00"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(office: Office) -> str:
    """A section made by forms, so that its clauses are known."""
    return await office.published(FAR)


def fields_of(page: str) -> dict[str, str]:
    """What a form shows, as the browser would send it."""
    found = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    found |= {name: unescape(value) for name, value in AREA.findall(page)}
    found |= dict(CHOSEN.findall(page))
    return {name: value for name, value in found.items() if name not in ("form_token", "form_page", "action")}


async def test_a_question_comes_to_the_inbox_and_its_answer_to_everybody(office: Office, section: str) -> None:
    path = f"/sections/{section}"
    assert await office.done(f"{path}/ask", "bidder1", kind="question", text=QUESTION) == f"{path}/ask#own"
    own = await office.see(f"{path}/ask", "bidder1")
    assert QUESTION in own.text and "已收到，尚未答复" in own.text
    assert QUESTION not in (await office.see(f"{path}/ask", "bidder2")).text
    inbox = await office.see(f"{path}/questions")
    link = re.search(rf"{path}/questions/(question-\w+)", inbox.text)
    assert link is not None and QUESTION in inbox.text
    refused = await office.send(f"{path}/questions/{link[1]}", answer="含。", affects="", reason=REASONS)
    assert refused.status_code == 422 and "没有说明是否影响" in refused.text
    await office.done(f"{path}/questions/{link[1]}", answer="含节假日。", affects="no", reason=REASONS)
    async with await office.hall.client() as public:
        page = (await public.get(f"{path}/clarifications")).text
        english = (await public.get(f"/en{path}/clarifications")).text
    assert QUESTION in page and "含节假日。" in page and "Questions and answers" in english


async def test_an_addendum_is_written_compared_and_published(office: Office, section: str) -> None:
    path = f"/sections/{section}"
    fields = fields_of((await office.see(f"{path}/addendum")).text)
    assert fields["clause-1-title"] == "投标人须知" and fields["ceiling"] == "10000000.00"
    fields |= TERMS | {"clause-1-text": fields["clause-1-text"].replace("替换", "修改"), "price-weight": "50"}
    assert await office.done(f"{path}/addendum", action="preview", **fields) == f"{path}/addendum/preview"
    preview = (await office.see(f"{path}/addendum/preview")).text
    assert "<del>替换</del><ins>修改</ins>" in preview and "<del>10,000,000.00" in preview
    saved = SAVED_AT.search(preview)
    assert saved is not None, preview
    assert await office.done(f"{path}/addendum/preview", saved_at=saved[1]) == f"{path}/clarifications"
    async with await office.hall.client() as public:
        changes = (await public.get(f"{path}/tender-document/2/changes")).text
        old = (await public.get(f"{path}/tender-document/1")).text
        now = (await public.get(f"{path}/tender-document")).text
        told = (await public.get(f"{path}/clarifications")).text
        first = await public.get(f"{path}/tender-document/1/changes")
        assert (await public.get(f"{path}/tender-document/9")).status_code == 404
    assert "<del>替换</del><ins>修改</ins>" in changes
    assert first.status_code == 404 and "第 1 版是招标文件的首个版本" in first.text and "第 0 版" not in first.text
    assert "可以替换" in old and "现行版本" in old and "可以修改" in now
    assert "第 2 版" in told and TERMS["summary"] in told


async def test_an_addendum_that_says_too_little_or_comes_too_late_is_told_before_it_is_sent(office: Office) -> None:
    section = await office.hall.a_tender(FAR)
    path = f"/sections/{section}"
    fields = fields_of((await office.see(f"{path}/addendum")).text)
    await office.done(f"{path}/addendum", action="preview", **fields | {"ceiling": "9900000.00"})
    preview = (await office.see(f"{path}/addendum/preview")).text
    assert all(words in preview for words in ("没有写明改了什么", "没有说明是否影响", "没有写明理由"))
    refused = await office.send(f"{path}/addendum/preview", saved_at="")
    assert refused.status_code in (200, 422) and "公布补遗之前" in refused.text
    await office.done(f"{path}/addendum/removal")
    assert (await office.see(f"{path}/addendum/preview")).text.count("没有补遗草稿") == 1


async def test_a_later_deadline_is_published_by_a_form_and_an_earlier_one_refused_with_its_values(
    office: Office,
) -> None:
    section = await office.hall.a_tender(FAR)
    path = f"/sections/{section}"
    before = (await office.hall.section(section)).deadline
    assert before is not None
    earlier, later = (time_to_type(before + timedelta(hours=hours)) for hours in (-1, 1))
    refused = await office.send(f"{path}/extension", deadline=earlier, reason="补图")
    assert refused.status_code == 409 and earlier in refused.text and "补图" in refused.text
    await office.done(f"{path}/extension", deadline=later, reason="补图")
    assert (await office.hall.section(section)).deadline == before + timedelta(hours=1)
    assert "补图" in (await office.see(f"{path}/extension")).text
    async with await office.hall.client() as public:
        assert "补图" in (await public.get(f"{path}/clarifications")).text


async def test_the_opening_hall_moves_along_or_the_page_says_that_it_is_taken(office: Office) -> None:
    hall = office.hall
    rooms = {"name": "第一开标厅", "kind": "opening-hall", "seats": "40"}
    await office.send("/centre/rooms", "centre", **rooms)
    section = await hall.a_tender(FAR)
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    path = f"/sections/{section}"
    page = await office.see(f"{path}/venue")
    room = re.search(r'<option value="(room-\w+)"', page.text)
    if room is None:
        return
    start = time_to_type((deadline - timedelta(minutes=15)).replace(second=0))
    await office.done(f"{path}/venue", room=room[1], start=start, minutes="60")
    later = time_to_type(deadline + timedelta(hours=3))
    await office.done(f"{path}/extension", deadline=later, reason="补图")
    assert "已随之顺延" in (await office.see(f"{path}/extension")).text


async def test_a_bidder_sees_what_changed_and_where_to_confirm(office: Office) -> None:
    hall = office.hall
    section = await hall.a_tender(FAR)
    await submitted(hall, section, "bidder1")
    room = (await office.see(f"/sections/{section}/bid", "bidder1")).text
    assert 'id="changes"' not in room
    await amended(hall, section, clauses=[["一", "须踏勘"]])
    room = (await office.see(f"/sections/{section}/bid", "bidder1")).text
    assert "您的投标按第 1 版递交，现行为第 2 版" in room and "第 1 条" in room
    link = re.search(r"/bids/(bid-\w+)/confirmation", room)
    assert link is not None
    page = (await office.see(link[0], "bidder1")).text
    assert "按第 2 版确认" in page and "<ins>" in page
    assert (await office.see(link[0], "bidder2")).status_code == 404
    assert "您的投标按第" not in (await office.see(f"/sections/{section}/bid", "bidder2")).text


async def test_confirming_over_the_interface_asks_for_its_three_fields(office: Office) -> None:
    client = await office.client("bidder1")
    refused = await client.post("/api/bids/bid-none/confirmation", json={"document": "AA=="})
    assert refused.json()["code"] == "request.fields"


async def test_a_mail_address_is_told_of_changes_only_after_its_link_was_followed(office: Office) -> None:
    hall = office.hall
    section = await hall.a_tender(FAR)
    form = f"/sections/{section}/subscription"
    async with await hall.client() as public:
        await public.get(form)

        async def sent(path: str, **fields: str) -> tuple[int, str]:
            token = re.search(r'name="form_token" value="([^"]+)"', (await public.get(path)).text)
            assert token is not None
            answer = await public.post(path, data={"form_token": token[1], **fields})
            return answer.status_code, answer.headers.get("location", answer.text)

        assert (await sent(form, address="not an address"))[0] == 422
        code, where = await sent(form, address="Someone@example.com")
        assert code == 303 and "stage=asked" in where
        link = re.search(r"/subscriptions/(subscription-\w+)/[0-9a-f]{32}", (await public.get(where)).text)
        assert link is not None
        await amended(hall, section)
        assert await letters(hall, link[1]) == [Event.SUBSCRIPTION_ASKED]
        assert (await sent(link[0]))[0] == 303
        await amended(hall, section, ceiling="9800000.00")
        await hall.jobs()
        assert await letters(hall, link[1]) == [Event.SUBSCRIPTION_ASKED, Event.ADDENDUM_PUBLISHED]
        assert (await public.get(link[0][:-1] + "g")).status_code == 404
        assert (await sent(f"{link[0]}/end"))[0] == 303
        assert (await public.get(link[0])).status_code == 404
    assert await letters(hall, link[1]) == []


async def letters(hall: Hall, subscription: str) -> list[str]:
    """The letters of a subscription, in order."""
    wanted = select(SubscriptionLetter.event).where(SubscriptionLetter.subscription == subscription)
    async with hall.database.reading() as session:
        return list(await session.scalars(wanted.order_by(SubscriptionLetter.queued_at)))


async def test_an_address_is_kept_sealed_gets_one_letter_an_hour_and_is_dropped_when_the_section_has_ended(
    hall: Hall,
) -> None:
    section = await hall.a_tender(FAR)
    async with hall.database.work(SYSTEM) as work:
        await subscribe_address(work, hall.keys.service, section, "quiet.person@example.com")
        await subscribe_address(work, hall.keys.service, section, "quiet.person@example.com")
    assert found_in(await whole_database(hall), [b"quiet.person@example.com"]) == []
    async with hall.database.work(SYSTEM) as work:
        wanted = select(Subscription).where(Subscription.section == section)
        (found,) = (await work.session.scalars(wanted)).all()
        assert await letters(hall, found.id) == [Event.SUBSCRIPTION_ASKED]
        await forget_subscribers(work, section)
        assert (await work.session.scalars(wanted)).all() == []


async def test_a_body_follows_a_section_and_leaves_it(office: Office) -> None:
    section = await office.hall.a_tender(FAR)
    for action, words in (("follow", "都会告知本单位"), ("leave", "以站内消息接收")):
        await office.done(f"/sections/{section}/following", "bidder3", action=action)
        assert words in (await office.see(f"/sections/{section}/ask", "bidder3")).text


async def test_an_objection_shows_everybody_that_the_tender_stands_still_not_who_objected(office: Office) -> None:
    hall = office.hall
    section = await hall.a_tender(FAR)
    await asked(hall, section, "bidder2", "objection", OBJECTION)
    async with await hall.client() as public:
        page = (await public.get(f"/sections/{section}/clarifications")).text
    assert "招标活动已暂停" in page and OBJECTION not in page
    assert "招标活动已暂停" in (await office.see(f"/sections/{section}/questions")).text


async def test_strangers_find_neither_inbox_nor_addendum_nor_holders(office: Office, section: str) -> None:
    path = f"/sections/{section}"
    for tail in ("questions", "addendum", "addendum/preview", "addendum/files", "extension", "holders"):
        for login, codes in (("bidder1", (403,)), ("centre", (403,)), ("supervisor", (403,))):
            assert (await office.see(f"{path}/{tail}", login)).status_code in codes, (tail, login)
    assert (await office.see("/sections/YH-NONE/01/questions")).status_code == 404
    async with office.hall.database.reading() as session:
        assert (await session.scalars(select(Question))).first() is not None
        assert (await session.get(Section, section)) is not None
