"""Released keys: a wrong one is refused, logged and never stored; a lagging clock delays nothing for ever."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from envelopes import submitted
from scenes import Hall
from sqlalchemy import select

from infra.crypto.hpke import public_key, seal_to
from infra.crypto.sign import labelled, sign_ed25519
from infra.custody import duties
from infra.custody.exchange import REQUEST_LABEL, exchange
from infra.custody.records import record_in, take_check, take_record_key
from infra.custody.tables import Duty, Trustee
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64, canonical, digest, parse, unb64
from infra.kernel.context import SYSTEM, Actor, Context, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import evidence
from infra.tlog.policy import parse_policy
from infra.tlog.proof import parse_proof
from infra.trustee.duties import RELEASE_LABEL, release_info
from trading.sections.states import SectionState
from web.wiring import desk

pytestmark = pytest.mark.soak

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


async def test_a_true_key_without_its_record_for_the_supervising_body_is_not_taken(hall: Hall, section: str) -> None:
    hall.absent.clear()
    program = hall.trustees["agent"]
    await hall.turn("agent")
    for one in program.answers:
        one["answer"].pop("record", None)
    assert any("sealed" in one["answer"] for one in program.answers)
    await hall.turn("agent")
    assert (await duty_of(hall, section, "agent")).answer is None


async def test_the_right_key_is_taken_when_it_comes_after_all(hall: Hall, section: str) -> None:
    hall.absent.clear()
    hall.trustees["agent"].answers.clear()
    await hall.step()
    await hall.step()
    assert (await duty_of(hall, section, "agent")).answer is not None
    assert len(await hall.lines(Event.KEY_RELEASED, section=section)) == 3


async def test_the_supervising_body_then_holds_the_keys_of_both_others_and_nobody_contradicts(
    hall: Hall, section: str
) -> None:
    keyset = (await hall.section(section)).keyset
    wanted = select(Duty.answer).where(Duty.kind == duties.CHECK, Duty.subject.startswith(f"{keyset}/"))

    async def found() -> list[dict[str, str]]:
        async with hall.database.reading() as session:
            given = list((await session.execute(wanted)).scalars())
        return given if len(given) == 6 and all(given) else []

    assert [one["verdict"] for one in await hall.until(found)] == ["fits"] * 6
    state = hall.trustees["supervisor"].state
    [kept] = state.records.values()
    assert sorted(kept) == ["agent.trustee.example", "centre.trustee.example"] and state.misfits == []


async def test_a_release_asked_for_before_the_record_key_was_known_needs_no_record(hall: Hall, section: str) -> None:
    document, asked = await hall.keyset(section), await duty_of(hall, section, "agent")
    earlier = Duty(
        id="duty-before", trustee=asked.trustee, kind=asked.kind, asked_at=asked.asked_at - timedelta(days=1)
    )
    async with hall.database.work(SYSTEM) as work:
        trustee = await work.session.get_one(Trustee, asked.trustee)
        assert await record_in(work, earlier, document, trustee, {}, bytes(32)) is None
        with pytest.raises(Problem, match=r"release\.no-record"):
            await record_in(work, asked, document, trustee, {}, bytes(32))


async def test_a_record_that_its_custodian_has_not_signed_is_not_taken(hall: Hall, section: str) -> None:
    document, asked = await hall.keyset(section), await duty_of(hall, section, "agent")
    record = {"sealed": b64(bytes(112)), "signature": b64(bytes(64))}
    async with hall.database.work(SYSTEM) as work:
        trustee = await work.session.get_one(Trustee, asked.trustee)
        with pytest.raises(Problem, match=r"trustee\.answer"):
            await record_in(work, asked, document, trustee, {"record": record}, bytes(32))


async def test_a_program_from_before_records_is_asked_for_nothing_of_them(hall: Hall, section: str) -> None:
    state = hall.trustees["supervisor"].state
    async with hall.database.work(SYSTEM) as work:
        await duties.ask(work, state.name, duties.RECORD_KEY, "asked again")

    async def kinds(**changed: Any) -> set[str]:
        request = parse(hall.trustees["supervisor"].request(context(SYSTEM))[0])
        said = canonical(request | {"readiness": request["readiness"] | changed})
        signed = sign_ed25519(state.signer, labelled(REQUEST_LABEL, digest(parse(said))))
        return {one["kind"] for one in (await exchange(hall.database, desk(hall.stack), said, b64(signed)))["duties"]}

    assert duties.RECORD_KEY not in await kinds(records=None)
    assert duties.RECORD_KEY in await kinds()


@pytest.mark.parametrize("answer", [{"signature": b64(bytes(64))}, {}, {"verdict": "nonsense"}])
async def test_an_answer_about_records_that_makes_no_sense_is_refused(
    hall: Hall, section: str, answer: dict[str, str]
) -> None:
    duty = Duty(id="duty-x", trustee="supervisor.trustee.example", kind=duties.RECORD_KEY, payload={})
    async with hall.database.work(SYSTEM) as work:
        with pytest.raises(Problem):
            await take_record_key(work, duty, answer)
        with pytest.raises(Problem, match=r"trustee\.answer"):
            take_check(work, duty, answer)


async def test_what_waited_for_an_absent_supervising_body_comes_after_all_else_and_in_portions(
    hall: Hall, section: str
) -> None:
    name = hall.trustees["supervisor"].state.name
    async with hall.database.work(SYSTEM) as work:
        for number in range(duties.MOST_LATER + 10):
            await duties.ask(work, name, duties.CHECK, f"keyset/{number}")
        await duties.ask(work, name, duties.KEY, "keyset")
        found = [one.kind for one in await duties.pending(work.session, name, later=True)]
        await work.session.rollback()
    assert found[0] == duties.KEY and len(found) == 1 + duties.MOST_LATER
    assert set(found[1:]) <= set(duties.LATER)
