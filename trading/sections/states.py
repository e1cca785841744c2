"""A section's life under ENG rules with post-qualification (rules/trading.md §2.1)."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class SectionState(StrEnum):
    """Where a section stands."""

    DRAFT = "draft"
    READY = "ready"
    BIDDING = "bidding"
    DECRYPTING = "decrypting"
    OPENED = "opened"
    EVALUATING = "evaluating"
    PRICING = "pricing"
    MARKED = "marked"
    REPORTED = "reported"
    PUBLICITY = "publicity"
    DETERMINED = "determined"
    NOTIFIED = "notified"
    FAILED = "failed"


_S = SectionState
_AGENT = (Role.AGENT, Role.PROCURING)
_SYSTEM = (Role.SYSTEM,)
_CENTRE = (Role.CENTRE,)

LIFE: Workflow[SectionState] = Workflow(
    "section",
    [
        Step("freeze", _S.DRAFT, _S.READY, _AGENT, "TBR 49: nothing outside the tender document may decide"),
        Step("publish", _S.READY, _S.BIDDING, _AGENT, "TBL 16, 24"),
        Step("close", _S.BIDDING, _S.DECRYPTING, _SYSTEM, "TBL 34: deadline and opening are one instant"),
        Step("fail", _S.BIDDING, _S.FAILED, _SYSTEM, "TBR 44: fewer than three bids, no opening"),
        Step("open", _S.DECRYPTING, _S.OPENED, _SYSTEM, "EBM 29-30"),
        Step("fail", _S.DECRYPTING, _S.FAILED, _CENTRE, "rules §3: withdrawn leaves too few, human decision"),
        Step(
            "fail", _S.OPENED, _S.FAILED, (*_CENTRE, Role.PROCURING), "rules §3: too few left, human decision; M87 44"
        ),
        Step("seat", _S.OPENED, _S.EVALUATING, (*_SYSTEM, Role.JUDGE), "TBL 37"),
        Step("fail", _S.EVALUATING, _S.FAILED, (*_SYSTEM, Role.JUDGE, *_CENTRE), "O1117 (十三), TBL 42; rules §3"),
        Step("publish-marks", _S.EVALUATING, _S.MARKED, (*_SYSTEM, Role.JUDGE), "O1117 (五)"),
        Step("lock-technical", _S.EVALUATING, _S.PRICING, _SYSTEM, "EBM 29; ○ prices only after the marks"),
        Step("publish-marks", _S.PRICING, _S.MARKED, _SYSTEM, "O1117 (五)"),
        Step("fail", _S.PRICING, _S.FAILED, _CENTRE, "rules §3: withdrawn leaves too few, human decision"),
        Step("report", _S.MARKED, _S.REPORTED, (*_SYSTEM, Role.JUDGE), "TBL 40, TBR 53"),
        Step("return-report", _S.REPORTED, _S.MARKED, (Role.PROCURING,), "M87 64; O1117 (五): to the same committee"),
        Step("publicise", _S.REPORTED, _S.PUBLICITY, _AGENT, "TBR 54"),
        Step("determine", _S.PUBLICITY, _S.DETERMINED, _SYSTEM, "TBR 54-55"),
        Step("confirm", _S.REPORTED, _S.DETERMINED, (Role.PROCURING, *_SYSTEM), "M87 68: no candidates stand before"),
        Step("pass-over", _S.PUBLICITY, _S.PUBLICITY, (Role.PROCURING,), "TBR 55: the next candidate in order"),
        Step("pass-over", _S.DETERMINED, _S.PUBLICITY, (Role.PROCURING,), "TBR 55: the next candidate in order"),
        Step("fail", _S.PUBLICITY, _S.FAILED, (Role.PROCURING,), "TBR 55: or tender anew"),
        Step("fail", _S.DETERMINED, _S.FAILED, (Role.PROCURING,), "TBR 55: or tender anew"),
        Step("reevaluate", _S.PUBLICITY, _S.EVALUATING, (Role.PROCURING,), "TBR 54, 81: the original committee again"),
        Step("reevaluate", _S.DETERMINED, _S.EVALUATING, (Role.PROCURING,), "TBR 54, 81: the original committee again"),
        Step("notify", _S.DETERMINED, _S.NOTIFIED, _AGENT, "TBL 45"),
    ],
)
