"""A section that was really changed, from notice to closing: its evidence file holds, checked as by anybody."""

import pytest
from clarifying import OBJECTION, amended, answered, asked, extended
from envelopes import certificate_of, submitted
from scenes import Hall

from infra.custody.policy import published_policy
from infra.kernel.events import Event
from infra.tlog.policy import parse_policy
from trading.archive.actions import evidence_file
from trading.archive.verify import verify_evidence
from trading.bidding.tables import Bid
from trading.clarifications.confirming import confirm_bid
from trading.clarifications.rules import confirmation_message
from trading.sections.actions import stamp
from trading.sections.states import SectionState
from trading.sections.tables import Document
from web.wiring import LOG_NAME


@pytest.mark.soak
async def test_a_section_whose_deadline_was_moved_opens_at_the_later_one_with_the_seals_it_had(hall: Hall) -> None:
    section = await hall.a_tender(14)
    first = (await hall.section(section)).deadline
    assert first is not None
    for number in (1, 2, 3):
        await submitted(hall, section, f"bidder{number}")
    later = await extended(hall, section, 4)
    await hall.step()
    await hall.wait_until(first)
    await hall.step()
    assert await hall.in_state(section, SectionState.BIDDING)
    await hall.wait_until(later)
    await hall.reach(section, SectionState.OPENED)
    (closed,) = await hall.lines(Event.SECTION_CLOSED, section=section)
    assert closed.facts["deadline"] == stamp(later) and closed.at >= later


@pytest.mark.soak
async def test_the_evidence_of_a_changed_section_holds(hall: Hall) -> None:
    section = await hall.a_tender(12)
    await submitted(hall, section, "bidder1")
    question = await asked(hall, section)
    objection = await asked(hall, section, kind="objection", text=OBJECTION)
    await hall.wait_until(question.shown_at)
    await answered(hall, question.id, later=True)
    await amended(hall, section)
    await answered(hall, objection.id)
    later = await extended(hall, section, 2)
    await hall.wait_until(later)

    async def sealed() -> bool:
        return (await hall.section(section)).evidence is not None

    await hall.until(sealed, 120)
    found = await hall.section(section)
    async with hall.database.reading() as session:
        policy = parse_policy((await published_policy(session, hall.keys, LOG_NAME)).encode())
    steps = [step.name for step in verify_evidence(await evidence_file(hall.objects, found), policy)]
    assert steps[-2:] == ["unopened", "page"]


@pytest.mark.soak
async def test_the_opening_record_says_for_which_version_of_the_document_each_bid_holds(hall: Hall) -> None:
    section = await hall.a_tender(7)
    confirmed, left = [(await submitted(hall, section, f"bidder{number}")).id for number in (1, 2)]
    await amended(hall, section)
    later = (await submitted(hall, section, "bidder3")).id
    async with hall.database.reading() as session:
        document = (await session.get_one(Document, section)).digest
        bid = await session.get_one(Bid, confirmed)
    signer = hall.signers["bidder1"]
    signature = signer.sign(confirmation_message(bid.digest, document))
    async with hall.database.work(hall.actor("bidder1")) as work:
        await confirm_bid(work, hall.authority, confirmed, document, signature, certificate_of(signer))
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(section, SectionState.OPENED)
    (line,) = await hall.lines(Event.SECTION_OPENED, section=section)
    assert {row["bid"]: row["version"] for row in line.facts["record"]} == {confirmed: 2, left: 1, later: 2}
    async with await hall.client() as public:
        page = (await public.get(f"/en/sections/{section}/opening-record")).text
    assert page.count("holds for version 2 of the tender document<") == 2
    assert page.count("holds for version 1 of the tender document; not confirmed for version 2") == 1
