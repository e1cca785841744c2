"""The opening form 开标一览表 `opening-form/v1`: the few items that are read out."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from infra.kernel.canonical import canonical, parse
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.bidding.consortium import require_consortium

FORM = "opening-form"
"""The name of the part that holds it."""
FORMAT = "opening-form/v1"
FIELDS = ("format", "price", "duration", "quality", "leader")
FIRST_FORMAT, PRICE_FORMAT = "first-form/v1", "price-form/v1"
"""Of a bid in two envelopes 双信封: what is read out of the first, and the price of the second."""
FIRST_FIELDS = ("format", "duration", "quality", "leader")
_DAYS = re.compile(r"[1-9][0-9]{0,4}")
LONGEST = 200
LARGEST_CONTAINER = 1 << 20
"""Bytes of a sealed form; an honest one has a few thousand, and all forms of a minute are read at once."""
CONTROL = "Cc"
"""What cannot be read out, and a NUL cannot even be stored: one bidder's form would hold up everybody's opening."""


def make_form(
    price: str, duration: str, quality: str, leader: str, consortium: Mapping[str, Any] | None = None
) -> bytes:
    """The form's canonical bytes; `price` in yuan with two decimals, `duration` in days. Refuses as `read_form` does."""
    form = {"format": FORMAT, "price": price, "duration": duration, "quality": quality, "leader": leader}
    data = canonical(form if consortium is None else {**form, "consortium": consortium})
    read_form(data)
    return data


def make_first_form(duration: str, quality: str, leader: str, consortium: Mapping[str, Any] | None = None) -> bytes:
    """The canonical form of a first envelope, which names no price. Refuses as `read_form` does."""
    form = {"format": FIRST_FORMAT, "duration": duration, "quality": quality, "leader": leader}
    data = canonical(form if consortium is None else {**form, "consortium": consortium})
    read_form(data, first=True)
    return data


def make_price_form(price: str) -> bytes:
    """The canonical form of a second envelope; `price` in yuan with two decimals. Refuses as `read_price` does."""
    data = canonical({"format": PRICE_FORMAT, "price": price})
    read_price(data)
    return data


def read_form(data: bytes, *, first: bool = False) -> dict[str, Any]:
    """The form's fields, `consortium` only where the bidder leads one; `opening-form.fields`, `.price`, `.duration`,
    `.text`, `.consortium` where it is not as the format says. That of a `first` envelope has no price.
    """
    form = _fields(data, FIRST_FIELDS if first else FIELDS, FIRST_FORMAT if first else FORMAT, {"consortium"})
    if "consortium" in form:
        require_consortium(form["consortium"])
    if not first:
        _require_price(form["price"])
    if not _DAYS.fullmatch(form["duration"]):
        raise Problem("opening-form.duration", duration=form["duration"])
    return form


def read_price(data: bytes) -> dict[str, Any]:
    """The fields of a second envelope's form, `format` and `price`; `opening-form.fields`, `.price`, `.text`."""
    form = _fields(data, ("format", "price"), PRICE_FORMAT, set())
    _require_price(form["price"])
    return form


def _fields(data: bytes, names: tuple[str, ...], form_format: str, more: set[str]) -> dict[str, Any]:
    form = parse(data)
    if not isinstance(form, dict) or set(form) - more != set(names) or form["format"] != form_format:
        raise Problem("opening-form.fields")
    texts = [form[name] for name in names]
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in texts):
        raise Problem("opening-form.fields")
    if any(unicodedata.category(sign) == CONTROL for value in texts for sign in value):
        raise Problem("opening-form.text")
    return form


def _require_price(price: str) -> None:
    if fen(price) <= 0:
        raise Problem("opening-form.price", price=price)
