"""Auditors for the tests: signed in over HTTP, and lists read to their end."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from scenes import Hall

from infra.auth.accounts import choices, create_account
from infra.auth.sessions import open_session
from infra.kernel.context import SYSTEM, Role
from web.demo import cast

NEXT = re.compile(r'class="pages"[^>]*><a class="btn" href="([^"]+)"')


@asynccontextmanager
async def signed_in(
    hall: Hall, login: str, role: Role, region: str = cast.REGION, name: str = ""
) -> AsyncIterator[httpx.AsyncClient]:
    """A person of a role without a body, signed in; the account is made on first use."""
    async with hall.database.work(SYSTEM) as work:
        if login not in hall.accounts:
            hall.accounts[login] = await create_account(
                work, login=login, name=name or login, password="a-long-enough-password", role=role, region=region
            )
        account = hall.accounts[login]
        token = await open_session(work, account, (await choices(work.session, account.id))[0].membership)
    transport = httpx.ASGITransport(app=hall.app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url=hall.stack.settings.origin, headers=headers) as client:
        yield client


async def every_page(client: httpx.AsyncClient, path: str) -> str:
    """The whole list behind an address, however many pages it has."""
    told = []
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text[:400])
        told.append(answer.text)
        found = NEXT.search(answer.text)
        path = found[1].replace("&amp;", "&") if found else ""
    return "".join(told)
