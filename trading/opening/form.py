"""The opening form 开标一览表 `opening-form/v1`: the few items that are read out."""

import re
import unicodedata
from typing import Any

from infra.kernel.canonical import canonical, parse
from infra.kernel.money import fen
from infra.kernel.problems import Problem

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


def make_form(price: str, duration: str, quality: str, leader: str) -> bytes:
    """The form's canonical bytes; `price` in yuan with two decimals, `duration` in days. Refuses as `read_form` does."""
    data = canonical({"format": FORMAT, "price": price, "duration": duration, "quality": quality, "leader": leader})
    read_form(data)
    return data


def read_form(data: bytes) -> dict[str, Any]:
    """The form's fields; `opening-form.fields`, `.price`, `.duration`, `.text` where it is not as the format says."""
    form = parse(data)
    if not isinstance(form, dict) or sorted(form) != sorted(FIELDS) or form["format"] != FORMAT:
        raise Problem("opening-form.fields")
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in form.values()):
        raise Problem("opening-form.fields")
    if any(unicodedata.category(sign) == CONTROL for value in form.values() for sign in value):
        raise Problem("opening-form.text")
    if fen(form["price"]) <= 0:
        raise Problem("opening-form.price", price=form["price"])
    if not _DAYS.fullmatch(form["duration"]):
        raise Problem("opening-form.duration", duration=form["duration"])
    return form
