"""The table of forgeries: each a way to change a scene, named by its function, with the code it is refused with."""

from collections.abc import Callable
from typing import Any

import pytest
from evidence_log import Scene

Change = Callable[[Scene], object]
Table = dict[str, tuple[str, Change]]
FORGERIES: Table = {}


def forgery(code: str, table: Table = FORGERIES) -> Callable[[Change], Change]:
    """A way to forge, named by its function, and the code it must be refused with."""

    def kept(change: Change) -> Change:
        table[change.__name__.replace("_", " ")] = (code, change)
        return change

    return kept


def rows(table: Table) -> list[Any]:
    """A table's forgeries as parameters: `make test` tries the first of each code, `make soak` the others too."""
    first: dict[str, str] = {}
    for name, (code, _) in table.items():
        first.setdefault(code, name)
    return [
        pytest.param(code, change, id=name, marks=[] if first[code] == name else [pytest.mark.soak])
        for name, (code, change) in table.items()
    ]


def facts(scene: Scene, name: str, nth: int = 0) -> dict[str, Any]:
    """The facts of an event, to be changed."""
    return scene.event(name, nth).facts
