"""Arithmetic correction of a priced bill, in the order of M87 59 and in that of construction tendering."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.checks.bills import Bill, Error, Found, Line, Order, corrected

D = Decimal


def line(number: str, quantity: str, unit_price: str, total: str) -> Line:
    """One line from its figures as written."""
    return Line(number, D(quantity), D(unit_price), D(total))


SOUND = (line("1", "10", "12.50", "125.00"), line("2", "3.5", "100.00", "350.00"))


@pytest.mark.parametrize("order", Order)
def test_a_sound_bill_is_not_corrected(order: Order) -> None:
    assert corrected(Bill(SOUND, D("475.00"), D("475.00"), D("475.00")), order).found == ()


@pytest.mark.parametrize("order", Order)
def test_the_amount_in_words_holds_over_the_figures(order: Order) -> None:
    told = corrected(Bill((), D("475.00"), D("475.00"), D("457.00")), order)
    assert told.found == (Found(Error.WORDS, None, D("475.00"), D("457.00")),)
    assert told.price == D("457.00")


@pytest.mark.parametrize("order", Order)
def test_unit_price_times_quantity_holds_over_the_total(order: Order) -> None:
    told = corrected(Bill((line("1", "10", "12.50", "130.00"), SOUND[1]), D("480.00"), D("480.00")), order)
    assert told.found[0] == Found(Error.PRODUCT, "1", D("130.00"), D("125.00"))
    assert told.found[1] == Found(Error.SUM, None, D("480.00"), D("475.00"))
    assert told.price == D("475.00")


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("slipped", ["1.25", "125.00", "0.0125", "1250.00"])
def test_of_an_obvious_slip_the_total_stands_and_the_unit_price_is_mended(order: Order, slipped: str) -> None:
    told = corrected(Bill((line("1", "10", slipped, "125.00"), SOUND[1]), D("475.00"), D("475.00")), order)
    assert [(one.error, one.written, one.holds) for one in told.found] == [(Error.SLIP, D(slipped), D("12.50"))]
    assert told.price == D("475.00")


def test_in_procurement_the_opening_list_holds_over_the_body() -> None:
    bill = Bill(SOUND, D("470.00"), D("475.00"))
    assert corrected(bill, Order.GP).found == (Found(Error.BODY, None, D("470.00"), D("475.00")),)
    assert corrected(bill, Order.ENG).found == ()


def test_a_total_that_is_not_the_sum_of_its_lines_gives_way_to_them() -> None:
    told = corrected(Bill(SOUND, D("500.00"), D("500.00")), Order.ENG)
    assert told.found == (Found(Error.SUM, None, D("500.00"), D("475.00")),)


def test_several_errors_are_corrected_in_the_order_of_the_article() -> None:
    bill = Bill(
        (line("1", "10", "1.25", "125.00"), line("2", "2", "5.00", "11.00")), D("136.00"), D("130.00"), D("131.00")
    )
    told = corrected(bill, Order.GP)
    assert [one.error for one in told.found] == [Error.BODY, Error.WORDS, Error.SLIP, Error.PRODUCT, Error.SUM]
    assert told.price == D("135.00")


LINES = st.lists(
    st.builds(
        lambda quantity, price: Line("n", quantity, price, (quantity * price).quantize(D("0.01"), "ROUND_HALF_UP")),
        st.decimals(D("0.001"), D(100000), places=3),
        st.decimals(D("0.01"), D(100000), places=2),
    ),
    min_size=1,
    max_size=20,
)


@given(LINES, st.sampled_from(Order))
def test_a_bill_that_adds_up_is_never_corrected(lines: list[Line], order: Order) -> None:
    total = sum((one.total for one in lines), D(0))
    told = corrected(Bill(lines, total, total), order)
    assert (told.found, told.price) == ((), total)


@given(LINES, st.sampled_from(Order), st.decimals(D("0.01"), D(10**9), places=2))
def test_correcting_a_corrected_bill_changes_nothing(lines: list[Line], order: Order, opened: Decimal) -> None:
    price = corrected(Bill(lines, opened, opened), order).price
    assert corrected(Bill(lines, price, price), order).found == ()
