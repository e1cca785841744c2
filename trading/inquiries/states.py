"""An inquiry's life: drafted by a judge, refused or sent by the leader, then answered or left without an answer."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class InquiryState(StrEnum):
    """Where an inquiry stands."""

    DRAFTED = "drafted"
    REFUSED = "refused"
    SENT = "sent"
    ANSWERED = "answered"
    SILENT = "silent"


_S = InquiryState
OPEN = (_S.DRAFTED, _S.SENT)
"""While one of these stands, no marks are locked."""

LIFE: Workflow[InquiryState] = Workflow(
    "inquiry",
    [
        Step("send", _S.DRAFTED, _S.SENT, (Role.JUDGE,), "TBR 52; M87 51"),
        Step("refuse", _S.DRAFTED, _S.REFUSED, (Role.JUDGE,), "TBR 52; M87 51"),
        Step("answer", _S.SENT, _S.ANSWERED, (Role.BIDDER,), "TBR 52; M87 51"),
        Step("end", _S.SENT, _S.SILENT, (Role.SYSTEM,), "TBR 52; M87 51"),
    ],
)
