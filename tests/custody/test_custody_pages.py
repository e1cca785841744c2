"""The key ceremony: who answers for keys sees who is ready for which deadline; everybody sees who holds them, no more."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from scenes import Hall
from sqlalchemy import func, select, update

from infra.custody import duties
from infra.custody.actions import WATCH
from infra.custody.tables import Duty, TrusteeReport
from infra.edge import random_bytes
from infra.kernel.canonical import canonical
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers_table import Timer
from infra.trustee import keeping
from trading.clarifications.extending import extend_deadline
from trading.messages.tables import Message
from trading.messages.telling import tell_news
from web.custody.ceremony import read_line
from web.custody.warnings import warn_of_missing
from web.demo import cast
from web.desk.letters import path_of


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(hall: Hall) -> str:
    """A section open for bids; all three trustees have been heard."""
    section = await hall.a_tender(600)
    await hall.poll_all()
    for login, role in (("security", Role.SECURITY_ADMIN), ("auditor", Role.AUDIT_ADMIN)):
        hall.actors[login] = Actor(f"account-{login}", role, None, cast.REGION)
    return section


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def heard(hall: Hall, running: str) -> None:
    """All three have just been heard, however slow the tests before this one were."""
    await hall.poll_all()


async def page(hall: Hall, path: str, login: str | None = None) -> httpx.Response:
    async with await hall.client(login) as client:
        return await client.get(f"/en{path}")


async def report(hall: Hall, body: str, **changed: Any) -> None:
    """Change what is known of a trustee."""
    name = hall.trustees[body].state.name
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(TrusteeReport).where(TrusteeReport.trustee == name).values(**changed))


# ---- who sees what --------------------------------------------------------------------------------------------------

READERS = ("centre", "agent", "supervisor", "security", "auditor")


@pytest.mark.parametrize("login", READERS)
async def test_who_answers_for_keys_sees_who_is_ready(hall: Hall, running: str, login: str) -> None:
    found = await page(hall, "/custody", login)
    assert found.status_code == 200
    assert all(program.state.name in found.text for program in hall.trustees.values())
    assert "Quorum reached" in found.text


@pytest.mark.parametrize("login", [None, "bidder1", "procurer"])
async def test_nobody_else_sees_it(hall: Hall, running: str, login: str | None) -> None:
    found = await page(hall, "/custody", login)
    assert found.status_code in (302, 303, 401, 403) and "trustee.example" not in found.text


@pytest.mark.parametrize("login", ["centre", "agent", "supervisor"])
async def test_deadlines_that_need_keys_stand_there(hall: Hall, running: str, login: str) -> None:
    found = await page(hall, "/custody?page=1", login)
    assert running in found.text and "<count-down" in found.text


async def test_another_agents_deadlines_are_not_shown(hall: Hall, running: str) -> None:
    hall.actors["stranger"] = Actor("account-stranger", Role.AGENT, hall.bodies["bidder1"].id, cast.REGION)
    assert running not in (await page(hall, "/custody", "stranger")).text


@pytest.mark.parametrize("asked", ["", "0", "9", "x", "-1", "99999999"])
async def test_a_page_that_is_none_shows_one_that_is(hall: Hall, running: str, asked: str) -> None:
    assert running in (await page(hall, f"/custody?page={asked}", "centre")).text


async def test_everybody_sees_who_holds_the_keys_and_nothing_of_their_machines(hall: Hall, running: str) -> None:
    await report(hall, "agent", facts=await facts_of(hall, "agent", administrator="Duty group 7", custody="Safe 7"))
    found = await page(hall, "/keys")
    assert found.status_code == 200
    assert all(program.state.name in found.text for program in hall.trustees.values())
    hidden = ("Duty group 7", "Safe 7", "Last heard", "Quorum reached", "machine-id")
    assert not any(word in found.text for word in hidden)
    assert "Duty group 7" in (await page(hall, "/custody", "centre")).text


async def test_the_notice_names_who_holds_the_keys(hall: Hall, running: str) -> None:
    [line] = await hall.lines(Event.NOTICE_PUBLISHED, section=running)
    named = line.facts["facts"]["custodians"]
    assert all(program.state.name in named for program in hall.trustees.values())


# ---- standings ------------------------------------------------------------------------------------------------------


async def facts_of(hall: Hall, body: str, **changed: Any) -> dict[str, Any]:
    async with hall.database.reading() as session:
        return {**(await session.get_one(TrusteeReport, hall.trustees[body].state.name)).facts, **changed}


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"clock_ms": 3_600_000}, "Clock wrong"),
        ({"refused": "trustee.same-host"}, "Turned away"),
        ({"facts": {}}, "There, tells nothing"),
    ],
)
async def test_what_keeps_a_trustee_from_its_part_is_said(
    hall: Hall, running: str, changed: dict[str, Any], word: str
) -> None:
    await report(hall, "supervisor", **changed)
    assert word in (await page(hall, "/custody", "centre")).text
    await hall.poll("supervisor")
    assert word not in (await page(hall, "/custody", "centre")).text


@pytest.mark.parametrize(("fact", "word"), [({"unlocked": False}, "Locked"), ({"forks": 2}, "Reports a fork")])
async def test_a_locked_or_forked_trustee_is_said_to_be_one(
    hall: Hall, running: str, fact: dict[str, Any], word: str
) -> None:
    await report(hall, "agent", facts=await facts_of(hall, "agent", **fact))
    assert word in (await page(hall, "/custody", "centre")).text
    await hall.poll("agent")


async def test_two_missing_are_no_quorum_and_the_page_says_what_that_means(hall: Hall, running: str) -> None:
    for body in ("agent", "centre"):
        await report(hall, body, seen_at=func.now() - timedelta(hours=1))
    found = await page(hall, "/custody", "centre")
    assert "No quorum" in found.text and "no bid would open" in found.text and "Absent" in found.text
    await hall.poll_all()


# ---- warnings -------------------------------------------------------------------------------------------------------


async def watches(hall: Hall, section: str) -> list[str]:
    keyset = (await hall.section(section)).keyset
    wanted = select(Timer.subject).where(Timer.verb == WATCH, Timer.subject.startswith(f"{keyset}/"))
    async with hall.database.reading() as session:
        return list((await session.execute(wanted.order_by(Timer.due_at))).scalars())


async def warn(hall: Hall, subject: str) -> None:
    async with hall.database.work(SYSTEM) as work:
        await warn_of_missing(work, subject)


async def test_a_missing_trustee_is_named_to_all_three_bodies_before_the_deadline(hall: Hall, running: str) -> None:
    [subject] = await watches(hall, running)
    await report(hall, "centre", seen_at=func.now() - timedelta(hours=1))
    await warn(hall, subject)
    [line, *_] = [
        one for one in await hall.lines(Event.TRUSTEE_MISSING, section=running) if one.subject.startswith("centre")
    ]
    assert line.facts["standing"] == "absent" and line.salt is None
    for login in ("centre", "agent", "supervisor", "bidder1"):
        await hall._token(login)
    async with hall.database.work(SYSTEM) as work:
        await tell_news(work)
        told = set((await work.session.execute(select(Message.account).where(Message.line == line.id))).scalars())
    assert {hall.accounts[login].id for login in ("centre", "agent", "supervisor")} <= told
    assert hall.accounts["bidder1"].id not in told
    await hall.poll_all()


@pytest.mark.parametrize(
    ("role", "path"), [("centre", "/custody"), ("agent", "/custody"), ("procuring", "/sections/YH-1/01")]
)
def test_the_message_leads_where_its_reader_may_look(role: str, path: str) -> None:
    event = Event.TRUSTEE_MISSING
    assert path_of(Message(event=event, role=role, subject="centre.example", section="YH-1/01")) == path


async def test_who_is_ready_is_not_warned_of(hall: Hall, running: str) -> None:
    before = len(await hall.lines(Event.TRUSTEE_MISSING, section=running))
    [subject] = await watches(hall, running)
    await warn(hall, subject)
    assert len(await hall.lines(Event.TRUSTEE_MISSING, section=running)) == before


async def test_a_draw_awaits_no_watch_because_it_is_secret(hall: Hall, running: str) -> None:
    async with hall.database.reading() as session:
        subjects = set((await session.execute(select(Timer.subject).where(Timer.verb == WATCH))).scalars())
    assert len(subjects) == len(await watches(hall, running))


# ---- enrolment ------------------------------------------------------------------------------------------------------


def a_line(hall: Hall, **changed: Any) -> str:
    path = hall.folder / f"{random_bytes(4).hex()}.json"
    state = keeping.create(path, "further.example", "centre", random_bytes)
    where = {"machine": "m", "administrator": "a", "custody": "c"}
    return canonical(state.enrolment() | where | changed).decode()


async def test_only_the_security_administrator_enrols(hall: Hall, running: str) -> None:
    for login in ("centre", "supervisor", "auditor"):
        async with await hall.client(login) as client:
            assert (await client.post("/en/custody", data={"line": a_line(hall)})).status_code == 403


async def test_a_refused_enrolment_shows_the_form_again_with_the_reason(hall: Hall, running: str) -> None:
    async with await hall.client("security") as client:
        found = await client.post("/en/custody", data={"line": a_line(hall)})
    assert found.status_code == 409 and "is enrolled already" in found.text


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "{}", "[]", '"x"', '{"name":"x"}'],
)
def test_what_is_not_the_printed_line_is_refused(text: str) -> None:
    with pytest.raises(Problem) as told:
        read_line(text)
    assert told.value.code == "trustee.line"


@pytest.mark.parametrize("changed", [{"signer": "x"}, {"name": 7}, {"administrator": 7}, {"machine": [1]}])
def test_a_line_with_a_wrong_field_is_refused(hall: Hall, changed: dict[str, Any]) -> None:
    with pytest.raises(Problem) as told:
        read_line(a_line(hall, **changed))
    assert told.value.code == "trustee.line"


def test_the_printed_line_is_read(hall: Hall) -> None:
    found = read_line(f"  {a_line(hall)}\n")
    assert (found["name"], found["body"], found["host"].machine) == ("further.example", "centre", "m")


# ---- extensions -----------------------------------------------------------------------------------------------------


async def test_trustees_promise_a_logged_extension_and_the_page_says_how_many(hall: Hall, running: str) -> None:
    found = await hall.section(running)
    assert found.deadline is not None
    later = found.deadline + timedelta(hours=1)
    async with hall.database.work(hall.actor("agent")) as work:
        await extend_deadline(work, running, later, "图纸更正，投标人需要更多时间")

    async def promised() -> bool:
        asked = select(func.count()).where(
            Duty.kind == duties.EXTEND, Duty.subject.startswith(f"{found.keyset}/"), Duty.answered_at.is_not(None)
        )
        async with hall.database.reading() as session:
            return (await session.execute(asked)).scalar_one() == 3

    await hall.until(promised)
    assert "extended; kept by 3 of 3" in (await page(hall, "/custody", "centre")).text
    assert all(later.strftime("%Y-%m-%dT%H:%M:%SZ") in one.state.extended.values() for one in hall.trustees.values())
    assert len(await watches(hall, running)) == 2


async def test_a_watch_for_a_deadline_that_was_moved_says_nothing(hall: Hall, running: str) -> None:
    before = len(await hall.lines(Event.TRUSTEE_MISSING, section=running))
    first, _ = await watches(hall, running)
    await report(hall, "centre", seen_at=func.now() - timedelta(hours=1))
    await warn(hall, first)
    assert len(await hall.lines(Event.TRUSTEE_MISSING, section=running)) == before
    await hall.poll_all()


async def test_an_epoch_of_a_year_gone_by_is_said_to_be_due(hall: Hall, running: str) -> None:
    await report(hall, "agent", facts=await facts_of(hall, "agent", epoch="2019"))
    assert "a new one is due" in (await page(hall, "/custody", "centre")).text
    await hall.poll("agent")
    assert "a new one is due" not in (await page(hall, "/custody", "centre")).text
