"""The tender notice 招标公告: document and keyset stand first, and no period is shorter than the law's (TBL 16, 24; TBR 16)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import refused
from scenes import Hall
from sqlalchemy import select

from infra.custody.tables import Keyset
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.timers_table import Timer
from trading.sections.actions import ask_for_keyset, freeze_document, publish_tender
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section
from web.demo import cast

DAY = timedelta(seconds=0.25)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ready(hall: Hall) -> str:
    """A section that could be published."""
    return await hall.a_section_with_keyset(600)


async def deadline_of(hall: Hall, section: str) -> datetime:
    async with hall.database.reading() as session:
        found = await session.get_one(Section, section)
        return (await session.get_one(Keyset, found.keyset)).deadline


async def publish(hall: Hall, section: str, login: str = "agent", **changed: Any) -> None:
    """Publish; `sale`, `deadline` and `fields` may be changed."""
    deadline = changed.get("deadline") or await deadline_of(hall, section)
    fields = {**cast.FIELDS, **changed.get("fields", {})}
    async with hall.database.work(hall.actor(login)) as work:
        sale = work.ctx.now + changed["sale"] if "sale" in changed else deadline
        await publish_tender(work, section, sale_ends=sale, deadline=deadline, fields=fields)


async def test_a_section_without_document_is_not_published(hall: Hall) -> None:
    section = await hall.a_draft()
    assert await refused(publish(hall, section, deadline=datetime.now().astimezone())) == "workflow.not-now"


async def test_a_section_without_keyset_is_not_published(hall: Hall) -> None:
    section = await hall.a_draft()
    async with hall.database.work(hall.actor("agent")) as work:
        await freeze_document(work, section, method=cast.METHOD, labels=cast.LABELS, files=[])
    assert await refused(publish(hall, section, deadline=datetime.now().astimezone())) == "section.without-keyset"


async def test_a_keyset_that_one_trustee_has_not_signed_does_not_count(hall: Hall) -> None:
    section = await hall.a_draft()
    async with hall.database.work(hall.actor("agent")) as work:
        await freeze_document(work, section, method=cast.METHOD, labels=cast.LABELS, files=[])
        await ask_for_keyset(work, section, (work.ctx.now + timedelta(seconds=60)).replace(microsecond=0))
    hall.absent.add("centre")
    for _ in range(3):
        await hall.step()
    hall.absent.clear()
    assert await refused(publish(hall, section)) == "section.without-keyset"


async def test_a_keyset_with_another_deadline_is_refused(hall: Hall, ready: str) -> None:
    later = await deadline_of(hall, ready) + timedelta(seconds=1)
    assert await refused(publish(hall, ready, deadline=later)) == "section.keyset-deadline"


async def test_less_than_twenty_days_for_bids_is_refused(hall: Hall) -> None:
    section = await hall.a_section_with_keyset(3.9)
    assert await refused(publish(hall, section)) == "notice.deadline-too-early"


async def test_less_than_five_days_of_document_sale_is_refused(hall: Hall, ready: str) -> None:
    assert await refused(publish(hall, ready, sale=4 * DAY)) == "notice.sale-too-short"


async def test_documents_are_not_sold_after_the_deadline(hall: Hall, ready: str) -> None:
    assert await refused(publish(hall, ready, sale=timedelta(hours=1))) == "notice.sale-after-deadline"


@pytest.mark.parametrize("field", sorted(cast.FIELDS))
async def test_a_notice_that_leaves_a_required_field_empty_is_refused(hall: Hall, ready: str, field: str) -> None:
    assert await refused(publish(hall, ready, fields={field: " "})) == "notice.field-missing"


@pytest.mark.parametrize("login", ["centre", "supervisor", "bidder1"])
async def test_only_the_procuring_side_publishes(hall: Hall, ready: str, login: str) -> None:
    assert await refused(publish(hall, ready, login)) == "permission.denied"


async def test_what_was_refused_left_the_section_unpublished(hall: Hall, ready: str) -> None:
    section = await hall.section(ready)
    assert (section.state, section.published_at, section.deadline) == (SectionState.READY, None, None)
    assert await hall.lines(Event.NOTICE_PUBLISHED, section=ready) == []


async def ask(hall: Hall, section: str, deadline: datetime) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        await ask_for_keyset(work, section, deadline)


async def test_a_deadline_has_whole_seconds_and_lies_ahead(hall: Hall) -> None:
    section = await hall.a_draft()
    ahead = (await deadline_of(hall, await hall.a_section_with_keyset(60))).replace(microsecond=1)
    assert await refused(ask(hall, section, ahead)) == "section.deadline-seconds"
    past = ahead.replace(microsecond=0) - timedelta(hours=1)
    assert await refused(ask(hall, section, past)) == "section.deadline-past"


async def test_the_published_notice_carries_document_keyset_deadline_and_rule_set(hall: Hall) -> None:
    section = await hall.a_tender(600)
    [line] = await hall.lines(Event.NOTICE_PUBLISHED, section=section)
    facts = line.facts["facts"]
    async with hall.database.reading() as session:
        document = await session.get_one(Document, section)
    assert facts["document"] == b64(document.digest)
    assert facts["keyset"] == b64((await hall.keyset(section)).digest)
    assert facts["deadline"] == (await hall.keyset(section)).deadline
    assert facts["regime"] == "demo" == (await hall.section(section)).regime


async def test_the_keyset_stands_in_the_log_before_the_notice(hall: Hall) -> None:
    section = await hall.a_tender(600)
    await hall.step()
    [keyset] = await hall.lines(Event.KEYSET_PUBLISHED, section=section)
    [notice] = await hall.lines(Event.NOTICE_PUBLISHED, section=section)
    assert keyset.number is not None and notice.number is not None and keyset.number < notice.number


async def test_the_deadline_is_a_legal_timer_from_the_publication_on(hall: Hall) -> None:
    section = await hall.a_tender(600)
    async with hall.database.reading() as session:
        timer = (await session.execute(select(Timer).where(Timer.subject == section))).scalar_one()
    assert (timer.verb, timer.due_at) == ("section.close", (await hall.section(section)).deadline)


async def test_a_notice_is_published_once(hall: Hall) -> None:
    section = await hall.a_tender(600)
    assert await refused(publish(hall, section)) == "workflow.not-now"


async def test_once_the_notice_is_out_its_keyset_cannot_be_exchanged(hall: Hall) -> None:
    section = await hall.a_tender(600)
    before = (await hall.section(section)).keyset
    assert await refused(ask(hall, section, await deadline_of(hall, section))) == "section.keyset-fixed"
    assert (await hall.section(section)).keyset == before
