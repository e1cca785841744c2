"""A pool office for tests: two people of one region, another region's, visitors who fill in the real forms."""

import itertools
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from applications import app_on
from litestar import Litestar
from registration_scene import ORIGIN, PASSWORD, Visitor, a_code
from sqlalchemy import delete, select

from expertpool.experts.applications import apply, pass_first, pass_second
from expertpool.experts.rules import CONSENTS, Profile, Title
from expertpool.experts.tables import Expert
from infra.auth.accounts import create_account
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.tables import SignInCount
from infra.db.work import Database
from infra.kernel.context import PUBLIC, SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from infra.settings import Settings
from web.demo.cast import resident
from web.state import Stack

REGION, ELSEWHERE = "429900", "339900"
SERIALS = itertools.count(500)


def an_identity() -> str:
    """A resident number with a right check digit that nobody has."""
    return resident(next(SERIALS))


def a_profile(**changes: Any) -> Profile:
    """A complete profile of somebody new."""
    told: dict[str, Any] = {
        "name": "陆知远",
        "identity": f"resident:{an_identity()}",
        "phone": "13800001234",
        "email": "lu@example.org",
        "bank": "云湖银行 6222 0000",
        "employer": a_code(),
        "employer_name": "云湖市设计院（示例）",
        "title": Title.SENIOR,
        "years": 12,
        "region": REGION,
        "professions": ("A08",),
        "consents": frozenset(CONSENTS),
    }
    return Profile(**told | changes)


def an_application(**changes: str) -> dict[str, str]:
    """A complete application as the form sends it."""
    return {
        "private_name": "陆知远",
        "private_document": "resident",
        "private_identity": an_identity(),
        "private_phone": "13800001234",
        "private_email": "lu@example.org",
        "private_bank": "",
        "private_employer": a_code(),
        "private_employer_name": "云湖市设计院（示例）",
        "title": "senior",
        "years": "12",
        "region": REGION,
        "profession_A08": "yes",
        "consent_rules": "yes",
        "consent_personal-data": "yes",
        "consent_calls": "yes",
    } | changes


@dataclass
class Office:
    """The platform as a pool office sees it; people by login."""

    stack: Stack
    app: Litestar
    closing: AsyncExitStack
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.stack.database

    @property
    def keys(self) -> KeyService:
        return self.stack.keys.service

    async def applied(self, **changes: Any) -> str:
        """The id of a fresh application from the public."""
        async with self.database.work(PUBLIC) as work:
            await work.session.execute(delete(SignInCount))
            return (await apply(work, self.keys, a_profile(**changes))).id

    async def entered(self, **changes: Any) -> str:
        """The id of an expert whom pool1 and pool2 have passed."""
        application = await self.applied(**changes)
        async with self.database.work(self.actors["pool1"]) as work:
            await pass_first(work, self.keys, application, equal="主持过三座水厂的设计")
        async with self.database.work(self.actors["pool2"]) as work:
            return await pass_second(work, self.keys, application)

    async def expert(self, expert_id: str) -> Expert:
        """The row as it stands."""
        async with self.database.reading() as session:
            return (await session.scalars(select(Expert).where(Expert.id == expert_id))).one()

    async def visitor(self, login: str | None = None) -> Visitor:
        """A fresh browser, signed in where a login is named."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        visitor = Visitor(
            await self.closing.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN))
        )
        if login is not None:
            assert (await visitor.sign_in(login)).status_code == 303
        return visitor


async def refusal(act: Awaitable[Any]) -> str:
    """The code with which this is refused."""
    with pytest.raises(Problem) as told:
        await act
    return told.value.code


@asynccontextmanager
async def an_office(database: Database) -> AsyncIterator[Office]:
    """Two people of the region's pool office, one of another region's, and the other roles, over a fresh database."""
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(TemporaryDirectory(prefix="pool-"))
        settings = replace(Settings(Path(folder), origin=ORIGIN), mode="demo")
        stack = Stack(settings, database, keys=PlatformKeys.load_or_create(Path(folder)))
        office = Office(stack, app_on(stack), closing)
        for login, role, region in (
            ("pool1", Role.POOL, REGION),
            ("pool2", Role.POOL, REGION),
            ("pool3", Role.POOL, ELSEWHERE),
            ("centre1", Role.CENTRE, REGION),
            ("supervisor1", Role.SUPERVISOR, REGION),
        ):
            async with database.work(SYSTEM) as work:
                account = await create_account(
                    work, login=login, name=f"{login}员", password=PASSWORD, role=role, region=region
                )
            office.actors[login] = Actor(account.id, role, None, region)
        yield office
