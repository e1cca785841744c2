"""Sections of the demo city in every state that lasts, each brought there by the real use-cases."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.projects.actions import Particulars, accept_project, submit_project
from trading.projects.tables import Project
from trading.publication.actions import publish_candidates
from trading.sections.actions import ask_for_keyset, create_section, freeze_document
from trading.sections.states import SectionState
from web.demo import cast
from web.demo.judges import Judges, draw_judges
from web.demo.quick_bids import hand_in_quickly
from web.demo.story import Story
from web.problems import told

Begin = Callable[[str, str], Story]
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
    """One section: its tender, its title, how many bid, and how far it goes."""

    tender: str
    title: str
    bidders: int
    state: SectionState


FINISHED = Plan("YH-GC-2026-1203", cast.FIELDS["name"], 7, SectionState.NOTIFIED)
PLANS = (
    Plan("YH-GC-2026-1305", "北辰大道雨污分流改造工程 施工 01 标段", 2, SectionState.FAILED),
    Plan("YH-GC-2026-1306", "云湖市第二中学教学楼扩建工程 施工 01 标段", 4, SectionState.OPENED),
    Plan("YH-GC-2026-1307", "南屏水库除险加固工程 施工 01 标段", 5, SectionState.EVALUATING),
    Plan("YH-GC-2026-1308", "东江滨河公园景观提升工程 施工 01 标段", 4, SectionState.MARKED),
    Plan("YH-GC-2026-1309", "长垣工业园区道路及管网工程 施工 01 标段", 5, SectionState.DETERMINED),
)
DRAFT = Plan("YH-GC-2026-1310", "金堤片区公共停车场新建工程 施工 01 标段", 0, SectionState.DRAFT)
READY = Plan("YH-GC-2026-1311", "云湖市体育中心改造工程 施工 01 标段", 0, SectionState.READY)
SUBMITTED = (
    Plan("YH-GC-2026-1312", "瑞丰路人行天桥新建工程", 0, SectionState.DRAFT),
    Plan("YH-GC-2026-1313", "云湖市档案馆迁建工程", 0, SectionState.DRAFT),
)


async def prepare_desks(begin: Begin) -> None:
    """What waits on a desk: two projects for the centre, a section in draft, one that is ready for its notice."""
    for plan in SUBMITTED:
        story = begin(plan.tender, plan.title)
        if not await _is_there(story):
            await _submit(story)
    for plan in (DRAFT, READY):
        story = begin(plan.tender, plan.title)
        if not await _is_there(story):
            await _make(story)
            if plan is READY:
                await _ask(story, await _now(story) + READY_FOR)


async def run_sections(begin: Begin, plans: Sequence[Plan], pace: Pace, tell: Callable[[str], None]) -> None:
    """Sections that run to a state: deadlines at one instant, then each as far as its plan says.

    One that cannot get there, as on a machine that is too slow for its deadline, is told of and holds up no other.
    """
    stories = [(plan, begin(plan.tender, plan.title)) for plan in plans]
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
    for plan, story in handed_in:
        if await _done((plan, story), _run_to, tell):
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
    await hand_in_quickly(story, cast.BIDDERS[: plan.bidders])


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
        story.title, story.people.body("procurer"), mandate="招标公告编制与发布、开标、评标组织、合同备案"
    )
    async with story.database.work(story.people.actor("agent")) as work:
        await submit_project(work, story.tender, said)


async def _make(story: Story) -> None:
    """An accepted project with its section in draft."""
    people = story.people
    async with story.database.work(people.actor("centre")) as work:
        await accept_project(
            work, story.tender, story.title, procuring_entity=people.body("procurer"), agent=people.body("agent")
        )
    async with story.database.work(people.actor("agent")) as work:
        await create_section(work, story.tender, story.number, story.title, ceiling=fen("10000000.00"))


async def _ask(story: Story, deadline: datetime) -> None:
    """Freeze the document and ask the trustees for its keyset."""
    async with story.database.work(story.people.actor("agent")) as work:
        await freeze_document(work, story.section, method=cast.METHOD, labels=cast.LABELS, files=[])
    async with story.database.work(story.people.actor("agent")) as work:
        await ask_for_keyset(work, story.section, deadline.replace(microsecond=0))


async def _now(story: Story) -> datetime:
    async with story.database.reading() as session:
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return now


async def _is_there(story: Story) -> bool:
    async with story.database.reading() as session:
        return await session.scalar(select(Project.id).where(Project.id == story.tender)) is not None
