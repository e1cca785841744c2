"""The cast's organisations, accounts and certified signing keys, made by the real use-cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from expertpool.experts.actions import enter_expert
from expertpool.experts.tables import Expert
from infra.auth.accounts import create_account
from infra.auth.certification import certify_key
from infra.auth.key_signer import KeyFileSigner
from infra.auth.keys import PlatformKeys
from infra.auth.organisations import find_organisation, register
from infra.auth.signing import possession
from infra.auth.tables import Account, Organisation
from infra.db.work import Database, Work
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM, Actor, Role
from web.demo import cast

ROLES = {"procurer": Role.PROCURING, "agent": Role.AGENT, "centre": Role.CENTRE, "supervisor": Role.SUPERVISOR}
OFFICIALS = (cast.PROCURER, cast.AGENT, cast.CENTRE, cast.SUPERVISOR)
PASSWORD = "yunhu-demo-2026"


@dataclass
class People:
    """Who is there: organisations, actors and signers by login."""

    bodies: dict[str, Organisation] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    signers: dict[str, KeyFileSigner] = field(default_factory=dict)

    def body(self, login: str) -> Organisation:
        """The organisation of a login."""
        return self.bodies[login]

    def actor(self, login: str) -> Actor:
        """The person behind a login, acting for the organisation."""
        return self.actors[login]


async def bring_people(
    database: Database, keys: PlatformKeys, folder: Path, bidders: int = len(cast.BIDDERS)
) -> People:
    """Register everybody once: on a later run they are found again with the same keys."""
    people = People()
    for body in OFFICIALS:
        await _bring(database, people, body, ROLES[body.login])
    for player in cast.BIDDERS[:bidders]:
        await _bring(database, people, player.body, Role.BIDDER)
        await give_key(database, keys, people, player.body.login, folder)
    return people


async def companions(database: Database, folder: Path, players: Sequence[cast.BidderRole]) -> People | None:
    """Bidders of the cast who are there already with their keys in `folder`; None where one is missing."""
    people = People()
    async with database.reading() as session:
        for body in (player.body for player in players):
            path = folder / f"{body.login}.key"
            organisation = await find_organisation(session, body.credit_code)
            account = await session.scalar(select(Account).where(Account.login == body.login))
            if organisation is None or account is None or not path.exists():
                return None
            people.bodies[body.login], people.signers[body.login] = organisation, KeyFileSigner.load(path)
            people.actors[body.login] = Actor(account.id, Role.BIDDER, organisation.id, cast.REGION)
    return people


async def bring_experts(database: Database, keys: PlatformKeys) -> None:
    """Enter the pool of experts, once, and the accounts of those who keep it and of the first few who stand in it."""
    await _bring_pool(database, keys)
    async with database.work(SYSTEM) as work:
        await _bring_accounts(work)


async def _bring_pool(database: Database, keys: PlatformKeys) -> None:
    async with database.reading() as session:
        if await session.scalar(select(Expert.id).limit(1)):
            return
    for expert in cast.EXPERTS:
        async with database.work(SYSTEM) as work:
            await enter_expert(
                work, keys.service, name=expert.name, identity=expert.identity, employer=expert.employer,
                specialties=expert.specialties, region=cast.REGION,
            )  # fmt: skip


async def _bring_accounts(work: Work) -> None:
    if await work.session.scalar(select(Account.id).where(Account.login == cast.POOL[0][0])):
        return
    for login, name in cast.POOL:
        await create_account(work, login=login, name=name, password=PASSWORD, role=Role.POOL, region=cast.REGION)
    first = await work.session.scalars(select(Expert).order_by(Expert.number).limit(len(cast.EXPERT_LOGINS)))
    for login, expert in zip(cast.EXPERT_LOGINS, first, strict=False):
        account = await create_account(
            work, login=login, name=login, password=PASSWORD, role=Role.EXPERT, region=cast.REGION
        )
        expert.account = account.id


async def _bring(database: Database, people: People, body: cast.Body, role: Role) -> None:
    async with database.work(SYSTEM) as work:
        organisation = await find_organisation(work.session, body.credit_code)
        if organisation is None:
            organisation = await register(work, body.credit_code, body.name, cast.REGION)
        account = await work.session.scalar(select(Account).where(Account.login == body.login))
        if account is None:
            account = await create_account(
                work, login=body.login, name=body.name, password=PASSWORD, role=role,
                region=cast.REGION, organisation=organisation.id,
            )  # fmt: skip
    people.bodies[body.login] = organisation
    people.actors[body.login] = Actor(account.id, role, organisation.id, cast.REGION)


async def give_key(database: Database, keys: PlatformKeys, people: People, login: str, folder: Path) -> None:
    """Make and certify the signing key of somebody of the cast, kept in `folder`; one that is there already is read."""
    path = folder / f"{login}.key"
    if path.exists():
        people.signers[login] = KeyFileSigner.load(path)
        return
    signer = KeyFileSigner.create(path, random_bytes)
    actor = people.actor(login)
    async with database.work(actor) as work:
        proof = signer.sign(possession(actor.id, signer.public_key))
        key = await certify_key(work, keys.authority, signer.public_key, proof)
    signer.keep_certificate(key.certificate)
    people.signers[login] = signer
