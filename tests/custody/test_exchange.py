"""The door for trustees: only the enrolled, only fresh and signed requests, one bad answer never undoes another."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
import pytest_asyncio
from judging import draw_in, enter_experts, frozen
from scenes import Hall
from sqlalchemy import func, select

from expertpool.draw import entries
from expertpool.draw.pools import BUCKET as POOLS
from expertpool.draw.states import DrawState
from expertpool.draw.tables import PoolChunk
from infra.crypto.hpke import public_key as sealing_key
from infra.crypto.sign import ed25519_public, labelled, sign_ed25519
from infra.custody import duties
from infra.custody.actions import enrol, request_keyset, signed_keyset, take_key
from infra.custody.exchange import REQUEST_LABEL, exchange
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64, canonical, digest, parse
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog.evidence import latest
from infra.tlog.note import COSIGNATURE, SignerKey
from infra.tlog.tables import Cosignature
from infra.trustee.duties import COMMIT_LABEL
from infra.trustee.fetching import fetch_path, signed_headers
from infra.trustee.keeping import create
from web.demo import cast
from web.wiring import desk

AGENT = Actor("agent.trustee.example", Role.TRUSTEE)


def request_of(hall: Hall, body: str = "agent", **changed: Any) -> tuple[bytes, str]:
    """A trustee's own request with some fields changed, signed by its own key."""
    told, _ = hall.trustees[body].request(context(AGENT))
    said = canonical(parse(told) | changed)
    signature = sign_ed25519(hall.trustees[body].state.signer, labelled(REQUEST_LABEL, digest(parse(said))))
    return said, b64(signature)


async def code_of(hall: Hall, said: bytes, signature: str) -> str:
    try:
        await exchange(hall.database, desk(hall.stack), said, signature)
    except Problem as problem:
        return problem.code
    return "served"


async def test_an_enrolled_trustee_is_served(hall: Hall) -> None:
    assert await code_of(hall, *request_of(hall)) == "served"


async def test_an_unknown_trustee_is_refused(hall: Hall) -> None:
    assert await code_of(hall, *request_of(hall, trustee="stranger.example")) == "trustee.unknown"


async def test_a_request_signed_by_another_trustee_is_refused(hall: Hall) -> None:
    said, _ = request_of(hall, "agent")
    _, foreign = request_of(hall, "centre")
    assert await code_of(hall, said, foreign) == "trustee.unknown"


async def test_a_request_changed_on_the_way_is_refused(hall: Hall) -> None:
    said, signature = request_of(hall)
    changed = canonical(parse(said) | {"size": 8})
    assert await code_of(hall, changed, signature) == "trustee.unknown"


@pytest.mark.parametrize("off", [timedelta(minutes=-3), timedelta(minutes=3)])
async def test_an_old_request_cannot_be_played_again_and_a_wrong_clock_is_told(hall: Hall, off: timedelta) -> None:
    at = (datetime.now(UTC) + off).isoformat()
    assert await code_of(hall, *request_of(hall, at=at)) == "trustee.clock"


@pytest.mark.parametrize("at", ["", "yesterday", "2026-12-01T01:30:00"])
async def test_a_time_that_is_none_is_told_too(hall: Hall, at: str) -> None:
    assert await code_of(hall, *request_of(hall, at=at)) == "trustee.clock"


@pytest.mark.parametrize(
    "changed",
    [{"answers": [1]}, {"answers": [{"duty": 1, "answer": {}}]}, {"answers": [{"duty": "d\0", "answer": {}}]},
     {"refused": []}, {"size": "8"}, {"cosignature": "x"}],
)  # fmt: skip
async def test_a_signed_request_that_makes_no_sense_is_refused(hall: Hall, changed: dict[str, Any]) -> None:
    assert await code_of(hall, *request_of(hall, **changed)) == "request.fields"


@pytest.mark.parametrize(
    "given", [{"size": 7, "line": "x"}, {"size": 2**53 - 1, "line": "x"}, {"size": "8", "line": "x"}, {"size": 8}]
)
async def test_a_cosignature_under_no_checkpoint_of_ours_is_refused(hall: Hall, given: dict[str, Any]) -> None:
    await hall.beat()
    assert await code_of(hall, *request_of(hall, cosignature=given)) == "trustee.checkpoint"


async def test_a_cosignature_of_another_key_is_refused_and_not_counted(hall: Hall) -> None:
    await hall.beat()
    await hall.turn("centre")
    foreign = hall.trustees["centre"].cosignature
    assert foreign is not None
    assert (await code_of(hall, *request_of(hall, cosignature=foreign))).startswith("log.")
    async with hall.database.reading() as session:
        newest = await latest(session)
        assert newest is not None
        counted = select(func.count()).where(Cosignature.size == newest.size, Cosignature.trustee == AGENT.id)
        assert (await session.execute(counted)).scalar() == 0


async def test_the_same_cosignature_counts_once(hall: Hall) -> None:
    await hall.beat()
    await hall.turn("agent")
    given = hall.trustees["agent"].cosignature
    assert given is not None
    for _ in range(3):
        assert await code_of(hall, *request_of(hall, cosignature=given)) == "served"
    async with hall.database.reading() as session:
        newest = await latest(session)
    assert newest is not None and newest.signers == 1


async def asked(hall: Hall) -> tuple[Keyset, dict[str, Duty]]:
    """A keyset asked for, with each trustee's duty."""
    async with hall.database.work(SYSTEM) as work:
        deadline = (work.ctx.now + timedelta(seconds=60)).replace(microsecond=0)
        keyset = await request_keyset(work, "YH-X/01", 1, deadline, event="section.closed", minimum=3, region="429900")
    async with hall.database.reading() as session:
        rows = (await session.execute(select(Duty).where(Duty.subject == keyset.id))).scalars()
        return keyset, {duty.trustee.split(".")[0]: duty for duty in rows}


async def answer(hall: Hall, duty: Duty, given: dict[str, Any], body: str = "agent") -> None:
    said, signature = request_of(hall, body, answers=[{"duty": duty.id, "answer": given}])
    await exchange(hall.database, desk(hall.stack), said, signature)


async def answered(hall: Hall, duty: Duty) -> bool:
    async with hall.database.reading() as session:
        return (await session.get_one(Duty, duty.id)).answer is not None


@pytest.mark.parametrize("given", [{}, {"key": "AA=="}, {"key": 7}, {"key": b64(bytes(32))}, {"key": None}])
async def test_an_answer_of_no_use_is_refused_and_the_duty_stays(hall: Hall, given: dict[str, Any]) -> None:
    _, owed = await asked(hall)
    await answer(hall, owed["agent"], given)
    assert not await answered(hall, owed["agent"])


async def test_one_bad_answer_does_not_undo_a_good_one_beside_it(hall: Hall) -> None:
    _, bad = await asked(hall)
    _, good = await asked(hall)
    key = {"key": b64(sealing_key(random_bytes(32)))}
    said, signature = request_of(
        hall, answers=[{"duty": bad["agent"].id, "answer": {"key": 7}}, {"duty": good["agent"].id, "answer": key}]
    )
    await exchange(hall.database, desk(hall.stack), said, signature)
    assert (await answered(hall, bad["agent"]), await answered(hall, good["agent"])) == (False, True)


async def test_a_trustee_cannot_answer_for_another(hall: Hall) -> None:
    _, owed = await asked(hall)
    await answer(hall, owed["centre"], {"key": b64(sealing_key(random_bytes(32)))}, "agent")
    assert not await answered(hall, owed["centre"])


async def test_a_duty_is_answered_once(hall: Hall) -> None:
    _, owed = await asked(hall)
    first, second = ({"key": b64(sealing_key(random_bytes(32)))} for _ in range(2))
    await answer(hall, owed["agent"], first)
    await answer(hall, owed["agent"], second)
    async with hall.database.reading() as session:
        assert (await session.get_one(Duty, owed["agent"].id)).answer == first


async def taken(hall: Hall, duty: str, given: dict[str, Any]) -> str:
    """The code with which this answer of the agent's trustee is refused."""
    with pytest.raises(Problem) as told:
        async with hall.database.work(AGENT) as work:
            await take_key(work, await duties.take(work, AGENT.id, duty), given)
    return told.value.code


async def test_an_answer_that_is_refused_has_its_code(hall: Hall) -> None:
    _, owed = await asked(hall)
    key = {"key": b64(sealing_key(random_bytes(32)))}
    assert await taken(hall, owed["agent"].id, {"key": b64(bytes(32))}) == "trustee.answer"
    assert await taken(hall, owed["centre"].id, key) == "duty.unknown"
    await answer(hall, owed["agent"], key)
    assert await taken(hall, owed["agent"].id, key) == "duty.answered"


async def test_a_keyset_that_not_all_have_signed_has_no_document_to_seal_to(hall: Hall) -> None:
    keyset, _ = await asked(hall)
    with pytest.raises(Problem) as told:
        signed_keyset(keyset)
    assert told.value.code == "keyset.unpublished"


async def test_asking_twice_asks_once(hall: Hall) -> None:
    keyset, _ = await asked(hall)
    async with hall.database.work(SYSTEM) as work:
        await duties.ask(work, AGENT.id, duties.KEY, keyset.id, id="again")
    async with hall.database.reading() as session:
        counted = select(func.count()).where(Duty.subject == keyset.id, Duty.trustee == AGENT.id)
        assert (await session.execute(counted)).scalar() == 1


async def test_a_keyset_is_published_only_with_all_three_signatures(hall: Hall) -> None:
    keyset, _ = await asked(hall)
    hall.absent.add("supervisor")
    for _ in range(3):
        await hall.step()
    hall.absent.clear()
    async with hall.database.reading() as session:
        assert (await session.get_one(Keyset, keyset.id)).published_at is None
    await hall.step()
    await hall.step()
    async with hall.database.reading() as session:
        assert (await session.get_one(Keyset, keyset.id)).published_at is not None
    assert [line.subject for line in await hall.lines(Event.KEYSET_PUBLISHED)].count(keyset.id) == 1


# ---- enrolment ------------------------------------------------------------------------------------------------------


async def enrolled(database: Database, tmp_path: Any, name: str, body: str, **changed: bytes) -> None:
    state = create(tmp_path / f"{name}-{body}.json", name, body, random_bytes)
    keys = {
        "signer": ed25519_public(state.signer), "sealing": sealing_key(state.sealing), "vkey": state.enrolment()["vkey"],
    } | changed  # fmt: skip
    async with database.work(SYSTEM) as work:
        await enrol(work, name, body, **keys)  # type: ignore[arg-type]


async def test_each_body_has_one_trustee_and_each_trustee_its_own_keys(database: Database, tmp_path: Any) -> None:
    await enrolled(database, tmp_path, "a.example", "agent")
    async with database.reading() as session:
        known = (await session.execute(select(Trustee))).scalar_one()
    other = SignerKey("other.example", COSIGNATURE, random_bytes(32)).verifier.encode()
    tries: list[tuple[str, str, dict[str, Any], str]] = [
        ("a.example", "centre", {}, "trustee.known"),
        ("b.example", "agent", {}, "trustee.known"),
        ("b.example", "janitor", {}, "trustee.body"),
        ("b.example", "centre", {"signer": known.signer}, "trustee.keys"),
        ("b.example", "centre", {"sealing": known.sealing}, "trustee.keys"),
        ("b.example", "centre", {"vkey": other}, "trustee.keys"),
    ]
    for number, (name, body, changed, code) in enumerate(tries):
        with pytest.raises(Problem) as told:
            await enrolled(database, tmp_path / str(number), name, body, **changed)
        assert told.value.code == code


async def test_without_all_three_trustees_no_keyset_is_asked_for(database: Database, tmp_path: Any) -> None:
    await enrolled(database, tmp_path, "a.example", "agent")
    await enrolled(database, tmp_path, "c.example", "centre")
    with pytest.raises(Problem) as told:
        async with database.work(SYSTEM) as work:
            await request_keyset(work, "YH-X/01", 1, work.ctx.now, event="section.closed", minimum=3, region="429900")
    assert (told.value.code, told.value.facts["body"]) == ("trustee.missing", "supervisor")


async def test_only_the_system_or_the_security_administrator_enrols(database: Database) -> None:
    for role in (Role.CENTRE, Role.AGENT, Role.SYSTEM_ADMIN, Role.TRUSTEE):
        with pytest.raises(Problem) as told:
            async with database.work(Actor("somebody", role)) as work:
                await enrol(work, "a.example", "agent", signer=bytes(32), sealing=bytes(32), vkey="")
        assert told.value.code == "permission.denied"


# ---- pieces of a pool -----------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pool(hall: Hall) -> None:
    """Experts who can be drawn."""
    await enter_experts(hall)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def waiting(hall: Hall, pool: None) -> str:
    """A frozen draw of three pieces that waits for its audit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "PIECE", 20)
        return await frozen(hall, "YH-X-1/01")


async def piece(hall: Hall, draw: str, number: int, body: str = "supervisor", **changed: str) -> httpx.Response:
    """What the platform answers to a signed question for a piece; `changed` are other headers than those signed."""
    headers = signed_headers(hall.trustees[body].state, draw, number) | changed
    async with await hall.client() as client:
        return await client.get(fetch_path(draw, number), headers=headers)


async def test_the_supervising_trustee_fetches_the_pieces_of_the_draw_it_is_to_audit(hall: Hall, waiting: str) -> None:
    async with hall.database.reading() as session:
        rows = (await session.execute(select(PoolChunk).where(PoolChunk.draw == waiting))).scalars()
        digests = {row.number: row.sha256 for row in rows}
    given = [await piece(hall, waiting, number) for number in sorted(digests)]
    assert len(given) == 3 and {one.headers["cache-control"] for one in given} == {"no-store"}
    assert {number: sha256(one.content).digest() for number, one in enumerate(given)} == digests
    assert not any(expert.identity.encode() in one.content for one in given for expert in cast.EXPERTS)


@pytest.mark.parametrize("body", ["agent", "centre"])
async def test_another_body_gets_no_piece(hall: Hall, waiting: str, body: str) -> None:
    assert (await piece(hall, waiting, 0, body)).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"trustee-name": "stranger.example"}, {"trustee-name": "agent.trustee.example"}, {"trustee-name": ""},
        {"trustee-signature": b64(bytes(64))}, {"trustee-signature": "nothing"},
        {"trustee-at": "2026-01-01T00:00:00+00:00"}, {"trustee-at": "2026-01-01"}, {"trustee-at": "now"},
    ],
)  # fmt: skip
async def test_a_question_that_is_not_freshly_signed_gets_no_piece(
    hall: Hall, waiting: str, changed: dict[str, str]
) -> None:
    assert (await piece(hall, waiting, 0, **changed)).status_code == 404


@pytest.mark.parametrize("number", [3, 2**31, 10**30])
async def test_a_piece_that_does_not_exist_is_unknown(hall: Hall, waiting: str, number: int) -> None:
    assert (await piece(hall, waiting, number)).status_code == 404


async def test_a_signature_for_one_piece_opens_no_other_and_no_other_draw(hall: Hall, waiting: str) -> None:
    headers = signed_headers(hall.trustees["supervisor"].state, waiting, 0)
    async with await hall.client() as client:
        assert (await client.get(fetch_path(waiting, 1), headers=headers)).status_code == 404
        assert (await client.get(fetch_path("YH-X-2/01/1", 0), headers=headers)).status_code == 404


async def test_a_piece_changed_in_the_store_ends_the_draw_and_nothing_is_handed_out_any_more(
    hall: Hall, waiting: str
) -> None:
    async with hall.database.reading() as session:
        row = await session.get_one(PoolChunk, (waiting, 2))
    data = await hall.objects.get(POOLS, row.key)
    await hall.objects.put(POOLS, row.key, data[:-1] + bytes([data[-1] ^ 1]))
    await hall.until(lambda: draw_in(hall, waiting, DrawState.FAILED))
    [line] = await hall.lines(Event.DRAW_FAILED, section="YH-X-1/01")
    assert (line.facts["reason"], line.facts["party"]) == ("draw.chunk", "supervisor")
    assert (await piece(hall, waiting, 0)).status_code == 404


async def test_an_audited_pool_is_handed_out_no_more(hall: Hall, waiting: str) -> None:
    draw = await frozen(hall, "YH-X-3/01")
    assert (await piece(hall, draw, 0)).status_code == 200
    while not await hall.lines(Event.DRAW_AUDITED, section="YH-X-3/01"):
        await hall.beat()
        await hall.poll("supervisor")
    assert await draw_in(hall, draw, DrawState.FROZEN) and (await piece(hall, draw, 0)).status_code == 404


def a_commitment(hall: Hall, body: str, draw: str) -> dict[str, Any]:
    """A commitment to fresh randomness, signed by the body's own key as a program that forgot its first would."""
    promised = random_bytes(32)
    signed = labelled(COMMIT_LABEL, sha256(draw.encode() + promised).digest())
    return {"commitment": promised.hex(), "signature": b64(sign_ed25519(hall.trustees[body].state.signer, signed))}


async def committing(hall: Hall, draw: str) -> Duty:
    """The agent's duty to commit to this draw, as soon as it is asked for."""

    async def found() -> Duty | None:
        async with hall.database.reading() as session:
            wanted = select(Duty).where(Duty.subject == draw, Duty.kind == duties.COMMIT, Duty.trustee == AGENT.id)
            return (await session.execute(wanted)).scalar_one_or_none()

    hall.absent.add("agent")
    try:
        return await hall.until(found)
    finally:
        hall.absent.discard("agent")


async def given_by_agent(hall: Hall, section: str) -> Line:
    [given] = [
        one for one in await hall.lines(Event.DRAW_COMMITMENT_GIVEN, section=section) if one.facts["party"] == "agent"
    ]
    return given


async def test_a_second_different_commitment_is_refused_and_logged_once_with_the_bodys_name(
    hall: Hall, pool: None
) -> None:
    draw = await frozen(hall, "YH-TWICE-1/01")
    duty = await committing(hall, draw)
    first, second, third = (a_commitment(hall, "agent", draw) for _ in range(3))
    await answer(hall, duty, first)
    await answer(hall, duty, first)
    forged = second | {"signature": first["signature"]}
    for worthless in (forged, {"commitment": "00"}, {}):
        await answer(hall, duty, worthless)
    assert await hall.lines(Event.DRAW_COMMITMENT_CHANGED) == []
    await answer(hall, duty, second)
    await answer(hall, duty, third)
    given = await given_by_agent(hall, "YH-TWICE-1/01")
    assert given.facts["commitment"] == first["commitment"]
    [told] = await hall.lines(Event.DRAW_COMMITMENT_CHANGED)
    assert told.facts == {"draw": draw, "party": "agent", **second}


async def test_of_two_commitments_at_once_one_counts_and_the_other_is_logged(hall: Hall, pool: None) -> None:
    draw = await frozen(hall, "YH-TWICE-2/01")
    duty = await committing(hall, draw)
    both = [a_commitment(hall, "agent", draw) for _ in range(2)]
    await asyncio.gather(*(answer(hall, duty, one) for one in both))
    given = await given_by_agent(hall, "YH-TWICE-2/01")
    [told] = await hall.lines(Event.DRAW_COMMITMENT_CHANGED, section="YH-TWICE-2/01")
    assert sorted([given.facts["commitment"], told.facts["commitment"]]) == sorted(one["commitment"] for one in both)
    assert told.facts["party"] == given.facts["party"] == "agent"
