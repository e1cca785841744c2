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


def read_form(data: bytes) -> dict[str, Any]:
    """The form's fields, `consortium` only where the bidder leads one; `opening-form.fields`, `.price`, `.duration`,
    `.text`, `.consortium` where it is not as the format says.
    """
    form = parse(data)
    if not isinstance(form, dict) or set(form) - {"consortium"} != set(FIELDS) or form["format"] != FORMAT:
        raise Problem("opening-form.fields")
    texts = [form[name] for name in FIELDS]
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in texts):
        raise Problem("opening-form.fields")
    if any(unicodedata.category(sign) == CONTROL for value in texts for sign in value):
        raise Problem("opening-form.text")
    if "consortium" in form:
        require_consortium(form["consortium"])
    if fen(form["price"]) <= 0:
        raise Problem("opening-form.price", price=form["price"])
    if not _DAYS.fullmatch(form["duration"]):
        raise Problem("opening-form.duration", duration=form["duration"])
    return form
