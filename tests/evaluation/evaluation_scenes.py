"""Small evidence documents for the evaluation tests."""

from hashlib import sha256
from typing import Any

from infra.crypto.lottery import leaf_of, salted

V2_PRICES = ["9850000", "9620000", "9480000", "9730000", "9310000", "9560000", "8900000"]
V2_PRICE_RULE = {
    "kind": "benchmark",
    "weight": "50",
    "trim_from": 5,
    "drop_high": 1,
    "drop_low": 1,
    "k": "0.02",
    "above": "1",
    "below": "0.5",
}


def v1() -> dict[str, Any]:
    """Worked example V1 without its result."""
    subjective = {"A": "38 40 36 41 39", "B": "42 41 43 40 42", "C": "45 44 46 45 47"}
    return {
        "method": {
            "price": {"kind": "lowest_price_first", "weight": "30", "deductions": {"B": "0.10"}},
            "items": [
                {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
                {"id": "o1", "group": "commercial", "kind": "objective", "max": "20"},
            ],
            "judges": {"trim_from": None},
            "tie": ["price"],
            "places": 2,
        },
        "bids": {
            "A": {"price": "980000.00", "objective": {"o1": "18"}},
            "B": {"price": "1050000.00", "objective": {"o1": "16"}},
            "C": {"price": "1200000.00", "objective": {"o1": "20"}},
        },
        "marks": {
            f"J{judge + 1}": {bid: {"t1": marks.split()[judge]} for bid, marks in subjective.items()}
            for judge in range(5)
        },
        "rejected": {},
    }


def v2(bids: int = 7) -> dict[str, Any]:
    """Worked example V2 with its first bids."""
    return {
        "method": {
            "price": {**V2_PRICE_RULE},
            "items": [],
            "judges": {"trim_from": None},
            "tie": ["price"],
            "places": 2,
        },
        "bids": {f"B{place + 1}": {"price": price} for place, price in enumerate(V2_PRICES[:bids])},
        "marks": {},
        "rejected": {},
    }


def v3() -> dict[str, Any]:
    """Worked example V3."""
    return {
        "method": {"price": {"kind": "lowest_evaluated"}, "tie": ["price"], "places": 2},
        "bids": {
            "X": {"price": "5000000", "adjustments": []},
            "Y": {
                "price": "4960000",
                "adjustments": [{"kind": "amount", "value": "60000"}, {"kind": "amount", "value": "25000.00"}],
            },
            "Z": {
                "price": "4900000",
                "adjustments": [{"kind": "percent", "value": "0.015"}, {"kind": "amount", "value": "40000.00"}],
            },
        },
    }


def v4(trim_from: int | None = 5) -> dict[str, Any]:
    """Worked example V4: seven judges, one item."""
    marks = {"P": "8.5 9 7 8 9.5 8.5 8", "Q": "8 8 8.5 9 9 8 5"}
    return {
        "method": {
            "price": {"kind": "lowest_price_first", "weight": "0"},
            "items": [{"id": "t1", "group": "technical", "kind": "subjective", "max": "10", "step": "0.5"}],
            "judges": {"trim_from": trim_from},
            "tie": [],
            "places": 2,
        },
        "bids": {"P": {"price": "100"}, "Q": {"price": "100"}},
        "marks": {
            f"J{judge + 1}": {bid: {"t1": text.split()[judge]} for bid, text in marks.items()} for judge in range(7)
        },
        "rejected": {},
    }


def tied(tie: list[str], prices: dict[str, str], technical: dict[str, str] | None = None) -> dict[str, Any]:
    """Bids of equal totals: the price weighs nothing and what an item gives in `technical` it takes elsewhere."""
    technical = technical or dict.fromkeys(prices, "5")
    return {
        "method": {
            "price": {"kind": "lowest_price_first", "weight": "0"},
            "items": [
                {"id": "t1", "group": "technical", "kind": "subjective", "max": "10"},
                {"id": "c1", "group": "commercial", "kind": "subjective", "max": "10"},
            ],
            "judges": {"trim_from": None},
            "tie": tie,
            "places": 2,
        },
        "bids": {bid: {"price": price} for bid, price in prices.items()},
        "marks": {"J1": {bid: {"t1": mark, "c1": str(10 - int(mark))} for bid, mark in technical.items()}},
        "rejected": {},
    }


def a_draw(bids: list[str], **changes: Any) -> dict[str, Any]:
    """A draw among tied bids, for study: a bare seed."""
    pool = []
    for bid in bids:
        salt = sha256(bid.encode()).digest()
        inner = salted(salt, f"X:{bid}"), salted(salt, bid)
        leaf = leaf_of("*", 1, *inner)
        entry = {"leaf": leaf.hex(), "spec": "*", "w": 1, "ia": inner[0].hex(), "ib": inner[1].hex()}
        pool.append(entry | {"emp": bid, "b": salt.hex()})
    return {"seed": "11" * 32, "quota": {"*": 1}, "avoid": [], "alternates": len(bids) - 1, "pool": pool} | changes
