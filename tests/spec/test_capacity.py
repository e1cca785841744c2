"""Whether a candidate can still perform 履约能力审查: asked before the award, answered by the original committee (TBR 56)."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio
from judging import enter_experts
from judging_room import Room, a_room, opened, policy, sealed_evidence
from scenes import Hall

from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence
from trading.capacity.actions import ask_capacity
from trading.capacity.rules import INCAPABLE, capacity_message
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.states import SectionState
from trading.ways.actions import Signed, pass_over
from trading.ways.rules import Grounds, Way, way_message
from web.demo import cast

pytestmark = pytest.mark.soak
WHY = "据公开信息，该候选人的资质证书已被吊销"


@dataclass
class Asked:
    """One section in publicity, what was refused on the way, and what its evidence shows at the end."""

    room: Room
    first: str = ""
    second: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    page: str = ""

    async def refuse(self, name: str, call: Any) -> None:
        with pytest.raises(Problem) as caught:
            await call
        self.refusals[name] = caught.value.code

    async def ask(
        self, bid: str, number: int = 1, *, login: str = "procurer", key: str = "", reasons: str = WHY
    ) -> int:
        hall, section = self.room.hall, self.room.section
        signer = hall.signers[key or "procurer"]
        digest = (await self.room.panel.evaluation()).digest
        signature = signer.sign(capacity_message(section, digest, number, bid, reasons))
        assert signer.certificate is not None
        async with hall.database.work(hall.actor(login)) as work:
            return await ask_capacity(work, hall.authority, section, bid, reasons, signer.certificate, signature)

    def found(self, *, capable: bool, request: int = 1) -> dict[str, Any]:
        reasons = "资质已被吊销，不能履行合同"
        return {"kind": "capacity", "request": request, "bid": self.first, "capable": capable, "reasons": reasons}

    async def pass_over(self, bid: str, cause: str = INCAPABLE) -> None:
        hall, section, signer = self.room.hall, self.room.section, self.room.hall.signers["procurer"]
        digest = (await self.room.panel.evaluation()).digest
        message = way_message(section, digest, Way.NEXT, bid, Grounds(cause, (), "不能履约"))
        assert signer.certificate is not None
        signed = Signed(signer.certificate, signer.sign(message))
        async with hall.database.work(hall.actor("procurer")) as work:
            await pass_over(work, hall.authority, section, bid, cause, "不能履约", signed)

    async def award(self) -> None:
        hall = self.room.hall
        async with hall.database.work(hall.actor("agent")) as work:
            await publish_award(work, self.room.section)

    async def ended(self) -> None:
        hall = self.room.hall
        ends = (await hall.section(self.room.section)).publicity_ends
        assert ends is not None
        await hall.wait_until(ends)
        await hall.due()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall) -> Asked:
    await enter_experts(hall)
    room = await a_room(hall, (await opened(hall, 1))[0])
    await hall.bring("stranger", Role.PROCURING, "另一家招标人（示例）", cast.code(9))
    for login in ("procurer", "stranger"):
        hall.signers[login] = await hall.give_key(login, f"{login}-capacity")
    await room.panel.resolve(room.finding(), (1, 2, 3, 4, 5))
    await room.panel.conclude({number: room.sheet(number) for number in range(1, 6)})
    found = Asked(room)
    order = (await room.panel.evaluation()).evidence["out"]["order"]
    found.first, found.second = order[:2]
    await found.refuse("before the candidates", found.ask(found.first))
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, room.section)
    await found.refuse("nothing asked", room.panel.move(1, found.found(capable=False)))
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    await found.refuse("by the agent", found.ask(found.first, login="agent"))
    await found.refuse("by a proxy of the agent", found.ask(found.first, login="proxy"))
    await found.refuse("by a stranger", found.ask(found.first, login="stranger", key="stranger"))
    await found.refuse("with a stranger's key", found.ask(found.first, key="stranger"))
    await found.refuse("about nobody", found.ask("bid-nobody"))
    await found.refuse("without words", found.ask(found.first, reasons=" "))
    await found.refuse("cause not found", found.pass_over(found.first))
    assert await found.ask(found.first) == 1
    await found.refuse("asked twice", found.ask(found.first, 2))
    await found.refuse("of another question", room.panel.move(1, found.found(capable=False, request=2)))
    await found.ended()
    await found.refuse("award while asked", found.award())
    await found.refuse("way while asked", found.pass_over(found.first))
    number = await room.panel.move(1, found.found(capable=False))
    await found.refuse("two motions", room.panel.move(2, found.found(capable=True)))
    await room.panel.vote(2, number)
    await found.refuse("award before a majority", found.award())
    await room.panel.vote(4, number, against="整改期内仍可履约")
    await room.panel.vote(3, number)
    await found.refuse("award to who cannot", found.award())
    await found.refuse("another drops out", found.pass_over(found.second))
    await found.pass_over(found.first)
    await found.ended()
    await found.award()
    async with await hall.client() as client:
        found.page = (await client.get(f"/sections/{room.section}")).text
    data = await sealed_evidence(hall, room.section)
    found.steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    return found


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("before the candidates", "capacity.not-now"),
        ("nothing asked", "capacity.not-asked"),
        ("by the agent", "permission.denied"),
        ("by a proxy of the agent", "capacity.entity"),
        ("by a stranger", "section.unknown"),
        ("with a stranger's key", "signing.bad-signature"),
        ("about nobody", "capacity.candidate"),
        ("without words", "capacity.reasons"),
        ("cause not found", "way.cause"),
        ("asked twice", "capacity.open"),
        ("of another question", "capacity.not-asked"),
        ("award while asked", "capacity.open"),
        ("way while asked", "capacity.open"),
        ("two motions", "resolution.pending"),
        ("award before a majority", "capacity.open"),
        ("award to who cannot", "capacity.lacking"),
        ("another drops out", "way.cause"),
    ],
)
def test_what_the_question_bars_or_does_not_admit_is_refused(told: Asked, name: str, code: str) -> None:
    assert told.refusals[name] == code


async def test_the_next_candidate_is_awarded_after_a_new_publicity(told: Asked) -> None:
    assert (await told.room.hall.section(told.room.section)).state == SectionState.NOTIFIED
    assert told.steps["capacity"] == {"asked": 1}
    assert told.steps["ways"] == {"passed": 1}


async def test_without_a_key_nothing_is_asked_and_what_was_typed_stays(told: Asked) -> None:
    async with await told.room.hall.client("procurer") as client:
        answer = await client.post(
            f"/en/sections/{told.room.section}/award/capacity", data={"bid": "b", "reasons": WHY}
        )
    assert answer.status_code == 422
    assert "holds no key to sign with" in answer.text


def test_the_public_reads_question_and_answer(told: Asked) -> None:
    assert WHY in told.page and "不能履约" in told.page
