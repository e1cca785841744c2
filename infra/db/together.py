"""What arrives together is done together: many requests' questions in one statement, and nobody waits for company."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item", bound=Hashable)
Answer = TypeVar("Answer")
MOST = 100


class Together:
    """Questions of one group, asked in turns: the first at once, those that come meanwhile all in the next turn.

    A turn begins after every question in it was asked, so no answer is older than its question; nothing is kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: dict[Hashable, list[tuple[Any, asyncio.Future[Any]]]] = {}
        self._turns: set[asyncio.Task[None]] = set()

    async def ask(
        self, group: Hashable, work: Callable[[Sequence[Item]], Awaitable[Mapping[Item, Answer]]], item: Item
    ) -> Answer | None:
        """What `work` answers to this item of at most `most`; None where its answer leaves it out.

        One group has always the same `work`, and one turn at a time. Work that fails for several is done for each of
        them alone, so that everybody gets the fault of his own question only. Whoever stops waiting stops nobody else.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if group in self._waiting:
            self._waiting[group].append((item, answer))
        else:
            self._waiting[group] = [(item, answer)]
            turns = asyncio.create_task(self._take_turns(group, work))
            self._turns.add(turns)
            turns.add_done_callback(self._turns.discard)
        found: Answer | None = await answer
        return found

    async def _take_turns(self, group: Hashable, work: Callable[[Sequence[Any]], Awaitable[Mapping[Any, Any]]]) -> None:
        try:
            while waiting := self._waiting[group]:
                turn, self._waiting[group] = waiting[: self._most], waiting[self._most :]
                await _take(work, [one for one in turn if not one[1].done()])
        finally:
            for _, answer in self._waiting.pop(group):
                answer.cancel()


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
