"""The bills of the demonstration are read by the machine checks, add up, and two of them share one error."""

from decimal import Decimal

from trading.checks.bill_files import read_bill
from trading.checks.bill_likeness import corrections, shared_errors
from trading.checks.bills import Error, Order
from web.demo.bills import MISTAKEN, WRONG, bill_of
from web.demo.works import RESERVOIR


def test_the_demonstrations_bills_share_one_error_between_two_bidders() -> None:
    bidders = {one.body.login: one for one in RESERVOIR.bidders(5)}
    bills = {login: read_bill(bill_of(one)) for login, one in bidders.items()}
    found = corrections(bills, {login: Decimal(one.price) for login, one in bidders.items()}, Order.ENG)
    assert {login for login, one in found.items() if one.found} == set(MISTAKEN)
    [shared] = shared_errors(found)
    assert (set(shared.bids), [(error, line) for error, line, _, _ in shared.errors]) == (
        set(MISTAKEN),
        [(Error.PRODUCT, WRONG)],
    )
