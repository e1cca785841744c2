"""What of the findings a reader may see, and under which names: bids by their bidders, blind parts by their labels; pure.

A label stands for a bid only where the text itself or an identical file tells it, which whoever reads the pages sees
too. What the properties of a blind file say is kept back until the marks are published, or they would name its maker.
"""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from trading.checks.file_facts import BILL
from trading.checks.findings import Trace

Name = Callable[[str, str], str | None]
"""(bid, part) → the key it is seen under: a bid's id or a label; None where it is not seen."""


def seen_by_all(bid: str, part: str) -> str | None:
    """Names once nothing is blind any more, or for sections in which nothing was."""
    return bid


def seen_blind(labels: Mapping[str, str], blind: Collection[str], bids: Collection[str]) -> Name:
    """Names as judges see them while labels cover the blind parts; of bids that take part only."""
    names = {bid: label for label, bid in labels.items()}

    def name(bid: str, part: str) -> str | None:
        if bid not in bids:
            return None
        return names.get(bid) if part in blind else bid

    return name


def view(found: Mapping[str, Any], name: Name, *, covered: bool) -> dict[str, Any]:
    """The findings under these names; `covered` keeps back what properties of blind files say.

    Everything is put in the order of the names it is seen under: the order of bids would tell which label is whose.
    """
    unread = [one for told in found["unread"] if (one := _named(told, name)) is not None]
    bills = [one for told in found["bills"] if (one := _named({**told, "part": BILL}, name)) is not None]
    errors = [one for told in found["errors"] if (one := _several({**told, "part": BILL}, name)) is not None]
    texts = [one for told in found["texts"] if (one := _several(told, name)) is not None]
    return {
        "unread": sorted(unread, key=lambda one: (one["part"], one["key"])),
        "bills": sorted(bills, key=lambda one: one["key"]),
        "errors": sorted(errors, key=lambda one: (-len(one["errors"]), one["keys"])),
        "traces": _traces(found, name, covered=covered),
        "texts": sorted(map(_in_order, texts), key=lambda one: (-Decimal(one["share"]), one["part"], one["keys"])),
        "texts_left": found["texts_left"],
        "parameters": found["parameters"],
    }


def _several(told: Mapping[str, Any], name: Name) -> dict[str, Any] | None:
    """What bids share, if at least two of them are seen."""
    keys = [key for bid in told["bids"] if (key := name(bid, told["part"])) is not None]
    return {**told, "keys": keys} if len(keys) > 1 else None


def _in_order(told: Mapping[str, Any]) -> dict[str, Any]:
    """Two texts with the lesser name on the left."""
    if told["keys"] == sorted(told["keys"]):
        return {**told, "bids": told["keys"]}
    matches = sorted(
        ({**one, "one": one["other"], "other": one["one"]} for one in told["matches"]), key=lambda one: one["one"]
    )
    return {**told, "keys": sorted(told["keys"]), "bids": sorted(told["keys"]), "matches": matches}


def _named(told: Mapping[str, Any], name: Name) -> dict[str, Any] | None:
    key = name(told["bid"], told["part"])
    return None if key is None else {**told, "key": key}


def _traces(found: Mapping[str, Any], name: Name, *, covered: bool) -> list[dict[str, Any]]:
    shown = []
    for told in found["traces"]:
        if covered and told["blind"] and told["trace"] != Trace.FILE:
            continue
        files = [(key, part) for bid, part in told["files"] if (key := name(bid, part)) is not None]
        if len({key for key, _ in files}) > 1:
            shown.append({**told, "files": sorted(files)})
    ranks = [str(trace) for trace in Trace]
    return sorted(shown, key=lambda one: (ranks.index(one["trace"]), one["files"]))
