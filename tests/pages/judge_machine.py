"""One judge's browser as the pages see it: cookies, the key made in it, and the forms it sends."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from trading.evaluation.drafts import Draft, sheet_of_drafts
from trading.evaluation.marks import Reasoned
from trading.evaluation.returning import return_message
from trading.evaluation.seating import seat_message
from web.security import session_cookie_name

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
CHALLENGE = re.compile(r'name="challenge" value="([^"]+)"')
COOKIE = session_cookie_name(False)


@dataclass
class Machine:
    """One judge's browser: cookies, and the key made in it."""

    client: httpx.AsyncClient
    key: bytes = b""
    slip: str = ""
    seat: str = ""

    async def post(self, path: str, at: str | None = None, **fields: str) -> httpx.Response:
        """Send a form of the page `at` (the door where none is named)."""
        found = TOKEN.search((await self.client.get(at or "/judge")).text)
        assert found
        return await self.client.post(path, data={"form_token": found[1], **fields})

    async def save(self, bid: str, item: str, mark: str, version: int = 0, **more: Any) -> httpx.Response:
        """Save a mark as the bench does."""
        token = (await self.client.get("/judge/marks/state")).json().get("token", "")
        body = {"bid": bid, "item": item, "mark": mark, "version": version, **more}
        headers = {"X-CSRF-Token": token, "Accept": "application/json"}
        return await self.client.post("/judge/marks", json=body, headers=headers)

    async def give(self, bid: str, item: str, version: int, **given: Any) -> httpx.Response:
        """Save what is given of a mark, its reason and its pins."""
        token = (await self.client.get("/judge/marks/state")).json().get("token", "")
        headers = {"X-CSRF-Token": token, "Accept": "application/json"}
        body = {"bid": bid, "item": item, "version": version, **given}
        return await self.client.post("/judge/marks", json=body, headers=headers)

    @staticmethod
    def sheet(saved: dict[str, dict[str, list[Any]]], changed: dict[str, dict[str, str]] | None = None) -> Reasoned:
        """What is saved as the browser signs it, with other marks where they are `changed`."""
        told = sheet_of_drafts(
            {bid: {item: Draft(*one) for item, one in row.items()} for bid, row in saved.items()},
            {bid: list(row) for bid, row in saved.items()},
        )
        marks = {bid: {**row, **(changed or {}).get(bid, {})} for bid, row in told.marks.items()}
        return told._replace(marks=marks)

    async def marks(self) -> dict[str, dict[str, list[Any]]]:
        """The own marks as the bench reads them."""
        found: dict[str, dict[str, list[Any]]] = (await self.client.get("/judge/marks/state")).json()["marks"]
        return found

    def declared(self, page: httpx.Response, answer: str = "no") -> dict[str, str]:
        """The answer for every party of the declaration."""
        return {name: answer for name in set(re.findall(r'name="(conflict-[^"]+)"', page.text))}

    def proof(self) -> dict[str, str]:
        """A fresh key of this browser, proven for the slip."""
        self.key = new_p256(random_bytes)
        public = p256_public(self.key)
        return {"public_key": b64(public), "signature": b64(sign_p256(self.key, seat_message(self.slip, public)))}

    async def take(self, slip: str) -> httpx.Response:
        """Sign in with a slip."""
        self.slip = slip
        page = await self.post("/judge/slip", slip=slip)
        return await self.post("/judge/seat", slip=slip, **self.declared(page), **self.proof())

    async def challenged(self) -> str:
        """The challenge that the slip of a taken seat is answered with."""
        found = CHALLENGE.search((await self.post("/judge/slip", slip=self.slip)).text)
        assert found
        return found[1]

    async def come_back(self, challenge: str, key: bytes | None = None) -> httpx.Response:
        """Answer a challenge with the seat's key, or with another."""
        message = return_message(self.seat, unb64(challenge))
        signature = b64(sign_p256(key or self.key, message))
        return await self.post("/judge/return", slip=self.slip, challenge=challenge, signature=signature)
