"""A sanction's way: noticed, heard, decided or dropped, appealed; no step is taken by the system."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class HearingState(StrEnum):
    """Where the hearing of a sanction stands."""

    NOTICED = "noticed"
    HEARD = "heard"
    DECIDED = "decided"
    DROPPED = "dropped"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REVERSED = "reversed"


_H = HearingState
_SUPERVISOR = (Role.SUPERVISOR,)

LIFE: Workflow[HearingState] = Workflow(
    "hearing",
    [
        Step("hear", _H.NOTICED, _H.HEARD, _SUPERVISOR, "TBR 71; hearing ○"),
        Step("drop", _H.HEARD, _H.DROPPED, _SUPERVISOR, "TBR 71; hearing ○"),
        Step("decide", _H.HEARD, _H.DECIDED, _SUPERVISOR, "TBR 71"),
        Step("appeal", _H.DECIDED, _H.APPEALED, (Role.EXPERT,), "TBR 71; appeal ○"),
        Step("uphold", _H.APPEALED, _H.UPHELD, _SUPERVISOR, "TBR 71; appeal ○"),
        Step("reverse", _H.APPEALED, _H.REVERSED, _SUPERVISOR, "TBR 71; appeal ○"),
    ],
)
