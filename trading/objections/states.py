"""An objection's life: raised, then answered by the procuring side or taken back by whoever raised it."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class ObjectionState(StrEnum):
    """Where an objection to the result stands."""

    RAISED = "raised"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


_S = ObjectionState

LIFE: Workflow[ObjectionState] = Workflow(
    "result-objection",
    [
        Step("answer", _S.RAISED, _S.ANSWERED, (Role.AGENT, Role.PROCURING), "TBR 54"),
        Step("withdraw", _S.RAISED, _S.WITHDRAWN, (Role.BIDDER,), "TBR 54"),
    ],
)
