"""Sections of the demo city in every state that lasts, each brought there by the real use-cases."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.projects.actions import Particulars, accept_project, submit_project
from trading.projects.tables import Project
from trading.publication.actions import publish_candidates
from trading.sections.actions import ask_for_keyset, create_section
from trading.sections.states import SectionState
from web.demo import works
from web.demo.estimates import seal_estimate
from web.demo.judges import Judges, draw_judges
from web.demo.quick_bids import hand_in_quickly
from web.demo.story import Story
from web.demo.works import (
    DANGEROUS_BRIDGES,
    DIKE,
    FOOTBRIDGE,
    MOVING,
    PARKING,
    PUMPS,
    RESERVOIR,
    RIVERSIDE,
    ROADS,
    SEWERS,
    STADIUM,
    TEACHING,
    TUNNEL,
    Tender,
)
from web.i18n import ZONE
from web.problems import told

Begin = Callable[[Tender], Story]
Step = Callable[["Plan", Story], Awaitable[None]]
LEGAL_WAIT = 6.0
"""Twenty days of the demo rule set, in seconds, and one more."""
ENDED = "process.ended"
"""What `Stage` says when a process of the platform is gone: nothing more can be told."""
READY_FOR = timedelta(days=2)


class Pace(NamedTuple):
    """Seconds that this machine took for one section's preparation and for one bid."""

    section: float
    bid: float

    def until_deadline(self, sections: int, bids: int) -> float:
        """Seconds that surely suffice for so many sections and bids."""
        return LEGAL_WAIT + 2 * self.section * (1 + sections / 2) + 2 * self.bid * bids


class Plan(NamedTuple):
    """One section: its tender, how many bid, and how far it goes."""

    tender: Tender
    bidders: int
    state: SectionState


FINISHED = Plan(works.FINISHED, 7, SectionState.NOTIFIED)
PLANS = (
    Plan(SEWERS, 2, SectionState.FAILED),
    Plan(TEACHING, 4, SectionState.OPENED),
    Plan(RESERVOIR, 5, SectionState.EVALUATING),
    Plan(RIVERSIDE, 4, SectionState.MARKED),
    Plan(ROADS, 5, SectionState.DETERMINED),
    Plan(PUMPS, 4, SectionState.NOTIFIED),
)
AHEAD = ((DANGEROUS_BRIDGES, 1, time(9, 30)), (DIKE, 3, time(14, 30)), (TUNNEL, 2, time(10)))
"""Tenders that take bids for longer: their deadline so many days ahead, at an hour of the platform's clock."""


async def prepare_desks(begin: Begin) -> None:
    """What waits on a desk: two projects for the centre, a section in draft, one that is ready for its notice."""
    for tender in (FOOTBRIDGE, MOVING):
        story = begin(tender)
        if not await _is_there(story):
            await _submit(story)
    for tender in (PARKING, STADIUM):
        story = begin(tender)
        if not await _is_there(story):
            await _make(story)
            if tender is STADIUM:
                await _ask(story, await _now(story) + READY_FOR)


async def announce(begin: Begin) -> None:
    """Tenders that take bids for days, with bids that nobody hears of; once."""
    asked = []
    for tender, days, hour in AHEAD:
        story = begin(tender)
        if await _is_there(story):
            continue
        await _make(story)
        day = (await _now(story)).astimezone(ZONE).date() + timedelta(days=days)
        deadline = datetime.combine(day, hour, ZONE)
        await _ask(story, deadline)
        asked.append((tender, story, deadline))
    for tender, story, deadline in asked:
        await story.until("keyset", story.ready)
        await story.publish(deadline)
        await _seal_all(tender, story, 4)


async def run_sections(begin: Begin, plans: Sequence[Plan], pace: Pace, tell: Callable[[str], None]) -> None:
    """Sections that run to a state: deadlines at one instant, then all at once, each as far as its plan says.

    One that cannot get there, as on a machine that is too slow for its deadline, is told of and holds up no other.
    """
    stories = [(plan, begin(plan.tender)) for plan in plans]
    missing = [(plan, story) for plan, story in stories if not await _is_there(story)]
    if not missing:
        return
    for _, story in missing:
        await _make(story)
    after = pace.until_deadline(len(missing), sum(plan.bidders for plan, _ in missing))
    deadline = (await _now(missing[0][1]) + timedelta(seconds=after)).replace(microsecond=0)
    for _, story in missing:
        await _ask(story, deadline)
    for _, story in missing:
        await story.until("keyset", story.ready)
        await story.publish(deadline)
    handed_in = [one for one in missing if await _done(one, _hand_in, tell)]
    await asyncio.gather(*(_finish(one, tell) for one in handed_in))


async def _finish(one: tuple[Plan, Story], tell: Callable[[str], None]) -> None:
    plan, story = one
    if await _done(one, _run_to, tell):
        tell(f"section in state {plan.state}: {story.stage.settings.origin}/sections/{story.section}")


async def _done(one: tuple[Plan, Story], step: Step, tell: Callable[[str], None]) -> bool:
    plan, story = one
    try:
        await step(plan, story)
    except Problem as problem:
        if problem.code == ENDED:
            raise
        tell(f"{story.section}: {told(problem)}")
        return False
    return True


async def _hand_in(plan: Plan, story: Story) -> None:
    await _seal_all(plan.tender, story, plan.bidders)


async def _seal_all(tender: Tender, story: Story, bidders: int) -> None:
    """The owner's estimate where there is one, then the bids."""
    if tender.estimate is not None:
        await seal_estimate(story, tender.owner.login, tender.estimate)
    await hand_in_quickly(story, tender.bidders(bidders))


async def _run_to(plan: Plan, story: Story) -> None:
    state = plan.state
    if state == SectionState.FAILED:
        await story.reach(SectionState.FAILED)
        return
    await story.reach(SectionState.OPENED)
    if state == SectionState.OPENED:
        return
    await draw_judges(story)
    judges = Judges(story)
    seats = await judges.begin()
    if state == SectionState.EVALUATING:
        await judges.lock(seats[:2])
        return
    await judges.lock(seats)
    await story.reach(SectionState.MARKED)
    if state == SectionState.MARKED:
        return
    await judges.sign(seats)
    if state == SectionState.NOTIFIED:
        await story.conclude()
    else:
        await _publicise(story)


async def _publicise(story: Story) -> None:
    async with story.database.work(story.people.actor("agent")) as work:
        await publish_candidates(work, story.section)
    await story.reach(SectionState.DETERMINED)


async def _submit(story: Story) -> None:
    said = Particulars(
        story.title, story.people.body(story.owner), mandate="招标公告编制与发布、开标、评标组织、合同备案"
    )
    async with story.database.work(story.people.actor("agent")) as work:
        await submit_project(work, story.tender, said)


async def _make(story: Story) -> None:
    """An accepted project with its section in draft."""
    people = story.people
    async with story.database.work(people.actor("centre")) as work:
        await accept_project(
            work, story.tender, story.title, procuring_entity=people.body(story.owner), agent=people.body("agent")
        )
    async with story.database.work(people.actor("agent")) as work:
        await create_section(work, story.tender, story.number, story.title, ceiling=fen(story.ceiling), **story.terms)


async def _ask(story: Story, deadline: datetime) -> None:
    """Freeze the document and ask the trustees for its keyset."""
    await story.freeze()
    async with story.database.work(story.people.actor("agent")) as work:
        await ask_for_keyset(work, story.section, deadline.replace(microsecond=0))


async def _now(story: Story) -> datetime:
    async with story.database.reading() as session:
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return now


async def _is_there(story: Story) -> bool:
    async with story.database.reading() as session:
        return await session.scalar(select(Project.id).where(Project.id == story.tender)) is not None
