"""A room: one section with the bids of worked example V1 and its seated committee, and what follows its marks."""

from collections.abc import Sequence
from typing import Any

import pytest
from envelopes import an_envelope, submitted
from judging import Panel, a_panel
from scenes import Hall
from sqlalchemy import select

from infra.custody.policy import published_policy
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy, parse_policy
from trading.archive.actions import evidence_file
from trading.archive.verify import verify_evidence
from trading.bidding.tables import Bid
from trading.opening.form import make_form
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.states import SectionState
from web.wiring import LOG_NAME

V1 = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "o1", "group": "commercial", "kind": "objective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}
# Worked example V1; a method is frozen without deductions, so B's price is the adjusted one.
PRICES = {"bidder1": "980000.00", "bidder2": "945000.00", "bidder3": "1200000.00"}
OBJECTIVE = {"bidder1": "18", "bidder2": "16", "bidder3": "20"}
SUBJECTIVE = {"bidder1": (38, 40, 36, 41, 39), "bidder2": (42, 41, 43, 40, 42), "bidder3": (45, 44, 46, 45, 47)}
TOTALS = {"bidder1": "85.73", "bidder2": "87.60", "bidder3": "89.03"}


class Room:
    """One section with its panel, and its bids by login."""

    def __init__(self, hall: Hall, section: str, panel: Panel, bids: dict[str, str]) -> None:
        self.hall, self.section, self.panel, self.bids = hall, section, panel, bids
        self.refusals: dict[str, Problem] = {}

    async def refuse(self, name: str, call: Any) -> None:
        with pytest.raises(Problem) as told:
            await call
        self.refusals[name] = told.value

    def finding(self, **changed: str) -> dict[str, Any]:
        """The common finding of V1; `changed` gives a bidder another mark."""
        marks = {
            self.bids[login]: {"o1": {"mark": changed.get(login, mark), "ground": f"业绩证明第 {mark} 页"}}
            for login, mark in OBJECTIVE.items()
        }
        return {"kind": "objective", "marks": marks}

    def rejection(self, login: str, article: str = "TBR 51(3)", reasons: str = "资质证书已过期") -> dict[str, Any]:
        return {"kind": "rejection", "bid": self.bids[login], "article": article, "reasons": reasons}

    def competition(self, *logins: str, lacking: bool) -> dict[str, Any]:
        bids = sorted(self.bids[login] for login in logins)
        return {"kind": "competition", "bids": bids, "lacking": lacking, "reasons": "报价差距合理，竞争情况如上"}

    def sheet(self, judge: int, *logins: str) -> dict[str, dict[str, str]]:
        return {self.bids[login]: {"t1": str(SUBJECTIVE[login][judge - 1])} for login in logins or SUBJECTIVE}


async def a_room(hall: Hall, section: str) -> Room:
    """A section whose five judges have signed in."""
    panel = await a_panel(hall, section)
    for number in range(1, 6):
        await panel.sign_in(number)
    return await room_of(hall, section, panel)


async def room_of(hall: Hall, section: str, panel: Panel, logins: Sequence[str] = tuple(PRICES)) -> Room:
    """A section's panel with its bids by login."""
    async with hall.database.reading() as session:
        found = (await session.execute(select(Bid).where(Bid.section == section))).scalars()
        rows = {bid.bidder: bid.id for bid in found}
    return Room(hall, section, panel, {login: rows[hall.bodies[login].id] for login in logins})


async def opened(hall: Hall, count: int) -> list[str]:
    """Sections with the three bids of V1, opened."""
    sections = await hall.tenders(count, 4, V1)
    for section in sections:
        for login, price in PRICES.items():
            form = make_form(price, "300", "合格", f"负责人{login}")
            await submitted(hall, section, login, await an_envelope(hall, section, login, form=form))
    for section in sections:
        await hall.reach(section, SectionState.OPENED)
    return sections


async def award(room: Room) -> None:
    """Candidates, the whole publicity, the award."""
    hall = room.hall
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, room.section)
    ends = (await hall.section(room.section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.due()
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, room.section)


async def verified(room: Room) -> list[str]:
    """The steps that hold of a section's sealed evidence under the published policy."""
    data = await sealed_evidence(room.hall, room.section)
    return [step.name for step in verify_evidence(data, await policy(room.hall))]


async def sealed_evidence(hall: Hall, section: str) -> bytes:
    """A section's evidence file, once it is sealed."""

    async def sealed() -> str | None:
        return (await hall.section(section)).evidence

    await hall.until(sealed)
    return await evidence_file(hall.objects, await hall.section(section))


async def policy(hall: Hall) -> Policy:
    async with hall.database.reading() as session:
        return parse_policy((await published_policy(session, hall.keys, LOG_NAME)).encode())
