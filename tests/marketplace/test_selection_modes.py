"""Selecting an agency: worked examples, a second implementation, zero to two offers in each mode, lots, every refusal."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from second_selection import selection as second

from expertpool.draw.evidence import recompute as recompute_draw
from infra.crypto.lottery import leaf_of, salted
from infra.kernel.problems import Problem
from marketplace.selection.evidence import recompute
from marketplace.selection.modes import Mode, long_list, minimum, tickets

SIX = {"a": "6.50", "b": "7.40", "c": "7.90", "d": "8.20", "e": "8.80", "f": "9.00"}
FAILED = {"status": "failed", "reason": "too-few-quotes"}


def a_draw(agencies: Iterable[str], alternates: int | None = None, **changes: Any) -> dict[str, Any]:
    """A draw among agencies (each as often as it is named), for study: a bare seed."""
    named = list(agencies)
    pool = []
    for place, agency in enumerate(named):
        salt = sha256(f"{agency}{place}".encode()).digest()
        inner = salted(salt, f"X:{agency}"), salted(salt, agency)
        leaf = leaf_of("*", 1, *inner)
        entry = {"leaf": leaf.hex(), "spec": "*", "w": 1, "ia": inner[0].hex(), "ib": inner[1].hex()}
        pool.append(entry | {"emp": agency, "b": salt.hex()})
    most = len(named) - 1 if alternates is None else alternates
    return {"seed": "11" * 32, "quota": {"*": 1}, "avoid": [], "alternates": most, "pool": pool} | changes


def out(mode: str, fiscal: bool = False, **members: Any) -> dict[str, Any]:
    found: dict[str, Any] = recompute({"mode": mode, "fiscal": fiscal, **members})["out"]
    return found


def test_the_worked_example() -> None:
    told = {
        "status": "selected",
        "reference": "7.75",
        "order": ["c", "b", "d", "e"],
        "winner": "c",
        "reserves": ["b", "d"],
    }
    assert out("trimmed_mean_k", True, quotes=SIX, k="0.96") == told


def test_of_equal_quotes_the_highest_is_dropped_first_and_the_first_by_id() -> None:
    told = out("trimmed_mean_k", True, quotes=dict.fromkeys("abcdef", "8.00"), k="0.95", draw=a_draw("cdef"))
    assert sorted(told["order"]) == ["c", "d", "e", "f"] and told["reference"] == "7.60"


@pytest.mark.parametrize("fiscal", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("mode", ["lowest_price", "nearest_mean", "trimmed_mean_k"])
def test_few_quotes_in_each_price_mode(mode: str, count: int, fiscal: bool) -> None:
    quotes = dict(list(SIX.items())[:count])
    told = out(mode, fiscal, quotes=quotes, **({"k": "0.96"} if mode == "trimmed_mean_k" else {}))
    if fiscal or count == 0 or mode == "nearest_mean":
        assert told == FAILED
    else:
        assert told["winner"] == "a" and told["reserves"] == (["b"] if count == 2 else [])
        references = {1: "6.50", 2: "6.95"}
        assert mode == "lowest_price" or told["reference"] == references[count]


def sheet(**marks: tuple[str, str]) -> dict[str, dict[str, str]]:
    return {agency: {"plan": plan, "price": price} for agency, (plan, price) in marks.items()}


CRITERIA = {"plan": "60", "price": "40"}


def test_marks_of_a_panel_decide_and_every_total_is_told() -> None:
    scores = {"j1": sheet(a=("80", "90"), b=("91", "70")), "j2": sheet(a=("85", "90"), b=("92", "70"))}
    told = out("scored", criteria=CRITERIA, scores=scores)
    assert told["total"] == {"a": "85.50", "b": "82.90"} and told["order"] == ["a", "b"]
    assert out("scored", True, criteria=CRITERIA, scores=scores) == FAILED
    assert out("scored", criteria=CRITERIA, scores={"j1": {}}) == FAILED
    assert out("scored", criteria=CRITERIA, scores={"j1": sheet(a=("80", "90"))}) == FAILED
    assert out("rfq", criteria=CRITERIA, scores={"j1": scores["j1"]})["winner"] == "a"


def test_a_lottery_takes_the_order_of_its_draw() -> None:
    told = out("lottery", True, draw=a_draw("abcde", alternates=2))
    assert len(told["order"]) == 3 and told["reserves"] == told["order"][1:]
    assert out("lottery", True, draw=a_draw("ab")) == FAILED and out("lottery", draw=a_draw("a"))["winner"] == "a"


def test_direct_selection_names_its_agency() -> None:
    told = {"status": "selected", "order": ["x"], "winner": "x", "reserves": []}
    assert out("direct", agency="x") == told == out("direct", True, agency="x")


def test_credit_cuts_the_tail_allots_numbers_and_draws_the_short_list() -> None:
    scores = {"a": "90", "b": "80", "c": "70", "d": "60", "e": "50"}
    given = {"a": 4, "b": 3, "c": 3}
    assert tickets({"a": 90, "b": 80, "c": 70}, ["a", "b", "c"], 10) == given  # type: ignore[dict-item]
    pool = [agency for agency, count in given.items() for _ in range(count)]
    members = {"scores": scores, "keep": 3, "slots": 10, "draw": a_draw(pool)}
    told = out("credit_weighted", **members)
    assert told["status"] == "short-listed" and told["long_list"] == ["a", "b", "c"] and told["tickets"] == given
    assert sorted(told["short_list"]) == ["a", "b", "c"]
    last = told["short_list"][-1]
    chosen = out("credit_weighted", **members, chosen=last)
    assert chosen["winner"] == last and chosen["reserves"] == told["short_list"][:2]
    assert out("credit_weighted", scores={"a": "90"}, keep=3, slots=10, draw=a_draw("a")) == FAILED


def test_whoever_equals_the_last_that_is_kept_is_kept_too() -> None:
    assert long_list({"a": 5, "b": 7, "c": 5, "d": 1}, 2) == ["b", "a", "c"]  # type: ignore[dict-item]


quotes = st.dictionaries(
    st.sampled_from("abcdefgh"), st.integers(100, 130).map(lambda one: f"{one // 10}.{one % 10}5"), max_size=8
)


def tie_of(document: dict[str, Any]) -> list[str]:
    """The first agencies that a lot must order, none where nobody is tied."""
    try:
        recompute(document)
    except Problem as problem:
        return str(problem.facts.get("tied", "?")).split(", ")
    return []


MODES = st.sampled_from(["lowest_price", "nearest_mean", "trimmed_mean_k"])


@settings(max_examples=400, deadline=None)
@given(quotes, MODES, st.booleans(), st.sampled_from(["0.95", "0.963", "0.98"]))
def test_a_second_implementation_agrees(found: dict[str, str], mode: str, fiscal: bool, k: str) -> None:
    more = {"k": k} if mode == "trimmed_mean_k" else {}
    document: dict[str, Any] = {"mode": mode, "fiscal": fiscal, "quotes": found, **more}
    tied = tie_of(document)
    if not tied:
        assert recompute(document)["out"] == second(document)
        return
    draw = a_draw(tied)
    assume(tie_of({**document, "draw": draw}) == [])
    agency = {entry["leaf"]: entry["emp"] for entry in draw["pool"]}
    order = [agency[one[0]] for one in recompute_draw(draw)["out"]]
    assert recompute({**document, "draw": draw})["out"] == second(document, order)


@settings(max_examples=100, deadline=None)
@given(quotes)
def test_scaling_all_quotes_changes_no_order(found: dict[str, str]) -> None:
    distinct = dict({quote: agency for agency, quote in found.items()}.items())
    plain = {agency: quote for quote, agency in distinct.items()}
    scaled = {agency: f"{quote}0".replace(".", "") for agency, quote in plain.items()}
    if len(plain) >= 1:
        assert out("lowest_price", quotes=plain)["order"] == out("lowest_price", quotes=scaled)["order"]


def test_fiscal_money_asks_for_three_but_of_a_direct_selection() -> None:
    assert {mode: minimum(mode, fiscal=True) for mode in Mode} == {
        mode: 1 if mode is Mode.DIRECT else 3 for mode in Mode
    }


TWO = {"a": "5", "b": "5"}
SCORED = {"mode": "scored", "criteria": CRITERIA}
CREDIT = {"mode": "credit_weighted", "scores": {"a": "9", "b": "8"}, "keep": 2, "slots": 2, "draw": a_draw("ab")}
OTHERS = {"j": sheet(a=("1", "1")), "k": sheet(b=("1", "1"))}


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        ({"mode": "auction"}, "evidence.word", "$.mode"),
        ({"mode": "direct", "agency": ""}, "selection.agency", "$.agency"),
        ({"mode": "lowest_price"}, "evidence.field-missing", "$.quotes"),
        ({"mode": "lowest_price", "quotes": {"a": "0"}}, "selection.quote", "$.quotes.a"),
        ({"mode": "lowest_price", "quotes": {"a": "-5"}}, "selection.quote", "$.quotes.a"),
        ({"mode": "lowest_price", "quotes": {"a": "８.５"}}, "evidence.decimal", "$.quotes.a"),
        ({"mode": "lowest_price", "quotes": {"": "8"}}, "selection.agency", "$.quotes"),
        ({"mode": "lowest_price", "quotes": TWO}, "selection.draw-missing", "$.draw"),
        ({"mode": "lowest_price", "quotes": TWO, "draw": a_draw("ac")}, "selection.draw-pool", "$.draw.pool"),
        ({"mode": "lowest_price", "quotes": TWO, "draw": a_draw("ab", alternates=0)}, "selection.draw-pool", "$.draw.pool"),
        ({"mode": "lowest_price", "quotes": {"a": "5", "b": "6"}, "draw": a_draw("ab")}, "selection.draw-unused", "$.draw"),
        ({"mode": "lowest_price", "quotes": TWO, "draw": {}}, "draw.field", "$.draw"),
        ({"mode": "lowest_price", "quotes": TWO, "k": "0.96"}, "evidence.field-unknown", "$.k"),
        ({"mode": "trimmed_mean_k", "quotes": SIX, "k": "0.94"}, "evidence.range", "$.k"),
        ({"mode": "trimmed_mean_k", "quotes": SIX, "k": "0.981"}, "evidence.range", "$.k"),
        ({"mode": "scored", "criteria": {"plan": "50"}, "scores": {"j": {}}}, "selection.weights", "$.criteria"),
        (SCORED | {"scores": {}}, "selection.judges", "$.scores"),
        ({"mode": "rfq", "criteria": CRITERIA, "scores": {"j": {}, "k": {}}}, "selection.judges", "$.scores"),
        (SCORED | {"scores": OTHERS}, "selection.agencies-differ", "$.scores"),
        (SCORED | {"scores": {"j": {"a": {"plan": "1"}}}}, "evidence.field-missing", "$.scores.j.a.price"),
        (SCORED | {"scores": {"j": sheet(a=("101", "1"))}}, "evidence.range", "$.scores.j.a.plan"),
        ({"mode": "lottery", "draw": a_draw("aab")}, "selection.draw-pool", "$.draw.pool"),
        (CREDIT | {"slots": 1}, "selection.slots", "$.slots"),
        (CREDIT | {"draw": a_draw("aab")}, "selection.draw-pool", "$.draw.pool"),
        (CREDIT | {"chosen": "z"}, "evidence.word", "$.chosen"),
        (CREDIT | {"keep": 0}, "evidence.range", "$.keep"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_path(document: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(Problem) as refused:
        recompute({"fiscal": False, **document})
    assert (refused.value.code, refused.value.facts["path"]) == (code, path)
