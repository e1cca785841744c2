"""The draw's arithmetic: tickets, order, quotas, alternates, and RFC 3797's published example."""

import hashlib
import hmac
import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.crypto import lottery
from infra.crypto.lottery import Pick, Row, select
from infra.kernel.problems import Problem

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "vectors"
SEED = bytes(range(32))


@st.composite
def lists(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Two lists over a dozen employers, at most sixty rows each."""
    leaves = draw(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=120, unique=True))
    rows = [Row(leaf, draw(st.integers(1, 8)), f"e{draw(st.integers(0, 11))}") for leaf in leaves]
    return {"S0": rows[::2], "S1": rows[1::2]}


def drawn(
    found: dict[str, list[Row]], quota: dict[str, int], alternates: int = 1, avoid: tuple[str, ...] = ()
) -> lottery.Selection | None:
    """The draw in step 1's order, or None where step 1 refuses it."""
    employers = {name: len({row.emp for row in rows} - set(avoid)) for name, rows in found.items()}
    order = lottery.order_of(employers)
    try:
        lottery.require_enough(order, quota, employers)
    except Problem:
        return None
    return select(SEED, order, quota, alternates, avoid, found)


@settings(deadline=None)
@given(lists(), st.integers(1, 4), st.integers(1, 4), st.lists(st.sampled_from([f"e{n}" for n in range(12)])))
def test_a_draw_that_step_1_accepts_never_runs_dry_and_keeps_quotas_and_employers(
    found: dict[str, list[Row]], first: int, second: int, avoid: list[str]
) -> None:
    selection = drawn(found, {"S0": first, "S1": second}, 2, tuple(avoid))
    if selection is None:
        return
    emps = {row.leaf: row.emp for rows in found.values() for row in rows}
    members = Counter(pick.specialty for pick in selection.out if not pick.alternate)
    employers = [emps[pick.leaf] for pick in selection.out]
    assert members == {"S0": first, "S1": second}
    assert len(set(employers)) == len(employers)
    assert not set(employers) & set(avoid)
    assert all(count <= 2 for count in Counter(pick.specialty for pick in selection.out if pick.alternate).values())


@settings(deadline=None)
@given(lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_changes_nothing(found: dict[str, list[Row]], dice: random.Random) -> None:
    quota = {"S0": 1, "S1": 1}
    shuffled = {name: dice.sample(rows, len(rows)) for name, rows in reversed(found.items())}
    assert drawn(found, quota) == drawn(shuffled, quota)


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(1, 8))
def test_a_ticket_is_the_smallest_of_the_first_w_words_of_hmac_sha512(seed: bytes, leaf: bytes, weight: int) -> None:
    words = hmac.digest(seed, leaf, hashlib.sha512)
    assert lottery.ticket(seed, leaf, weight) == min(
        int.from_bytes(words[at : at + 8], "big") for at in range(0, 8 * weight, 8)
    )


def test_a_long_walk_goes_through_the_whole_list_in_ascending_order_of_tickets() -> None:
    dice = random.Random(1)
    rows = [Row(dice.randbytes(32), dice.randint(1, 8), f"e{number}") for number in range(900)]
    out = select(SEED, ["S"], {"S": 600}, 300, (), {"S": rows}).out
    weights = {row.leaf: row.weight for row in rows}
    tickets = [(lottery.ticket(SEED, pick.leaf, weights[pick.leaf]), pick.leaf) for pick in out]
    assert len(out) == 900
    assert all(one < two for one, two in pairwise(tickets))


def test_weight_8_is_drawn_eight_times_as_often_as_weight_1() -> None:
    dice, first = random.Random(3), Counter[int]()
    for _ in range(3000):
        rows = [Row(dice.randbytes(32), 1 if number % 2 else 8, f"e{number}") for number in range(8)]
        winner = select(dice.randbytes(32), ["S"], {"S": 1}, 0, (), {"S": rows}).out[0].leaf
        first[next(row.weight for row in rows if row.leaf == winner)] += 1
    assert 6.8 < first[8] / first[1] < 9.4


def test_every_record_of_equal_weight_is_drawn_about_equally_often() -> None:
    dice, taken = random.Random(4), Counter[bytes]()
    rows = [Row(dice.randbytes(32), 3, f"e{number}") for number in range(10)]
    for _ in range(4000):
        taken.update(pick.leaf for pick in select(dice.randbytes(32), ["S"], {"S": 2}, 0, (), {"S": rows}).out)
    assert all(700 < taken[row.leaf] < 900 for row in rows)


def test_alternates_go_on_where_the_walk_of_their_own_list_stopped() -> None:
    dice = random.Random(5)
    rows = [Row(dice.randbytes(32), 4, f"e{number}") for number in range(6)]
    short = select(SEED, ["S"], {"S": 2}, 0, (), {"S": rows}).out
    long = select(SEED, ["S"], {"S": 2}, 9, (), {"S": rows}).out
    assert long[:2] == short
    assert len(long) == 6
    assert all(pick.alternate for pick in long[2:])


def test_members_of_all_lists_come_before_any_alternate() -> None:
    dice = random.Random(6)
    found = {name: [Row(dice.randbytes(32), 1, f"{name}{n}") for n in range(5)] for name in ("S0", "S1")}
    out = select(SEED, ["S1", "S0"], {"S0": 2, "S1": 1}, 1, (), found).out
    shape = [(pick.specialty, pick.alternate) for pick in out]
    assert shape == [("S1", False), ("S0", False), ("S0", False), ("S1", True), ("S0", True)]


def test_a_skip_is_told_with_its_reason_and_avoid_comes_before_employer() -> None:
    rows = [Row(bytes([number]) * 32, 1, emp) for number, emp in enumerate(["bad", "good", "good", "other"])]
    selection = select(SEED, ["S"], {"S": 2}, 5, ("bad",), {"S": rows})
    assert sorted(reason for _, reason in selection.reasons) == ["avoid", "employer"]
    assert selection.walked == {row.leaf for row in rows}


def test_a_walk_that_arrives_at_a_missing_employer_is_refused() -> None:
    with pytest.raises(Problem, match=r"draw\.emp-missing"):
        select(SEED, ["S"], {"S": 1}, 0, (), {"S": [Row(bytes(32), 1, None)]})


def test_a_list_that_ends_before_its_quota_is_refused() -> None:
    with pytest.raises(Problem, match=r"draw\.dry"):
        select(SEED, ["S"], {"S": 2}, 0, (), {"S": [Row(bytes(32), 1, "e")]})


def test_the_scarcest_specialty_comes_first_and_equal_ones_by_name() -> None:
    assert lottery.order_of({"S2": 5, "S1": 5, "S0": 9, "S3": 2}) == ["S3", "S1", "S2", "S0"]


@pytest.mark.parametrize(("employers", "refused"), [((1, 3), False), ((1, 2), True), ((0, 9), True), ((5, 3), False)])
def test_the_ith_specialty_needs_as_many_employers_as_all_quotas_up_to_it(
    employers: tuple[int, int], refused: bool
) -> None:
    found = dict(zip(("S0", "S1"), employers, strict=True))
    order, quota = lottery.order_of(found), {"S0": 1, "S1": 2}
    if refused:
        with pytest.raises(Problem, match=r"draw\.too-few"):
            lottery.require_enough(order, quota, found)
    else:
        lottery.require_enough(order, quota, found)


@pytest.mark.parametrize(("times", "weight"), [(0, 8), (1, 7), (7, 1), (8, 1), (40, 1)])
def test_a_weight_falls_with_every_time_drawn_but_never_below_one(times: int, weight: int) -> None:
    assert lottery.weight(times) == weight


def test_names_outside_ascii_are_refused() -> None:
    with pytest.raises(Problem, match=r"draw\.name"):
        lottery.commitment("标段/1", "agent", bytes(32))


def test_a_commitment_is_bound_to_draw_and_party() -> None:
    given = {lottery.commitment(draw, party, bytes(32)) for draw in ("a/1", "a/2") for party in lottery.PARTIES}
    assert len(given) == 6


def test_a_pick_tells_member_from_alternate() -> None:
    assert Pick(bytes(32), "S", False) != Pick(bytes(32), "S", True)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not beside the project")
def test_rfc_3797s_published_example_comes_out_exactly() -> None:
    example = json.loads((SHARED / "rfc3797.json").read_text())
    places = lottery.rfc3797(len(example["pool"]), example["sources"], len(example["rows"]))
    assert places == [row["selected"] for row in example["rows"]]
    assert [example["pool"][place - 1] for place in places[:10]] == example["first_ten"]
