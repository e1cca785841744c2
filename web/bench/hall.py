"""A hall for benches in one process: officials, trustees, sections and any number of bidders, by the real use-cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from expertpool.draw.audit import audit
from infra.auth.certification import certify_key
from infra.auth.organisations import register
from infra.auth.sessions import open_session
from infra.auth.signing import possession
from infra.auth.tables import Account, Membership
from infra.crypto.keyset import Keyset as KeysetDocument
from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.custody.actions import enrol, signed_keyset
from infra.custody.exchange import exchange
from infra.custody.tables import Keyset
from infra.edge import context, random_bytes
from infra.kernel.canonical import canonical, parse, unb64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from infra.settings import Settings
from infra.tlog import sequencer
from infra.trustee import keeping as states
from infra.trustee.duties import BODIES
from infra.trustee.program import Program
from trading.opening.form import make_form
from trading.projects.actions import accept_project
from trading.sections.actions import ask_for_keyset, create_section, freeze_document, publish_tender
from web.demo import cast
from web.demo.people import People, bring_people
from web.state import Stack
from web.wiring import desk, log_keys, open_stack, prepare_buckets

TENDER = "YH-BENCH-0001"
FIRST_CODE = 10_000
TURNS = 20
CLIENT = Client("openhall bench", bytes(32))


@dataclass(frozen=True)
class BenchBidder:
    """A bidder with a certified key and an open session."""

    actor: Actor
    credit_code: str
    token: str
    private: bytes = field(repr=False)
    certificate: bytes = field(repr=False)


class Envelope(NamedTuple):
    """A whole bid: the manifest's bytes, its signature and certificate, containers by part."""

    manifest: bytes
    signature: bytes
    certificate: bytes
    containers: dict[str, bytes]


@dataclass(frozen=True)
class BenchHall:
    """The stack with its people and its three trustees, who act when they are told to."""

    stack: Stack
    people: People
    trustees: list[Program]

    async def co_sign(self) -> None:
        """One beat of the log, then every trustee's turn until it has nothing more to say."""
        await sequencer.beat(self.stack.database, log_keys(self.stack))
        for trustee in self.trustees:
            await self._turn(trustee)

    async def open_section(self, number: str, seconds: float, parts: tuple[str, ...]) -> tuple[str, datetime]:
        """A published section that takes bids for so many seconds (the law's minimum is five); its id and deadline."""
        section, agent = f"{TENDER}/{number}", self.people.actor("agent")
        database = self.stack.database
        async with database.work(agent) as work:
            await create_section(work, TENDER, number, number, ceiling=fen("10000000.00"), parts=parts)
        async with database.work(agent) as work:
            await freeze_document(work, section, method=cast.METHOD, labels=cast.LABELS, files=[])
        async with database.work(agent) as work:
            deadline = (work.ctx.now + timedelta(seconds=seconds + 1)).replace(microsecond=0)
            keyset = (await ask_for_keyset(work, section, deadline)).id
        await self._until_published(keyset)
        async with database.work(agent) as work:
            await publish_tender(work, section, sale_ends=deadline, deadline=deadline, fields=cast.FIELDS)
        return section, deadline

    async def keyset(self, section: str) -> KeysetDocument:
        """The published keyset of a section."""
        async with self.stack.database.reading() as session:
            return signed_keyset((await session.execute(select(Keyset).where(Keyset.section == section))).scalar_one())

    async def bring_bidders(self, count: int) -> list[BenchBidder]:
        """So many registered bidders, all acted for by one person."""
        bidders = []
        async with self.stack.database.work(SYSTEM) as work:
            person = await work.session.scalar(select(Account.id).where(Account.login == cast.AGENT.login))
            account = await work.session.get_one(Account, person)
            for number in range(count):
                code = cast.code(FIRST_CODE + number)
                body = await register(work, code, f"第{number}建设有限公司（示例）", cast.REGION)
                member = Membership(
                    id=work.ctx.new_id("member"), account=account.id, organisation=body.id, role=Role.BIDDER,
                    region=cast.REGION,
                )  # fmt: skip
                work.session.add(member)
                await work.session.flush()
                token = await open_session(work, account, member)
                bidders.append((Actor(account.id, Role.BIDDER, body.id, cast.REGION), code, token))
        return [await self._certified(*bidder) for bidder in bidders]

    async def _certified(self, actor: Actor, code: str, token: str) -> BenchBidder:
        private = new_p256(random_bytes)
        public = p256_public(private)
        proof = sign_p256(private, possession(actor.id, public))
        async with self.stack.database.work(actor) as work:
            key = await certify_key(work, self.stack.keys.authority, public, proof)
        return BenchBidder(actor, code, token, private, key.certificate)

    async def _turn(self, trustee: Program) -> None:
        more = True
        while more:
            actor = Actor(trustee.state.name, Role.TRUSTEE)
            told, headers = trustee.request(context(actor))
            reply = await exchange(self.stack.database, desk(self.stack), told, headers["trustee-signature"])
            more = trustee.receive(parse(canonical(reply)), context(actor))

    async def _until_published(self, keyset: str) -> None:
        for _ in range(TURNS):
            await self.co_sign()
            async with self.stack.database.reading() as session:
                if (await session.get_one(Keyset, keyset)).published_at is not None:
                    return
        raise Problem("bench.waited", what="keyset")


def seal_bid(bidder: BenchBidder, keyset: KeysetDocument, files: dict[str, bytes]) -> Envelope:
    """A bid over these plaintexts by part, sealed and signed."""
    salt = random_bytes(32)
    sealed = {
        part: seal_bytes(files[part], keyset, part, bidder_line(salt, bidder.credit_code), None, random_bytes)
        for part in sorted(files)
    }
    entries = tuple(measured.entry(part) for part, (_, measured) in sealed.items())
    manifest = Manifest(keyset.section, keyset.round, salt, entries, CLIENT)
    signature = sign_p256(bidder.private, manifest.digest)
    containers = {part: container for part, (container, _) in sealed.items()}
    return Envelope(manifest.encode(), signature, bidder.certificate, containers)


def a_form(number: int) -> bytes:
    """The opening form of the bidder of this number."""
    return make_form(f"{9_000_000 + number}.00", "300", "合格", f"负责人{number}")


@asynccontextmanager
async def a_hall(settings: Settings) -> AsyncIterator[BenchHall]:
    """A hall with officials, enrolled trustees and an accepted project."""
    async with open_stack(settings) as stack:
        await prepare_buckets(stack.objects)
        people = await bring_people(stack.database, stack.keys, settings.home, bidders=0)
        hall = BenchHall(stack, people, [await _enrolled(stack, body) for body in BODIES])
        async with stack.database.work(people.actor("centre")) as work:
            await accept_project(
                work, TENDER, "bench", procuring_entity=people.body("procurer"), agent=people.body("agent")
            )
        yield hall


async def _enrolled(stack: Stack, body: str) -> Program:
    path = stack.settings.home / "trustees" / f"{body}.json"
    state = states.create(path, f"{body}.trustee.example", body, random_bytes)
    told = state.enrolment()
    async with stack.database.work(SYSTEM) as work:
        await enrol(
            work, told["name"], body, signer=unb64(told["signer"]), sealing=unb64(told["sealing"]), vkey=told["vkey"]
        )
    return Program(state, path, audit)
