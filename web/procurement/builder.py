"""The document builder's form: flat fields as typed, to and from a scoring method with labels and clauses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from infra.kernel.problems import Problem
from trading.evaluation.bands import BANDS, REASONS_BELOW
from trading.evaluation.method import ANCHORS, check_method
from trading.regimes.regime import Regime
from trading.sections.template_parts import Clause, Template
from trading.sections.templates import TEMPLATES
from web.forms import Form
from web.procurement.builder_rows import (
    BAND,
    CHECK,
    ITEM,
    bands,
    examined_instead,
    put_rows,
    rows,
    with_one_more,
    without,
)

TIES = 3
PRICE = {
    "benchmark": ("weight", "trim_from", "drop_high", "drop_low", "k", "above", "below"),
    "lowest_price_first": ("weight",),
    "lowest_evaluated": (),
}
COUNTS = ("trim_from", "drop_high", "drop_low")
_STEP = re.compile(r"\$\.method\.items\[(\d+)\](?:\.(\w+))?")
_LABEL = re.compile(r'\$\.labels(?:\.([\w-]+)|\["(.+?)"\])(?:\.(\w+)(?:\[(\d+)\](?:\.(\w+))?)?)?')
_CHECK = re.compile(r"\$\.examination\[(\d+)\](?:\.(\w+))?")


class Draft(NamedTuple):
    """What the form says: a method as it would be frozen, its labels, the clauses in order, the examination items."""

    method: dict[str, Any]
    labels: dict[str, dict[str, Any]]
    clauses: tuple[Clause, ...]
    examination: Sequence[dict[str, Any]] = ()


def fields_of(draft: Draft | Template) -> dict[str, str]:
    """A method, its labels and clauses as the fields of the form."""
    method, price = draft.method, draft.method["price"]
    fields = {f"price-{name}": _shown(name, value) for name, value in price.items() if value is not None}
    fields |= {"judges-trim_from": str(method["judges"].get("trim_from") or ""), "places": str(method["places"])}
    fields |= {f"tie-{place}": tie for place, tie in enumerate(method["tie"], 1)}
    for place, item in enumerate(method["items"], 1):
        label = draft.labels.get(item["id"], {})
        row = {**item, **label, "reasons": _percent(label.get(REASONS_BELOW))}
        fields |= {f"item-{place}-{name}": row[name] for name in ITEM if row.get(name)}
        for order, band in enumerate(label.get(BANDS, ()), 1):
            fields |= {f"item-{place}-band-{order}-{name}": band[name] for name in BAND}
    for place, one in enumerate(draft.examination, 1):
        fields |= {f"check-{place}-{name}": one.get(name, "") for name in CHECK}
    for place, clause in enumerate(draft.clauses, 1):
        fields |= {f"clause-{place}-title": clause[0], f"clause-{place}-text": clause[1]}
    return {name: value for name, value in fields.items() if value}


def arranged(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with rows numbered 1, 2, 3 … in their order; what the form does not have is dropped."""
    return {name: value for name, value in fields.items() if _known(name)} | put_rows(fields)


def changed(fields: Mapping[str, str], action: str) -> dict[str, str]:
    """The fields after one of the builder's buttons: a row more, less or examined instead, a template; others keep them."""
    verb, _, what = action.partition(":")
    if verb == "template" and what in TEMPLATES:
        return fields_of(TEMPLATES[what])
    found = arranged(fields)
    if verb == "add":
        return with_one_more(found, what)
    if verb == "drop":
        return arranged(without(found, what))
    if verb == "examine":
        return arranged(examined_instead(found, what))
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
    items, labels = _items(form)
    places = _number(form, "places", "places", needed=True, whole=True).get("places", 2)
    method = {"price": price, "items": items, "judges": {"trim_from": None} | judges, "tie": ties, "places": places}
    return Draft(method, labels, clauses_in(fields), _examination(fields))


def check(form: Form, regime: Regime) -> Draft:
    """The same, with what `check_method` refuses refused at its field; the form's numbers come first."""
    draft = read(form)
    if not form.refused:
        try:
            check_method(draft.method, regime, draft.labels, draft.examination)
        except Problem as problem:
            form.refuse(problem, field_of(str(problem.facts.get("path", "")), draft))
    return draft


def field_of(path: str, draft: Draft) -> str | None:
    """The form's field behind a JSON path of a method or its labels; None where the whole method is meant."""
    if found := _STEP.match(path):
        return f"item-{int(found[1]) + 1}-{found[2] or 'id'}"
    if found := _LABEL.match(path):
        return _labelled(found, [item["id"] for item in draft.method["items"]])
    if found := _CHECK.match(path):
        return f"check-{int(found[1]) + 1}-{found[2] or 'id'}"
    if path.startswith("$.method.price."):
        return "price-" + path.removeprefix("$.method.price.").partition(".")[0]
    if path.startswith("$.method.tie["):
        return f"tie-{int(path.removeprefix('$.method.tie[').partition(']')[0]) + 1}"
    return {"$.method.judges.trim_from": "judges-trim_from", "$.method.places": "places"}.get(path)


def points(fields: Mapping[str, str]) -> str:
    """What price and items give together as typed, nothing counted for what is no number."""
    weight = fields.get("price-weight", "") if "weight" in PRICE.get(fields.get("price-kind", ""), ()) else ""
    texts = [weight, *(row.get("max", "") for row in rows(fields, "item"))]
    return _sum(texts)


class Factor(NamedTuple):
    """A factor of the score table as typed: the number of its row, its name, its points."""

    place: int
    name: str
    points: str


class Dimension(NamedTuple):
    """A part of the score table as typed: its factors and what they give together."""

    group: str
    points: str
    factors: list[Factor]


def tree(fields: Mapping[str, str]) -> list[Dimension]:
    """The score table as typed, part by part, each with its sum."""
    found: dict[str, list[Factor]] = {}
    for place, row in enumerate(rows(fields, "item"), 1):
        factor = Factor(place, row.get("zh", "") or row.get("id", ""), row.get("max", ""))
        found.setdefault(row.get("group", ""), []).append(factor)
    return [Dimension(group, _sum(one.points for one in factors), factors) for group, factors in found.items()]


def clauses_in(fields: Mapping[str, str]) -> tuple[Clause, ...]:
    """The clauses as typed, in order; empty ones are left out."""
    told = ((row.get("title", "").strip(), row.get("text", "").strip()) for row in rows(fields, "clause"))
    return tuple(clause for clause in told if any(clause))


def clause_text(title: str, clauses: Iterable[Clause]) -> str:
    """The clauses as one readable text, numbered; empty where there is none."""
    told = [f"{number}. {name}\n{text}\n" for number, (name, text) in enumerate(clauses, 1)]
    return "\n".join([f"{title}\n", *told]) if told else ""


def _items(form: Form) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    items: list[dict[str, Any]] = []
    labels: dict[str, dict[str, Any]] = {}
    for place, row in enumerate(rows(form.values, "item"), 1):
        item = {"id": row.get("id", "").strip(), "group": row.get("group", ""), "kind": row.get("kind", "")}
        item |= _number(form, f"item-{place}-max", "max", needed=True)
        item |= _number(form, f"item-{place}-step", "step", needed=False)
        if not row.get("zh", "").strip():
            form.refuse(Problem("document.item-name", item=item["id"] or str(place)), f"item-{place}-zh")
        if "max" in item and Decimal(item["max"]) <= 0:
            name = " ".join(filter(None, (row.get("zh", "").strip(), item["id"])))
            form.refuse(Problem("document.item-without-points", item=name), f"item-{place}-max")
        items.append(item)
        labels[item["id"]] = _label(form, place, row)
    return items, labels


def _label(form: Form, place: int, row: Mapping[str, str]) -> dict[str, Any]:
    label: dict[str, Any] = {name: row[name].strip() for name in ("zh", "en", ANCHORS) if row.get(name, "").strip()}
    if row.get("reasons", "").strip():
        share = _number(form, f"item-{place}-reasons", "k", needed=True)
        label |= {REASONS_BELOW: share["k"]} if share else {}
    told = []
    for order, band in enumerate(bands(form.values, place), 1):
        ends = [f"item-{place}-band-{order}-{name}" for name in ("from", "to")]
        if any(text.strip() for text in band.values()):
            low, high = (_number(form, field, "end", needed=True).get("end", "0") for field in ends)
            words = {name: band.get(name, "").strip() for name in ("word", "means")}
            told.append({"word": words["word"], "from": low, "to": high, "means": words["means"]})
    return label | ({BANDS: told} if told else {})


def _examination(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    told = ({name: row.get(name, "").strip() for name in CHECK} for row in rows(fields, "check"))
    return [{name: text for name, text in one.items() if text or name != "en"} for one in told]


def _labelled(found: re.Match[str], ids: list[str]) -> str | None:
    name, kind, place, end = found[1] or found[2], found[3], found[4], found[5]
    if name not in ids:
        return None
    head = f"item-{ids.index(name) + 1}"
    if kind == BANDS and place is not None:
        return f"{head}-band-{int(place) + 1}-{end or 'word'}"
    return f"{head}-reasons" if kind == REASONS_BELOW else f"{head}-zh"


def _percent(share: str | None) -> str:
    return "" if share is None else f"{(Decimal(share) * 100).normalize():f}"


def _sum(texts: Iterable[str]) -> str:
    total = sum((Fraction(number) for text in texts if (number := _decimal(text)) is not None), Fraction(0))
    return f"{Decimal(total.numerator) / Decimal(total.denominator):f}"


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
