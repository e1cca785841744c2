"""The table of forgeries: each a way to change a scene, named by its function, with the code it is refused with."""

from collections.abc import Callable
from typing import Any

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


def facts(scene: Scene, name: str, nth: int = 0) -> dict[str, Any]:
    """The facts of an event, to be changed."""
    return scene.event(name, nth).facts
