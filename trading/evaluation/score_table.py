"""A score table 评分标准表 as others keep it: dimensions, factors, points, bands; read into items and written back; pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from infra.kernel.fields import array_at, at, decimal_of, object_at
from infra.kernel.problems import Problem
from trading.evaluation.bands import BANDS

MOST = 60
COLUMNS = ("dimension", "factor", "max", "grade", "from", "to", "means")
CHINESE = {
    "评审部分": "dimension",
    "评分因素": "factor",
    "满分": "max",
    "评分档": "grade",
    "下限": "from",
    "上限": "to",
    "说明": "means",
}
PRICES, TECHNICAL = ("报价", "价格", "price"), ("技术", "technical")
STAGES = {"形式": ("form", "TBR 51(1)"), "资格": ("qualification", "TBR 51(3)")}
OTHERWISE = ("responsiveness", "TBR 51(6)")
FINEST, FINER = Decimal("0.1"), Decimal("0.01")


class Factor(NamedTuple):
    """One factor: its dimension, name and most points, and its bands {word, from, to, means}, the highest first."""

    dimension: str
    name: str
    points: Decimal
    bands: tuple[dict[str, str], ...]

    @property
    def is_price(self) -> bool:
        """Whether the price rule gives these points: nobody marks them."""
        return self.points > 0 and any(word in f"{self.dimension} {self.name}".lower() for word in PRICES)

    @property
    def is_examined(self) -> bool:
        """Whether there is nothing to mark and nothing to take away: a bid passes or fails."""
        return self.points == 0 and not self.bands


class Taken(NamedTuple):
    """What a table says: the price's points (None where no factor is the price's), items, labels, examination items.

    An item that only takes points away is among the items with 0 points: it cannot be frozen like that, and says so there.
    """

    weight: str | None
    items: list[dict[str, str]]
    labels: dict[str, dict[str, Any]]
    examination: list[dict[str, str]]


def factors_of(value: Any) -> list[Factor]:
    """A table as JSON: `[{dimension, factor, max, bands: [{grade, range, means}]}]`; numbers as written, never as floats."""
    found = []
    for place, entry in enumerate(array_at(value, "$")):
        row = object_at(entry, at("$", place))
        name = str(row.get("factor", ""))
        bands = [_band(name, one) for one in array_at(row.get("bands", []), at(at("$", place), "bands"))]
        found.append(_factor(str(row.get("dimension", "")), name, row.get("max", ""), bands))
    return _some(found)


def factors_in(rows: Iterable[Mapping[str, str]]) -> list[Factor]:
    """A table as rows of texts under English or Chinese headings, one row a band; `table.headings`, `table.number`."""
    found: list[Factor] = []
    for line in rows:
        row = {CHINESE.get(name, name): text for name, text in line.items()}
        missing = next((name for name in COLUMNS[:3] if name not in row), None)
        if missing:
            raise Problem("table.headings", missing=missing)
        named = bool(row["factor"])
        name = row["factor"] or (found[-1].name if found else "")
        ends = [row.get("from", ""), row.get("to", "")]
        bands = [_band(name, {**row, "range": [end for end in ends if end]})] if row.get("grade") else []
        if found and (not named or (row["dimension"], name) == (found[-1].dimension, found[-1].name)):
            found[-1] = found[-1]._replace(bands=_ordered([*found[-1].bands, *bands]))
        else:
            found.append(_factor(row["dimension"], name, row["max"], bands))
    return _some(found)


def taken(factors: Sequence[Factor]) -> Taken:
    """The factors as items of a method, with what can only be passed or failed as examination items."""
    prices = [one.points for one in factors if one.is_price]
    result = Taken(f"{sum(prices, Decimal(0)):f}" if prices else None, [], {}, [])
    for one in factors:
        if one.is_examined:
            result.examination.append(_examined(one, len(result.examination) + 1))
        elif not one.is_price:
            _add_item(result, one)
    return result


def table_of(
    method: Mapping[str, Any], labels: Mapping[str, Any], examination: Iterable[Mapping[str, Any]]
) -> list[Any]:
    """A method's score table in the JSON shape that `factors_of` reads."""
    rows: list[Any] = [
        {"dimension": "初步评审", "factor": one.get("zh", ""), "max": "0", "bands": []} for one in examination
    ]
    dimensions = {"technical": "技术部分", "commercial": "商务部分"}
    for item in method["items"]:
        label = labels.get(item["id"], {})
        bands = [
            {"grade": one["word"], "range": [one["from"], one["to"]], "means": one["means"]}
            for one in label.get(BANDS, ())
        ]
        dimension = dimensions.get(item["group"], item["group"])
        rows.append(
            {"dimension": dimension, "factor": label.get("zh", item["id"]), "max": item.get("max", "0"), "bands": bands}
        )
    if "weight" in method["price"]:
        rows.append({"dimension": "报价部分", "factor": "投标报价", "max": method["price"]["weight"], "bands": []})
    return rows


def lines_of(table: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """The same as rows of texts under Chinese headings, one row a band."""
    lines = [list(CHINESE)]
    for row in table:
        head = [row["dimension"], row["factor"], row["max"]]
        told = [[one["grade"], *one["range"], one["means"]] for one in row["bands"]] or [[""] * 4]
        lines += [[*head, *one] for one in told]
    return lines


def _some(found: list[Factor]) -> list[Factor]:
    if not found:
        raise Problem("table.empty")
    if len(found) > MOST:
        raise Problem("table.large", most=MOST)
    return found


def _factor(dimension: str, name: str, points: Any, bands: Iterable[dict[str, str]]) -> Factor:
    return Factor(dimension, name, _number(name, points), _ordered(bands))


def _ordered(bands: Iterable[dict[str, str]]) -> tuple[dict[str, str], ...]:
    return tuple(sorted(bands, key=lambda one: Decimal(one["to"]), reverse=True))


def _band(factor: str, value: Any) -> dict[str, str]:
    row = object_at(value, "$.bands")
    told = row.get("range", [])
    ends = [_number(factor, one) for one in (told if isinstance(told, list) else [told])]
    if not 1 <= len(ends) <= 2:
        raise Problem("table.number", factor=factor, given="–")
    low, high = min(ends), max(ends)
    return {
        "word": str(row.get("grade", "")),
        "from": f"{low:f}",
        "to": f"{high:f}",
        "means": str(row.get("means", "")),
    }


def _number(factor: str, value: Any) -> Decimal:
    found = decimal_of(value if isinstance(value, str) else str(value))
    if found is None:
        raise Problem("table.number", factor=factor[:40], given=str(value)[:40])
    return found.normalize() if found else Decimal(0)


def _examined(factor: Factor, place: int) -> dict[str, str]:
    stage, ground = next((told for word, told in STAGES.items() if word in factor.name), OTHERWISE)
    return {"id": f"q{place}", "stage": stage, "zh": factor.name, "clause": "", "ground": ground}


def _add_item(result: Taken, factor: Factor) -> None:
    group = "technical" if any(word in factor.dimension.lower() for word in TECHNICAL) else "commercial"
    letter = group[0]
    name = f"{letter}{1 + sum(item['id'].startswith(letter) for item in result.items)}"
    ends = [Decimal(band[end]) for band in factor.bands for end in ("from", "to")]
    fine = all(end % FINEST == 0 for end in [factor.points, *ends])
    # A factor whose bands are single values follows from the bid: who has the proof has the points.
    fixed = bool(factor.bands) and all(band["from"] == band["to"] for band in factor.bands)
    item = {"id": name, "group": group, "kind": "objective" if fixed else "subjective", "max": f"{factor.points:f}"}
    result.items.append({**item, "step": str(FINEST if fine else FINER)})
    result.labels[name] = {"zh": factor.name} | ({BANDS: [*factor.bands]} if factor.bands else {})
