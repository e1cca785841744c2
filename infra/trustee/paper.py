"""The paper backup: identity, epochs and the policy's hash as three printed sheets, any two of which rebuild them.

What is kept is `01 ‖ lp(name) ‖ body ‖ identity ‖ SHA-256 of the policy (zeros: none yet) ‖ n ‖ n × (lp(epoch) ‖ seed)
‖ check`, with lp(x) one byte of length and x, body 0…2, and check the first 8 bytes of SHA-256 over all before it.
It is shared by Shamir's scheme, 2 of 3. A sheet is `01 ‖ x ‖ set ‖ y … ‖ check`: set is four random bytes of the printing,
y the share, check the first 4 bytes of SHA-256. It is written in Crockford's base32 in lines of 15 bytes: six groups of
four characters and a seventh that checks the line, the first 20 bits of SHA-256(`trustee-paper/v1` ‖ 00 ‖ line number ‖ bytes).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from infra.crypto.shares import join, split
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES
from infra.trustee.state import State

SHEETS, NEEDED = 3, 2
WIDTH = 15
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
_VERSION = 1
_HEAD = 6
NO_POLICY = bytes(32)


@dataclass(frozen=True)
class Sheet:
    """One sheet as read: its number, the printing it belongs to, its share."""

    number: int
    set: bytes
    share: bytes


@dataclass(frozen=True)
class Kept:
    """What paper remembers; `policy_hash` is hexadecimal, empty where nothing had been pinned."""

    name: str
    body: str
    identity: bytes
    epochs: dict[str, bytes]
    policy_hash: str


def print_sheets(state: State, random: Callable[[int], bytes]) -> list[list[str]]:
    """The coded lines of three new sheets; sheets of earlier printings do not fit them."""
    number = random(4)
    shares = split(_packed(kept_of(state)), NEEDED, SHEETS, random)
    return [_lines(_sealed(bytes([_VERSION, share[-1]]) + number + share[:-1], 4)) for share in shares]


def kept_of(state: State) -> Kept:
    """What a state would put on paper now."""
    return Kept(state.name, state.body, state.identity, dict(state.epochs), state.policy_hash)


def read_line(text: str, number: int) -> bytes:
    """The bytes of one typed line; `paper.line` with its number where a character is wrong.

    Case, spaces and dashes do not matter, and I, L, O are read as 1, 1, 0.
    """
    typed = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(typed) <= 4 or any(sign not in ALPHABET for sign in typed):
        raise Problem("paper.line", line=number)
    data = _decoded(typed[:-4])
    if data is None or _check(number, data) != typed[-4:]:
        raise Problem("paper.line", line=number)
    return data


def is_last(data: bytes) -> bool:
    """Whether the bytes of all lines so far are a whole sheet."""
    return len(data) > _HEAD + 4 and data[-4:] == sha256(data[:-4]).digest()[:4]


def read_sheet(lines: Sequence[str]) -> Sheet:
    """A sheet of its coded lines; `paper.line` tells the place of a typing error, `paper.short` that lines are missing."""
    data = b"".join(read_line(line, number) for number, line in enumerate(lines, 1))
    if not is_last(data) or data[0] != _VERSION:
        raise Problem("paper.short", lines=len(lines))
    return Sheet(data[1], data[2:_HEAD], data[_HEAD:-4])


def coded_lines(text: str) -> list[str]:
    """The coded lines of a sheet's text: what stands behind `NN:` on lines of their own."""
    found = [line.strip().partition(":") for line in text.splitlines()]
    return [rest.strip() for number, colon, rest in found if colon and number.isdigit() and rest.strip()]


def rebuild(first: Sheet, second: Sheet) -> Kept:
    """What two sheets of one printing hold; `paper.same-sheet`, `paper.other-set`, `paper.damaged` refuse."""
    if first.set != second.set or len(first.share) != len(second.share):
        raise Problem("paper.other-set")
    if first.number == second.number:
        raise Problem("paper.same-sheet", sheet=first.number)
    content = join([one.share + bytes([one.number]) for one in (first, second)])
    if content[-8:] != sha256(content[:-8]).digest()[:8]:
        raise Problem("paper.damaged")
    return _unpacked(content)


def _packed(kept: Kept) -> bytes:
    policy = bytes.fromhex(kept.policy_hash) or NO_POLICY
    seeds = b"".join(_prefixed(name.encode()) + seed for name, seed in kept.epochs.items())
    head = bytes([_VERSION]) + _prefixed(kept.name.encode()) + bytes([BODIES.index(kept.body)])
    return _sealed(head + kept.identity + policy + bytes([len(kept.epochs)]) + seeds, 8)


def _unpacked(content: bytes) -> Kept:
    rest = content[1:-8]
    name, rest = _taken(rest)
    body, identity, policy, count, rest = rest[0], rest[1:33], rest[33:65], rest[65], rest[66:]
    epochs: dict[str, bytes] = {}
    for _ in range(count):
        epoch, rest = _taken(rest)
        epochs[epoch.decode()], rest = rest[:32], rest[32:]
    return Kept(name.decode(), BODIES[body], identity, epochs, "" if policy == NO_POLICY else policy.hex())


def _sealed(data: bytes, size: int) -> bytes:
    return data + sha256(data).digest()[:size]


def _prefixed(data: bytes) -> bytes:
    return bytes([len(data)]) + data


def _taken(data: bytes) -> tuple[bytes, bytes]:
    end = 1 + data[0]
    return data[1:end], data[end:]


def _lines(data: bytes) -> list[str]:
    parts = [data[place : place + WIDTH] for place in range(0, len(data), WIDTH)]
    return [_grouped(_coded(part) + _check(number, part)) for number, part in enumerate(parts, 1)]


def _grouped(text: str) -> str:
    """Groups of four from the left; the line's check is the last four characters."""
    body, check = text[:-4], text[-4:]
    return " ".join([*(body[place : place + 4] for place in range(0, len(body), 4)), check])


def _check(number: int, data: bytes) -> str:
    """The four characters that check a line: 20 bits."""
    found = sha256(b"trustee-paper/v1\0" + bytes([number]) + data).digest()
    return _written(int.from_bytes(found[:3]) >> 4, 4)


def _coded(data: bytes) -> str:
    """Base32, spare bits at the end zero."""
    count = -(-len(data) * 8 // 5)
    return _written(int.from_bytes(data) << (count * 5 - len(data) * 8), count)


def _written(value: int, count: int) -> str:
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(count)))


def _decoded(text: str) -> bytes | None:
    """The bytes of base32; None where its spare bits are not zero or it is of no possible length."""
    size, value = len(text) * 5 // 8, 0
    for sign in text:
        value = value << 5 | ALPHABET.index(sign)
    spare = len(text) * 5 - size * 8
    if spare >= 5 or value & (1 << spare) - 1:
        return None
    return (value >> spare).to_bytes(size)
