"""What a published price text says, read without guessing: a total, a discount 下浮率, unit rates, or prose."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from infra.kernel.money import Fen
from trading.notices.chinese_amount import fen_of_words


class PriceKind(StrEnum):
    """Into which form of price a text could be read; PROSE claims nothing."""

    TOTAL = "total"
    DISCOUNT = "discount"
    UNIT_RATES = "unit-rates"
    PROSE = "prose"


class Rate(NamedTuple):
    """One line of a price: what for (may be empty), the figure, and its unit: `元/吨` and the like, or `%` off."""

    label: str
    value: Decimal
    unit: str


class Price(NamedTuple):
    """A price text as read. `total` is set for TOTAL only, `rates` for DISCOUNT (unit `%`) and UNIT_RATES."""

    kind: PriceKind
    total: Fen | None = None
    rates: tuple[Rate, ...] = ()

    @property
    def discount(self) -> Decimal | None:
        """The one percentage off; None where there is none or several."""
        return self.rates[0].value if self.kind == PriceKind.DISCOUNT and len(self.rates) == 1 else None


PROSE = Price(PriceKind.PROSE)
LEAST_BARE = 10_000
"""Yuan. A smaller number without a unit may as well be a percentage, a factor or 万元."""

_LONGEST = 2000
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = rf"[¥￥]?(?P<number>{_NUMBER})(?P<unit>万元|元)(?:人民币)?整?"
_SPOKEN = r"[零〇壹贰貳叁肆伍陆陸柒捌玖拾佰仟万萬亿億元圆角分整正]+"
_HEAD = r"(?:投标)?(?:总报价|总价|报价)(?:为|:)?"
_TOTAL = re.compile(
    rf"(?:{_HEAD})?(?:人民币)?[¥￥]?(?P<number>{_NUMBER})(?P<unit>万元|元)?整?"
    rf"(?:\((?:人民币)?大写:?(?P<spoken>(?:人民币)?{_SPOKEN})\))?(?P<parts>.*)"
)
_WORDS = re.compile(rf"(?:{_HEAD})?(?:大写:?)?(?P<spoken>(?:人民币)?{_SPOKEN})(?:\([¥￥]?(?P<number>{_NUMBER})元?\))?")
_LABEL = r"(?P<label>[^\d,;:、。%]*?)"
_PART = re.compile(rf"(?:投标)?{_LABEL}(?:报价)?(?:为|:)?{_AMOUNT}")
_OFF = re.compile(
    rf"{_LABEL}(?:投标)?(?:报价)?:?\(?下浮(?:率|比例)?(?:报价)?\)?(?:为|:)?\(?(?P<number>\d+(?:\.\d+)?)%\)?"
)
_UNIT = re.compile(
    rf"{_LABEL}(?:为|:)?[¥￥]?(?P<number>{_NUMBER})(?P<unit>元/(?:吨|延米|米|平方米|立方米|公里|千米|亩|套|台|个|项|株|年|月|天|日|人))"
)
_MINOR = re.compile(r"[;、,/](?=\D)")


@lru_cache(maxsize=4096)
def parse_price(text: str) -> Price:
    """Read one published price. Full-width signs and blanks beside units do not matter; what is not wholly understood,
    or contradicts itself (parts that do not sum to their total, words that say another amount), is PROSE.
    """
    if len(text) > _LONGEST:
        return PROSE
    plain = _plain(text)
    return _total(plain) or _spoken(plain) or _rates(plain) or PROSE


def counted(texts: Iterable[str]) -> dict[PriceKind, int]:
    """How many of the texts are of each kind; every kind is named."""
    found = dict.fromkeys(PriceKind, 0)
    for text in texts:
        found[parse_price(text).kind] += 1
    return found


def _plain(text: str) -> str:
    """Compatibility forms made one, blanks taken out except between two figures, where they would join numbers."""
    folded = re.sub(r"\s+", " ", normalize("NFKC", text)).strip()
    return re.sub(r" (?![\d.])|(?<![\d.,]) ", "", folded).rstrip("。;.")


def _total(text: str) -> Price | None:
    match = _TOTAL.fullmatch(text)
    if match is None:
        return None
    total = _fen(match["number"], match["unit"] or "元")
    if total is None or (match["unit"] is None and total < LEAST_BARE * 100):
        return None
    if match["spoken"] and fen_of_words(match["spoken"]) != total:
        return None
    return Price(PriceKind.TOTAL, total) if _adds_up(match["parts"], total) else None


def _adds_up(parts: str, total: Fen) -> bool:
    """Whether what follows a total is nothing, or a list of parts whose sum it is."""
    if not parts:
        return True
    listed = re.fullmatch(r"(?:\((?:其中:?)?(?P<inner>[^()]+)\)|[,;、]其中:?(?P<after>[^()]+))", parts)
    if listed is None:
        return False
    amounts = []
    for piece in _MINOR.split(listed["inner"] or listed["after"]):
        match = _PART.fullmatch(piece)
        amount = _fen(match["number"], match["unit"]) if match and match["label"] else None
        if amount is None:
            return False
        amounts.append(amount)
    return sum(amounts) == total


def _spoken(text: str) -> Price | None:
    match = _WORDS.fullmatch(text)
    amount = fen_of_words(match["spoken"]) if match else None
    if match is None or not amount:
        return None
    if match["number"] and _fen(match["number"], "元") != amount:
        return None
    return Price(PriceKind.TOTAL, amount)


def _rates(text: str) -> Price | None:
    rates = [_rate(piece) for piece in re.split(r"[;,、。](?=\D)|/(?=[^\d;,、。]*下浮)", text)]
    found = tuple(rate for rate in rates if rate is not None)
    labels = [rate.label for rate in found]
    if len(found) < len(rates) or (len(found) > 1 and (not all(labels) or len(set(labels)) < len(labels))):
        return None
    off = all(rate.unit == "%" for rate in found)
    return Price(PriceKind.DISCOUNT if off else PriceKind.UNIT_RATES, None, found)


def _rate(piece: str) -> Rate | None:
    match = _OFF.fullmatch(piece)
    if match:
        value = Decimal(match["number"])
        return Rate(match["label"], value, "%") if value <= 100 else None
    match = _UNIT.fullmatch(piece)
    return (
        Rate(match["label"].rstrip("为"), Decimal(match["number"].replace(",", "")), match["unit"]) if match else None
    )


def _fen(number: str, unit: str) -> Fen | None:
    """The amount in fen, None where it is nothing or not a whole number of them."""
    exact = Decimal(number.replace(",", "")) * (1_000_000 if unit == "万元" else 100)
    return Fen(int(exact)) if exact > 0 and exact == exact.to_integral_value() else None
