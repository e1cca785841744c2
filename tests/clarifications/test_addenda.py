"""Addenda and later deadlines: versions follow each other, the law's period is left, sealed bids stay valid."""

from datetime import timedelta

import pytest
from clarifying import amended, answered, asked, ends_in, extended, versions
from envelopes import an_envelope, submitted
from scenes import FAR, Hall
from sqlalchemy import func, select

from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers_table import Timer
from trading.bidding.tables import Bid
from trading.clarifications.confirming import confirm_bid, confirmed_version, confirmed_versions
from trading.clarifications.rules import confirmation_message
from trading.clarifications.states import QuestionState
from trading.clarifications.tables import Question
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.sections.states import SectionState
from trading.sections.tables import Document

pytestmark = pytest.mark.soak


async def test_an_addendum_issues_the_next_version_and_keeps_the_one_before(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    await amended(hall, section, clauses=[["投标人须知", "须现场踏勘。"]])
    first, second = await versions(hall, section)
    assert (first.version, second.version, second.ceiling) == (1, 2, 990_000_000)
    assert first.ceiling == 1_000_000_000 and second.clauses == [["投标人须知", "须现场踏勘。"]]
    async with hall.database.reading() as session:
        document = await session.get_one(Document, section)
    assert (document.version, document.digest) == (2, second.digest)
    assert (await hall.section(section)).ceiling == 990_000_000


async def test_an_addendum_is_logged_with_both_hashes_and_noticed_and_the_tender_notice_corrected(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    await amended(hall, section)
    (line,) = await hall.lines(Event.ADDENDUM_PUBLISHED, section=section)
    first, second = await versions(hall, section)
    assert (line.facts["previous"], line.facts["document"]) == (b64(first.digest), b64(second.digest))
    async with hall.database.reading() as session:
        notices = list(
            await session.scalars(select(Notice).where(Notice.section == section).order_by(Notice.published_at))
        )
    assert [one.kind for one in notices if one.superseded_at is None].count(NoticeKind.AMENDMENT) == 1
    current = next(one for one in notices if one.kind == NoticeKind.TENDER and one.superseded_at is None)
    assert (current.version, current.facts["ceiling"], current.facts["document"]) == (
        2,
        "9900000.00",
        b64(second.digest),
    )


async def test_an_addendum_that_changes_nothing_is_refused(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    clauses = [["须知", "一"]]
    await amended(hall, section, clauses=clauses)
    with pytest.raises(Problem) as refused:
        await amended(hall, section, clauses=clauses)
    assert refused.value.code == "addendum.nothing-changed"


async def test_a_change_that_affects_bids_too_late_is_refused_with_the_days_and_the_earliest_deadline(
    hall: Hall,
) -> None:
    section = await hall.a_tender(FAR)
    deadline = await ends_in(hall, section, 3)
    with pytest.raises(Problem) as refused:
        await amended(hall, section, affects=True)
    facts = refused.value.facts
    assert (refused.value.code, facts["needed"], facts["source"]) == ("addendum.too-late", 15, "TBR 21")
    assert facts["short_by"] >= 1 and facts["earliest"] > deadline
    later = (facts["earliest"] + timedelta(seconds=30)).replace(microsecond=0)
    await amended(hall, section, affects=True, deadline=later)
    assert (await hall.section(section)).deadline == later
    assert [
        one.event for one in await hall.lines(Event.SECTION_EXTENDED, Event.ADDENDUM_PUBLISHED, section=section)
    ] == [
        Event.SECTION_EXTENDED,
        Event.ADDENDUM_PUBLISHED,
    ]


async def test_a_change_that_does_not_affect_bids_may_come_late(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    await ends_in(hall, section, 60)
    assert (await amended(hall, section, affects=False)).version == 2


async def test_an_extension_moves_the_only_closing_timer_and_every_list(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    later = await extended(hall, section, 3600)
    async with hall.database.reading() as session:
        wanted = select(Timer.due_at).where(Timer.verb == "section.close", Timer.subject == section)
        assert list(await session.scalars(wanted)) == [later]
        current = select(Notice).where(
            Notice.section == section, Notice.kind == NoticeKind.TENDER, Notice.superseded_at.is_(None)
        )
        assert (await session.scalars(current)).one().closes_at == later
    assert (await hall.keyset(section)).deadline < later.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("seconds", "code"), [(0, "extension.earlier"), (-60, "extension.earlier")])
async def test_a_deadline_never_moves_back(hall: Hall, seconds: int, code: str) -> None:
    section = await hall.a_tender(FAR)
    with pytest.raises(Problem) as refused:
        await extended(hall, section, seconds)
    assert refused.value.code == code


async def test_nobody_but_the_projects_own_bodies_moves_a_deadline(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    with pytest.raises(Problem) as refused:
        await extended(hall, section, 60, "bidder1")
    assert refused.value.code == "permission.denied"


async def test_what_was_sealed_before_an_extension_is_taken_after_it(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    sealed = await an_envelope(hall, section, "bidder1")
    await extended(hall, section, 600)
    await submitted(hall, section, "bidder1", sealed)
    assert len(await hall.lines(Event.BID_SUBMITTED, section=section)) == 1


@pytest.mark.soak
async def test_a_bid_sealed_before_an_extension_is_taken_after_the_keysets_own_deadline(hall: Hall) -> None:
    section = await hall.a_tender(7)
    sealed = await an_envelope(hall, section, "bidder1")
    before = (await hall.section(section)).deadline
    assert before is not None
    await extended(hall, section, int(6 * hall.pace) + 2)
    await hall.wait_until(before)
    await hall.due()
    assert await hall.in_state(section, SectionState.BIDDING)
    await submitted(hall, section, "bidder1", sealed)
    assert len(await hall.lines(Event.BID_SUBMITTED, section=section)) == 1


async def test_a_section_cannot_be_extended_once_its_deadline_has_passed(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    await ends_in(hall, section, 0)
    with pytest.raises(Problem) as refused:
        await extended(hall, section, 600)
    assert refused.value.code == "extension.closed"


async def test_a_bid_holds_for_the_version_in_force_when_it_came_until_its_bidder_confirms_a_later_one(
    hall: Hall,
) -> None:
    section = await hall.a_tender(FAR)
    await submitted(hall, section, "bidder1")
    await amended(hall, section)
    await submitted(hall, section, "bidder2")
    async with hall.database.reading() as session:
        bids = {one.bidder: one for one in await session.scalars(select(Bid).where(Bid.section == section))}
        held = await confirmed_versions(session, section)
        document = await session.get_one(Document, section)
    old = bids[hall.bodies["bidder1"].id]
    assert (held[old.id], held[bids[hall.bodies["bidder2"].id].id]) == (1, 2)
    signer = hall.signers["bidder1"]
    signature = signer.sign(confirmation_message(old.digest, document.digest))
    assert signer.certificate is not None
    for _ in range(2):
        async with hall.database.work(hall.actor("bidder1")) as work:
            told = work, hall.authority, old.id, document.digest, signature, signer.certificate
            assert await confirm_bid(*told) == 2
    async with hall.database.reading() as session:
        assert await confirmed_version(session, await session.get_one(Bid, old.id)) == 2
    (line,) = await hall.lines(Event.BID_CONFIRMED, section=section)
    assert (line.facts["version"], line.facts["manifest"]) == (2, b64(old.digest))


async def test_a_confirmation_of_another_version_or_by_another_body_is_refused(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    await submitted(hall, section, "bidder1")
    await amended(hall, section)
    first, second = await versions(hall, section)
    async with hall.database.reading() as session:
        bid = (await session.scalars(select(Bid).where(Bid.section == section))).one()

    async def refusal(login: str, document: bytes, signer: str, version: bytes) -> str:
        key = hall.signers[signer]
        signature = key.sign(confirmation_message(bid.digest, version))
        assert key.certificate is not None
        with pytest.raises(Problem) as refused:
            async with hall.database.work(hall.actor(login)) as work:
                await confirm_bid(work, hall.authority, bid.id, document, signature, key.certificate)
        return refused.value.code

    assert await refusal("bidder1", first.digest, "bidder1", first.digest) == "confirmation.outdated"
    assert await refusal("bidder2", second.digest, "bidder2", second.digest) == "bid.unknown"
    assert await refusal("bidder1", second.digest, "bidder2", second.digest) == "signing.not-yours"
    assert await refusal("bidder1", second.digest, "bidder1", first.digest) == "signing.bad-signature"


async def test_prepared_answers_go_out_with_the_addendum(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    await hall.wait_until(question.shown_at)
    await answered(hall, question.id, later=True)
    assert await hall.lines(Event.CLARIFICATION_PUBLISHED, section=section) == []
    await amended(hall, section)
    (line,) = await hall.lines(Event.CLARIFICATION_PUBLISHED, section=section)
    assert line.facts["question"] == question.text
    async with hall.database.reading() as session:
        assert (await session.get_one(Question, question.id)).state == QuestionState.PUBLISHED
        assert (await session.execute(select(func.count()).select_from(Question))).scalar_one() >= 1
