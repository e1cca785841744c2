"""The verifiable draw `draw/v1` in integers and hashes: leaf, commitment, seed, ticket, walk (docs/formats/draw.md)."""

import hmac
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import md5, sha256
from heapq import nsmallest
from struct import Struct
from typing import NamedTuple, Protocol, overload

from infra.kernel.problems import Problem

try:
    from _sha2 import sha512  # type: ignore[import-not-found]  # since Python 3.12
except ImportError:
    from hashlib import sha512

PARTIES = ("agent", "centre", "supervisor")
MARKET_PARTIES = ("enterprise", "platform", "trustee")
MOST = 8

_WORDS = [Struct(f">{count}Q") for count in range(MOST + 1)]
LEAF = 32
_PACKED = Struct(f"{LEAF}s")
_BLOCK = 128
_FIRST = 256


class Hash(Protocol):
    """What is used of a hash object."""

    def copy(self) -> "Hash":
        """One that goes on from the same state."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def digest(self) -> bytes:
        """The hash of what was taken."""


class Listed(Protocol):
    """What a walk asks of one line of a specialty's list; `emp` is None where the evidence does not disclose it."""

    @property
    def leaf(self) -> bytes:
        """The 32-byte leaf."""

    @property
    def weight(self) -> int:
        """From 1 to 8."""

    @property
    def emp(self) -> str | None:
        """The employer's pseudonym."""


class Row(NamedTuple):
    """One line of a specialty's list and nothing else."""

    leaf: bytes
    weight: int
    emp: str | None


class Rows(Sequence[Row]):
    """The lines of one specialty's list, packed: some forty bytes for each, so that a million fit into memory."""

    def __init__(self, rows: Iterable[Listed] = ()) -> None:
        self.leaves = bytearray()
        self.weights = bytearray()
        self._employers = array("I")
        self._emps: list[str | None] = []
        self._known: dict[str | None, int] = {}
        for row in rows:
            self.add(row.leaf, row.weight, row.emp)

    def add(self, leaf: bytes, weight: int, emp: str | None) -> None:
        """One more line: a leaf of 32 bytes, a weight from 1 to 8, the employer's pseudonym if it is told."""
        self.leaves += leaf
        self.weights.append(weight)
        place = self._known.setdefault(emp, len(self._emps))
        if place == len(self._emps):
            self._emps.append(emp)
        self._employers.append(place)

    def leaf(self, place: int) -> bytes:
        """The leaf of the line at a place from 0."""
        return bytes(self.leaves[LEAF * place : LEAF * (place + 1)])

    def each_leaf(self) -> Iterator[bytes]:
        """The leaves in the order of the lines."""
        return leaves_of(self.leaves)

    def emps(self) -> set[str | None]:
        """The different pseudonyms of the list; None among them where one is not told."""
        return set(self._emps)

    def __len__(self) -> int:
        return len(self.weights)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """The line at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        return Row(self.leaf(at), self.weights[at], self._emps[self._employers[at]])


Packed = bytes | bytearray | memoryview
Tickets = Callable[[bytes, Rows], "array[int]"]
"""The tickets of all rows under a seed, in their order."""


class Pick(NamedTuple):
    """A leaf that was taken, for its specialty, as a member or as an alternate."""

    leaf: bytes
    specialty: str
    alternate: bool


class Selection(NamedTuple):
    """What a draw gives: `out` in the order of taking, `reasons` (leaf, `avoid` or `employer`) in that of skipping."""

    out: list[Pick]
    reasons: list[tuple[bytes, str]]

    @property
    def walked(self) -> set[bytes]:
        """Every leaf the walks arrived at: each was either taken or skipped with its reason."""
        return {pick.leaf for pick in self.out} | {leaf for leaf, _ in self.reasons}


def lp(text: str) -> bytes:
    """2-byte big-endian length and the ASCII bytes; `draw.name` where the text is not ASCII or too long."""
    name = _ascii(text)
    return len(name).to_bytes(2, "big") + name


def weight(times_drawn: int) -> int:
    """max(1, 8 − times drawn in the last 12 months): who was called often is called less."""
    return max(1, MOST - times_drawn)


def pseudonym(secret: bytes, code: str) -> str:
    """An employer's name in one draw: the first 16 bytes of HMAC-SHA256(draw secret, credit code), hex."""
    return hmac.digest(secret, _ascii(code), "sha256")[:16].hex()


def salted(salt: bytes, text: str) -> bytes:
    """SHA-256(salt ‖ lp(text)): `ia` of an identity with salt a, `ib` of an emp with salt b."""
    return sha256(salt + lp(text)).digest()


def leaf_of(specialty: str, weight: int, ia: bytes, ib: bytes) -> bytes:
    """The 32-byte leaf under which a record stands in one specialty's list."""
    return sha256(_leaf_head(specialty, weight) + ia + ib).digest()


def leaves_of(packed: Packed) -> Iterator[bytes]:
    """The leaves that stand packed one after the other."""
    return (leaf for (leaf,) in _PACKED.iter_unpack(packed))


def commitment(draw_id: str, party: str, r: bytes) -> bytes:
    """What a party logs before anybody knows a seed: it binds draw, party and its 32 random bytes r."""
    return sha256(b"draw/v1 commit\n" + lp(draw_id) + lp(party) + r).digest()


def seed_of(draw_id: str, commit: bytes, r: Sequence[bytes]) -> bytes:
    """The seed from the frozen event's `commit` and the three revealed values in the order of the parties."""
    return sha256(b"draw/v1 seed\n" + lp(draw_id) + commit + b"".join(r)).digest()


def ticket(seed: bytes, leaf: bytes, weight: int) -> int:
    """The smallest of the first `weight` big-endian 8-byte words of HMAC-SHA512(key seed, leaf)."""
    return tickets_in(seed, leaf, bytes((weight,)))[0]


def tickets_of(seed: bytes, rows: Rows) -> "array[int]":
    """`ticket` of every row, in their order."""
    return tickets_in(seed, rows.leaves, rows.weights)


def tickets_in(seed: bytes, leaves: Packed, weights: Packed) -> "array[int]":
    """`ticket` of leaves that stand packed one after the other, with as many weights."""
    inner, outer = (keyed.copy for keyed in _keyed(seed))
    words, found = _WORDS, array("Q")
    for leaf, weight in zip(leaves_of(leaves), weights, strict=True):
        within, around = inner(), outer()
        within.update(leaf)
        around.update(within.digest())
        found.append(min(words[weight].unpack_from(around.digest())))
    return found


def order_of(employers: Mapping[str, int]) -> list[str]:
    """Specialties scarcest first: by the number of distinct employers not avoided, then by name."""
    return sorted(employers, key=lambda specialty: (employers[specialty], specialty))


def require_enough(order: Sequence[str], quota: Mapping[str, int], employers: Mapping[str, int]) -> None:
    """Step 1's refusal: then no draw can run dry.

    `draw.too-few` unless the i-th specialty has quota_1 + … + quota_i distinct employers not avoided.
    """
    needed = 0
    for specialty in order:
        needed += quota[specialty]
        if employers.get(specialty, 0) < needed:
            raise Problem("draw.too-few", specialty=specialty, eligible=employers.get(specialty, 0), needed=needed)


def select(
    seed: bytes,
    order: Sequence[str],
    quota: Mapping[str, int],
    alternates: int,
    avoid: Collection[str],
    lists: Mapping[str, Sequence[Listed]],
    tickets: Tickets | None = None,
) -> Selection:
    """Step 5: walk each list to its quota, then each on for its alternates, no employer twice.

    `tickets` may give the numbers of `tickets_of` in another way, such as by several processes.
    `draw.emp-missing` where the walk arrives at a row without emp; `draw.dry` where a list ends before its quota.
    """
    found, used = Selection([], []), set[str]()
    walks = {specialty: _ascending(seed, lists.get(specialty, ()), tickets or tickets_of) for specialty in order}
    for specialty in order:
        if _take(walks[specialty], specialty, quota[specialty], False, avoid, used, found) < quota[specialty]:
            raise Problem("draw.dry", specialty=specialty, needed=quota[specialty])
    for specialty in order:
        _take(walks[specialty], specialty, alternates, True, avoid, used, found)
    return found


def rfc3797(pool: int, sources: Sequence[Sequence[int | str]], count: int) -> list[int]:
    """RFC 3797's selection, 1-based places in the pool; a compatibility function, never the platform's own draw."""
    key = "".join(".".join(str(n) for n in sorted(map(int, source))) + "./" for source in sources).encode("ascii")
    left, picks = list(range(1, pool + 1)), []
    for index in range(min(count, pool)):
        frame = index.to_bytes(2, "big")
        value = int.from_bytes(md5(frame + key + frame, usedforsecurity=False).digest(), "big")
        picks.append(left.pop(value % len(left)))
    return picks


@lru_cache(maxsize=1024)
def _leaf_head(specialty: str, weight: int) -> bytes:
    return b"draw/v1 leaf\n" + lp(specialty) + bytes((weight,))


def _ascii(text: str) -> bytes:
    if not text.isascii() or len(text) > 0xFFFF:
        raise Problem("draw.name", name=text[:80])
    return text.encode("ascii")


def _take(
    walk: Iterator[Listed],
    specialty: str,
    wanted: int,
    alternate: bool,
    avoid: Collection[str],
    used: set[str],
    found: Selection,
) -> int:
    taken = 0
    while taken < wanted and (row := next(walk, None)):
        if row.emp is None:
            raise Problem("draw.emp-missing", leaf=row.leaf.hex(), specialty=specialty)
        if row.emp in avoid:
            found.reasons.append((row.leaf, "avoid"))
        elif row.emp in used:
            found.reasons.append((row.leaf, "employer"))
        else:
            used.add(row.emp)
            found.out.append(Pick(row.leaf, specialty, alternate))
            taken += 1
    return taken


def _ascending(seed: bytes, rows: Sequence[Listed], tickets_of: Tickets) -> Iterator[Listed]:
    """The rows by (ticket, leaf); a walk is nearly always short, so the whole list is sorted only when it is not."""
    packed = rows if isinstance(rows, Rows) else Rows(rows)
    tickets = tickets_of(seed, packed)
    near = max(nsmallest(_FIRST, tickets), default=0)
    first = sorted((ticket, packed.leaf(place), place) for place, ticket in enumerate(tickets) if ticket <= near)
    for _, _, place in first:
        yield packed[place]
    if len(first) < len(packed):
        rest = ((ticket, packed.leaf(place), place) for place, ticket in enumerate(tickets) if ticket > near)
        for _, _, place in sorted(rest):
            yield packed[place]


def _keyed(key: bytes) -> tuple[Hash, Hash]:
    """The inner and the outer hash of HMAC-SHA512 (RFC 2104) over their key blocks, to be copied for every message.

    Three times as fast as `hmac` over many leaves; Python's own SHA-512 copies its state faster than OpenSSL does.
    """
    block = (key if len(key) <= _BLOCK else sha512(key).digest()).ljust(_BLOCK, b"\0")
    return sha512(bytes(byte ^ 0x36 for byte in block)), sha512(bytes(byte ^ 0x5C for byte in block))
