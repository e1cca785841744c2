"""A rehearsal 模拟开标: a section for practice, with a near deadline and companions, made by the real use-cases."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from infra.auth.keys import PlatformKeys
from infra.auth.organisations import find_organisation, register
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.custody.tables import Keyset
from infra.db.work import Database, Work
from infra.jobs import NotYetError, enqueue
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid
from trading.projects.actions import accept_project
from trading.projects.tables import Project
from trading.sections.actions import ask_for_keyset, create_section, freeze_document, publish_tender
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast
from web.demo.people import People, companions
from web.demo.quick_bids import hand_in_quickly
from web.i18n import ZONE
from web.state import Stack

SERIES = "MN-"
"""What the code of every rehearsal's tender begins with; pages put a watermark on its sections."""
JOB = "begin-rehearsal"
NUMBER = "01"
TITLE = "【模拟】开标演练（仅供练习，无法律效力）"
SHORTEST, LONGEST = 3, 120
ENTITY = cast.Body("", "云湖市公共资源交易演练项目单位（示例）", cast.code(901))
TRAINER = cast.Body("", "云湖市公共资源交易培训代理（示例）", cast.code(902))
COMPANIONS = cast.BIDDERS[7:9]
"""They hand in too, so that one who practises alone still has an opening: it takes three bids."""
SHOWN = 50


@dataclass
class _Ground:
    database: Database
    objects: Objects
    keys: PlatformKeys
    people: People
    section: str


async def start_rehearsal(database: Database, actor: Actor, minutes: int, address: str | None = None) -> str:
    """Make a section for practice whose deadline is so many minutes away; its id. The notice follows by itself.

    `rehearsal.demo-only` outside a demonstration (the demo rule set is refused there), `rehearsal.minutes`.
    """
    require(actor, "rehearsal.start")
    if database.mode != "demo":
        raise Problem("rehearsal.demo-only")
    if not SHORTEST <= minutes <= LONGEST:
        raise Problem("rehearsal.minutes", shortest=SHORTEST, longest=LONGEST)
    region = actor.region or cast.REGION
    entity, trainer = await _bodies(database, region)
    async with database.work(actor, address) as work:
        tender = f"{SERIES}{work.ctx.now.astimezone(ZONE):%Y%m%d-%H%M%S}"
        await accept_project(work, tender, TITLE, procuring_entity=entity, agent=trainer)
    agent = _trainer(trainer.id, region)
    async with database.work(agent) as work:
        await create_section(work, tender, NUMBER, TITLE, ceiling=fen("10000000.00"))
    section = f"{tender}/{NUMBER}"
    async with database.work(agent) as work:
        await freeze_document(work, section, method=cast.METHOD, labels=cast.LABELS, files=[])
    async with database.work(agent) as work:
        deadline = (work.ctx.now + timedelta(minutes=minutes)).replace(microsecond=0)
        await ask_for_keyset(work, section, deadline)
        await enqueue(work, JOB, section=section)
    return section


async def begin_rehearsal(stack: Stack, section: str) -> None:
    """Publish the notice once the keyset is there, then let the companions hand in; a second time changes nothing."""
    if await _state(stack.database, section) == SectionState.READY:
        await _publish(stack.database, section)
    people = await companions(stack.database, stack.settings.home / "demo", COMPANIONS)
    if people is not None and await _state(stack.database, section) == SectionState.BIDDING:
        missing = await _without_bid(stack.database, section, people)
        await hand_in_quickly(_Ground(stack.database, stack.objects, stack.keys, people, section), missing)


async def rehearsals(database: Database, actor: Actor) -> list[Section]:
    """The newest rehearsals of the actor's region."""
    wanted = select(Section).where(Section.project.startswith(SERIES), Section.region == actor.region)
    async with database.reading(actor) as session:
        return list(await session.scalars(wanted.order_by(Section.created_at.desc()).limit(SHOWN)))


async def _bodies(database: Database, region: str) -> tuple[Organisation, Organisation]:
    async with database.work(SYSTEM) as work:
        return await _body(work, ENTITY, region), await _body(work, TRAINER, region)


async def _body(work: Work, body: cast.Body, region: str) -> Organisation:
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(body.credit_code, 0))))
    known = await find_organisation(work.session, body.credit_code)
    return known or await register(work, body.credit_code, body.name, region)


async def _publish(database: Database, section_id: str) -> None:
    async with database.reading() as session:
        wanted = select(Project, Keyset).join(Section, Section.project == Project.id)
        project, keyset = (
            await session.execute(wanted.join(Keyset, Keyset.id == Section.keyset).where(Section.id == section_id))
        ).one()
    if keyset.published_at is None:
        raise NotYetError("the trustees have not published the keyset yet")
    fields: dict[str, Any] = {**cast.FIELDS, "name": TITLE}
    async with database.work(_trainer(project.agent, project.region)) as work:
        await publish_tender(work, section_id, sale_ends=keyset.deadline, deadline=keyset.deadline, fields=fields)


async def _without_bid(database: Database, section: str, people: People) -> list[cast.BidderRole]:
    async with database.reading() as session:
        there = set(await session.scalars(select(Bid.bidder).where(Bid.section == section)))
    return [one for one in COMPANIONS if people.body(one.body.login).id not in there]


async def _state(database: Database, section: str) -> str:
    async with database.reading() as session:
        return (await session.get_one(Section, section)).state


def _trainer(organisation: str, region: str) -> Actor:
    """Who acts for the procuring side of a rehearsal: nobody in particular."""
    return Actor("rehearsal", Role.AGENT, organisation, region)
