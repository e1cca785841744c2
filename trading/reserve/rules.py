"""The reserve price 标底 as it is sealed: one amount, secret until the opening, and a reference only (TBR 27, 50). Pure."""

import re

from infra.crypto.manifest import Manifest
from infra.kernel.canonical import canonical, parse
from infra.kernel.money import Fen, fen
from infra.kernel.problems import Problem

PART = "reserve-price"
FORMAT = "reserve-price/v1"
_PRICE = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}")
LARGEST = 65_536
"""Bytes of a sealed one; an honest one has some hundreds."""


def make_reserve(price: str) -> bytes:
    """The canonical bytes that are sealed; `price` in yuan with two decimals. Refuses as `read_reserve` does."""
    data = canonical({"format": FORMAT, "price": price})
    read_reserve(data)
    return data


def read_reserve(data: bytes) -> Fen:
    """The amount; `json.…`, `reserve.fields`, or `reserve.price` unless it is above zero, with two decimals."""
    told = parse(data)
    if not isinstance(told, dict) or set(told) != {"format", "price"} or told["format"] != FORMAT:
        raise Problem("reserve.fields")
    price = told["price"]
    if not isinstance(price, str) or not _PRICE.fullmatch(price) or not fen(price):
        raise Problem("reserve.price", price=str(price)[:40])
    return fen(price)


def check_reserve(manifest: Manifest, section: str, round_: str) -> None:
    """`seal.section` for another section or round, `reserve.parts` unless the reserve price is all there is, of its size."""
    if (manifest.section, manifest.round) != (section, round_):
        raise Problem(
            "seal.section", expected=f"{section} round {round_}", found=f"{manifest.section} {manifest.round}"
        )
    if [entry.part for entry in manifest.parts] != [PART] or manifest.parts[0].size > LARGEST:
        raise Problem("reserve.parts")
