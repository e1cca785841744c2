"""Money is whole fen; it is read, written and shared out in one way."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.money import Fen, fen, share, yuan
from infra.kernel.problems import Problem


@given(st.integers(-(10**18), 10**18))
def test_what_is_written_reads_back(amount: int) -> None:
    assert fen(yuan(Fen(amount))) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", 0), ("0.5", 50), ("9310000.00", 931000000), ("-1.05", -105), ("007", 700), ("12.3", 1230), ("-0", 0)],
)
def test_an_amount_in_yuan_is_read_exactly(text: str, amount: int) -> None:
    assert fen(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "-", "--1", "1.", ".5", "1.234", "1,000", "1e3", " 1", "1 ", "+1", "１", "1.٥", "NaN", "1.-1", "0x1", "-.5"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Problem) as told:
        fen(text)
    assert told.value.code == "money.not-an-amount"


@given(st.integers(0, 10**15), st.decimals(0, 1, places=4))
def test_a_share_is_rounded_half_up_to_the_fen_once(amount: int, rate: Decimal) -> None:
    assert share(Fen(amount), rate) == int((amount * rate).quantize(Decimal(1), ROUND_HALF_UP))


def test_two_percent_of_an_estimate() -> None:
    assert share(fen("1000000.25"), Decimal("0.02")) == fen("20000.01")
