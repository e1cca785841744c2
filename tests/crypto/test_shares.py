"""Secret sharing: any t shares give the secret, fewer give nothing, all lie on one polynomial."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealing_scene import Stream

from infra.crypto.shares import extend, join, split
from infra.kernel.problems import Problem

SECRETS = st.binary(min_size=1, max_size=40)


@st.composite
def policies(draw: st.DrawFn) -> tuple[int, int]:
    count = draw(st.integers(1, 8))
    return draw(st.integers(1, count)), count


@given(SECRETS, policies(), st.text())
def test_any_t_shares_give_the_secret(secret: bytes, policy: tuple[int, int], label: str) -> None:
    threshold, count = policy
    shares = split(secret, threshold, count, Stream(label))
    assert all(join(some) == secret for some in combinations(shares, threshold))


@given(SECRETS, policies(), st.text())
def test_any_t_shares_give_all_shares(secret: bytes, policy: tuple[int, int], label: str) -> None:
    threshold, count = policy
    shares = split(secret, threshold, count, Stream(label))
    assert all(extend(some, count) == shares for some in combinations(shares, threshold))


def test_a_share_ends_with_its_number() -> None:
    assert [share[-1] for share in split(bytes(32), 2, 3, Stream("n"))] == [1, 2, 3]


@pytest.mark.parametrize("other", [0, 1, 255])
def test_one_share_of_two_fits_every_secret(other: int) -> None:
    """For a share y at x = 1 of the secret s there is a coefficient for any other secret."""
    share = split(b"\x42", 2, 2, lambda size: b"\x99")[0]
    coefficient = share[0] ^ other
    assert split(bytes([other]), 2, 2, lambda size: bytes([coefficient]))[0] == share


def test_multiplication_is_that_of_aes() -> None:
    """FIPS 197 §4.2: 57 · 83 = c1, the field with polynomial 0x11b."""
    assert split(b"\0", 2, 0x83, lambda size: b"\x57")[0x82][0] == 0xC1


def test_two_hundred_and_fifty_five_custodians_work() -> None:
    shares = split(b"secret", 200, 255, Stream("many"))
    assert join(shares[55:]) == b"secret"


@pytest.mark.parametrize(("threshold", "count"), [(0, 3), (4, 3), (1, 256)])
def test_an_impossible_policy_is_refused(threshold: int, count: int) -> None:
    with pytest.raises(Problem, match=r"seal\.policy"):
        split(bytes(32), threshold, count, Stream("x"))
