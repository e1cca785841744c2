"""Amounts as people write them: yuan text read leniently, and the Chinese words of an amount 人民币大写."""

from unicodedata import normalize

from infra.kernel.money import Fen, fen
from infra.kernel.problems import Problem

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
TEN_THOUSAND, HUNDRED_MILLION = "万", "亿"
YUAN, JIAO, CENT, WHOLE, MINUS = "元", "角", "分", "整", "负"
MOST = 10**18
"""So many fen, and no more, are put into words: ten thousand times ten thousand times a hundred million yuan."""


def in_words(amount: Fen) -> str:
    """The amount as cheques and tenders write it: `9310000.05` yuan is 玖佰叁拾壹万元零伍分; 整 unless it ends in fen.

    Zeros inside are told once (零), also between yuan and fen; none is told before 角 when the yuan end in zeros.
    `money.too-large` from 10^16 yuan on.
    """
    if abs(amount) >= MOST:
        raise Problem("money.too-large", most=MOST // 100)
    if amount < 0:
        return MINUS + in_words(Fen(-amount))
    whole, cents = divmod(amount, 100)
    tenths, hundredths = divmod(cents, 10)
    text = _whole(whole) + YUAN if whole or not cents else ""
    if not cents:
        return text + WHOLE
    if tenths:
        text += DIGITS[tenths] + JIAO
    elif text:
        text += DIGITS[0]
    return text + (DIGITS[hundredths] + CENT if hundredths else WHOLE)


def read_yuan(text: str) -> Fen:
    """An amount as typed: full-width digits, blanks, commas, ¥ and 元 are let pass; `money.not-an-amount` otherwise."""
    plain = normalize("NFKC", text).strip().removeprefix("¥").removesuffix(YUAN)
    plain = "".join(sign for sign in plain if not sign.isspace() and sign != ",")
    if len(plain) > 24:
        raise Problem("money.not-an-amount", text=text[:40])
    found = fen(plain)
    if abs(found) >= MOST:
        raise Problem("money.too-large", most=MOST // 100)
    return found


def _whole(number: int) -> str:
    """A whole number in words; 亿 and 万 split it, and a part with leading zeros is joined by one 零."""
    for size, unit in ((10**8, HUNDRED_MILLION), (10**4, TEN_THOUSAND)):
        if number >= size:
            high, low = divmod(number, size)
            return _whole(high) + unit + _joined(low, size)
    return _thousands(number)


def _joined(low: int, size: int) -> str:
    if not low:
        return ""
    return (DIGITS[0] if low < size // 10 else "") + _whole(low)


def _thousands(number: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += (DIGITS[0] if gap and text else "") + DIGITS[digit] + UNITS[place]
            gap = False
        else:
            gap = True
    return text or DIGITS[0]
