"""What stands beside a mark: a written reason 理由, due below a share of the maximum, and pinned pages 证据页. Pure."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from infra.kernel.fields import array_at, at, count_at, is_written, members_at, object_at, text_at
from infra.kernel.problems import Problem
from trading.evaluation.marks import Reasoned
from trading.evaluation.rules import Item

LONGEST_REASON = 1000
MOST_PINS = 8
LONGEST_QUOTE = 200
LAST_PAGE = 99_999
Share = Callable[[str], Decimal]
"""Below which share of its maximum an item's mark needs a reason."""
Pin = dict[str, Any]
"""`{"part", "page", "text"}`: a page of a bid's file, and what was quoted from it, which may be nothing."""


def read_reason(value: Any, path: str) -> str:
    """A reason as given, without blanks around it; empty for none; `marks.reason` for one that cannot be kept."""
    reason = text_at(value, path).strip()
    if reason and not is_written(reason, LONGEST_REASON):
        raise Problem("marks.reason", most=LONGEST_REASON)
    return reason


def read_pins(value: Any, path: str) -> list[Pin]:
    """Pinned pages as given, each once; `marks.pins` for too many or too long a quotation."""
    pins: list[Pin] = []
    for place, entry in enumerate(array_at(value, path)):
        here = at(path, place)
        found = members_at(entry, here, ("part", "page", "text"))
        count_at(found["page"], at(here, "page"), 1, LAST_PAGE)
        quoted = text_at(found["text"], at(here, "text"))
        if not is_written(text_at(found["part"], at(here, "part")), LONGEST_QUOTE):
            raise Problem("marks.pins", most=MOST_PINS, longest=LONGEST_QUOTE)
        if quoted and not is_written(quoted, LONGEST_QUOTE):
            raise Problem("marks.pins", most=MOST_PINS, longest=LONGEST_QUOTE)
        if found not in pins:
            pins.append(dict(found))
    if len(pins) > MOST_PINS:
        raise Problem("marks.pins", most=MOST_PINS, longest=LONGEST_QUOTE)
    return pins


def is_due(mark: Decimal, item: Item, share: Decimal) -> bool:
    """Whether a mark needs a written reason: it is below this share of the item's maximum."""
    return mark < share * item.max


def check_words(sheet: Reasoned, items: Mapping[str, Item], share: Share) -> None:
    """Reasons and pins stand beside marks only, none is empty, and none that is due is missing.

    `evaluation.item-unknown`, `marks.reason`, `marks.pins`, `marks.reason-missing` refuse.
    """
    for path, reason in _beside(sheet, sheet.reasons, "$.reasons"):
        if read_reason(reason, path) != reason or not reason:
            raise Problem("marks.reason", most=LONGEST_REASON)
    for path, pins in _beside(sheet, sheet.pins, "$.pins"):
        if read_pins(pins, path) != pins or not pins:
            raise Problem("marks.pins", most=MOST_PINS, longest=LONGEST_QUOTE)
    missing = reasons_missing(sheet, items, share)
    if missing:
        raise Problem("marks.reason-missing", missing=len(missing), bid=missing[0][0], item=missing[0][1])


def reasons_missing(sheet: Reasoned, items: Mapping[str, Item], share: Share) -> list[tuple[str, str]]:
    """Where a reason is due and there is none, as (bid or label, item)."""
    return [
        (key, item)
        for key, row in sheet.marks.items()
        for item, mark in row.items()
        if is_due(Decimal(mark), items[item], share(item)) and not sheet.reasons.get(key, {}).get(item)
    ]


def _beside(sheet: Reasoned, told: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(JSON path, what stands there) of every item; only what is marked has reasons and pins."""
    for key, row in object_at(told, path).items():
        if not object_at(row, at(path, key)):
            raise Problem("evidence.type", path=at(path, key), expected="object")
        for item, one in row.items():
            if item not in sheet.marks.get(key, {}):
                raise Problem("evaluation.item-unknown", path=at(path, key), item=item)
            yield at(at(path, key), item), one
