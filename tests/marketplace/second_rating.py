"""The rating formula a second time, from the rule-book's text, in whole numbers of 10^-70: roots by Newton, nothing shared."""

from fractions import Fraction
from typing import Any

SCALE = 10**70


def root(value: int, degree: int) -> int:
    """The whole part of the degree-th root."""
    found = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * found + value // found ** (degree - 1)) // degree
        if better >= found:
            return found
        found = better


def half_life(months: Fraction) -> Fraction:
    """0.5^(months / 12)."""
    power = months / 12
    return Fraction(root(SCALE**power.denominator // 2**power.numerator, power.denominator), SCALE)


def half_up(value: Fraction, places: int) -> Fraction:
    """Rounded half away from zero."""
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**places)


def shown(value: Fraction, places: int) -> str:
    """As text with so many places."""
    rounded = half_up(value, places)
    units = abs(int(rounded * 10**places))
    sign = "-" if rounded < 0 else ""
    return f"{sign}{units // 10**places}.{units % 10**places:0{places}}"


def rating(document: dict[str, Any]) -> dict[str, Any]:
    """`out` of an evidence file."""
    rows = [row for row in document["contracts"] if Fraction(row["months"]) <= 36]
    rows.sort(key=lambda row: Fraction(row["months"]))
    seen: list[str] = []
    weights = []
    for row in rows:
        seen.append(row["owner"])
        rank = seen.count(row["owner"])
        weights.append(Fraction(0) if row["related"] else half_life(Fraction(row["months"])) / rank)
    parts = {}
    for name in "ODTF":
        held = [(w, Fraction(row[name])) for w, row in zip(weights, rows, strict=True) if row[name] is not None]
        parts[name] = (sum((w * x for w, x in held), Fraction(0)) + 300) / (sum((w for w, _ in held), Fraction(0)) + 4)
    inspection = Fraction(60 if document["inspection"] is None else document["inspection"])
    total = Fraction(parts["O"] + parts["D"]) / 4 + (parts["T"] + inspection) / 5 + parts["F"] / 10
    score = half_up(total - sum((Fraction(one) for one in document["deductions"]), Fraction(0)), 9)
    evidence = half_up(sum(weights, Fraction(0)), 9)
    owners = len({row["owner"] for w, row in zip(weights, rows, strict=True) if w})
    told: dict[str, Any] = {name: shown(parts[name], 1) for name in "ODTF"}
    told |= {"N": shown(evidence, 2), "owners": owners, "S": shown(score, 1)}
    if document["serious"]:
        grade = "D"
    elif evidence < 1:
        grade = "U"
    elif score < 60:
        grade = "D"
    elif score < 70:
        grade = "C"
    elif score >= 85 and evidence >= 3 and owners >= 3 and inspection >= 85 and not document["open_general"]:
        grade = "A"
    else:
        grade = "B"
    return {**told, "grade": grade}
