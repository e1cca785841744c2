"""A trustee's part in a draw: it commits once, to the pool it knows of, and seals only what all three have promised."""

from pathlib import Path
from typing import Any

import pytest
from forging import Ground, a_ground, clock

from expertpool.draw import rules
from expertpool.draw.audit import audit, make_request, told
from infra.crypto import lottery
from infra.crypto.hpke import public_key
from infra.crypto.keyset import Release
from infra.crypto.sign import seal_to
from infra.edge import random_bytes
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from infra.trustee import duties
from infra.trustee.duties import BODIES, audit_info

DRAW = "YH-1/01/1"
REQUEST = {"quota": {"A08": 2, "A06": 1}, "alternates": 1, "avoid": ["91429900MA0000001X"], "region": "429900"}
POOL = [
    rules.Record(f"resident:{number:04d}", f"91429900MA{number:07d}X", ("A08",) if number % 2 else ("A06", "A08"), number % 3)
    for number in range(1, 13)
]  # fmt: skip


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def code_of(call: Any) -> str:
    """The code with which a duty is refused, or `done`."""
    try:
        call()
    except Problem as problem:
        return problem.code
    return "done"


# ---- the supervisor's audit -----------------------------------------------------------------------------------------


def frozen(draw: str = DRAW) -> rules.Frozen:
    return rules.freeze(make_request(draw, REQUEST), POOL, random_bytes)


def document(pool: rules.Frozen) -> dict[str, Any]:
    """What the platform sends to be audited."""
    return pool.document() | {"records": [told(record) for record in POOL], "request": REQUEST}


def audited(ground: Ground, facts: dict[str, Any], sent: dict[str, Any], draw: str = DRAW) -> dict[str, Any]:
    state = ground.states["supervisor"]
    pool = seal_to(public_key(state.sealing), canonical(sent), audit_info(draw), random_bytes)
    return duties.audit(state, {"draw": draw, "frozen": facts, "pool": b64(pool)}, audit)


def test_an_honest_pool_is_signed(ground: Ground) -> None:
    pool = frozen()
    assert set(audited(ground, pool.facts, document(pool))) == {"signature"}


def spoilt(change: str, sent: dict[str, Any]) -> None:
    """One manipulation of a pool."""
    lists, records = sent["lists"], sent["records"]
    match change:
        case "an expert left out":
            lists["A08"].pop()
        case "a stranger put in":
            lists["A08"].append([8, "resident:9999", "0" * 32, "00" * 32, "11" * 32])
        case "a person twice":
            lists["A08"].append(lists["A08"][0])
        case "a weight raised":
            row = next(one for one in lists["A08"] if one[0] < 8)
            row[0] = 8
        case "an employer exchanged":
            lists["A08"][0][2] = lists["A08"][1][2]
        case "two records of one identity":
            records.append(list(records[0]))
        case "an unknown secret":
            sent["secret"] = "00" * 32
        case "a wider quota":
            sent["request"] = {**REQUEST, "quota": {"A08": 1, "A06": 1}}
        case "nobody avoided":
            sent["request"] = {**REQUEST, "avoid": []}


@pytest.mark.parametrize(
    "change",
    [
        "an expert left out", "a stranger put in", "a person twice", "a weight raised", "an employer exchanged",
        "two records of one identity", "an unknown secret", "a wider quota", "nobody avoided",
    ],
)  # fmt: skip
def test_a_manipulated_pool_is_refused(ground: Ground, change: str) -> None:
    pool = frozen()
    sent = document(pool)
    spoilt(change, sent)
    assert code_of(lambda: audited(ground, pool.facts, sent)).startswith("draw.")


def with_sources() -> tuple[rules.Frozen, dict[str, Any]]:
    """A pool sent with raw professions and regions, and with those left out."""
    pool = frozen()
    served = [[list(record.specialties), "429900"] for record in POOL]
    left = [["resident:7001", "status"], ["resident:7002", "recusal"]]
    return pool, document(pool) | {"served": served, "left": left}


def test_a_pool_whose_lists_follow_from_professions_and_regions_is_signed(ground: Ground) -> None:
    pool, sent = with_sources()
    assert set(audited(ground, pool.facts, sent)) == {"signature"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("a profession that serves nothing", "draw.wrong-specialty"),
        ("a region that was not asked for", "draw.wrong-specialty"),
        ("somebody of the pool left out too", "draw.left-out"),
        ("a reason that is none", "draw.left-out"),
    ],
)
def test_whom_a_record_serves_and_who_is_left_out_is_checked(ground: Ground, change: str, code: str) -> None:
    pool, sent = with_sources()
    match change:
        case "a profession that serves nothing":
            sent["served"][0][0] = ["B01"]
        case "a region that was not asked for":
            sent["served"][0][1] = "110000"
        case "somebody of the pool left out too":
            sent["left"].append([POOL[0].identity, "status"])
        case "a reason that is none":
            sent["left"].append(["resident:7003", "because"])
    assert code_of(lambda: audited(ground, pool.facts, sent)) == code


def test_a_pool_other_than_the_frozen_one_is_refused(ground: Ground) -> None:
    assert code_of(lambda: audited(ground, frozen().facts, document(frozen()))).startswith("draw.")


# ---- commitments ----------------------------------------------------------------------------------------------------


def frozen_event(pool: rules.Frozen, draw: str = DRAW) -> dict[str, Any]:
    section = draw.rpartition("/")[0]
    return {
        "actor": "centre", "at": "2026-12-01T02:00:00.000000Z", "event": "draw.frozen",
        "facts": {"subject": draw, "frozen": pool.facts}, "link": b64(bytes(32)), "section": section,
    }  # fmt: skip


def commit(ground: Ground, body: str, event: dict[str, Any], draw: str = DRAW) -> dict[str, Any]:
    return duties.commit(ground.states[body], {"draw": draw}, ground.evidence(event), ground.policy, clock())


def test_asked_again_it_gives_the_same_commitment(ground: Ground) -> None:
    event = frozen_event(frozen())
    assert commit(ground, "agent", event) == commit(ground, "agent", event)


@pytest.mark.parametrize("number", [2, 3, 7])
def test_a_skipped_draw_number_is_refused(ground: Ground, number: int) -> None:
    draw = f"YH-1/01/{number}"
    assert code_of(lambda: commit(ground, "agent", frozen_event(frozen(draw), draw), draw)) == "trustee.draw-number"


def test_a_draw_that_is_not_the_proven_one_is_refused(ground: Ground) -> None:
    assert code_of(lambda: commit(ground, "agent", frozen_event(frozen()), "YH-2/01/1")) == "release.event"


def test_without_quorum_there_is_no_commitment(ground: Ground) -> None:
    evidence = ground.evidence(frozen_event(frozen()), signers=("centre",))
    call = lambda: duties.commit(ground.states["agent"], {"draw": DRAW}, evidence, ground.policy, clock())  # noqa: E731
    assert code_of(call) == "log.quorum"


def test_the_supervisor_commits_only_to_the_pool_it_audited(ground: Ground) -> None:
    pool = frozen()
    assert code_of(lambda: commit(ground, "supervisor", frozen_event(pool))) == "trustee.not-audited"
    audited(ground, pool.facts, document(pool))
    assert code_of(lambda: commit(ground, "supervisor", frozen_event(frozen()))) == "trustee.not-audited"
    assert code_of(lambda: commit(ground, "supervisor", frozen_event(pool))) == "done"


# ---- escrows --------------------------------------------------------------------------------------------------------


def given(body: str, commitment: str, draw: str = DRAW) -> dict[str, Any]:
    return {
        "actor": "trustee", "at": "2026-12-01T02:00:01.000000Z", "event": "draw.commitment-given",
        "facts": {"subject": f"{draw}/{body}", "draw": draw, "party": body, "commitment": commitment},
        "link": b64(bytes(32)), "section": draw.rpartition("/")[0],
    }  # fmt: skip


def escrowing(ground: Ground, parties: tuple[str, ...] = BODIES, **changed: Any) -> Any:
    """The agent's answer to being asked for its escrow, with the commitments of these parties shown."""
    own = commit(ground, "agent", frozen_event(frozen()))["commitment"]
    keyset = ground.keyset(**({"release": Release("draw.committed", 3), "id": random_bytes(32)} | changed))
    state = ground.states["agent"]
    duties.sign_keyset(state, {"document": keyset.encode().decode()})
    said = {body: own if body == "agent" else lottery.commitment(DRAW, body, bytes(32)).hex() for body in parties}
    shown = [ground.evidence(given(body, said[body])) for body in parties]
    payload = {"draw": DRAW, "keyset": keyset.encode().decode()}
    return lambda: duties.escrow(state, payload, shown, ground.policy, clock())


def test_an_escrow_is_given_when_all_three_commitments_are_proven(ground: Ground) -> None:
    assert code_of(escrowing(ground)) == "done"


@pytest.mark.parametrize("parties", [("agent",), ("agent", "centre"), ("centre", "supervisor"), ()])
def test_no_escrow_while_a_commitment_is_missing(ground: Ground, parties: tuple[str, ...]) -> None:
    assert code_of(escrowing(ground, parties)) == "trustee.commitments"


def test_no_escrow_to_a_keyset_of_a_section(ground: Ground) -> None:
    assert code_of(escrowing(ground, release=Release("section.closed", 3))) == "release.unknown-keyset"


@pytest.mark.parametrize("changed", [{"section": "YH-1/02"}, {"round": "2"}])
def test_no_escrow_to_another_draws_keyset_whose_key_may_be_out_already(
    ground: Ground, changed: dict[str, str]
) -> None:
    assert code_of(escrowing(ground, **changed)) == "release.unknown-keyset"


def test_no_escrow_when_its_own_commitment_was_altered(ground: Ground) -> None:
    commit(ground, "agent", frozen_event(frozen()))
    keyset = ground.keyset(release=Release("draw.committed", 3))
    duties.sign_keyset(ground.states["agent"], {"document": keyset.encode().decode()})
    shown = [ground.evidence(given(body, lottery.commitment(DRAW, body, bytes(32)).hex())) for body in BODIES]
    payload = {"draw": DRAW, "keyset": keyset.encode().decode()}
    call = lambda: duties.escrow(ground.states["agent"], payload, shown, ground.policy, clock())  # noqa: E731
    assert code_of(call) == "trustee.commitments"
