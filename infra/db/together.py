"""What arrives together is done together: many requests' questions in one statement, and nobody waits for company."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item", bound=Hashable)
Answer = TypeVar("Answer")
MOST, AT_ONCE = 32, 2


class Together:
    """Questions of one group, asked in turns: the first at once, those that come meanwhile all in the next turn.

    A turn begins after every question in it was asked, so no answer is older than its question; nothing is kept. Few
    turns of a group are under way at once, and no turn is large, so that this process works while the database does.
    """

    def __init__(self, most: int = MOST, at_once: int = AT_ONCE) -> None:
        self._most = most
        self._at_once = at_once
        self._waiting: dict[Hashable, list[tuple[Any, asyncio.Future[Any]]]] = {}
        self._under_way: Counter[Hashable] = Counter()
        self.turns: set[asyncio.Task[None]] = set()

    async def ask(
        self, group: Hashable, work: Callable[[Sequence[Item]], Awaitable[Mapping[Item, Answer]]], item: Item
    ) -> Answer | None:
        """What `work` answers to this item of at most `most`; None where its answer leaves it out.

        One group has always the same `work`, and at most `at_once` turns at a time. Work that fails for several is done
        for each of them alone, so that everybody gets the fault of his own question only. Whoever stops waiting stops
        nobody else.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, []).append((item, answer))
        if self._under_way[group] < self._at_once:
            self._under_way[group] += 1
            turns = asyncio.create_task(self._take_turns(group, work))
            self.turns.add(turns)
            turns.add_done_callback(self.turns.discard)
        found: Answer | None = await answer
        return found

    async def _take_turns(self, group: Hashable, work: Callable[[Sequence[Any]], Awaitable[Mapping[Any, Any]]]) -> None:
        try:
            while waiting := self._waiting.get(group):
                turn, self._waiting[group] = waiting[: self._most], waiting[self._most :]
                await _take(work, [one for one in turn if not one[1].done()])
        except BaseException:
            self._give_up(group)
            raise
        finally:
            self._leave(group)

    def _give_up(self, group: Hashable) -> None:
        """Whoever waits for turns that nobody takes any more is told so."""
        for _, answer in self._waiting.pop(group, ()):
            answer.cancel()

    def _leave(self, group: Hashable) -> None:
        self._under_way[group] -= 1
        if not self._under_way[group]:
            del self._under_way[group]
            self._waiting.pop(group, None)


async def _take(
    work: Callable[[Sequence[Any]], Awaitable[Mapping[Any, Any]]], turn: Sequence[tuple[Any, asyncio.Future[Any]]]
) -> None:
    try:
        found = await work([item for item, _ in turn]) if turn else {}
    except Exception as error:
        if len(turn) > 1:
            for one in turn:
                await _take(work, [one])
        else:
            _tell(turn[0][1], error)
        return
    except BaseException:
        for _, answer in turn:
            answer.cancel()
        raise
    for item, answer in turn:
        _tell(answer, found.get(item))


def _tell(answer: asyncio.Future[Any], what: Any) -> None:
    if answer.done():
        return
    if isinstance(what, Exception):
        answer.set_exception(what)
    else:
        answer.set_result(what)
