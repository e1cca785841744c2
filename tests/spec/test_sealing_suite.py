"""The sealing suite of a section: chosen in draft, carried by keyset, notice and every container, fixed by the notice."""

from datetime import timedelta

import pytest
from bidding_scene import refused
from envelopes import an_envelope, prepared
from scenes import Hall
from section_story import Story
from sqlalchemy import select

from infra.crypto.seal_header import parse_header
from infra.crypto.seal_suite import SM2, X25519
from infra.custody.actions import request_keyset
from infra.custody.policy import published_policy
from infra.tlog.policy import parse_policy
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence
from trading.bidding.actions import hand_in
from trading.bidding.tables import Bid, BidPart
from trading.sections.actions import ask_for_keyset, change_section, create_section
from web.wiring import LOG_NAME


async def test_a_section_sealed_by_the_chinese_standards_is_verified_from_its_keyset_to_its_award(story: Story) -> None:
    hall = story.hall
    async with hall.database.reading() as session:
        policy = parse_policy((await published_policy(session, hall.keys, LOG_NAME)).encode())
        wanted = select(BidPart.header).join(Bid).where(Bid.section == story.finished)
        headers = list((await session.execute(wanted)).scalars())
    evidence = story.shots["finished"]["/evidence.zip"].content
    steps = {step.name: step.facts for step in verify_evidence(evidence, policy)}
    assert (steps["opening"]["opened"], list(steps)[-1]) == (5, "page")
    assert (await hall.keyset(story.finished)).suite == SM2
    assert {parse_header(header).suite for header in headers} == {SM2}
    assert SM2 in unpack(evidence)["events.json"].decode()


async def test_section_page_and_notice_name_the_suite(story: Story) -> None:
    async with await story.hall.client() as client:
        for section, words in (
            (story.finished, "国密算法（SM2、SM3、SM4）"),
            (story.running, "国际算法（X25519、AES-256-GCM）"),
        ):
            assert words in (await client.get(f"/sections/{section}")).text


async def test_an_unknown_suite_is_refused_where_a_section_is_added_and_where_keys_are_asked_for(hall: Hall) -> None:
    section = await hall.a_draft()
    async with hall.database.work(hall.actor("agent")) as work:
        adding = create_section(work, section.partition("/")[0], "02", "另一标段", suite="SM2-SM4CBC-SM3")
        assert await refused(adding) == "section.suite"
        deadline = (work.ctx.now + timedelta(hours=1)).replace(microsecond=0)
        asking = request_keyset(
            work, section, 1, deadline, event="section.closed", minimum=3, region="429900", suite="RSA-DES-MD5"
        )
        assert await refused(asking) == "seal.suite"


async def test_a_change_of_suite_takes_the_keyset_away(hall: Hall) -> None:
    section = await hall.a_draft()
    async with hall.database.work(hall.actor("agent")) as work:
        await ask_for_keyset(work, section, (work.ctx.now + timedelta(hours=1)).replace(microsecond=0))
    for suite, kept in ((None, True), (X25519, True), (SM2, False)):
        async with hall.database.work(hall.actor("agent")) as work:
            await change_section(work, section, "标段", None, ("opening-form",), suite)
        assert ((await hall.section(section)).keyset is not None) is kept


@pytest.mark.parametrize(("theirs", "own"), [(SM2, X25519), (X25519, SM2)])
async def test_a_bid_sealed_to_the_keyset_of_another_section_and_suite_is_refused(
    hall: Hall, theirs: str, own: str
) -> None:
    other, section = await hall.a_tender(600, suite=theirs), await hall.a_tender(600, suite=own)
    good = await an_envelope(hall, section)
    strange = await an_envelope(hall, other)
    mixed = {**good.containers, "technical": strange.containers["technical"]}
    entries = tuple(
        entry if entry.part != "technical" else strange.manifest.entry("technical") for entry in good.manifest.parts
    )
    envelope = type(good)(good.manifest, mixed, good.signature, good.certificate).resigned(
        hall.signers["bidder1"], parts=entries
    )
    bid = await prepared(hall, section, "bidder1", envelope)
    assert await refused(hand_in(hall.database, hall.actor("bidder1"), bid)) == "seal.section"
