"""Questions, subscriptions and addenda: the codes of what is refused because of who asks, or when."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from scenes import Hall

from infra.db.work import Work
from infra.kernel.context import SYSTEM
from infra.kernel.money import Fen
from infra.kernel.problems import Problem
from trading.clarifications.addenda import (
    Content,
    Terms,
    attach_to_addendum,
    detach_from_addendum,
    publish_addendum,
    read_addendum,
    save_addendum,
)
from trading.clarifications.asking import ask
from trading.clarifications.subscribing import find_subscription, subscribe_address, subscribe_body
from trading.sections.drafting import MOST_FILES
from trading.sections.states import SectionState
from trading.sections.tables import Document
from web.i18n import Language
from web.problems import explain

Act = Callable[[Hall, Work, str], Awaitable[object]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    return await hall.a_tender(600)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def over(hall: Hall) -> str:
    """A section whose deadline has passed without a bid."""
    found = await hall.a_tender(3)
    await hall.reach(found, SectionState.FAILED)
    return found


async def refused(hall: Hall, login: str, section: str, act: Act) -> str:
    hall.actors["bodiless"] = replace(hall.actor("bidder1"), organisation=None)
    with pytest.raises(Problem) as told:
        async with hall.database.work(SYSTEM if login == "system" else hall.actor(login)) as work:
            await act(hall, work, section)
    return told.value.code


@pytest.mark.parametrize(
    ("code", "login", "act"),
    [
        ("question.bidder", "bodiless", lambda hall, work, one: ask(work, one, "question", "何时踏勘？")),
        ("question.bidder", "bodiless", lambda hall, work, one: subscribe_body(work, one)),
        (
            "subscription.address",
            "system",
            lambda hall, work, one: subscribe_address(work, hall.keys.service, one, "no"),
        ),
        (
            "subscription.unknown",
            "system",
            lambda hall, work, one: find_subscription(work, hall.keys.service, "x", "y"),
        ),
        (
            "subscription.unknown",
            "system",
            lambda hall, work, one: find_subscription(work, hall.keys.service, "\0", ""),
        ),
        ("document.file-unknown", "agent", lambda hall, work, one: detach_from_addendum(work, one, "没有.pdf")),
    ],
    ids=["ask without a body", "follow without a body", "no address", "no subscription", "a nul", "no such file"],
)
async def test_what_may_not_be_asked_while_bids_come_in_has_its_code(
    hall: Hall, section: str, code: str, login: str, act: Act
) -> None:
    assert await refused(hall, login, section, act) == code


@pytest.mark.soak
@pytest.mark.parametrize(
    ("code", "login", "act"),
    [
        ("question.closed", "bidder1", lambda hall, work, one: ask(work, one, "question", "何时踏勘？")),
        (
            "subscription.over",
            "system",
            lambda hall, work, one: subscribe_address(work, hall.keys.service, one, "a@b.cn"),
        ),
    ],
    ids=["a question", "an address"],
)
async def test_after_the_closing_nobody_asks_or_follows(hall: Hall, over: str, code: str, login: str, act: Act) -> None:
    assert await refused(hall, login, over, act) == code


async def test_an_empty_file_is_not_attached_to_an_addendum(hall: Hall, section: str) -> None:
    with pytest.raises(Problem) as told:
        await attach_to_addendum(hall.database, hall.objects, hall.actor("agent"), section, "补图.pdf", b"")
    assert told.value.code == "document.file-size"


async def test_a_version_is_published_as_it_was_looked_at_and_never_without_a_text(hall: Hall, section: str) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        await save_addendum(work, section, {}, {})
        draft, document = (
            await read_addendum(work.session, await hall.section(section)),
            await work.session.get_one(Document, section),
        )
        assert draft is not None
        saved, files = draft.saved_at, [one["name"] for one in draft.files]
    nothing = Content(document.method, document.labels, "", [], Fen(1))

    async def publish(saved_at: datetime | None) -> str:
        terms = Terms("补充说明", False, "不涉及报价", None)
        with pytest.raises(Problem) as told:
            await publish_addendum(
                hall.database, hall.objects, hall.actor("agent"), section, nothing, terms, saved_at=saved_at
            )
        return told.value.code

    assert await publish(saved + timedelta(seconds=1)) == "document.changed"
    for name in files:
        async with hall.database.work(hall.actor("agent")) as work:
            await detach_from_addendum(work, section, name)
    async with hall.database.reading() as session:
        draft = await read_addendum(session, await hall.section(section))
    assert draft is not None and await publish(draft.saved_at) == "document.empty"


async def test_no_more_files_than_may_be_are_attached_to_an_addendum(hall: Hall, section: str) -> None:
    for number in range(MOST_FILES):
        await attach_to_addendum(hall.database, hall.objects, hall.actor("agent"), section, f"图{number}.pdf", b"%PDF")
    await attach_to_addendum(hall.database, hall.objects, hall.actor("agent"), section, "图1.pdf", b"%PDF-2")
    with pytest.raises(Problem) as told:
        await attach_to_addendum(hall.database, hall.objects, hall.actor("agent"), section, "多出.pdf", b"%PDF")
    assert told.value.code == "document.file-count"


@pytest.mark.parametrize(
    ("version", "code"),
    [(1, "document.version-first"), (9, "document.version-unknown"), (0, "document.version-unknown")],
)
async def test_of_a_version_that_is_not_there_no_change_is_shown(
    hall: Hall, section: str, version: int, code: str
) -> None:
    async with await hall.client() as client:
        answer = await client.get(f"/en/sections/{section}/tender-document/{version}/changes")
    assert answer.status_code == 404 and explain(Problem(code, version=version), Language.EN)[1] in answer.text
