"""After the opening, ties to members of a consortium, to the agent and by a party's head are found (GPR 9, TBR 46)."""

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from envelopes import an_envelope, submitted
from judging import Panel, a_panel, enter_experts
from scenes import Hall
from sqlalchemy import select

from expertpool.draw.reveal import EXPERT
from expertpool.experts.rules import Tie, TieKind
from expertpool.experts.sealing import name_of, open_document
from expertpool.experts.tables import Expert
from expertpool.recusal.ties import REVIEW, keep_ties
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.evaluation.rescreen import HIT, rescreen
from trading.evaluation.tables import RecusalHit
from trading.opening.form import make_form
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = pytest.mark.soak

MEMBER = cast.code(903)
JOINT = {
    "share": "60",
    "work": "土建",
    "members": [{"name": "云湖市机电安装有限公司", "code": MEMBER, "share": "40", "work": "机电安装"}],
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def panel(hall: Hall) -> Panel:
    """A committee with alternates for an opened section in which one bid is a consortium's."""
    await enter_experts(hall)
    section = await hall.a_tender(8)
    for login, joint in (("bidder1", JOINT), ("bidder2", None), ("bidder3", None)):
        form = make_form("9400000.00", "300", "合格", "王", joint)
        await submitted(hall, section, login, await an_envelope(hall, section, login, form=form))
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(section, SectionState.OPENED)
    return await a_panel(hall, section, alternates=3)


async def holder(panel: Panel, number: int) -> Expert:
    await panel.refresh()
    seat, keys = panel.seat(number), panel.hall.keys.service
    async with panel.hall.database.reading() as session:
        return await session.get_one(Expert, keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode())


async def to_member(hall: Hall, expert: Expert) -> None:
    async with hall.database.work(SYSTEM) as work:
        await keep_ties(work, hall.keys.service, expert, [Tie(MEMBER, TieKind.EMPLOYED)], REVIEW)


async def to_agent(hall: Hall, expert: Expert) -> None:
    async with hall.database.work(SYSTEM) as work:
        await keep_ties(
            work, hall.keys.service, expert, [Tie(hall.bodies["agent"].credit_code, TieKind.DIRECTOR)], REVIEW
        )


async def by_name(hall: Hall, expert: Expert) -> None:
    """The second bidder registers a legal representative of the expert's name."""
    body, name = hall.bodies["bidder2"], name_of(hall.keys.service, expert)
    async with hall.database.work(SYSTEM) as work:
        work.session.add(
            OrganisationVersion(
                id="version-head", series="series-head", number=1, organisation=body.id, state=VersionState.ACCEPTED,
                kinds=["bidder"], credit_code=body.credit_code, phone="13800000000", legal_representative=name,
                profile={}, submitted_by="test", submitted_at=work.ctx.now, decided_by="test", decided_at=work.ctx.now,
                region=cast.REGION, reasons={},
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "tied", "kind", "part"),
    [
        (1, to_member, "employed", "member"),
        (2, to_agent, "director", "agent"),
        (4, by_name, "head", "bidder"),
    ],
    ids=["a consortium's member", "the agent", "a bidder's head"],
)
async def test_each_makes_room_for_the_next_alternate_with_its_logged_reason(
    hall: Hall,
    panel: Panel,
    number: int,
    tied: Callable[[Hall, Expert], Awaitable[None]],
    kind: str,
    part: str,
) -> None:
    before, judge = await holder(panel, number), f"J{number}"
    others = {one: (await holder(panel, one)).id for one in range(1, 6) if one != number}
    await tied(hall, before)
    for _ in range(2):
        async with hall.database.work(SYSTEM) as work:
            await rescreen(work, hall.keys, panel.section)
    assert (await holder(panel, number)).id != before.id
    assert {one: (await holder(panel, one)).id for one in others} == others
    found = await hall.lines(Event.RECUSAL_FOUND, section=panel.section)
    assert [line.facts for line in found if line.facts["judge"] == judge] == [{"judge": judge, "kind": kind}]
    replaced = await hall.lines(Event.JUDGE_REPLACED, section=panel.section)
    assert [line.facts["reason"] for line in replaced if line.facts["judge"] == judge] == ["recusal"]
    async with hall.database.reading() as session:
        wanted = select(RecusalHit).where(RecusalHit.section == panel.section, RecusalHit.number == number)
        hit = (await session.execute(wanted)).scalar_one()
    assert hit.settled_at is not None
    assert open_document(hall.keys.service, HIT, hit.id, hit.sealed)[0][2] == part
