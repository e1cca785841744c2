"""Containers that somebody made to do harm: each is refused with a code of the page, none costs memory or time."""

import random
from resource import RUSAGE_SELF, getrusage

import pytest
from sealing_scene import SUITES, Custody, Stream, a_bid
from test_seal_vectors import CODES

from infra.crypto.seal import open_bytes
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_suite import SM2, X25519
from infra.kernel.problems import Problem

PLAIN = Stream("malformed")(3_000)
FEW = 60
MANY = {X25519: 8000, SM2: 2000}
WORDS = (
    b"\n",
    b"\r\n",
    b"---\n",
    b"share 1 ",
    b"policy 1-of-1\n",
    b"suite ",
    b" ",
    b"=",
    b"\0",
    b"\xff",
    b"9" * 300,
    b"A" * 9000,
)


def spoilt(container: bytes, dice: random.Random) -> bytes:
    """The container after one to four changes: bits, cuts, repeats, foreign words, mostly in the header."""
    data, head = bytearray(container), len(parse_header(container).encode())
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(min(head, len(data)) if dice.random() < 0.7 else len(data)) if data else 0
        match dice.randrange(5):
            case 0:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del data[at : at + dice.choice((1, 2, 50, 5_000))]
            case 2:
                data[at:at] = dice.choice(WORDS)
            case 3:
                data[at:at] = data[at : at + dice.choice((1, 80, 16_400))]
            case _:
                data = data[:at]
    return bytes(data)


def refusals(suite: str, count: int) -> set[str]:
    """The codes with which so many are refused; one that says the same as before may open."""
    custody, dice, found = Custody(suite=suite), random.Random(suite), set()
    container, _ = a_bid(PLAIN, custody)
    for _ in range(count):
        data = spoilt(container, dice)
        try:
            assert open_bytes(data, custody.keys(1, 2)) == PLAIN and data == container
        except Problem as problem:
            found.add(problem.reason)
    return found


@pytest.mark.parametrize("suite", SUITES)
def test_malformed_containers_are_refused_with_codes_of_the_page(suite: str) -> None:
    assert {"line", "version"} < refusals(suite, FEW) <= CODES


@pytest.mark.soak
@pytest.mark.parametrize("suite", SUITES)
def test_ten_thousand_malformed_containers_leave_memory_as_it_was(suite: str) -> None:
    refusals(suite, FEW)
    before = getrusage(RUSAGE_SELF).ru_maxrss
    assert refusals(suite, MANY[suite]) <= CODES
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 16 << 10
