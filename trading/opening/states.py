"""A listed bid's way through the opening: announced, its files checked, or left out for a cause (rules §3)."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class Cause(StrEnum):
    """Who answers for a bid that does not open."""

    BIDDER = "bidder"
    PLATFORM = "platform"
    CUSTODIAN = "custodian"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """Where a bid stands in the opening; while it waits, a remedy or an officer may still decide."""

    SEALED = "sealed"
    FORM_WAITS = "form-waits"
    ANNOUNCED = "announced"
    FILES_WAIT = "files-wait"
    CHECKED = "checked"
    PRICE_WAITS = "price-waits"
    PRICED = "priced"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


_S = Stage
_SYSTEM = (Role.SYSTEM,)
_DECIDED = (Role.SYSTEM, Role.CENTRE)

LIFE: Workflow[Stage] = Workflow(
    "opening",
    [
        Step("announce", _S.SEALED, _S.ANNOUNCED, _SYSTEM, "EBM 29-30"),
        Step("announce", _S.FORM_WAITS, _S.ANNOUNCED, _SYSTEM, "EBM 31: remedied"),
        Step("pass", _S.ANNOUNCED, _S.CHECKED, _SYSTEM, "EBM 29"),
        Step("pass", _S.FILES_WAIT, _S.CHECKED, _SYSTEM, "EBM 31: remedied"),
        Step("price", _S.CHECKED, _S.PRICED, _SYSTEM, "EBM 29-30: the second envelope 第二信封"),
        Step("price", _S.PRICE_WAITS, _S.PRICED, _SYSTEM, "EBM 31: remedied"),
        Step("wait", _S.CHECKED, _S.PRICE_WAITS, _SYSTEM, "EBM 31"),
        Step("wait", _S.PRICE_WAITS, _S.PRICE_WAITS, _SYSTEM, "EBM 31"),
        Step("wait", _S.SEALED, _S.FORM_WAITS, _SYSTEM, "EBM 31"),
        Step("wait", _S.FORM_WAITS, _S.FORM_WAITS, _SYSTEM, "EBM 31"),
        Step("wait", _S.ANNOUNCED, _S.FILES_WAIT, _SYSTEM, "EBM 31"),
        Step("wait", _S.FILES_WAIT, _S.FILES_WAIT, _SYSTEM, "EBM 31"),
        Step("revoke", _S.SEALED, _S.REVOKED, _SYSTEM, "EBM 31, TBR 35: the bidder's fault, 撤销"),
        Step("revoke", _S.ANNOUNCED, _S.REVOKED, _SYSTEM, "EBM 31, TBR 35: the bidder's fault, 撤销"),
        Step("revoke", _S.CHECKED, _S.REVOKED, _SYSTEM, "EBM 31, TBR 35: the bidder's fault, 撤销"),
        Step("revoke", _S.PRICE_WAITS, _S.REVOKED, _DECIDED, "EBM 31, TBR 35: the bidder's fault, 撤销"),
        Step("revoke", _S.FORM_WAITS, _S.REVOKED, _DECIDED, "EBM 31, TBR 35: the bidder's fault, 撤销"),
        Step("revoke", _S.FILES_WAIT, _S.REVOKED, _DECIDED, "EBM 31, TBR 35: the bidder's fault, 撤销"),
        Step("withdraw", _S.SEALED, _S.WITHDRAWN, _SYSTEM, "EBM 31: another's fault, 撤回"),
        Step("withdraw", _S.ANNOUNCED, _S.WITHDRAWN, _SYSTEM, "EBM 31: another's fault, 撤回"),
        Step("withdraw", _S.CHECKED, _S.WITHDRAWN, _SYSTEM, "EBM 31: another's fault, 撤回"),
        Step("withdraw", _S.PRICE_WAITS, _S.WITHDRAWN, _DECIDED, "EBM 31: another's fault, 撤回"),
        Step("withdraw", _S.FORM_WAITS, _S.WITHDRAWN, _DECIDED, "EBM 31: another's fault, 撤回"),
        Step("withdraw", _S.FILES_WAIT, _S.WITHDRAWN, _DECIDED, "EBM 31: another's fault, 撤回"),
    ],
)

UNANNOUNCED = (_S.SEALED, _S.FORM_WAITS)
UNCHECKED = (_S.ANNOUNCED, _S.FILES_WAIT)
UNPRICED = (_S.CHECKED, _S.PRICE_WAITS)
WAITING = (_S.FORM_WAITS, _S.FILES_WAIT, _S.PRICE_WAITS)
SOUND = (_S.CHECKED, _S.PRICE_WAITS, _S.PRICED)
"""Form and files are whole."""
LEFT_OUT = (_S.REVOKED, _S.WITHDRAWN)
