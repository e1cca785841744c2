"""Fifty SIGKILLs at random moments of whole sections: nothing receipted is lost, nothing happens twice, no log forks.

`make soak` prints the figures; `OPENHALL_KILLS` sets another number, `OPENHALL_CHANCE` repeats a run's choices.
"""

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import pytest_asyncio
from mortals import City, Reaper, Watcher, a_city
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from infra.crypto import merkle
from infra.crypto.keyset import parse_keyset
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from infra.tlog.policy import parse_policy
from infra.tlog.tiles import tiles_of
from trading.archive.verify_receipt import verify_receipt
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
from web.demo.people import PASSWORD, People, bring_people
from web.state import Stack
from web.wiring import open_stack, prepare_buckets

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

KILLS = int(os.environ.get("OPENHALL_KILLS", "50"))
CHANCE = int(os.environ.get("OPENHALL_CHANCE", "0")) or random.SystemRandom().randrange(1, 1 << 31)
PAUSE = (0.5, 2.5)
BIDDERS = 5
BIDDING = 25.0
"""Seconds in which bids can be handed in, while the platform keeps dying."""
LIMIT = 180.0

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
            if problem.code not in (*PASSING, "platform.answer", "receipt.late"):
                raise
        except Gone:
            pass
        assert asyncio.get_running_loop().time() < until, "nothing answered for minutes"
        await asyncio.sleep(0.2)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    home = tmp_path_factory.mktemp("mortal-city")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    stage, city = await asyncio.to_thread(a_city, home, port)
    watcher = Watcher(city)
    try:
        async with open_stack(stage.settings) as stack:
            people = await bring_people(stack.database, stack.keys, home, BIDDERS)
            await prepare_buckets(stack.objects)
            found = Told(city, stack)
            watcher.start()
            await _live_through(found, people, home)
            watcher.stop()
            yield found
    finally:
        await asyncio.to_thread(stage.close)


async def _live_through(told: Told, people: People, home: Path) -> None:
    """Section after section while the reaper is at work, and what is left after its last kill."""
    reaper = Reaper(told.city, KILLS, random.Random(CHANCE), PAUSE)
    reaper.start()
    number = 0
    while reaper.is_alive() or number == 0:
        number += 1
        await _a_section(told, people, home, f"YH-KILL-{number:03d}")
        assert reaper.error is None, reaper.error
    async with httpx.AsyncClient(base_url=told.city.settings.origin, trust_env=False) as client:
        told.policy = (await client.get("/log/policy.txt")).text
    killed = ", ".join(f"{name} {count}" for name, count in sorted(told.city.deaths().items()))
    print(
        f"\nkills {sum(told.city.deaths().values())} ({killed}); chance {CHANCE}; sections {len(told.sections)}; "
        f"bids answered {sum(map(len, told.answered.values()))}, too late {told.late}; receipts {len(told.receipts)}; "
        f"checkpoints remembered {len(told.city.remembered)}"
    )


async def _a_section(told: Told, people: People, home: Path, tender: str) -> None:
    section, deadline = f"{tender}/01", await _published(told.stack, people, tender)
    told.sections.append(section)
    told.answered[section] = set()
    desks = [one.body.login for one in cast.BIDDERS[:BIDDERS]]
    await asyncio.gather(*(_bid(told, people, home / tender / login, section, login) for login in desks))
    await _reached(told.stack, section, deadline)


async def _published(stack: Stack, people: People, tender: str) -> datetime:
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

    async def ask() -> datetime:
        async with database.work(agent) as work:
            deadline = (work.ctx.now + timedelta(seconds=BIDDING)).replace(microsecond=0)
            await ask_for_keyset(work, section, deadline)
        return deadline

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
    await patiently(ask)
    deadline = await _found(keyset)
    await patiently(lambda: publish(deadline), "workflow.not-now")
    return deadline


async def _bid(told: Told, people: People, desk: Path, section: str, login: str) -> None:
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


async def _reached(stack: Stack, section: str, deadline: datetime) -> None:
    async def done() -> bool | None:
        async with stack.database.reading() as session:
            found = await session.get_one(Section, section)
            if found.state == SectionState.FAILED:
                return True
            progress = await opening_progress(session, section)
            settled = found.state == SectionState.OPENED and progress.checked == progress.listed
        return True if settled else None

    await _found(done)


async def _found(look: Callable[[], Awaitable[T | None]]) -> T:
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


async def test_every_process_died_and_the_number_of_kills_was_reached(told: Told) -> None:
    assert sum(told.city.deaths().values()) == KILLS
    assert min(told.city.deaths().values()) >= KILLS // len(told.city.mortals)


async def test_no_bid_that_was_answered_for_is_missing_from_the_frozen_list(told: Told) -> None:
    for section in told.sections:
        [closing] = await lines(told, section, Event.SECTION_CLOSED)
        assert told.answered[section] <= {row["bid"] for row in closing.facts["bids"]}


async def test_every_receipt_is_sound(told: Told) -> None:
    policy = parse_policy(told.policy)
    assert told.receipts and [verify_receipt(receipt, policy)["event"] for receipt in told.receipts]


async def test_every_listed_bid_of_an_open_section_was_opened_exactly_once(told: Told) -> None:
    for section in told.sections:
        [closing] = await lines(told, section, Event.SECTION_CLOSED)
        listed = sorted(row["bid"] for row in closing.facts["bids"]) if closing.facts["outcome"] == "open" else []
        assert sorted(line.subject for line in await lines(told, section, Event.BID_OPENED)) == listed
        assert sorted(line.subject for line in await lines(told, section, Event.BID_FILES_CHECKED)) == listed
        assert len(await lines(told, section, Event.SECTION_OPENED)) == (1 if listed else 0)


async def test_the_log_grew_out_of_every_checkpoint_that_anybody_remembers(told: Told) -> None:
    assert told.city.forks == []
    async with httpx.AsyncClient(base_url=told.city.settings.origin, trust_env=False) as client:
        note = (await client.get("/log/checkpoint")).text
        size = int(note.split("\n")[1])
        paths = [tile.path for tile in tiles_of(size) if tile.level == 0]
        leaves = b"".join([(await client.get(f"/log/{path}")).raise_for_status().content for path in paths])
    hashes = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    assert len(hashes) == size and len(told.city.remembered) > 10
    for remembered, root in told.city.remembered.items():
        assert b64(merkle.root(hashes[:remembered])) == root
