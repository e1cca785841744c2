"""The tickets of a long list come out the same, whether one process computes them or two."""

import random
import sys

import pytest
from second_draw import number_for

from expertpool.draw.halves import LONG, halved, tickets
from infra.crypto.lottery import MOST, Row, Rows, select, ticket, tickets_of

SEED = bytes(range(32))


def a_list(count: int) -> Rows:
    dice = random.Random(count)
    return Rows(Row(dice.randbytes(32), dice.randint(1, MOST), f"e{number % 50}") for number in range(count))


@pytest.mark.parametrize("count", [0, 1, 2, 999])
def test_two_processes_give_the_tickets_of_one(count: int) -> None:
    rows = a_list(count)
    expected = [ticket(SEED, row.leaf, row.weight) for row in rows]
    assert halved(SEED, rows).tolist() == tickets_of(SEED, rows).tolist() == expected
    assert expected == [number_for(SEED, {"leaf": row.leaf.hex(), "w": row.weight}) for row in rows]


@pytest.mark.parametrize(
    "helper",
    [
        pytest.param(("/nowhere/python",), id="cannot be started"),
        pytest.param((sys.executable, "-S", "-c", "raise SystemExit(1)"), id="ends at once"),
        pytest.param((sys.executable, "-S", "-c", "import sys; sys.stdin.buffer.read()"), id="says nothing"),
        pytest.param(
            (sys.executable, "-S", "-c", "import sys; sys.stdin.buffer.read(); sys.stdout.write('x' * 4001)"),
            id="says too much",
        ),
        pytest.param(
            (sys.executable, "-S", "-c", "import sys; sys.stdin.buffer.read(); print('x' * 3999); sys.exit(1)"),
            id="fails after the last word",
        ),
    ],
)
def test_without_a_helper_one_process_does_it_all(helper: tuple[str, ...]) -> None:
    rows = a_list(1000)
    assert halved(SEED, rows, helper) == tickets_of(SEED, rows)


def test_what_is_drawn_from_a_long_list_is_the_same_either_way() -> None:
    rows = a_list(LONG)
    one, two = (select(SEED, ["S0"], {"S0": 7}, 3, {"e1", "e2"}, {"S0": rows}, how) for how in (tickets_of, tickets))
    assert one == two and len(one.out) == 10
