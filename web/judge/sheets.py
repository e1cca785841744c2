"""What the bench shows of each bid and of each item: groups with numbers, bands, from which mark on no reason is due."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from trading.evaluation.bands import BANDS
from trading.evaluation.method import Label
from trading.evaluation.rules import Item
from web.judge.reading import File
from web.judge.room import Room, Row


class Factor(NamedTuple):
    """One item: its number on the sheet, its bands as the document has them, the least mark that needs no reason."""

    number: str
    item: Item
    bands: Sequence[Mapping[str, str]]
    due: str


class Block(NamedTuple):
    """The items of one group, with the most they give together."""

    number: int
    group: str
    most: Decimal
    factors: Sequence[Factor]


class Sheet(NamedTuple):
    """One row of the bench with its items by group and its files."""

    row: Row
    blocks: Sequence[Block]
    files: Sequence[File]


def factors_of(room: Room) -> list[Factor]:
    """Every item that is marked alone, group by group."""
    return [factor for block in _blocks(room) for factor in block.factors]


def sheets_of(room: Room, files: Mapping[str, Sequence[File]]) -> list[Sheet]:
    """The sheets in the judge's own order; an item has the same number on each."""
    blocks = _blocks(room)
    return [Sheet(row, _within(blocks, {item.id for item in row.items}), files.get(row.key, [])) for row in room.rows]


def _blocks(room: Room) -> list[Block]:
    groups: dict[str, list[Item]] = {}
    for item in room.items:
        groups.setdefault(item.group, []).append(item)
    return [
        _block(number, group, [_factor(room, f"{number}.{place}", item) for place, item in enumerate(items, 1)])
        for number, (group, items) in enumerate(groups.items(), 1)
    ]


def _within(blocks: Sequence[Block], items: set[str]) -> list[Block]:
    found = [(block, [one for one in block.factors if one.item.id in items]) for block in blocks]
    return [_block(block.number, block.group, factors) for block, factors in found if factors]


def _block(number: int, group: str, factors: Sequence[Factor]) -> Block:
    return Block(number, group, sum((one.item.max for one in factors), Decimal(0)), factors)


def _factor(room: Room, number: str, item: Item) -> Factor:
    label: Mapping[str, Any] = room.labels.get(item.id, Label())
    return Factor(number, item, label.get(BANDS, []), f"{room.share(item.id) * item.max:f}")
