"""Two of three suffice; with two away nothing opens until one is back; a clock an hour off holds nobody up."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from envelopes import submitted
from scenes import Hall

from infra.custody.exchange import exchange
from infra.edge import random_bytes
from infra.kernel.canonical import canonical, parse
from infra.kernel.context import Actor, Context, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.sections.states import SectionState
from web.wiring import desk

pytestmark = pytest.mark.soak
TURNS = 8


async def closed(hall: Hall, absent: set[str]) -> str:
    """A section with three bids, closed while these trustees are away."""
    section = await hall.a_tender(3)
    await asyncio.gather(*(submitted(hall, section, f"bidder{number}") for number in (1, 2, 3)))
    hall.absent |= absent
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.due()
    return section


async def turns(hall: Hall) -> None:
    for _ in range(TURNS):
        await hall.step()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("absent", ["agent", "centre", "supervisor"])
async def test_any_two_trustees_open_without_the_third(hall: Hall, absent: str) -> None:
    section = await closed(hall, {absent})
    await hall.reach(section, SectionState.OPENED)
    released = {line.facts["custodian"].split(".")[0] for line in await hall.lines(Event.KEY_RELEASED, section=section)}
    assert released == {"agent", "centre", "supervisor"} - {absent}
    hall.absent.clear()


async def test_with_two_away_nothing_opens_and_it_opens_when_one_is_back(hall: Hall) -> None:
    section = await closed(hall, {"agent", "centre"})
    await turns(hall)
    assert await hall.lines(Event.KEY_RELEASED, section=section) == []
    assert await hall.in_state(section, SectionState.DECRYPTING)
    hall.absent.discard("agent")
    await hall.reach(section, SectionState.OPENED)
    hall.absent.clear()


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_clock_an_hour_off_is_turned_away_and_the_others_open(hall: Hall, off: timedelta) -> None:
    section = await closed(hall, {"centre"})
    program = hall.trustees["centre"]
    wrong = Context(Actor(program.state.name, Role.TRUSTEE), datetime.now(UTC) + off, random_bytes)
    said, headers = program.request(wrong)
    with pytest.raises(Problem) as told:
        parse(canonical(await exchange(hall.database, desk(hall.stack), said, headers["trustee-signature"])))
    assert told.value.code == "trustee.clock"
    await hall.reach(section, SectionState.OPENED)
    assert len(await hall.lines(Event.KEY_RELEASED, section=section)) == 2
    hall.absent.clear()


async def test_a_person_who_does_not_confirm_holds_nobody_up(hall: Hall) -> None:
    hall.trustees["supervisor"].confirming = True
    section = await closed(hall, set())
    await hall.reach(section, SectionState.OPENED)
    released = {line.facts["custodian"] for line in await hall.lines(Event.KEY_RELEASED, section=section)}
    assert released == {"agent.trustee.example", "centre.trustee.example"}
    hall.trustees["supervisor"].confirming = False
