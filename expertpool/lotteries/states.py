"""An attempt's life: a public list is frozen, three bodies commit, their escrows are opened in one act."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class LotteryState(StrEnum):
    """Where an attempt stands; a lottery without one is open: its list may still be written."""

    OPEN = "open"
    FROZEN = "frozen"
    COMMITTED = "committed"
    REVEALED = "revealed"
    FAILED = "failed"


_L = LotteryState
_TRUSTEE = (Role.TRUSTEE,)
_SYSTEM = (Role.SYSTEM,)

LIFE: Workflow[LotteryState] = Workflow(
    "lottery",
    [
        Step("freeze", _L.OPEN, _L.FROZEN, (Role.CENTRE,), "draw/v1 step 1"),
        Step("commit", _L.FROZEN, _L.COMMITTED, _TRUSTEE, "draw/v1 step 2"),
        Step("reveal", _L.COMMITTED, _L.REVEALED, _SYSTEM, "draw/v1 step 3"),
        Step("fail", _L.FROZEN, _L.FAILED, _SYSTEM, "draw/v1 step 2"),
        Step("fail", _L.COMMITTED, _L.FAILED, _SYSTEM, "draw/v1 step 3"),
    ],
)
ENDED = (LotteryState.REVEALED, LotteryState.FAILED)
