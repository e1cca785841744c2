"""Findings are put together from what files tell, and cut down to what their reader may see."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bill_samples import SOUND, Line, csv_bill
from test_text_similarity import a_sentence

from trading.checks.bills import Order
from trading.checks.file_facts import facts_of
from trading.checks.findings import Ground, findings
from trading.checks.views import seen_blind, seen_by_all, view

WRONG: Line = ("010501001001", "混凝土垫层", "m3", "80.5", "412.36", "33194.00")
LABELS = {"K7QX": "B1", "9FHT": "B2", "M2PC": "B3"}
PRICE = Decimal("58740.58")


def a_file(name: str, *, pages: list[str] | None = None, **properties: str) -> dict[str, Any]:
    return {"kind": "pdf", "properties": properties, "pages": pages or [], "sha256": name, "size": 1000}


def prose(*numbers: int) -> list[str]:
    return ["。".join(a_sentence(number) for number in numbers)]


FACTS: Mapping[tuple[str, str], dict[str, Any]] = {
    ("B1", "bill"): {**facts_of(csv_bill([SOUND[0], WRONG]), "bill"), "sha256": "f1", "size": 1},
    ("B2", "bill"): {**facts_of(csv_bill([SOUND[0], WRONG]), "bill"), "sha256": "f2", "size": 1},
    ("B3", "bill"): {"refused": "bill.empty", "facts": {}, "sha256": "f3", "size": 1},
    ("B1", "commercial"): a_file("c1", author="李工", origin="77aa"),
    ("B2", "commercial"): a_file("c2", author="王工", origin="77aa"),
    ("B3", "commercial"): a_file("c3", author="赵工"),
    ("B1", "technical"): a_file("t1", pages=prose(*range(20)), author="李工"),
    ("B2", "technical"): a_file("same", pages=prose(*range(500, 520)), author="陈工"),
    ("B3", "technical"): a_file("same", pages=prose(*range(19), 900), author="陈工"),
}


def found(*blind: str) -> dict[str, Any]:
    prices = dict.fromkeys(("B1", "B2", "B3"), PRICE)
    return findings(FACTS, Ground(prices, Order.ENG, Decimal("0.80"), [], blind))


def everything(value: Any) -> str:
    return repr(value)


def test_bills_errors_traces_texts_and_what_was_not_read_stand_in_the_findings() -> None:
    told = view(found(), seen_by_all, covered=False)
    assert [(one["bid"], one["count"]) for one in told["bills"]] == [("B1", 2), ("B2", 2)]
    assert [one["keys"] for one in told["errors"]] == [["B1", "B2"]]
    assert [(one["trace"], [key for key, _ in one["files"]]) for one in told["traces"]] == [
        ("file", ["B2", "B3"]),
        ("origin", ["B1", "B2"]),
        ("author", ["B2", "B3"]),
    ]
    [text] = told["texts"]
    assert (text["part"], text["keys"], text["count"]) == ("technical", ["B1", "B3"], 19)
    assert Decimal(text["share"]) >= Decimal("0.8")
    assert [(one["key"], one["code"]) for one in told["unread"]] == [("B3", "bill.empty")]


def test_one_bidders_own_files_share_nothing_with_each_other() -> None:
    own = {key: one for key, one in FACTS.items() if key[0] == "B1"}
    told = findings(own, Ground({"B1": PRICE}, Order.ENG, Decimal("0.80"), [], ()))
    assert (told["traces"], told["errors"], told["texts"]) == ([], [], [])


def test_judges_of_blind_parts_see_labels_and_no_property_of_a_blind_file() -> None:
    told = view(found("technical"), seen_blind(LABELS, ("technical",), {"B1", "B2", "B3"}), covered=True)
    [text] = told["texts"]
    assert text["keys"] == ["K7QX", "M2PC"]
    shared = [(one["trace"], [key for key, _ in one["files"]]) for one in told["traces"]]
    assert shared == [("file", ["9FHT", "M2PC"]), ("origin", ["B1", "B2"])]
    assert "陈工" not in everything(told)


def test_a_blind_file_is_never_compared_with_a_named_one() -> None:
    told = found("technical")
    assert [one for one in told["traces"] if one["value"] == "李工"] == []


def test_judges_see_no_label_of_a_bid_that_takes_no_part_any_more() -> None:
    told = view(found("technical"), seen_blind(LABELS, ("technical",), {"B1", "B2"}), covered=True)
    assert told["texts"] == [] and "M2PC" not in everything(told)


def test_once_marks_are_published_everything_stands_under_names() -> None:
    told = view(found("technical"), seen_by_all, covered=False)
    assert ["B2", "B3"] in [[key for key, _ in one["files"]] for one in told["traces"] if one["trace"] == "author"]


def test_without_an_open_price_no_bill_is_corrected() -> None:
    told = findings(FACTS, Ground({}, Order.ENG, Decimal("0.80"), [], ()))
    assert (told["bills"], told["errors"]) == ([], [])


def test_the_order_of_what_is_shown_tells_no_more_than_the_labels() -> None:
    """The same section with its labels dealt otherwise: each list stands in the order of the names that are seen."""
    for labels in (LABELS, {"2AAA": "B3", "9FHT": "B2", "Z9ZZ": "B1"}):
        told = view(found("technical"), seen_blind(labels, ("technical",), {"B1", "B2", "B3"}), covered=True)
        [text] = told["texts"]
        names = {bid: label for label, bid in labels.items()}
        assert text["keys"] == sorted([names["B1"], names["B3"]])
        own = text["keys"].index(names["B3"])
        assert {tuple(match[("one", "other")[own]]) for match in text["matches"]} <= {
            (1, a_sentence(number)) for number in range(19)
        }
        for trace in told["traces"]:
            assert trace["files"] == sorted(trace["files"])
        assert [one["key"] for one in told["unread"]] == sorted(one["key"] for one in told["unread"])
