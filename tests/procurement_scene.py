"""A hall whose procuring side works by forms: what the tests of its pages share."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import httpx
from scenes import Hall

from web.demo import cast

ZONE = ZoneInfo("Asia/Shanghai")
CODES = count(1)
SAVED_AT = re.compile(r'name="saved_at" value="([^"]*)"')


@dataclass
class Office:
    """A hall and a client for each login that was asked for."""

    hall: Hall
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def client(self, login: str) -> httpx.AsyncClient:
        if login not in self.clients:
            self.clients[login] = await self.hall.client(login)
        return self.clients[login]

    async def see(self, path: str, login: str = "agent") -> httpx.Response:
        return await (await self.client(login)).get(path)

    async def send(self, path: str, login: str = "agent", **fields: str) -> httpx.Response:
        """A form as the browser sends it."""
        return await (await self.client(login)).post(path, data=fields)

    async def done(self, path: str, login: str = "agent", **fields: str) -> str:
        """The same where it must be taken; where it leads."""
        answer = await self.send(path, login, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()

    # ---- the way of a section -----------------------------------------------------------------------------------

    async def submitted(self, **changed: str) -> str:
        """A project that waits for the centre; its code."""
        code = f"YH-W-2026-{next(CODES):04d}"
        told = {
            "code": code,
            "name": "云湖第三水厂扩建",
            "other": cast.PROCURER.name,
            "category": "construction",
            **changed,
        }
        assert await self.done("/projects/new", **told) == f"/projects/{code}"
        return code

    async def accepted(self) -> str:
        """A project that the centre has taken in."""
        code = await self.submitted()
        await self.done(f"/centre/projects/{code}", "centre", action="accept")
        return code

    async def drafted(self, ceiling: str = "10000000.00") -> str:
        """A section in draft."""
        code = await self.accepted()
        title = cast.FIELDS["name"]
        parts = {"part-commercial": "yes", "part-technical": "yes"}
        await self.done(f"/projects/{code}/sections/new", number="01", title=title, ceiling=ceiling, **parts)
        return f"{code}/01"

    async def frozen(self, template: str = "benchmark") -> str:
        """A section whose document was made from a template and frozen."""
        section = await self.drafted()
        await self.done(f"/sections/{section}/document", action=f"template:{template}")
        await self.freeze(section)
        return section

    async def freeze(self, section: str) -> str:
        preview = await self.see(f"/sections/{section}/document/preview")
        found = SAVED_AT.search(preview.text)
        assert found, preview.text
        return await self.done(f"/sections/{section}/document/preview", saved_at=found[1])

    async def keyed(self, seconds: float = 600) -> str:
        """A section whose keyset is published for a deadline so far ahead."""
        section = await self.frozen()
        await self.ask(section, seconds)
        return section

    async def ask(self, section: str, seconds: float) -> datetime:
        """Ask for the keyset and let the trustees work."""
        at = (datetime.now(ZONE) + timedelta(seconds=seconds)).replace(microsecond=0)
        typed = at.strftime("%Y-%m-%dT%H:%M:%S")
        await self.done(f"/sections/{section}/notice/keyset", deadline=typed, sale_ends=typed)
        await self.hall.until(lambda: self.hall._published(section))
        return at

    async def published(self, seconds: float = 600) -> str:
        """A section whose notice is out."""
        section = await self.keyed(seconds)
        await self.done(f"/sections/{section}/notice", action="preview", **cast.FIELDS)
        assert await self.done(f"/sections/{section}/notice/preview") == f"/sections/{section}"
        return section
