"""A draw's life (design/log-and-draw.md, steps 1 to 7)."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class DrawState(StrEnum):
    """Where a draw stands."""

    REQUESTED = "requested"
    ORDERED = "ordered"
    FROZEN = "frozen"
    COMMITTED = "committed"
    REVEALED = "revealed"
    DISCLOSED = "disclosed"
    FAILED = "failed"


_D = DrawState
_CENTRE = (Role.CENTRE,)
_TRUSTEE = (Role.TRUSTEE,)
_SYSTEM = (Role.SYSTEM,)

LIFE: Workflow[DrawState] = Workflow(
    "draw",
    [
        Step("order", _D.REQUESTED, _D.ORDERED, _CENTRE, "draw/v1 step 1"),
        Step("refuse", _D.ORDERED, _D.REQUESTED, _SYSTEM, "draw/v1 step 1"),
        Step("freeze", _D.ORDERED, _D.FROZEN, _SYSTEM, "draw/v1 step 1"),
        Step("freeze", _D.REQUESTED, _D.FROZEN, _SYSTEM, "draw/v1 step 1"),
        Step("commit", _D.FROZEN, _D.COMMITTED, _TRUSTEE, "draw/v1 step 2"),
        Step("reveal", _D.COMMITTED, _D.REVEALED, _SYSTEM, "draw/v1 step 3"),
        Step("fail", _D.ORDERED, _D.FAILED, _SYSTEM, "draw/v1 step 1"),
        Step("fail", _D.FROZEN, _D.FAILED, _SYSTEM, "draw/v1 step 2"),
        Step("fail", _D.COMMITTED, _D.FAILED, _SYSTEM, "draw/v1 step 3"),
        Step("disclose", _D.REVEALED, _D.DISCLOSED, _SYSTEM, "draw/v1 step 7"),
    ],
)
