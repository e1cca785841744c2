"""What arrives together is done together, and nobody pays for the company."""

import asyncio
from collections.abc import Sequence

import pytest

from infra.db.together import Together


class Desk:
    """Work that answers each number's double, notes every turn, and waits at a gate where one is set."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.gate: asyncio.Event | None = None

    async def doubles(self, numbers: Sequence[int]) -> dict[int, int]:
        self.turns.append(list(numbers))
        if self.gate is not None:
            await self.gate.wait()
        if 13 in numbers:
            raise ValueError("13")
        return {number: 2 * number for number in numbers if number != 7}


async def test_a_question_alone_is_asked_at_once_and_nothing_is_kept() -> None:
    desk, together = Desk(), Together()
    assert [await together.ask("doubles", desk.doubles, 1) for _ in range(2)] == [2, 2]
    assert desk.turns == [[1], [1]]


async def test_what_comes_while_a_turn_is_under_way_goes_into_the_next_one_in_order() -> None:
    desk, together = Desk(), Together()
    desk.gate = asyncio.Event()
    first = asyncio.create_task(together.ask("doubles", desk.doubles, 1))
    while not desk.turns:
        await asyncio.sleep(0)
    others = [asyncio.create_task(together.ask("doubles", desk.doubles, number)) for number in (4, 2, 3)]
    await asyncio.sleep(0)
    desk.gate.set()
    assert await asyncio.gather(first, *others) == [2, 8, 4, 6]
    assert desk.turns == [[1], [4, 2, 3]]


async def test_a_turn_takes_no_more_than_it_may() -> None:
    desk, together = Desk(), Together(most=2)
    await asyncio.gather(*(together.ask("doubles", desk.doubles, number) for number in range(5)))
    assert desk.turns == [[0, 1], [2, 3], [4]]


async def test_no_more_turns_are_under_way_at_once_than_may_be() -> None:
    desk, together = Desk(), Together(most=1, at_once=2)
    desk.gate = asyncio.Event()
    asked = [asyncio.create_task(together.ask("doubles", desk.doubles, number)) for number in range(5)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.turns == [[0], [1]]
    desk.gate.set()
    assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8]
    assert sorted(desk.turns) == [[0], [1], [2], [3], [4]]


async def test_when_turns_are_broken_off_whoever_waits_is_told_and_the_next_question_is_asked_anew() -> None:
    desk, together = Desk(), Together(most=1, at_once=1)
    desk.gate = asyncio.Event()
    asked = [asyncio.create_task(together.ask("doubles", desk.doubles, number)) for number in (1, 2)]
    while not desk.turns:
        await asyncio.sleep(0)
    for turns in together.turns:
        turns.cancel()
    assert [type(one) for one in await asyncio.gather(*asked, return_exceptions=True)] == [asyncio.CancelledError] * 2
    desk.gate = None
    assert await together.ask("doubles", desk.doubles, 3) == 6


async def test_groups_do_not_wait_for_each_other() -> None:
    slow, quick, together = Desk(), Desk(), Together()
    slow.gate = asyncio.Event()
    waiting = asyncio.create_task(together.ask("slow", slow.doubles, 1))
    assert await together.ask("quick", quick.doubles, 2) == 4
    assert not waiting.done()
    slow.gate.set()
    assert await waiting == 2


async def test_a_fault_is_told_to_whoever_asked_for_it_and_to_nobody_else() -> None:
    desk, together = Desk(), Together()
    asked = (together.ask("doubles", desk.doubles, number) for number in (12, 13, 14))
    before, fault, after = await asyncio.gather(*asked, return_exceptions=True)
    assert (before, after) == (24, 28) and isinstance(fault, ValueError)


async def test_what_the_answer_leaves_out_is_none() -> None:
    assert await Together().ask("doubles", Desk().doubles, 7) is None


async def test_whoever_stops_waiting_stops_nobody_else() -> None:
    desk, together = Desk(), Together()
    desk.gate = asyncio.Event()
    first, second = (asyncio.create_task(together.ask("doubles", desk.doubles, number)) for number in (1, 2))
    while not desk.turns:
        await asyncio.sleep(0)
    first.cancel()
    desk.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == 4
