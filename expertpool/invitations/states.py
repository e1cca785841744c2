"""An invitation's life, and why a drawn expert does not take the seat."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class InvitationState(StrEnum):
    """Where an invitation stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


class DeclineKind(StrEnum):
    """Why an expert cannot come; what else there is to say goes to the supervising body only."""

    ILL = "ill"
    AWAY = "away"
    CONFLICT = "conflict"
    BUSY = "busy"
    OTHER = "other"


class Replaced(StrEnum):
    """Why the next alternate takes a seat before anybody has marked."""

    DECLINED = "declined"
    UNANSWERED = "unanswered"
    RECUSAL = "recusal"


_I = InvitationState
_EXPERT = (Role.EXPERT,)
_SYSTEM = (Role.SYSTEM,)

LIFE: Workflow[InvitationState] = Workflow(
    "invitation",
    [
        Step("accept", _I.SENT, _I.ACCEPTED, _EXPERT, "TBL 37"),
        Step("decline", _I.SENT, _I.DECLINED, _EXPERT, "TBL 37"),
        Step("decline", _I.ACCEPTED, _I.DECLINED, _EXPERT, "TBL 37"),
        Step("expire", _I.SENT, _I.UNANSWERED, _SYSTEM, "TBR 46"),
        Step("withdraw", _I.SENT, _I.WITHDRAWN, _SYSTEM, "TBR 46"),
        Step("withdraw", _I.ACCEPTED, _I.WITHDRAWN, _SYSTEM, "TBR 46"),
    ],
)
