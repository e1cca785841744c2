"""The hall of a committee told through its pages: who sits where, by which browser, and what each was answered."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from judge_machine import Machine
from scenes import Hall

from expertpool.draw.tables import Seat
from trading.evaluation.queries import seats_of

METHOD: dict[str, Any] = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "30", "step": "0.5"},
        {"id": "t2", "group": "technical", "kind": "subjective", "max": "20"},
        {"id": "o1", "group": "commercial", "kind": "objective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}


@dataclass
class Story:
    """The hall, its section, who sits where, and every answer by name."""

    hall: Hall
    section: str = ""
    bids: list[str] = field(default_factory=list)
    machines: list[Machine] = field(default_factory=list)
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def machine(self) -> Machine:
        """A browser that knows nothing yet."""
        transport = httpx.ASGITransport(app=self.hall.app, raise_app_exceptions=False)
        return Machine(httpx.AsyncClient(transport=transport, base_url=self.hall.stack.settings.origin))

    async def get(self, name: str, path: str, login: str | None) -> httpx.Response:
        """Note what somebody reads at an address."""
        async with await self.hall.client(login) as client:
            self.answers[name] = await client.get(path)
        return self.answers[name]

    async def send(self, name: str, login: str, path: str, **fields: str) -> httpx.Response:
        """Note what somebody's form is answered."""
        async with await self.hall.client(login) as client:
            self.answers[name] = await client.post(path, data=fields)
        return self.answers[name]

    async def seats(self) -> list[Seat]:
        async with self.hall.database.reading() as session:
            return await seats_of(session, self.section)


def mark(judge: int, place: int) -> str:
    """A mark that no other judge, page or number resembles."""
    return f"1{judge + 2}.{judge}7{place}3{judge}91"
