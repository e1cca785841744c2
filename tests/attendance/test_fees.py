"""Fees by dated rates, the tax withheld from them, and a file that no spreadsheet computes."""

import csv
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertpool.attendance.fees import COLUMNS, Payment, Rate, fee, plain_cell, tax, tax_file, withholding_on
from infra.kernel.money import Fen, fen
from infra.kernel.problems import Problem

DAY = date(2026, 11, 22)
HOURLY = Rate(60, fen("100.00"), fen("50.00"))
HALF_DAYS = Rate(240, fen("300.00"), fen("0"))


@pytest.mark.parametrize(
    ("rate", "days", "yuan"),
    [
        (HOURLY, [60], "150.00"),
        (HOURLY, [61], "250.00"),
        (HOURLY, [0], "150.00"),
        (HOURLY, [125, 60], "500.00"),
        (HALF_DAYS, [240], "300.00"),
        (HALF_DAYS, [241, 10], "900.00"),
    ],
)
def test_a_begun_unit_counts_whole_and_each_day_has_one_and_its_travel(rate: Rate, days: list[int], yuan: str) -> None:
    assert fee(rate, days) == fen(yuan)


@pytest.mark.parametrize(
    ("amount", "withheld"),
    [
        ("0", "0"),
        ("800.00", "0"),
        ("800.01", "0"),
        ("1000.00", "40.00"),
        ("4000.00", "640.00"),
        ("5000.00", "800.00"),
        ("25000.00", "4000.00"),
        ("30000.00", "5200.00"),
        ("62500.00", "13000.00"),
        ("100000.00", "25000.00"),
    ],
)
def test_tax_on_services_is_withheld_by_the_announcement_of_2018(amount: str, withheld: str) -> None:
    assert tax(fen(amount), DAY) == fen(withheld)


def test_a_payment_is_taxed_by_the_table_of_its_day_and_none_before_the_first() -> None:
    assert withholding_on(date(2019, 1, 1)).source == withholding_on(DAY).source
    with pytest.raises(Problem) as told:
        tax(fen("5000.00"), date(2018, 12, 31))
    assert told.value.code == "fees.no-tax-table"


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_who_earns_more_keeps_no_less(amount: int, more: int) -> None:
    assert amount - tax(Fen(amount), DAY) <= amount + more - tax(Fen(amount + more), DAY)


@given(st.text(max_size=20))
def test_no_cell_of_the_tax_file_begins_like_a_formula(name: str) -> None:
    assert not plain_cell(name).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_tax_file_reads_back_line_by_line() -> None:
    line = Payment("=HYPERLINK(1)", "resident:42010219800101001X", date(2026, 11, 23), fen("1000.00"), fen("40.00"))
    first, second = csv.reader(StringIO(tax_file([line])))
    assert tuple(first) == COLUMNS
    assert second == [
        "1", "'=HYPERLINK(1)", "resident", "42010219800101001X", "2026-11-23", "1000.00", "40.00", "960.00",
    ]  # fmt: skip
