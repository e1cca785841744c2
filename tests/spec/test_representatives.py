"""The purchaser's representatives on a committee 采购人代表: named with a mandate, sealed, screened like everybody."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import pytest_asyncio
from bidding_scene import refused
from judging import Panel, draw_in, enter_experts
from judging_room import Room, award, opened, room_of, verified
from scenes import Hall
from seat_day import Machine, a_machine, at_the_door, expert_at, named_on_page, on_page, ordered, person_of, read, slips
from sqlalchemy import func, select

from expertpool.draw.actions import freeze_draw
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Drawing, Seat
from expertpool.experts.actions import enter_expert
from expertpool.experts.rules import Tie, TieKind
from expertpool.experts.tables import Expert
from expertpool.invitations.queries import code_for
from expertpool.invitations.tables import Meeting
from expertpool.recusal.representatives import holder, named
from expertpool.recusal.ties import REVIEW, keep_ties
from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.evaluation import representatives
from trading.evaluation.leader import vote_for_leader
from trading.evaluation.panel import request_panel
from trading.evaluation.queries import seats_of
from trading.evaluation.representatives import Person, Place, mandate_of, name_representative, places_of
from trading.evaluation.rescreen import rescreen
from trading.evaluation.seating import call_absentees
from trading.evaluation.slips import names_of_present
from trading.evaluation.tables import RecusalHit, Representative
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = pytest.mark.soak

MANDATE = b"%PDF-1.7\n" + "授权书".encode()
QUOTA = {cast.WORKS: 3, cast.COST: 1}
LI = Person("李代表", cast.resident(801))
ZHAO = Person("赵代表", cast.resident(802))
ZHOU = Person("周代表", cast.resident(803))
SEEN = re.compile(r'name="seen" value="([0-9]+)"')
CODE = re.compile(r'place__code">([^<]+)<')
SEATED = "评委5"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def panel(hall: Hall) -> Panel:
    """Four experts drawn; the fifth seat is the purchaser's, and nobody has been named for it."""
    await enter_experts(hall)
    [section] = await opened(hall, 1)
    async with hall.database.work(hall.actor("agent")) as work:
        draw = await request_panel(work, section, quota=QUOTA, alternates=3, representatives=1)
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, draw.id)
    await hall.until(lambda: draw_in(hall, draw.id, DrawState.REVEALED))
    async with hall.database.work(SYSTEM) as work:
        meet_at = work.ctx.now + timedelta(hours=2)
        work.session.add(Meeting(draw=draw.id, region=cast.REGION, meet_at=meet_at, place="三楼报到台", window=600))
        return Panel(hall, section, await seats_of(work.session, section))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def zhou(panel: Panel) -> Expert:
    """An expert of the pool without employer, whom no draw has called: the one whom the purchaser names at last."""
    async with panel.hall.database.work(SYSTEM) as work:
        return await enter_expert(
            work, panel.hall.keys.service, name=ZHOU.name, identity=f"resident:{ZHOU.identity}", employer=None,
            specialties=("A01",), region=cast.REGION,
        )  # fmt: skip


@pytest.fixture(scope="module")
def machine(panel: Panel) -> Machine:
    """The browser at the desk of seat 5."""
    return a_machine(panel)


async def name(
    panel: Panel, person: Person, *, number: int = 5, why: str | None = None, login: str = "agent", mandate: bytes = MANDATE
) -> None:  # fmt: skip
    async with panel.hall.database.work(panel.hall.actor(login)) as work:
        await name_representative(work, panel.hall.keys.service, panel.section, number, person, mandate, why)
    await panel.refresh()


async def place(panel: Panel, login: str = "agent") -> Place:
    async with panel.hall.database.reading() as session:
        [found] = await places_of(session, panel.hall.keys.service, panel.hall.actor(login), panel.section)
        return found


async def look(panel: Panel) -> None:
    async with panel.hall.database.work(SYSTEM) as work:
        await rescreen(work, panel.hall.keys, panel.section)
    await panel.refresh()


async def leavings(panel: Panel) -> list[tuple[str, str, str | None]]:
    lines = await panel.hall.lines(Event.JUDGE_REPLACED, section=panel.section)
    return [(line.facts["judge"], line.facts["reason"], line.facts["alternate"]) for line in lines]


def test_a_seat_holds_an_experts_id_or_the_representative_itself() -> None:
    assert named(holder("李代表", "resident:1")) == ("李代表", "resident:1")
    assert named("expert_1") is None


@pytest.mark.parametrize(
    ("quota", "representatives", "code"),
    [
        ({cast.WORKS: 3}, 2, "panel.experts"),
        ({cast.WORKS: 3, cast.COST: 2}, 1, "panel.even"),
        ({cast.WORKS: 3, cast.COST: 3}, 3, "panel.representatives"),
        ({cast.WORKS: 3}, 1, "panel.size"),
    ],
)
async def test_representatives_count_for_the_committees_size(
    panel: Panel, quota: dict[str, int], representatives: int, code: str
) -> None:
    async def ask() -> None:
        async with panel.hall.database.work(panel.hall.actor("agent")) as work:
            await request_panel(work, panel.section, quota=quota, alternates=1, representatives=representatives)

    assert await refused(ask()) == code


async def test_until_somebody_is_named_the_seat_is_vacant_and_no_alternate_waits_for_it(panel: Panel) -> None:
    seat = panel.seat(5)
    assert (seat.kind, seat.specialty) == ("representative", "representative") and seat.vacant_since is not None
    assert (await place(panel)).named_at is None
    [asked] = await panel.hall.lines(Event.DRAW_REQUESTED, section=panel.section)
    assert asked.facts["representatives"] == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"login": "bidder1"}, "permission.denied"),
        ({"number": 1}, "representative.none"),
        ({"number": 6}, "representative.none"),
        ({"person": Person("李2", LI.identity)}, "representative.name"),
        ({"person": Person("  ", LI.identity)}, "representative.name"),
        ({"person": Person(LI.name, LI.identity[:-1] + "0")}, "representative.identity"),
        ({"mandate": b"GIF89a"}, "representative.mandate"),
        ({"mandate": b"%PDF-" + bytes(4 << 20)}, "representative.mandate"),
    ],
)
async def test_what_is_refused_when_a_representative_is_named(panel: Panel, told: dict[str, object], code: str) -> None:
    assert await refused(name(panel, told.pop("person", LI), **told)) == code  # type: ignore[arg-type]


async def test_a_stranger_finds_no_section(panel: Panel) -> None:
    async with panel.hall.database.work(SYSTEM) as work:
        stranger = replace(panel.hall.actor("agent"), organisation="body-nobody")
        assert work.ctx.actor != stranger

    async def try_it() -> None:
        async with panel.hall.database.work(stranger) as work:
            await name_representative(work, panel.hall.keys.service, panel.section, 5, LI, MANDATE)

    assert await refused(try_it()) == "section.unknown"


async def test_the_log_holds_the_mandates_hash_and_nobody_but_the_namer_reads_a_name(panel: Panel) -> None:
    hall, service = panel.hall, panel.hall.keys.service
    async with hall.database.reading() as session:
        before = (await session.execute(select(func.count(Drawing.id)))).scalar_one()
    await name(panel, LI)
    [told] = await hall.lines(Event.REPRESENTATIVE_NAMED, section=panel.section)
    assert told.facts == {"judge": "J5", "mandate": sha256(MANDATE).hexdigest()}
    mine, theirs = await place(panel), await place(panel, "procurer")
    assert (mine.name, mine.mine, mine.mandate) == (LI.name, True, sha256(MANDATE).hexdigest())
    assert (theirs.name, theirs.code, theirs.mine) == (None, None, False) and mine.code is not None
    async with hall.database.reading() as session:
        assert await mandate_of(session, service, hall.actor("agent"), panel.section, 5) == MANDATE
        row = (await session.execute(select(Representative))).scalar_one()
        assert LI.name.encode() not in row.sealed + panel.seat(5).sealed_expert and MANDATE not in row.sealed_mandate
        assert (await code_for(session, service, mine.code))[0] == panel.seat(5).id
        assert (await session.execute(select(func.count(Drawing.id)))).scalar_one() == before
        other = mandate_of(session, service, hall.actor("procurer"), panel.section, 5)
        assert await refused(other) == "representative.none"


async def test_another_is_named_before_the_sign_in_for_a_reason_and_the_code_before_is_dead(panel: Panel) -> None:
    dead = (await place(panel)).code
    assert await refused(name(panel, ZHAO)) == "representative.why"
    assert await refused(name(panel, ZHAO, why="because")) == "representative.why"
    await name(panel, ZHAO, why="unable")
    told = await panel.hall.lines(Event.REPRESENTATIVE_NAMED, section=panel.section)
    assert [line.facts.get("why") for line in told] == [None, "unable"]
    assert dead is not None and (await place(panel)).code != dead
    async with panel.hall.database.reading() as session:
        assert await refused(code_for(session, panel.hall.keys.service, dead)) == "invitation.unknown"


async def test_a_representative_with_a_tie_to_a_bidder_leaves_the_seat_vacant_and_another_is_named(
    panel: Panel,
) -> None:
    hall = panel.hall
    sitting = [(await expert_at(panel, number)).id for number in range(1, 5)]
    async with hall.database.work(SYSTEM) as work:
        free = select(Expert).where(Expert.id.not_in(sitting)).order_by(Expert.id.desc()).limit(1)
        tied = (await work.session.execute(free)).scalar_one()
        told = Tie(hall.bodies["bidder1"].credit_code, TieKind.DIRECTOR)
        await keep_ties(work, hall.keys.service, tied, [told], REVIEW)
    await name(panel, person_of(panel, tied), why="mistake")
    await look(panel)
    assert (await leavings(panel))[-1] == ("J5", "recusal", None)
    assert panel.seat(5).vacant_since is not None and panel.seat(5).kind == "representative"
    async with hall.database.reading() as session:
        hit = (await session.execute(select(RecusalHit).where(RecusalHit.number == 5))).scalar_one()
    assert hit.kind == "director" and hit.settled_at is not None


async def test_requirement_02_a_refused_naming_comes_back_with_what_was_typed_and_says_why_at_the_field(
    panel: Panel,
) -> None:
    told = {"seat": "5", "private_name": LI.name, "private_identity": LI.identity[:-1]}
    for fields, file, word in (
        (told, MANDATE, "private_identity-error"),
        (told | {"private_identity": LI.identity}, None, "mandate-error"),
        (told | {"private_name": "李1"}, MANDATE, "private_name-error"),
    ):
        refused_one = await on_page(panel, "agent", file=file, **fields)
        assert refused_one.status_code == 422 and "errsum" in refused_one.text and word in refused_one.text
        assert fields["private_name"] in refused_one.text
    assert (await on_page(panel, "agent", file=MANDATE, **told | {"seat": "9"})).status_code == 404


async def test_the_account_that_named_reads_name_and_code_on_the_page_and_nobody_else_does(panel: Panel) -> None:
    sent = await on_page(
        panel, "agent", file=MANDATE, seat="5", private_name=LI.name, private_identity=LI.identity
    )  # fmt: skip
    assert sent.status_code == 303
    await panel.refresh()
    mine, theirs = await on_page(panel, "agent"), await on_page(panel, "procurer")
    digest = sha256(MANDATE).hexdigest()
    assert LI.name in mine.text and digest in mine.text and "place__code" in mine.text
    assert theirs.status_code == 200 and LI.name not in theirs.text and "place__code" not in theirs.text
    assert LI.identity not in mine.text
    fetched = await on_page(panel, "agent", "/5/mandate")
    assert fetched.content == MANDATE and fetched.headers["cache-control"] == "no-store"
    assert (await on_page(panel, "procurer", "/5/mandate")).status_code == 404
    assert {(await on_page(panel, login)).status_code for login in ("bidder1", "centre", "supervisor")} == {403}


async def test_an_expert_whom_the_purchaser_names_as_its_own_is_tied_to_it_and_leaves_the_experts_seat(
    panel: Panel,
) -> None:
    drawn = await expert_at(panel, 2)
    await name(panel, person_of(panel, drawn), why="left")
    await look(panel)
    assert (await leavings(panel))[-1][:2] == ("J2", "recusal") and (await expert_at(panel, 2)).id != drawn.id
    assert panel.seat(5).vacant_since is None
    await name(panel, LI, why="mistake")


async def test_one_who_is_absent_leaves_the_seat_vacant_until_another_is_named(panel: Panel) -> None:
    for number in range(1, 5):
        await panel.sign_in(number)
    hall = panel.hall
    async with hall.database.work(SYSTEM) as work:
        draw = await work.session.get_one(Draw, panel.seat(1).draw)
        draw.sign_in_by = work.ctx.now
        work.record(
            Event.SIGN_IN_APPOINTED, draw.id, section=panel.section, region=draw.region,
            by=work.ctx.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )  # fmt: skip
        await call_absentees(work, f"{panel.section}@now")
    await hall.jobs()
    await panel.refresh()
    assert (await leavings(panel))[-1] == ("J5", "absent", None)
    assert (await hall.section(panel.section)).state == SectionState.OPENED


async def test_of_two_clerks_who_name_at_once_the_second_is_told_and_keeps_what_was_typed(panel: Panel) -> None:
    shown = SEEN.findall((await on_page(panel, "agent")).text)[0]
    both = await asyncio.gather(*(named_on_page(panel, one, MANDATE, seen=shown) for one in (ZHOU, ZHAO)))
    assert sorted(one.status_code for one in both) == [303, 409]
    [late] = [one for one in both if one.status_code == 409]
    assert "此页打开之后" in late.text and "errsum" in late.text and SEEN.findall(late.text) == [str(int(shown) + 1)]
    assert f'value="{ZHOU.name}"' in late.text or f'value="{ZHAO.name}"' in late.text


async def test_a_sections_namings_end_somewhere(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(representatives, "MOST_NAMINGS", 1)
    assert await refused(name(panel, ZHAO, why="另行委派")) == "representative.many"


async def test_a_mandate_is_sealed_to_centre_and_supervisor_until_its_holder_has_come(panel: Panel) -> None:
    assert (await named_on_page(panel, ZHOU, MANDATE, why="mistake")).status_code == 303
    await ordered(panel)
    for login in ("centre", "supervisor"):
        listed, file = await read(panel, login, "mandates"), await read(panel, login, "mandates/5")
        assert sha256(MANDATE).hexdigest() in listed.text and "/mandates/5" not in listed.text
        assert file.status_code == 403 and ZHOU.name not in listed.text + file.text
        assert (await read(panel, login, "mandates/1")).status_code == 404
        assert "/mandates" in (await read(panel, login, "attendance")).text
    assert {(await read(panel, login, "mandates/5")).status_code for login in ("agent", "procurer", "bidder1")} == {403}


async def test_a_representative_with_a_mandate_comes_to_the_door_and_signs_in_with_the_slip(
    panel: Panel, machine: Machine
) -> None:
    [code] = CODE.findall((await on_page(panel, "agent")).text)
    assert await slips(panel) == []
    assert (await at_the_door(panel, code, LI.identity)).status_code >= 400
    assert (await at_the_door(panel, code, ZHOU.identity)).status_code == 303
    for login in ("centre", "supervisor"):
        assert (await read(panel, login, "mandates/5")).content == MANDATE
    [slip] = await slips(panel)
    assert (await machine.take(slip)).status_code == 303
    await panel.refresh()
    assert panel.seat(5).signed_in_at is not None and SEATED in (await machine.client.get("/judge")).text


async def test_each_mandate_opened_stands_in_the_access_log_and_so_does_each_refusal(panel: Panel) -> None:
    async with panel.hall.database.reading() as session:
        found = (await session.scalars(select(AccessLine).where(AccessLine.read == Read.MANDATE))).all()
    told = {(one.role, one.outcome, one.facts.get("code"), one.subject.rpartition("#")[2]) for one in found}
    refusals = {("agent", "refused", "page.not-yours"), ("centre", "refused", "representative.sealed")}
    assert {one[:3] for one in told} >= refusals
    assert {("centre", "granted", None, "J5"), ("supervisor", "granted", None, "J5")} <= told
    assert {one.section for one in found} == {panel.section}


async def test_the_committee_is_whole_once_the_representative_has_signed_in(panel: Panel) -> None:
    hall = panel.hall
    assert (await hall.section(panel.section)).state == SectionState.EVALUATING
    async with hall.database.reading() as session:
        present = await names_of_present(session, hall.keys.service, panel.section)
    assert present[5] == ZHOU.name and len(present) == 5
    assert CODE.findall((await on_page(panel, "agent")).text) == []
    assert await refused(name(panel, LI, why="unable")) == "representative.seated"


async def test_a_tie_found_after_the_sign_in_empties_a_representatives_seat_until_another_is_named(
    panel: Panel, zhou: Expert, machine: Machine
) -> None:
    hall = panel.hall
    async with hall.database.work(SYSTEM) as work:
        told = Tie(hall.bodies["bidder3"].credit_code, TieKind.KIN)
        await keep_ties(work, hall.keys.service, zhou, [told], REVIEW)
    await look(panel)
    assert (await leavings(panel))[-1] == ("J5", "recusal", None)
    assert panel.seat(5).vacant_since is not None and panel.seat(5).signed_in_at is None
    assert SEATED not in (await machine.client.get("/judge")).text
    assert (await read(panel, "centre", "mandates/5")).status_code == 404
    await name(panel, ZHAO)
    await panel.sign_in(5)
    assert panel.seat(5).vacant_since is None


async def test_a_representative_votes_for_the_leader_and_may_not_lead(panel: Panel) -> None:
    async def vote(number: int, candidate: int) -> None:
        async with panel.hall.database.work(panel.actor(number)) as work:
            await vote_for_leader(work, panel.seat(number).id, candidate, 1)

    assert await refused(vote(1, 5)) == "leader.candidate"
    await vote(5, 1)


async def test_a_tie_found_after_the_sign_in_replaces_an_expert_and_the_representative_keeps_the_seat(
    panel: Panel,
) -> None:
    hall, before = panel.hall, await expert_at(panel, 1)
    async with hall.database.work(SYSTEM) as work:
        told = Tie(hall.bodies["bidder2"].credit_code, TieKind.KIN)
        await keep_ties(work, hall.keys.service, before, [told], REVIEW)
    await look(panel)
    assert (await leavings(panel))[-1][:2] == ("J1", "recusal") and (await leavings(panel))[-1][2] is not None
    assert (await expert_at(panel, 1)).id != before.id and panel.seat(1).signed_in_at is None
    await panel.sign_in(1)
    async with hall.database.work(SYSTEM) as work:
        body = await work.session.get_one(Seat, panel.seat(5).id)
        assert body.signed_in_at is not None


async def test_the_evidence_of_a_section_with_a_representative_holds(panel: Panel) -> None:
    room: Room = await room_of(panel.hall, panel.section, panel)
    await panel.resolve(room.finding(), (1, 2, 3, 4, 5))
    await panel.conclude({number: room.sheet(number) for number in range(1, 6)})
    await award(room)
    assert (await verified(room))[-1] == "page"
