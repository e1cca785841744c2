"""Random evaluations: every price kind, trimming, sums of rounded parts, ties of every kind with lots, broken ones too."""

import random
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "draw"))

from draw_cases import an_entry

Document = dict[str, Any]
TIES: tuple[list[str], ...] = (
    ["price"],
    ["technical", "price"],
    ["price", "joint"],
    ["procuring_entity"],
    ["technical", "lot"],
    ["lot"],
    [],
)
BREAKS = (("method", "places"), ("marks",), ("bids",), ("rejected",))


def an_evaluation(dice: random.Random) -> Document:
    """One evidence file without `out`; about an eighth are refused, each for one reason."""
    kind = dice.choice(["lowest_price_first", "benchmark", "lowest_evaluated"])
    bids = [f"bid-{name}" for name in dice.sample("abcdefghij", dice.randint(1, 9))]
    items = [] if kind == "lowest_evaluated" and dice.random() < 0.5 else _items(dice)
    price = dice.choice([None, f"{dice.randint(1, 9)}00000"])
    tie = dice.choice(TIES)
    drawn = "lot" in tie and dice.random() < 0.7
    if drawn:
        items, price = [item for item in items if item["kind"] == "subjective"], price or "700000"
    document: Document = {
        "method": {
            "price": _price(dice, kind, bids),
            "items": items,
            "judges": {"trim_from": dice.choice([None, 3, 5])},
            "tie": tie,
            "places": dice.choice([0, 1, 2, 2, 5]),
            "sum_rounded": dice.random() < 0.4,
        },
        "bids": {bid: _bid(dice, kind, items, price) for bid in bids},
        "marks": _marks(dice, items, bids, drawn or dice.random() < 0.4),
        "rejected": {"bid-z": "TBR 51: 保证金"} if dice.random() < 0.2 else {},
    }
    if drawn:
        document["method"]["price"].pop("deductions", None)
        for bid in document["bids"].values():
            bid.pop("adjustments", None)
        document["draw"] = _lot(dice, bids)
    if dice.random() < 0.12:
        _break(dice, document)
    return document


def _price(dice: random.Random, kind: str, bids: list[str]) -> Document:
    if kind == "lowest_evaluated":
        return {"kind": kind}
    if kind == "lowest_price_first":
        deductions = {bid: _decimal(dice, 0, 30, 2) for bid in bids if dice.random() < 0.3}
        return {"kind": kind, "weight": str(dice.randint(0, 60)), "deductions": deductions}
    drops = dice.randint(0, 1), dice.randint(0, 2)
    rates = {"k": _decimal(dice, 0, 9, 2), "above": _decimal(dice, 0, 30, 1), "below": _decimal(dice, 0, 30, 1)}
    trims = {"trim_from": dice.choice([None, sum(drops) + 1, 5]), "drop_high": drops[0], "drop_low": drops[1]}
    return {"kind": kind, "weight": str(dice.randint(0, 60)), **rates, **trims}


def _items(dice: random.Random) -> list[Document]:
    found = []
    for place in range(dice.randint(1, 5)):
        item = {"id": f"i{place}", "group": dice.choice(["technical", "commercial"]), "max": str(dice.randint(1, 20))}
        item["kind"] = dice.choice(["subjective", "subjective", "objective"])
        found.append({**item, "step": "0.5"} if dice.random() < 0.5 else item)
    return found


def _bid(dice: random.Random, kind: str, items: list[Document], price: str | None) -> Document:
    bid: Document = {"price": price or _decimal(dice, 1, 10**9, dice.choice([0, 2]))}
    if found := {item["id"]: _mark(dice, item) for item in items if item["kind"] == "objective"}:
        bid["objective"] = found
    if kind == "lowest_evaluated" and dice.random() < 0.6:
        amount = {"kind": "amount", "value": _decimal(dice, -(10**5), 10**5, 2)}
        bid["adjustments"] = [amount, {"kind": "percent", "value": _decimal(dice, 0, 999, 4)}][: dice.randint(1, 2)]
    return bid


def _marks(dice: random.Random, items: list[Document], bids: list[str], alike: bool) -> Document:
    marked = [item for item in items if item["kind"] == "subjective"]
    if not marked:
        return {}
    same = {item["id"]: _mark(dice, item) for item in marked}
    return {
        f"J{judge}": {bid: dict(same) if alike else {item["id"]: _mark(dice, item) for item in marked} for bid in bids}
        for judge in range(1, dice.choice([2, 3, 4, 6, 8]))
    }


def _mark(dice: random.Random, item: Document) -> str:
    most = int(item["max"])
    return _decimal(dice, 0, most * 2, 0, half=True) if "step" in item else _decimal(dice, 0, most * 100, 2)


def _lot(dice: random.Random, bids: list[str]) -> Document:
    pool = []
    for bid in bids:
        while (entry := an_entry(dice, "*", bid))["w"] != 1:
            pass
        pool.append(entry)
    return {
        "seed": dice.randbytes(32).hex(),
        "quota": {"*": 1},
        "avoid": [],
        "pool": pool,
        "alternates": len(bids) - 1,
    }


def _break(dice: random.Random, document: Document) -> None:
    where = dice.choice(BREAKS)
    if where == ("method", "places"):
        document["method"]["places"] = dice.choice([10, "2", -1])
    elif where == ("bids",):
        document["bids"][min(document["bids"])]["price"] = dice.choice(["0", "-1", "1e3", ""])
    elif where == ("rejected",):
        document["rejected"] = {min(document["bids"]): "twice"}
    else:
        document["marks"] = {"J1": {"bid-nobody": {}}}


def _decimal(dice: random.Random, low: int, high: int, places: int, half: bool = False) -> str:
    units = dice.randint(low, high)
    if half:
        return f"{units // 2}.5" if units % 2 else str(units // 2)
    sign, digits = "-" if units < 0 else "", str(abs(units)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
