"""A pool frozen, audited, revealed and disclosed."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from draw_cases import a_pool

from expertpool.draw.evidence import recompute
from expertpool.draw.rules import (
    Frozen,
    Record,
    Request,
    disclose,
    draw,
    freeze,
    frozen_of,
    identities,
    list_root,
    membership,
    reveal,
)
from infra.crypto import lottery, merkle
from infra.kernel.problems import Problem

AVOIDED = "CREDIT000000000001"
REQUEST = Request("T1/S1/1", {"S0": 2, "S1": 1}, 1, (AVOIDED,), bytes(32), "openhall 0.1.0")
R = [bytes([number]) * 32 for number in (1, 2, 3)]


@pytest.fixture
def pool() -> list[Record]:
    return a_pool(random.Random(11), 60)


@pytest.fixture
def frozen(pool: list[Record]) -> Frozen:
    return freeze(REQUEST, pool, random.Random(12).randbytes)


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=rf"^{code}\b")


def test_the_frozen_event_tells_roots_and_counts_but_no_identity_and_no_credit_code(
    pool: list[Record], frozen: Frozen
) -> None:
    text = json.dumps(frozen.facts)
    rows = frozen.lists["S0"]
    assert frozen.facts["lists"]["S0"] == {
        "root": list_root([row.leaf for row in rows]).hex(),
        "records": sum("S0" in record.specialties for record in pool),
        "employers": len({row.emp for row in rows} - set(frozen.facts["avoid"])),
    }
    assert not any(record.identity in text or (record.employer or "?") in text for record in pool)
    assert frozen.secret.hex() not in text
    assert frozen.secret.hex() not in repr(frozen)


def test_colleagues_share_one_emp_in_all_lists_and_who_has_no_employer_stands_for_himself() -> None:
    pool = [Record(f"id:{n}", "E" if n < 2 else None, ("S0", "S1")) for n in range(6)]
    frozen = freeze(replace(REQUEST, quota={"S0": 1, "S1": 1}), pool, random.Random(1).randbytes)
    emps = {
        row.identity: {other.emp for rows in frozen.lists.values() for other in rows if other.identity == row.identity}
        for row in frozen.lists["S0"]
    }
    assert all(len(found) == 1 for found in emps.values())
    assert emps["id:0"] == emps["id:1"]
    assert len(set().union(*emps.values())) == 5


def test_the_same_person_has_different_leaves_in_two_lists_and_in_two_draws(pool: list[Record]) -> None:
    one, two = (freeze(REQUEST, pool, random.Random(seed).randbytes) for seed in (1, 2))
    leaves = [row.leaf for frozen in (one, two) for rows in frozen.lists.values() for row in rows]
    assert len(set(leaves)) == len(leaves)


def test_a_pool_too_small_is_refused_before_any_seed_exists(pool: list[Record]) -> None:
    with refused("draw.too-few"):
        freeze(REQUEST, pool[:2], random.Random(1).randbytes)


def test_one_person_with_two_records_is_refused(pool: list[Record]) -> None:
    twin = Record(pool[0].identity, "SOMEBODY ELSE", ("S1",))
    with refused("draw.twin-identity"):
        freeze(REQUEST, [*pool, twin], random.Random(1).randbytes)


@pytest.mark.parametrize("identity", ["张三", "id", "id:", ":1", "id:1 2"])
def test_an_identity_is_type_and_number_in_ascii(identity: str) -> None:
    with refused("draw.identity"):
        freeze(REQUEST, [Record(identity, None, ("S0",))], random.Random(1).randbytes)


@pytest.mark.parametrize(
    "change",
    [
        {"draw_id": "T1/S1"},
        {"draw_id": "T1/S1/0"},
        {"quota": {}},
        {"quota": {"S0": 0}},
        {"alternates": -1},
        {"parties": ("agent", "agent", "agent")},
        {"digest": b""},
    ],
)
def test_a_request_that_is_none_is_refused(pool: list[Record], change: dict[str, Any]) -> None:
    with refused("draw.request"):
        freeze(replace(REQUEST, **change), pool, random.Random(1).randbytes)


def test_a_pool_document_is_read_as_it_was_written(frozen: Frozen) -> None:
    assert frozen_of(json.loads(json.dumps(frozen.document()))) == frozen


@pytest.mark.parametrize("document", [None, [], {}, {"facts": {}, "secret": "", "lists": {"S0": [[1, 2]]}}])
def test_a_malformed_pool_document_is_refused(document: Any) -> None:
    with refused("draw.document"):
        frozen_of(document)


def test_the_disclosed_file_recomputes_to_what_was_drawn(frozen: Frozen) -> None:
    document = json.loads(json.dumps(disclose(frozen, R)))
    assert recompute(document) == document
    assert [line[0] for line in document["out"]] == [
        pick.leaf.hex() for pick in draw(frozen, bytes.fromhex(document["seed"])).out
    ]


def test_the_disclosed_file_names_no_person_and_no_employer_never_walked(pool: list[Record], frozen: Frozen) -> None:
    document = disclose(frozen, R)
    walked = {line[0] for line in document["out"] + document["reasons"]}
    text = json.dumps(document)
    assert {entry["leaf"] for entry in document["pool"] if "emp" in entry} == walked
    assert len(walked) < len(document["pool"])
    assert not any(record.identity in text or (record.employer or "?") in text for record in pool)


def test_a_public_pool_is_disclosed_with_every_employer(frozen: Frozen) -> None:
    document = disclose(frozen, R, public=True)
    assert all("emp" in entry for entry in document["pool"])
    assert recompute(document) == document
    del document["order"]
    assert recompute(document)["out"] == document["out"]


def test_an_avoided_employer_and_two_of_one_employer_are_never_taken(pool: list[Record], frozen: Frozen) -> None:
    employer = {record.identity: record.employer or record.identity for record in pool}
    for number in range(60):
        selection = draw(frozen, bytes([number]) * 32)
        taken = [employer[row.identity] for row in identities(frozen, selection).values()]
        assert len(set(taken)) == len(selection.out) >= 3
        assert AVOIDED not in taken


def test_an_escrow_that_does_not_open_or_contradicts_names_its_party(frozen: Frozen) -> None:
    promised = [lottery.commitment("T1/S1/1", party, value) for party, value in zip(lottery.PARTIES, R, strict=True)]
    assert reveal(frozen.facts, promised, R) == lottery.seed_of("T1/S1/1", frozen.commit, R)
    for place, party in enumerate(lottery.PARTIES):
        for wrong in (None, bytes(32), b"short"):
            with pytest.raises(Problem) as caught:
                reveal(frozen.facts, promised, [*R[:place], wrong, *R[place + 1 :]])
            assert (caught.value.code, caught.value.facts["party"]) == ("draw.contradiction", party)


def test_a_member_can_prove_every_own_leaf_and_a_stranger_has_none(pool: list[Record], frozen: Frozen) -> None:
    found = membership(frozen, pool[0].identity)
    assert {own["spec"] for own in found} == {"S0", "S1"} & set(pool[0].specialties)
    for own in found:
        ia = lottery.salted(bytes.fromhex(own["a"]), pool[0].identity)
        leaf = lottery.leaf_of(own["spec"], own["w"], ia, lottery.salted(bytes.fromhex(own["b"]), own["emp"]))
        root = bytes.fromhex(frozen.facts["lists"][own["spec"]]["root"])
        proof = [bytes.fromhex(part) for part in own["proof"]]
        merkle.verify_inclusion(own["index"], own["size"], merkle.leaf_hash(leaf), proof, root)
    assert membership(frozen, "id:999999") == []
