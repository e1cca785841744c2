"""The demo city 云湖市: one finished tender and one that takes bids, made by the same use-cases, once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from infra.kernel.context import SYSTEM
from trading.notices.importing import import_file
from trading.projects.tables import Project
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast
from web.demo.bidders import Bidders
from web.demo.people import OFFICIALS, PASSWORD, People, bring_experts, bring_people
from web.demo.story import Story
from web.stage import Stage
from web.state import Stack
from web.wiring import open_stack

SERIES = "YH-GC-2026-"
FINISHED = f"{SERIES}1203"
RUNNING = f"{SERIES}1204"
RUNNING_TITLE = "城东片区老旧小区改造工程 施工 02 标段"
RUNNING_FOR = 3600.0
BIDS_IN_RUNNING = 3


async def seed(stage: Stage, notices: Path | None, tell: Callable[[str], None]) -> None:
    """Fill the city in the background; what is there already is left as it is."""
    folder = stage.settings.home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    async with open_stack(stage.settings) as stack:
        people = await bring_people(stack.database, stack.keys, folder)
        await bring_experts(stack.database, stack.keys)
        tell(accounts())
        if notices is not None:
            await _import(stack, notices, tell)
        told = await _told(stack)
        if told is None:
            story = _story(stage, stack, people, folder, FINISHED, tell)
            await story.run()
            told = SectionState.NOTIFIED
        if told == SectionState.NOTIFIED:
            tell(f"finished section: {stage.settings.origin}/sections/{FINISHED}/01")
        else:
            tell(f"{FINISHED}/01 was interrupted and stays as it is; `openhall reset --yes` makes the city anew")
        tender = await _running(stack)
        if tender is None:
            tender = await _run_another(stage, stack, people, folder, tell)
        tell(f"running section: {stage.settings.origin}/sections/{tender}/01")
    tell("the demo city stands")


def accounts() -> str:
    """The logins of the demo city, to be printed."""
    logins = [body.login for body in OFFICIALS] + [one.body.login for one in cast.BIDDERS]
    return f"accounts: {' '.join(logins)}   password of each: {PASSWORD}"


async def _run_another(stage: Stage, stack: Stack, people: People, folder: Path, tell: Callable[[str], None]) -> str:
    """A tender under the next free number; an earlier one whose hour is over stays as it is."""
    async with stack.database.reading() as session:
        earlier = await session.scalar(select(func.count()).where(Project.id.like(f"{SERIES}%"), Project.id >= RUNNING))
    tender = f"{SERIES}{int(RUNNING.removeprefix(SERIES)) + (earlier or 0)}"
    story = _story(stage, stack, people, folder / "running" / tender, tender, tell)
    story.title, story.minimum_wait = RUNNING_TITLE, RUNNING_FOR
    bidders = Bidders(stage.settings.origin, story.people, story.folder, story.section)
    await asyncio.to_thread(bidders.make_files)
    await story.publish(await story.prepare())
    await bidders.hand_in_early(BIDS_IN_RUNNING, tell)
    await bidders.close()
    return tender


def _story(stage: Stage, stack: Stack, people: People, folder: Path, tender: str, tell: Callable[[str], None]) -> Story:
    folder.mkdir(parents=True, exist_ok=True)
    return Story(
        stage,
        stack.database,
        stack.objects,
        stack.keys,
        people,
        folder,
        tell,
        tender=tender,
    )


async def _told(stack: Stack) -> str | None:
    """How far the first tender of the city has been told, None where nothing of it is there."""
    async with stack.database.reading() as session:
        state: str | None = await session.scalar(select(Section.state).where(Section.project == FINISHED))
    return state


async def _running(stack: Stack) -> str | None:
    """A tender of the city that still takes bids."""
    bidding = select(Section.project).where(
        Section.project.like(f"{SERIES}%"),
        Section.state == SectionState.BIDDING,
        Section.deadline > func.clock_timestamp(),
    )
    async with stack.database.reading() as session:
        tender: str | None = await session.scalar(bidding.limit(1))
    return tender


async def _import(stack: Stack, notices: Path, tell: Callable[[str], None]) -> None:
    summary = await import_file(stack.database, SYSTEM, notices, origin=notices.stem, region=cast.REGION)
    tell(f"imported notices from {notices.name}: {summary}")
