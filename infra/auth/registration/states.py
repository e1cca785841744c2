"""The life of one version of an organisation's profile."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class VersionState(StrEnum):
    """Where a version stands; at most one of an organisation is accepted, that is in force."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


_CENTRE = (Role.CENTRE,)
_OWN = (Role.PUBLIC, Role.BIDDER, Role.PROCURING, Role.AGENT)

LIFE: Workflow[VersionState] = Workflow(
    "registration",
    [
        Step("accept", VersionState.SUBMITTED, VersionState.ACCEPTED, _CENTRE, "EBM 9, 13"),
        Step("return", VersionState.SUBMITTED, VersionState.RETURNED, _CENTRE, "EBM 9, 13"),
        Step("withdraw", VersionState.SUBMITTED, VersionState.WITHDRAWN, _OWN, "EBM 9"),
        Step("supersede", VersionState.ACCEPTED, VersionState.SUPERSEDED, _CENTRE, "EBM 13"),
    ],
)
