"""What the committee resolves together 评标委员会决议: objective marks, rejections, competition, and the signed report."""

from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import refused
from judging import Panel, enter_experts
from judging_room import OBJECTIVE, PRICES, TOTALS, Room, a_room, award, opened, verified
from scenes import Hall
from sqlalchemy import select

from infra.crypto.sign import new_p256
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers_table import Timer
from trading.evaluation.actions import SETTLING
from trading.evaluation.reporting import settle_report
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.publication.queries import dossier, readable_lines
from trading.regimes.regime import Rule
from trading.regimes.rules import DEMONSTRATION
from trading.sections.actions import regime_of
from trading.sections.states import SectionState

pytestmark = [pytest.mark.usefixtures("short_signing"), pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sections(hall: Hall) -> list[str]:
    await enter_experts(hall)
    return await opened(hall, 3)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def v1(hall: Hall, sections: list[str]) -> Room:
    """V1 to the award: a finding disputed and corrected, one judge dissents, one stays silent."""
    room = await a_room(hall, sections[0])
    panel = room.panel
    await room.refuse("marks without a finding", panel.lock(1, room.sheet(1)))
    await room.refuse("without ground", panel.move(1, {"kind": "objective", "marks": _groundless(room)}))
    await room.refuse("above the maximum", panel.move(1, room.finding(bidder1="20.5")))
    await room.refuse("another's key", panel.move(1, room.finding(), key=new_p256(random_bytes)))
    wrong = await panel.move(1, room.finding(bidder2="19"))
    await room.refuse("another mark", panel.move(2, room.finding()))
    await room.refuse("the same again", panel.move(2, room.finding(bidder2="19")))
    await room.refuse("marks while it is open", panel.lock(1, room.sheet(1)))
    await room.refuse("against without reasons", panel.vote(2, wrong, against=" "))
    for judge in (2, 3, 4):
        await panel.vote(judge, wrong, against="业绩只有四项")
    await room.refuse("a second answer", panel.vote(2, wrong))
    await panel.vote(5, wrong)
    right = await room.panel.resolve(room.finding(), (2, 1, 3, 4))
    await room.refuse("before the last judge answered", panel.lock(1, room.sheet(1)))
    await panel.vote(5, right, against="应为 17 分")
    await room.refuse("an answer to what is decided", panel.vote(5, right))
    await room.refuse("objective marks in a sheet", panel.lock(1, _with_objective(room)))
    await panel.lock(1, room.sheet(1))
    await room.refuse("a motion after the first lock", panel.move(2, room.rejection("bidder1")))
    for number in range(2, 6):
        await panel.lock(number, room.sheet(number))
    await hall.reach(room.section, SectionState.MARKED)
    await _report(room)
    await award(room)
    return room


def _groundless(room: Room) -> dict[str, Any]:
    return {bid: {"o1": {"mark": "18", "ground": " "}} for bid in room.bids.values()}


def _with_objective(room: Room) -> dict[str, dict[str, str]]:
    return {bid: row | {"o1": "20"} for bid, row in room.sheet(1).items()}


async def _report(room: Room) -> None:
    panel = room.panel
    for number in (1, 2, 3):
        await panel.sign(number)
    await room.refuse("dissent without reasons", panel.dissent(4, ""))
    await panel.dissent(4, "对第一名的施工组织设计有保留意见")
    await room.refuse("dissent after signing", panel.dissent(1, "改变主意"))
    published = (await panel.evaluation()).published_at
    await room.hall.wait_until(DEMONSTRATION.end(published, Rule.REPORT_SIGNING))
    async with room.hall.database.work(SYSTEM) as work:
        await settle_report(work, room.section)
        await settle_report(work, room.section)
    await room.refuse("dissent after the time", panel.dissent(5, "迟到的意见"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lacking(hall: Hall, sections: list[str]) -> Room:
    """A bid is rejected, two are left, and the committee finds that competition is lacking."""
    room = await a_room(hall, sections[1])
    panel = room.panel
    await room.refuse("no article of the list", panel.move(1, room.rejection("bidder1", article="TBR 99")))
    await room.refuse("without reasons", panel.move(1, room.rejection("bidder1", reasons="")))
    await room.refuse("competition with enough", panel.move(1, room.competition(*PRICES, lacking=True)))
    kept = await panel.move(1, room.rejection("bidder2", article="TBR 51(5)", reasons="报价疑似低于成本"))
    for judge in (2, 3, 4):
        await panel.vote(judge, kept, against="投标人的说明成立")
    await panel.resolve(room.rejection("bidder1"))
    await room.refuse("rejected twice", panel.move(1, room.rejection("bidder1")))
    await room.refuse("marks with two bids", panel.lock(1, room.sheet(1, "bidder2", "bidder3")))
    await room.refuse("competition of others", panel.move(1, room.competition("bidder3", lacking=True)))
    await panel.resolve(room.competition("bidder2", "bidder3", lacking=True), (3, 4, 5))
    await room.refuse("after the failure", panel.move(1, room.rejection("bidder3")))
    return room


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def going_on(hall: Hall, sections: list[str]) -> Room:
    """A bid is rejected, two are left, and the committee finds that they compete."""
    room = await a_room(hall, sections[2])
    panel = room.panel
    await panel.resolve(room.rejection("bidder3"))
    await panel.resolve(room.competition("bidder1", "bidder2", lacking=False))
    finding = room.finding()
    await room.refuse("a finding about a rejected bid", panel.move(1, finding))
    del finding["marks"][room.bids["bidder3"]]
    await panel.resolve(finding, (1, 2, 3, 4, 5))
    await panel.conclude({number: room.sheet(number, "bidder1", "bidder2") for number in range(1, 6)})
    return room


async def test_the_totals_are_those_of_worked_example_v1(v1: Room) -> None:
    evidence = (await v1.panel.evaluation()).evidence
    assert {login: evidence["out"]["total"][bid] for login, bid in v1.bids.items()} == TOTALS
    assert {login: evidence["bids"][bid]["objective"]["o1"] for login, bid in v1.bids.items()} == OBJECTIVE
    assert evidence["out"]["order"] == [v1.bids[login] for login in ("bidder3", "bidder2", "bidder1")]


async def test_objective_marks_that_differ_name_item_bid_and_both_marks(v1: Room) -> None:
    problem = v1.refusals["another mark"]
    told = {name: problem.facts[name] for name in ("bid", "item", "given", "found", "judge")}
    assert problem.code == "marks.objective-differ"
    assert told == {"bid": v1.bids["bidder2"], "item": "o1", "given": "16", "found": "19", "judge": "J1"}


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("marks without a finding", "finding.missing"),
        ("without ground", "finding.ground"),
        ("above the maximum", "evaluation.mark-range"),
        ("another's key", "signing.bad-signature"),
        ("the same again", "resolution.pending"),
        ("marks while it is open", "resolution.pending"),
        ("against without reasons", "resolution.reasons"),
        ("a second answer", "resolution.voted"),
        ("before the last judge answered", "resolution.pending"),
        ("an answer to what is decided", "resolution.unknown"),
        ("objective marks in a sheet", "evaluation.item-unknown"),
        ("a motion after the first lock", "resolution.too-late"),
        ("dissent without reasons", "resolution.reasons"),
        ("dissent after signing", "report.signed"),
        ("dissent after the time", "report.time-over"),
    ],
)
async def test_what_is_refused_around_findings_and_report(v1: Room, what: str, code: str) -> None:
    assert v1.refusals[what].code == code


async def test_a_common_finding_bears_every_judges_signature(v1: Room) -> None:
    lines = await v1.hall.lines(Event.RESOLUTION_MOVED, Event.RESOLUTION_VOTED, section=v1.section)
    answered = {line.facts["judge"] for line in lines if line.facts["number"] == 2}
    assert answered == {"J1", "J2", "J3", "J4", "J5"}


async def test_the_report_states_objective_marks_with_their_grounds(v1: Room) -> None:
    [published] = await v1.hall.lines(Event.MARKS_PUBLISHED, section=v1.section)
    found = published.facts["report"]["objective"]
    assert found == v1.finding()["marks"]


async def test_dissent_is_published_with_the_candidates_and_silence_counts_as_consent(v1: Room) -> None:
    async with v1.hall.database.reading() as session:
        answers = (await dossier(session, v1.section)).answers
        wanted = select(Notice).where(Notice.section == v1.section, Notice.kind == NoticeKind.CANDIDATES)
        notice = (await session.execute(wanted)).scalar_one()
    assert (sorted(answers.signed), list(answers.dissents), answers.silent) == (["J1", "J2", "J3"], ["J4"], ("J5",))
    assert notice.facts["dissents"] == "J4: 对第一名的施工组织设计有保留意见"


async def test_silence_is_settled_by_a_timer_of_the_rule_sets_length(v1: Room) -> None:
    async with v1.hall.database.reading() as session:
        wanted = select(Timer.due_at).where(Timer.verb == SETTLING, Timer.subject == v1.section)
        due = (await session.execute(wanted)).scalar_one()
    published = (await v1.panel.evaluation()).published_at
    regime = regime_of(await v1.hall.section(v1.section), "demo")
    assert due == regime.end(published, Rule.REPORT_SIGNING)
    assert len(await v1.hall.lines(Event.REPORT_SETTLED, section=v1.section)) == 1


async def test_the_evidence_with_finding_and_dissent_holds(v1: Room) -> None:
    assert (await verified(v1))[-1] == "page"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("no article of the list", "rejection.ground"),
        ("without reasons", "resolution.reasons"),
        ("competition with enough", "competition.enough"),
        ("rejected twice", "rejection.bid"),
        ("marks with two bids", "competition.undecided"),
        ("competition of others", "competition.bids"),
        ("after the failure", "resolution.not-open"),
    ],
)
async def test_what_is_refused_around_rejections_and_competition(lacking: Room, what: str, code: str) -> None:
    assert lacking.refusals[what].code == code


async def test_a_committee_that_finds_competition_lacking_ends_the_section_with_a_notice(lacking: Room) -> None:
    section = await lacking.hall.section(lacking.section)
    async with lacking.hall.database.reading() as session:
        wanted = select(Notice).where(Notice.section == lacking.section, Notice.kind == NoticeKind.FAILED)
        notice = (await session.execute(wanted)).scalar_one()
    assert (section.state, section.failed_why) == (SectionState.FAILED, "competition-lacking")
    assert notice.facts == {"reason": "competition-lacking", "bids": 2, "source": "O1117 (十三)"}


async def test_the_evidence_of_a_section_failed_by_its_committee_holds(lacking: Room) -> None:
    assert (await verified(lacking))[-3:] == ["committee", "failed", "page"]


async def test_after_such_a_failure_everybody_reads_what_the_committee_resolved(lacking: Room) -> None:
    async with lacking.hall.database.reading() as session:
        found = await dossier(session, lacking.section)
        events = {line.event for line in await readable_lines(session, found)}
    assert {Event.RESOLUTION_MOVED, Event.RESOLUTION_VOTED, Event.SECTION_FAILED, Event.DRAW_REVEALED} <= events


async def test_the_page_of_such_a_section_says_why_it_failed(lacking: Room) -> None:
    async with await lacking.hall.client() as client:
        answers = [await client.get(f"/en/sections/{lacking.section}{path}") for path in ("", "/marks", "/log")]
    assert {answer.status_code for answer in answers} == {200}
    assert "competition is lacking" in answers[0].text


async def test_the_page_of_marks_shows_the_common_objective_mark(v1: Room) -> None:
    async with await v1.hall.client() as client:
        lines = (await client.get(f"/en/sections/{v1.section}/marks.csv")).text.splitlines()
    told = [line.split(",") for line in lines if ",o1," in line]
    assert {line[4 + 1]: line[-5] for line in told} == {v1.bids[login]: mark for login, mark in OBJECTIVE.items()}


async def test_nobody_signs_in_or_leaves_when_the_marks_are_published(v1: Room) -> None:
    assert await refused(v1.panel.sign_in(1)) == "seat.not-open"
    assert await refused(v1.panel.leave(1)) == "seat.not-open"


async def test_a_rejected_bid_takes_no_part_and_its_reason_is_published(going_on: Room) -> None:
    evidence = (await going_on.panel.evaluation()).evidence
    rejected = going_on.bids["bidder3"]
    assert evidence["rejected"] == {rejected: "TBR 51(3): 资质证书已过期"}
    assert rejected not in evidence["bids"] and all(rejected not in sheet for sheet in evidence["marks"].values())
    assert evidence["out"]["order"] == [going_on.bids["bidder2"], going_on.bids["bidder1"]]


async def test_a_finding_is_about_the_bids_that_take_part(going_on: Room) -> None:
    assert going_on.refusals["a finding about a rejected bid"].code == "evaluation.bid-unknown"


async def test_two_valid_bids_that_compete_are_evaluated_and_their_evidence_holds(going_on: Room) -> None:
    await award(going_on)
    assert (await verified(going_on))[-1] == "page"


async def test_only_a_seated_judge_moves_and_votes(going_on: Room) -> None:
    stranger = Panel(going_on.hall, going_on.section, list(going_on.panel.seats), dict(going_on.panel.keys))
    stranger.seats[0].id = "seat-of-nobody"
    assert await refused(stranger.move(1, going_on.rejection("bidder1"))) == "seat.unknown"
    assert await refused(stranger.vote(1, 1)) == "seat.unknown"


async def test_before_marks_are_published_nobody_reads_a_resolution(hall: Hall, v1: Room) -> None:
    lines = await hall.lines(Event.RESOLUTION_MOVED, section=v1.section)
    assert lines and all(Event(line.event).kind.opens == "marks-published" for line in lines)
