"""Bands of marks 评分档 as data: what each range of an item's marks means, and below which share a reason is due; pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from infra.kernel.fields import array_at, at, decimal_at, is_written, members_at, object_at, text_at
from infra.kernel.problems import Problem
from trading.evaluation.rules import Item
from trading.regimes.regime import Regime, Rule

BANDS, REASONS_BELOW = "bands", "reasons_below"
TEXTS = ("zh", "en", "anchors")
MOST = 10
LONGEST_WORD, LONGEST_MEANING = 20, 500


class Band(NamedTuple):
    """One range of an item's marks, both ends included."""

    word: str
    low: Decimal
    high: Decimal
    means: str


def check_labels(value: Any, items: Mapping[str, Item]) -> dict[str, dict[str, Any]]:
    """Names, anchors, bands and `reasons_below` by item; `evaluation.item-unknown`, `band.…`, JSON paths at `$.labels`."""
    labels: dict[str, dict[str, Any]] = {}
    for item, names in object_at(value, "$.labels").items():
        path = at("$.labels", item)
        if item not in items:
            raise Problem("evaluation.item-unknown", path=path, item=item)
        found = members_at(names, path, (), (*TEXTS, BANDS, REASONS_BELOW))
        for name in TEXTS:
            if name in found:
                text_at(found[name], at(path, name))
        if BANDS in found:
            read_bands(found[BANDS], items[item], at(path, BANDS))
        if REASONS_BELOW in found:
            _share(found[REASONS_BELOW], at(path, REASONS_BELOW))
        labels[item] = dict(found)
    return labels


def read_bands(value: Any, item: Item, path: str) -> tuple[Band, ...]:
    """The bands of an item, the highest first: within 0…max, on the step, sharing no more than an end.

    `band.word`, `band.word-twice`, `band.range`, `band.order`, `band.step`, `band.overlap`, `band.many` refuse.
    """
    entries = array_at(value, path)
    if len(entries) > MOST:
        raise Problem("band.many", path=path, item=item.id, most=MOST)
    found: list[Band] = []
    for place, entry in enumerate(entries):
        here = at(path, place)
        band = _band(entry, item, here)
        if any(band.word == one.word for one in found):
            raise Problem("band.word-twice", path=at(here, "word"), item=item.id, word=band.word)
        if found and band.high > found[-1].low:
            above = found[-1].word
            raise Problem("band.overlap", path=at(here, "to"), item=item.id, word=band.word, above=above)
        found.append(band)
    return tuple(found)


def band_of(bands: tuple[Band, ...], mark: Decimal) -> Band | None:
    """The band a mark lies in: at an end that two share the higher one; None where none covers it."""
    return next((band for band in bands if band.low <= mark <= band.high), None)


def reason_below(label: Mapping[str, Any], regime: Regime) -> Decimal:
    """The share of the item's maximum below which a mark needs a written reason: the document's, else the rule set's."""
    told = label.get(REASONS_BELOW)
    return regime.rate(Rule.REASON_BELOW) if told is None else Decimal(told)


def _band(entry: Any, item: Item, path: str) -> Band:
    found = members_at(entry, path, ("word", "from", "to", "means"))
    word, means = text_at(found["word"], at(path, "word")), text_at(found["means"], at(path, "means"))
    if not is_written(word, LONGEST_WORD) or (means and not is_written(means, LONGEST_MEANING)):
        raise Problem("band.word", path=at(path, "word"), item=item.id, longest=LONGEST_WORD, most=LONGEST_MEANING)
    low, high = (_end(found[name], item, word, at(path, name)) for name in ("from", "to"))
    if low > high:
        raise Problem("band.order", path=at(path, "from"), item=item.id, word=word)
    return Band(word, low, high, means)


def _end(value: Any, item: Item, word: str, path: str) -> Decimal:
    found = decimal_at(value, path)
    if not 0 <= found <= item.max:
        raise Problem("band.range", path=path, item=item.id, word=word, value=value, max=item.max)
    if item.step is not None and found % item.step:
        raise Problem("band.step", path=path, item=item.id, word=word, value=value, step=item.step)
    return found


def _share(value: Any, path: str) -> Decimal:
    found = decimal_at(value, path)
    if not 0 <= found <= 1:
        raise Problem("evidence.range", path=path, value=value, low=0, high=1)
    return found
