"""Amounts in Chinese capital numerals 人民币大写, read strictly: only what spells one amount in one way is an amount."""

from infra.kernel.money import Fen

_DIGITS = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1))
_GROUPS = (("亿", 10**8), ("万", 10**4), ("", 1))
_MOST = 10**12
_SAME = str.maketrans({"圆": "元", "正": "整", "億": "亿", "萬": "万", "貳": "贰", "陸": "陆", "〇": "零", "两": "贰"})


def fen_of_words(words: str) -> Fen | None:
    """The amount that capital numerals spell, None for anything that is not one; `整` may be left out."""
    text = words.translate(_SAME).removeprefix("人民币").strip()
    whole, mark, rest = text.partition("元")
    if not mark:
        return None
    units, cents = _whole(whole), _cents(rest)
    return None if units is None or cents is None else Fen(units * 100 + cents)


def words_of_whole(number: int) -> str:
    """A whole number from 0 below 10^12 in capital numerals, with one 零 for each gap."""
    if number == 0:
        return "零"
    spoken, gap = "", False
    for unit, size in _GROUPS:
        group, number = divmod(number, size)
        if group == 0:
            gap = gap or bool(spoken)
            continue
        if spoken and (gap or group < 1000):
            spoken += "零"
        spoken += _group(group) + unit
        gap = False
    return spoken


def _group(number: int) -> str:
    spoken, gap = "", False
    for unit, size in _PLACES:
        digit, number = divmod(number, size)
        if digit:
            spoken += ("零" if gap and spoken else "") + "零壹贰叁肆伍陆柒捌玖"[digit] + unit
        gap = not digit
    return spoken


def _whole(text: str) -> int | None:
    """Read loosely, then spelled again: what does not come back the same (but for 零) says something else."""
    total = group = 0
    digit: int | None = None
    units = {unit: size for unit, size in _PLACES if unit}
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in units and digit is not None:
            group, digit = group + digit * units[sign], None
        elif sign in "亿万":
            size = dict(_GROUPS)[sign]
            total, group, digit = total + (group + (digit or 0)) * size, 0, None
        else:
            return None
    number = total + group + (digit or 0)
    same = number < _MOST and words_of_whole(number).replace("零", "") == text.replace("零", "")
    return number if text and same else None


def _cents(text: str) -> int | None:
    rest = text.removesuffix("整").lstrip("零")
    cents = 0
    for unit, size in (("角", 10), ("分", 1)):
        if len(rest) > 1 and rest[1] == unit and _DIGITS.get(rest[0], 0):
            cents, rest = cents + _DIGITS[rest[0]] * size, rest[2:].lstrip("零")
    return None if rest else cents
