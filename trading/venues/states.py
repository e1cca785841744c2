"""A booking's life 场地预约: asked for by the procuring side, confirmed or moved by the centre, cancelled by either."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class BookingState(StrEnum):
    """Where a booking stands; a cancelled one no longer holds its room."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


_S = BookingState
_PROCURERS = (Role.AGENT, Role.PROCURING)
_CENTRE = (Role.CENTRE,)
_VENUE = "rules §1: the centre gives the venue"

LIFE: Workflow[BookingState] = Workflow(
    "booking",
    [
        Step("confirm", _S.ASKED, _S.CONFIRMED, _CENTRE, _VENUE),
        Step("assign", _S.ASKED, _S.CONFIRMED, _CENTRE, _VENUE),
        Step("assign", _S.CONFIRMED, _S.CONFIRMED, _CENTRE, _VENUE),
        Step("move", _S.ASKED, _S.ASKED, _PROCURERS, _VENUE),
        Step("move", _S.CONFIRMED, _S.ASKED, _PROCURERS, _VENUE),
        Step("cancel", _S.ASKED, _S.CANCELLED, (*_PROCURERS, *_CENTRE), _VENUE),
        Step("cancel", _S.CONFIRMED, _S.CANCELLED, (*_PROCURERS, *_CENTRE), _VENUE),
    ],
)
