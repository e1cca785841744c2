"""Blind parts 暗标: which there may be, under which labels bids are read, how marks by label become marks by bid. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from trading.evaluation.rules import Item, ItemKind, Method

BLINDABLE = ("technical",)
"""Parts that may be blind: what names its bidder by its nature, prices and certificates, may not."""
LABEL = b"blind/v1\n"
ORDER = b"blind order/v1\n"
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 4
Marks = Mapping[str, Mapping[str, str]]


def checked_blind(blind: Collection[str], parts: Collection[str]) -> list[str]:
    """The blind parts in order; `section.blind` unless each is a part of the bid that may be blind."""
    if set(blind) - set(BLINDABLE) or set(blind) - set(parts):
        raise Problem("section.blind", parts=", ".join(blind))
    return sorted(set(blind))


def require_blindable(method: Method, blind: Collection[str]) -> None:
    """`method.blind-objective` for an item of a blind part that the committee finds together: it would be found by bidder."""
    for item in method.of_kind(ItemKind.OBJECTIVE).values():
        if item.group in blind:
            raise Problem("method.blind-objective", item=item.id)


def blind_items(method: Method, blind: Collection[str]) -> list[Item]:
    """The items that judges mark by label: those of the groups that are named like the blind parts."""
    return [item for item in method.of_kind(ItemKind.SUBJECTIVE).values() if item.group in blind]


def make_labels(bids: Iterable[str], random: Callable[[int], bytes]) -> dict[str, str]:
    """A fresh label of four signs for each bid, label → bid, in the order of the labels, which tells nothing."""
    found: dict[str, str] = {}
    for bid in bids:
        label = _label(random)
        while label in found:
            label = _label(random)
        found[label] = bid
    return dict(sorted(found.items()))


def commitment(salt: bytes, section: str, labels: Mapping[str, str]) -> bytes:
    """SHA-256("blind/v1" ‖ LF ‖ salt, 32 bytes ‖ canonical {labels, section}): logged before anybody reads a page."""
    if len(salt) != 32:
        raise Problem("blind.salt")
    return sha256(LABEL + salt + canonical({"labels": dict(labels), "section": section})).digest()


def order_for(judge: str, salt: bytes, labels: Iterable[str]) -> list[str]:
    """The labels in the order in which this judge reads them; every judge has another, and it can be recomputed."""
    return sorted(labels, key=lambda label: sha256(ORDER + salt + canonical([judge, label])).digest())


def by_bid(marks: Marks, labels: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """A sheet as it was signed, each row by label put to its bid's."""
    found: dict[str, dict[str, str]] = {}
    for key, row in marks.items():
        found.setdefault(labels.get(key, key), {}).update(row)
    return found


def by_label(
    marks: Mapping[str, Mapping[str, Any]], labels: Mapping[str, str], blind: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Marks kept by bid as a judge sees them: blind items under the bid's label, the others under the bid."""
    names = {bid: label for label, bid in labels.items()}
    found: dict[str, dict[str, Any]] = {}
    for bid, row in marks.items():
        for item, mark in row.items():
            key = names.get(bid, bid) if item in blind else bid
            found.setdefault(key, {})[item] = mark
    return found


@dataclass(frozen=True)
class Blindfold:
    """Under which key, label or bid, a judge sees each item and part; nothing is covered where `labels` is empty."""

    labels: Mapping[str, str] = field(default_factory=dict)
    salt: bytes = field(default=b"", repr=False)
    items: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    def bid_of(self, key: str, item: str) -> str | None:
        """The bid whose item is marked under a key; None where it is not this key's."""
        return self.labels.get(key) if item in self.items else self._open(key)

    def read_as(self, key: str, part: str) -> str | None:
        """The bid whose part is read under a key; None where it is not this key's."""
        return self.labels.get(key) if part in self.parts else self._open(key)

    def shown(self, marks: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """What is kept by bid, as the judge sees it."""
        return by_label(marks, self.labels, self.items)

    def merged(self, marks: Marks) -> dict[str, dict[str, str]]:
        """A sheet as it was signed, by bid."""
        return by_bid(marks, self.labels)

    def order(self, judge: str) -> list[str]:
        """The labels as this judge has them in order."""
        return order_for(judge, self.salt, self.labels)

    @property
    def disclosed(self) -> dict[str, Any]:
        """What is published with the marks, so that anybody can put labels to bids."""
        return {"blind": {"labels": dict(self.labels), "salt": b64(self.salt)}} if self.labels else {}

    def require_keys(self, sheet: Any) -> None:
        """`evaluation.item-unknown` for a mark under a bid that belongs under its label, or the other way round."""
        if not self.labels or not isinstance(sheet, dict):
            return
        for key, row in sheet.items():
            for item in row if isinstance(row, dict) else ():
                if self.bid_of(key, item) is None:
                    raise Problem("evaluation.item-unknown", path=f"$.{key}", item=item)

    def _open(self, key: str) -> str | None:
        return None if key in self.labels else key


def _label(random: Callable[[int], bytes]) -> str:
    return "".join(SIGNS[byte % len(SIGNS)] for byte in random(LENGTH))
