"""Sections lived through from outside, by people whose platform may be gone at any moment: they ask again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from mortals import City
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from infra.crypto.keyset import parse_keyset
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.kernel.events import Event
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.opening.form import make_form
from trading.opening.queries import opening_progress
from trading.projects.actions import accept_project
from trading.sections.actions import ask_for_keyset, create_section, freeze_document, publish_tender
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.client import PASSING, Bidder
from web.commands.seal import seal_all
from web.demo import cast
from web.demo.files import pdf_of
from web.demo.people import PASSWORD, People
from web.state import Stack

BIDDERS = 5
BIDDING = 25.0
"""Seconds in which bids can be handed in."""
LIMIT = 180.0
TOO_LATE = ("notice.sale-too-short", "notice.deadline-too-early")

UNSURE = ("service.failed", "platform.answer", "receipt.late")
"""What says that nobody knows whether it was done: everything a bidder does may be done again."""

T = TypeVar("T")
Gone = (OSError, DBAPIError, httpx.HTTPError)


@dataclass
class Told:
    """What the outside world was told by a platform that kept dying."""

    city: City
    stack: Stack
    sections: list[str] = field(default_factory=list)
    answered: dict[str, set[str]] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    late: int = 0
    policy: str = ""


async def patiently(step: Callable[[], Awaitable[T]], *done: str) -> T | None:
    """Do it until the platform stands long enough to do it; None where an earlier try had done it unseen."""
    until = asyncio.get_running_loop().time() + LIMIT
    while True:
        try:
            return await step()
        except Problem as problem:
            if problem.code in done:
                return None
            if problem.code not in (*PASSING, *UNSURE):
                raise
        except Gone:
            pass
        assert asyncio.get_running_loop().time() < until, "nothing answered for minutes"
        await asyncio.sleep(0.2)


async def a_section(told: Told, people: People, home: Path, tender: str) -> None:
    section, deadline = f"{tender}/01", await published(told.stack, people, tender)
    told.sections.append(section)
    told.answered[section] = set()
    desks = [one.body.login for one in cast.BIDDERS[:BIDDERS]]
    await asyncio.gather(*(bid_for(told, people, home / tender / login, section, login) for login in desks))
    await settled(told.stack, section, deadline)


async def published(stack: Stack, people: People, tender: str) -> datetime:
    database, section, agent = stack.database, f"{tender}/01", people.actor("agent")

    async def accept() -> None:
        async with database.work(people.actor("centre")) as work:
            await accept_project(
                work, tender, tender, procuring_entity=people.body("procurer"), agent=people.body("agent")
            )

    async def create() -> None:
        async with database.work(agent) as work:
            await create_section(work, tender, "01", tender, ceiling=fen("10000000.00"))

    async def freeze() -> None:
        async with database.work(agent) as work:
            await freeze_document(work, section, method=cast.METHOD, labels=cast.LABELS, files=[])

    async def ask(seconds: float) -> None:
        async with database.work(agent) as work:
            await ask_for_keyset(work, section, (work.ctx.now + timedelta(seconds=seconds)).replace(microsecond=0))

    async def keyset() -> datetime | None:
        async with database.reading() as session:
            row = await session.execute(
                select(Keyset.deadline).join(Section, Section.keyset == Keyset.id)
                .where(Section.id == section, Keyset.published_at.is_not(None))
            )  # fmt: skip
        return row.scalar_one_or_none()

    async def publish(deadline: datetime) -> None:
        async with database.work(agent) as work:
            await publish_tender(work, section, sale_ends=deadline, deadline=deadline, fields=cast.FIELDS)

    await patiently(accept, "project.known")
    await patiently(create, "section.known")
    await patiently(freeze, "workflow.not-now")
    for longer in (1, 2, 4, 8):
        await patiently(partial(ask, longer * BIDDING))
        deadline = await found(keyset)
        try:
            await patiently(partial(publish, deadline), "workflow.not-now")
        except Problem as problem:
            # So long did the dying platform need for the keyset that too little of the time is left.
            if problem.code not in TOO_LATE:
                raise
        else:
            return deadline
    raise AssertionError("no keyset came in time")


async def bid_for(told: Told, people: People, desk: Path, section: str, login: str) -> None:
    """One bidder: seals, hands in and asks for the receipt, again and again until it is there or it is too late."""
    number = int(login.removeprefix("bidder"))
    desk.mkdir(parents=True)
    files = {name: desk / f"{name}.pdf" for name in ("commercial", "technical")}
    for name, path in files.items():
        path.write_bytes(pdf_of(name, [login, section]))
    files["opening-form"] = desk / "form.json"
    files["opening-form"].write_bytes(make_form(f"{9_000_000 + number}.00", "300", "合格", login))
    bidder = Bidder(told.city.settings.origin, people.signers[login])
    try:
        keyset = parse_keyset(await patiently(lambda: bidder.keyset(section)) or b"")
        sealed = desk / "sealed"
        sealed.mkdir()
        await asyncio.to_thread(seal_all, keyset, people.body(login).credit_code, None, files, None, sealed)
        await patiently(lambda: bidder.sign_in(login, PASSWORD))
        bid = await _handed_in(bidder, section, sealed)
        told.answered[section].add(bid)
        receipt = await patiently(lambda: bidder.receipt(bid))
        assert receipt is not None
        told.receipts.append(receipt)
    except Problem as problem:
        if problem.code != "bid.late":
            raise
        told.late += 1
    finally:
        await bidder.close()


async def _handed_in(bidder: Bidder, section: str, sealed: Path) -> str:
    """Start, upload, submit; a lost answer is asked for again, as the command and the browser do."""

    async def once() -> str:
        started = await bidder.start(section, sealed)
        await bidder.upload(started["bid"], sealed, started["missing"])
        await bidder.hand_in(started["bid"])
        return str(started["bid"])

    bid = await patiently(once)
    assert bid is not None
    return bid


async def settled(stack: Stack, section: str, deadline: datetime) -> None:
    async def done() -> bool | None:
        async with stack.database.reading() as session:
            found = await session.get_one(Section, section)
            if found.state == SectionState.FAILED:
                return True
            progress = await opening_progress(session, section)
            settled = found.state == SectionState.OPENED and progress.checked == progress.listed
        return True if settled else None

    await found(done)


async def found(look: Callable[[], Awaitable[T | None]]) -> T:
    until = asyncio.get_running_loop().time() + LIMIT
    while asyncio.get_running_loop().time() < until:
        if (value := await patiently(look)) is not None:
            return value
        await asyncio.sleep(0.2)
    raise TimeoutError("it did not come")


async def lines(told: Told, section: str, *events: Event) -> list[Line]:
    async with told.stack.database.reading() as session:
        rows = select(Line).where(Line.section == section, Line.event.in_(events)).order_by(Line.id)
        return list((await session.execute(rows)).scalars())
