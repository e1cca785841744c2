"""A bidder who has lost the key that signed a bid withdraws it with another certified key of the same body, and only so."""

import pytest_asyncio
from bidding_scene import bids_of, refused
from envelopes import submitted
from scenes import Hall

from infra.auth.certification import own_keys, revoke_key
from infra.auth.key_signer import KeyFileSigner
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from trading.bidding.accepting import Taken
from trading.bidding.actions import withdraw
from trading.bidding.states import BidState
from trading.bidding.wire import withdrawal_message


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tender(hall: Hall) -> str:
    return await hall.a_tender(600)


async def withdrawn_by(hall: Hall, login: str, bid: Taken, signer: KeyFileSigner) -> None:
    """The bid, withdrawn by the key of this signer, whose certificate comes along."""
    signature = signer.sign(withdrawal_message(bid.digest))
    async with hall.database.work(hall.actor(login)) as work:
        await withdraw(work, hall.authority, bid.id, signature, signer.certificate)


async def revoked(hall: Hall, login: str, signer: KeyFileSigner) -> None:
    """The key is lost, and its owner says so."""
    async with hall.database.work(hall.actor(login)) as work:
        keys = await own_keys(work.session, hall.actor(login))
        await revoke_key(work, next(one.id for one in keys if one.certificate == signer.certificate), "lost")


async def test_a_lost_key_does_not_bind_a_bidder_to_the_bid(hall: Hall, tender: str) -> None:
    bid, lost = await submitted(hall, tender, "bidder1"), hall.signers["bidder1"]
    another = await hall.give_key("bidder1", "bidder1 anew")
    await revoked(hall, "bidder1", lost)
    assert await refused(withdrawn_by(hall, "bidder1", bid, lost)) == "signing.revoked"
    await withdrawn_by(hall, "bidder1", bid, another)
    [line] = [one for one in await hall.lines(Event.BID_WITHDRAWN) if one.subject == bid.id]
    assert another.certificate is not None and line.facts["certificate"] == b64(another.certificate)


async def test_the_bids_own_key_needs_no_further_certificate_in_the_log(hall: Hall, tender: str) -> None:
    bid = await submitted(hall, tender, "bidder2")
    await withdrawn_by(hall, "bidder2", bid, hall.signers["bidder2"])
    [line] = [one for one in await hall.lines(Event.BID_WITHDRAWN) if one.subject == bid.id]
    assert set(line.facts) == {"manifest", "signature"}


async def test_a_competitors_key_and_one_that_nobody_certified_withdraw_nothing(hall: Hall, tender: str) -> None:
    bid = await submitted(hall, tender, "bidder3")
    assert await refused(withdrawn_by(hall, "bidder3", bid, hall.signers["bidder4"])) == "signing.not-yours"
    another = await hall.give_key("bidder3", "bidder3 anew")
    signature = another.sign(withdrawal_message(bid.digest))
    for certificate in (b"", hall.signers["bidder3"].certificate):
        async with hall.database.work(hall.actor("bidder3")) as work:
            code = await refused(withdraw(work, hall.authority, bid.id, signature, certificate))
        assert code in ("signing.not-certified", "signing.bad-signature")
    [standing] = await bids_of(hall, tender, "bidder3")
    assert standing.state == BidState.SUBMITTED
