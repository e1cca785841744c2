"""The rating formula (rules/marketplace.md §3.1): decayed, per owner, shrunk towards a prior, minus deductions. Pure.

Arithmetic is decimal with 60 digits: powers of 0.5 are irrational, and a digit that could change the ninth is never lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

DIGITS = Context(prec=60, rounding=ROUND_HALF_UP)
ONE, ZERO, HUNDRED = Decimal(1), Decimal(0), Decimal(100)
NINTH = Decimal("1e-9")
COMPONENTS = ("O", "D", "T", "F")
"""Owner's stars, the department's, timeliness, faithfulness to the fee."""


class Grade(StrEnum):
    """等级; `U` is unrated: too little evidence for any."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    U = "U"


@dataclass(frozen=True)
class Parameters:
    """The ⚙ values of the formula, as a version that results are recomputed with for ever after.

    `months` is the window, `half` the months in which a weight halves, `prior` and `strength` what every component is shrunk
    towards and how strongly, `weights` those of O, D, T, F and the inspection, `no_inspection` what none counts.
    """

    version: int = 1
    months: Decimal = Decimal(36)
    half: Decimal = Decimal(12)
    prior: Decimal = Decimal(75)
    strength: Decimal = Decimal(4)
    weights: tuple[Decimal, ...] = (Decimal("0.25"), Decimal("0.25"), Decimal("0.20"), Decimal("0.10"), Decimal("0.20"))
    no_inspection: Decimal = Decimal(60)
    grade_a: Decimal = Decimal(85)
    grade_b: Decimal = Decimal(70)
    grade_c: Decimal = Decimal(60)
    evidence: Decimal = ONE
    evidence_a: Decimal = Decimal(3)
    owners_a: int = 3
    inspection_a: Decimal = Decimal(85)


FIRST = Parameters()
"""The proposal of the rule-book, version 1."""


@dataclass(frozen=True, slots=True)
class Contract:
    """An accepted contract: its owner group, months since acceptance, marks 0–100 (None: not given), whether related.

    `marks` are O, D, T, F in this order.
    """

    owner: str
    months: Decimal
    marks: tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]
    related: bool = False


@dataclass(frozen=True)
class Record:
    """What a rating is made of: contracts, the last inspection (None: none), open deductions, open events."""

    contracts: Sequence[Contract]
    inspection: Decimal | None
    deductions: Sequence[Decimal]
    open_general: bool = False
    serious: bool = False


class Line(NamedTuple):
    """A contract in the sum: its place in the record, its rank among those of its owner group, its weight."""

    place: int
    rank: int
    weight: Decimal


class Rating(NamedTuple):
    """A rating with everything it follows from; `values` are Ô, D̂, T̂, F̂, `score` and `evidence` rounded to 9 places."""

    values: tuple[Decimal, ...]
    inspection: Decimal
    deducted: Decimal
    score: Decimal
    evidence: Decimal
    owners: int
    grade: Grade
    lines: tuple[Line, ...]


def rate(record: Record, by: Parameters = FIRST) -> Rating:
    """The rating of a record; the same record and parameters give the same digits anywhere."""
    with localcontext(DIGITS):
        lines = tuple(weigh(record.contracts, by))
        inspection = by.no_inspection if record.inspection is None else record.inspection
        values = tuple(_shrunk(record.contracts, lines, place, by) for place in range(len(COMPONENTS)))
        deducted = sum(record.deductions, ZERO)
        parts = zip((*values, inspection), by.weights, strict=True)
        score = _ninth(sum((value * weight for value, weight in parts), ZERO) - deducted)
        evidence = _ninth(sum((line.weight for line in lines), ZERO))
        owners = len({record.contracts[line.place].owner for line in lines if line.weight > 0})
        grade = _grade(record, by, score, evidence, owners, inspection)
    return Rating(values, inspection, deducted, score, evidence, owners, grade, lines)


def weigh(contracts: Sequence[Contract], by: Parameters = FIRST) -> list[Line]:
    """Every contract within the window with its rank and weight, newest first (equally old ones in the order of the record).

    A related contract takes its rank and weighs nothing.
    """
    ranks: dict[str, int] = {}
    found = []
    for place in sorted(range(len(contracts)), key=lambda at: contracts[at].months):
        one = contracts[place]
        if one.months > by.months:
            continue
        rank = ranks[one.owner] = ranks.get(one.owner, 0) + 1
        found.append(Line(place, rank, ZERO if one.related else decay(one.months, by.half) / rank))
    return found


@lru_cache(maxsize=65_536)
def decay(months: Decimal, half: Decimal) -> Decimal:
    """0.5^(months / half) to 60 digits."""
    with localcontext(DIGITS):
        return Decimal("0.5") ** (months / half)


def displayed(value: Decimal, places: int = 1) -> str:
    """A number as it is shown: rounded half-up (away from zero), and never −0."""
    with localcontext(DIGITS):
        shown = value.quantize(ONE.scaleb(-places), ROUND_HALF_UP)
        return f"{abs(shown) if shown == 0 else shown:f}"


def timeliness(actual: Decimal, promised: Decimal) -> Decimal:
    """T of a contract by its days: 10 % late gives 80, half as long again and more 0 (§3.1)."""
    with localcontext(DIGITS):
        late = max(ZERO, actual / promised - 1)
        return min(HUNDRED, max(ZERO, HUNDRED - 200 * late))


def stars(marks: Sequence[int], returned: int = 0) -> Decimal:
    """A component by five-star dimensions: (mean − 1) × 25; capped at 60 where returned once, at 30 where twice (§3.1)."""
    with localcontext(DIGITS):
        found = (Decimal(sum(marks)) / len(marks) - 1) * 25
        cap = HUNDRED if not returned else Decimal(60) if returned == 1 else Decimal(30)
        return min(found, cap)


def lifts(record: Record, by: Parameters = FIRST) -> list[tuple[str, Decimal]]:
    """What would lift a score, the largest first: `inspection`, `deductions`, or one perfect contract of a new owner."""
    now = rate(record, by).score
    perfect = Contract("\0new", ZERO, (HUNDRED, HUNDRED, HUNDRED, HUNDRED))
    tried = {
        "inspection": _changed(record, inspection=HUNDRED),
        "deductions": _changed(record, deductions=()),
        "contract": _changed(record, contracts=[*record.contracts, perfect]),
    }
    found = [(name, rate(one, by).score - now) for name, one in tried.items()]
    return sorted((one for one in found if one[1] > 0), key=lambda one: (-one[1], one[0]))


def _changed(record: Record, **changes: object) -> Record:
    told = {
        name: getattr(record, name) for name in ("contracts", "inspection", "deductions", "open_general", "serious")
    }
    return Record(**{**told, **changes})


def _shrunk(contracts: Sequence[Contract], lines: Sequence[Line], component: int, by: Parameters) -> Decimal:
    """(Σ w x + strength × prior) / (Σ w + strength) over the contracts that have this mark."""
    weight, total = by.strength, by.strength * by.prior
    for line in lines:
        mark = contracts[line.place].marks[component]
        if mark is not None and line.weight:
            weight += line.weight
            total += line.weight * mark
    return total / weight


def _grade(
    record: Record, by: Parameters, score: Decimal, evidence: Decimal, owners: int, inspection: Decimal
) -> Grade:
    """The gates in their order: serious, too little evidence, D, C, everything that A asks, else B."""
    best = (
        score >= by.grade_a
        and evidence >= by.evidence_a
        and owners >= by.owners_a
        and inspection >= by.inspection_a
        and not record.open_general
    )
    gates: tuple[tuple[Callable[[], bool], Grade], ...] = (
        (lambda: record.serious, Grade.D),
        (lambda: evidence < by.evidence, Grade.U),
        (lambda: score < by.grade_c, Grade.D),
        (lambda: score < by.grade_b, Grade.C),
        (lambda: best, Grade.A),
    )
    return next((grade for holds, grade in gates if holds()), Grade.B)


def _ninth(value: Decimal) -> Decimal:
    return value.quantize(NINTH, ROUND_HALF_UP)
