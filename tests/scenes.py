"""A whole trading hall in one process: real stores, real log, three real trustees; a test turns the wheels by hand.

Nothing is faked: `step` does what the worker and the trustees do in their loops, in the same functions.
"""

import asyncio
import itertools
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from applications import app_on
from litestar import Litestar
from sqlalchemy import func, select, text

from expertpool.draw.audit import audit
from infra.auth.accounts import choices, create_account
from infra.auth.certification import certify_key
from infra.auth.key_signer import KeyFileSigner
from infra.auth.keys import PlatformKeys
from infra.auth.organisations import find_organisation, register
from infra.auth.sessions import open_session
from infra.auth.signing import possession
from infra.auth.tables import Account, Organisation
from infra.crypto.keyset import Keyset as KeysetDocument
from infra.crypto.seal_suite import X25519
from infra.custody.actions import enrol, signed_keyset
from infra.custody.exchange import exchange
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import context, random_bytes
from infra.embedded.databases import create_database, drop_database
from infra.embedded.postgres import ROLE, EmbeddedPostgres
from infra.jobs import NotYetError
from infra.kernel.canonical import canonical, parse, read, unb64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.settings import DatabaseAddress, Settings
from infra.timers import run_due
from infra.tlog import sequencer
from infra.trustee import keeping as states
from infra.trustee.duties import BODIES
from infra.trustee.fetching import pools_of
from infra.trustee.program import Program
from trading.bidding.consortium import MOST_BODIES
from trading.projects.actions import accept_project
from trading.sections.actions import ask_for_keyset, create_section, freeze_document, publish_tender
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast
from web.state import Stack
from web.wiring import EFFECTS, desk, log_keys, prepare_buckets, tasks

NUMBERS = itertools.count(1)
TENDERS = itertools.count(1)
FAR = 600.0
"""A deadline this many seconds away needs no stretching on a slow machine."""
LEGAL_WAIT = 5.0
"""Twenty days of the demo rule set, in seconds."""
PATIENCE = 40.0
IN_MEMORY = Path("/dev/shm") / f"openhall-tests-{os.getpid()}"
"""Where the servers of this run keep their files if there is room; the trustees' states are kept there too."""
RESTS = 4
"""Turns of the wheels between two beats of a log that has nothing to tell: each beat costs every trustee a signature."""
QUIET_START, QUIET_BIDDER = 0.06, 0.01
"""Seconds a quiet machine needs to furnish a hall, and for each bidder of it."""
ROLES = {"procurer": Role.PROCURING, "agent": Role.AGENT, "centre": Role.CENTRE, "supervisor": Role.SUPERVISOR}


@dataclass
class Hall:
    """The stage of a scene. Bodies by login: `procurer agent centre supervisor bidder1 …`; trustees by body."""

    stack: Stack
    folder: Path
    bodies: dict[str, Organisation] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    signers: dict[str, KeyFileSigner] = field(default_factory=dict)
    trustees: dict[str, Program] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    pace: float = 1.0
    idle: int = 0

    @property
    def database(self) -> Database:
        return self.stack.database

    @property
    def objects(self) -> Objects:
        return self.stack.objects

    @property
    def keys(self) -> PlatformKeys:
        return self.stack.keys

    @property
    def authority(self) -> bytes:
        return self.stack.keys.authority.public_key

    # ---- the wheels -------------------------------------------------------------------------------------------------

    async def beat(self) -> int | None:
        """One beat of the log."""
        return await sequencer.beat(self.database, log_keys(self.stack))

    async def turn(self, body: str) -> bool:
        """One exchange with a trustee; whether it has something to say at once (still in `trustees[body].answers`)."""
        program = self.trustees[body]
        actor = Actor(program.state.name, Role.TRUSTEE)
        told, headers = program.request(context(actor))
        reply = await exchange(self.database, desk(self.stack), told, headers["trustee-signature"])
        with httpx.Client(transport=Bridge(self, asyncio.get_running_loop()), base_url="http://hall") as client:
            program.pools = pools_of(client, lambda: program.state)
            return await asyncio.to_thread(program.receive, parse(canonical(reply)), context(actor))

    async def poll(self, body: str) -> None:
        """One trustee's turn: exchange until it has nothing more to say at once."""
        while await self.turn(body):
            pass

    async def poll_all(self) -> None:
        """Every trustee that is present takes its turn."""
        for body in BODIES:
            if body not in self.absent:
                await self.poll(body)

    async def due(self) -> int:
        """Everything of legal time that is due."""
        return await run_due(self.database, EFFECTS)

    async def jobs(self) -> int:
        """Every waiting job once; a job whose ground is not there yet stays. Returns how many were done."""
        names, done = tasks(self.stack), 0
        waiting = text("SELECT id, entrypoint, payload FROM pgqueuer WHERE status = 'queued' ORDER BY id")
        async with self.database.reading() as session:
            rows = list(await session.execute(waiting))
        for number, name, payload in rows:
            try:
                await names[name](read(bytes(payload)))
            except NotYetError:
                continue
            async with self.database.work(SYSTEM) as work:
                await work.session.execute(text("DELETE FROM pgqueuer WHERE id = :id"), {"id": number})
            done += 1
        return done

    async def step(self) -> None:
        """One turn of everybody: legal time, log, trustees, jobs. Where no line waits, the log beats only now and then."""
        await self.due()
        self.idle = 0 if await self._waiting() else self.idle + 1
        if self.idle % RESTS == 0:
            await self.beat()
        await self.poll_all()
        await self.jobs()

    async def _waiting(self) -> bool:
        """Whether some line of the journal waits for its leaf."""
        waits = select(Line.id).where(Line.salt.is_not(None), Line.leaf.is_(None)).limit(1)
        async with self.database.reading() as session:
            return (await session.execute(waits)).scalar() is not None

    async def until(self, found: Callable[[], Awaitable[Any]], seconds: float = PATIENCE) -> Any:
        """Turn the wheels until something is found, ever more slowly: who waits for the clock leaves the cores to others."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        rest = 0.02
        while loop.time() < end:
            if value := await found():
                return value
            await self.step()
            await asyncio.sleep(rest)
            rest = min(rest * 1.2, 0.3)
        raise TimeoutError("the wheels turned in vain")

    async def wait_until(self, moment: datetime) -> None:
        """Sleep until the database's clock has passed a moment."""
        async with self.database.reading() as session:
            now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        await asyncio.sleep(max(0.0, (moment - now).total_seconds()) + 0.01)

    # ---- looking ----------------------------------------------------------------------------------------------------

    async def section(self, section: str) -> Section:
        async with self.database.reading() as session:
            return await session.get_one(Section, section)

    async def keyset(self, section: str) -> KeysetDocument:
        """The published keyset of a section."""
        async with self.database.reading() as session:
            found = await session.get_one(Section, section)
            return signed_keyset(await session.get_one(Keyset, found.keyset))

    async def lines(self, *events: Event, section: str | None = None) -> list[Line]:
        """Journal lines of these events in order."""
        wanted = select(Line).where(Line.event.in_(events)).order_by(Line.id)
        if section is not None:
            wanted = wanted.where(Line.section == section)
        async with self.database.reading() as session:
            return list((await session.execute(wanted)).scalars())

    async def in_state(self, section: str, *states: SectionState) -> bool:
        return (await self.section(section)).state in states

    async def reach(self, section: str, state: SectionState) -> None:
        """Turn the wheels until the section stands in a state."""
        await self.until(lambda: self.in_state(section, state))

    # ---- people -----------------------------------------------------------------------------------------------------

    def actor(self, login: str) -> Actor:
        """The person behind a login."""
        return self.actors[login]

    async def bring(self, login: str, role: Role, name: str, code: str) -> None:
        """Register a body with a person who acts for it; bidders get a certified signing key."""
        async with self.database.work(SYSTEM) as work:
            body = await find_organisation(work.session, code) or await register(work, code, name, cast.REGION)
        self.bodies[login] = body
        self.actors[login] = Actor(f"account-{login}", role, body.id, cast.REGION)
        if role is Role.BIDDER:
            self.signers[login] = await self.give_key(login, login)

    async def give_key(self, login: str, name: str) -> KeyFileSigner:
        """A further certified key of a bidder, in a file of that name."""
        signer = KeyFileSigner.create(self.folder / f"{name}.key", random_bytes)
        actor = self.actor(login)
        async with self.database.work(actor) as work:
            proof = signer.sign(possession(actor.id, signer.public_key))
            signer.keep_certificate(
                (await certify_key(work, self.keys.authority, signer.public_key, proof)).certificate
            )
        return signer

    @cached_property
    def app(self) -> Litestar:
        """The web application on this hall's stack."""
        return app_on(self.stack)

    async def client(self, login: str | None = None) -> httpx.AsyncClient:
        """The web application as this login (None: the public) meets it, over ASGI; close it after use."""
        headers = {} if login is None else {"authorization": f"Bearer {await self._token(login)}"}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=self.stack.settings.origin, headers=headers)

    async def _token(self, login: str) -> str:
        actor = self.actor(login)
        async with self.database.work(SYSTEM) as work:
            if login not in self.accounts:
                self.accounts[login] = await create_account(
                    work, login=login, name=login, password="a-long-enough-password", role=actor.role,
                    region=cast.REGION, organisation=actor.organisation,
                )  # fmt: skip
            account = self.accounts[login]
            membership = (await choices(work.session, account.id))[0].membership
            return await open_session(work, account, membership)

    # ---- a section --------------------------------------------------------------------------------------------------

    async def a_draft(self, suite: str = X25519, **terms: Any) -> str:
        """A section in draft, of a project of its own, its bids to be sealed in this suite; `terms` as `create_section`."""
        tender = f"YH-T-{next(TENDERS):04d}"
        bought = {"category": "procurement", "object": "goods", "plan_number": f"YHCG-2026-{tender[-4:]}"}
        bought = bought if terms.pop("purchase", False) else {}
        async with self.database.work(self.actor("centre")) as work:
            await accept_project(
                work, tender, cast.FIELDS["name"], procuring_entity=self.bodies["procurer"],
                agent=self.bodies["agent"], **bought,
            )  # fmt: skip
        async with self.database.work(self.actor("agent")) as work:
            terms = {"joint": MOST_BODIES, "ceiling": fen("10000000.00"), **terms}
            await create_section(work, tender, "01", cast.FIELDS["name"], suite=suite, **terms)
        return f"{tender}/01"

    async def a_section_with_keyset(self, seconds: float, method: Mapping[str, Any] = cast.METHOD) -> str:
        """A section with a frozen document and a published keyset whose deadline lies `seconds` ahead, rounded up."""
        section = await self._a_document(method)
        await self._keysets([section], seconds)
        return section

    async def publish(self, section: str) -> datetime:
        """Publish the notice with the keyset's own deadline."""
        async with self.database.work(self.actor("agent")) as work:
            deadline = (
                await work.session.execute(
                    select(Keyset.deadline).join(Section, Section.keyset == Keyset.id).where(Section.id == section)
                )
            ).scalar_one()
            await publish_tender(work, section, sale_ends=deadline, deadline=deadline, fields=cast.FIELDS)
        return deadline

    async def a_tender(
        self, seconds: float = 60.0, method: Mapping[str, Any] = cast.METHOD, suite: str = X25519, **terms: Any
    ) -> str:
        """A published section whose bidding ends in about `seconds`; never less than the law's twenty days."""
        return (await self.tenders(1, seconds, method, suite, **terms))[0]

    async def tenders(
        self, count: int, seconds: float, method: Mapping[str, Any] = cast.METHOD, suite: str = X25519, **terms: Any
    ) -> list[str]:
        """Published sections that end at one instant; a slow machine gets more seconds, so that nobody is late for it."""
        sections = [await self._a_document(method, suite, **terms) for _ in range(count)]
        wanted = seconds if seconds >= FAR else seconds * self.pace
        least = LEGAL_WAIT + (0.4 + 0.2 * count) * self.pace
        # Where something else held the machine up meanwhile, the keysets are asked for anew with a later deadline.
        for more in (0.0, 2.0, 8.0):
            await self._keysets(sections, max(wanted, least) + more * self.pace)
            if await self._all_published(sections, last=more > 2):
                break
        return sections

    async def _all_published(self, sections: list[str], *, last: bool) -> bool:
        """Publish them all; False, with none of them out, where the first came too late for the law's twenty days."""
        for place, section in enumerate(sections):
            try:
                await self.publish(section)
            except Problem as problem:
                if last or place or problem.code != "notice.deadline-too-early":
                    raise
                return False
        return True

    async def _a_document(self, method: Mapping[str, Any], suite: str = X25519, **terms: Any) -> str:
        examination = terms.pop("examination", ())
        usual = {item["id"]: cast.LABELS[item["id"]] for item in method["items"] if item["id"] in cast.LABELS}
        labels = terms.pop("labels", usual)
        section = await self.a_draft(suite, **terms)
        async with self.database.work(self.actor("agent")) as work:
            await freeze_document(work, section, method=dict(method), labels=labels, files=[], examination=examination)
        return section

    async def _keysets(self, sections: list[str], seconds: float) -> None:
        async with self.database.work(self.actor("agent")) as work:
            deadline = (work.ctx.now + timedelta(seconds=seconds + 1)).replace(microsecond=0)
            for section in sections:
                await ask_for_keyset(work, section, deadline)
        for section in sections:
            await self.until(lambda one=section: self._published(one))

    async def _published(self, section: str) -> bool:
        async with self.database.reading() as session:
            found = await session.get_one(Section, section)
            return (await session.get_one(Keyset, found.keyset)).published_at is not None


@dataclass
class Bridge(httpx.BaseTransport):
    """What a trustee asks for in its thread, answered by the hall's web application in the loop of the test."""

    hall: Hall
    loop: asyncio.AbstractEventLoop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._ask(request), self.loop).result(PATIENCE)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        signed = {name: value for name, value in request.headers.items() if name.startswith("trustee-")}
        async with await self.hall.client() as client:
            found = await client.get(request.url.path, headers=signed)
        return httpx.Response(found.status_code, content=found.content)


@asynccontextmanager
async def a_hall(postgres: EmbeddedPostgres, template: str, objects: Objects, bidders: int = 3) -> AsyncIterator[Hall]:
    """A hall on a database of its own with officials, bidders and enrolled trustees."""
    name = f"hall_{os.getpid()}_{next(NUMBERS)}"
    await create_database(postgres.admin_dsn, name, template, ROLE)
    address = postgres.address.of(name)
    database = Database(address.sqlalchemy, mode="demo")
    try:
        with tempfile.TemporaryDirectory(prefix="hall-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
            yield await _furnished(address, database, objects, Path(folder), bidders)
    finally:
        await database.close()
        await drop_database(postgres.admin_dsn, name)


async def _furnished(
    address: DatabaseAddress, database: Database, objects: Objects, folder: Path, bidders: int
) -> Hall:
    settings = Settings(home=folder, database=address, origin="http://127.0.0.1:8000")
    await prepare_buckets(objects)
    hall = Hall(Stack(settings, database, objects, PlatformKeys.load_or_create(folder)), folder)
    began = time.monotonic()
    for body in BODIES:
        await _enrol(hall, body)
    for body in (cast.PROCURER, cast.AGENT, cast.CENTRE, cast.SUPERVISOR):
        await hall.bring(body.login, ROLES[body.login], body.name, body.credit_code)
    for number in range(1, bidders + 1):
        known = cast.BIDDERS[number - 1].body.name if number <= len(cast.BIDDERS) else f"第{number}建设有限公司（示例）"
        await hall.bring(f"bidder{number}", Role.BIDDER, known, cast.code(100 + number))
    hall.pace = max(1.0, (time.monotonic() - began) / (QUIET_START + QUIET_BIDDER * bidders))
    return hall


async def _enrol(hall: Hall, body: str) -> None:
    path = hall.folder / f"{body}.json"
    state = states.create(path, f"{body}.trustee.example", body, random_bytes)
    told = state.enrolment()
    async with hall.database.work(SYSTEM) as work:
        await enrol(
            work, told["name"], body, signer=unb64(told["signer"]), sealing=unb64(told["sealing"]), vkey=told["vkey"]
        )
    hall.trustees[body] = Program(state, path, audit)
