"""A bid's life, from the first uploaded block to its opening."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class BidState(StrEnum):
    """Where a bid stands."""

    STARTED = "started"
    SUBMITTED = "submitted"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    OPENED = "opened"
    UNOPENED = "unopened"


_B = BidState
_BIDDER = (Role.BIDDER,)
_SYSTEM = (Role.SYSTEM,)

LIFE: Workflow[BidState] = Workflow(
    "bid",
    [
        Step("submit", _B.STARTED, _B.SUBMITTED, _BIDDER, "EBM 27"),
        Step("expire", _B.STARTED, _B.REFUSED, _SYSTEM, "EBM 27: what is not handed in by the deadline is withdrawn"),
        Step("replace", _B.SUBMITTED, _B.REPLACED, _BIDDER, "TBL 29"),
        Step("withdraw", _B.SUBMITTED, _B.WITHDRAWN, _BIDDER, "TBL 29"),
        Step("open", _B.SUBMITTED, _B.OPENED, _SYSTEM, "EBM 29-30"),
        Step("leave-unopened", _B.SUBMITTED, _B.UNOPENED, _SYSTEM, "EBM 31"),
    ],
)
