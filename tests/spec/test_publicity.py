"""Publicity 公示: at most three candidates, a lawful time to object, then the award (TBR 53-55, TBL 45)."""

from dataclasses import dataclass

import pytest_asyncio
from bidding_scene import refused
from evaluated import Court
from scenes import Hall
from sqlalchemy import select

from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.bidding.tables import Bid
from trading.notices.tables import Notice, NoticeKind
from trading.publication.actions import end_publicity, publish_award, publish_candidates
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState


@dataclass
class Result:
    """A result through publicity and award, and what was refused on the way."""

    hall: Hall
    section: str
    order: list[str]
    candidates: Notice
    award: Notice
    refusals: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def result(court: Court) -> Result:
    hall, section, refusals = court.hall, court.v2, {}
    assert court.panel is not None
    refusals["award before the candidates"] = await refused(award(hall, section))
    refusals["candidates by a bidder"] = await refused(candidates(hall, section, "bidder1"))
    refusals["candidates by the centre"] = await refused(candidates(hall, section, "centre"))
    listed = await candidates(hall, section)
    refusals["candidates twice"] = await refused(candidates(hall, section))
    refusals["award during the publicity"] = await refused(award(hall, section))
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    refusals["award before the publicity is determined"] = await refused(award(hall, section))
    await hall.due()
    refusals["award by a bidder"] = await refused(award(hall, section, "bidder1"))
    winner = await award(hall, section)
    refusals["award twice"] = await refused(award(hall, section))
    return Result(hall, section, (await court.panel.evaluation()).evidence["out"]["order"], listed, winner, refusals)


async def candidates(hall: Hall, section: str, login: str = "agent") -> Notice:
    async with hall.database.work(hall.actor(login)) as work:
        return await publish_candidates(work, section)


async def award(hall: Hall, section: str, login: str = "agent") -> Notice:
    async with hall.database.work(hall.actor(login)) as work:
        return await publish_award(work, section)


async def test_candidates_wait_for_the_signed_report(court: Court) -> None:
    assert court.refusals["candidates before the report"] == "workflow.not-now"


async def test_no_award_before_the_publicity_has_ended(court: Court, result: Result) -> None:
    assert court.refusals["award before publicity"] == "award.not-published"
    assert result.refusals["award before the candidates"] == "award.not-published"
    assert result.refusals["award during the publicity"] == "award.publicity-running"
    assert result.refusals["award before the publicity is determined"] == "workflow.not-now"


async def test_only_the_procuring_side_publishes_and_awards(result: Result) -> None:
    who = ("candidates by a bidder", "candidates by the centre", "award by a bidder")
    assert {result.refusals[one] for one in who} == {"permission.denied"}


async def test_candidates_and_award_are_published_once(result: Result) -> None:
    assert {result.refusals[one] for one in ("candidates twice", "award twice")} == {"workflow.not-now"}


async def test_at_most_three_candidates_are_published_in_the_order_of_the_evaluation(result: Result) -> None:
    assert [(one["rank"], one["bid"]) for one in result.candidates.candidates] == [
        (rank, bid) for rank, bid in enumerate(result.order[:3], 1)
    ]


async def test_the_publicity_lasts_no_less_than_the_law_says(result: Result) -> None:
    section = await result.hall.section(result.section)
    least = regime_of(section, "demo").end(result.candidates.published_at, Rule.PUBLICITY)
    assert section.publicity_ends is not None and section.publicity_ends >= least


async def test_the_publicity_ends_by_its_timer_and_once(result: Result) -> None:
    async with result.hall.database.work(SYSTEM) as work:
        await end_publicity(work, result.section)
    assert len(await result.hall.lines(Event.PUBLICITY_ENDED, section=result.section)) == 1


async def test_the_first_candidate_wins_at_the_price_that_was_read_out(result: Result) -> None:
    async with result.hall.database.reading() as session:
        winner = await session.get_one(Bid, result.order[0])
    assert winner.form is not None
    assert [one["bid"] for one in result.award.candidates] == [winner.id]
    assert result.award.facts["price"] == winner.form["price"]
    assert await result.hall.in_state(result.section, SectionState.NOTIFIED)


async def test_a_tie_left_to_the_procuring_entity_is_not_settled_by_the_platform(court: Court) -> None:
    assert court.refusals["candidates of a tie"] == "candidates.tie"
    assert await court.hall.in_state(court.tied, SectionState.REPORTED)


async def test_candidates_and_award_stand_in_the_public_log(result: Result) -> None:
    for _ in range(2):
        await result.hall.step()
    lines = await result.hall.lines(Event.CANDIDATES_PUBLISHED, Event.AWARD_PUBLISHED, section=result.section)
    assert [line.subject for line in lines] == [result.candidates.id, result.award.id]
    assert all(line.leaf is not None for line in lines)


async def test_the_failed_and_the_found_are_told_apart_by_kind(result: Result) -> None:
    wanted = select(Notice.kind).where(Notice.section == result.section).order_by(Notice.published_at)
    async with result.hall.database.reading() as session:
        kinds = list((await session.execute(wanted)).scalars())
    assert kinds == [NoticeKind.TENDER, NoticeKind.CANDIDATES, NoticeKind.AWARD]
