"""Two trustees away before the marks are locked 第二信封: without co-signed locks no list, no key and no mark comes out."""

from datetime import timedelta

import pytest
import pytest_asyncio
from judging import enter_experts
from scenes import Hall
from sqlalchemy import func, update
from two_envelopes import PRICES
from two_rounds import THREE, Rounds, finish, lock_sheets, sealed_and_opened

from infra.custody.tables import TrusteeReport
from infra.jobs import NotYetError
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.evaluation.actions import publish_marks
from trading.opening.states import Stage
from trading.sections.states import SectionState
from web.custody.warnings import warn_of_missing

pytestmark = pytest.mark.soak

AWAY = ("centre", "supervisor")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def silent(hall: Hall) -> Rounds:
    """Every judge has locked while two of three trustees were away; then one of them is back, to the end."""
    await enter_experts(hall)
    rounds = await sealed_and_opened(hall)
    hall.absent |= set(AWAY)
    await lock_sheets(rounds)
    for _ in range(6):
        await hall.step()
    await rounds.note("nobody co-signs")
    rounds.states.append((await hall.section(rounds.section)).state)
    rounds.seen |= {event: len(await hall.lines(event, section=rounds.section)) for event in LATER}
    await _try_to_publish(rounds)
    await _warn(rounds)
    hall.absent.remove("centre")
    await hall.reach(rounds.section, SectionState.MARKED)
    hall.absent.clear()
    await finish(rounds)
    return rounds


LATER = (Event.TECHNICAL_LOCKED, Event.PRICE_OPENED, Event.MARKS_PUBLISHED)


async def _try_to_publish(rounds: Rounds) -> None:
    with pytest.raises(NotYetError):
        async with rounds.hall.database.work(SYSTEM) as work:
            await publish_marks(work, rounds.hall.keys.service, rounds.section)


async def _warn(rounds: Rounds) -> None:
    [subject] = rounds.watched
    async with rounds.hall.database.work(SYSTEM) as work:
        for body in AWAY:
            old = update(TrusteeReport).where(TrusteeReport.trustee.startswith(body))
            await work.session.execute(old.values(seen_at=func.now() - timedelta(hours=1)))
    async with rounds.hall.database.work(SYSTEM) as work:
        await warn_of_missing(work, subject)


async def test_locks_that_only_one_trustee_cosigned_list_nothing_and_open_nothing(silent: Rounds) -> None:
    assert silent.states == [SectionState.EVALUATING]
    assert silent.seen == dict.fromkeys(LATER, 0)


async def test_meanwhile_nobody_reads_a_price_in_the_hall(silent: Rounds) -> None:
    page = silent.pages["nobody co-signs"]
    assert not [price for price in PRICES.values() if price in page]


async def test_each_of_the_two_that_are_away_is_named(silent: Rounds) -> None:
    named = await silent.hall.lines(Event.TRUSTEE_MISSING, section=silent.section)
    assert sorted(line.subject.split(".")[0] for line in named) == list(AWAY)


async def test_with_one_of_them_back_the_marks_and_prices_follow_by_themselves(silent: Rounds) -> None:
    [listed] = await silent.hall.lines(Event.TECHNICAL_LOCKED, section=silent.section)
    prices = await silent.hall.lines(Event.PRICE_OPENED, section=silent.section)
    [published] = await silent.hall.lines(Event.MARKS_PUBLISHED, section=silent.section)
    assert listed.id < min(one.id for one in prices) <= max(one.id for one in prices) < published.id
    await silent.note("at the end")
    assert silent.told("at the end") == dict.fromkeys(THREE, Stage.PRICED)


async def test_the_evidence_of_what_waited_for_its_witnesses_holds(silent: Rounds) -> None:
    steps = {step.name: step.facts for step in verify_evidence(silent.evidence, silent.policy)}
    assert steps["second"] == {"opened": 3, "counted": 3} and "late-keys" not in steps
