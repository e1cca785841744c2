"""Priced bills of the demonstration: each adds up to the price that is read out, and two share one slip of the pen."""

from collections.abc import Sequence
from decimal import Decimal

from web.demo import cast

HEADINGS = ("编号", "名称", "单位", "数量", "单价", "合价")
LINES = (
    ("040101002001", "挖沟槽土方", "m3", Decimal(1200), Decimal("38.50")),
    ("040501004001", "铺设球墨铸铁管 DN400", "m", Decimal(860), Decimal("512.40")),
    ("040203007001", "混凝土路面恢复", "m2", Decimal(2150), Decimal("146.20")),
)
REST = ("041109001001", "其余工程与措施项目", "项")
MISTAKEN = ("bidder2", "bidder9")
WRONG, SWAPPED = "040501004001", Decimal(18)
"""Two digits of this line's total stand in the wrong order, and its unit price times its quantity tells."""


def bill_of(one: cast.BidderRole) -> bytes:
    """A bidder's bill as CSV."""
    rows: list[Sequence[object]] = [HEADINGS]
    left = Decimal(one.price)
    for number, name, unit, quantity, price in LINES:
        slip = SWAPPED if number == WRONG and one.body.login in MISTAKEN else 0
        total = (quantity * price).quantize(Decimal("0.01")) - slip
        left -= total
        rows.append((number, name, unit, quantity, price, total))
    rows += [(*REST, 1, left, left), ("合计", "", "", "", "", one.price)]
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode("utf-8-sig")
