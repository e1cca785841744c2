"""A trustee lost while bids are open is rebuilt from two sheets, begins with the others, and its key opens the bids."""

import asyncio

import pytest
from envelopes import submitted
from scenes import Hall

from expertpool.draw.audit import audit
from infra.edge import context, random_bytes
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.trustee import epochs, keeping, paper
from infra.trustee.program import Program
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak


async def rebuilt(hall: Hall, body: str) -> Program:
    """The body's machine is lost; two sheets printed before are typed into a new one."""
    lost = hall.trustees[body]
    sheets = [paper.read_sheet(lines) for lines in paper.print_sheets(lost.state, random_bytes)]
    state = epochs.restored(paper.rebuild(sheets[2], sheets[0]), context(Actor(lost.state.name, Role.TRUSTEE)))
    path = hall.folder / f"{body}-new.json"
    keeping.write_new(path, state)
    return Program(state, path, audit)


async def test_a_rebuilt_trustees_key_opens_bids_sealed_before_it_was_lost(hall: Hall) -> None:
    section = await hall.a_tender(6)
    await asyncio.gather(*(submitted(hall, section, f"bidder{number}") for number in (1, 2, 3)))
    hall.trustees["agent"] = await rebuilt(hall, "agent")
    hall.absent.add("agent")
    for _ in range(2):
        await hall.step()
    hall.absent.clear()
    for _ in range(2):
        await hall.step()
    assert hall.trustees["agent"].state.size and [line.subject for line in await hall.lines(Event.TRUSTEE_RESTORED)]

    hall.absent.add("supervisor")
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(section, SectionState.OPENED)
    released = {line.facts["custodian"] for line in await hall.lines(Event.KEY_RELEASED, section=section)}
    assert released == {"agent.trustee.example", "centre.trustee.example"}
    assert len(await hall.lines(Event.BID_OPENED, section=section)) == 3
    hall.absent.clear()


async def test_after_a_restore_new_keysets_are_made_as_before(hall: Hall) -> None:
    """They rest on the rebuilt trustee's new epoch."""
    section = await hall.a_tender(600)
    state = hall.trustees["agent"].state
    known = [one for one in state.keysets.values() if one["section"] == section]
    assert [one["epoch"] for one in known] == [state.epoch] and state.epoch not in state.paper
