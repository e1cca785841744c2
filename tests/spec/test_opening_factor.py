"""The bidder-factor window: each bid opens with its own factor, a wrong or missing one costs nobody else anything
(requirements 10 and 11; EBM 30-31)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from judging_room import policy, sealed_evidence
from rescue_story import FIVE, Rescue
from rescuing import (
    short_windows,
)
from scenes import Hall

from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.opening.rules import MOST_TRIES
from trading.opening.states import Cause, Stage
from trading.opening.tables import BidFactor
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(rescue: Rescue) -> AsyncIterator[Hall]:
    """The hall in which the story was told, under the same rule set."""
    with short_windows():
        yield rescue.hall


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("before the deadline", "factor.not-asked"),
        ("wrong", "factor.wrong"),
        ("short", "factor.wrong"),
        ("another's", "bid.unknown"),
        ("host", "permission.denied"),
        ("tries", "factor.tries"),
        ("again", "factor.given"),
        ("paused", "factor.wrong"),
        ("after the end", "factor.closed"),
    ],
)
async def test_a_factor_that_may_not_be_given_is_refused_with_its_code(rescue: Rescue, name: str, code: str) -> None:
    assert rescue.refusals[name].code == code


async def test_while_factors_are_taken_everybody_is_told_how_many_are_there_and_nobody_whose(
    hall: Hall, rescue: Rescue
) -> None:
    names = [hall.bodies[login].name for login in FIVE]
    for page in ("public", "screen", "host", "other"):
        assert not [name for name in names if name in rescue.pages[page].text], page
    for page in ("public", "host"):
        assert "5 家中已有 0 家提供" in rescue.text(page)
    assert "hall/factor" not in rescue.pages["public"].text + rescue.pages["other"].text


async def test_the_bidder_is_asked_for_its_factor_with_time_and_tries(rescue: Rescue) -> None:
    assert "/hall/factor" in rescue.pages["own"].text
    for page in ("own", "page"):
        assert "还可试 5 次" in rescue.text(page) and "UTC+8" in rescue.text(page)
    assert rescue.pages["told"].json()["factor"]["left"] == MOST_TRIES


async def test_a_strangers_bid_is_not_found(rescue: Rescue) -> None:
    assert [rescue.pages[page].status_code for page in ("page of a stranger", "told to a stranger")] == [404, 404]


async def test_requirement_10_a_wrong_factor_tells_cause_side_what_is_left_and_the_alternative(rescue: Rescue) -> None:
    assert rescue.pages["wrong, page"].status_code == rescue.pages["wrong, told"].status_code == 422
    page = rescue.text("wrong, page")
    assert "原因在投标人一侧" in page and "还可再试 4 次" in page and "补救时限" in page
    told = rescue.pages["wrong, told"].json()
    assert (told["code"], told["facts"]["left"]) == ("factor.wrong", "3")
    assert rescue.pages["nothing, told"].json()["code"] == "request.fields"
    assert rescue.pages["no salt"].json()["code"] == "remedy.salt"


async def test_no_bid_opens_without_its_bidders_factor_though_the_keys_are_there(rescue: Rescue) -> None:
    assert rescue.told("asked") == dict.fromkeys(FIVE, Stage.SEALED)


async def test_requirement_11_a_bid_opens_as_soon_as_its_own_factor_is_there(rescue: Rescue) -> None:
    assert rescue.told("one given") == {**dict.fromkeys(FIVE, Stage.SEALED), "bidder1": Stage.ANNOUNCED}


async def test_requirement_10_a_wrong_factor_tells_how_often_and_how_long_it_may_still_be_tried(
    hall: Hall, rescue: Rescue
) -> None:
    facts = rescue.refusals["wrong"].facts
    [window] = await hall.lines(Event.FACTOR_WINDOW_OPENED, section=rescue.mild)
    assert facts["left"] == MOST_TRIES - 1
    assert facts["until"].isoformat()[:19] == window.facts["until"][:19]


async def test_a_refused_factor_is_logged_with_what_is_left(hall: Hall, rescue: Rescue) -> None:
    lines = await hall.lines(Event.FACTOR_REFUSED, section=rescue.mild)
    assert [one.facts["left"] for one in lines if one.subject == rescue.bids["bidder2"]] == [4, 3]


async def test_a_factor_is_kept_only_wrapped_and_stands_in_no_line(hall: Hall, rescue: Rescue) -> None:
    factor = rescue.factors["bidder1"]
    async with hall.database.reading() as session:
        row = await session.get_one(BidFactor, rescue.bids["bidder1"])
    assert row.wrapped is not None and factor not in row.wrapped
    assert hall.keys.service.unwrap("bidder factor", row.bid, row.wrapped) == factor
    [line] = [one for one in await hall.lines(Event.FACTOR_GIVEN, section=rescue.mild) if one.subject == row.bid]
    assert set(line.facts) == {"manifest"}


async def test_at_the_end_of_the_window_whose_factor_is_missing_is_told(hall: Hall, rescue: Rescue) -> None:
    [line] = await hall.lines(Event.FACTOR_WINDOW_CLOSED, section=rescue.mild)
    assert line.facts["missing"] == sorted(rescue.bids[login] for login in FIVE[2:])


async def test_without_a_permitted_remedy_a_missing_factor_is_revoked_at_once(hall: Hall, rescue: Rescue) -> None:
    one = rescue.stages["strict"]["bidder4"]
    assert (one.stage, one.reason, one.cause) == (Stage.REVOKED, "factor.missing", Cause.BIDDER)
    assert rescue.states["strict"] is SectionState.DECRYPTING, "halted: too few are left"


async def test_the_evidence_of_an_opening_with_factors_holds(hall: Hall, rescue: Rescue) -> None:
    data = await sealed_evidence(hall, rescue.strict)
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    assert steps["halted"] == {"remaining": 2, "minimum": 3}
