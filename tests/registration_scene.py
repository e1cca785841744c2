"""A registration desk for tests: a centre with a clerk, applications, visitors who fill in the real forms."""

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from applications import app_on
from litestar import Litestar
from stdnum.cn import uscc

from infra.auth.accounts import create_account
from infra.auth.keys import PlatformKeys
from infra.auth.organisations import register
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import SYSTEM, Role
from infra.settings import Settings
from web.state import Stack

ORIGIN = "http://desk.test"
REGION = "429900"
PASSWORD = "a-long-enough-password"
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
NUMBERS = itertools.count(7_000)


def a_code() -> str:
    """A credit code with a right check digit that nobody has."""
    stem = f"91{REGION}MA{next(NUMBERS):07d}"
    return stem + str(uscc.calc_check_digit(stem))


def in_days(days: int) -> str:
    """The day so many days from today, as a form writes it."""
    return (utc_now() + timedelta(days=days)).date().isoformat()


def an_application(**changes: str) -> dict[str, str]:
    """A complete application as the form sends it; a value of "" leaves a field empty."""
    return {
        "centre": REGION,
        "kind_bidder": "yes",
        "name": "云湖新建设有限公司",
        "credit_code": a_code(),
        "region": "420500",
        "address": "云湖市滨江路 8 号",
        "legal_representative": "赵明",
        "contact_name": "赵工",
        "contact_phone": "0717-1234567",
        "contact_email": "",
        "licence_name_0": "市政公用工程施工总承包贰级",
        "licence_number_0": "D242000001",
        "licence_valid_until_0": in_days(400),
        "licence_name_1": "",
        "licence_number_1": "",
        "licence_valid_until_1": "",
        "person_name": "赵工",
        "mandate_scope": "投标、签章及平台全部事项",
        "mandate_until": in_days(300),
        "login": "zhao",
        "password": PASSWORD,
        "consent": "yes",
    } | changes


@dataclass
class Visitor:
    """Somebody with a browser: cookies, and forms that carry their token."""

    http: httpx.AsyncClient

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, data: dict[str, str], form: str | None = None) -> httpx.Response:
        """Send a form as the page `form` (by default the same path) shows it."""
        token = TOKEN.search((await self.http.get(form or path)).text)
        assert token, form or path
        headers = {"referer": f"{ORIGIN}{form or path}"}
        return await self.http.post(path, data={"form_token": token[1], **data}, headers=headers)

    async def sign_in(self, login: str, password: str = PASSWORD, next: str = "/account") -> httpx.Response:
        return await self.post("/login", {"login": login, "password": password, "next": next})


@dataclass
class Clerk(Visitor):
    """A clerk of the centre."""

    async def waiting(self) -> list[str]:
        """The ids of the versions in the queue."""
        text = (await self.get("/centre/registrations")).text
        return list(dict.fromkeys(re.findall(r"/centre/registrations/(version-[a-z0-9]+)", text)))

    async def first_waiting(self) -> str:
        return (await self.waiting())[0]

    async def accept(self, version: str) -> httpx.Response:
        return await self.post(f"/centre/registrations/{version}/acceptance", {}, f"/centre/registrations/{version}")

    async def give_back(self, version: str, **reasons: str) -> httpx.Response:
        told = {f"reason_{name}": text for name, text in reasons.items()}
        return await self.post(f"/centre/registrations/{version}/return", told, f"/centre/registrations/{version}")


@dataclass
class Desk:
    """The platform as a registration desk sees it."""

    stack: Stack
    app: Litestar
    closing: AsyncExitStack
    centre: str = ""
    logins: set[str] = field(default_factory=set)

    @property
    def database(self) -> Database:
        return self.stack.database

    async def stranger(self) -> Visitor:
        """A fresh browser."""
        return Visitor(await self._browser())

    async def visitor(self, login: str) -> Visitor:
        """A fresh browser signed in."""
        visitor = await self.stranger()
        assert (await visitor.sign_in(login)).status_code == 303
        return visitor

    async def clerk(self, login: str = "clerk", region: str = REGION) -> Clerk:
        """A clerk of a region's centre, signed in."""
        if login not in self.logins:
            await self.a_clerk(login, region)
        clerk = Clerk(await self._browser())
        assert (await clerk.sign_in(login)).status_code == 303
        return clerk

    async def a_clerk(self, login: str, region: str = REGION) -> None:
        """The account of a clerk of a region's centre."""
        self.logins.add(login)
        async with self.database.work(SYSTEM) as work:
            await create_account(
                work, login=login, name=f"{login}员", password=PASSWORD, role=Role.CENTRE, region=region,
                organisation=self.centre or None,
            )  # fmt: skip

    async def applied(self, **changes: str) -> Visitor:
        """An applicant who has handed an application in, signed in with the new account."""
        visitor = await self.stranger()
        answer = await visitor.post("/register", an_application(**changes))
        assert answer.status_code == 303, answer.text
        return visitor

    async def a_body(self, login: str = "zhao", **changes: str) -> Visitor:
        """Somebody acting for a body whose first version is accepted."""
        await self.applied(login=login, **changes)
        clerk = await self.clerk()
        for version in await clerk.waiting():
            await clerk.accept(version)
        return await self.visitor(login)

    async def _browser(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return await self.closing.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN))


@asynccontextmanager
async def at_the_desk(database: Database, mode: str = "demo", *, clerk: bool = True) -> AsyncIterator[Desk]:
    """A platform with one centre and, unless told otherwise, one clerk of it, over a fresh database."""
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(TemporaryDirectory(prefix="desk-"))
        settings = replace(Settings(Path(folder), origin=ORIGIN), mode=mode)  # type: ignore[arg-type]
        stack = Stack(settings, database, keys=PlatformKeys.load_or_create(Path(folder)))
        desk = Desk(stack, app_on(stack), closing)
        async with database.work(SYSTEM) as work:
            desk.centre = (await register(work, a_code(), "云湖市公共资源交易中心（示例）", REGION)).id
        if clerk:
            await desk.a_clerk("clerk")
        yield desk
