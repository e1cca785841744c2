"""Reading a method, bids and judges' sheets strictly into the types of the rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from operator import gt
from typing import Any

from infra.kernel.fields import (
    array_at,
    at,
    count_at,
    decimal_at,
    decimal_of,
    flag_at,
    members_at,
    object_at,
    text_at,
    word_at,
)
from infra.kernel.problems import Problem
from trading.evaluation.rules import (
    EXACT,
    Adjustment,
    Benchmark,
    Bid,
    Item,
    ItemKind,
    LowestEvaluated,
    LowestPriceFirst,
    Method,
    PriceRule,
    Sheet,
    Tie,
)

MOST = 10**6
MOST_PLACES = 9
# With fewer judges nothing would be left after dropping one highest and one lowest mark.
LEAST_TO_TRIM = 3


@dataclass(frozen=True)
class Reader:
    """Reads rows of marks for some items and remembers the texts it has met; use it in the context EXACT."""

    items: Mapping[str, Item]
    known: Mapping[str, dict[str, Decimal]]
    maxima: Sequence[Decimal]


def reader_of(items: Mapping[str, Item]) -> Reader:
    """A reader for these items; those of one step share what they have met."""
    met: dict[Decimal | None, dict[str, Decimal]] = {}
    known = {name: met.setdefault(item.step, {}) for name, item in items.items()}
    return Reader(items, known, [item.max for item in items.values()])


def read_method(value: Any, path: str = "$.method") -> Method:
    """A `method` of an evaluation's evidence; fields left out mean no items, no trimming, no tie rule, 2 places."""
    found = members_at(value, path, ("price",), ("items", "judges", "tie", "places", "sum_rounded"))
    judges = members_at(found.get("judges", {}), at(path, "judges"), (), ("trim_from",))
    return Method(
        price=_price(found["price"], at(path, "price")),
        items=_items(found.get("items", []), at(path, "items")),
        trim_from=_trim_from(judges.get("trim_from"), at(at(path, "judges"), "trim_from"), LEAST_TO_TRIM),
        tie=_ties(found.get("tie", []), at(path, "tie")),
        places=count_at(found.get("places", 2), at(path, "places"), 0, MOST_PLACES),
        sum_rounded=flag_at(found.get("sum_rounded", False), at(path, "sum_rounded")),
    )


def read_bids(value: Any, method: Method, complete: bool, path: str = "$.bids") -> dict[str, Bid]:
    """Opened bids: a price above 0, all objective marks (if `complete`), adjustments where prices are evaluated."""
    bids = object_at(value, path)
    if not bids:
        raise Problem("evaluation.no-bids", path=path)
    reader = reader_of(method.of_kind(ItemKind.OBJECTIVE))
    with localcontext(EXACT):
        return {name: _bid(bid, method, reader, complete, _named(name, path)) for name, bid in bids.items()}


def read_sheets(value: Any, method: Method, bids: Collection[str], path: str = "$.marks") -> list[Sheet]:
    """Every judge's complete sheet; `evaluation.mark-missing` where items need judges and there is none."""
    items = method.of_kind(ItemKind.SUBJECTIVE)
    sheets = object_at(value, path)
    if items and not sheets:
        raise Problem("evaluation.mark-missing", path=path, missing=next(iter(items)))
    reader = reader_of(items)
    with localcontext(EXACT):
        return [read_sheet(sheet, reader, bids, _named(judge, path)) for judge, sheet in sheets.items()]


def read_sheet(value: Any, reader: Reader, bids: Collection[str], path: str) -> Sheet:
    """One judge's marks for exactly these bids and the reader's items."""
    rows = object_at(value, path)
    for bid in rows:
        if bid not in bids:
            raise Problem("evaluation.bid-unknown", path=at(path, bid), bid=bid)
    for bid in bids:
        if reader.items and bid not in rows:
            raise Problem("evaluation.mark-missing", path=at(path, bid), missing=bid)
    return {bid: _row(row, reader, at(path, bid)) for bid, row in rows.items()}


def read_mark(value: Any, item: Item, path: str) -> Decimal:
    """The mark of an item in a row of marks: a decimal in 0…max (`evaluation.mark-range`) on the item's step.

    `evaluation.mark-step` where it is off the step. The row's path becomes the mark's only on refusal.
    """
    mark = decimal_of(value)
    if mark is None:
        return decimal_at(value, at(path, item.id))
    if not 0 <= mark <= item.max:
        raise Problem("evaluation.mark-range", path=at(path, item.id), value=value, item=item.id, max=item.max)
    if item.step is not None and mark % item.step:
        raise Problem("evaluation.mark-step", path=at(path, item.id), value=value, item=item.id, step=item.step)
    return mark


def _row(value: Any, reader: Reader, path: str) -> dict[str, Decimal]:
    row = object_at(value, path)
    if row.keys() != reader.items.keys():
        _refuse_other_items(row, reader.items, path)
    try:
        marks = {name: known[row[name]] for name, known in reader.known.items()}
        if not any(map(gt, marks.values(), reader.maxima)):
            return marks
    except (KeyError, TypeError):
        # A text not met yet, or a value that is no text at all: the slow way reads or refuses it.
        pass
    return {name: _mark(row[name], name, reader, path) for name in reader.items}


def _mark(value: Any, name: str, reader: Reader, path: str) -> Decimal:
    item, known = reader.items[name], reader.known[name]
    mark = known.get(value) if isinstance(value, str) else None
    if mark is None or mark > item.max:
        mark = known[value] = read_mark(value, item, path)
    return mark


def _refuse_other_items(row: Mapping[str, Any], items: Mapping[str, Item], path: str) -> None:
    for item in row:
        if item not in items:
            raise Problem("evaluation.item-unknown", path=at(path, item), item=item)
    missing = next(item for item in items if item not in row)
    raise Problem("evaluation.mark-missing", path=at(path, missing), missing=missing)


def _price(value: Any, path: str) -> PriceRule:
    kind = word_at(
        object_at(value, path).get("kind"), at(path, "kind"), ("lowest_price_first", "benchmark", "lowest_evaluated")
    )
    if kind == "lowest_evaluated":
        members_at(value, path, ("kind",))
        return LowestEvaluated()
    if kind == "benchmark":
        return _benchmark(value, path)
    found = members_at(value, path, ("kind", "weight"), ("deductions",))
    deductions = object_at(found.get("deductions", {}), at(path, "deductions"))
    return LowestPriceFirst(
        _not_negative(found["weight"], at(path, "weight")),
        {bid: _below_one(rate, at(at(path, "deductions"), bid)) for bid, rate in deductions.items()},
    )


def _benchmark(value: Any, path: str) -> Benchmark:
    found = members_at(value, path, ("kind", "weight", "k", "above", "below"), ("trim_from", "drop_high", "drop_low"))
    high = count_at(found.get("drop_high", 0), at(path, "drop_high"), 0, MOST)
    low = count_at(found.get("drop_low", 0), at(path, "drop_low"), 0, MOST)
    return Benchmark(
        weight=_not_negative(found["weight"], at(path, "weight")),
        k=_below_one(found["k"], at(path, "k")),
        above=_not_negative(found["above"], at(path, "above")),
        below=_not_negative(found["below"], at(path, "below")),
        trim_from=_trim_from(found.get("trim_from"), at(path, "trim_from"), high + low + 1),
        drop_high=high,
        drop_low=low,
    )


def _trim_from(value: Any, path: str, least: int) -> int | None:
    return None if value is None else count_at(value, path, least, MOST)


def _not_negative(value: Any, path: str) -> Fraction:
    return Fraction(_bounded(value, path, above_zero=False))


def _below_one(value: Any, path: str) -> Fraction:
    found = _not_negative(value, path)
    if found >= 1:
        raise Problem("evidence.range", path=path, value=value, low="0", high="<1")
    return found


def _items(value: Any, path: str) -> tuple[Item, ...]:
    items = tuple(_item(entry, at(path, place)) for place, entry in enumerate(array_at(value, path)))
    met: set[str] = set()
    for place, item in enumerate(items):
        if item.id in met:
            raise Problem("evaluation.item-twice", path=at(path, place), item=item.id)
        met.add(item.id)
    return items


def _item(value: Any, path: str) -> Item:
    found = members_at(value, path, ("id", "group", "kind", "max"), ("step",))
    _named(text_at(found["id"], at(path, "id")), path)
    return Item(
        id=found["id"],
        group=text_at(found["group"], at(path, "group")),
        kind=ItemKind(word_at(found["kind"], at(path, "kind"), list(ItemKind))),
        max=_bounded(found["max"], at(path, "max"), above_zero=False),
        step=None if found.get("step") is None else _bounded(found["step"], at(path, "step"), above_zero=True),
    )


def _bounded(value: Any, path: str, above_zero: bool) -> Decimal:
    found = decimal_at(value, path)
    if found < 0 or (above_zero and not found):
        raise Problem("evidence.range", path=path, value=value, low=">0" if above_zero else "0", high="∞")
    return found


def _ties(value: Any, path: str) -> tuple[Tie, ...]:
    entries = enumerate(array_at(value, path))
    return tuple(Tie(word_at(entry, at(path, place), list(Tie))) for place, entry in entries)


def _bid(value: Any, method: Method, reader: Reader, complete: bool, path: str) -> Bid:
    evaluated = isinstance(method.price, LowestEvaluated)
    found = members_at(value, path, ("price",), ("objective", "adjustments") if evaluated else ("objective",))
    price = decimal_at(found["price"], at(path, "price"))
    if price <= 0:
        raise Problem("evaluation.price-not-positive", path=at(path, "price"), value=found["price"])
    marks = object_at(found.get("objective", {}), at(path, "objective"))
    if not complete:
        reader = reader_of({name: item for name, item in reader.items.items() if name in marks})
    return Bid(
        Fraction(price),
        _row(marks, reader, at(path, "objective")),
        _adjustments(found.get("adjustments", []), at(path, "adjustments")),
    )


def _adjustments(value: Any, path: str) -> tuple[tuple[Adjustment, Fraction], ...]:
    adjustments = []
    for place, entry in enumerate(array_at(value, path)):
        here = at(path, place)
        found = members_at(entry, here, ("kind", "value"))
        kind = Adjustment(word_at(found["kind"], at(here, "kind"), list(Adjustment)))
        adjustments.append((kind, Fraction(decimal_at(found["value"], at(here, "value")))))
    return tuple(adjustments)


def _named(name: str, path: str) -> str:
    here = at(path, name)
    if not name:
        raise Problem("evaluation.name-empty", path=here)
    return here
