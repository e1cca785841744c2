"""How the shares of a bid that does not open compare: one that does not unwrap, one that lies elsewhere, the sound ones."""

from dataclasses import replace

import pytest

from infra.crypto.keyset import Custodian, Keyset, Release, public_key
from infra.crypto.seal_key import new_header
from infra.crypto.seal_suite import X25519
from infra.edge import random_bytes
from trading.opening.sharing import DAMAGED, DIFFERS, SOUND, compared

KEYS = {number: bytes([number]) * 32 for number in (1, 2, 3)}
KEYSET = Keyset(
    bytes(32), "YH-1/01", "1", "2026-12-01T01:30:00Z", X25519, 2, Release("section.closed", 3),
    tuple(Custodian(f"c{number}", public_key(key), bytes(32)) for number, key in KEYS.items()),
)  # fmt: skip


@pytest.mark.parametrize(
    ("place", "from_another", "states"),
    [
        (None, False, [SOUND, SOUND, SOUND]),
        (2, True, [SOUND, SOUND, DIFFERS]),
        (2, False, [SOUND, SOUND, DAMAGED]),
        (0, False, [DAMAGED, SOUND, SOUND]),
    ],
)
def test_each_released_share_is_compared_with_what_the_first_t_give(
    place: int | None, from_another: bool, states: list[str]
) -> None:
    header, _ = new_header(KEYSET, "technical", bytes(32), None, random_bytes)
    other, _ = new_header(KEYSET, "technical", bytes(32), None, random_bytes)
    shares = list(header.shares)
    if place is not None:
        shares[place] = other.shares[place] if from_another else bytes(len(shares[place]))
    found = compared(replace(header, shares=tuple(shares)), KEYS)
    assert [one["state"] for one in found] == states
    assert [one["custodian"] for one in found] == [1, 2, 3]
