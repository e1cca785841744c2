"""The life of an expert in the pool, and of an application to enter it."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class ExpertState(StrEnum):
    """Where an expert stands; only who is active can be drawn."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    REMOVED = "removed"


class ApplicationState(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    FIRST_PASSED = "first-passed"
    ENTERED = "entered"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


_E = ExpertState
_A = ApplicationState
_POOL = (Role.POOL,)
_OFFICE = (Role.POOL, Role.SUPERVISOR)
_SYSTEM = (Role.SYSTEM,)

LIFE: Workflow[ExpertState] = Workflow(
    "expert",
    [
        Step("suspend", _E.ACTIVE, _E.SUSPENDED, _OFFICE, "TBR 71"),
        Step("resume", _E.SUSPENDED, _E.ACTIVE, _OFFICE, "TBR 71"),
        Step("end", _E.SUSPENDED, _E.ACTIVE, _SYSTEM, "TBR 71"),
        Step("remove", _E.ACTIVE, _E.REMOVED, _OFFICE, "TBR 71"),
        Step("remove", _E.SUSPENDED, _E.REMOVED, _OFFICE, "TBR 71"),
        Step("remove", _E.LAPSED, _E.REMOVED, _OFFICE, "TBR 71"),
        Step("appraise", _E.ACTIVE, _E.ACTIVE, _POOL, "26号令"),
        Step("lapse", _E.ACTIVE, _E.LAPSED, _SYSTEM, "26号令"),
        Step("readmit", _E.LAPSED, _E.ACTIVE, _OFFICE, "26号令"),
        Step("readmit", _E.REMOVED, _E.ACTIVE, _OFFICE, "26号令"),
    ],
)

REVIEW: Workflow[ApplicationState] = Workflow(
    "expert-application",
    [
        Step("pass", _A.SUBMITTED, _A.FIRST_PASSED, _POOL, "TBL 37"),
        Step("enter", _A.FIRST_PASSED, _A.ENTERED, _POOL, "TBL 37"),
        Step("return", _A.SUBMITTED, _A.RETURNED, _POOL, "TBL 37"),
        Step("return", _A.FIRST_PASSED, _A.RETURNED, _POOL, "TBL 37"),
        Step("withdraw", _A.SUBMITTED, _A.WITHDRAWN, _POOL, "PIPL 15"),
        Step("withdraw", _A.FIRST_PASSED, _A.WITHDRAWN, _POOL, "PIPL 15"),
    ],
)
