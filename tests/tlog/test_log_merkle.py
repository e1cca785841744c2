"""The Merkle tree held to 196 foreign vectors and to its own laws."""

import json
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.crypto import merkle
from infra.kernel.problems import Problem

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "merkle-proofs.json"
CASES: dict[str, list[Any]] = json.loads(VECTORS.read_text()) if VECTORS.exists() else {}
LEAVES = [merkle.leaf_hash(bytes([number % 256, number // 256])) for number in range(700)]
sizes = st.integers(1, len(LEAVES) - 3)


@cache
def root(size: int) -> bytes:
    """The root over the first leaves."""
    return merkle.root(LEAVES[:size])


def raw(text: str | None) -> bytes:
    return b64decode(text or "")


def path_of(case: dict[str, Any]) -> list[bytes]:
    return [raw(part) for part in case["proof"] or []]


@pytest.mark.shared
@pytest.mark.skipif(not CASES, reason="the shared vectors are not beside the project")
@pytest.mark.parametrize("case", CASES.get("inclusion", []), ids=lambda case: str(case["file"]))
def test_a_foreign_inclusion_proof_is_judged_as_it_should_be(case: dict[str, Any]) -> None:
    def judge() -> None:
        place, size = case["leafIdx"], case["treeSize"]
        merkle.verify_inclusion(place, size, raw(case["leafHash"]), path_of(case), raw(case["root"]))

    if case["wantErr"]:
        with pytest.raises(Problem, match=r"log\.inclusion"):
            judge()
    else:
        judge()


@pytest.mark.shared
@pytest.mark.skipif(not CASES, reason="the shared vectors are not beside the project")
@pytest.mark.parametrize("case", CASES.get("consistency", []), ids=lambda case: str(case["file"]))
def test_a_foreign_consistency_proof_is_judged_as_it_should_be(case: dict[str, Any]) -> None:
    def judge() -> None:
        size1, size2 = case["size1"], case["size2"]
        merkle.verify_consistency(size1, size2, raw(case["root1"]), raw(case["root2"]), path_of(case))

    if case["wantErr"]:
        with pytest.raises(Problem, match=r"log\.consistency"):
            judge()
    else:
        judge()


def test_all_196_vectors_are_there() -> None:
    if CASES:
        assert len(CASES["inclusion"]) + len(CASES["consistency"]) == 196


@settings(deadline=None)
@given(sizes, st.data())
def test_every_leaf_proves_itself_and_no_other_place_or_leaf(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(place, LEAVES[:size])
    merkle.verify_inclusion(place, size, LEAVES[place], proof, root(size))
    other = data.draw(st.integers(0, size + 2).filter(lambda wrong: wrong != place))
    for wrong_place, wrong_leaf in ((other, LEAVES[place]), (place, LEAVES[other])):
        with pytest.raises(Problem):
            merkle.verify_inclusion(wrong_place, size, wrong_leaf, proof, root(size))


@settings(deadline=None)
@given(sizes, st.data())
def test_every_smaller_tree_proves_to_be_a_prefix_and_no_other_root_does(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(first, LEAVES[:size])
    merkle.verify_consistency(first, size, root(first), root(size), proof)
    for one, two in ((bytes(32), root(size)), (root(first), bytes(32))):
        with pytest.raises(Problem):
            merkle.verify_consistency(first, size, one, two, proof)


@settings(deadline=None)
@given(sizes, st.data())
def test_a_changed_longer_or_shorter_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(place, LEAVES[:size])
    wrong = [[*proof, bytes(32)], [bytes(32), *proof]]
    wrong += [[*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof))]
    wrong += [proof[:-1], proof[1:]] if proof else []
    for changed in wrong:
        with pytest.raises(Problem):
            merkle.verify_inclusion(place, size, LEAVES[place], changed, root(size))


@settings(deadline=None)
@given(st.integers(0, len(LEAVES)), st.integers(0, len(LEAVES)))
def test_a_frontier_restored_in_the_middle_grows_to_the_same_root(one: int, other: int) -> None:
    first, size = sorted((one, other))
    frontier = merkle.Frontier()
    frontier.extend(LEAVES[:first])
    restored = merkle.Frontier(frontier.size, frontier.nodes)
    restored.extend(LEAVES[first:size])
    assert (restored.size, restored.root()) == (size, root(size))


@pytest.mark.parametrize(("size", "nodes"), [(-1, []), (3, [bytes(32)]), (1, [bytes(31)]), (0, [bytes(32)])])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, nodes: list[bytes]) -> None:
    with pytest.raises(Problem, match=r"log\.frontier"):
        merkle.Frontier(size, nodes)


def test_roots_are_those_of_the_rfcs_definition() -> None:
    def by_definition(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        half = 1 << ((len(leaves) - 1).bit_length() - 1)
        return merkle.node_hash(by_definition(leaves[:half]), by_definition(leaves[half:]))

    assert root(0) == merkle.EMPTY_ROOT
    assert all(root(size) == by_definition(LEAVES[:size]) for size in (1, 2, 3, 7, 8, 9, 255, 256, 257, 700))


def test_a_proof_from_an_empty_tree_is_refused() -> None:
    for size, proof in ((0, []), (5, []), (5, [root(5)])):
        with pytest.raises(Problem, match=r"log\.consistency"):
            merkle.verify_consistency(0, size, merkle.EMPTY_ROOT, root(size), proof)


def test_a_leaf_cut_where_two_hashes_meet_does_not_pass_for_one_of_32_bytes() -> None:
    one, two = LEAVES[0] + LEAVES[1][:8], LEAVES[1][8:]
    with pytest.raises(Problem, match=r"log\.inclusion"):
        merkle.verify_inclusion(0, 2, one, [two], root(2))
    with pytest.raises(Problem, match=r"log\.consistency"):
        merkle.verify_consistency(1, 2, one, root(2), [two])


def test_trees_of_equal_size_are_consistent_only_with_equal_roots_and_an_empty_proof() -> None:
    merkle.verify_consistency(5, 5, root(5), root(5), [])
    for other, proof in ((root(4), []), (root(5), [root(5)])):
        with pytest.raises(Problem, match=r"log\.consistency"):
            merkle.verify_consistency(5, 5, root(5), other, proof)


def test_no_proof_is_made_beyond_the_tree_or_from_nothing() -> None:
    for place in (-1, 3):
        with pytest.raises(Problem, match=r"log\.inclusion"):
            merkle.inclusion_proof(place, LEAVES[:3])
    for first in (0, 4):
        with pytest.raises(Problem, match=r"log\.consistency"):
            merkle.consistency_proof(first, LEAVES[:3])
