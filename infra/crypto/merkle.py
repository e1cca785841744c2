"""The Merkle tree of RFC 6962 / RFC 9162: roots, proofs and their strict verification, bytes in and bytes out."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from infra.kernel.problems import Problem

EMPTY_ROOT = sha256(b"").digest()

ReadNode = Callable[[int, int], bytes]
"""(level, index) gives the 32-byte hash of the complete subtree over leaves index·2^level … (index+1)·2^level − 1."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data), RFC 9162 §2.1.1."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """A growing tree kept as the roots of its complete subtrees, largest first: one for each set bit of `size`."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if size < 0 or len(nodes) != size.bit_count() or any(len(node) != 32 for node in nodes):
            raise Problem("log.frontier", size=size, nodes=len(nodes))
        self.size = size
        self._nodes = list(nodes)

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """What to store in order to restore this frontier later."""
        return tuple(self._nodes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right edge."""
        nodes, merges = self._nodes, self.size
        while merges & 1:
            leaf = sha256(b"\1" + nodes.pop() + leaf).digest()
            merges >>= 1
        nodes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in the order given."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The tree's root; `EMPTY_ROOT` for an empty tree."""
        return _fold(self._nodes)


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in their order; `EMPTY_ROOT` where there are none."""
    row = list(leaf_hashes)
    if not row:
        return EMPTY_ROOT
    while len(row) > 1:
        odd = row[-1:] if len(row) & 1 else []
        row = _pair_up(row) + odd
    return row[0]


def inclusion_proof(index: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree over all the leaf hashes."""
    return prove_inclusion(index, len(leaf_hashes), _nodes_of(leaf_hashes))


def consistency_proof(first: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree over the first `first` leaf hashes (at least 1) is a prefix of the tree over all."""
    return prove_consistency(first, len(leaf_hashes), _nodes_of(leaf_hashes))


def prove_inclusion(index: int, size: int, read_node: ReadNode) -> list[bytes]:
    """The audit path from stored complete subtrees; reads at most about log2(size)² / 2 nodes."""
    if not 0 <= index < size:
        raise Problem("log.inclusion", index=index, size=size)
    return [subtree_root(low, high, read_node) for low, high in _path(index, 0, size)]


def prove_consistency(first: int, size: int, read_node: ReadNode) -> list[bytes]:
    """The consistency proof from stored complete subtrees; empty where the sizes are equal."""
    if not 1 <= first <= size:
        raise Problem("log.consistency", first=first, size=size)
    return [subtree_root(low, high, read_node) for low, high in _subproof(first, 0, size, True)]


def subtree_root(low: int, high: int, read_node: ReadNode) -> bytes:
    """The root over leaves low … high − 1; `low` is 0 or a multiple of a power of two not below high − low."""
    nodes, start = [], low
    while start < high:
        level = (high - start).bit_length() - 1
        nodes.append(read_node(level, start >> level))
        start += 1 << level
    return _fold(nodes)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """`log.inclusion` unless the leaf hash stands at `index` of the tree with this root (RFC 9162 §2.1.3.2)."""
    sound = 0 <= index < size and all(len(part) == 32 for part in (root, leaf, *proof))
    if not sound or _climb(index, size, leaf, proof) != root:
        raise Problem("log.inclusion", index=index, size=size)


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """`log.consistency` unless the first tree is a prefix of the second (RFC 9162 §2.1.4.2)."""
    if size1 == size2:
        holds = size1 >= 1 and not proof and root1 == root2
    else:
        sound = 1 <= size1 < size2 and bool(proof) and all(len(part) == 32 for part in (root1, root2, *proof))
        holds = sound and _climb_both(size1, size2, root1, proof) == (root1, root2)
    if not holds:
        raise Problem("log.consistency", first=size1, size=size2)


def _fold(nodes: Sequence[bytes]) -> bytes:
    if not nodes:
        return EMPTY_ROOT
    right = nodes[-1]
    for left in reversed(nodes[:-1]):
        right = node_hash(left, right)
    return right


def _pair_up(row: Sequence[bytes]) -> list[bytes]:
    return [sha256(b"\1" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]


def _nodes_of(leaf_hashes: Sequence[bytes]) -> ReadNode:
    rows: list[Sequence[bytes]] = [leaf_hashes]
    while len(rows[-1]) > 1:
        rows.append(_pair_up(rows[-1]))
    return lambda level, index: rows[level][index]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _path(index: int, low: int, high: int) -> list[tuple[int, int]]:
    if high - low == 1:
        return []
    middle = low + _split(high - low)
    if index < middle:
        return [*_path(index, low, middle), (middle, high)]
    return [*_path(index, middle, high), (low, middle)]


def _subproof(first: int, low: int, high: int, known: bool) -> list[tuple[int, int]]:
    if first == high:
        return [] if known else [(low, high)]
    middle = low + _split(high - low)
    if first <= middle:
        return [*_subproof(first, low, middle, known), (middle, high)]
    return [*_subproof(first, middle, high, False), (low, middle)]


def _climb(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    here, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if here & 1 or here == last:
            node = node_hash(sibling, node)
            here, last = _past_lone_nodes(here, last)
        else:
            node = node_hash(node, sibling)
        here, last = here >> 1, last >> 1
    return node if last == 0 else None


def _climb_both(size1: int, size2: int, root1: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots as the proof gives them, or None where its length does not fit the sizes."""
    steps = [root1, *proof] if size1.bit_count() == 1 else list(proof)
    here, last = size1 - 1, size2 - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            here, last = _past_lone_nodes(here, last)
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return (old, new) if last == 0 else None


def _past_lone_nodes(here: int, last: int) -> tuple[int, int]:
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last
