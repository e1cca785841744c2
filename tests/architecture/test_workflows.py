"""A life is a table, and every state of it can be reached."""

import importlib
from enum import StrEnum
from pathlib import Path

import pytest
from places import ROOT, modules

from infra.kernel.workflow import Workflow


def lives() -> list[tuple[str, Workflow[StrEnum]]]:
    """Every workflow of a module called `states`."""
    found = []
    for path in modules():
        if path.name == "states.py":
            name = ".".join(Path(path).relative_to(ROOT).with_suffix("").parts)
            module = importlib.import_module(name)
            found += [(f"{name}.{key}", one) for key, one in vars(module).items() if isinstance(one, Workflow)]
    return found


@pytest.mark.parametrize(("name", "life"), lives(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_state_of_a_life_can_be_reached(name: str, life: Workflow[StrEnum]) -> None:
    states = set(type(life.steps[0].source))
    assert life.reachable() == states


@pytest.mark.parametrize(("name", "life"), lives(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_step_of_a_life_names_its_basis(name: str, life: Workflow[StrEnum]) -> None:
    assert [step.verb for step in life.steps if not step.basis.strip() or not step.by] == []


def test_there_are_lives_to_look_at() -> None:
    assert lives()
