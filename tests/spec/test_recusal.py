"""The second look after the opening 回避复核 and a bidder's written request (GPR 9, TBR 46)."""

from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from bidding_scene import refused
from judging import QUOTA, Panel, a_panel, enter_experts, evidence_in, the_draw
from judging_room import opened
from scenes import Hall
from sqlalchemy import select

from expertpool.draw.evidence import recompute
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Draw
from expertpool.experts.rules import Tie, TieKind
from expertpool.experts.sealing import identity_of, name_of, open_document
from expertpool.experts.tables import Expert
from expertpool.invitations.states import Replaced
from expertpool.recusal.ties import REVIEW, excluded, keep_ties
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.evaluation.controllers import declare_controller, end_controller
from trading.evaluation.panel import Terms, involved, order_panel, request_panel
from trading.evaluation.recusing import all_asked, asked_by, consider, request_recusal
from trading.evaluation.rescreen import HIT, rescreen
from trading.evaluation.seating import replace_unwilling
from trading.evaluation.tables import RecusalHit
from trading.sections.queries import public_section
from web.demo import cast

pytestmark = pytest.mark.soak

PLACE = "云湖市公共资源交易中心三楼报到台"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> list[str]:
    await enter_experts(hall)
    return await opened(hall, 3)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def panel(hall: Hall, sections: list[str]) -> Panel:
    return await a_panel(hall, sections[0], alternates=2)


async def holder(panel: Panel, number: int) -> Expert:
    """Who holds a seat now."""
    await panel.refresh()
    seat, keys = panel.seat(number), panel.hall.keys.service
    async with panel.hall.database.reading() as session:
        return await session.get_one(Expert, keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode())


async def tie(hall: Hall, expert: Expert, login: str) -> None:
    async with hall.database.work(SYSTEM) as work:
        told = Tie(hall.bodies[login].credit_code, TieKind.DIRECTOR)
        await keep_ties(work, hall.keys.service, expert, [told], REVIEW)


async def look(hall: Hall, section: str) -> None:
    async with hall.database.work(SYSTEM) as work:
        await rescreen(work, hall.keys, section)


async def ask(hall: Hall, section: str, whom: str, login: str = "bidder1", why: str = "曾任其董事") -> str:
    async with hall.database.work(hall.actor(login)) as work:
        return (await request_recusal(work, hall.keys.service, section, whom, why)).id


async def decide(hall: Hall, section: str, request: str, *, grounded: bool, login: str = "supervisor") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await consider(work, section, request, grounded=grounded)


async def reasons(hall: Hall, section: str) -> list[tuple[str, str]]:
    lines = await hall.lines(Event.JUDGE_REPLACED, section=section)
    return [(line.facts["judge"], line.facts["reason"]) for line in lines]


async def test_a_tie_to_a_bidder_brings_the_next_alternate_with_a_logged_reason(hall: Hall, panel: Panel) -> None:
    before = await holder(panel, 1)
    await tie(hall, before, "bidder2")
    await look(hall, panel.section)
    assert (await holder(panel, 1)).id != before.id
    found = await hall.lines(Event.RECUSAL_FOUND, section=panel.section)
    assert [line.facts for line in found] == [{"judge": "J1", "kind": "director"}]
    assert await reasons(hall, panel.section) == [("J1", "recusal")]


async def test_looking_again_finds_nothing_more(hall: Hall, panel: Panel) -> None:
    told = await reasons(hall, panel.section)
    await look(hall, panel.section)
    assert await reasons(hall, panel.section) == told


async def test_a_hit_is_kept_sealed_and_settled(hall: Hall, panel: Panel) -> None:
    async with hall.database.reading() as session:
        hit = (await session.execute(select(RecusalHit).where(RecusalHit.section == panel.section))).scalar_one()
    assert (hit.number, hit.kind) == (1, "director") and hit.settled_at is not None
    assert hall.bodies["bidder2"].credit_code.encode() not in hit.sealed


async def test_before_the_opening_nobody_is_looked_at(hall: Hall, sections: list[str]) -> None:
    await look(hall, await hall.a_tender(60))
    await look(hall, "YH-NO-SUCH/01")


async def test_an_expert_who_declines_makes_room_once(hall: Hall, panel: Panel) -> None:
    seat, before = panel.seat(5), await holder(panel, 5)
    for _ in range(2):
        async with hall.database.work(SYSTEM) as work:
            await replace_unwilling(work, hall.keys, seat.id, Replaced.DECLINED)
    assert (await holder(panel, 5)).id != before.id
    assert (await reasons(hall, panel.section)).count(("J5", "declined")) == 1


async def test_only_the_system_and_the_centre_replace_the_unwilling(hall: Hall, panel: Panel) -> None:
    async def agent() -> None:
        async with hall.database.work(hall.actor("agent")) as work:
            await replace_unwilling(work, hall.keys, panel.seat(5).id, Replaced.DECLINED)

    assert await refused(agent()) == "permission.denied"


async def test_who_has_come_after_all_is_not_replaced_for_silence(hall: Hall, panel: Panel) -> None:
    await panel.refresh()
    await panel.sign_in(4)
    before = await reasons(hall, panel.section)
    async with hall.database.work(SYSTEM) as work:
        await replace_unwilling(work, hall.keys, panel.seat(4).id, Replaced.UNANSWERED)
    assert await reasons(hall, panel.section) == before


async def test_a_grounded_request_replaces_whoever_bears_the_name(hall: Hall, panel: Panel) -> None:
    before = await holder(panel, 2)
    request = await ask(hall, panel.section, name_of(hall.keys.service, before))
    await decide(hall, panel.section, request, grounded=True)
    await hall.jobs()
    assert (await holder(panel, 2)).id != before.id
    assert ("J2", "recusal") in await reasons(hall, panel.section)


async def test_an_unfounded_request_and_one_about_a_stranger_change_nothing(hall: Hall, panel: Panel) -> None:
    before = await reasons(hall, panel.section)
    name = name_of(hall.keys.service, await holder(panel, 3))
    await decide(hall, panel.section, await ask(hall, panel.section, name), grounded=False)
    await decide(hall, panel.section, await ask(hall, panel.section, "查无此人"), grounded=True)
    await hall.jobs()
    assert await reasons(hall, panel.section) == before


async def test_the_log_holds_a_requests_hash_and_never_its_words(hall: Hall, panel: Panel) -> None:
    lines = await hall.lines(Event.RECUSAL_REQUESTED, section=panel.section)
    assert {tuple(line.facts) for line in lines} == {("request",)}


async def test_a_bidder_reads_its_own_requests_only_and_the_supervisor_all(hall: Hall, panel: Panel) -> None:
    await ask(hall, panel.section, "某某", "bidder2")
    async with hall.database.reading() as session:
        keys = hall.keys.service
        own = await asked_by(session, keys, hall.actor("bidder2"), panel.section)
        every = await all_asked(session, keys, hall.actor("supervisor"), panel.section)
    assert [one.whom for one in own] == ["某某"] and len(every) == 4


@pytest.mark.parametrize(
    ("login", "whom", "why", "code"),
    [
        ("bidder1", " ", "理由", "recusal.whom"),
        ("bidder1", "某" * 81, "理由", "recusal.whom"),
        ("bidder1", "某某", " ", "recusal.why"),
        ("bidder1", "某某", "由" * 2001, "recusal.why"),
        ("agent", "某某", "理由", "permission.denied"),
        ("supervisor", "某某", "理由", "permission.denied"),
    ],
)
async def test_a_request_names_a_person_and_a_reason_and_comes_from_a_bidder(
    hall: Hall, panel: Panel, login: str, whom: str, why: str, code: str
) -> None:
    assert await refused(ask(hall, panel.section, whom, login, why)) == code


async def test_a_request_before_the_opening_would_tell_who_bids_and_finds_no_section(
    hall: Hall, sections: list[str]
) -> None:
    assert await refused(ask(hall, await hall.a_tender(60), "某某")) == "section.unknown"


async def test_a_request_is_decided_once_and_by_the_regions_supervisor(hall: Hall, panel: Panel) -> None:
    request = await ask(hall, panel.section, "又一人", "bidder3")
    assert await refused(decide(hall, panel.section, request, grounded=True, login="centre")) == "permission.denied"
    assert await refused(decide(hall, panel.section, "recusal-none", grounded=True)) == "recusal.unknown"
    await decide(hall, panel.section, request, grounded=False)
    assert await refused(decide(hall, panel.section, request, grounded=True)) == "recusal.considered"


async def test_a_body_asks_ten_times_at_most(hall: Hall, panel: Panel) -> None:
    for number in range(9):
        await ask(hall, panel.section, f"某{'甲' * number}", "bidder3")
    assert await refused(ask(hall, panel.section, "再一人", "bidder3")) == "recusal.many"


async def test_avoided_persons_and_those_tied_to_a_party_are_not_eligible(hall: Hall, sections: list[str]) -> None:
    section, keys = sections[1], hall.keys.service
    async with hall.database.reading() as session:
        named, known, tied, *_ = (await session.execute(select(Expert).order_by(Expert.id).limit(3))).scalars()
    await tie(hall, tied, "agent")
    persons = ((name_of(keys, named), ""), ("姓名不符也算", identity_of(keys, known)))
    async with hall.database.work(hall.actor("agent")) as work:
        terms = Terms(work.ctx.now + timedelta(hours=2), PLACE, persons=persons)
        draw = await request_panel(work, section, quota=QUOTA, alternates=1, keys=keys, terms=terms)
    async with hall.database.reading() as session:
        assert await excluded(session, keys, draw) >= {named.id, known.id, tied.id}


@pytest.mark.parametrize(
    ("ahead", "place", "code"), [(-1, PLACE, "panel.past"), (25, PLACE, "panel.too-early"), (2, " ", "panel.place")]
)
async def test_the_committee_meets_soon_and_somewhere(
    hall: Hall, sections: list[str], ahead: int, place: str, code: str
) -> None:
    async def asked() -> None:
        async with hall.database.work(hall.actor("agent")) as work:
            terms = Terms(work.ctx.now + timedelta(hours=ahead), place)
            await request_panel(
                work, sections[2], quota={cast.WORKS: 3, cast.COST: 2}, alternates=1, keys=hall.keys.service,
                terms=terms,
            )  # fmt: skip

    assert await refused(asked()) == code


async def page(hall: Hall, login: str, path: str, **fields: str) -> httpx.Response:
    """What somebody's browser gets; a form is sent where fields are given."""
    async with await hall.client(login) as client:
        return await (client.post(path, data=fields) if fields else client.get(path))


async def test_a_refused_request_comes_back_with_its_words_and_a_good_one_is_listed(hall: Hall, panel: Panel) -> None:
    path = f"/sections/{panel.section}/recusal"
    refused_one = await page(hall, "bidder2", path, private_whom=" ", private_why="曾任监事之一")
    assert refused_one.status_code == 422 and "曾任监事之一" in refused_one.text and "errsum" in refused_one.text
    sent = await page(hall, "bidder2", path, private_whom="网页所指之人", private_why="曾任监事之一")
    assert sent.status_code == 303
    assert "网页所指之人" in (await page(hall, "bidder2", path)).text


@pytest.mark.parametrize(
    ("login", "tail", "status"),
    [("bidder3", "recusal", 200), ("agent", "recusal", 403), ("bidder1", "recusals", 403), ("centre", "recusals", 403)],
)
async def test_each_page_of_recusal_is_its_readers_own(
    hall: Hall, panel: Panel, login: str, tail: str, status: int
) -> None:
    told = await page(hall, login, f"/sections/{panel.section}/{tail}")
    assert told.status_code == status and ("网页所指之人" not in told.text)


async def test_the_supervisor_decides_on_the_page_and_learns_no_name_of_a_judge(hall: Hall, panel: Panel) -> None:
    keys, path = hall.keys.service, f"/sections/{panel.section}/recusals"
    request = await ask(hall, panel.section, "页上一人", "bidder2")
    assert (await page(hall, "supervisor", f"{path}/{request}", decision="perhaps")).status_code == 422
    assert (await page(hall, "supervisor", f"{path}/{request}", decision="unfounded")).status_code == 303
    told = (await page(hall, "supervisor", path)).text
    assert "页上一人" in told
    assert not [
        number for number in (1, 4, 5) if name_of(keys, await holder(panel, number)) in told.replace("页上一人", "")
    ]


async def test_experts_are_drawn_from_the_city_or_the_province_where_the_request_says_so(
    hall: Hall, sections: list[str]
) -> None:
    quota = {f"{cast.WORKS}@{cast.REGION[:4]}": 3, f"{cast.COST}@{cast.REGION[:2]}": 2}
    wide = await a_panel(hall, sections[2], quota=quota)
    assert {name: [seat.specialty for seat in wide.seats].count(name) for name in quota} == quota
    evidence = await evidence_in(hall, f"{sections[2]}/1")
    assert recompute(evidence) == evidence


async def controlled(hall: Hall, login: str, code: str, name: str = "云湖控股集团（示例）") -> str:
    async with hall.database.work(hall.actor(login)) as work:
        return (await declare_controller(work, code, name)).id


async def test_an_expert_tied_to_a_company_that_controls_a_bidder_makes_room(hall: Hall, sections: list[str]) -> None:
    section = sections[2]
    panel = Panel(hall, section, [])
    before, keys = await holder(panel, 3), hall.keys.service
    group = cast.code(901)
    async with hall.database.work(SYSTEM) as work:
        await keep_ties(work, keys, before, [Tie(group, TieKind.EMPLOYED)], REVIEW)
    await look(hall, section)
    assert (await holder(panel, 3)).id == before.id
    declared = await controlled(hall, "bidder2", group)
    await look(hall, section)
    assert (await holder(panel, 3)).id != before.id and ("J3", "recusal") in await reasons(hall, section)
    async with hall.database.reading() as session:
        hit = (await session.execute(select(RecusalHit).where(RecusalHit.section == section))).scalars().all()[-1]
        assert open_document(keys, HIT, hit.id, hit.sealed)[0][2] == "controlling"
        assert group in await involved(session, await public_section(session, section))
    async with hall.database.work(hall.actor("bidder2")) as work:
        await end_controller(work, declared)
        await end_controller(work, declared)
    async with hall.database.reading() as session:
        assert group not in await involved(session, await public_section(session, section))


@pytest.mark.parametrize(
    ("login", "code", "name", "refusal"),
    [
        ("bidder1", cast.code(902)[:-1] + "!", "甲", "organisation.credit-code"),
        ("bidder1", "own", "甲", "controller.self"),
        ("bidder1", cast.code(902), " ", "controller.name"),
        ("centre", cast.code(902), "甲", "permission.denied"),
    ],
)
async def test_what_is_refused_when_a_controlling_company_is_declared(
    hall: Hall, login: str, code: str, name: str, refusal: str
) -> None:
    given = hall.bodies[login].credit_code if code == "own" else code
    assert await refused(controlled(hall, login, given, name)) == refusal


async def test_a_controlling_company_is_declared_once_and_ended_by_its_own_body_only(hall: Hall) -> None:
    declared = await controlled(hall, "bidder4", cast.code(903))
    assert await refused(controlled(hall, "bidder4", cast.code(903))) == "controller.known"
    for number in range(910, 929):
        await controlled(hall, "bidder4", cast.code(number))
    assert await refused(controlled(hall, "bidder4", cast.code(930))) == "controller.many"

    async def end(login: str) -> None:
        async with hall.database.work(hall.actor(login)) as work:
            await end_controller(work, declared)

    assert await refused(end("bidder5")) == "controller.unknown"


async def test_a_body_declares_on_its_own_page(hall: Hall) -> None:
    async def sent(login: str, tail: str = "", **fields: str) -> httpx.Response:
        return await page(hall, login, f"/company/controllers{tail}", **fields)

    wrong = await sent("bidder6", code="123", name="云湖控股")
    assert wrong.status_code == 422 and "errsum" in wrong.text and "云湖控股" in wrong.text
    assert (await sent("bidder6", code=cast.code(940), name="云湖控股")).status_code == 303
    told = await sent("bidder6")
    assert cast.code(940) in told.text
    assert cast.code(940) not in (await sent("bidder7")).text
    assert (await sent("centre")).status_code == 403


async def test_a_draw_is_ordered_only_when_the_evaluation_is_near_whatever_the_request_found(
    hall: Hall, sections: list[str]
) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        terms = Terms(work.ctx.now + timedelta(hours=2), PLACE)
        draw = await request_panel(
            work, sections[1], quota=QUOTA, alternates=1, keys=hall.keys.service, terms=terms
        )  # fmt: skip

    async def order(ahead: timedelta, login: str = "centre") -> None:
        async with hall.database.work(SYSTEM) as work:
            (await work.session.get_one(Draw, draw.id)).evaluation_at = work.ctx.now + ahead
        async with hall.database.work(hall.actor(login)) as work:
            await order_panel(work, sections[1])

    assert await refused(order(timedelta(hours=25))) == "panel.too-early"
    assert await refused(order(timedelta(seconds=-1))) == "panel.past"
    assert await refused(order(timedelta(hours=3), "agent")) == "permission.denied"
    await order(timedelta(hours=3))
    assert (await the_draw(hall, draw.id)).ordered_at is not None


async def test_nothing_is_ordered_where_nothing_was_asked_for_or_bids_can_still_change(hall: Hall) -> None:
    section = await hall.a_tender(60)

    async def order() -> None:
        async with hall.database.work(hall.actor("centre")) as work:
            await order_panel(work, section)

    assert await refused(order()) == "panel.not-now"
