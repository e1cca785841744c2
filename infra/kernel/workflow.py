"""A life as a table: the only thing that changes a state."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from infra.kernel.context import Role
from infra.kernel.problems import Problem

State = TypeVar("State", bound=StrEnum)


class Step(NamedTuple):
    """One row of a life: who may move what from where to where, and on what basis (article or standard)."""

    verb: str
    source: StrEnum
    target: StrEnum
    by: tuple[Role, ...]
    basis: str


class Workflow(Generic[State]):
    """Steps of a life. The first step's source is its beginning."""

    def __init__(self, noun: str, steps: Iterable[Step]) -> None:
        self.noun = noun
        self.steps = tuple(steps)
        self._by_move = {(step.verb, step.source): step for step in self.steps}
        if len(self._by_move) != len(self.steps):
            raise ValueError(f"{noun}: a verb leads to two places")

    def move(self, verb: str, state: State, role: Role) -> State:
        """The state after `verb`; raises `workflow.not-now` or `workflow.not-yours`."""
        step = self._by_move.get((verb, state))
        if step is None:
            raise Problem("workflow.not-now", noun=self.noun, verb=verb, state=state)
        if role not in step.by:
            raise Problem("workflow.not-yours", noun=self.noun, verb=verb, role=role)
        target = step.target
        return type(state)(target)

    def reachable(self) -> set[StrEnum]:
        """Every state that can be reached from the beginning."""
        found: set[StrEnum] = {self.steps[0].source}
        while True:
            more = {step.target for step in self.steps if step.source in found} - found
            if not more:
                return found
            found |= more
