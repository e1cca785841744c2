"""Lotteries with a public pool: the same draw, which anybody can recompute with every name."""

import copy
import random
from collections import Counter
from typing import Any

import pytest

from expertpool.draw.rules import Frozen
from expertpool.lotteries.rules import Entry, freeze_lottery, published, recompute_lottery
from infra.kernel.problems import Problem

ENTRIES = [Entry(f"91420000MA{number:08d}", f"参加者{number}") for number in range(12)]


def frozen(seed: int = 1, winners: int = 3, waiting: int = 2, entries: list[Entry] | None = None) -> Frozen:
    return freeze_lottery(
        "lottery-1", ENTRIES if entries is None else entries, winners, waiting,
        request=bytes(32), code="openhall", random=random.Random(seed).randbytes,
    )  # fmt: skip


def drawn(seed: int = 1) -> dict[str, Any]:
    dice = random.Random(seed)
    return published(frozen(seed), ENTRIES, [dice.randbytes(32) for _ in range(3)])


def test_winners_and_those_who_wait_are_recomputed_from_the_file_alone() -> None:
    found = recompute_lottery(drawn())
    assert len(found) == len(set(found)) == 5 and set(found) <= set(ENTRIES)


def test_before_the_draw_every_entry_is_public_and_nothing_tells_the_result() -> None:
    told = published(frozen(), ENTRIES)
    assert set(told) == {"frozen", "entries"}
    assert {(one["code"], one["name"]) for one in told["entries"]} == set(ENTRIES)


def test_who_takes_part_in_another_order_has_the_same_list() -> None:
    told = published(frozen(entries=ENTRIES[::-1]), ENTRIES)
    assert {one["code"] for one in told["entries"]} == {one.code for one in ENTRIES}


def test_everybody_wins_about_as_often() -> None:
    won = Counter(one for seed in range(300) for one in recompute_lottery(drawn(seed))[:3])
    assert set(won) == set(ENTRIES) and max(won.values()) < 2 * min(won.values())


@pytest.mark.parametrize(("winners", "waiting"), [(0, 0), (12, 0), (13, 0), (3, -1)])
def test_at_least_one_wins_and_at_least_one_does_not(winners: int, waiting: int) -> None:
    with pytest.raises(Problem) as told:
        frozen(winners=winners, waiting=waiting)
    assert told.value.code == "lottery.winners"


def test_nobody_takes_part_twice() -> None:
    with pytest.raises(Problem) as told:
        frozen(entries=[*ENTRIES, ENTRIES[0]])
    assert told.value.code == "draw.twin-identity"


def forged(name: str) -> dict[str, Any]:
    """The file of a lottery with one lie in it."""
    told = copy.deepcopy(drawn())
    entries = told["entries"]
    if name == "names exchanged":
        entries[0]["code"], entries[1]["code"] = entries[1]["code"], entries[0]["code"]
    elif name == "entry missing":
        del entries[0]
    elif name == "entry twice":
        entries.append(entries[0])
    elif name == "another winner":
        told["evidence"]["out"][0], told["evidence"]["out"][1] = told["evidence"]["out"][1], told["evidence"]["out"][0]
    elif name == "other facts":
        told["frozen"] = {**told["frozen"], "code": "another"}
    return told


@pytest.mark.parametrize("name", ["names exchanged", "entry missing", "entry twice", "another winner", "other facts"])
def test_a_forged_file_is_refused(name: str) -> None:
    with pytest.raises(Problem) as told:
        recompute_lottery(forged(name))
    assert told.value.code == "lottery.entries"
