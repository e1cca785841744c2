"""Closing 投标截止: deadline and opening are one instant; below three bids nothing is ever opened (TBL 34, TBR 44)."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import bids_of, blocks_of, refused, stored
from envelopes import an_envelope, prepared, start, submitted, withdrawn
from judging_room import policy, sealed_evidence
from scenes import Hall
from sqlalchemy import select

from infra.custody import duties
from infra.custody.tables import Duty
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence
from trading.bidding.actions import hand_in, open_upload, receive_block
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import BUCKET, block_key
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.opening.closing import close_section
from trading.sections.actions import stamp
from trading.sections.queries import lock_section
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak


@dataclass
class Evening:
    """Three sections after their deadline: enough bids, two, none; what was refused in the gap before the closing.

    `unfinished` are bids that were uploaded, whole or in part, and never handed in.
    """

    enough: str
    few: str
    none: str
    standing: list[Bid]
    refused_in_the_gap: list[str]
    refused_after_waiting: str
    unfinished: list[str]
    left_over: list[BidBlock]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def evening(hall: Hall) -> Evening:
    enough, few, none = await hall.tenders(3, 5)
    await submitted(hall, enough, "bidder1")
    standing = [
        await submitted(hall, enough, "bidder1", await an_envelope(hall, enough, "bidder1", marker="new")),
        await submitted(hall, enough, "bidder2"),
        await submitted(hall, enough, "bidder3"),
    ]
    await withdrawn(hall, "bidder4", await submitted(hall, enough, "bidder4"))
    for login in ("bidder1", "bidder2"):
        await submitted(hall, few, login)
    await hall.jobs()
    late = await prepared(hall, enough, "bidder5")
    incomplete = await start(hall, "bidder6", await an_envelope(hall, enough, "bidder6"))
    deadline = (await hall.section(enough)).deadline
    assert deadline is not None
    held_up = await prepared(hall, none, "bidder8")
    async with hall.database.work(SYSTEM) as work:
        await lock_section(work.session, none)
        waiting = asyncio.create_task(refused(hand_in(hall.database, hall.actor("bidder8"), held_up)))
        await hall.wait_until(deadline)
    gap = [
        await refused(hand_in(hall.database, hall.actor("bidder5"), late)),
        await refused(
            receive_block(hall.database, hall.objects, hall.actor("bidder6"), incomplete.id, "technical", 0, b"x")
        ),
        await refused(withdrawn(hall, "bidder2", standing[1])),
        await refused(start(hall, "bidder7", await an_envelope(hall, enough, "bidder7"))),
    ]
    left_over = [*await blocks_of(hall, late), *await blocks_of(hall, incomplete.id)]
    assert await hall.due() == 3
    return Evening(enough, few, none, standing, gap, await waiting, [late, incomplete.id], left_over)


async def closing(hall: Hall, section: str) -> dict[str, Any]:
    [line] = await hall.lines(Event.SECTION_CLOSED, section=section)
    return line.facts


async def asked(hall: Hall, section: str) -> list[Duty]:
    keyset = (await hall.section(section)).keyset
    async with hall.database.reading() as session:
        wanted = select(Duty).where(Duty.subject == keyset, Duty.kind == duties.RELEASE)
        return list((await session.execute(wanted)).scalars())


async def test_from_the_deadline_on_everything_is_late_even_before_the_closing_has_run(evening: Evening) -> None:
    assert evening.refused_in_the_gap == ["bid.late"] * 4


async def test_what_came_in_time_but_had_to_wait_for_the_section_until_its_deadline_is_late(evening: Evening) -> None:
    assert evening.refused_after_waiting == "bid.late"


async def test_what_comes_after_the_closing_is_late_and_logged(hall: Hall, evening: Evening) -> None:
    envelope = await an_envelope(hall, evening.enough, "bidder8")
    before = len(await hall.lines(Event.BID_REFUSED, section=evening.enough))
    with pytest.raises(Problem) as told:
        await open_upload(
            hall.database, hall.actor("bidder8"), hall.authority, evening.enough, envelope.manifest.encode(),
            envelope.signature, envelope.certificate,
        )  # fmt: skip
    assert told.value.code == "bid.late"
    assert len(await hall.lines(Event.BID_REFUSED, section=evening.enough)) == before + 1


async def test_what_was_never_handed_in_is_late_for_good_and_its_ciphertext_is_deleted(
    hall: Hall, evening: Evening
) -> None:
    for login, bid in zip(("bidder5", "bidder6"), evening.unfinished, strict=True):
        assert await refused(hand_in(hall.database, hall.actor(login), bid)) == "bid.late"
        [found] = await bids_of(hall, evening.enough, login)
        assert found.state == BidState.REFUSED
    await hall.jobs()
    assert evening.left_over and not any(await stored(hall, evening.left_over))


async def test_over_http_late_is_a_conflict_with_the_times_told(hall: Hall, evening: Evening) -> None:
    async with await hall.client("bidder5") as client:
        answer = await client.post(f"/api/bids/{evening.unfinished[0]}/submission", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "bid.late")
    assert answer.json()["facts"]["deadline"] < answer.json()["facts"]["now"]


async def test_handing_in_again_what_was_accepted_is_no_refusal(hall: Hall, evening: Evening) -> None:
    again = await hand_in(hall.database, hall.actor("bidder2"), evening.standing[1].id)
    assert again.submitted_at == evening.standing[1].submitted_at


async def test_the_frozen_list_holds_exactly_the_bids_that_stand(hall: Hall, evening: Evening) -> None:
    listed = (await closing(hall, evening.enough))["bids"]
    assert listed == [
        {"bid": bid.id, "manifest": b64(bid.digest)} for bid in sorted(evening.standing, key=lambda one: one.id)
    ]


async def test_the_closing_states_deadline_keyset_minimum_and_outcome(hall: Hall, evening: Evening) -> None:
    facts, section = await closing(hall, evening.enough), await hall.section(evening.enough)
    assert section.deadline is not None
    assert (facts["outcome"], facts["minimum"], facts["deadline"]) == ("open", 3, stamp(section.deadline))
    assert facts["keyset"] == b64((await hall.keyset(evening.enough)).digest)


async def test_every_accepted_bid_came_before_the_deadline(hall: Hall, evening: Evening) -> None:
    deadline = (await hall.section(evening.enough)).deadline
    assert deadline is not None
    assert all(bid.submitted_at is not None and bid.submitted_at < deadline for bid in evening.standing)


async def test_with_enough_bids_all_three_custodians_are_asked_for_their_keys(hall: Hall, evening: Evening) -> None:
    assert (await hall.section(evening.enough)).closed_at is not None
    assert len(await asked(hall, evening.enough)) == 3


async def test_closing_again_changes_nothing(hall: Hall, evening: Evening) -> None:
    async with hall.database.work(SYSTEM) as work:
        await close_section(work, evening.enough)
    assert len(await hall.lines(Event.SECTION_CLOSED, section=evening.enough)) == 1


async def test_nobody_but_the_system_closes_a_section(hall: Hall, evening: Evening) -> None:
    for login in ("centre", "agent", "supervisor", "bidder1"):
        with pytest.raises(Problem) as told:
            async with hall.database.work(hall.actor(login)) as work:
                await close_section(work, evening.enough)
        assert told.value.code == "permission.denied"


@pytest.mark.parametrize("which", ["few", "none"])
async def test_fewer_than_three_bids_fail_the_section(hall: Hall, evening: Evening, which: str) -> None:
    section = await hall.section(getattr(evening, which))
    assert (section.state, section.failed_why) == (SectionState.FAILED, "too-few-bids")
    assert (await closing(hall, section.id))["outcome"] == "failed"


@pytest.mark.parametrize("which", ["few", "none"])
async def test_a_failed_sections_keys_are_neither_asked_for_nor_released(
    hall: Hall, evening: Evening, which: str
) -> None:
    for _ in range(3):
        await hall.step()
    section = getattr(evening, which)
    assert await asked(hall, section) == []
    assert await hall.lines(Event.KEY_RELEASED, Event.BID_OPENED, Event.SECTION_OPENED, section=section) == []


async def test_the_bids_of_a_failed_section_stay_unread(hall: Hall, evening: Evening) -> None:
    for login in ("bidder1", "bidder2"):
        [bid] = await bids_of(hall, evening.few, login)
        assert (bid.state, bid.form, bid.trouble) == (BidState.SUBMITTED, None, None)


@pytest.mark.parametrize(("which", "count"), [("few", 2), ("none", 0)])
async def test_the_failure_is_announced(hall: Hall, evening: Evening, which: str, count: int) -> None:
    async with hall.database.reading() as session:
        wanted = select(Notice).where(Notice.section == getattr(evening, which), Notice.kind == NoticeKind.FAILED)
        notice = (await session.execute(wanted)).scalar_one()
    assert notice.facts == {"reason": "too-few-bids", "bids": count, "source": "TBR 44"}


@pytest.mark.parametrize(("which", "count"), [("few", 2), ("none", 0)])
async def test_the_evidence_of_a_section_that_failed_at_its_closing_holds(
    hall: Hall, evening: Evening, which: str, count: int
) -> None:
    data = await sealed_evidence(hall, getattr(evening, which))
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    assert list(steps)[-3:] == ["tender", "unopened", "page"]
    assert (steps["unopened"]["listed"], steps["unopened"]["minimum"]) == (count, 3)


async def test_anybody_fetches_the_evidence_of_a_failed_section(hall: Hall, evening: Evening) -> None:
    data = await sealed_evidence(hall, evening.few)
    async with await hall.client() as client:
        answer = await client.get(f"/sections/{evening.few}/evidence.zip")
    assert (answer.status_code, answer.content) == (200, data)


async def test_of_bids_that_nobody_opens_the_evidence_tells_only_the_hashes_of_the_frozen_list(
    hall: Hall, evening: Evening
) -> None:
    data = await sealed_evidence(hall, evening.few)
    for login in ("bidder1", "bidder2"):
        [bid] = await bids_of(hall, evening.few, login)
        body = hall.bodies[login]
        certificate = b64(sha256(canonical(b64(bid.certificate))).digest())
        told = [body.name, body.credit_code, b64(bid.signature), b64(bid.certificate), certificate, bid.manifest]
        assert [secret for secret in told if secret.encode() in data] == []
        assert b64(bid.digest).encode() in data
    assert set(unpack(data)) == {
        "policy.txt", "events.json", "failure.json", "report.html", "index.json", "seal.json",
    }  # fmt: skip


async def test_the_frozen_set_is_locked_in_the_store(hall: Hall, evening: Evening) -> None:
    await hall.jobs()
    for bid in evening.standing:
        for block in await blocks_of(hall, bid.id):
            key = block_key(bid.id, block.part, block.number)
            assert await hall.objects.retained_until(BUCKET, key, block.version) is not None
            assert await refused(hall.objects.delete(BUCKET, key, block.version)) == "objects.locked"
