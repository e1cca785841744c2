"""A section opened while the supervising body is away: its records wait, arrive and fit; what lacks one is refused."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from envelopes import submitted
from leaks import found_in, whole_database
from recording import forged
from scenes import Hall
from sqlalchemy import select

from infra.custody import duties
from infra.custody.release import released_keys
from infra.custody.tables import Duty, Keyset
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak
AGENT, CENTRE, SUPERVISOR = (f"{body}.trustee.example" for body in ("agent", "centre", "supervisor"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    """Three bids, opened by agent and centre; the agent's first answer lacks the record; the supervisor is away."""
    found = await hall.a_tender(3)
    await asyncio.gather(*(submitted(hall, found, f"bidder{number}") for number in (1, 2, 3)))
    await hall.poll_all()
    hall.absent |= {"supervisor"}
    deadline = (await hall.section(found)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.due()
    while not await hall.lines(Event.KEY_REFUSED, section=found):
        await hall.beat()
        for body in ("centre", "agent"):
            await hall.turn(body)
            for one in hall.trustees[body].answers:
                one["answer"] = {name: value for name, value in one["answer"].items() if name != "record"}
        await asyncio.sleep(0.05)
    for body in ("centre", "agent"):
        hall.trustees[body].answers.clear()
    await hall.reach(found, SectionState.OPENED)
    return found


async def keyset_of(hall: Hall, section: str) -> Keyset:
    async with hall.database.reading() as session:
        return await session.get_one(Keyset, (await hall.section(section)).keyset)


async def checks(hall: Hall, section: str, trustee: str) -> dict[str, Duty]:
    """What a trustee is to check of a section's releases, by custodian."""
    keyset = await keyset_of(hall, section)
    wanted = select(Duty).where(Duty.kind == duties.CHECK, Duty.trustee == trustee)
    async with hall.database.reading() as session:
        found = (await session.execute(wanted.where(Duty.subject.startswith(f"{keyset.id}/")))).scalars()
        return {one.payload["custodian"]: one for one in found}


async def all_checked(hall: Hall, section: str) -> bool:
    found = [await checks(hall, section, name) for name in (AGENT, CENTRE, SUPERVISOR)]
    return all(duty.answer is not None for one in found for duty in one.values())


async def test_a_release_without_its_record_is_refused_and_logged(hall: Hall, section: str) -> None:
    refused = {line.facts["custodian"]: line.facts["reason"] for line in await hall.lines(Event.KEY_REFUSED)}
    assert set(refused.values()) == {"release.no-record"} and set(refused) <= {AGENT, CENTRE}


async def test_records_wait_for_the_supervising_body_and_hold_up_no_opening(hall: Hall, section: str) -> None:
    waiting = await checks(hall, section, SUPERVISOR)
    assert set(waiting) == {AGENT, CENTRE} and all(one.answer is None for one in waiting.values())
    assert len(await hall.lines(Event.BID_OPENED, section=section)) == 3


async def test_when_it_is_back_the_records_arrive_fit_and_are_kept(hall: Hall, section: str) -> None:
    hall.absent.clear()
    await hall.until(lambda: all_checked(hall, section))
    assert {one.answer["verdict"] for one in (await checks(hall, section, SUPERVISOR)).values() if one.answer} == {
        "fits"
    }
    keyset = await keyset_of(hall, section)
    assert keyset.digest is not None
    async with hall.database.work(SYSTEM) as work:
        true = await released_keys(work, keyset, hall.keys.opening)
    kept = hall.trustees["supervisor"].state.records[b64(keyset.digest)]
    names = [one.name for one in (await hall.keyset(section)).custodians]
    assert {name: unb64(one["key"]) for name, one in kept.items()} == {
        name: true[names.index(name) + 1] for name in (AGENT, CENTRE)
    }


async def test_a_late_key_reaches_the_others_in_the_same_way(hall: Hall, section: str) -> None:
    """The supervisor's own key came last: no record goes with it, the others check the log."""
    await hall.until(lambda: all_checked(hall, section))
    for name, others in ((AGENT, {CENTRE, SUPERVISOR}), (CENTRE, {AGENT, SUPERVISOR})):
        found = await checks(hall, section, name)
        assert set(found) == others and not any("record" in one.payload for one in found.values())
    released = {line.facts["custodian"]: line.facts for line in await hall.lines(Event.KEY_RELEASED, section=section)}
    assert [name for name in sorted(released) if "record" in released[name]] == [AGENT, CENTRE]


async def test_nothing_of_a_private_key_stands_in_the_database_or_in_what_is_answered(hall: Hall, section: str) -> None:
    keyset = await keyset_of(hall, section)
    async with hall.database.work(SYSTEM) as work:
        secrets = list((await released_keys(work, keyset, hall.keys.opening)).values())
    said = [hall.trustees[body].request(context(SYSTEM))[0] for body in hall.trustees]
    async with await hall.client() as client:
        said += [(await client.get(f"/en/sections/{section}{path}")).content for path in ("", "/hall")]
        said.append((await client.get(f"/api/sections/{section}/log")).content)
    async with await hall.client("centre") as client:
        said.append((await client.get("/en/custody")).content)
    assert found_in(b"\n".join([await whole_database(hall), *said]), secrets) == []


async def test_a_record_that_does_not_fit_is_logged_and_shown_on_the_page_of_the_keys(hall: Hall, section: str) -> None:
    other = await hall.a_tender(3)
    await asyncio.gather(*(submitted(hall, other, f"bidder{number}") for number in (1, 2, 3)))
    deadline, lied = (await hall.section(other)).deadline, False
    assert deadline is not None
    await hall.wait_until(deadline)
    document, agent = await hall.keyset(other), hall.trustees["agent"]
    hall.absent.add("agent")
    while not (lied and await hall.lines(Event.KEY_REFUSED, section=other)):
        await hall.step()
        await hall.turn("agent")
        for one in agent.answers:
            if "sealed" in one["answer"]:
                one["answer"], lied = lie(hall, document), True
        await asyncio.sleep(0.05)
    hall.absent.clear()
    lines = await hall.lines(Event.KEY_REFUSED, section=other)
    assert [(one.actor, one.facts["custodian"], one.facts["reason"]) for one in lines] == [
        (SUPERVISOR, AGENT, "release.wrong-key")
    ]
    await hall.poll_all()
    async with await hall.client("centre") as client:
        assert "1 released key does not fit" in (await client.get("/en/custody")).text


def lie(hall: Hall, document: Any) -> dict[str, Any]:
    """The true key for the opening service, another one for the supervising body."""
    state = hall.trustees["agent"].state
    found = state.key_of(document)
    assert found is not None
    return forged(state, document, hall.keys.opening, random_bytes(32) + found[1], random_bytes(64))
