"""Blind parts 暗标 in pure functions: labels, their commitment, each judge's order, sheets by label, blanked properties."""

import random
from typing import Any

import pytest

from infra.edge import random_bytes
from infra.kernel.problems import Problem
from trading.blind.blanking import Blanker, blanked
from trading.blind.rules import (
    LENGTH,
    SIGNS,
    Blindfold,
    blind_items,
    by_bid,
    by_label,
    checked_blind,
    commitment,
    make_labels,
    order_for,
    require_blindable,
)
from trading.evaluation.reading import read_method

BIDS = [f"bid-{number}" for number in range(20)]
SALT = bytes(range(32))
METHOD = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "c1", "group": "commercial", "kind": "subjective", "max": "10"},
        {"id": "o1", "group": "commercial", "kind": "objective", "max": "10"},
    ],
}
FOLD = Blindfold({"AAAA": "bid-1", "BBBB": "bid-2"}, SALT, frozenset({"t1"}), frozenset({"technical"}))
INFO = (
    b"%PDF-1.7\n1 0 obj\n<< /Title (\xe4\xba\x91\xe6\xb9\x96 (one) \\) tender) /Author <FEFF4E91> /Producer (W) >>\nendobj\n"
    b"2 0 obj\n<< /Title (1 Plan) /Parent 3 0 R >>\nendobj\nstream\nText of the page\nendstream\n"
    b'<?xpacket begin="" id="W5M0"?><dc:creator>Yunhu</dc:creator><?xpacket end="w"?>\n%%EOF'
)


def test_every_bid_has_a_label_of_its_own_whose_order_tells_nothing() -> None:
    labels = make_labels(BIDS, random_bytes)
    assert sorted(labels.values()) == sorted(BIDS) and list(labels) == sorted(labels)
    assert all(len(label) == LENGTH and set(label) <= set(SIGNS) for label in labels)


def test_a_label_that_was_drawn_before_is_drawn_anew() -> None:
    draws = [b"\0" * 4, b"\0" * 4, b"\1" * 4]
    assert make_labels(["a", "b"], lambda _: draws.pop(0)) == {"2222": "a", "3333": "b"}


def test_the_commitment_binds_section_salt_and_every_label() -> None:
    known = commitment(SALT, "A/1", {"AAAA": "x", "BBBB": "y"})
    assert len(known) == 32
    others = [(SALT, "A/2", {"AAAA": "x", "BBBB": "y"}), (SALT[::-1], "A/1", {"AAAA": "x", "BBBB": "y"})]
    assert all(commitment(*one) != known for one in [*others, (SALT, "A/1", {"AAAA": "y", "BBBB": "x"})])
    with pytest.raises(Problem) as told:
        commitment(b"short", "A/1", {})
    assert told.value.code == "blind.salt"


def test_each_judge_reads_in_an_order_of_the_own_that_can_be_recomputed() -> None:
    labels = make_labels(BIDS, random.Random(7).randbytes)
    orders = {judge: order_for(judge, SALT, labels) for judge in ("J1", "J2", "J3")}
    assert len({tuple(one) for one in orders.values()}) == 3
    assert orders["J1"] == order_for("J1", SALT, reversed(labels))


def test_what_is_kept_by_bid_is_shown_by_label_and_comes_back() -> None:
    kept = {"bid-1": {"t1": "40", "c1": "7"}, "bid-2": {"t1": "44", "c1": "8"}}
    shown = by_label(kept, FOLD.labels, FOLD.items)
    assert shown == {"AAAA": {"t1": "40"}, "BBBB": {"t1": "44"}, "bid-1": {"c1": "7"}, "bid-2": {"c1": "8"}}
    assert by_bid(shown, FOLD.labels) == kept


@pytest.mark.parametrize(("key", "item", "bid"), [
    ("AAAA", "t1", "bid-1"), ("bid-1", "c1", "bid-1"), ("bid-1", "t1", None), ("AAAA", "c1", None), ("CCCC", "t1", None),
])  # fmt: skip
def test_a_blind_item_is_marked_under_its_label_and_nothing_else_is(key: str, item: str, bid: str | None) -> None:
    assert FOLD.bid_of(key, item) == bid


@pytest.mark.parametrize(("key", "part", "bid"), [
    ("AAAA", "technical", "bid-1"), ("bid-1", "technical", None), ("AAAA", "commercial", None),
    ("bid-1", "commercial", "bid-1"),
])  # fmt: skip
def test_a_blind_part_is_read_under_its_label_and_nothing_else_is(key: str, part: str, bid: str | None) -> None:
    assert FOLD.read_as(key, part) == bid


@pytest.mark.parametrize("sheet", [{"bid-1": {"t1": "1"}}, {"AAAA": {"c1": "1"}}, {"CCCC": {"t1": "1"}}])
def test_a_sheet_that_marks_under_the_wrong_name_is_refused(sheet: dict[str, Any]) -> None:
    with pytest.raises(Problem) as told:
        FOLD.require_keys(sheet)
    assert told.value.code == "evaluation.item-unknown"


def test_items_of_a_blind_part_are_those_of_its_group() -> None:
    assert [item.id for item in blind_items(read_method(METHOD), ["technical"])] == ["t1"]


def test_what_is_found_bidder_by_bidder_cannot_belong_to_a_blind_part() -> None:
    require_blindable(read_method(METHOD), ["technical"])
    found = {"id": "o2", "group": "technical", "kind": "objective", "max": "5"}
    with pytest.raises(Problem) as told:
        require_blindable(read_method({**METHOD, "items": [found]}), ["technical"])
    assert told.value.code == "method.blind-objective"


@pytest.mark.parametrize("blind", [["commercial"], ["opening-form"], ["other"]])
def test_only_the_technical_part_of_a_bid_can_be_blind(blind: list[str]) -> None:
    with pytest.raises(Problem) as told:
        checked_blind(blind, ["commercial", "opening-form", "technical"])
    assert told.value.code == "section.blind"
    assert checked_blind(["technical"], ["opening-form", "technical"]) == ["technical"]


def test_a_part_that_the_section_does_not_ask_for_cannot_be_blind() -> None:
    with pytest.raises(Problem) as told:
        checked_blind(["technical"], ["commercial", "opening-form"])
    assert told.value.code == "section.blind"


def test_what_a_pdf_says_of_its_maker_is_blank_and_its_pages_stay() -> None:
    found = blanked(INFO)
    assert len(found) == len(INFO)
    for gone in (b"Yunhu", b"\xe4\xba\x91", b"tender", b"4E91", b"(W)"):
        assert gone not in found
    assert b"(1 Plan) /Parent" in found and b"Text of the page" in found


@pytest.mark.parametrize("size", [999, 65_536, 200_000])
def test_it_is_blanked_however_the_pieces_are_cut(size: int) -> None:
    data = b"x" * 140_000 + INFO + b"y" * 1000
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    blanker = Blanker()
    assert b"".join([*(blanker.feed(piece) for piece in pieces), blanker.end()]) == blanked(data)
