"""What a workbench shows: things to do, deadlines by urgency, what others have to do first, first steps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

SHOWN = 30
"""So many lines of each list; the pages behind them have the rest."""


class Todo(NamedTuple):
    """One thing to do: a msgid, what it is about (as the data says it), where, and until when if there is an end.

    `number` fills `%(n)s` of the msgid where many things stand behind one line.
    """

    text: str
    about: str
    path: str
    until: datetime | None = None
    number: int | None = None


class Due(NamedTuple):
    """One moment that is awaited: when, a msgid, what it is about, where."""

    at: datetime
    text: str
    about: str
    path: str


class Step(NamedTuple):
    """One of the first steps of somebody new."""

    text: str
    path: str
    done: bool


@dataclass
class Bench:
    """Everything on one workbench; `waiting` are todos of others."""

    todos: list[Todo] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    waiting: list[Todo] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def add(self, found: Iterable[Todo | Due]) -> None:
        """Sort deadlines from things to do."""
        for one in found:
            if isinstance(one, Due):
                self.dues.append(one)
            else:
                self.todos.append(one)

    def in_order(self) -> "Bench":
        """What is most urgent first: by its end, what has none last; deadlines as they come. Long lists are cut."""
        ends = [one for one in self.todos if one.until is not None]
        rest = [one for one in self.todos if one.until is None]
        todos = [*sorted(ends, key=_end), *rest][:SHOWN]
        dues = sorted(self.dues, key=lambda one: one.at)[:SHOWN]
        return Bench(todos, dues, self.waiting[:SHOWN], self.steps if any(not one.done for one in self.steps) else [])


def _end(one: Todo) -> datetime:
    assert one.until is not None
    return one.until
