"""Bidding 投标: what is refused, and with which reason (TBR 36, EBM 26-27)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from bidding_scene import Two, refused
from envelopes import (
    Envelope,
    an_envelope,
    plaintexts,
    prepared,
    seal,
    start,
    upload,
    with_entry,
)
from scenes import Hall
from sqlalchemy import select

from infra.auth.certification import revoke_key
from infra.auth.key_signer import KeyFileSigner
from infra.auth.tables import SigningKey
from infra.crypto.merkle import leaf_hash, root
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.actions import hand_in, open_upload, receive_block
from trading.bidding.states import BidState
from trading.bidding.uploads import BUCKET, block_key, own_bid, put_block
from trading.sections.queries import lock_section


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tenders(hall: Hall) -> Two:
    return Two(await hall.a_tender(600), await hall.a_tender(700))


async def refused_at_hand_in(hall: Hall, envelope: Envelope, login: str = "bidder1") -> str:
    """The code with which this bid is refused when its every block is uploaded and it is handed in."""
    bid = await start(hall, login, envelope)
    await upload(hall, login, bid.id, envelope)
    return await refused(hand_in(hall.database, hall.actor(login), bid.id))


# ---- refused at the start -------------------------------------------------------------------------------------------


async def test_a_manifest_for_another_section_is_refused(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.other)
    assert await refused(start(hall, "bidder1", envelope, tenders.one)) == "seal.section"


async def test_a_manifest_of_another_round_is_refused(hall: Hall, tenders: Two) -> None:
    envelope = (await an_envelope(hall, tenders.one)).resigned(hall.signers["bidder1"], round="2")
    assert await refused(start(hall, "bidder1", envelope)) == "seal.section"


async def test_a_bid_that_lacks_a_part_is_refused(hall: Hall, tenders: Two) -> None:
    whole = await an_envelope(hall, tenders.one)
    envelope = whole.resigned(hall.signers["bidder1"], parts=whole.manifest.parts[:2])
    assert await refused(start(hall, "bidder1", envelope)) == "bid.parts"


async def test_a_bid_with_a_part_nobody_asked_for_is_refused(hall: Hall, tenders: Two) -> None:
    whole = await an_envelope(hall, tenders.one)
    extra = replace(whole.manifest.parts[0], part="zeta")
    envelope = whole.resigned(hall.signers["bidder1"], parts=(*whole.manifest.parts, extra))
    assert await refused(start(hall, "bidder1", envelope)) == "bid.parts"


async def test_a_manifest_signed_by_anothers_key_is_refused(hall: Hall, tenders: Two) -> None:
    envelope = (await an_envelope(hall, tenders.one)).resigned(hall.signers["bidder2"])
    assert await refused(start(hall, "bidder1", envelope)) == "signing.not-yours"


async def test_a_signature_over_another_manifest_is_refused(hall: Hall, tenders: Two) -> None:
    one, other = await an_envelope(hall, tenders.one), await an_envelope(hall, tenders.one)
    assert await refused(start(hall, "bidder1", replace(one, signature=other.signature))) == "signing.bad-signature"


async def test_a_certificate_the_platform_did_not_issue_is_refused(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one)
    altered = envelope.certificate[:-1] + bytes([envelope.certificate[-1] ^ 1])
    assert await refused(start(hall, "bidder1", replace(envelope, certificate=altered))) == "signing.not-certified"


async def test_a_revoked_key_can_no_longer_sign_a_bid(hall: Hall, tenders: Two) -> None:
    envelope = (await an_envelope(hall, tenders.one)).resigned(await revoked_key(hall, "lost-early"))
    assert await refused(start(hall, "bidder1", envelope)) == "signing.revoked"


async def test_a_key_revoked_during_the_upload_can_no_longer_hand_in(hall: Hall, tenders: Two) -> None:
    signer = await hall.give_key("bidder1", "lost-late")
    envelope = (await an_envelope(hall, tenders.one)).resigned(signer)
    bid = await prepared(hall, tenders.one, "bidder1", envelope)
    await revoke(hall, envelope.certificate)
    assert await refused(hand_in(hall.database, hall.actor("bidder1"), bid)) == "signing.revoked"


async def test_a_key_revoked_while_the_submission_waits_for_the_section_can_no_longer_hand_in(
    hall: Hall, tenders: Two
) -> None:
    signer = await hall.give_key("bidder1", "lost-in-the-queue")
    envelope = (await an_envelope(hall, tenders.one)).resigned(signer)
    bid = await prepared(hall, tenders.one, "bidder1", envelope)
    async with hall.database.work(SYSTEM) as work:
        await lock_section(work.session, tenders.one)
        waiting = asyncio.create_task(refused(hand_in(hall.database, hall.actor("bidder1"), bid)))
        while not await waits_for_a_lock(hall):
            await asyncio.sleep(0.01)
        await revoke(hall, envelope.certificate)
    assert await waiting == "signing.revoked"


async def waits_for_a_lock(hall: Hall) -> bool:
    """Whether anybody in this database waits for somebody else."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
    )
    async with hall.database.bare() as connection:
        return bool(await connection.fetchval(waiting))


async def revoked_key(hall: Hall, name: str) -> KeyFileSigner:
    signer = await hall.give_key("bidder1", name)
    assert signer.certificate is not None
    await revoke(hall, signer.certificate)
    return signer


async def revoke(hall: Hall, certificate: bytes) -> None:
    async with hall.database.work(hall.actor("bidder1")) as work:
        key = (await work.session.execute(select(SigningKey.id).where(SigningKey.certificate == certificate))).scalar()
        await revoke_key(work, str(key))


@pytest.mark.parametrize("login", ["agent", "centre", "procurer", "supervisor"])
async def test_only_a_bidder_may_bid(hall: Hall, tenders: Two, login: str) -> None:
    envelope = await an_envelope(hall, tenders.one)
    assert await refused(start(hall, login, envelope)) == "permission.denied"


async def test_an_unknown_section_is_unknown(hall: Hall, tenders: Two) -> None:
    envelope = (await an_envelope(hall, tenders.one)).resigned(hall.signers["bidder1"], section="NO-SUCH/01")
    assert await refused(start(hall, "bidder1", envelope)) == "section.unknown"


# ---- refused in the upload ------------------------------------------------------------------------------------------


async def test_an_unsealed_file_is_refused_and_nothing_is_stored(hall: Hall, tenders: Two) -> None:
    plain = plaintexts("bidder6")["technical"]
    whole = await an_envelope(hall, tenders.one, "bidder6")
    parts = with_entry(whole.manifest, "technical", size=len(plain))
    bid = await start(hall, "bidder6", whole.resigned(hall.signers["bidder6"], parts=parts))
    call = receive_block(hall.database, hall.objects, hall.actor("bidder6"), bid.id, "technical", 0, plain)
    assert await refused(call) == "seal.version"
    assert not await hall.objects.exists(BUCKET, block_key(bid.id, "technical", 0))


async def test_a_block_of_the_wrong_size_is_refused(hall: Hall, tenders: Two) -> None:
    assert await put_code(hall, tenders, lambda block: block + b"x", 0) == "bid.block"


async def test_a_block_beyond_the_end_is_refused(hall: Hall, tenders: Two) -> None:
    assert await put_code(hall, tenders, lambda block: block, 1) == "bid.block"


async def test_a_block_with_a_negative_number_is_refused(hall: Hall, tenders: Two) -> None:
    assert await put_code(hall, tenders, lambda block: block, -1) == "bid.block"


async def test_a_block_of_an_unknown_part_is_refused(hall: Hall, tenders: Two) -> None:
    assert await put_code(hall, tenders, lambda block: block, 0, "zeta") == "bid.part"


async def put_code(
    hall: Hall, tenders: Two, change: Callable[[bytes], bytes], number: int, part: str = "technical"
) -> str:
    envelope = await an_envelope(hall, tenders.one, "bidder6")
    bid = await start(hall, "bidder6", envelope)
    block = change(envelope.blocks("technical")[0])
    return await refused(put_block(hall.database, hall.objects, hall.actor("bidder6"), bid.id, part, number, block))


async def test_a_block_is_written_once(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder6")
    bid = await prepared(hall, tenders.one, "bidder6", envelope)
    block = bytearray(envelope.blocks("technical")[0])
    block[-1] ^= 1
    call = put_block(hall.database, hall.objects, hall.actor("bidder6"), bid, "technical", 0, bytes(block))
    assert await refused(call) == "bid.block-differs"


async def test_of_two_different_blocks_sent_at_once_one_is_refused(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder6")
    bid = await start(hall, "bidder6", envelope)
    block = bytearray(envelope.blocks("technical")[0])
    block[-1] ^= 1
    put = [
        put_block(hall.database, hall.objects, hall.actor("bidder6"), bid.id, "technical", 0, data)
        for data in (envelope.blocks("technical")[0], bytes(block))
    ]
    answers = await asyncio.gather(*put, return_exceptions=True)
    refusals = [one.code for one in answers if isinstance(one, Problem)]
    assert sorted(map(str, answers)).count("True") == 1 and refusals == ["bid.block-differs"]


async def test_a_strangers_bid_is_unknown(hall: Hall, tenders: Two) -> None:
    bid = await prepared(hall, tenders.one, "bidder6")
    async with hall.database.reading() as session:
        assert await refused(own_bid(session, hall.actor("bidder7"), bid)) == "bid.unknown"
    assert await refused(hand_in(hall.database, hall.actor("bidder7"), bid)) == "bid.unknown"


# ---- refused at submission ------------------------------------------------------------------------------------------


async def test_an_incomplete_bid_is_refused_with_what_is_missing(hall: Hall, tenders: Two) -> None:
    bid = await start(hall, "bidder7", await an_envelope(hall, tenders.one, "bidder7"))
    with pytest.raises(Problem) as told:
        await hand_in(hall.database, hall.actor("bidder7"), bid.id)
    assert (told.value.code, told.value.facts["missing"]) == ("bid.incomplete", "0")


async def test_a_container_that_is_not_the_manifests_is_refused(hall: Hall, tenders: Two) -> None:
    whole = await an_envelope(hall, tenders.one)
    spoilt = bytearray(whole.containers["technical"])
    spoilt[-1] ^= 1
    envelope = replace(whole, containers={**whole.containers, "technical": bytes(spoilt)})
    assert await refused_at_hand_in(hall, envelope) == "bid.root"


async def test_a_container_sealed_to_another_sections_keyset_is_refused(hall: Hall, tenders: Two) -> None:
    foreign = replace(await hall.keyset(tenders.other), section=tenders.one)
    envelope = seal(
        foreign, tenders.one, hall.bodies["bidder1"].credit_code, hall.signers["bidder1"], plaintexts("bidder1")
    )
    assert await refused_at_hand_in(hall, envelope) == "seal.keyset"


async def test_a_container_of_another_section_is_refused(hall: Hall, tenders: Two) -> None:
    other = await an_envelope(hall, tenders.other)
    envelope = other.resigned(hall.signers["bidder1"], section=tenders.one)
    assert await refused_at_hand_in(hall, envelope) == "seal.section"


async def test_a_container_with_another_deadline_is_refused(hall: Hall, tenders: Two) -> None:
    keyset = await hall.keyset(tenders.one)
    envelope = await sealed_with(hall, tenders.one, lambda header: header.replace(
        f"deadline {keyset.deadline}".encode(), b"deadline 2020-01-01T00:00:00Z"
    ))  # fmt: skip
    assert await refused_at_hand_in(hall, envelope) == "seal.deadline"


async def test_a_container_with_another_policy_is_refused(hall: Hall, tenders: Two) -> None:
    envelope = await sealed_with(hall, tenders.one, lambda header: header.replace(b"policy 2-of-3", b"policy 1-of-3"))
    assert await refused_at_hand_in(hall, envelope) == "seal.policy"


async def test_a_container_of_another_bidder_is_refused(hall: Hall, tenders: Two) -> None:
    keyset = await hall.keyset(tenders.one)
    copied = seal(
        keyset, tenders.one, hall.bodies["bidder2"].credit_code, hall.signers["bidder1"], plaintexts("bidder1")
    )
    assert await refused_at_hand_in(hall, copied) == "seal.bidder"


async def test_two_parts_under_each_others_names_are_refused(hall: Hall, tenders: Two) -> None:
    whole = await an_envelope(hall, tenders.one)
    commercial, form, technical = whole.manifest.parts
    swapped = replace(
        whole.resigned(
            hall.signers["bidder1"],
            parts=(replace(technical, part="commercial"), form, replace(commercial, part="technical")),
        ),
        containers={
            **whole.containers,
            "commercial": whole.containers["technical"],
            "technical": whole.containers["commercial"],
        },
    )
    assert await refused_at_hand_in(hall, swapped) == "seal.section"


async def sealed_with(hall: Hall, section: str, change: Callable[[bytes], bytes]) -> Envelope:
    """A bid whose technical part carries a changed header, listed and signed as it stands."""
    whole = await an_envelope(hall, section)
    header, rule, payload = whole.containers["technical"].partition(b"---\n")
    container = change(header) + rule + payload
    parts = with_entry(whole.manifest, "technical", size=len(container), root=root([leaf_hash(container)]))
    changed = whole.resigned(hall.signers["bidder1"], parts=parts)
    return replace(changed, containers={**whole.containers, "technical": container})


# ---- what is refused is on record -----------------------------------------------------------------------------------


async def test_every_refusal_is_logged_with_its_reason(hall: Hall, tenders: Two) -> None:
    section, actor = await hall.a_tender(600), hall.actor("bidder8")
    envelope = await an_envelope(hall, section, "bidder8")
    bid = await start(hall, "bidder8", envelope)
    with pytest.raises(Problem):
        await hand_in(hall.database, actor, bid.id)
    with pytest.raises(Problem):
        await receive_block(hall.database, hall.objects, actor, bid.id, "technical", 0, bytes(
            len(envelope.containers["technical"])
        ))  # fmt: skip
    with pytest.raises(Problem):
        await open_upload(
            hall.database, actor, hall.authority, section, envelope.manifest.encode(), bytes(64), envelope.certificate
        )
    refusals = [line.facts["reason"] for line in await hall.lines(Event.BID_REFUSED, section=section)]
    assert refusals == ["bid.incomplete", "seal.version", "signing.bad-signature"]


async def test_a_refused_bid_can_still_be_mended_and_handed_in(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.other, "bidder8")
    bid = await start(hall, "bidder8", envelope)
    with pytest.raises(Problem):
        await hand_in(hall.database, hall.actor("bidder8"), bid.id)
    await upload(hall, "bidder8", bid.id, envelope)
    assert (await hand_in(hall.database, hall.actor("bidder8"), bid.id)).state == BidState.SUBMITTED
