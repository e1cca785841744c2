"""The keys of the second envelopes 第二信封: any two of three open them, too few by the limit are the platform's side."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from judging import enter_experts
from rescuing import short_windows
from scenes import Hall
from sqlalchemy import func, update
from two_envelopes import PRICES
from two_rounds import ESTIMATE, THREE, Rounds, all_lock, finish, first_keys, keys_too_late, sealed_and_opened

from infra.crypto.seal import open_bytes
from infra.crypto.seal_header import parse_header
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset, TrusteeReport
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence
from trading.opening.states import Cause, Stage
from trading.sections.states import SectionState
from web.custody.warnings import warn_of_missing

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def experts(hall: Hall) -> Hall:
    await enter_experts(hall)
    return hall


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def late(experts: Hall) -> AsyncIterator[Rounds]:
    """Bidders' factors and an estimate; two trustees stay away from the second release."""
    with short_windows():
        rounds = await sealed_and_opened(experts, factored=True)
        await keys_too_late(rounds)
        await finish(rounds)
        yield rounds


async def test_a_blind_part_an_estimate_and_two_envelopes_hold_together_with_one_trustee_away(experts: Hall) -> None:
    rounds = await sealed_and_opened(experts, blind=("technical",))
    experts.absent.add("supervisor")
    await _warned_of_the_absent(rounds)
    await all_lock(rounds)
    await experts.reach(rounds.section, SectionState.MARKED)
    experts.absent.clear()
    [published] = await experts.lines(Event.MARKS_PUBLISHED, section=rounds.section)
    assert sorted(published.facts["blind"]["labels"].values()) == sorted(rounds.bids.values())
    assert published.facts["evaluation"]["bids"] == {rounds.bids[one]: {"price": PRICES[one]} for one in THREE}
    [told] = await experts.lines(Event.RESERVE_OPENED, section=rounds.section)
    prices = await experts.lines(Event.PRICE_OPENED, section=rounds.section)
    assert max(one.id for one in prices) < told.id < published.id
    await finish(rounds)
    steps = {step.name: step.facts for step in verify_evidence(rounds.evidence, rounds.policy)}
    assert (steps["blind"], steps["second"]) == ({"labels": 3}, {"opened": 3, "counted": 3})
    assert steps["reserve"]["price"] == ESTIMATE and "late-keys" not in steps


async def _warned_of_the_absent(rounds: Rounds) -> None:
    """With the committee seated, hours before a second key is wanted, the trustee that is not ready is named."""
    [subject] = rounds.watched
    async with rounds.hall.database.work(SYSTEM) as work:
        away = update(TrusteeReport).where(TrusteeReport.trustee.startswith("supervisor"))
        await work.session.execute(away.values(seen_at=func.now() - timedelta(hours=1)))
    async with rounds.hall.database.work(SYSTEM) as work:
        await warn_of_missing(work, subject)
    [line] = await rounds.hall.lines(Event.TRUSTEE_MISSING, section=rounds.section)
    assert line.subject.startswith("supervisor") and line.facts["standing"] == "absent"


async def test_before_the_limit_the_prices_wait_for_keys(late: Rounds) -> None:
    assert late.refusals["before the limit"].code == "opening.too-few-keys"


async def test_the_hall_says_what_the_prices_wait_for_until_when_and_who_answers(late: Rounds) -> None:
    waiting, overdue, shown, later = (late.pages[name] for name in ("waiting", "overdue", "one shown", "keys came"))
    assert "Limit for the keys:" in waiting and "keys released, of those needed" not in waiting
    assert waiting.count("key not released") == 3 and "Fewer than 2 keys" not in waiting
    assert "Fewer than 2 keys were released by the limit" in overdue
    assert overdue.count("Remedy possible") == 3 and "Limit for the keys:" not in overdue
    assert "Fewer than 2 keys" not in later
    tallies = [re.findall(r'<b class="(?:good|wait|bad) num">(\d+)</b>', page) for page in (waiting, overdue, shown)]
    assert tallies == [["0", "3", "0"], ["0", "0", "3"], ["1", "0", "2"]]


async def test_at_the_limit_of_the_second_release_it_is_logged_how_many_keys_there_are(late: Rounds) -> None:
    [line] = await late.hall.lines(Event.RELEASE_OVERDUE, section=late.section)
    assert line.facts == {"released": 0, "needed": 2}


async def test_second_keys_that_come_too_late_are_the_platforms_side_and_prices_may_be_shown(late: Rounds) -> None:
    for one in late.stages["overdue"].values():
        assert (one.stage, one.part, one.reason) == (Stage.PRICE_WAITS, "price", "release.overdue")
        assert one.cause == Cause.PLATFORM and one.remedy_until is not None


async def test_a_price_that_was_shown_is_read_out_though_keys_are_missing(late: Rounds) -> None:
    assert late.told("one shown") == {**dict.fromkeys(THREE, Stage.PRICE_WAITS), "bidder1": Stage.PRICED}


async def test_an_officer_withdraws_what_no_key_opens_and_blames_no_bidder(late: Rounds) -> None:
    assert late.refusals["while the remedy runs"].code == "opening.remedy-runs"
    assert late.refusals["blame for late keys"].code == "opening.cause"
    assert late.told("decided")["bidder2"] == Stage.WITHDRAWN


async def test_second_keys_that_come_after_the_limit_open_what_still_waits(late: Rounds) -> None:
    assert late.told("keys came") == {"bidder1": Stage.PRICED, "bidder2": Stage.WITHDRAWN, "bidder3": Stage.PRICED}


async def test_the_second_keys_reach_the_supervising_body_as_records_too(late: Rounds) -> None:
    async with late.hall.database.reading() as session:
        section = await late.hall.section(late.section)
        digest = (await session.get_one(Keyset, section.second_keyset)).digest
    state = late.hall.trustees["supervisor"].state
    await late.hall.until(lambda: _recorded(late, digest))
    assert {unb64(one["key"]) for one in state.records[b64(digest)].values()} <= set(late.keys.values())
    assert state.misfits == []


async def _recorded(late: Rounds, digest: bytes) -> bool:
    return b64(digest) in late.hall.trustees["supervisor"].state.records


async def test_the_evidence_of_a_late_second_release_holds(late: Rounds) -> None:
    steps = {step.name: step.facts for step in verify_evidence(late.evidence, late.policy)}
    assert steps["late-keys"] == {"released": 0, "needed": 2}
    assert steps["second"] == {"opened": 2, "counted": 2}
    assert steps["remedies"]["shown"] == 1


async def test_a_factor_given_at_the_first_opening_opens_no_price_before_the_second_release(late: Rounds) -> None:
    pair, factor = late.pairs["bidder3"], late.factors["bidder3"]
    container, first = pair.second.containers["price"], await first_keys(late)
    async with late.hall.database.reading() as session:
        section = await late.hall.section(late.section)
        keyset = signed_keyset(await session.get_one(Keyset, section.second_keyset))
    ways = {
        "the first round's keys": (first, None, "seal.wrap"),
        "the first round's keys, held against the keyset": (first, keyset, "seal.key"),
        "one key of the second": (dict([*late.keys.items()][:1]), keyset, "seal.too-few"),
        "no key": ({}, None, "seal.too-few"),
    }
    assert min(len(first), len(late.keys)) >= 2
    assert open_bytes(container, late.keys, factor, keyset)
    for name, (keys, against, code) in ways.items():
        with pytest.raises(Problem) as told:
            open_bytes(container, keys, factor, against)
        assert told.value.code == code, name
    form = pair.first.containers["opening-form"]
    assert open_bytes(form, first, factor)
    assert not set(parse_header(container).shares) & set(parse_header(form).shares)
