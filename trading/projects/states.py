"""A project's way into the centre 进场受理: submitted, returned with reasons, accepted."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class ProjectState(StrEnum):
    """Where a project stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


_S = ProjectState
_PROCURERS = (Role.AGENT, Role.PROCURING)
_CENTRE = (Role.CENTRE,)

LIFE: Workflow[ProjectState] = Workflow(
    "project",
    [
        Step("accept", _S.SUBMITTED, _S.ACCEPTED, _CENTRE, "PY 27: the centre registers, it does not approve"),
        Step("return", _S.SUBMITTED, _S.RETURNED, _CENTRE, "EBM 26: refuse and say why"),
        Step("submit", _S.RETURNED, _S.SUBMITTED, _PROCURERS, "EBM 26"),
    ],
)
