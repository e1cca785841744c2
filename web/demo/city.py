"""The demo city 云湖市: tenders in every state that lasts and what surrounds them, made by the same use-cases, once."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from infra.kernel.context import SYSTEM
from trading.notices.importing import import_file
from trading.projects.tables import Project
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast
from web.demo.market import bring_market
from web.demo.notices import bring_notices
from web.demo.people import OFFICIALS, PASSWORD, People, bring_experts, bring_people
from web.demo.quick_bids import hand_in_quickly
from web.demo.sections import FINISHED, PLANS, Pace, announce, prepare_desks, run_sections
from web.demo.story import Story, Tell
from web.demo.surroundings import book_rooms, bring_applicants, furnish
from web.demo.works import RENEWAL, Tender, bring_entities
from web.stage import Stage
from web.state import Stack
from web.wiring import open_stack

SERIES = "YH-GC-2026-"
RUNNING, RUNNING_END = f"{SERIES}1204", f"{SERIES}1300"
RUNNING_FOR = 3600.0
BIDS_IN_RUNNING = 3


async def seed(stage: Stage, notices: Path | None, tell: Tell) -> None:
    """Fill the city in the background; what is there already is left as it is."""
    folder = stage.settings.home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    async with open_stack(stage.settings) as stack:
        people = await bring_people(stack.database, stack.keys, folder)
        await bring_entities(stack.database, people)
        await bring_experts(stack.database, stack.keys)
        tell(accounts())
        if notices is not None:
            await _import(stack, notices, tell)
        await _fill(City(stage, stack, people, folder), tell)
    tell("the demo city stands")


@dataclass(frozen=True)
class City:
    """What the tellings share."""

    stage: Stage
    stack: Stack
    people: People
    folder: Path

    def begin(self, tender: Tender, tell: Tell = lambda _: None) -> Story:
        """A tender to be told about."""
        folder, stack = self.folder / tender.code, self.stack
        folder.mkdir(parents=True, exist_ok=True)
        return Story(
            self.stage, stack.database, stack.objects, stack.keys, self.people, folder, tell, tender=tender.code,
            title=tender.title, owner=tender.owner.login, ceiling=tender.ceiling, fields=tender.fields, terms=tender.terms,
        )  # fmt: skip

    def address(self, tender: str) -> str:
        """Where the public finds a tender's section."""
        return f"{self.stage.settings.origin}/sections/{tender}/01"


async def _fill(city: City, tell: Tell) -> None:
    """First what newcomers look for, a running and a finished section; then the desks; then every other state."""
    database, pace = city.stack.database, Pace(2.0, 0.5)
    tender = await _running(city.stack)
    if tender is None:
        tender, pace = await _run_another(city, tell)
    tell(f"running section: {city.address(tender)}")
    await run_sections(city.begin, (FINISHED,), pace, tell)
    if await _state(city.stack, FINISHED.tender.code) not in (None, FINISHED.state):
        tell(
            f"{FINISHED.tender.code}/01 was interrupted and stays as it is; `openhall reset --yes` makes the city anew"
        )
    await bring_applicants(database)
    await furnish(database)
    tell(f"marketplace: {await bring_market(database)} agencies, {city.stage.settings.origin}/market")
    await prepare_desks(city.begin)
    await announce(city.begin)
    await run_sections(city.begin, PLANS, pace, tell)
    await bring_notices(database)
    await book_rooms(database, city.people, f"{tender}/01")
    tell("applications wait for review, projects for acceptance, rooms are booked")


def accounts() -> str:
    """The logins of the demo city, to be printed."""
    logins = [body.login for body in OFFICIALS] + [one.body.login for one in cast.BIDDERS]
    logins += [login for login, _ in cast.POOL] + list(cast.EXPERT_LOGINS)
    return f"accounts: {' '.join(logins)}   password of each: {PASSWORD}"


async def _run_another(city: City, tell: Tell) -> tuple[str, Pace]:
    """A tender under the next free number, and how long it took; an earlier one whose hour is over stays as it is."""
    earlier = select(func.count()).where(Project.id >= RUNNING, Project.id < RUNNING_END)
    async with city.stack.database.reading() as session:
        number = int(RUNNING.removeprefix(SERIES)) + (await session.execute(earlier)).scalar_one()
    tender = RENEWAL._replace(code=f"{SERIES}{number}")
    story = city.begin(tender, tell)
    story.minimum_wait = RUNNING_FOR
    loop = asyncio.get_running_loop()
    began = loop.time()
    await story.publish(await story.prepare())
    prepared = loop.time()
    await hand_in_quickly(story, [tender.offer(n, one) for n, one in enumerate(cast.BIDDERS[:BIDS_IN_RUNNING])])
    tell(f"{story.section}: sealed bids stand; their number stays secret until the deadline")
    return story.tender, Pace(prepared - began, (loop.time() - prepared) / BIDS_IN_RUNNING)


async def _state(stack: Stack, tender: str) -> str | None:
    """How far a tender has been told, None where nothing of it is there."""
    async with stack.database.reading() as session:
        state: str | None = await session.scalar(select(Section.state).where(Section.project == tender))
    return state


async def _running(stack: Stack) -> str | None:
    """A tender of the city that still takes bids."""
    bidding = select(Section.project).where(
        Section.project >= RUNNING,
        Section.project < RUNNING_END,
        Section.state == SectionState.BIDDING,
        Section.deadline > func.clock_timestamp(),
    )
    async with stack.database.reading() as session:
        tender: str | None = await session.scalar(bidding.limit(1))
    return tender


async def _import(stack: Stack, notices: Path, tell: Tell) -> None:
    summary = await import_file(stack.database, SYSTEM, notices, origin=notices.stem, region=cast.REGION)
    tell(f"imported notices from {notices.name}: {summary}")
