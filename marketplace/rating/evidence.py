"""`openhall recompute rating`: one agency's rating from its evidence file (docs/formats/rating.md)."""

from decimal import Decimal
from typing import Any

from infra.kernel.fields import array_at, at, count_at, decimal_at, flag_at, members_at, text_at
from infra.kernel.problems import Problem
from marketplace.rating.formula import COMPONENTS, FIRST, HUNDRED, Contract, Parameters, Rating, Record, displayed, rate

MOST_CONTRACTS = 100_000
MOST_MONTHS = 1200
_DECIMALS = (
    "months", "half", "prior", "strength", "no_inspection", "grade_a", "grade_b", "grade_c", "evidence", "evidence_a",
    "inspection_a",
)  # fmt: skip
_POSITIVE = frozenset({"half", "strength"})


def recompute(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with `out` recomputed; every refusal (`evidence.…`, `rating.…`) names its JSON path."""
    names = ("contracts", "inspection", "deductions", "open_general", "serious")
    members_at(document, "$", names, ("parameters", "out"))
    record = read_record(document)
    by = read_parameters(document["parameters"]) if "parameters" in document else FIRST
    return {**document, "out": out(rate(record, by))}


def out(rating: Rating) -> dict[str, Any]:
    """What a rating shows: N to 2 places, the rest to 1."""
    told: dict[str, Any] = {name: displayed(value) for name, value in zip(COMPONENTS, rating.values, strict=True)}
    told |= {"N": displayed(rating.evidence, 2), "owners": rating.owners, "S": displayed(rating.score)}
    return {**told, "grade": str(rating.grade)}


def read_record(document: dict[str, Any]) -> Record:
    """The record of an evidence file; refused are marks and inspections outside 0…100 and negative months or deductions."""
    rows = array_at(document["contracts"], "$.contracts")
    if len(rows) > MOST_CONTRACTS:
        raise Problem("evidence.range", path="$.contracts", value=len(rows), low=0, high=MOST_CONTRACTS)
    inspection = document["inspection"]
    return Record(
        [_contract(row, at("$.contracts", place)) for place, row in enumerate(rows)],
        None if inspection is None else _within(inspection, "$.inspection", HUNDRED),
        [
            _within(one, at("$.deductions", place), HUNDRED)
            for place, one in enumerate(array_at(document["deductions"], "$.deductions"))
        ],
        flag_at(document["open_general"], "$.open_general"),
        flag_at(document["serious"], "$.serious"),
    )


def read_parameters(value: Any, path: str = "$.parameters") -> Parameters:
    """The version of the formula that a result was made with, whole: nothing is taken from elsewhere."""
    found = members_at(value, path, ("version", *_DECIMALS, "weights", "owners_a"))
    weights = array_at(found["weights"], at(path, "weights"))
    if len(weights) != len(COMPONENTS) + 1:
        raise Problem("rating.weights", path=at(path, "weights"), given=len(weights), needed=len(COMPONENTS) + 1)
    shares = tuple(_within(one, at(at(path, "weights"), place), Decimal(1)) for place, one in enumerate(weights))
    if sum(shares) != 1:
        raise Problem("rating.weights-sum", path=at(path, "weights"), sum=str(sum(shares)))
    numbers = {name: _within(found[name], at(path, name), Decimal(MOST_MONTHS)) for name in _DECIMALS}
    for name in _POSITIVE:
        if numbers[name] == 0:
            raise Problem("rating.not-positive", path=at(path, name))
    owners = count_at(found["owners_a"], at(path, "owners_a"), 0, 1000)
    return Parameters(
        version=count_at(found["version"], at(path, "version"), 1, 10**6), weights=shares, owners_a=owners, **numbers
    )


def told_parameters(by: Parameters) -> dict[str, Any]:
    """Parameters as they stand in an evidence file."""
    told: dict[str, Any] = {name: f"{getattr(by, name):f}" for name in _DECIMALS}
    return {"version": by.version, **told, "weights": [f"{one:f}" for one in by.weights], "owners_a": by.owners_a}


def _contract(value: Any, path: str) -> Contract:
    found = members_at(value, path, ("owner", "months", *COMPONENTS, "related"))
    owner = text_at(found["owner"], at(path, "owner"))
    if not owner:
        raise Problem("rating.owner", path=at(path, "owner"))
    marks = [None if found[name] is None else _within(found[name], at(path, name), HUNDRED) for name in COMPONENTS]
    months = _within(found["months"], at(path, "months"), Decimal(MOST_MONTHS))
    o, d, t, f = marks
    return Contract(owner, months, (o, d, t, f), flag_at(found["related"], at(path, "related")))


def _within(value: Any, path: str, most: Decimal) -> Decimal:
    found = decimal_at(value, path)
    if not 0 <= found <= most:
        raise Problem("evidence.range", path=path, value=str(value)[:40], low=0, high=f"{most:f}")
    return abs(found)
