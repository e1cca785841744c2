"""A government purchase of goods whose bids are opened, and its purchaser at work; for the story and for its screens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from envelopes import an_envelope, submitted
from judging import Panel
from scenes import Hall

from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.evaluation.queries import opened_bids
from trading.opening.form import make_form
from trading.opening.queries import require_files_checked
from trading.publication.actions import publish_award
from trading.qualification.actions import examine_qualification
from trading.qualification.rules import qualification_message
from trading.review.actions import Signed, confirm_report
from trading.review.rules import Verdict, review_message
from trading.sections.states import SectionState

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
PRICES = {"bidder1": "980000.00", "bidder2": "945000.00", "bidder3": "1200000.00", "bidder4": "1100000.00"}
LOGINS = ("bidder1", "bidder2", "bidder3", "bidder4")
CHECKS = [
    {
        "id": "q1",
        "stage": "qualification",
        "zh": "具备招标文件规定的资格条件",
        "en": "Qualified as the document asks",
        "clause": "资格审查",
        "ground": "M87 63(3)",
    },
    {
        "id": "q2",
        "stage": "responsiveness",
        "zh": "实质性条款均响应",
        "en": "Answers every essential requirement",
        "clause": "投标无效",
        "ground": "M87 63(6)",
    },
]
WHY = {"reason": "未提供有效的资格证明", "pages": [{"part": "commercial", "page": 2}]}


@dataclass
class Purchase:
    """One purchase: what was refused on the way, the states it went through, its steps in the verifier, its notice."""

    hall: Hall
    section: str = ""
    panel: Panel | None = None
    bids: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, Problem] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    evidence: bytes = b""

    async def refuse(self, name: str, call: Any) -> None:
        with pytest.raises(Problem) as told:
            await call
        self.refusals[name] = told.value

    async def note(self) -> None:
        self.states.append(str((await self.hall.section(self.section)).state))

    async def qualify(self, failing: tuple[str, ...], login: str = "procurer", signer: str = "procurer") -> None:
        """The purchaser examines every bid; these bids fail."""
        hall, section = self.hall, self.section
        async with hall.database.reading() as session:
            bids = [bid.id for bid in await opened_bids(session, section)]
        answers = {bid: {"q1": WHY if bid in failing else "pass"} for bid in bids}
        key = hall.signers[signer]
        signature = key.sign(qualification_message(section, answers))
        async with hall.database.work(hall.actor(login)) as work:
            await examine_qualification(work, hall.authority, section, answers, key.certificate, signature)

    async def confirm(self) -> None:
        """The purchaser confirms the report."""
        hall, key = self.hall, self.hall.signers["procurer"]
        assert self.panel is not None
        digest = (await self.panel.evaluation()).digest
        message = review_message(self.section, digest, Verdict.CONFIRM, "", "")
        async with hall.database.work(hall.actor("procurer")) as work:
            await confirm_report(work, hall.authority, self.section, Signed(key.certificate, key.sign(message)))

    async def publish(self, act: Callable[..., Any] = publish_award, **more: Any) -> Any:
        async with self.hall.database.work(self.hall.actor("agent")) as work:
            return await act(work, self.section, **more)


async def a_purchase(hall: Hall, logins: tuple[str, ...] = LOGINS, **terms: Any) -> Purchase:
    """A purchase of goods whose bids are opened."""
    found = Purchase(hall)
    budget = {"budget": fen("1600000.00"), "ceiling": fen("1500000.00")}
    found.section = (await hall.tenders(1, 4, V1, examination=CHECKS, purchase=True, **budget, **terms))[0]
    for login in logins:
        form = make_form(PRICES[login], "300", "合格", f"负责人{login}")
        await submitted(hall, found.section, login, await an_envelope(hall, found.section, login, form=form))
    await hall.reach(found.section, SectionState.OPENED)
    await hall.until(lambda: _checked(hall, found.section))
    return found


async def _checked(hall: Hall, section: str) -> bool:
    async with hall.database.reading() as session:
        try:
            await require_files_checked(session, section)
        except Problem:
            return False
    return True
