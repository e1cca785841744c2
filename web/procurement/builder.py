"""The document builder's form: flat fields as typed, to and from a scoring method with labels and clauses."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from infra.kernel.problems import Problem
from trading.evaluation.method import ANCHORS, check_method
from trading.regimes.regime import Regime
from trading.sections.templates import TEMPLATES, Clause, Template
from web.forms import Form

ITEM = ("id", "zh", "en", "group", "kind", "max", "step", "anchors")
CLAUSE = ("title", "text")
ROWS = {"item": ITEM, "clause": CLAUSE}
TIES = 3
MOST_ROWS = 40
PRICE = {
    "benchmark": ("weight", "trim_from", "drop_high", "drop_low", "k", "above", "below"),
    "lowest_price_first": ("weight",),
    "lowest_evaluated": (),
}
COUNTS = ("trim_from", "drop_high", "drop_low")
_ROW = re.compile(r"(item|clause)-(\d{1,4})-([a-z]+)")
_STEP = re.compile(r"\$\.method\.items\[(\d+)\](?:\.(\w+))?")
_LABEL = re.compile(r'\$\.labels(?:\.([\w-]+)|\["(.+?)"\])')


class Draft(NamedTuple):
    """What the form says: a method as it would be frozen, its labels, and the clauses in order."""

    method: dict[str, Any]
    labels: dict[str, dict[str, str]]
    clauses: tuple[Clause, ...]


def fields_of(draft: Draft | Template) -> dict[str, str]:
    """A method, its labels and clauses as the fields of the form."""
    method, price = draft.method, draft.method["price"]
    fields = {f"price-{name}": _shown(name, value) for name, value in price.items() if value is not None}
    fields |= {"judges-trim_from": str(method["judges"].get("trim_from") or ""), "places": str(method["places"])}
    fields |= {f"tie-{place}": tie for place, tie in enumerate(method["tie"], 1)}
    for place, item in enumerate(method["items"], 1):
        row = {**item, **draft.labels.get(item["id"], {})}
        fields |= {f"item-{place}-{name}": row[name] for name in ITEM if row.get(name)}
    for place, clause in enumerate(draft.clauses, 1):
        fields |= {f"clause-{place}-title": clause[0], f"clause-{place}-text": clause[1]}
    return {name: value for name, value in fields.items() if value}


def arranged(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with rows numbered 1, 2, 3 … in their order; what the form does not have is dropped."""
    kept = {name: value for name, value in fields.items() if _known(name)}
    for kind, columns in ROWS.items():
        for place, row in enumerate(rows(fields, kind), 1):
            kept |= {f"{kind}-{place}-{name}": row[name] for name in columns if row.get(name)}
            if not any(row.values()):
                kept[f"{kind}-{place}-{columns[0]}"] = ""
    return kept


def rows(fields: Mapping[str, str], kind: str) -> list[dict[str, str]]:
    """The rows of items or clauses as typed, in order of their numbers."""
    found: dict[int, dict[str, str]] = {}
    for name, value in fields.items():
        parsed = _ROW.fullmatch(name)
        if parsed and parsed[1] == kind and parsed[3] in ROWS[kind]:
            found.setdefault(int(parsed[2]), {})[parsed[3]] = value
    return [found[number] for number in sorted(found)]


def changed(fields: Mapping[str, str], action: str) -> dict[str, str]:
    """The fields after one of the builder's buttons: a row added or dropped, a template taken; others change nothing."""
    verb, _, what = action.partition(":")
    if verb == "template" and what in TEMPLATES:
        return fields_of(TEMPLATES[what])
    found = arranged(fields)
    if verb == "add" and what in ROWS:
        place = len(rows(found, what)) + 1
        if place > MOST_ROWS:
            raise Problem("document.rows", most=MOST_ROWS)
        return found | (_new_item(found, place) if what == "item" else {f"clause-{place}-title": ""})
    kind, _, number = what.partition("-")
    if verb == "drop" and kind in ROWS and number.isdigit():
        return arranged({name: value for name, value in found.items() if not name.startswith(f"{kind}-{number}-")})
    return found


def read(form: Form) -> Draft:
    """What the form says; a field that holds no number where one is needed is refused at the form, and left out."""
    fields = form.values
    kind = fields.get("price-kind", "")
    price: dict[str, Any] = {"kind": kind}
    for name in PRICE.get(kind, ()):
        price |= _number(form, f"price-{name}", name, needed=name not in COUNTS)
    judges = _number(form, "judges-trim_from", "trim_from", needed=False)
    ties = [fields[f"tie-{place}"] for place in range(1, TIES + 1) if fields.get(f"tie-{place}")]
    items, labels = [], {}
    for place, row in enumerate(rows(fields, "item"), 1):
        item = {"id": row.get("id", "").strip(), "group": row.get("group", ""), "kind": row.get("kind", "")}
        item |= _number(form, f"item-{place}-max", "max", needed=True)
        item |= _number(form, f"item-{place}-step", "step", needed=False)
        if not row.get("zh", "").strip():
            form.refuse(Problem("document.item-name", item=item["id"] or str(place)), f"item-{place}-zh")
        items.append(item)
        labels[item["id"]] = {name: row[name].strip() for name in ("zh", "en", ANCHORS) if row.get(name, "").strip()}
    places = _number(form, "places", "places", needed=True, whole=True).get("places", 2)
    method = {"price": price, "items": items, "judges": {"trim_from": None} | judges, "tie": ties, "places": places}
    return Draft(method, labels, clauses_in(fields))


def check(form: Form, regime: Regime) -> Draft:
    """The same, with what `check_method` refuses refused at its field; the form's numbers come first."""
    draft = read(form)
    if not form.refused:
        try:
            check_method(draft.method, regime, draft.labels)
        except Problem as problem:
            form.refuse(problem, field_of(str(problem.facts.get("path", "")), draft))
    return draft


def field_of(path: str, draft: Draft) -> str | None:
    """The form's field behind a JSON path of a method or its labels; None where the whole method is meant."""
    if found := _STEP.match(path):
        return f"item-{int(found[1]) + 1}-{found[2] or 'id'}"
    if found := _LABEL.match(path):
        ids = [item["id"] for item in draft.method["items"]]
        name = found[1] or found[2]
        return f"item-{ids.index(name) + 1}-zh" if name in ids else None
    if path.startswith("$.method.price."):
        return "price-" + path.removeprefix("$.method.price.").partition(".")[0]
    if path.startswith("$.method.tie["):
        return f"tie-{int(path.removeprefix('$.method.tie[').partition(']')[0]) + 1}"
    return {"$.method.judges.trim_from": "judges-trim_from", "$.method.places": "places"}.get(path)


def points(fields: Mapping[str, str]) -> str:
    """What price and items give together as typed, nothing counted for what is no number."""
    weight = fields.get("price-weight", "") if "weight" in PRICE.get(fields.get("price-kind", ""), ()) else ""
    texts = [weight, *(row.get("max", "") for row in rows(fields, "item"))]
    total = sum((Fraction(number) for text in texts if (number := _decimal(text)) is not None), Fraction(0))
    return f"{Decimal(total.numerator) / Decimal(total.denominator):f}"


def clauses_in(fields: Mapping[str, str]) -> tuple[Clause, ...]:
    """The clauses as typed, in order; empty ones are left out."""
    told = ((row.get("title", "").strip(), row.get("text", "").strip()) for row in rows(fields, "clause"))
    return tuple(clause for clause in told if any(clause))


def clause_text(title: str, clauses: Iterable[Clause]) -> str:
    """The clauses as one readable text, numbered; empty where there is none."""
    told = [f"{number}. {name}\n{text}\n" for number, (name, text) in enumerate(clauses, 1)]
    return "\n".join([f"{title}\n", *told]) if told else ""


def _new_item(fields: Mapping[str, str], place: int) -> dict[str, str]:
    taken = {row.get("id") for row in rows(fields, "item")}
    name = next(f"t{number}" for number in range(1, MOST_ROWS + 2) if f"t{number}" not in taken)
    row = {"id": name, "group": "technical", "kind": "subjective", "step": "0.5"}
    return {f"item-{place}-{column}": value for column, value in row.items()}


def _known(name: str) -> bool:
    if name in ("judges-trim_from", "places", "price-kind"):
        return True
    head, _, tail = name.partition("-")
    return (head == "price" and tail in PRICE["benchmark"]) or (head == "tie" and tail in map(str, range(1, TIES + 1)))


def _shown(name: str, value: Any) -> str:
    return f"{(Decimal(value) * 100).normalize():f}" if name == "k" else str(value)


def _number(form: Form, field: str, name: str, *, needed: bool, whole: bool = False) -> dict[str, Any]:
    """`{name: value}` as the method writes it: counts as integers, K as a share of one, others as decimal strings."""
    text = form.value(field).strip()
    number = _decimal(text)
    whole = whole or name in COUNTS
    if not text and not needed:
        return {}
    if number is None or (whole and number != number.to_integral_value()):
        form.refuse(Problem("document.whole" if whole else "document.number", given=text[:40]), field)
        return {}
    if whole:
        return {name: int(number)}
    return {name: f"{(number / 100).normalize():f}" if name == "k" else f"{number:f}"}


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(text) <= 20 and abs(found) < 10**9 else None
