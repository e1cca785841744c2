"""Questions, subscriptions and addenda: the codes of what is refused because of who asks, or when."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from scenes import Hall

from infra.db.work import Work
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from trading.clarifications.addenda import attach_to_addendum, detach_from_addendum
from trading.clarifications.asking import ask
from trading.clarifications.subscribing import find_subscription, subscribe_address, subscribe_body
from trading.sections.states import SectionState

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
