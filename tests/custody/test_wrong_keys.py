"""Released keys: a wrong one is refused, logged and never stored; a lagging clock delays nothing for ever."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest_asyncio
from envelopes import submitted
from scenes import Hall
from sqlalchemy import select

from infra.crypto.hpke import public_key, seal_to
from infra.crypto.sign import labelled, sign_ed25519
from infra.custody import duties
from infra.custody.exchange import exchange
from infra.custody.tables import Duty
from infra.edge import random_bytes
from infra.kernel.canonical import b64, canonical, parse, unb64
from infra.kernel.context import Actor, Context, Role
from infra.kernel.events import Event
from infra.tlog import evidence
from infra.tlog.policy import parse_policy
from infra.tlog.proof import parse_proof
from infra.trustee.duties import RELEASE_LABEL, release_info
from trading.sections.states import SectionState
from web.wiring import desk

LAG = timedelta(seconds=1.2)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    """Three bids, closed; two clocks lag, one of those two trustees releases a wrong key as well."""
    found = await hall.a_tender(3)
    await asyncio.gather(*(submitted(hall, found, f"bidder{number}") for number in (1, 2, 3)))
    deadline = (await hall.section(found)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.due()
    hall.absent |= {"agent", "centre"}
    while not (await hall.in_state(found, SectionState.OPENED) and await hall.lines(Event.KEY_REFUSED)):
        await hall.step()
        await _lie(hall)
        while await lagging_turn(hall, "centre"):
            pass
        await asyncio.sleep(0.05)
    return found


async def _lie(hall: Hall) -> None:
    """The agent's program seals another private key than the one its public key stands for, and signs that."""
    await lagging_turn(hall, "agent")
    program = hall.trustees["agent"]
    for one in program.answers:
        if "sealed" in one["answer"]:
            one["answer"] = _wrong(hall, next(iter(program.state.keysets)))


def _wrong(hall: Hall, keyset: str) -> dict[str, Any]:
    state = hall.trustees["agent"].state
    digest = unb64(keyset, 32)
    content = random_bytes(32) + random_bytes(32)
    info = release_info(digest, state.name)
    salted = sha256(content).digest()
    return {
        "hash": b64(salted),
        "sealed": b64(seal_to(public_key(hall.keys.opening), content, info, random_bytes)),
        "signature": b64(sign_ed25519(state.signer, labelled(RELEASE_LABEL, sha256(info + salted).digest()))),
    }


async def lagging_turn(hall: Hall, body: str) -> bool:
    """An exchange with a trustee whose clock is behind: its co-signatures are dated early, its release comes late."""
    program = hall.trustees[body]
    actor = Actor(program.state.name, Role.TRUSTEE)
    told, headers = program.request(Context(actor, datetime.now(UTC) - LAG, random_bytes))
    reply = await exchange(hall.database, desk(hall.stack), told, headers["trustee-signature"])
    return program.receive(parse(canonical(reply)), Context(actor, datetime.now(UTC) - LAG, random_bytes))


async def duty_of(hall: Hall, section: str, body: str) -> Duty:
    keyset = (await hall.section(section)).keyset
    wanted = select(Duty).where(
        Duty.subject == keyset, Duty.kind == duties.RELEASE, Duty.trustee == f"{body}.trustee.example"
    )
    async with hall.database.reading() as session:
        return (await session.execute(wanted)).scalar_one()


async def test_a_wrong_key_is_never_stored(hall: Hall, section: str) -> None:
    assert (await duty_of(hall, section, "agent")).answer is None


async def test_a_wrong_key_is_logged_once_with_its_custodian(hall: Hall, section: str) -> None:
    [line] = await hall.lines(Event.KEY_REFUSED, section=section)
    assert (line.facts["custodian"], line.facts["reason"]) == ("agent.trustee.example", "release.wrong-key")


async def test_the_other_two_open_every_bid(hall: Hall, section: str) -> None:
    released = {line.facts["custodian"].split(".")[0] for line in await hall.lines(Event.KEY_RELEASED, section=section)}
    assert released == {"centre", "supervisor"}
    assert len(await hall.lines(Event.BID_OPENED, section=section)) == 3


async def test_the_proof_of_the_closing_rests_on_cosignatures_after_the_deadline(hall: Hall, section: str) -> None:
    """Though two clocks lag, the checkpoint shown is one that two trustees signed after the deadline."""
    deadline = (await hall.section(section)).deadline
    [closing] = await hall.lines(Event.SECTION_CLOSED, section=section)
    async with hall.database.reading() as session:
        shown = await evidence.evidence(session, closing, earliest=deadline)
    assert shown is not None and deadline is not None
    policy = parse_policy(hall.trustees["supervisor"].state.policy)
    times = policy.check(parse_proof(shown["proof"]).checkpoint, int(deadline.timestamp())).times
    assert len(times) >= 2


async def test_the_right_key_is_taken_when_it_comes_after_all(hall: Hall, section: str) -> None:
    hall.absent.clear()
    hall.trustees["agent"].answers.clear()
    await hall.step()
    await hall.step()
    assert (await duty_of(hall, section, "agent")).answer is not None
    assert len(await hall.lines(Event.KEY_RELEASED, section=section)) == 3
