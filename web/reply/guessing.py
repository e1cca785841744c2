"""Who guesses reply codes waits: five wrong ones from one address, and a pause; kept in this process alone."""

from collections import OrderedDict
from math import ceil

from infra.kernel.problems import Problem

MOST_WRONG = 5
PAUSE = 120.0
ROOM = 50_000


class Guesses:
    """The moments of wrong codes by address; the machine itself, which has no address here, is never held up."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def require(self, client: str | None, now: float) -> None:
        """`invitation.too-many` after five wrong codes within the pause, for a right code too."""
        recent = self._recent(client, now)
        if len(recent) >= MOST_WRONG:
            raise Problem("invitation.too-many", seconds=ceil(recent[-MOST_WRONG] + PAUSE - now))

    def count(self, client: str | None, now: float) -> None:
        """One more wrong code."""
        if client is None:
            return
        self._wrong[client] = [*self._recent(client, now), now]
        self._wrong.move_to_end(client)
        if len(self._wrong) > ROOM:
            self._wrong.popitem(last=False)

    def _recent(self, client: str | None, now: float) -> list[float]:
        return [] if client is None else [at for at in self._wrong.get(client, []) if at > now - PAUSE]
